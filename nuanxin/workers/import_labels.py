"""What is said to people about member lists: fields, notes, and what is asked about a whole file."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from nuanxin.core.errors import Text
from nuanxin.sheets.kinds import Question

LABEL: Final = _("member list")
FIELDS: Final[Mapping[str, Text]] = {
    "seq": _("serial number"),
    "name": _("full name"),
    "id_type": _("kind of document"),
    "id_no": _("number of the document"),
    "phone": _("phone"),
    "union": _("union"),
    "occupation": _("group"),
    "platform": _("platform or employer"),
    "org": _("employer"),
    "member_no": _("number of the member's card"),
    "join_date": _("joined"),
    "member_status": _("state of the membership"),
    "gender": _("gender"),
    "birth_date": _("date of birth"),
    "age": _("age"),
    "ethnicity": _("ethnicity"),
    "political": _("political status"),
    "education": _("education"),
    "marital": _("marital status"),
    "hukou_type": _("household registration"),
    "native_place": _("native place"),
    "employment_form": _("form of employment"),
    "emp_status": _("state of employment"),
    "is_eight": _("one of the eight groups"),
    "is_migrant": _("migrant worker"),
    "change_type": _("kind of change"),
    "site": _("site"),
    "org_code": _("code of the employer"),
    "dept": _("department"),
    "position": _("position"),
    "title": _("title"),
    "union_group": _("union group"),
    "union_post": _("post in the union"),
    "emp_no": _("staff number"),
    "work_date": _("at work since"),
    "hire_date": _("hired on"),
    "address": _("address"),
    "remark": _("remark"),
}
# names of values that no column has
VALUES: Final[Mapping[str, Text]] = {
    "document": _("document"),
    "joined": _("joined"),
    "state": _("state of the membership"),
    "occupations": _("occupations"),
    "transfer_to": _("transfer to"),
}
WORDS: Final[Mapping[str, Text]] = {
    "transfer": _("a member of another union: this asks for a transfer, which both unions answer"),
    "transfer_open": _("another transfer of this person waits for an answer"),
    "phone_landline": _("a landline: a worker has a mobile number"),
    "phone_shared": _("others have this phone too; nobody is merged because of it"),
    "name_differs": _("the register has another name under this number"),
    "name_differs_elsewhere": _(
        "a worker of no union of yours stands under this number with another name; look at the card"
    ),
    "kept_elsewhere": _("their own union keeps phone and occupations; those of this list are left out"),
    "union_unknown": _("no union of yours is called that"),
    "union_ended": _("this union has ended"),
    "member_left": _("this person has left, says the list; end memberships on their own page"),
    "occupation_unknown": _("no group of workers is called that"),
    "too_long": _("this text is too long"),
    "merged_twice": _("two rows name one person, with an old and a new document"),
}  # fmt: skip
MEMBERS, APPLICANTS = "members", "applicants"


def questions() -> list[Question]:
    """Return what may be said about a whole list."""
    return [
        Question(
            "people",
            _("Who stands on this list"),
            ((MEMBERS, _("members already")), (APPLICANTS, _("applicants, to be approved"))),
            hint=_("Where a row does not say so itself. Members, if nothing is chosen."),
        )
    ]
