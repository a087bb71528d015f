import pytest
from hypothesis import given
from hypothesis import strategies as st

from nuanxin.core.ids import computed_id, normalised


@given(st.text(min_size=1))
def test_same_key_gives_the_same_identifier_however_it_is_written(text):
    if normalised(text):
        assert computed_id("station", text) == computed_id("station", f" {text}　")
    else:
        with pytest.raises(ValueError, match="natural key"):
            computed_id("station", text)


def test_kinds_and_parts_are_kept_apart():
    keys = [
        computed_id("a", "x"),
        computed_id("b", "x"),
        computed_id("a", "x", "y"),
        computed_id("a", "xy"),
    ]

    assert len(set(keys)) == len(keys)
    assert {(key.version, key.variant) for key in keys} == {(8, "specified in RFC 4122")}
