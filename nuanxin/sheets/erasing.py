"""Forgetting one thing in the imports that brought it: what they remember of it, not that they were."""

from collections.abc import Collection

from nuanxin.sheets.models import ImportRow, JournalEntry, SourceRecord


def forget_things(keys: Collection[str]) -> int:
    """Drop what imports remember of some things, for whoever erases them; their undoing goes with it.

    Parameters
    ----------
    keys
        Keys of the things, as text.

    Returns
    -------
    int
        Rows and lines that were dropped.

    Notes
    -----
    Three statements, of which the one over rows reads the rows of all imports of the last thirty days.
    The files themselves stay sealed until their thirty days are over: none can be opened by a row.
    """
    rows, _by_model = ImportRow.objects.filter(key__in=keys).delete()
    lines, _by_model = JournalEntry.objects.filter(key__in=keys).delete()
    SourceRecord.objects.filter(key__in=keys).delete()
    return rows + lines
