from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from nuanxin.core.office import OfficeAdmin, act_on_row, actor_of
from nuanxin.unions import policies
from nuanxin.unions.models import Union
from nuanxin.unions.office_forms import CorrectUnionForm, EnterBelowForm


@admin.register(Union)
class UnionAdmin(OfficeAdmin[Union]):
    list_display = ("name", "code", "kind", "parent", "division")
    list_filter = ("kind",)
    search_fields = ("name", "code", "uscc", "search_text")
    fields = ("name", "code", "uscc", "kind", "parent", "path", "division")
    actions_detail = ("enter_below", "correct")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Union]:
        return super().get_queryset(request).select_related("parent", "division")

    def has_found_permission(self, request: HttpRequest, object_id: str) -> bool:
        union = self.subject(request, object_id)
        return bool(policies.can_found_union(actor_of(request), parent_path=union.path))

    def has_correct_permission(self, request: HttpRequest, object_id: str) -> bool:
        parent = self.subject(request, object_id).parent
        path = parent.path if parent else ""
        return bool(policies.can_found_union(actor_of(request), parent_path=path))

    enter_below = act_on_row(EnterBelowForm, "enter_below", may="found")
    correct = act_on_row(CorrectUnionForm, "correct", may="correct")
