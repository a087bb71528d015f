"""The one reader of the environment.

Every setting that a site may change is read here, so that a typing mistake stops the start-up
with a sentence instead of quietly meaning something else.
"""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off"}


class Env:
    """Read typed values from a mapping of environment variables.

    Parameters
    ----------
    variables
        Names to texts; the process environment when left out.
    """

    def __init__(self, variables: Mapping[str, str] | None = None) -> None:
        self._variables = os.environ if variables is None else variables

    def text(self, name: str, default: str = "") -> str:
        """Return the text of a variable, or the default when it is unset or empty."""
        return self._variables.get(name, "").strip() or default

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return a yes-or-no variable; refuse every spelling that is neither.

        Raises
        ------
        ImproperlyConfigured
            When the text is none of 1/true/yes/on and 0/false/no/off.
        """
        text = self.text(name).lower()
        if not text:
            return default
        if text in _TRUE:
            return True
        if text in _FALSE:
            return False
        msg = f"{name} must be one of 1/true/yes/on or 0/false/no/off, not {text!r}."
        raise ImproperlyConfigured(msg)

    def words(self, name: str, default: str = "") -> list[str]:
        """Return a comma-separated variable as a list without empty entries."""
        return [word.strip() for word in self.text(name, default).split(",") if word.strip()]

    def secret(self, name: str, *, fallback: Path | None = None) -> str:
        """Return a secret from ``NAME``, from the file named by ``NAME_FILE``, or from ``fallback``.

        The fallback file is made on first use with 256 random bits, readable by its owner alone:
        a single machine starts without any configuration and keeps its secret over restarts.

        Raises
        ------
        ImproperlyConfigured
            When nothing gives the secret.
        """
        if value := self.text(name):
            return value
        if path := self.text(f"{name}_FILE"):
            return Path(path).read_text(encoding="ascii").strip()
        if fallback is not None:
            return _kept_secret(fallback)
        msg = f"Set {name} or {name}_FILE."
        raise ImproperlyConfigured(msg)


def _kept_secret(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        # O_EXCL: of two processes that start at once exactly one writes, the other reads
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32))
    return path.read_text(encoding="ascii").strip()
