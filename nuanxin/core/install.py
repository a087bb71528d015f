"""What a phone needs to install the site: the manifest and the service worker."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.templatetags.static import static
from django.utils.translation import gettext as _

WORKER_SOURCE = "src/sw.ts"
_ICONS = ((192, "any"), (512, "any"), (512, "maskable"))


def worker_script() -> str:
    """Return the built service worker; without a built front end this fails like any page."""
    manifest = Path(str(settings.DJANGO_VITE["default"]["manifest_path"]))
    built: str = json.loads(manifest.read_text("utf-8"))[WORKER_SOURCE]["file"]
    return (manifest.parent / built).read_text("utf-8")


def web_manifest(language: str) -> dict[str, Any]:
    """Return the web app manifest in the active language."""
    return {
        "id": "/",
        "name": _("Nuanxin: stations for outdoor workers"),
        "short_name": _("Nuanxin"),
        "lang": "en" if language == "en" else "zh-Hans",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#fffdfa",
        "theme_color": "#fffdfa",
        "icons": [
            {
                "src": static(f"core/icons/{purpose}-{side}.png"),
                "sizes": f"{side}x{side}",
                "type": "image/png",
                "purpose": purpose,
            }
            for side, purpose in _ICONS
        ],
    }
