"""Sheets whose every column is a short text: union trees, and who works in them."""

from nuanxin.sheets import cell_names, cell_texts
from nuanxin.sheets.blocks import Block
from nuanxin.sheets.cell_texts import read_text
from nuanxin.sheets.drafts import Draft, Reader, Setting, read_columns, read_extra
from nuanxin.sheets.grids import Row


class ListedKind:
    """How such records are read and compared; what makes two of them one differs by kind."""

    name = ""
    texts: tuple[str, ...] = ()
    identity: tuple[str, ...] = ()
    always_required: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    ditto: frozenset[str] = frozenset()
    filled_down: frozenset[str] = frozenset()

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self._readers: dict[str, tuple[Reader, bool]] = dict.fromkeys(
            self.texts, (cell_texts.read_label, False)
        )

    def read(self, row: Row, block: Block, draft: Draft) -> None:
        """Fill a draft from a row."""
        draft.fields = dict.fromkeys(self.always_required)
        read_columns(row, block, draft, self._readers)
        if block.extra:
            read_extra(row, block, draft, read_text)

    def missing(self, name: str) -> str:
        """Return the reason for a required field that is blank."""
        return f"{name}_missing"

    def compare(self, drafts: list[Draft]) -> None:
        """Reject a second record of the same identity."""
        seen: dict[tuple[str, ...], Draft] = {}
        for draft in drafts:
            key = tuple(str(draft.fields.get(name) or "").casefold() for name in self.identity)
            if draft.reason or not any(key):
                continue
            first = seen.setdefault(key, draft)
            if first is not draft:
                draft.reject("duplicate_same", first.place.row)


class UnionKind(ListedKind):
    """A union tree: each union with the one above it."""

    name = "union"
    texts = ("code", "name", "parent", "division", "kind", "uscc", "new_form", "remark")
    identity = ("code",)
    always_required = ("name", "code")
    keys = ("code", "parent", "kind", "uscc")
    ditto = frozenset({"parent", "division", "kind"})
    filled_down = frozenset({"parent", "division"})


class UserKind(ListedKind):
    """Staff of unions: who has which role where."""

    name = "user"
    texts = ("username", "role", "union", "remark")
    identity = ("username",)
    always_required = ("name", "username", "role")
    keys = ("username", "role", "union")
    ditto = frozenset({"role", "union"})
    filled_down = frozenset({"union"})

    def __init__(self, setting: Setting) -> None:
        super().__init__(setting)
        self._readers["name"] = (cell_names.read_name, False)
