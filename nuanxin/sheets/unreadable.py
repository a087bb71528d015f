"""Why a file is not read; free of Django, since the child process that reads has none."""

from typing import NoReturn


class Unreadable(Exception):
    """A file is refused as a whole: a stable code and what it was about.

    ``detail`` fills the sentence of the code (``nuanxin.sheets.errors``): the name of a sheet, of a
    kind of file, a number. It never holds the content of a cell.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


def refuse(code: str, detail: str = "") -> NoReturn:
    """Refuse a file as a whole."""
    raise Unreadable(code, detail)
