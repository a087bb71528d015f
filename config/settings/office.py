"""The office's looks: Unfold in the colours of ``frontend/src/tokens.css``; a test holds them equal."""

from typing import Any

from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

_DOT = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E"
    "%3Ccircle cx='8' cy='8' r='7' fill='%23c8441b'/%3E%3C/svg%3E"
)


def _dot(request: Any) -> str:
    return _DOT


def _page(title: Any, model: str, icon: str) -> dict[str, Any]:
    return {"title": title, "icon": icon, "link": reverse_lazy(f"admin:{model}_changelist")}


# in the order of an officer's day; a test holds every table of the office in it
_NAVIGATION = [
    {
        "title": _("Stations"),
        "items": [
            _page(_("stations"), "stations_station", "cottage"),
            _page(_("words at doors"), "stations_evidence", "door_open"),
            _page(_("faults"), "stations_fault", "build"),
            _page(_("planned closures"), "stations_closure", "event_busy"),
            _page(_("other hours"), "stations_datedexception", "edit_calendar"),
            _page(_("keepers of stations"), "stations_keeping", "badge"),
            _page(_("photos of stations"), "stations_stationphoto", "photo_camera"),
            _page(_("hosts"), "stations_host", "handshake"),
            _page(_("outlets"), "stations_outlet", "storefront"),
            _page(_("imports"), "sheets_importbatch", "upload_file"),
        ],
    },
    {
        "title": _("Members"),
        "items": [
            _page(_("workers"), "workers_worker", "badge"),
            _page(_("memberships"), "workers_membership", "card_membership"),
            _page(_("ceremonies"), "workers_ceremony", "celebration"),
            _page(_("transfers"), "workers_transfer", "move_up"),
            _page(_("merges of rows"), "workers_workermerge", "join_inner"),
            _page(_("groups of workers"), "workers_workergroup", "diversity_3"),
        ],
    },
    {
        "title": _("Catalogues"),
        "items": [
            _page(_("standards"), "stations_standard", "checklist"),
            _page(_("facilities"), "stations_facility", "microwave"),
            _page(_("groups"), "stations_welcomedgroup", "groups"),
            _page(_("brands"), "stations_brand", "sell"),
            _page(_("founding steps"), "unions_foundingitem", "fact_check"),
            _page(_("founding thresholds"), "unions_foundingthreshold", "group_add"),
        ],
    },
    {
        "title": _("Divisions and calendar"),
        "items": [
            _page(_("holiday notices"), "regions_calendarnotice", "campaign"),
            _page(_("calendar days"), "regions_calendarday", "calendar_month"),
            _page(_("divisions"), "regions_division", "map"),
            _page(_("successions of divisions"), "regions_divisionsuccession", "merge"),
        ],
    },
    {
        "title": _("Unions and people"),
        "items": [
            _page(_("unions"), "unions_union", "account_tree"),
            _page(_("users"), "accounts_user", "person"),
            _page(_("roles"), "accounts_grant", "key"),
            _page(_("roles handed over"), "accounts_delegation", "luggage"),
            _page(_("consent texts"), "accounts_consenttext", "contract"),
            _page(_("audit events"), "core_auditevent", "history"),
            {
                "title": _("processes"),
                "icon": "memory",
                "link": reverse_lazy("processes"),
                "permission": "nuanxin.core.views.reads_processes",
            },
        ],
    },
]

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": _("Nuanxin"),
    "SITE_HEADER": _("Nuanxin"),
    "SITE_SUBHEADER": _("Union office"),
    "SITE_URL": "/",
    "SITE_SYMBOL": "cottage",
    "SITE_FAVICONS": [{"rel": "icon", "href": _dot, "type": "image/svg+xml"}],
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": True,
    "DASHBOARD_CALLBACK": "nuanxin.core.office_due.dashboard",
    "BORDER_RADIUS": "8px",
    "COLORS": {
        # from --paper over --line and --edge to --ink, then the dark mode's --wash, --card, --paper
        "base": {
            "50": "#fffdfa",
            "100": "#f7f1e8",
            "200": "#e9e2d8",
            "300": "#cfc6ba",
            "400": "#b9b0a4",
            "500": "#756d64",
            "600": "#5f5952",
            "700": "#37322b",
            "800": "#2e2920",
            "900": "#211e1a",
            "950": "#171512",
        },
        # --accent-wash, the dark mode's --accent, and --accent
        "primary": {
            "50": "#fdeee6",
            "100": "#fbddcd",
            "200": "#f8c3a8",
            "300": "#ffae8c",
            "400": "#ff9c73",
            "500": "#ff8a5c",
            "600": "#b93c15",
            "700": "#9c3211",
            "800": "#7f2a10",
            "900": "#5f2110",
            "950": "#3a251b",
        },
        "font": {
            "subtle-light": "var(--color-base-500)",
            "subtle-dark": "var(--color-base-400)",
            "default-light": "#22201d",
            "default-dark": "#f4efe8",
            "important-light": "#22201d",
            "important-dark": "#f4efe8",
        },
    },
    "SIDEBAR": {"navigation": _NAVIGATION},
}
