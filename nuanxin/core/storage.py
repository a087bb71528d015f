"""Storage classes of tables and the lint that keeps the path to many machines open.

On SQLite and on one PostgreSQL nothing changes; on a distributed PostgreSQL (Citus) a reference
table is copied to every node, a root or sharded table is spread by its distribution column, and a
local table stays on the coordinator.
"""

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db import models


class StorageClass(enum.StrEnum):
    """Where the rows of a table live once there are many machines."""

    REFERENCE = "reference"
    ROOT = "root"  # distributed by its own id
    SHARDED = "sharded"  # distributed by its owner's id, beside the owner
    LOCAL = "local"


_SPREAD = frozenset({StorageClass.ROOT, StorageClass.SHARDED})

# Tables of installed packages, each with the reason why it may stay on the coordinator.
THIRD_PARTY_LOCAL: dict[str, str] = {
    "django_admin_log": "office history, read by staff only; our own audit trail is the record",
    "auth_group": "unused by our roles; kept because the auth app creates it",
    "auth_group_permissions": "unused by our roles",
    "auth_permission": "unused by our roles; content types are its parent",
    "django_content_type": "a handful of rows, needs its sequence",
    "django_session": "short-lived, never joined",
    "django_migrations": "kept by the migration executor",
}


class ReferenceModel(models.Model):
    """Base of tables that every node holds whole: lists, trees, stations, users."""

    storage_class = StorageClass.REFERENCE

    class Meta:
        abstract = True


class RootModel(models.Model):
    """Base of tables spread by their own id that nothing else hangs on: what devices and doors tell."""

    storage_class = StorageClass.ROOT

    class Meta:
        abstract = True


class ShardedModel(models.Model):
    """Base of tables spread by the worker whose rows they hold, each beside its worker.

    Django keys them by ``id``, which is computed from the worker; `manage.py distribute` makes the key of
    the database ``(worker_id, id)``, and nothing changes on one machine.
    """

    storage_class = StorageClass.SHARDED
    shard_field: ClassVar[str] = "worker"

    class Meta:
        abstract = True

    # Django's own hook, pinned by a test: other versions hand over more
    def _do_update(
        self,
        base_qs: "models.QuerySet[Any]",
        using: str | None,
        pk_val: Any,
        values: Any,
        *rest: Any,
    ) -> Any:
        """Save within the row's own shard: the column by which rows are spread is never written again."""
        column: Any = self._meta.get_field(self.shard_field)
        values = [value for value in values if value[0] is not column]
        rows = base_qs.filter(**{column.attname: getattr(self, column.attname)})
        return super()._do_update(rows, using, pk_val, values, *rest)


