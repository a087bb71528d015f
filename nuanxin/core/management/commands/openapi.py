"""Print the API description, sorted and indented, for the committed copy."""

import json
from importlib import import_module
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """``manage.py openapi``."""

    help = "Print the API description."

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the description of the API that the address table mounts."""
        api = import_module(settings.API_MODULE).api
        schema = api.get_openapi_schema(path_prefix="/api/v1/")
        self.stdout.write(
            json.dumps(schema, indent=1, ensure_ascii=False, sort_keys=True, default=str)
        )
