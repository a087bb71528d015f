"""What a file changes: its words against what stands, and against what its source had said before.

A field is taken only when the source says something new about it. So a second import never takes back
what somebody has changed at the desk in between, and the same file twice changes nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from nuanxin.core import crypto
from nuanxin.sheets.kinds import Values
from nuanxin.sheets.sealed_rows import dumped

Digests = dict[str, str]


class Comparison(NamedTuple):
    """What a row would change in a thing that stands.

    Parameters
    ----------
    diff
        Field to its new value; empty when nothing changes.
    is_heard
        Whether all of it had been said before.
    clashes
        Fields which the source says anew and somebody else has changed since it last spoke.
    """

    diff: Values
    is_heard: bool
    clashes: Sequence[str] = ()


def compare(
    said: Values,
    stored: Values,
    told: Mapping[str, str],
    digest: Callable[[object], str],
    alike: Callable[[str, object, object], bool] = lambda name, stored, said: False,
    digests: Digests | None = None,
) -> Comparison:
    """Return what a row changes.

    Parameters
    ----------
    said
        What the row says; None for a blank cell.
    stored
        How the thing stands.
    told
        Fingerprints of what the source said last; empty when it never spoke.
    digest
        Fingerprint of one value.
    alike
        Whether two values of a field mean the same although they differ.
    digests
        Fingerprints of what the row says, where they are known already.

    Returns
    -------
    Comparison
        A blank cell changes a field only where the source had filled it before.
    """
    if digests is None:
        digests = {name: digest(value) for name, value in said.items()}
    is_heard = all(told.get(name) == mark for name, mark in digests.items())
    diff = {}
    clashes = []
    for name, value in said.items():
        if told.get(name) == digests[name] or (value is None and name not in told):
            continue
        standing = stored.get(name)
        if standing == value or alike(name, standing, value):
            continue
        diff[name] = value
        if name in told and digest(standing) != told[name]:
            clashes.append(name)
    return Comparison(diff, is_heard, clashes)


def digester() -> Callable[[object], str]:
    """Return the keyed fingerprint of values; what comes again and again is computed once."""
    fingerprint = crypto.provider().fingerprinter(purpose="sheets.told")
    known: dict[object, str] = {}

    def digest(value: object) -> str:
        # texts stand for themselves; of all else what is written of it, apart from any text
        key = value if type(value) is str else (dumped(value),)
        mark = known.get(key)
        if mark is None:
            mark = fingerprint(dumped(value))
            if len(known) < 20_000:
                known[key] = mark
        return mark

    return digest


def digests_as_text(digests: dict[str, str]) -> str:
    """Return fingerprints by field as one short text."""
    return ",".join(f"{name}={mark}" for name, mark in sorted(digests.items()))


def digests_of(text: str) -> dict[str, str]:
    """Return fingerprints by field from the text of ``digests_as_text``."""
    return dict(pair.split("=", 1) for pair in text.split(",")) if text else {}
