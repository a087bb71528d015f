"""Why a file is refused as a whole, said to people."""

from django.utils.translation import gettext_lazy as _

from nuanxin.core.errors import DomainError
from nuanxin.sheets.unreadable import Unreadable

_SENTENCES = {
    "empty": _("The file is empty."),
    "too_large": _("The file is larger than %(detail)s MB. Please split it."),
    "bomb": _("The file unpacks to far more than a sheet holds and was not opened. Please save it anew in the office program."),
    "damaged": _("The file is damaged or incomplete. Please open it in the office program, save it anew and send that."),
    "password": _("The file is protected by a password. Please save it without one."),
    "macros": _("The file contains macros. Please save it as an ordinary workbook (.xlsx)."),
    "external_links": _("The file takes data from other files. Please paste the values and save it without links."),
    "external_entities": _("The file declares document types or entities, which no sheet needs. It was not opened."),
    "duplicate_entries": _("The file contains the same part twice and was not opened. Please save it anew in the office program."),
    "unsafe_entries": _("The file contains parts that lead outside of it. It was not opened."),
    "not_a_sheet": _("This is no sheet but: %(detail)s. Please send a workbook (.xlsx, .xls) or a CSV file."),
    "too_many_rows": _("Sheet “%(detail)s” has more than 1,048,576 rows."),
    "too_many_columns": _("Sheet “%(detail)s” has more than 200 columns with content."),
    "cell_too_long": _("A cell of sheet “%(detail)s” holds more than 32,767 characters."),
    "quote_unclosed": _("A quotation mark is opened in the file and never closed, so that rows run together. Please correct it or send a workbook."),
    "encoding_unknown": _("The text is neither UTF-8 nor GB 18030. Please save it as “CSV UTF-8” or as a workbook."),
    "encoding_ambiguous": _("The text can be read in two ways. Please give it a row of Chinese headings, or save it as “CSV UTF-8” or as a workbook."),
    "no_header": _("No row with headings was found, such as name and address or name and identity number. Please check the sheet."),
    "too_slow": _("The file takes too long to read. Please split it."),
    "too_much_memory": _("The file takes too much memory to read. Please split it."),
    "failed": _("The file could not be read. Please save it anew in the office program, or send it as CSV."),
}  # fmt: skip
_THINGS = {
    "PDF": _("a PDF document"),
    "picture": _("a picture"),
    "archive": _("an archive of files"),
    "Word": _("a Word document"),
    "PowerPoint": _("a presentation"),
    "program": _("a program"),
    "database": _("a database"),
    "recording": _("a recording"),
    "binary": _("a file that holds no text"),
    "HTML": _("a web page without a table"),
    "XML": _("an XML document"),
    "JSON": _("JSON without features"),
}


class SheetRefused(DomainError):
    """A file is not read at all; nothing of it was taken."""


def refused(error: Unreadable) -> SheetRefused:
    """Return the refusal that tells people what the reading found."""
    sentence = _SENTENCES.get(error.code, _SENTENCES["failed"])
    detail = _THINGS.get(error.detail, error.detail)
    return SheetRefused(str(sentence) % {"detail": detail}, code=error.code)
