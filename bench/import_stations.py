"""A national list of stations brought in one go: how fast, how big, and how long others wait for it."""

from typing import Any

from bench._trials import figures_of


def run(*, rows: int = 200_000, forms: str = "csv,xlsx") -> dict[str, Any]:
    """Bring a list once, with somebody else writing all the while, and once more.

    Parameters
    ----------
    rows
        Stations in the file, 29 columns.
    forms
        ``csv`` (GB 18030) and ``xlsx``, each on a SQLite file of its own.

    Returns
    -------
    dict
        ``rows_per_s`` from the upload to the last row written, ``peak_mb`` of the worker or of the
        child that reads, whichever is bigger, ``longest_writer_wait_s``; each the worse of the two
        forms, and each by form. ``second_run_writes`` counts what the same file writes again.

    Raises
    ------
    RuntimeError
        When a row is not usable.
    """
    figures = {form: _trial(rows, form) for form in forms.split(",")}
    worst = {
        "rows_per_s": min(each["rows_per_s"] for each in figures.values()),
        "peak_mb": max(each["peak_mb"] for each in figures.values()),
        "longest_writer_wait_s": max(each["longest_writer_wait_s"] for each in figures.values()),
        "second_run_writes": sum(each["second_run_writes"] for each in figures.values()),
    }
    return worst | {f"{key}_{form}": v for form, each in figures.items() for key, v in each.items()}


def _trial(rows: int, form: str) -> dict[str, Any]:
    return figures_of(
        "bench._import_trial", "--rows", str(rows), "--form", form, without=("DATABASE_URL",)
    )
