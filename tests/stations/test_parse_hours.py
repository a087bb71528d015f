"""``manage.py parse_hours``: one answer for every line, in its place."""

import io
import json
import sys

import pytest
from django.core.management import CommandError, call_command


def answers(monkeypatch, capsys, lines: bytes) -> list[dict[str, object]]:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(lines)))
    call_command("parse_hours", "--json")
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_each_line_is_answered_with_its_id(monkeypatch, capsys):
    lines = [
        {"id": 7, "text": "周一至周五8:30-17:30"},
        {"id": "b", "text": "8:00-6:00"},
        {"id": None, "text": "详见公告"},
    ]

    got = answers(monkeypatch, capsys, "\n".join(map(json.dumps, lines)).encode())

    assert [(each["id"], each["outcome"], each["osm"]) for each in got] == [
        (7, "read", "Mo-Fr 08:30-17:30"),
        ("b", "ask", None),
        (None, "refuse", None),
    ]
    assert got[1]["alternatives"] == ["08:00-18:00", "08:00-06:00"]


@pytest.mark.parametrize(
    "bad",
    [
        b"nonsense",
        b"",
        b"[1, 2]",
        b'{"id": 1}',
        b'{"id": 1, "text": 5}',
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"text": "8:00-9:00"',
    ],
)
def test_bad_line_is_named_and_the_others_are_answered(bad, monkeypatch, capsys):
    good = b'{"id": 1, "text": "8:00-9:00"}\n'

    got = answers(monkeypatch, capsys, good + bad + b"\n" + good)

    assert [each["outcome"] for each in got] == ["read", "error", "read"]
    assert "line 2" in str(got[1]["error"])


def test_text_that_cannot_be_encoded_is_answered(monkeypatch, capsys):
    got = answers(monkeypatch, capsys, b'{"id": "\\ud800", "text": "\\ud800 8:00-9:00"}\n')

    assert got[0]["osm"] == "08:00-09:00"


def test_one_text_is_answered_in_words(capsys):
    call_command("parse_hours", "8:00-6:00")

    assert capsys.readouterr().out.splitlines() == [
        "ask",
        "  perhaps 08:00-18:00",
        "  perhaps 08:00-06:00",
        "  because of times_unclear",
    ]


def test_nothing_to_read_is_an_error():
    with pytest.raises(CommandError):
        call_command("parse_hours")
