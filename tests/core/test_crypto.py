import base64
import hashlib
import hmac

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from nuanxin.core import crypto
from nuanxin.core.crypto import Place, Provider, SealBroken

OLD, NEW, INDEX = "old:" + "aa" * 32, "new:" + "bb" * 32, "cc" * 32
HERE = Place("accounts_user", "1", "phone_sealed")
PROVIDER = Provider([NEW], INDEX)
SEALED = PROVIDER.seal("13800000000", HERE)


@given(st.text())
def test_sealed_text_opens_at_its_place(text):
    assert PROVIDER.unseal(PROVIDER.seal(text, HERE), HERE) == text


def test_equal_texts_seal_differently():
    assert len({PROVIDER.seal("same", HERE) for _ in range(50)}) == 50


def test_sealed_text_does_not_show_the_text():
    body = base64.urlsafe_b64decode(SEALED.rpartition(":")[2])

    assert b"13800000000" not in body
    assert len(body) == 12 + len("13800000000") + 16


@pytest.mark.parametrize(
    "elsewhere",
    [
        Place("accounts_user", "2", "phone_sealed"),
        Place("accounts_user", "1", "name_sealed"),
        Place("other", "1", "phone_sealed"),
    ],
)
def test_ciphertext_copied_elsewhere_does_not_open(elsewhere):
    with pytest.raises(SealBroken, match=f"{elsewhere.table}.{elsewhere.field}"):
        PROVIDER.unseal(SEALED, elsewhere)


def test_swapped_ciphertexts_open_at_neither_row():
    there = Place("accounts_user", "2", "phone_sealed")
    mine, theirs = PROVIDER.seal("a", HERE), PROVIDER.seal("b", there)

    for swapped, place in ((theirs, HERE), (mine, there)):
        with pytest.raises(SealBroken):
            PROVIDER.unseal(swapped, place)


@given(st.data())
def test_any_altered_byte_breaks_the_seal(data):
    prefix, _, body = SEALED.rpartition(":")
    raw = bytearray(base64.urlsafe_b64decode(body))
    at = data.draw(st.integers(0, len(raw) - 1))
    raw[at] ^= data.draw(st.integers(1, 255))

    with pytest.raises(SealBroken):
        PROVIDER.unseal(f"{prefix}:{base64.urlsafe_b64encode(raw).decode()}", HERE)


@given(st.integers(1, len(SEALED) - 1))
def test_shortened_text_is_refused(length):
    with pytest.raises(SealBroken):
        PROVIDER.unseal(SEALED[:length], HERE)


@given(st.integers(0, len(SEALED)), st.sampled_from("! \n*é:"))
def test_foreign_characters_are_refused_not_skipped(at, char):
    altered = SEALED[:at] + char + SEALED[at:]

    with pytest.raises(SealBroken):
        PROVIDER.unseal(altered, HERE)


@given(st.text())
def test_any_other_text_is_refused(sealed):
    assume(sealed != SEALED)

    with pytest.raises(SealBroken):
        PROVIDER.unseal(sealed, HERE)


@pytest.mark.parametrize("sealed", ["", "v1:new:", "v1:gone:AAAA", "v2:new:AAAA", "v1:new:!!!!"])
def test_unknown_version_or_key_is_refused(sealed):
    with pytest.raises(SealBroken):
        PROVIDER.unseal(sealed, HERE)


def test_old_key_still_opens_and_the_first_key_seals():
    sealed = Provider([OLD], INDEX).seal("x", HERE)
    rotated = Provider([NEW, OLD], INDEX)

    assert rotated.unseal(sealed, HERE) == "x"
    assert rotated.seal("x", HERE).startswith("v1:new:")
    with pytest.raises(SealBroken, match="no key opens v1:old"):
        PROVIDER.unseal(sealed, HERE)


def test_same_key_id_with_another_key_does_not_open():
    with pytest.raises(SealBroken):
        Provider(["new:" + "dd" * 32], INDEX).unseal(SEALED, HERE)


@given(st.text(), st.text())
def test_fingerprints_agree_exactly_when_values_do(first, second):
    prints = [PROVIDER.blind_index(value, purpose="user.phone") for value in (first, second)]

    assert (prints[0] == prints[1]) is (first == second)
    assert len(prints[0]) == 64


def test_fingerprints_of_purposes_and_keys_differ():
    prints = {
        PROVIDER.blind_index("1", purpose="a"),
        PROVIDER.blind_index("1", purpose="b"),
        Provider([NEW], "dd" * 32).blind_index("1", purpose="a"),
    }

    assert len(prints) == 3


