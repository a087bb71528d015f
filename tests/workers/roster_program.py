"""What a test of killed rosters runs in processes of their own; never a test by itself.

``prepare N``: a database with a list of N people brought, not read; ``work``: what the worker does, with the word of the
officer once it is read; ``dump``: a fingerprint of the register, in clear, on the last line.
"""

import hashlib
import sys

import django


def main() -> None:
    """Do what the first argument says."""
    django.setup()
    if sys.argv[1] == "prepare":
        _prepare(int(sys.argv[2]))
    elif sys.argv[1] == "work":
        _work()
    else:
        from tests.workers.roster_world import dump

        found = dump()
        counts = [len(part) for part in found]
        print(counts, hashlib.sha256(repr(found).encode()).hexdigest())  # noqa: T201  the answer


def _prepare(count: int) -> None:
    from django.core.management import call_command

    from nuanxin.sheets import services
    from tests.workers.people import member
    from tests.workers.roster_world import make_world, person, roster

    call_command("migrate", verbosity=0)
    world = make_world()
    for n in range(1, 20):
        member(n, world.couriers if n % 2 else world.riders)
    rows = [
        person(n, group="骑手", platform="甲平台", joined="2021-6") for n in range(1, count + 1)
    ]
    union = world.riders
    services.bring_sheet(
        content=roster(*rows), name="花名册.csv", kind="member", source=union.code,
        source_label=union.name, scope_path=union.path, by=world.officer,
    )  # fmt: skip


def _work() -> None:
    from nuanxin.accounts.models import User
    from nuanxin.sheets import services, working
    from nuanxin.sheets.models import ImportBatch

    working.work_off()
    batch = ImportBatch.objects.get()
    if batch.state == "preview":
        officer = User.objects.get(pk=batch.uploaded_by.removeprefix("user:"))
        services.confirm(batch=batch, is_whole=True, by=officer)
    working.work_off()


if __name__ == "__main__":
    main()
