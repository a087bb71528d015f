"""What a test of killed imports runs in processes of their own; never a test by itself.

``prepare N``: a database with a confirmed import of N stations; ``work``: what the worker does.
"""

import sys

import django


def main() -> None:
    """Do what the first argument says."""
    django.setup()
    if sys.argv[1] == "prepare":
        _prepare(int(sys.argv[2]))
    else:
        from nuanxin.sheets import working

        working.work_off()


def _prepare(count: int) -> None:
    from django.core.management import call_command

    from nuanxin.sheets import services
    from tests.stations.import_world import bring, doors, make_world, sheet

    call_command("migrate", verbosity=0)
    world = make_world()
    batch = bring(world, sheet(*doors(count)))
    services.confirm(batch=batch, by=world.officer)


if __name__ == "__main__":
    main()
