import django.contrib.auth.admin  # noqa: F401  # registers groups: it has to come first
from django.contrib import admin
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _

from nuanxin.core.models import AuditEvent
from nuanxin.core.office import OfficeAdmin

admin.site.index_title = _("Union office")
admin.site.unregister(Group)  # rights come from our roles alone


@admin.register(AuditEvent)
class AuditEventAdmin(OfficeAdmin[AuditEvent]):
    list_display = ("at", "actor_label", "verb", "object_type", "object_key", "scope_path")
    list_filter = ("at",)
    search_fields = ("=object_key", "verb", "actor_label")
    fields = (
        "at",
        "actor_label",
        "actor_key",
        "verb",
        "object_type",
        "object_key",
        "scope_path",
        "data",
    )
