"""Reading a sheet as offices have them: any container, any layout, every row with its fate."""

from collections.abc import Mapping, Sequence

from nuanxin.core import clock
from nuanxin.sheets import engine
from nuanxin.sheets.errors import refused
from nuanxin.sheets.readings import Reading
from nuanxin.sheets.unreadable import Unreadable


def read_sheet(
    content: bytes,
    *,
    name: str,  # says nothing about what a file is
    kind: str,
    required: Sequence[str] | None = None,
    mapping: Mapping[str, str] | None = None,
) -> Reading:
    """Read a file in this process; for files of strangers see ``guarded.read_guarded``.

    Parameters
    ----------
    content
        The file: XLSX, XLS, XLSB, ODS, CSV or another delimited text, an HTML table, GeoJSON, told
        by the content.
    name
        What the file is called; never decides anything.
    kind
        ``station`` or ``member``.
    required
        Fields without which a record is rejected; else those whose headings are marked with ``*``,
        and name and identity number, or name and address.
    mapping
        Heading to field, before any synonym; an empty field ignores the column. Headings are
        compared without white space, marks and brackets.

    Returns
    -------
    Reading
        Every row accepted, rejected or skipped, in the order of the sheets.

    Raises
    ------
    SheetRefused
        When the file as a whole is not read; ``code`` says why.
    ValueError
        When the kind is unknown.

    Notes
    -----
    Pure: no query, nothing written. Memory is some two kilobytes for each record.
    """
    if kind not in engine.KINDS:
        msg = f"no kind of sheet is called {kind!r}"
        raise ValueError(msg)
    try:
        return engine.read(
            content, kind=kind, today=clock.civil_date(), required=required, mapping=mapping
        )
    except Unreadable as error:
        raise refused(error) from error
