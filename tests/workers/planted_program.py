"""Fifty people come in by every way there is, in a process of their own whose every file and word is kept.

The argument is a folder for the pages that were answered; never a test by itself.
"""

import os
import signal
import sys
from pathlib import Path
from typing import Any

import django

PEOPLE = 50
LISTED, JOINED = (
    30,
    10,
)  # by a list; by themselves; the others on paper, and as applicants whom the desk enters


def main() -> None:
    """Fill the register, look at it from everywhere, and die without tidying up."""
    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.test import override_settings

    call_command("migrate", verbosity=0)
    from tests.workers.joining_world import make_joinable

    world = make_joinable()
    _come_in(world)
    # nothing was collected for this site: pages name their files as they lie in the rooms
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with override_settings(STORAGES=settings.STORAGES | {"staticfiles": plain}):
        _look(world, Path(sys.argv[1]))
    sys.stdout.flush()
    os.kill(os.getpid(), signal.SIGKILL)


def _come_in(world: Any) -> None:
    from nuanxin.core import clock
    from nuanxin.workers import ceremonies, joining, merging, services
    from nuanxin.workers.enums import Channel, MergeReason
    from nuanxin.workers.models import Worker
    from tests.workers import people
    from tests.workers.joining_world import application
    from tests.workers.roster_world import apply, bring, person, roster

    rows = [person(n, group="快递员", platform="丙快递") for n in range(LISTED)]
    # a spoilt check character and a number that fits no cell: both come back
    rows[3]["id"] = rows[3]["id"][:-1] + ("0" if rows[3]["id"][-1] != "0" else "1")
    rows[4]["phone"] = rows[4]["phone"] + "x"
    apply(world, bring(world, roster(*rows)))
    bring(world, roster(*[person(n) for n in range(LISTED)]))
    for n in range(LISTED, LISTED + JOINED):
        joining.join(
            application=application(n),
            union=world.riders,
            channel=Channel.QR,
        )
    now = clock.now()
    ceremony = ceremonies.open_ceremony(
        union=world.riders,
        title="集体入会", starts_at=now, ends_at=now + ceremonies.LONGEST,
        by=world.officer,
    )  # fmt: skip
    for n in range(LISTED + JOINED, PEOPLE):
        joining.enter_paper(
            application=application(n),
            ceremony=ceremony,
            is_checked=n % 2 == 0,
            by=world.officer,
        )
    worker = Worker.objects.get(pk=people.document(7).worker_id)
    services.reveal(worker=worker, purpose="call", by=world.officer)
    merging.propose_merge(
        worker=worker,
        document=people.document(PEOPLE - 1),
        reason=MergeReason.MISTYPED,
        by=world.officer,
    )


def _look(world: Any, folder: Path) -> None:
    """Keep every page of the wrong scope and every page of an error; of the right scope one that shows numbers."""
    from django.test import Client
    from django.urls import reverse

    from nuanxin.core import audit
    from nuanxin.core.errors import DomainError
    from nuanxin.workers import signing_in
    from nuanxin.workers.models import Membership, Worker
    from tests.conftest import content_of
    from tests.workers import people

    def keep(name: str, answer: Any) -> None:
        (folder / name).write_bytes(content_of(answer))

    near, far, stranger = (Client(raise_request_exception=False) for _n in range(3))
    near.force_login(world.officer)
    far.force_login(world.stranger)
    worker = Worker.objects.get(pk=people.document(7).worker_id)
    membership = Membership.objects.present().filter(worker=worker).get()
    number, phone = people.number_of(7), people.phone_of(7)
    change = reverse("admin:workers_worker_change", args=[worker.pk])
    export = reverse("admin:workers_membership_export_members")
    reveal = reverse("admin:workers_worker_reveal", args=[worker.pk])
    for n, path in enumerate(
        [
            reverse("admin:workers_worker_changelist"),
            reverse("admin:workers_membership_changelist"),
            reverse("admin:sheets_importbatch_changelist"),
            reverse("admin:core_auditevent_changelist"),
            reverse("admin:workers_membership_change", args=[membership.pk]),
            change,
            reveal,
        ]
    ):
        for who, client in (("far", far), ("near", near), ("stranger", stranger)):
            keep(f"{who}-page-{n}.html", client.get(path))
    # what one types comes back in the box of a search alone: an answer without it is looked at
    keep("far-search.json", far.get(reverse("admin:search"), {"s": people.name_of(7)}))
    keep("far-reveal.html", far.post(reveal, {"purpose": "call"}))
    for kind in ("csv", "xlsx"):
        full = {"purpose": "call", "kind": kind, "is_full": "on"}
        keep(f"far-export.{kind}", far.post(export, full))
        keep(f"near-export.{kind}", near.post(export, {**full, "is_full": ""}))
    # errors: nothing there, not allowed, broken half-way
    keep("near-404.html", near.get(f"/s/{number}/"))
    keep("stranger-join.html", stranger.post("/join/WXR/", {"step": "send", "phone": "1"}))
    broken = RuntimeError(f"{number} {phone}")

    def fail(**_values: object) -> Any:
        raise broken

    real, audit.record = audit.record, fail
    keep("near-500.html", near.post(reveal, {"purpose": "call"}))
    audit.record = real
    try:
        signing_in.worker_of_phone(phone, "0000")
    except DomainError as error:
        (folder / "near-refused.txt").write_text(str(error))
    # the right scope, with its purpose said: here they are, or we look with closed eyes
    keep("right-export.csv", near.post(export, {"purpose": "call", "kind": "csv", "is_full": "on"}))
    keep("right-reveal.html", near.post(reveal, {"purpose": "call"}))


if __name__ == "__main__":
    main()
