"""Opening hours as published, and made-up near-misses: how many are read, and none wrongly."""

import time
from collections import Counter
from typing import Any

from bench._hours_texts import Sample, is_wrong, load
from nuanxin.algorithms.hours_text import Outcome, read_hours_text


def run(*, rounds: int = 5) -> dict[str, Any]:
    """Read every text and compare by meaning over three years of the Chinese calendar.

    Parameters
    ----------
    rounds
        How often all texts are read for the speed; the fastest round counts.

    Returns
    -------
    dict
        ``read_share`` (of the texts that only a reading answers, those read), ``asked``, ``refused``
        (all texts), ``wrong`` (readings that mean something else, readings of what should be refused,
        questions without a good answer) with their ids in ``wrong_ids``; the same of the made-up texts
        with ``made_up_`` before; ``texts_per_s`` (thread CPU).
    """
    published, made_up = load("hours_as_written.jsonl"), load("hours_made_up.jsonl")
    figures = _figures(published)
    figures |= {f"made_up_{name}": value for name, value in _figures(made_up).items()}
    spent_s = min(_time([*published, *made_up]) for _ in range(rounds))
    return figures | {"texts_per_s": round((len(published) + len(made_up)) / spent_s)}


def _figures(samples: list[Sample]) -> dict[str, Any]:
    readings = [read_hours_text(sample.text) for sample in samples]
    outcomes = Counter(reading.outcome for reading in readings)
    pairs = list(zip(samples, readings, strict=True))
    readable = [reading.outcome for sample, reading in pairs if sample.is_readable]
    wrong = [sample.id for sample, reading in pairs if is_wrong(sample, reading)]
    return {
        "read_share": round(readable.count(Outcome.READ) / len(readable), 3),
        "asked": outcomes[Outcome.ASK],
        "refused": outcomes[Outcome.REFUSE],
        "wrong": len(wrong),
        "wrong_ids": wrong,
        "texts": len(samples),
        "readable": len(readable),
    }


def _time(samples: list[Sample]) -> float:
    began = time.thread_time()
    for sample in samples:
        read_hours_text(sample.text)
    return time.thread_time() - began
