"""The two stations that the newspaper page names, as far as the page describes them."""

from collections.abc import Iterator, Sequence

from nuanxin.demo.towns import Town

KEQIAO, WUXING = "330603", "330502"
Row = dict[str, str]

_SHARED = {
    "lifecycle": "accepted",
    "accepted_on": "2024-06-12",
    "datum": "wgs84",
    "tier": "benchmark",
    "access": "open",
    "manager_phone": "12351",
}
_KEQIAO_STATION = {
    "name": "中广有线城区营业厅",
    "brand": "gonghui",
    "union": f"u{KEQIAO}",
    "host": "中广（绍兴柯桥）有线信息网络有限公司",
    "host_kind": "telecom",
    "outlet": "城区营业厅",
    "outlet_staffed_hours": "Mo-Su 08:30-18:00",
    "address": "金柯桥大道",
    "street": "金柯桥大道",
    "floor": "一楼",
    "area_m2": "400",
    "entrance": "营业厅正门，直接进",
    "parking": "门口可停电瓶车",
    "lat": "30.078900",
    "lon": "120.490500",
    "manager_name": "演示·陈师傅",
    "facilities": "ac;tv;water;charging;microwave;first_aid",
    "groups": "sanitation;city_management;auxiliary_police;taxi;riders;couriers;ride_hailing",
}
_WUXING_STATION = {
    "name": "吴兴区新享驿站",
    "brand": "xinxiang",
    "union": f"u{WUXING}",
    "staffed_hours": "Mo-Su 08:30-20:30",
    "address": "爱山街道衣裳街历史文化街区",
    "street": "衣裳街",
    "floor": "一至二楼",
    "floors_count": "2",
    "area_m2": "203",
    "entrance": "街区正门右手",
    "parking": "街口可停电瓶车",
    "lat": "30.869000",
    "lon": "120.098000",
    "manager_name": "演示·沈师傅",
    "facilities": "water;microwave;fridge;bp_meter;first_aid;books;seats;charging",
    "groups": "riders;couriers",
}
_PLACES = ((KEQIAO, "柯桥", _KEQIAO_STATION), (WUXING, "爱山", _WUXING_STATION))


def named_rows(towns: Sequence[Town]) -> Iterator[Row]:
    """Yield the importer's rows of the named stations whose towns are given."""
    for county, word, station in _PLACES:
        for town in towns:
            if town.county == county and word in town.name:
                yield _SHARED | station | {"division": town.code}
                break
