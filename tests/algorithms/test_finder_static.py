"""The shared halves of the finder's rows come back as they went in."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nuanxin.algorithms.finder_static import StaticRows

WORDS = st.text(max_size=12) | st.sampled_from(['","code":"', '\\","lat":', "\0", "一楼", "%b %d"])


def text_of(**own):
    fields = {
        "id": "1", "code": "c", "name": "n", "brand": "b", "host": "h", "is_co_built": True,
        "address": "a", "floor": "", "parking": "", "access": "open", "facilities": ["ac"],
        "is_24h": False, "lat": 30.1, "lon": 120.2,
    }  # fmt: skip
    text = json.dumps(fields | own, ensure_ascii=False, separators=(",", ":"))
    return (text[:-1] + ",").encode("utf-8", "surrogatepass")


@given(
    st.lists(st.fixed_dictionaries(dict.fromkeys(("name", "host", "address", "parking"), WORDS)))
)
def test_rows_come_back_as_they_went_in(named):
    texts = [text_of(**own) for own in named]

    rows = StaticRows(texts)

    assert [rows[index] for index in range(len(rows))] == texts


def test_rows_of_another_form_are_kept_whole():
    texts = [b'{"id":"0001",', b"", text_of()]

    rows = StaticRows(texts)

    assert [rows[index] for index in range(3)] == texts


@pytest.mark.parametrize("count", [1_000])
def test_what_stations_share_is_held_once(count):
    texts = [text_of(id=str(index), host="邮政" * 20) for index in range(count)]

    rows = StaticRows(texts)

    assert rows.nbytes < sum(map(len, texts)) / 4