class LocalModel(models.Model):
    """Base of tables that stay on the coordinator: queues, change feeds, audit."""

    storage_class = StorageClass.LOCAL

    class Meta:
        abstract = True


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken storage rule."""

    rule: str
    table: str
    detail: str


def lint(tables: Iterable[type[models.Model]]) -> list[Finding]:
    """Return every storage rule that the models break.

    Parameters
    ----------
    tables
        Concrete models, automatic many-to-many tables included.

    Returns
    -------
    list of Finding
        By table, then rule: C0 every table has a class; C1 a sharded table has the column it is
        spread by, never null; C2 every unique key of a spread table holds that column, or is a
        computed UUID key; C3 no automatic integer key on a table that leaves the coordinator; C4
        no automatic many-to-many table; C5 a sharded table saves within its shard; C6 no enforced
        foreign key but to a reference table or, over the column both are spread by, to a neighbour;
        C7 no integer identity on a local table tied to a reference table.

    Notes
    -----
    Raw SQL and queries are out of its sight.
    """
    found = [finding for model in tables if model._meta.managed for finding in _lint_table(model)]
    return sorted(found, key=lambda finding: (finding.table, finding.rule, finding.detail))


def storage_class_of(model: type[models.Model]) -> StorageClass | None:
    """Return the storage class of a model, or None when nobody decided it."""
    if model._meta.db_table in THIRD_PARTY_LOCAL:
        return StorageClass.LOCAL
    return getattr(model, "storage_class", None)


def _lint_table(model: type[models.Model]) -> list[Finding]:
    table = model._meta.db_table
    own_class = storage_class_of(model)
    if model._meta.auto_created and table not in THIRD_PARTY_LOCAL:
        return [Finding("C4", table, "declare the many-to-many table as a model")]
    if own_class is None:
        return [Finding("C0", table, "choose a base class from core.storage")]
    found = []
    if own_class is not StorageClass.LOCAL and isinstance(model._meta.pk, models.AutoField):
        found.append(Finding("C3", table, "an automatic integer key needs one machine"))
    if own_class in _SPREAD:
        found += _lint_spread(model, own_class)
    for field in _enforced_foreign_keys(model):
        found += _lint_foreign_key(model, field, own_class)
    return found


def _lint_spread(model: type[models.Model], own_class: StorageClass) -> list[Finding]:
    """Check the keys of a table that is spread over machines, each of which knows its own rows alone."""
    table = model._meta.db_table
    names = {field.name for field in model._meta.local_fields}
    column = _spread_by(model, own_class)
    if column not in names or model._meta.get_field(column).null:
        return [Finding("C1", table, f"there is no {column}, or it may be null")]
    found = []
    if own_class is StorageClass.SHARDED and not issubclass(model, ShardedModel):
        found.append(Finding("C5", table, "a sharded table derives from ShardedModel"))
    unique: set[tuple[str, ...]] = {
        (f.name,) for f in model._meta.local_fields if f.unique and not f.primary_key
    }
    unique |= {tuple(names) for names in model._meta.unique_together}
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint):
            unique.add(tuple(constraint.fields))  # of expressions: none
    found += [
        Finding("C2", table, f"unique over {', '.join(key) or 'an expression'} needs {column}")
        for key in sorted(unique)
        if column not in key
    ]
    pk = model._meta.pk
    if pk.name != column and not (isinstance(pk, models.UUIDField) and not pk.has_default()):
        found.append(Finding("C2", table, "the key is a UUID computed from the owner"))
    return found


def _spread_by(model: type[models.Model], own_class: StorageClass) -> str:
    if own_class is StorageClass.ROOT:
        return str(model._meta.pk.name)
    return str(getattr(model, "shard_field", "worker"))


def _is_neighbour(
    model: type[models.Model], field: "models.ForeignKey[Any, Any]", own_class: StorageClass
) -> bool:
    """Whether a foreign key follows the column both tables are spread by."""
    if own_class not in _SPREAD or field.name != _spread_by(model, own_class):
        return False
    return storage_class_of(field.related_model) is StorageClass.ROOT


def _enforced_foreign_keys(model: type[models.Model]) -> list["models.ForeignKey[Any, Any]"]:
    fields = model._meta.local_fields
    return [
        field
        for field in fields
        if isinstance(field, models.ForeignKey) and getattr(field, "db_constraint", True)
    ]


def _lint_foreign_key(
    model: type[models.Model], field: "models.ForeignKey[Any, Any]", own_class: StorageClass
) -> list[Finding]:
    table = model._meta.db_table
    target = storage_class_of(field.related_model)
    if table in THIRD_PARTY_LOCAL:
        return []
    if own_class is not StorageClass.LOCAL and target is StorageClass.LOCAL:
        return [Finding("C6", table, f"{field.name} points from a spread table to a local one")]
    if target in _SPREAD and not _is_neighbour(model, field, own_class):
        return [Finding("C6", table, f"{field.name} points to a spread table elsewhere")]
    is_tied = own_class is StorageClass.LOCAL and target is StorageClass.REFERENCE
    if is_tied and isinstance(model._meta.pk, models.AutoField):
        return [Finding("C7", table, f"{field.name}: identity beside a reference table")]
    return []
