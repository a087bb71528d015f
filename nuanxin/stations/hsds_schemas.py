"""What the answers after HSDS 3.0 look like; the specification has the schemas of their contents."""

from typing import Any
from uuid import UUID

from ninja import Field, Schema

from nuanxin.stations.hsds import MOST


class PageQuery(Schema):
    """Which page."""

    page: int = Field(1, ge=1, le=1_000_000)
    per_page: int = Field(50, ge=1, le=MOST)


class ServicesQuery(PageQuery):
    """Which page of which services."""

    organization_id: UUID | None = Field(None, description="Only services of this organization.")


class About(Schema):
    """Which specification."""

    version: str
    openapi_url: str


class ThingPage(Schema):
    """A page as HSDS has it."""

    total_items: int
    total_pages: int
    page_number: int
    size: int
    first_page: bool
    last_page: bool
    empty: bool
    contents: list[dict[str, Any]]
