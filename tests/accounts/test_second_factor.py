import datetime as dt

import pytest

from nuanxin.accounts import limits, second_factor
from nuanxin.accounts.enums import GrantedRole
from nuanxin.accounts.models import RecoveryCode, SecondFactor, User
from nuanxin.core import crypto
from nuanxin.core.actors import Role, Scope, SystemActor
from nuanxin.core.errors import Conflict, DomainError, Invalid, NotAllowed
from nuanxin.core.models import AuditEvent
from tests.accounts.codes import SYSTEM, Authenticator, enrolled
from tests.factories import GrantFactory, UnionFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(clock) -> User:
    made: User = GrantFactory.create().user
    return made


def proved(user: User, code: str) -> str:
    """Return how a code was answered: its refusal's word, or nothing."""
    try:
        second_factor.prove_code(user=user, code=code)
    except DomainError as error:
        return error.code
    return ""


# --- who is asked ---


@pytest.mark.parametrize(
    ("role", "is_asked"),
    [
        (GrantedRole.OFFICER, True),
        (GrantedRole.AUDITOR, True),
        (GrantedRole.ADMIN, True),
        (GrantedRole.KEEPER, False),
    ],
)
def test_staff_are_asked_and_keepers_are_not(settings, role, is_asked):
    settings.SECOND_FACTOR = True

    assert second_factor.is_asked_of(GrantFactory.create(role=role).user) is is_asked


@pytest.mark.parametrize(("is_demo", "is_asked"), [(True, False), (False, True)])
def test_only_the_demo_can_be_without(settings, officer, is_demo, is_asked):
    settings.SECOND_FACTOR, settings.DEMO = False, is_demo

    assert second_factor.is_asked_of(officer) is is_asked


# --- enrolment ---


def test_enrol_seals_the_secret_for_its_place(officer):
    sealed = second_factor.new_secret(officer)
    secret = second_factor.secret_text(officer, sealed)
    second_factor.enrol(
        user=officer, secret_sealed=sealed, code=Authenticator(secret).code(), by=officer
    )

    assert len(secret) == 32
    assert secret not in SecondFactor.objects.get().secret_sealed
    with pytest.raises(crypto.SealBroken):
        second_factor.secret_text(UserFactory.create(), sealed)
    assert AuditEvent.objects.get().verb == "user.second_factor_enrolled"


def test_enrol_wrong_code_keeps_nothing(officer):
    with pytest.raises(Invalid) as refused:
        second_factor.enrol(
            user=officer,
            secret_sealed=second_factor.new_secret(officer),
            code="000000",
            by=officer,
        )

    assert refused.value.code == "wrong_code"
    assert not SecondFactor.objects.exists()
    assert not RecoveryCode.objects.exists()


def test_enrol_a_second_authenticator_is_a_conflict_and_changes_nothing(officer):
    held, codes = enrolled(officer)

    with pytest.raises(Conflict):
        enrolled(officer)

    assert proved(officer, held.code()) == ""
    assert proved(officer, codes[0]) == ""


def test_enrol_for_somebody_else_is_refused(officer):
    with pytest.raises(NotAllowed):
        second_factor.enrol(user=officer, secret_sealed="x", code="1", by=SYSTEM)


def test_provisioning_uri_names_site_and_user(officer):
    uri = second_factor.provisioning_uri(officer, second_factor.new_secret(officer))

    assert uri.startswith(f"otpauth://totp/Nuanxin:{officer.username}?")
    assert "digits=6" in uri
    assert "period=30" in uri


# --- codes ---


@pytest.mark.parametrize(
    ("after_s", "answer"),
    [(-60, "wrong_code"), (-30, ""), (0, ""), (30, ""), (60, "wrong_code")],
)
def test_code_may_be_one_step_early_or_late(officer, after_s, answer):
    held, _codes = enrolled(officer)

    assert proved(officer, held.code(after_s=after_s)) == answer


def test_code_works_once(officer):
    held, _codes = enrolled(officer)
    code = held.code()

    assert [proved(officer, code), proved(officer, code)] == ["", "wrong_code"]


def test_code_older_than_the_last_one_used_is_refused(officer):
    held, _codes = enrolled(officer)

    assert proved(officer, held.code(after_s=30)) == ""
    assert proved(officer, held.code()) == "wrong_code"


