import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nuanxin.algorithms.resident_ids import birthday, check_character, problem, upgraded

TODAY = dt.date(2026, 11, 27)
# the example of the standard itself, a number of nobody
STANDARD = "11010519491231002X"
FIRST17 = st.builds(
    lambda region, born, order: f"{region:06d}{born:%Y%m%d}{order:03d}",
    st.integers(110000, 659999),
    st.dates(dt.date(1900, 1, 1), TODAY),
    st.integers(0, 999),
)


def test_example_of_the_standard_is_sound():
    assert check_character(STANDARD[:17]) == "X"
    assert problem(STANDARD, today=TODAY) == ""
    assert birthday(STANDARD) == dt.date(1949, 12, 31)


@given(FIRST17, st.data())
def test_one_wrong_digit_is_always_found(first17, data):
    number = first17 + check_character(first17)
    at = data.draw(st.integers(0, 16))
    digit = data.draw(st.sampled_from([d for d in "0123456789" if d != number[at]]))

    assert problem(number, today=TODAY) == ""
    assert problem(number[:at] + digit + number[at + 1 :], today=TODAY) != ""


@given(FIRST17, st.integers(0, 15))
def test_two_neighbours_that_changed_places_are_always_found(first17, at):
    number = first17 + check_character(first17)
    swapped = number[:at] + number[at + 1] + number[at] + number[at + 2 :]

    assert (problem(swapped, today=TODAY) == "") == (swapped == number)


@pytest.mark.parametrize(
    ("number", "told"),
    [
        ("110105491231002", "length"),
        ("", "length"),
        ("11010519491231002x", "characters"),
        ("1101051949123100２X", "characters"),
        ("110105194902310029", "birthday"),
        ("110105202612310021", "birthday"),
        ("110105189912310021", "birthday"),
        ("110105194912310021", "check"),
    ],
)
def test_each_fault_has_its_word(number, told):
    assert problem(number, today=TODAY) == told


def test_old_number_shows_the_new_one_as_a_hint():
    assert upgraded("110105491231002") == STANDARD


@given(FIRST17.filter(lambda text: text[6:8] == "19" and text[14:] < "996"))
def test_what_was_shortened_is_found_again(first17):
    assert upgraded(first17[:6] + first17[8:])[:17] == first17


@pytest.mark.parametrize("text", ["11010549123100", "110105490231002", "11010549123100A", ""])
def test_what_is_no_old_number_gives_no_hint(text):
    assert upgraded(text) == ""
