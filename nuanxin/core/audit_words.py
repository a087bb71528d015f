"""Acts of the audit trail in words: each room names its own verbs when it starts."""

from collections.abc import Mapping

from django.apps import apps

from nuanxin.core.errors import Text

_WORDS: dict[str, Text] = {}


def name(verbs: Mapping[str, Text]) -> None:
    """Make known how some verbs are said; a room calls this in its ``ready``."""
    _WORDS.update(verbs)


def words(verb: str) -> str:
    """Return a verb in words; one that nobody named as it stands."""
    return str(_WORDS.get(verb, verb))


def known() -> list[tuple[str, str]]:
    """Return every verb with its words, by verb."""
    return [(verb, str(said)) for verb, said in sorted(_WORDS.items())]


def kind_words(object_type: str) -> str:
    """Return the kind of an object in words; as it stands when it is no table of ours."""
    app_label, dot, model_name = object_type.partition(".")
    if not dot or model_name not in apps.all_models.get(app_label, {}):
        return object_type
    return str(apps.get_model(object_type)._meta.verbose_name)
