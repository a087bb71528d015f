import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from nuanxin.algorithms.uscc import ALPHABET, LENGTH, check_character, uscc_problem

BODIES = st.text(st.sampled_from(ALPHABET), min_size=LENGTH - 1, max_size=LENGTH - 1)
CODES = BODIES.map(lambda body: body + check_character(body))


@pytest.mark.parametrize(
    "code",
    [
        "91350100M000100Y43",
        "91110000600037341L",
        "91440300708461136T",
        "91110108551385082Q",
    ],
)
def test_uscc_problem_of_a_published_code_is_none(code):
    assert uscc_problem(code) == ""


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("", "length"),
        ("91350100M000100Y4", "length"),
        ("91350100M000100Y433", "length"),
        ("91350100m000100Y43", "character"),
        ("91350100I000100Y43", "character"),
        ("９1350100M000100Y43", "character"),
        (" 1350100M000100Y43", "character"),
        ("91350100M000100Y44", "check"),
        ("91110000600037342L", "check"),
    ],
)
def test_uscc_problem_of_a_faulty_code_is_named(code, problem):
    assert uscc_problem(code) == problem


@given(CODES)
def test_uscc_problem_of_a_code_with_its_own_check_character_is_none(code):
    assert uscc_problem(code) == ""


@given(CODES, st.integers(0, LENGTH - 1), st.sampled_from(ALPHABET))
def test_uscc_problem_finds_every_changed_character(code, place, character):
    assume(code[place] != character)

    assert uscc_problem(code[:place] + character + code[place + 1 :]) == "check"


@given(CODES, st.integers(0, LENGTH - 2))
def test_uscc_problem_finds_every_swap_of_neighbours(code, place):
    first, second = code[place], code[place + 1]
    assume(first != second)

    assert uscc_problem(code[:place] + second + first + code[place + 2 :]) == "check"


@pytest.mark.parametrize(
    "body", ["", "81330000MC000000ZZ", "81330000MC0000 00", "81330000MCI000000"]
)
def test_check_character_of_something_else_is_refused(body):
    with pytest.raises(ValueError, match="17 characters"):
        check_character(body)
