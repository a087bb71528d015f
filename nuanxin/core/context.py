"""What every template knows: the reader's choices of appearance."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

TEXT_COOKIE = "nx_text"


def appearance(request: HttpRequest) -> dict[str, Any]:
    """Return the variables of the base template."""
    chosen = request.GET.get("text") or request.COOKIES.get(TEXT_COOKIE)
    return {"is_large_text": chosen == "large", "is_demo": settings.DEMO}
