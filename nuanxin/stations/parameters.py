"""The finder's weights, half-lives and costs: data, read once."""

import functools
import json
from pathlib import Path

from django.conf import settings

from nuanxin.algorithms.openness import OpennessParams


@functools.cache
def openness_params() -> OpennessParams:
    """Return the parameters of ``settings.FINDER_PARAMS_PATH``, or the defaults without the file."""
    path = Path(settings.FINDER_PARAMS_PATH)
    if not path.exists():
        return OpennessParams()
    return OpennessParams.from_mapping(json.loads(path.read_text(encoding="utf-8")))
