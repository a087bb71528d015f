"""Photos of stations: adding, withdrawing, and reading the file of one."""

import datetime as dt
import hashlib

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from nuanxin.core import audit, clock
from nuanxin.core.actors import Actor
from nuanxin.core.errors import NotFound
from nuanxin.core.ids import computed_id
from nuanxin.stations import pictures, policies
from nuanxin.stations.enums import PhotoKind
from nuanxin.stations.models import Station, StationPhoto


@transaction.atomic
def add_photo(
    *,
    station: Station,
    content: bytes,
    kind: PhotoKind,
    by: Actor,
    caption: str = "",
    taken_on: dt.date | None = None,
) -> StationPhoto:
    """Keep a photo of a station; the same file twice is the same photo.

    Parameters
    ----------
    station
        The station, its union loaded.
    content
        The file as it was given; see ``pictures.reencoded``.
    kind
        What it shows; the newest photo of the entrance stands on the public page.
    by
        Who acts; needs officer rights over the station's union.
    caption, taken_on
        What to see, and when it was taken; may be left out.

    Returns
    -------
    StationPhoto
        The saved row.

    Raises
    ------
    NotAllowed
        Outside the actor's scope.
    Invalid
        When the file is no picture, or too big or too small.

    Notes
    -----
    Two queries, one file, one audit row; a photo that is there already writes nothing.
    """
    policies.can_edit_station(by, station).enforce()
    digest = hashlib.sha256(content).hexdigest()
    photo_id = computed_id("station_photo", str(station.pk), digest)
    known = StationPhoto.objects.filter(pk=photo_id).first()
    if known is not None:
        return known
    picture, (width, height) = pictures.reencoded(content)
    if not default_storage.exists(_file_of(digest)):
        default_storage.save(_file_of(digest), ContentFile(picture))
    photo = StationPhoto.objects.create(
        id=photo_id,
        station=station,
        kind=kind,
        caption=caption,
        taken_on=taken_on,
        digest=digest,
        width_px=width,
        height_px=height,
        added_at=clock.now(),
        added_by=by.actor_key,
    )
    _record("station.photo_added", photo, by)
    return photo


@transaction.atomic
def withdraw_photo(*, photo: StationPhoto, by: Actor) -> None:
    """Take a photo away for good, its file too when no other station shows it.

    Parameters
    ----------
    photo
        The photo, its station and the station's union loaded.
    by
        Who acts; needs officer rights over the station's union.

    Raises
    ------
    NotAllowed
        Outside the actor's scope.

    Notes
    -----
    Two queries and one audit row; the file goes on commit.
    """
    policies.can_edit_station(by, photo.station).enforce()
    digest = photo.digest
    _record("station.photo_withdrawn", photo, by)
    photo.delete()
    if not StationPhoto.objects.filter(digest=digest).exists():
        transaction.on_commit(lambda: default_storage.delete(_file_of(digest)))


def entrance_photo(station: Station) -> StationPhoto | None:
    """Return the newest photo of a station's entrance, or None. One query."""
    entrances = StationPhoto.objects.filter(station=station, kind=PhotoKind.ENTRANCE)
    return entrances.order_by("-added_at", "id").first()


def is_public(digest: str) -> bool:
    """Return whether a photo hangs on a station that the public map lists. One query."""
    return StationPhoto.objects.filter(
        digest=digest, station__in=Station.objects.listed().values("pk")
    ).exists()


def is_visible(digest: str, *, actor: Actor) -> bool:
    """Return whether a photo hangs on a station inside an actor's scopes. One query."""
    return StationPhoto.objects.visible_to(actor).filter(digest=digest).exists()


def photo_bytes(digest: str) -> bytes:
    """Return the WebP file of a photo; whoever calls has asked who may see it.

    Raises
    ------
    NotFound
        When there is no such file.
    """
    if not default_storage.exists(_file_of(digest)):
        raise NotFound
    with default_storage.open(_file_of(digest)) as file:
        content: bytes = file.read()
    return content


def keep_proof(digest: str, content: bytes) -> None:
    """Keep a picture that proves something, re-encoded; the public never sees it.

    Raises
    ------
    Invalid
        When the file is no picture, or too big or too small.
    """
    picture, _size = pictures.reencoded(content)
    if not default_storage.exists(_proof_of(digest)):
        default_storage.save(_proof_of(digest), ContentFile(picture))


def proof_bytes(digest: str) -> bytes:
    """Return the WebP file of a proof; whoever calls has asked who may see it.

    Raises
    ------
    NotFound
        When there is no such file.
    """
    if not default_storage.exists(_proof_of(digest)):
        raise NotFound
    with default_storage.open(_proof_of(digest)) as file:
        content: bytes = file.read()
    return content


def _proof_of(digest: str) -> str:
    return f"door_proofs/{digest[:2]}/{digest}.webp"


def _file_of(digest: str) -> str:
    return f"station_photos/{digest[:2]}/{digest}.webp"


def _record(verb: str, photo: StationPhoto, by: Actor) -> None:
    audit.record(
        by=by,
        verb=verb,
        subject=photo.station,
        scope_path=policies.path_of(photo.station),
        data={"kind": photo.kind, "digest": photo.digest},
    )
