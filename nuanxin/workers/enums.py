from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class DocumentKind(models.TextChoices):
    RESIDENT = "resident", _("resident identity card")
    RESIDENCE = "residence", _("residence permit for Hong Kong, Macau and Taiwan")
    PERMANENT = "permanent", _("permanent residence card for foreigners")
    HK_MACAU = "hk_macau", _("travel permit for Hong Kong and Macau")
    TAIWAN = "taiwan", _("travel permit for Taiwan")
    PASSPORT = "passport", _("passport")
    OTHER = "other", _("other document")


class MembershipState(models.TextChoices):
    APPLIED = "applied", pgettext_lazy("membership", "applied")
    VERIFIED = "verified", _("identity checked")
    APPROVED = "approved", _("approved, waits for the transfer")
    ACTIVE = "active", _("member")
    RETAINED = "retained", _("membership retained")
    ENDED = "ended", _("ended")


class Channel(models.TextChoices):
    OFFICE = "office", _("at the office")
    IMPORT = "import", _("from a list")
    QR = "qr", _("by code")
    CEREMONY = "ceremony", _("at a ceremony")
    PAPER = "paper", _("on paper")


class EndReason(models.TextChoices):
    LEFT = "left", _("left the union")
    REFUSED = "refused", _("application refused")
    WITHDRAWN = "withdrawn", _("application withdrawn")
    TRANSFERRED = "transferred", _("transferred")
    EXPIRED = "expired", _("transfer expired")
    MERGED = "merged", _("entered twice, merged")
    DECEASED = "deceased", _("deceased")
    ERASED = "erased", _("erased at the worker's request")


class TransferState(models.TextChoices):
    OPEN = "open", _("waits for answers")
    DONE = "done", _("done")
    REFUSED = "refused", _("refused")
    EXPIRED = "expired", _("expired")
    WITHDRAWN = "withdrawn", _("withdrawn")


class MergeState(models.TextChoices):
    PROPOSED = "proposed", _("waits for a second person")
    APPROVED = "approved", _("merged")
    REFUSED = "refused", _("refused")


class MergeReason(models.TextChoices):
    MISTYPED = "mistyped", _("number mistyped")
    RENEWED = "renewed", _("document renewed")
    TWICE = "twice", _("entered twice")


class RevealPurpose(models.TextChoices):
    CALL = "call", _("to reach the worker")
    VERIFY = "verify", _("to check an identity")
    SERVE = "serve", _("to provide a service")
    CORRECT = "correct", _("to correct the entry")
    INSPECT = "inspect", _("inspection or audit")


class FileKind(models.TextChoices):
    XLSX = "xlsx", _("workbook")
    CSV = "csv", "CSV"