def test_code_of_the_enrolment_does_not_sign_in_as_well(officer):
    held, _codes = enrolled(officer, before_s=0)

    assert proved(officer, held.code()) == "wrong_code"


@pytest.mark.parametrize("code", ["", "abcdef", "12345", "1234567", "１２３", "\x00"])
def test_code_that_is_none_is_wrong(officer, code):
    enrolled(officer)

    assert proved(officer, code) == "wrong_code"


def test_code_may_be_typed_with_spaces_and_full_width_digits(officer):
    held, _codes = enrolled(officer)
    wide = held.code().translate({ord("0") + n: ord("０") + n for n in range(10)})

    assert proved(officer, f" {wide[:3]} {wide[3:]} ") == ""


def test_code_sixth_try_is_refused_even_when_right(officer, clock):
    held, _codes = enrolled(officer)
    wrong = [proved(officer, "000000") for _ in range(5)]

    assert wrong == ["wrong_code"] * 5
    assert proved(officer, held.code()) == "too_many_tries"
    clock.stop_at("2026-03-10T10:16")
    assert proved(officer, held.code()) == ""


def test_code_that_was_right_forgets_the_wrong_ones(officer, clock):
    held, _codes = enrolled(officer)
    for _ in range(4):
        proved(officer, "000000")
    assert proved(officer, held.code()) == ""

    assert [proved(officer, "000000") for _ in range(5)] == ["wrong_code"] * 5


def test_code_of_somebody_without_an_authenticator_is_wrong(officer):
    assert proved(officer, "000000") == "wrong_code"


# --- recovery codes ---


def test_recovery_codes_are_ten_and_each_works_once(officer):
    _held, codes = enrolled(officer)

    assert len(set(codes)) == 10
    assert not any(code in str(RecoveryCode.objects.values()) for code in codes)
    assert [proved(officer, codes[3]) for _ in range(2)] == ["", "wrong_code"]
    assert proved(officer, codes[4].upper().replace("-", " ")) == ""
    assert AuditEvent.objects.filter(verb="user.recovery_code_used").count() == 2


def test_recovery_code_of_another_user_is_wrong(officer):
    other = GrantFactory.create().user
    _held, codes = enrolled(other)

    assert proved(officer, codes[0]) == "wrong_code"


# --- reset ---


def test_reset_takes_authenticator_and_codes_and_ends_the_sessions(officer, client):
    _held, codes = enrolled(officer)
    client.force_login(officer)

    second_factor.reset_second_factor(user=officer, by=SYSTEM)

    assert not second_factor.is_enrolled(officer)
    assert proved(officer, codes[0]) == "wrong_code"
    assert client.get("/office/").status_code == 302
    assert AuditEvent.objects.filter(verb="user.second_factor_reset").count() == 1


def test_reset_forgets_the_tries_at_the_lost_authenticator(officer):
    enrolled(officer)
    for _ in range(6):
        proved(officer, "000000")
    second_factor.reset_second_factor(user=officer, by=SYSTEM)
    held, _codes = enrolled(officer)

    assert proved(officer, held.code()) == ""


def test_reset_of_nothing_is_a_conflict(officer):
    with pytest.raises(Conflict):
        second_factor.reset_second_factor(user=officer, by=SYSTEM)


def test_reset_takes_an_administrator_who_reaches_every_role_of_the_user(officer):
    province = UnionFactory.create(code="ZJ", root=True)
    county = UnionFactory.create(code="KQ", parent=province)
    GrantFactory.create(user=officer, union=county)
    enrolled(officer)
    reader = User.objects.get(pk=officer.pk)

    for scopes in (
        (Scope(Role.ADMIN, "ZJ/KQ/"),),  # the user holds a role elsewhere as well
        (Scope(Role.OFFICER),),
        (Scope(Role.AUDITOR),),
    ):
        with pytest.raises(NotAllowed):
            second_factor.reset_second_factor(user=reader, by=SystemActor("x", scopes=scopes))
    assert second_factor.is_enrolled(officer)


def test_window_of_codes_is_a_quarter_of_an_hour():
    assert (limits.CODE_BY_USER.tries, limits.CODE_BY_USER.window_s) == (5, 900)
    assert dt.timedelta(seconds=second_factor.STEP_S) == dt.timedelta(seconds=30)
