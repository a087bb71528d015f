"""A roster of members brought in one go: how fast against a bare copy of its rows, how big, who waits."""

from typing import Any

from bench._trials import figures_of


def run(
    *, csv_rows: int = 1_000_000, xlsx_rows: int = 100_000, peer_rows: int = 10_000
) -> dict[str, Any]:
    """Bring two rosters, each with somebody else writing all the while, and each once more.

    Parameters
    ----------
    csv_rows, xlsx_rows
        People in the text and in the workbook; zero leaves one out. On SQLite each has a file of its
        own; with ``DATABASE_URL`` in the environment the database of that server is used.
    peer_rows
        People in the text that goes through django-import-export as well; zero leaves it out.

    Returns
    -------
    dict
        ``vs_copy_floor``: seconds of a bare copy of the very rows that the import has left (COPY; on
        SQLite ``executemany``) into the same tables and indexes, by seconds of the import from the upload
        to the last row written; ``cpu_vs_copy_floor`` the same of processor time, on SQLite, where it
        is all ours: read that one on a busy machine. ``read_s`` holds parsing, checking, hashing, comparing and staging,
        ``write_s`` writing and journal. ``peak_mb`` is of the worker or of the child that reads,
        whichever is bigger; ``longest_writer_wait_s`` is of somebody who writes meanwhile;
        ``second_run_writes`` counts what the same file writes again. Each by form, and the worst.
        ``vs_import_export``: seconds of django-import-export with its defaults by ours, on a database of
        its own; ``vs_import_export_bulk`` the same with its bulk mode.

    Raises
    ------
    RuntimeError
        When a row is not usable.
    """
    sizes = {"csv": csv_rows, "xlsx": xlsx_rows}
    figures = {form: _trial(rows, form) for form, rows in sizes.items() if rows}
    worst = {
        "vs_copy_floor": min(each["vs_copy_floor"] for each in figures.values()),
        "peak_mb": max(each["peak_mb"] for each in figures.values()),
        "longest_writer_wait_s": max(each["longest_writer_wait_s"] for each in figures.values()),
        "second_run_writes": sum(each["second_run_writes"] for each in figures.values()),
    }
    if peer_rows:
        worst |= figures_of("bench._roster_peer", "--rows", str(peer_rows))
    return worst | {f"{key}_{form}": v for form, each in figures.items() for key, v in each.items()}


def _trial(rows: int, form: str) -> dict[str, Any]:
    return figures_of("bench._roster_trial", "--rows", str(rows), "--form", form)
