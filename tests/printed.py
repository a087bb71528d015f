"""Printed documents as a reader and a camera see them."""

from dataclasses import dataclass
from typing import Any

import pypdfium2
import zxingcpp


@dataclass(frozen=True)
class Page:
    """One page: its words without the breaks of lines, what a camera reads off its codes, its picture, its size in millimetres."""

    text: str
    codes: list[str]
    picture: Any
    size_mm: tuple[int, int]


def pages_of(pdf: bytes) -> list[Page]:
    """Return the pages of a PDF; a code that cannot be read is not among its codes."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [_read(document[number]) for number in range(len(document))]


def _read(page: Any) -> Page:
    words = page.get_textpage()
    picture = page.render(scale=2).to_pil().convert("L")
    codes = [code.text for code in zxingcpp.read_barcodes(picture)]
    width, height = (round(points * 25.4 / 72) for points in page.get_size())
    text = "".join(words.get_text_range().splitlines())
    read = Page(text, codes, picture, (width, height))
    words.close()
    page.close()
    return read
