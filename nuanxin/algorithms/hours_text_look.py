"""Looking around in the phrases of a text: what is said of the days at hand, before or behind."""

from collections.abc import Sequence

from nuanxin.algorithms.hours_text_draft import Draft
from nuanxin.algorithms.hours_text_phrases import Phrase
from nuanxin.algorithms.hours_text_prune import BREAKS, PROSE

__all__ = ["Look"]

_SKIPPED = frozenset((*PROSE, "allday", "colon")) - {"open"}
_FOLLOWS = frozenset(
    ("of", "noise", "noise_en", "open", "only", "comma", "end_mark", "left", "right")
)
_FOLLOWS_IN_BRACKET = _FOLLOWS | {"list", "and", "days", "dates", "except"}


class Look:
    """Walks over the phrases of one text; what others gather goes into ``draft``."""

    def __init__(self, phrases: list[Phrase]) -> None:
        self.phrases = phrases
        self.draft = Draft()
        self.at = 0
        self.done: set[int] = set()

    def _issue(self, code: str) -> None:
        if code not in self.draft.issues:
            self.draft.issues.append(code)

    def _skip(self, n: int, skipped: Sequence[str]) -> int:
        while n < len(self.phrases) and self.phrases[n].kind in skipped:
            n += 1
        return n

    def _next_kind(self, n: int, skipped: Sequence[str]) -> str:
        n = self._skip(n, skipped)
        return self.phrases[n].kind if n < len(self.phrases) else ""

    def _previous_kind(self, skipped: Sequence[str]) -> str:
        n = self.at - 1
        while n >= 0 and self.phrases[n].kind in skipped:
            n -= 1
        return self.phrases[n].kind if n >= 0 else ""

    def _mark(self, end: int) -> None:
        """Let what lies up to ``end`` be spoken for."""
        self.done |= set(range(self.at + 1, end + 1))

    def _same_sentence_range(self) -> bool:
        n = self.at - 1
        while n >= 0 and self.phrases[n].kind not in BREAKS:
            if self.phrases[n].kind == "range":
                return bool(self.draft.statements)
            n -= 1
        return False

    def _is_bracket_behind_range(self) -> bool:
        around = [phrase.kind for phrase in self.phrases[max(0, self.at - 2) : self.at + 2]]
        return around[:2] == ["range", "left"] and around[3:] == ["right"]

    def _role(self, start: int) -> tuple[str, int]:
        """Return what is said of the days before ``start``, and where it ends."""
        n, has_prose = self._skip_gloss(start), False
        while n < len(self.phrases):
            kind = self.phrases[n].kind
            if kind in ("closed", "suspended", "lunch"):
                return "closed", n
            if kind == "normal" and self._next_kind(n + 1, ()) in ("closed", "suspended"):
                n += 1
                continue
            if kind in ("except", "no_rest", "normal"):
                return kind, n
            if kind in ("comma", "newline") or kind.startswith("period_"):
                if self._next_kind(n + 1, ("comma", "newline", "allday")) not in (
                    "closed",
                    "suspended",
                ):
                    return "", n
            elif kind == "open" and not has_prose:
                return "open", n
            elif kind not in _SKIPPED or len(self.phrases[n].text) > 6:
                return "", n
            has_prose |= kind == "text"
            n += 1
        return "", n

    def _skip_gloss(self, start: int) -> int:
        """Step behind a bracket that spares holidays: 周一（法定节假日除外）闭馆."""
        kinds = [phrase.kind for phrase in self.phrases[start : start + 4]]
        if kinds == ["left", "days", "except", "right"]:
            after = self._next_kind(start + 4, ("of", "allday"))
            if after in ("closed", "suspended"):
                return start + 4
        return start

    def _binds_back(self, what: str) -> bool:
        """Whether days or dates speak of the range before them: 9:00-17:00（周一至周五）."""
        statements = self.draft.statements
        if not statements or (
            statements[-1].days is not None if what == "days" else statements[-1].dates
        ):
            return False
        n, depth = self.at - 1, 0
        while n >= 0 and self.phrases[n].kind not in ("range", "allday24"):
            kind = self.phrases[n].kind
            if kind in BREAKS or kind in ("days", "dates"):
                return False
            depth += (kind == "left") - (kind == "right")
            n -= 1
        is_clear = depth > 0 or len(statements) == 1
        return n >= 0 and is_clear and self._nothing_follows(in_bracket=depth > 0)

    def _nothing_follows(self, *, in_bracket: bool) -> bool:
        n = self.at + 1
        ends = {*BREAKS, "right"} if in_bracket else BREAKS
        allowed = _FOLLOWS_IN_BRACKET if in_bracket else _FOLLOWS
        while n < len(self.phrases) and self.phrases[n].kind not in ends:
            if self.phrases[n].kind not in allowed:
                return False
            n += 1
        return True
