"""What every page of the office shares: rows of one's own subtree to read, acts as forms.

No page of the office writes a row by itself. A change of state is an act: a form that hands its
values to one service, so that policy and audit row are never passed by.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, cast

from django.contrib import admin, messages
from django.contrib.admin.utils import quote, unquote
from django.db.models import Model, QuerySet
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
)
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin as _UnfoldAdmin
from unfold.admin import TabularInline as _UnfoldInline
from unfold.decorators import action

from nuanxin.core.actors import Actor
from nuanxin.core.office_forms import OfficeForm
from nuanxin.core.scopes import can_read_office

Row = TypeVar("Row", bound=Model)
Parent = TypeVar("Parent", bound=Model)

# Unfold ships no types: to the type checker its classes are Django's own, which they extend
if TYPE_CHECKING:

    class _Admin(admin.ModelAdmin[Row]):
        pass

    class _Inline(admin.TabularInline[Row, Parent]):
        pass

else:

    class _Admin(_UnfoldAdmin, Generic[Row]):
        pass

    class _Inline(_UnfoldInline, Generic[Row, Parent]):
        pass


_SUBJECTS = "_office_subjects"
_NO_INLINES: dict[str, Any] = {
    "inline_admin_formsets": []
}  # Unfold's layout counts them on all pages


def actor_of(request: HttpRequest) -> Actor:
    """Return who acts; every user of ours is an actor."""
    return cast("Actor", request.user)


def act_on_row(form_class: type[OfficeForm], name: str, *, may: str) -> Callable[..., Any]:
    """Return the button and page of an act on one row.

    Parameters
    ----------
    form_class
        The act.
    name
        The attribute under which the admin class keeps it; with dashes, its address.
    may
        The admin class decides in ``has_<may>_permission(request, object_id)``.
    """

    def page(self: "OfficeAdmin[Any]", request: HttpRequest, object_id: str) -> HttpResponseBase:
        return self.act(request, form_class, object_id)

    return _button(page, form_class, name, may)


def act_on_table(form_class: type[OfficeForm], name: str, *, may: str) -> Callable[..., Any]:
    """Return the button and page of an act on a whole table; see ``act_on_row``."""

    def page(self: "OfficeAdmin[Any]", request: HttpRequest) -> HttpResponseBase:
        return self.act(request, form_class)

    return _button(page, form_class, name, may)


def _button(
    page: Callable[..., HttpResponseBase], form_class: type[OfficeForm], name: str, may: str
) -> Callable[..., Any]:
    page.__name__ = name  # Unfold finds the place of a button by the name of its function
    path = name.replace("_", "-")
    decorate = action(description=form_class.title, url_path=path, permissions=[may])
    return cast("Callable[..., Any]", decorate(page))


class _ReadOnly:
    """The permissions that Django asks for by name: to read, and nothing else."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(can_read_office(actor_of(request)))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class OfficeInline(_ReadOnly, _Inline[Row, Parent]):
    """Rows that hang on another row, to read beside it."""

    extra = 0
    can_delete = False
    show_change_link = False
    tab = True
    per_page = 20

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Name every shown field, as Django asks of rows that no form makes."""
        return self.fields or ()


class OfficeAdmin(_ReadOnly, _Admin[Row]):
    """Pages of one table: search, filter, read; acts are buttons above the row.

    A table whose rows belong to unions has ``visible_to(actor)`` on its query set; ``is_shared``
    says that every reader of the office sees all of them.
    """

    is_shared: ClassVar[bool] = False
    actions = None
    list_per_page = 50
    show_full_result_count = False
    compressed_fields = True
    list_fullwidth = True

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Show the table to whoever may read it."""
        return self.has_view_permission(request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Row]:
        """Keep the rows that lie inside the reader's scopes."""
        rows = super().get_queryset(request)
        if self.is_shared:
            return rows
        visible: QuerySet[Row] = cast("Any", rows).visible_to(actor_of(request))
        return visible

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Show the list."""
        return super().changelist_view(request, {**_NO_INLINES, **(extra_context or {})})

    def subject(self, request: HttpRequest, object_id: str) -> Row:
        """Return the row of a page; one outside the actor's scope does not exist for them."""
        known: dict[Any, Row] = request.__dict__.setdefault(_SUBJECTS, {})
        key = (self.model, object_id)
        if key not in known:
            row = self.get_object(request, unquote(object_id))
            if row is None:
                raise Http404
            known[key] = row
        return known[key]

    def act(
        self, request: HttpRequest, form_class: type[OfficeForm], object_id: str | None = None
    ) -> HttpResponseBase:
        """Show the form of an act, or carry it out and go back to the row; some hand out a file."""
        subject = self.subject(request, object_id) if object_id else None
        by, is_done = actor_of(request), False
        if request.method == "POST":
            form = form_class(request.POST, request.FILES, by=by, subject=subject)
            is_done = form.carry_out()
        else:
            form = form_class(by=by, subject=subject)
        if is_done and (file := form.download()) is not None:
            return FileResponse(
                file.content, as_attachment=True, filename=file.name, content_type=file.media_type
            )
        if is_done and not form.once_template:
            messages.success(request, form.report())
            shown = form.made or (None if form.leaves_subject else subject)
            return HttpResponseRedirect(self._page_of(shown))
        context = {
            **self.admin_site.each_context(request),
            "title": str(form.title),
            "opts": self.opts,
            "original": subject,
            "form": form,
            "back_href": self._page_of(subject),
            **_NO_INLINES,
        }
        if is_done:
            context |= form.shown_once(request.build_absolute_uri)
            return TemplateResponse(request, form.once_template, context)
        return TemplateResponse(request, form.page_template, context, status=form.status)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """Lead to the audit trail of a row: Django's own history knows nothing of our acts."""
        self.subject(request, object_id)
        return HttpResponseRedirect(
            f"{reverse('admin:core_auditevent_changelist')}?q={unquote(object_id)}"
        )

    def _page_of(self, subject: Row | None) -> str:
        name = f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}"
        if subject is None:
            return reverse(f"{name}_changelist")
        return reverse(f"{name}_change", args=(quote(subject.pk),))

    def _get_obj_does_not_exist_redirect(
        self, request: HttpRequest, opts: Any, object_id: str
    ) -> HttpResponse:
        raise Http404(_("There is nothing here."))
