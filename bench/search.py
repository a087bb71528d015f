"""Finding one worker among a million: by number, last digits, name, pinyin and initials."""

from typing import Any

from bench._trials import figures_of


def run(*, workers: int = 1_000_000, queries: int = 1_200, seed: int = 5) -> dict[str, Any]:
    """Fill a register and ask it as officers do: of the whole tree, of a county, of one union.

    Parameters
    ----------
    workers
        People in the register, each a member of one of 860 unions in ten counties.
    queries
        In equal parts for each kind of text and each of the three officers.
    seed
        Of the questions.

    Returns
    -------
    dict
        ``p50_ms`` and ``p99_ms`` over all questions, and by kind of text; ``cpu_p99_ms`` is of this
        process, all there is on SQLite: read that one on a busy machine; ``found_share`` is the share of
        questions for somebody in scope that found them. Without ``DATABASE_URL`` on a SQLite file of its own.

    Raises
    ------
    RuntimeError
        When filling or asking breaks.
    """
    return figures_of(
        "bench._search_trial",
        "--workers",
        str(workers),
        "--queries",
        str(queries),
        "--seed",
        str(seed),
    )
