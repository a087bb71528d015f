"""Telling the keepers of a station what happened at its door."""

from nuanxin.stations.models import Fault


def fault_reported(fault: Fault) -> None:
    """Tell the keepers that something does not work."""
