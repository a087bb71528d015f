"""A world that many tests read: built once for their module, and what a test changes is taken back.

For tests that walk over pages. It lies in a transaction that is never committed, each test in a
savepoint of it, so every test of the module that asks the database finds it there.
"""

import copy
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import pytest
from django.db import transaction
from django.test import override_settings
from pytest_django import DjangoDbBlocker

W = TypeVar("W")


def refuse_bystanders(items: list[pytest.Item]) -> None:
    """Fail when a test of the module would find the world, or break it off, without knowing of it."""
    for item in items:
        assert "shared_world" in item.fixturenames, f"{item.name} asks for no world and has one"  # type: ignore[attr-defined]  # every test function has them
        mark = item.get_closest_marker("django_db")
        assert not (mark and mark.kwargs.get("transaction")), f"{item.name} commits"


@dataclass
class Shared(Generic[W]):
    """A world and the files that belong to its rows."""

    world: W
    folder: Path

    def lend(self, settings: Any, folder: Path) -> W:
        """Return the world for one test, which may write into the rows it holds and into its files."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        settings.MEDIA_ROOT = settings.VAR = folder
        return copy.deepcopy(self.world)


@contextmanager
def shared(
    build: Callable[[], W], *, folder: Path, blocker: DjangoDbBlocker
) -> Iterator[Shared[W]]:
    """Build a world for a module; the database is as it was when the module is through."""
    with blocker.unblock(), transaction.atomic():
        with override_settings(MEDIA_ROOT=folder, VAR=folder):
            world = build()
        with blocker.block():
            yield Shared(world, folder)
        transaction.set_rollback(True)
