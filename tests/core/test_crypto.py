import pytest
from hypothesis import given
from hypothesis import strategies as st

from nuanxin.core.crypto import Place, Provider, SealBroken

OLD, NEW, INDEX = "old:" + "aa" * 32, "new:" + "bb" * 32, "cc" * 32
HERE = Place("accounts_user", "1", "phone_sealed")


@given(st.text())
def test_sealed_text_opens_at_its_place(text):
    provider = Provider([NEW], INDEX)

    assert provider.unseal(provider.seal(text, HERE), HERE) == text


@pytest.mark.parametrize(
    "elsewhere",
    [
        Place("accounts_user", "2", "phone_sealed"),
        Place("accounts_user", "1", "name_sealed"),
        Place("other", "1", "phone_sealed"),
    ],
)
def test_ciphertext_copied_elsewhere_does_not_open(elsewhere):
    provider = Provider([NEW], INDEX)

    with pytest.raises(SealBroken):
        provider.unseal(provider.seal("13800000000", HERE), elsewhere)


def test_old_key_still_opens_and_the_first_key_seals():
    sealed = Provider([OLD], INDEX).seal("x", HERE)
    rotated = Provider([NEW, OLD], INDEX)

    assert rotated.unseal(sealed, HERE) == "x"
    assert rotated.seal("x", HERE).startswith("v1:new:")
    with pytest.raises(SealBroken):
        Provider([NEW], INDEX).unseal(sealed, HERE)


@pytest.mark.parametrize("sealed", ["", "v1:new:", "v2:new:AAAA", "v1:new:!!!!", "x" * 80])
def test_altered_text_is_refused(sealed):
    with pytest.raises(SealBroken):
        Provider([NEW], INDEX).unseal(sealed, HERE)


def test_fingerprints_of_purposes_differ():
    provider = Provider([NEW], INDEX)

    assert provider.blind_index("1", purpose="a") == provider.blind_index("1", purpose="a")
    assert provider.blind_index("1", purpose="a") != provider.blind_index("1", purpose="b")


@pytest.mark.parametrize("keys", [[], ["a:aa"], [NEW, NEW]])
def test_bad_keys_are_refused_at_once(keys):
    with pytest.raises(ValueError, match="key"):
        Provider(keys, INDEX)
