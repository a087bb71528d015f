from nuanxin.core.actors import Actor
from nuanxin.core.errors import NotFound
from nuanxin.unions.models import Union, UnionQuerySet


def unions_visible_to(actor: Actor) -> UnionQuerySet:
    """Return the unions inside the actor's scopes.

    Parameters
    ----------
    actor
        Who asks; anonymous actors see none.

    Returns
    -------
    UnionQuerySet
        By path. One query, one prefix condition for each scope.
    """
    return Union.objects.visible_to(actor).order_by("path")


def union_by_code(code: str) -> Union:
    """Return the union with an organisation number.

    Raises
    ------
    NotFound
        When there is none. One query.
    """
    union = Union.objects.filter(code=code).first()
    if union is None:
        raise NotFound
    return union
