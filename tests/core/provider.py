"""A provider of text messages for processes of their own: it writes down what it was given."""

import os
import time
from pathlib import Path


class Provider:
    """Write ``begun``, take its time, write ``sent``."""

    def send(self, *, phone: str, text: str) -> None:
        self._note(f"begun {text}")
        time.sleep(float(os.environ.get("PROVIDER_TAKES_S", "0")))
        self._note(f"sent {text}")

    def _note(self, line: str) -> None:
        with Path(os.environ["PROVIDER_NOTES"]).open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")
