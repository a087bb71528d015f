"""The office's tables of what is told at doors and of who keeps them; `stations.admin` brings them in."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from nuanxin.core.office import OfficeAdmin, act_on_row, actor_of
from nuanxin.stations import office_forms as forms
from nuanxin.stations import policies
from nuanxin.stations.models import Evidence, Fault, Keeping

# never the fingerprints of a device or an address: they say nothing to a reader, and tie words together
_TOLD = ("place", "worth", "discount")


@admin.register(Evidence)
class EvidenceAdmin(OfficeAdmin[Evidence]):
    list_display = (
        "station",
        "at",
        "kind",
        "source",
        "worth",
        "discount",
        "outcome",
        "contested_at",
    )
    list_filter = (
        "kind",
        "source",
        "outcome",
        "discount",
        ("contested_at", admin.EmptyFieldListFilter),
    )
    search_fields = ("station__code", "station__name", "station__search_text")
    fields = ("station", "at", "kind", "source", *_TOLD, "outcome", "contested_at", "picture")
    ordering = ("-at", "id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Evidence]:
        return super().get_queryset(request).select_related("station__union")

    @admin.display(description=_("picture"))
    def picture(self, word: Evidence) -> str:
        if not word.photo_digest:
            return "-"
        return format_html(
            '<img src="{}" alt="{}" class="h-auto max-w-full rounded-default">',
            reverse("stations:desk_proof", args=(word.photo_digest,)),
            word.station,
        )


@admin.register(Fault)
class FaultAdmin(OfficeAdmin[Fault]):
    list_display = ("station", "facility", "kind", "at", "state", "worth")
    list_filter = ("state", "kind", "facility")
    search_fields = ("station__code", "station__name", "station__search_text")
    fields = ("station", "facility", "kind", "at", *_TOLD, "state", "ended_at", "ended_by")
    ordering = ("-at", "id")
    actions_detail = ("end_fault",)

    end_fault = act_on_row(forms.EndFaultForm, "end_fault", may="keep")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Fault]:
        return super().get_queryset(request).select_related("station__union", "facility")

    def has_keep_permission(self, request: HttpRequest, object_id: str) -> bool:
        fault = self.subject(request, object_id)
        return bool(policies.can_keep_station(actor_of(request), fault.station))


@admin.register(Keeping)
class KeepingAdmin(OfficeAdmin[Keeping]):
    list_display = ("user", "station", "host", "is_substitute", "since", "until", "ended_at")
    list_filter = ("is_substitute", ("ended_at", admin.EmptyFieldListFilter))
    search_fields = (
        "user__display_name",
        "station__code",
        "station__name",
        "host__name",
        "station__search_text",
        "host__search_text",
    )
    fields = (
        "user",
        "station",
        "host",
        "is_substitute",
        "since",
        "until",
        "named_by",
        "ended_at",
        "ended_by",
    )
    ordering = ("-since", "id")
    actions_detail = ("end_keeping",)

    end_keeping = act_on_row(forms.EndKeepingForm, "end_keeping", may="name")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Keeping]:
        return super().get_queryset(request).select_related("user", "station__union", "host")

    def has_name_permission(self, request: HttpRequest, object_id: str) -> bool:
        keeping = self.subject(request, object_id)
        path = policies.path_of(keeping.station) if keeping.station else ""
        return bool(policies.can_name_keeper(actor_of(request), union_path=path))