def test_fingerprint_does_not_change_when_the_sealing_key_rotates():
    rotated = Provider([OLD, NEW], INDEX)

    assert rotated.blind_index("1", purpose="a") == PROVIDER.blind_index("1", purpose="a")


# RFC 8998, appendix A.1
SM4_KEY = "0123456789ABCDEFFEDCBA9876543210"
SM4_NONCE = "00001234567800000000ABCD"
SM4_DATA = "".join(f"{letter * 16}" for letter in "ABCDEFEA")
SM4_AAD = "FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2"
SM4_SEALED = (
    "17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735"
    "D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D"
    "83DE3541E4C2B58177E065A9BF7B62EC"
)


def test_sm4_gcm_is_that_of_the_published_vector():
    cipher = crypto.SM4GCM(bytes.fromhex(SM4_KEY))
    nonce, data, aad = map(bytes.fromhex, (SM4_NONCE, SM4_DATA, SM4_AAD))

    assert cipher.encrypt(nonce, data, aad).hex().upper() == SM4_SEALED
    assert cipher.decrypt(nonce, bytes.fromhex(SM4_SEALED), aad) == data


@pytest.mark.parametrize("length", [0, 3, 15])
def test_sm4_text_shorter_than_a_tag_is_refused(length):
    with pytest.raises(ValueError, match=r"[Tt]ag"):
        crypto.SM4GCM(bytes.fromhex(SM4_KEY)).decrypt(bytes(12), bytes(length), b"")


@pytest.mark.parametrize(
    ("digest", "seen"),
    [
        # GM/T 0042-2015, annex: SM3-HMAC; RFC 4231-style check of the other by the standard library
        ("sm3", "ca05e144ed05d1857840d1f318a4a8669e559fc8391f414485bfdf7bb408963a"),
        ("sha256", None),
    ],
)
def test_keyed_digests_are_those_of_the_standards(digest, seen):
    key = bytes(range(1, 33))
    message = b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq" * 2
    seen = seen or hmac.new(key, message, hashlib.sha256).hexdigest()

    assert crypto.keyed_digest(key, message, digest=digest).hex() == seen


@pytest.mark.parametrize("digest", ["sha256", "sm3"])
@pytest.mark.parametrize("length", [1, 32, 64, 65])
def test_key_taken_in_once_digests_as_one_taken_in_each_time(digest, length):
    key, messages = bytes(range(length)), [b"", b"one", b"m" * 200]

    digested = crypto.keyed_digester(key, digest=digest)

    expected = [crypto.keyed_digest(key, message, digest=digest) for message in messages]
    assert [digested(message) for message in messages] == expected


def test_site_goes_over_to_sm4_and_still_opens_what_aes_sealed():
    national = "2027:sm4:" + "cd" * 16
    over = Provider([national, NEW], INDEX)

    assert over.unseal(SEALED, HERE) == "13800000000"
    assert over.seal("x", HERE).startswith("v1:2027:")
    assert Provider([national], INDEX).unseal(over.seal("x", HERE), HERE) == "x"
    assert over.unseal_bytes(over.seal_bytes(b"file", HERE), HERE) == b"file"


def test_altered_sm4_text_is_refused():
    provider = Provider(["n:sm4:" + "cd" * 16], INDEX)
    sealed = provider.seal("13800000000", HERE)
    at = sealed.rindex(":") + 20

    with pytest.raises(SealBroken):
        provider.unseal(sealed[:at] + ("A" if sealed[at] != "A" else "B") + sealed[at + 1 :], HERE)


def test_fingerprints_of_the_two_digests_differ():
    national = Provider([NEW], INDEX, digest="sm3")

    assert national.blind_index("1", purpose="a") != PROVIDER.blind_index("1", purpose="a")
    with pytest.raises(ValueError, match="digest"):
        Provider([NEW], INDEX, digest="md5")


@pytest.mark.parametrize(
    "keys",
    [
        [],
        ["a:aa"],
        [NEW, NEW],
        ["a:b:" + "aa" * 32],
        ["aa" * 32],
        ["a:sm4:" + "aa" * 32],
        ["a:" + "aa" * 16],
    ],
)
def test_bad_keys_are_refused_at_once(keys):
    with pytest.raises(ValueError, match=r"key|hexadecimal"):
        Provider(keys, INDEX)


@pytest.mark.parametrize("index_key", ["", "cc", "zz" * 32])
def test_bad_index_key_is_refused_at_once(index_key):
    with pytest.raises(ValueError, match=r"key|hexadecimal"):
        Provider([NEW], index_key)


def test_provider_of_the_deployment_uses_its_settings(settings):
    settings.ENCRYPTION_KEYS, settings.BLIND_INDEX_KEY = [NEW], INDEX

    assert crypto.provider().unseal(SEALED, HERE) == "13800000000"
