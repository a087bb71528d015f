"""What the test of a killed rotation runs in processes of its own; never a test by itself.

``prepare N``: a register of N workers, sealed with the first key of the environment; ``tell``: how many seals open
under the keys of the environment, by key, and a fingerprint of what they say.
"""

import hashlib
import sys

import django


def main() -> None:
    """Do what the first argument says."""
    django.setup()
    if sys.argv[1] == "prepare":
        _prepare(int(sys.argv[2]))
    else:
        _tell()


def _prepare(count: int) -> None:
    from django.core.management import call_command

    from nuanxin.core import clock
    from nuanxin.workers.models import Worker
    from nuanxin.workers.sealer import Sealer
    from tests.workers import people

    call_command("migrate", verbosity=0)
    sealer, rows = Sealer(), []
    for n in range(count):
        document = people.document(n)
        row = Worker(
            pk=document.worker_id,
            document_kind=document.kind,
            name=people.name_of(n),
            entered_at=clock.now(),
        )
        row.document_sealed, row.document_tail = sealer.document(row.pk, document.number)
        row.phone_sealed, row.phone_index, row.phone_tail = sealer.phone(row.pk, people.phone_of(n))
        rows.append(row)
    Worker.objects.bulk_create(rows, batch_size=500)


def _tell() -> None:
    from nuanxin.core import seals
    from nuanxin.workers import sealing
    from nuanxin.workers.models import Worker

    digest = hashlib.sha256()
    for row in Worker.objects.order_by("pk").iterator(chunk_size=2_000):
        said = [sealing.opened(row, name) for name in ("document_sealed", "phone_sealed")]
        right = sealing.phone_index(said[1]) == row.phone_index
        digest.update(f"{row.pk} {said} {right}".encode())
    counts = seals.sealed_by()["workers.Worker.document_sealed"]
    print(sorted(counts.items()), digest.hexdigest())  # noqa: T201  the answer


if __name__ == "__main__":
    main()
