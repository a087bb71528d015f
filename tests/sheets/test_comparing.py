"""What a file changes, as laws: said twice is said once, silence changes nothing, nobody is overruled unasked."""

from hypothesis import given
from hypothesis import strategies as st

from nuanxin.sheets.comparing import compare
from nuanxin.sheets.sealed_rows import dumped, filled

FIELDS = st.sampled_from(["name", "hours", "point", "facilities"])
VALUES = st.one_of(
    st.none(), st.text(max_size=3), st.integers(0, 3), st.lists(st.integers(0, 2), max_size=2)
)
SAID = st.dictionaries(FIELDS, VALUES)
STORED = st.fixed_dictionaries(dict.fromkeys(["name", "hours", "point", "facilities"], VALUES))


def digest(value: object) -> str:
    return dumped(value)


def digests(said):
    return {name: digest(value) for name, value in said.items()}


@given(said=SAID, stored=STORED, earlier=SAID)
def test_compare_what_was_applied_once_changes_nothing_the_second_time(said, stored, earlier):
    told = digests(earlier)
    first = compare(said, stored, told, digest)

    again = compare(said, stored | first.diff, told | digests(said), digest)

    assert again.diff == {}
    assert again.is_heard


@given(said=SAID, desk=STORED)
def test_compare_same_words_never_take_back_what_the_desk_did(said, desk):
    assert compare(said, desk, digests(said), digest).diff == {}


@given(said=SAID, stored=STORED)
def test_compare_first_word_changes_what_differs_and_is_not_blank(said, stored):
    found = compare(said, stored, {}, digest)

    assert found.diff == {k: v for k, v in said.items() if v is not None and v != stored[k]}
    assert found.clashes == []


@given(said=SAID, defaults=SAID)
def test_filled_new_thing_has_what_is_said_else_the_defaults(said, defaults):
    found = filled(said, defaults)

    for name in {*said, *defaults}:
        expected = said.get(name) if said.get(name) is not None else defaults.get(name)
        assert found.get(name) == expected


@given(stored=STORED, first=VALUES, second=VALUES)
def test_compare_new_word_over_a_foreign_change_is_a_clash(stored, first, second):
    told = {"name": digest(first)}
    found = compare({"name": second}, stored, told, digest)

    is_new_word = second != first and second != stored["name"]
    assert found.diff == ({"name": second} if is_new_word else {})
    assert found.clashes == (["name"] if is_new_word and stored["name"] != first else [])
