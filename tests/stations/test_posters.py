"""The sheets for a door: what they say, what their codes lead to, who may print them."""

import pytest
from django.utils.translation import override

from nuanxin.core.ids import computed_id
from nuanxin.stations import door_codes, posters, snapshots, withdrawals
from nuanxin.stations.models import Facility, Keeping, Station, StationFacility
from tests.office_world import MOMENT, SYSTEM
from tests.printed import pages_of

pytestmark = pytest.mark.django_db

# beyond what common fonts have: extension B, extension A twice, a late addition to the basic block
RARE = "𠮷㐀䶮龴"
# no font has these: the first is not assigned, the second never will be
MISSING = "\U0003fff0", "\U0003fff1"


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    snapshots.holder.forget()
    yield
    snapshots.holder.forget()


@pytest.fixture
def office(files, office):
    office.station.staffed_hours = "Mo-Fr 08:30-18:00; PH off"
    office.station.save()
    return office


def printed(station):
    poster = posters.poster_pdf(station.pk, outside="http://a/d/", inside="http://a/i/")
    return pages_of(poster)


def named(station, name):
    Station.objects.filter(pk=station.pk).update(name=name)
    return printed(station)


def signs(office, station, role="officer"):
    return office.client(role).get(f"/desk/{station.code}/signs.pdf")


def sign_page(office):
    address = f"/office/stations/station/{office.station.pk}/signs/"
    return office.client("officer").post(address).text


# --- what they say ---


def test_poster_is_two_sheets_of_a4_with_everything_about_the_door(office):
    station = office.station

    sheets = printed(station)

    assert [sheet.size_mm for sheet in sheets] == [(210, 297), (210, 297)]
    for sheet in sheets:
        for said in (
            station.name,
            station.code,
            station.union.name,
            station.address,
            "周一至周五",
            "08:30–18:00",
            "Monday to Friday",
            station.facilities.get().name_zh,
            station.groups.get().name_zh,
        ):
            assert said in sheet.text, said
    assert ["门没开？扫一扫" in sheet.text for sheet in sheets] == [True, False]
    assert ["进来了？扫一扫" in sheet.text for sheet in sheets] == [False, True]


def test_poster_speaks_both_languages_whoever_prints_it(office):
    texts = []
    for language in ("zh-hans", "en"):
        with override(language):
            texts.append([sheet.text for sheet in printed(office.station)])

    assert texts[0] == texts[1]
    assert "扫码看今天的" in texts[0][0]
    assert "scan to see today's" in texts[0][0]


def test_station_without_hours_says_so(office):
    Station.objects.filter(pk=office.station.pk).update(staffed_hours="", outlet=None)

    assert "没有挂牌时间" in printed(office.station)[0].text


def test_longest_words_still_fit_on_two_sheets(office):
    bits = sorted(set(range(64)) - set(Facility.objects.values_list("bit", flat=True)))
    for number, bit in enumerate(bits, start=10):
        name = f"{number}" + "设" * 38
        facility = Facility.objects.create(
            code=f"f{number}", name_zh=name, name_en=f"{number} thing", bit=bit
        )
        StationFacility.objects.create(
            id=computed_id("sf", f"{number}"), station=office.station, facility=facility
        )
    Station.objects.filter(pk=office.station.pk).update(address="号" * 160)

    sheets = named(office.station, "名" * 79 + "末")

    assert len(sheets) == 2
    for sheet in sheets:
        assert "末" in sheet.text
        assert "69" + "设" * 5 in sheet.text
    assert [sheet.codes for sheet in sheets] == [["http://a/d/"], ["http://a/i/"]]


# --- rare characters ---


def test_rare_characters_of_names_can_be_read(office):
    for sheet in named(office.station, f"{RARE}站"):
        assert f"{RARE}站" in sheet.text


@pytest.mark.parametrize("character", RARE)
def test_rare_characters_of_names_are_drawn(office, character):
    first, second = (named(office.station, missing)[0].picture for missing in MISSING)

    drawn = named(office.station, character)[0].picture

    assert first.tobytes() == second.tobytes()  # so an empty box would be seen
    assert drawn.tobytes() != first.tobytes()


# --- what the codes lead to ---


def test_codes_lead_where_the_page_of_signs_says(office, client):
    answer = signs(office, office.station)

    outside, inside = pages_of(answer.content)
    wanted = [f"http://testserver{path}" for path in door_codes.sign_paths(office.station)]
    assert [*outside.codes, *inside.codes] == wanted
    page = sign_page(office)
    for sheet, link in zip((outside, inside), wanted, strict=True):
        assert f">{link}<" in page
        assert link in sheet.text
        assert client.get(link).status_code == 200
    assert f'href="/desk/{office.station.code}/signs.pdf"' in page


def test_codes_of_a_voided_poster_stand_on_no_new_one(office):
    before = [page.codes for page in pages_of(signs(office, office.station).content)]

    withdrawals.void_door_codes(station=office.station, by=SYSTEM)

    after = [page.codes for page in pages_of(signs(office, office.station).content)]
    office.station.refresh_from_db()
    assert after == [[f"http://testserver{p}"] for p in door_codes.sign_paths(office.station)]
    assert not {code for [code] in before} & {code for [code] in after}


# --- who may print them ---


def test_poster_is_kept_by_nobody_on_the_way(office):
    answer = signs(office, office.station)

    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == f'attachment; filename="{office.station.code}.pdf"'
    assert {"no-store", "private"} <= set(answer["Cache-Control"].split(", "))


def test_keeper_prints_the_poster_of_their_own_door_alone(office):
    keeper = office.people["keeper"]
    assert signs(office, office.station, "keeper").status_code == 404

    Keeping.objects.create(user=keeper, station=office.station, since=MOMENT, named_by="x")

    assert signs(office, office.station, "keeper").status_code == 200
    assert signs(office, office.elsewhere, "keeper").status_code == 404


@pytest.mark.parametrize(
    ("role", "own", "other"), [("officer", 200, 404), ("auditor", 404, 404), ("admin", 200, 200)]
)
def test_office_prints_the_posters_of_its_own_subtree(office, role, own, other):
    assert signs(office, office.station, role).status_code == own
    assert signs(office, office.elsewhere, role).status_code == other


def test_missing_fonts_are_said_not_crashed_into(office, settings, tmp_path):
    settings.FONTS_DIR = tmp_path

    answer = signs(office, office.station)

    assert answer.status_code == 503
    assert "NUANXIN_FONTS" in answer.text
