import pytest
from hypothesis import given
from hypothesis import strategies as st

from nuanxin.core.actors import AnonymousActor, Role, Scope, SystemActor
from nuanxin.core.errors import NotAllowed
from nuanxin.core.policies import ALLOWED, REFUSED, Decision, holds

OFFICER = SystemActor("o", scopes=(Scope(Role.OFFICER, "ZJ/NB/"),))
PATHS = st.lists(st.sampled_from(["ZJ", "NB", "NBX", "HZ"]), max_size=4).map(
    lambda codes: "".join(f"{code}/" for code in codes)
)


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("ZJ/NB/", ""),
        ("ZJ/NB/YZ/", ""),
        ("ZJ/", "out_of_scope"),
        ("ZJ/NBX/", "out_of_scope"),
        ("ZJ/HZ/", "out_of_scope"),
        ("", "out_of_scope"),
    ],
)
def test_role_reaches_down_its_subtree_only(path, code):
    decision = holds(OFFICER, {Role.OFFICER}, path=path)

    assert bool(decision) is not bool(code)
    assert decision.is_allowed or decision.code == code


def test_other_role_does_not_suffice_anywhere():
    assert holds(OFFICER, {Role.ADMIN, Role.SYSTEM}, path="ZJ/NB/") == REFUSED


@given(PATHS, PATHS)
def test_scope_covers_exactly_the_paths_that_go_through_it(scope, path):
    above, below = scope.split("/")[:-1], path.split("/")[:-1]

    assert Scope(Role.OFFICER, scope).covers(path) is (below[: len(above)] == above)


@given(st.sets(st.sampled_from([role for role in Role if role is not Role.ANONYMOUS])), PATHS)
def test_anonymous_holds_nothing(roles, path):
    assert not holds(AnonymousActor(), roles, path=path)


@given(st.sets(st.sampled_from(list(Role))), PATHS)
def test_command_holds_its_own_role_everywhere(roles, path):
    assert holds(SystemActor("tick"), roles, path=path).is_allowed is (Role.SYSTEM in roles)


def test_enforce_raises_with_the_code_of_the_decision():
    ALLOWED.enforce()
    with pytest.raises(NotAllowed) as refused:
        Decision(is_allowed=False, code="out_of_scope").enforce()

    assert (refused.value.code, refused.value.status) == ("out_of_scope", 403)


def test_actors_name_themselves_for_the_audit():
    assert SystemActor("import").actor_key == "system:import"
    assert SystemActor("import").actor_label == "import"
    assert AnonymousActor().actor_key == "anonymous"
