"""What must hold before the server of a site starts."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register


@register(Tags.security)
def second_factor_is_on(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Refuse a site whose staff sign in by password alone; the demo has no staff to protect."""
    if settings.SECOND_FACTOR or settings.DEMO:
        return []
    return [
        Error(
            "NUANXIN_SECOND_FACTOR may be off in the demo only.",
            hint="Leave it out, or set it to yes.",
            id="accounts.E001",
        )
    ]
