"""Workbooks of today's office programs: values from calamine, and from the XML what it hides."""

import io
import re
from typing import Any

from python_calamine import CalamineError, CalamineSheet, SheetVisibleEnum, load_workbook

from nuanxin.sheets import packages, sheet_xml
from nuanxin.sheets.grids import FORMULA_ERROR, FORMULA_NO_CACHE, Book, Broken, Grid, Merge, Row
from nuanxin.sheets.unreadable import refuse

_QUOTED = re.compile(r'"[^"]*"')


def open_xlsx(content: bytes) -> Book:
    """Open an XLSX, XLSB or ODS workbook.

    Formulas are never evaluated but for plain sums nobody has cached; an error value becomes a
    ``Broken`` cell instead of a blank one.

    Raises
    ------
    Unreadable
        When the package is refused, or cannot be read.
    """
    package = packages.check(content)
    traces = sheet_xml.trace(content, package) if package.kind == "xlsx" else {}
    grids = open_calamine(content)
    for grid in grids:
        if grid.name in traces:
            _mend(grid, traces[grid.name])
    return Book(grids)


def open_calamine(content: bytes) -> list[Grid]:
    """Return the sheets of any workbook calamine reads."""
    try:
        workbook = load_workbook(io.BytesIO(content))
        grids = []
        for facts in workbook.sheets_metadata:
            if str(facts.typ).endswith("WorkSheet"):
                sheet = workbook.get_sheet_by_name(facts.name)
                grids.append(
                    _grid(facts.name, sheet, is_visible=facts.visible == SheetVisibleEnum.Visible)
                )
    except (CalamineError, OSError, ValueError, OverflowError) as error:
        refuse("password" if "assword" in f"{type(error).__name__}{error}" else "damaged")
    return grids


def _grid(name: str, sheet: CalamineSheet, *, is_visible: bool) -> Grid:
    rows: list[Any] = sheet.to_python(skip_empty_area=False)
    merges = [
        Merge(top, left, bottom, right)
        for (top, left), (bottom, right) in sheet.merged_cell_ranges or []
    ]
    return Grid(name, rows, merges, is_visible=is_visible)


def _mend(grid: Grid, trace: sheet_xml.Trace) -> None:
    """Put in what calamine leaves out: error values, formulas nobody has worked out, hidden rows."""
    grid.hidden_rows = frozenset(trace.hidden_rows)
    for (row, column), text in trace.errors.items():
        _put(grid.rows, row, column, Broken(FORMULA_ERROR, text))
    for (row, column), formula in trace.uncached.items():
        _put(grid.rows, row, column, _worked_out(formula, grid.rows))


def _worked_out(formula: str, rows: list[Row]) -> Any:
    if _QUOTED.fullmatch(formula):
        return f"={formula}"  # a text that was kept from becoming a number
    total = sheet_xml.plain_sum(formula, rows)
    return Broken(FORMULA_NO_CACHE) if total is None else total


def _put(rows: list[Row], row: int, column: int, value: Any) -> None:
    if row > 1_048_575 or column > 400:
        return
    while len(rows) <= row:
        rows.append([])
    rows[row].extend([""] * (column + 1 - len(rows[row])))
    rows[row][column] = value
