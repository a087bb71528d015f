"""The one reader of the environment.

Every setting that a site may change is read here, so that a typing mistake stops the start-up
with a sentence instead of quietly meaning something else.
"""

import contextlib
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

    def number(self, name: str, default: int = 0) -> int:
        """Return a variable that is a whole number, 0 or more.

        Raises
        ------
        ImproperlyConfigured
            When the text holds anything but the digits 0 to 9.
        """
        text = self.text(name, str(default))
        if text.isascii() and text.isdigit():
            return int(text)
        msg = f"{name} must be a whole number, not {text!r}."
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
            When nothing gives the secret, or the file that should is empty.
        """
        if value := self.text(name):
            return value
        if path := self.text(f"{name}_FILE"):
            return _read_secret(Path(path))
        if fallback is not None:
            return _kept_secret(fallback)
        msg = f"Set {name} or {name}_FILE."
        raise ImproperlyConfigured(msg)


def _kept_secret(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32))
        # a link appears whole or not at all: of processes that start at once the first one wins
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(draft)
        draft.unlink()
    return _read_secret(path)


def _read_secret(path: Path) -> str:
    if secret := path.read_text(encoding="ascii").strip():
        return secret
    msg = f"The secret file {path} is empty."
    raise ImproperlyConfigured(msg)
