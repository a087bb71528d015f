"""What joining needs: a joint union, the words people agree to, and telephones on the table."""

import datetime as dt
import re
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client

from nuanxin.accounts.consents import load_texts
from nuanxin.accounts.models import ConsentText
from nuanxin.accounts.selectors import current_texts
from nuanxin.core import clock
from nuanxin.core.ids import computed_id
from nuanxin.unions.enums import UnionKind
from nuanxin.unions.models import Union
from nuanxin.workers import selves
from nuanxin.workers.documents import Document
from nuanxin.workers.enums import DocumentKind
from nuanxin.workers.joining import Application
from nuanxin.workers.models import Ceremony, Worker
from nuanxin.workers.selves import WorkerActor
from tests.accounts.sms import Inbox
from tests.factories import UnionFactory
from tests.workers import people
from tests.workers.roster_world import World, make_world

REQUIRED = "membership"
UNION, HALL = "JOIN1", "hall2222"


def make_hall() -> Ceremony:
    """Save a union that people join and a ceremony of it, open now, with the texts they agree to."""
    union = UnionFactory.create(code=UNION, name="演示区外卖行业联合工会")
    load_texts(path=settings.CONSENTS_PATH, by=people.BY)
    now = clock.now()
    ceremony: Ceremony = Ceremony.objects.create(
        id=computed_id("ceremony", HALL),
        union=union,
        title="演示集体入会",
        code=HALL,
        starts_at=now - dt.timedelta(hours=1),
        ends_at=now + dt.timedelta(hours=1),
        expected_count=40,
        opened_by="system:test",
        opened_label="test",
    )
    return ceremony


def session_of(worker: Worker) -> str:
    """Return the key of a session that is a worker's."""
    session = SessionStore()
    selves.begin(session, worker, now=clock.now())
    session.save()
    return str(session.session_key)


def make_joinable() -> World:
    """Save the county with two unions that people join, and the texts they agree to."""
    world = make_world()
    world.county.kind = UnionKind.FEDERATION
    world.county.save(update_fields=["kind"])
    load_texts(path=settings.CONSENTS_PATH, by=people.BY)
    return world


def texts(*purposes: str) -> list[ConsentText]:
    """Return today's texts of some purposes."""
    return [text for text in current_texts(on=clock.civil_date()) if text.purpose in purposes]


def application(n: int, **changes: Any) -> Application:
    """Return what person ``n`` says of themselves."""
    values: dict[str, Any] = {
        "document": people.document(n),
        "name": people.name_of(n),
        "phone": people.phone_of(n),
        "group": None,
        "platform": "",
        "agreed": texts(REQUIRED),
    }
    return Application(**values | changes)


def oneself(worker: Worker) -> WorkerActor:
    """Return a worker as who acts."""
    return WorkerActor(worker.pk)


def prove_phone(client: Client, address: str, phone: str) -> None:
    """Show a telephone on the page of a form."""
    client.post(address, {"step": "send", "phone": phone})
    client.post(address, {"step": "code", "code": Inbox.last_code()})


def sign_in(client: Client, n: int, *, following: str = "") -> Any:
    """Let person ``n`` in; returns the answer to the last step."""
    address = f"/me/sign-in/{following}"
    prove_phone(client, address, people.phone_of(n))
    return client.post(address, {"step": "tail", "tail": people.number_of(n)[-4:]})


def form_of(n: int, **changes: Any) -> dict[str, Any]:
    """Return what person ``n`` fills in on the second page."""
    values = {
        "step": "enter",
        "name": people.name_of(n),
        "document_kind": DocumentKind.RESIDENT.value,
        "number": people.number_of(n),
        REQUIRED: "on",
    }
    return values | changes


def document_with_tail(n: int, tail: str) -> Document:
    """Return a passport that ends so: for two people whose documents end alike."""
    return Document(DocumentKind.PASSPORT, f"E{n:04d}{tail}")


def union_named(text: str) -> Union:
    """Return the union whose name holds a text."""
    return Union.objects.get(name__contains=text)


def keys_of(text: str) -> list[str]:
    """Return the passes in a text."""
    return re.findall(r"NX1\.[\w-]+\.[\w-]+\.\d+\.[\w-]+", text)
