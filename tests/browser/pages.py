"""Every page a stranger can reach, at the addresses the browser tests walk."""

from typing import NamedTuple

from nuanxin.stations.enums import Place
from tests.accounts.codes import FIRST_INVITATION, FIRST_TOKEN
from tests.stations.page_world import NEAR, WORD, sign_of
from tests.workers.joining_world import HALL, UNION


class Stop(NamedTuple):
    """One page of a walk and the status it must answer with."""

    path: str
    status: int = 200


STOPS = {
    "list without a position": Stop("/"),
    "list with a position": Stop(f"/?{NEAR}"),
    "list at night": Stop(f"/?{NEAR}&at=2026-03-11T03:00"),
    "list far from everything": Stop("/?lat=45.0000&lon=90.0000"),
    "list refusing nonsense": Stop("/?lat=x&lon=y", 422),
    "typed place": Stop("/places/?q=柯桥"),
    "typed place nobody knows": Stop("/places/?q=火星基地"),
    "table for the wall": Stop(f"/print/?{NEAR}"),
    "table for the wall, of nowhere": Stop("/print/"),
    "station": Stop("/s/KQ001/"),
    "station without hours": Stop("/s/KQ003/"),
    "sign at the door": Stop(f"/d/KQ001/{sign_of('KQ001', Place.DOOR_CODE)}/"),
    "sign at a door of no hours": Stop(f"/d/KQ003/{sign_of('KQ003', Place.DOOR_CODE)}/"),
    "sign inside": Stop(f"/i/KQ001/{sign_of('KQ001', Place.INSIDE_CODE)}/?word={WORD}"),
    "thanks for a fault": Stop("/s/KQ001/?told=water"),
    "what became of a word": Stop(f"/r/{WORD}/"),
    "sign of nowhere": Stop("/d/KQ001/aaaaaaaa/", 404),
    "stations on this phone": Stop("/saved/"),
    "gallery": Stop("/_gallery/"),
    "sign-in": Stop("/office/sign-in/"),
    "sign-in, its second step asked for too early": Stop("/office/second-factor/"),
    "enrolment asked for too early": Stop("/office/second-factor/enrol/"),
    "desk link that opens for the first time": Stop(f"/k/{FIRST_TOKEN}/"),
    "invitation": Stop(f"/welcome/{FIRST_INVITATION}/"),
    "desk link that does not work": Stop("/k/x/", 404),
    "joining a union": Stop(f"/join/{UNION}/"),
    "joining at a ceremony": Stop(f"/c/{HALL}/"),
    "the screen of a ceremony": Stop(f"/c/{HALL}/screen/"),
    "a worker's sign-in": Stop("/me/sign-in/"),
    "checking a member's card": Stop("/card/check/"),
    "checking a card that is none": Stop("/card/check/?card=x", 422),
    "the demo's people": Stop("/demo/"),
    "unknown address": Stop("/nothing/here/", 404),
}

# pages of a member who is signed in by telephone
OWN = (
    "/me/",
    "/me/?joined=1",
    "/me/card/",
    "/me/kept/",
    "/me/export/",
    "/me/correct/",
    "/me/phone/",
    "/me/consents/",
    "/me/leave/",
    "/me/erase/",
)
