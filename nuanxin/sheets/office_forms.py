"""What the office does with imports: each form is one act and calls one service."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminFileFieldWidget

from nuanxin.core.errors import Invalid
from nuanxin.core.office_forms import DateField, OfficeForm, dress
from nuanxin.sheets import services, undoing
from nuanxin.sheets.enums import Fate
from nuanxin.sheets.kinds import Question, Source, kind_of, registered
from nuanxin.sheets.models import ImportBatch, ImportRow
from nuanxin.sheets.selectors import DECIDED_AT_ONCE, ShownRow, shown_rows

_NOT_KEPT = gettext_lazy("leave this column out")


class BringForm(OfficeForm):
    title = gettext_lazy("Bring a sheet")
    hint = gettext_lazy(
        "A workbook (.xlsx, .xls), a CSV file or GeoJSON, as your office keeps it: titles, merged cells and "
        "totals do no harm. Nothing is written before you have seen what would change."
    )
    kind = forms.ChoiceField(label=gettext_lazy("What it lists"))
    source = forms.ChoiceField(label=gettext_lazy("Whose list it is"))
    # the theme's script writes the chosen name into this widget's own box
    file = forms.FileField(label=gettext_lazy("file"), widget=UnfoldAdminFileFieldWidget)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._sources = {kind.name: kind.sources(self.by) for kind in registered()}
        sources = {source.code: source.label for each in self._sources.values() for source in each}
        known = reversed(registered())  # the rooms that stand highest are asked for most
        kinds = [(kind.name, kind.label) for kind in known if self._sources[kind.name]]
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]
        self.fields["source"].choices = list(sources.items())  # type: ignore[attr-defined]

    def perform(self) -> object:
        """Take the file in."""
        data = self.cleaned_data
        source = self._source(data["kind"], data["source"])
        if data["file"].size > services.MAX_BYTES:  # before it is read into memory
            limit = services.MAX_BYTES >> 20
            raise Invalid(_("The file is bigger than %d MB; split it.") % limit, code="too_large")
        self.made = services.bring_sheet(
            content=data["file"].read(),
            name=data["file"].name,
            kind=data["kind"],
            source=source.code,
            source_label=source.label,
            scope_path=source.path,
            by=self.by,
        )
        return self.made

    def report(self) -> str:
        """Say that the file is on its way."""
        return _("The file is being read.")

    def _source(self, kind: str, code: str) -> Source:
        for source in self._sources[kind]:
            if source.code == code:
                return source
        raise Invalid(_("Choose whose list it is."), code="bad_source")


class _BatchForm(OfficeForm):
    subject: ImportBatch


class MapForm(_BatchForm):
    title = gettext_lazy("Columns and questions")
    hint = gettext_lazy(
        "What each column was taken for. Change it where it is wrong; the file is read anew, and the next one "
        "of this source is read the same way once this import is confirmed."
    )

    def __init__(self, data: Any = None, files: Any = None, **options: Any) -> None:
        super().__init__(data, files, **options)
        self._kind = kind_of(self.subject.kind)
        self._questions = self._kind.questions(source=self.subject.source)
        for question in self._questions:
            self.fields[f"ask_{question.name}"] = self._question_field(question)
        self._headings = list(dict.fromkeys(c["heading"] for c in self.subject.columns))
        for number, heading in enumerate(self._headings):
            self.fields[f"column_{number}"] = self._column_field(heading)
        dress(self)

    def perform(self) -> object:
        """Have the file read anew."""
        data = self.cleaned_data
        mapping = dict(self.subject.mapping)
        for number, heading in enumerate(self._headings):
            if (chosen := data[f"column_{number}"]) != self._taken(heading):
                mapping[heading] = chosen
        answers = {q.name: str(data[f"ask_{q.name}"] or "") for q in self._questions}
        return services.map_columns(
            batch=self.subject, mapping=mapping, options=answers, by=self.by
        )

    def _taken(self, heading: str) -> str:
        fields = [c["field"] for c in self.subject.columns if c["heading"] == heading]
        return str(fields[0]) if fields else ""

    def _question_field(self, question: Question) -> forms.Field:
        initial = self.subject.options.get(question.name)
        common: Any = {"label": question.label, "required": False, "help_text": question.hint}
        if question.is_date:
            return DateField(initial=initial, **common)
        choices = [("", "—"), *question.choices]
        return forms.ChoiceField(choices=choices, initial=initial, **common)

    def _column_field(self, heading: str) -> forms.Field:
        columns = [c for c in self.subject.columns if c["heading"] == heading]
        samples = "、".join(str(sample) for sample in columns[0]["samples"][:3])
        choices = [("", _NOT_KEPT), *self._kind.fields.items()]
        taken = self._taken(heading)
        if taken and taken not in self._kind.fields:
            choices.append((taken, heading))
        return forms.ChoiceField(
            label=f"{columns[0]['letter']} · {heading}",
            choices=choices,
            initial=taken,
            required=False,
            help_text=samples,
        )


class DoubtsForm(_BatchForm):
    title = gettext_lazy("Decide doubtful rows")
    hint = gettext_lazy("Rows that are not ticked are left out and come back with the reason.")
    page_template = "sheets/office/doubts.html"

    def __init__(self, data: Any = None, files: Any = None, **options: Any) -> None:
        super().__init__(data, files, **options)
        self.rows = shown_rows(self.subject, Fate.SUSPECT, limit=DECIDED_AT_ONCE)
        for row in self.rows:
            self.fields[f"take_{row.pk}"] = forms.BooleanField(
                label=row.label, required=False, initial=row.is_taken
            )
            for name, label, readings, chosen in row.choices:
                choices = [("", _("leave blank")), *((text, text) for text in readings)]
                self.fields[f"choose_{row.pk}_{name}"] = forms.ChoiceField(
                    label=label, choices=choices, required=False, initial=chosen
                )
        dress(self, is_row=True)

    @property
    def lines(self) -> list[tuple[ShownRow, Any, list[Any]]]:
        """Return each row with its box and its choices."""
        return [
            (
                row,
                self[f"take_{row.pk}"],
                [self[f"choose_{row.pk}_{name}"] for name, *_rest in row.choices],
            )
            for row in self.rows
        ]

    def perform(self) -> object:
        """Store each decision that differs."""
        known = {row.pk: row for row in ImportRow.objects.filter(batch=self.subject)
                 .filter(pk__in=[row.pk for row in self.rows]).select_related("batch")}  # fmt: skip
        for row in self.rows:
            choices = {
                name: self.cleaned_data[f"choose_{row.pk}_{name}"] for name, *_rest in row.choices
            }
            services.decide_row(
                row=known[row.pk],
                is_taken=self.cleaned_data[f"take_{row.pk}"],
                choices=choices,
                by=self.by,
            )
        return len(self.rows)


class TakeAllForm(_BatchForm):
    title = gettext_lazy("Take all doubtful rows")
    hint = gettext_lazy(
        "Cells that cannot be read stay blank; everything else is taken as it stands."
    )

    def perform(self) -> object:
        """Take them."""
        return services.take_doubtful(batch=self.subject, by=self.by)


class ConfirmForm(_BatchForm):
    title = gettext_lazy("Apply")
    hint = gettext_lazy("The rows are written now. You can undo it for thirty days.")
    mode = forms.ChoiceField(
        label=gettext_lazy("Rows that cannot be taken"),
        choices=[
            ("rows", gettext_lazy("write the other rows")),
            ("whole", gettext_lazy("all rows or none")),
        ],
        help_text=gettext_lazy("Rows that are left come back to be corrected."),
    )

    def values_now(self) -> dict[str, Any]:
        """Propose all or none while every row can be taken."""
        is_faulty = self.subject.rejected_count or self.subject.suspect_count
        return {"mode": "rows" if is_faulty else "whole"}

    def perform(self) -> object:
        """Have the rows applied."""
        is_whole = self.cleaned_data["mode"] == "whole"
        return services.confirm(batch=self.subject, is_whole=is_whole, by=self.by)

    def report(self) -> str:
        """Say that it has begun."""
        return _("The rows are being written.")


class UndoForm(_BatchForm):
    title = gettext_lazy("Undo")
    hint = gettext_lazy(
        "Everything this import has changed goes back to what it was, except for what somebody has changed "
        "since; that is listed."
    )

    def perform(self) -> object:
        """Have it taken back."""
        return services.undo(batch=self.subject, by=self.by)


class UndoRowForm(_BatchForm):
    title = gettext_lazy("Undo one row")
    hint = gettext_lazy("What this row has changed goes back to what it was.")
    row = forms.IntegerField(label=gettext_lazy("row in the sheet"), min_value=1)
    sheet = forms.CharField(
        label=gettext_lazy("sheet"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("Only needed where a workbook has several sheets."),
    )

    def perform(self) -> object:
        """Have it taken back."""
        data = self.cleaned_data
        self._entry = undoing.undo_row(
            batch=self.subject, sheet_row=data["row"], sheet=data["sheet"], by=self.by
        )
        return self._entry

    def report(self) -> str:
        """Say whose row it was, or why it is kept."""
        told = self._entry.reason or str(_("taken back"))
        return f"{self._entry.label}: {told}"


class DiscardForm(_BatchForm):
    title = gettext_lazy("Put aside")
    hint = gettext_lazy("The file and what was read of it are dropped; nothing has been written.")

    def perform(self) -> object:
        """Drop it."""
        return services.discard(batch=self.subject, by=self.by)
