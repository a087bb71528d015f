"""Typed places: every way a rider may write a name, the order of what fits, and odd input."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nuanxin.algorithms.pinyin import fold, syllables_of
from nuanxin.algorithms.places import MatchKind, PlaceEntry, PlaceIndex

KEQIAO = (30.08, 120.49)


def entry(kind, key, name, context="", *, point=KEQIAO, weight=0.0):
    return PlaceEntry(kind, key, name, context, point[0], point[1], weight)


ENTRIES = [
    entry("division", "3306", "绍兴市", "浙江省", weight=30),
    entry("division", "330603", "柯桥区", "绍兴市", weight=20),
    entry("division", "330402", "南湖区", "嘉兴市", point=(30.75, 120.78), weight=20),
    entry("town", "330603001", "柯桥街道", "绍兴市柯桥区", weight=10),
    entry("town", "330603002", "华舍街道", "绍兴市柯桥区", weight=10),
    entry("street", "r1", "金柯桥大道", "绍兴市柯桥区"),
    entry("street", "r2", "人民路", "绍兴市柯桥区"),
    entry("street", "r3", "人民路", "嘉兴市南湖区", point=(30.75, 120.78)),
    entry("host", "h1", "中广有线", "绍兴市柯桥区"),
    entry("station", "KQ001", "中广有线城区营业厅", "绍兴市柯桥区"),
    entry("station", "KQ002", "湖东社区惠工小站", "绍兴市柯桥区"),
]
INDEX = PlaceIndex.build(ENTRIES)


def names(text, **options):
    return [hit.name for hit in INDEX.search(text, **options)]


@pytest.mark.parametrize(
    "text",
    [
        "柯桥区",
        "柯桥",
        "柯桥县",
        "keqiao",
        "KeQiao",
        "ke qiao",
        "ｋｅｑｉａｏ",
        "kq",
        "kqq",
        "柯qiao",
        "kē qiáo",
    ],
)
def test_county_comes_first_however_it_is_written(text):
    assert names(text)[0] == "柯桥区"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("金柯桥", "金柯桥大道"),
        ("jkqdd", "金柯桥大道"),
        ("huashe", "华舍街道"),
        ("hsjd", "华舍街道"),
        ("中广", "中广有线"),
        ("城区营业厅", "中广有线城区营业厅"),
        ("惠工小站", "湖东社区惠工小站"),
        ("hgxz", "湖东社区惠工小站"),
    ],
)
def test_town_street_host_and_station_are_found(text, name):
    assert names(text)[0] == name


def test_context_tells_two_places_of_one_name_apart():
    found = INDEX.search("南湖 人民路")

    assert [(hit.key, hit.match) for hit in found] == [("r3", MatchKind.EXACT)]
    assert [hit.key for hit in INDEX.search("柯桥人民路")] == ["r2"]


def test_nearer_of_two_places_of_one_name_comes_first():
    assert [hit.key for hit in INDEX.search("人民路", near=(30.75, 120.78))][:2] == ["r3", "r2"]
    assert [hit.key for hit in INDEX.search("人民路", near=KEQIAO)][:2] == ["r2", "r3"]


def test_better_match_comes_before_a_higher_kind():
    assert names("金柯桥大道")[0] == "金柯桥大道"
    matches = [hit.match for hit in INDEX.search("柯桥")]
    assert matches == sorted(matches)


def test_what_sounds_alike_is_given_only_when_nothing_else_fits():
    assert [(h.name, h.match) for h in INDEX.search("jingkeqiao")] == [
        ("金柯桥大道", MatchKind.FUZZY)
    ]
    assert all(hit.match is not MatchKind.FUZZY for hit in INDEX.search("jinkeqiao"))


@pytest.mark.parametrize("text", ["", "  ", "!?。", "火星基地", "\0", "🚲", "%", "zzzzzz"])
def test_nothing_to_find_gives_nothing(text):
    assert names(text) == []


def test_limit_and_point_are_checked():
    assert len(names("柯桥", limit=2)) == 2
    for options in ({"limit": 0}, {"near": (math.nan, 1.0)}):
        with pytest.raises(ValueError, match="a limit"):
            INDEX.search("柯桥", **options)


def test_very_long_text_is_read_up_to_its_64th_character():
    text = "柯桥" * 50_000

    assert names(text) == names(text[:64])


@given(st.text(max_size=80))
def test_any_text_is_answered(text):
    assert len(INDEX.search(text)) <= 8


HANZI = "柯桥南湖吴兴人民解放中山路街道区市大小东西金银"
NAMES = st.lists(st.text(HANZI, min_size=2, max_size=6), min_size=1, max_size=12, unique=True)


@settings(max_examples=60, deadline=None)
@given(names=NAMES, data=st.data())
def test_every_name_is_found_by_its_parts_as_a_plain_scan_finds_it(names, data):
    index = PlaceIndex.build([entry("street", name, name) for name in names])
    name = data.draw(st.sampled_from(names))
    start = data.draw(st.integers(0, len(name) - 2))
    end = data.draw(st.integers(start + 2, len(name)))

    by_characters = {hit.key for hit in index.search(name[start:end], limit=50)}

    assert by_characters == {other for other in names if name[start:end] in other}
    syllables = syllables_of(fold(name))
    for typed in ("".join(syllables), "".join(syllable[0] for syllable in syllables)):
        assert name in {hit.key for hit in index.search(typed, limit=50)}
