"""From the names of districts and towns to codes, inside the area of the union that sends the list."""

from collections import defaultdict

from nuanxin.regions.enums import Level
from nuanxin.regions.selectors import current_divisions

_COUNTY = Level.COUNTY.code_length
_SUFFIXES = ("街道办事处", "街道", "自治县", "新区", "区", "县", "市", "镇", "乡")
_LEAST = 2  # characters of a name without its suffix


class Divisions:
    """The counties and towns under one division, by name.

    Parameters
    ----------
    area
        Code of the division.

    Notes
    -----
    One query.
    """

    def __init__(self, area: str) -> None:
        self._area = area
        self._counties: dict[str, set[str]] = defaultdict(set)
        self._towns: dict[str, dict[str, str]] = defaultdict(dict)  # county to name to code
        self._codes: set[str] = set()
        levels = [Level.COUNTY, Level.TOWN]
        within = current_divisions(under=area[:_COUNTY]).filter(level__in=levels)
        for code, name, level in within.values_list("code", "name", "level"):
            self._codes.add(code)
            for form in _forms(name):
                if level == Level.COUNTY:
                    self._counties[form].add(code)
                else:
                    self._towns[code[:_COUNTY]].setdefault(form, code)

    def resolve(self, county: str, town: str, address: str) -> tuple[str, str]:
        """Return the code of the smallest division named, and what could not be found.

        Parameters
        ----------
        county, town, address
            As written; any may be empty. What the columns do not say is looked for in the address.

        Returns
        -------
        tuple of str
            Code of a town, else of a county, else empty; then ``county``, ``town`` or nothing.
        """
        for text in (town, county):
            if text in self._codes:
                return text, ""
        found = self._county(county, town, address)
        if not found:
            return "", "county"
        towns = self._towns[found]
        if town:
            code = next((towns[form] for form in _forms(town) if form in towns), "")
            return (code, "") if code else (found, "town")
        named = [name for name in towns if name in address and len(name) > _LEAST]
        return (towns[max(named, key=len)] if named else found), ""

    def _county(self, county: str, town: str, address: str) -> str:
        """Return the one county that fits; nothing where the column names an unknown one."""
        if county:
            return self._called(county)
        named = {
            code
            for name, codes in self._counties.items()
            if len(name) > _LEAST and name in address
            for code in codes
        }
        if len(named) == 1:
            return next(iter(named))
        having = [c for c, towns in self._towns.items() if town and _has(towns, town)]
        if len(having) == 1:
            return having[0]
        return self._area[:_COUNTY] if len(self._area) >= _COUNTY else ""

    def _called(self, county: str) -> str:
        codes: set[str] = set()
        for form in _forms(county):
            codes |= self._counties.get(form, set())
        if not codes:  # 嘉兴市南湖区 ends in the name
            ends = [n for n in self._counties if len(n) > _LEAST and county.endswith(n)]
            codes = self._counties[max(ends, key=len)] if ends else set()
        return next(iter(codes)) if len(codes) == 1 else ""


def _forms(name: str) -> list[str]:
    """Return a name, and what it is called for short."""
    short = next((name.removesuffix(end) for end in _SUFFIXES if name.endswith(end)), name)
    return [name, short] if len(short) >= _LEAST and short != name else [name]


def _has(towns: dict[str, str], town: str) -> bool:
    return any(form in towns for form in _forms(town))
