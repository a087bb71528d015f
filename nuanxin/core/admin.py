from typing import Any

import django.contrib.auth.admin  # noqa: F401  # registers groups: it has to come first
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from nuanxin.core import audit, audit_words
from nuanxin.core.models import AuditEvent
from nuanxin.core.office import OfficeAdmin

admin.site.index_title = _("Union office")
admin.site.index_template = "core/office/index.html"
admin.site.unregister(Group)  # rights come from our roles alone


class ActFilter(admin.SimpleListFilter):
    title = _("act")
    parameter_name = "verb"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return audit_words.known()

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[AuditEvent]
    ) -> QuerySet[AuditEvent]:
        return queryset.filter(verb=self.value()) if self.value() else queryset


@admin.register(AuditEvent)
class AuditEventAdmin(OfficeAdmin[AuditEvent]):
    list_display = ("at", "actor_words", "act_words", "kind", "object_key", "scope_path")
    list_filter = (ActFilter, "at")
    search_fields = ("=object_key", "verb", "actor_label")
    fields = (
        "at",
        "actor_words",
        "actor_key",
        "act_words",
        "verb",
        "kind",
        "object_key",
        "scope_path",
        "data",
    )

    @admin.display(description=_("actor's name"), ordering="actor_label")
    def actor_words(self, event: AuditEvent) -> str:
        holder = event.data.get(audit.ON_BEHALF_LABEL)
        if not holder:
            return event.actor_label
        return gettext("%(actor)s for %(holder)s") % {"actor": event.actor_label, "holder": holder}

    @admin.display(description=_("act"), ordering="verb")
    def act_words(self, event: AuditEvent) -> str:
        return audit_words.words(event.verb)

    @admin.display(description=_("kind of object"), ordering="object_type")
    def kind(self, event: AuditEvent) -> str:
        return audit_words.kind_words(event.object_type)
