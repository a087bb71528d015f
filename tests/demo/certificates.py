"""The demo's authority, for tests that only fetch its certificate."""

from pathlib import Path

from nuanxin.demo.lan import ca_path

BODY = b"-----BEGIN CERTIFICATE-----\n"


def plant_ca(var: Path) -> None:
    """Put a file where the authority's certificate stands."""
    path = ca_path(var)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(BODY)
