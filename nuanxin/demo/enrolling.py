"""Wuxing's unions and members arrive as they would anywhere: as the workbooks of five offices."""

from nuanxin.core.actors import Actor
from nuanxin.demo import members
from nuanxin.regions.enums import Level
from nuanxin.regions.selectors import current_divisions
from nuanxin.sheets import services, working
from nuanxin.sheets.enums import BatchState
from nuanxin.sheets.models import ImportBatch
from nuanxin.unions.models import Union


def send_in(*, by: Actor, count: int = members.MEMBERS) -> int:
    """Bring the files of unions and members, and have all of them applied.

    Parameters
    ----------
    by
        Who acts; the office over the whole tree.
    count
        Members, 2,150 at least: each union has 25.

    Returns
    -------
    int
        Members that were new or changed.

    Raises
    ------
    RuntimeError
        When a file cannot be read.

    Notes
    -----
    Rows that no office could use come back as they would anywhere; the others are taken.
    """
    towns = current_divisions(under=members.COUNTY, level=Level.TOWN)
    names = list(towns.order_by("code").values_list("name", flat=True))
    county = Union.objects.get(code=f"u{members.COUNTY}")
    unions, *rosters = members.rosters(members.unions(names), count)
    _send(unions, county, by)
    return sum(_send(roster, county, by) for roster in rosters)


def _send(file: members.Roster, county: Union, by: Actor) -> int:
    batch = services.bring_sheet(
        content=file.content,
        name=file.name,
        kind=file.kind,
        source=county.code,
        source_label=county.name,
        scope_path=county.path,
        by=by,
    )
    working.work_off()
    batch.refresh_from_db()
    if batch.state != BatchState.PREVIEW:
        msg = f"{batch.file_name} {batch.state} {batch.refusal}"
        raise RuntimeError(msg)
    services.confirm(batch=batch, by=by)
    working.work_off()
    return ImportBatch.objects.get(pk=batch.pk).applied_count
