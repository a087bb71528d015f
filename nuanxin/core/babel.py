"""Collect the texts of Django templates for Babel."""

import io
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import IO, Any

from babel.messages.extract import extract_python
from django.utils.translation.template import templatize

Message = tuple[int, str, str | tuple[str, ...], list[str]]


def extract_django(
    fileobj: IO[bytes],
    keywords: Mapping[str, Any],
    comment_tags: Collection[str],
    options: Mapping[str, Any],
) -> Iterator[Message]:
    """Yield the messages of a template: ``translate``, ``blocktranslate`` and ``_("…")``.

    Parameters
    ----------
    fileobj
        The template, UTF-8.
    keywords, comment_tags, options
        As Babel hands them to every extractor.

    Yields
    ------
    tuple
        Line, function, message or messages, comments: Babel's own form.

    Notes
    -----
    Django's ``templatize`` turns a template into a text of Python calls, line by line; everything
    else of the template becomes filler that is not Python, so each line is read by itself.
    """
    source = templatize(fileobj.read().decode("utf-8"))
    for number, line in enumerate(source.splitlines(), start=1):
        calls = io.BytesIO(line.strip().encode("utf-8"))
        found: Iterable[tuple[Any, ...]] = extract_python(
            calls, keywords, comment_tags, {"encoding": "utf-8"}
        )
        for _line, function, messages, comments, *_ in found:
            yield number, function, messages, comments
