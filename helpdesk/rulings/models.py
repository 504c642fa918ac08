"""The case-law database."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, mapped_column, relationship

from helpdesk.core.db import Base


class RulingState(StrEnum):
    """Where a ruling stands; the value is the one in the address of the editors' list."""

    DRAFT = "ontwerp"
    PUBLISHED = "gepubliceerd"
    WITHDRAWN = "ingetrokken"


class AliasKind(StrEnum):
    """What an alias replaces."""

    SLUG = "slug"
    ECLI = "ecli"


class ChangeAct(StrEnum):
    """What happened to a ruling."""

    ADDED = "added"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"
    OVERWRITTEN = "overwritten"  # by an import


class Ruling(Base):
    """One ruling: the record that editors keep and the public reads.

    Published when `published_at` is set; withdrawn when a reason says why it no longer is; else a draft.
    """

    __tablename__ = "ruling"
    __table_args__ = (
        UniqueConstraint("court", "number_normal", "decided_on"),
        Index("ix_ruling_decided_on", "decided_on"),
    )
    personal_data = frozenset({"parties"})

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(200), unique=True)
    court: Mapped[str] = mapped_column(String(20))  # code in content/lijsten/hoven.yaml
    division: Mapped[str | None] = mapped_column(String(100))
    historic_court_name: Mapped[str | None] = mapped_column(String(200))
    number: Mapped[str] = mapped_column(String(80))  # as printed
    number_normal: Mapped[str] = mapped_column(String(80))  # as compared: RVV:269083
    role_numbers: Mapped[list[str]] = mapped_column(JSON)
    decided_on: Mapped[date]
    ecli: Mapped[str | None] = mapped_column(String(80), index=True)
    ecli_status: Mapped[str | None] = mapped_column(String(30))
    language: Mapped[str] = mapped_column(String(2))
    parties: Mapped[str | None] = mapped_column(String(300))
    keywords: Mapped[str] = mapped_column(LongText)  # trefwoordenketen
    outcome: Mapped[str | None] = mapped_column(String(40))  # code in content/lijsten/uitkomsten.yaml
    summary: Mapped[str] = mapped_column(LongText)
    full_text: Mapped[str | None] = mapped_column(LongText)
    source_url: Mapped[str | None] = mapped_column(String(500))
    sources: Mapped[list[str]] = mapped_column(JSON)
    unverified: Mapped[list[str]] = mapped_column(JSON)  # names of fields not confirmed in a source
    quality: Mapped[str | None] = mapped_column(String(20))
    published_at: Mapped[datetime | None]
    updated_at: Mapped[datetime]
    content_path: Mapped[str | None] = mapped_column(String(300), unique=True)
    content_source: Mapped[str | None] = mapped_column(LongText)  # that file, so that an export is the same to the byte
    imported_checksum: Mapped[str | None] = mapped_column(String(64))  # of the file at the last import
    withdrawn_reason: Mapped[str | None] = mapped_column(String(500))  # the public reads it
    revision: Mapped[int] = mapped_column(default=1, server_default="1")  # one more at every change

    themes: Mapped[list["RulingTheme"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="RulingTheme.position"
    )
    articles: Mapped[list["RulingArticle"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="RulingArticle.position"
    )
    treated_by: Mapped[list["RulingTreatment"]] = relationship(
        primaryjoin="Ruling.slug == foreign(RulingTreatment.treated_slug)",
        order_by="RulingTreatment.treated_on, RulingTreatment.id",
        lazy="selectin",
        viewonly=True,
    )
    told_treatments: Mapped[list["RulingTreatment"]] = relationship(
        primaryjoin="Ruling.slug == foreign(RulingTreatment.content_slug)",
        order_by="RulingTreatment.id",
        viewonly=True,
    )
    alias_rows: Mapped[list["RulingAlias"]] = relationship(
        cascade="all, delete-orphan", passive_deletes=True, order_by="RulingAlias.kind, RulingAlias.value"
    )
    file: Mapped["RulingFile | None"] = relationship(cascade="all, delete-orphan", passive_deletes=True)

    @property
    def document_id(self) -> str:
        """The id of this ruling in the search index."""
        return f"rechtspraak/{self.slug}"

    @property
    def aliases(self) -> list[str]:
        """The ECLIs and addresses this ruling had before."""
        return [row.value for row in self.alias_rows]

    @property
    def state(self) -> RulingState:
        """Where this ruling stands."""
        return state_of(self.published_at, self.withdrawn_reason)


def state_of(published_at: datetime | None, withdrawn_reason: str | None) -> RulingState:
    """Return where a ruling with these columns stands."""
    if published_at is not None:
        return RulingState.PUBLISHED
    return RulingState.WITHDRAWN if withdrawn_reason is not None else RulingState.DRAFT


class RulingTheme(Base):
    """A node of the taxonomy a ruling belongs to."""

    __tablename__ = "ruling_theme"
    __table_args__ = (Index("ix_ruling_theme_node", "node"),)

    ruling_id: Mapped[int] = mapped_column(ForeignKey("ruling.id", ondelete="CASCADE"), primary_key=True)
    node: Mapped[str] = mapped_column(String(80), primary_key=True)
    position: Mapped[int]


class RulingArticle(Base):
    """An article of law a ruling rests on, as the record names it and in normal form."""

    __tablename__ = "ruling_article"
    __table_args__ = (Index("ix_ruling_article_normal", "normal"),)

    ruling_id: Mapped[int] = mapped_column(ForeignKey("ruling.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    normal: Mapped[str] = mapped_column(String(60))  # VW:40ter, or VW when the record names the law only
    label: Mapped[str] = mapped_column(String(120))  # art. 40ter, § 2 Vw.


class RulingAlias(Base):
    """An address or ECLI a ruling had before: who asks for it is led to the present one."""

    __tablename__ = "ruling_alias"

    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    value: Mapped[str] = mapped_column(String(200), primary_key=True)
    ruling_id: Mapped[int] = mapped_column(ForeignKey("ruling.id", ondelete="CASCADE"), index=True)
    noted_at: Mapped[datetime]


class RulingFile(Base):
    """The text of the court as a PDF: which file of the folder uploads/ it is. Its own name is not kept."""

    __tablename__ = "ruling_file"

    ruling_id: Mapped[int] = mapped_column(ForeignKey("ruling.id", ondelete="CASCADE"), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size_bytes: Mapped[int]
    pages: Mapped[int]
    uploaded_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    uploaded_at: Mapped[datetime]


class RulingChange(Base):
    """What was in a ruling before someone changed it. Append only.

    `before` holds the old value of each field that changed, without the traces of a person that were taken out.
    """

    __tablename__ = "ruling_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    ruling_id: Mapped[int] = mapped_column(ForeignKey("ruling.id", ondelete="CASCADE"), index=True)
    act: Mapped[str] = mapped_column(String(20))
    before: Mapped[dict[str, Any]] = mapped_column(JSON)
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))  # None for a command
    changed_at: Mapped[datetime]


class RulingIdentifier(Base):
    """A normal form by which a ruling is cited: its number, joined cases, roll numbers, ECLI."""

    __tablename__ = "ruling_identifier"

    normal: Mapped[str] = mapped_column(String(120), primary_key=True)
    ruling_id: Mapped[int] = mapped_column(ForeignKey("ruling.id", ondelete="CASCADE"), primary_key=True)


class RulingTreatment(Base):
    """How one ruling, or a change of law, treats another ruling.

    Either side is a ruling of ours by its address, or words for what we do not hold; one side at least is ours. Rows
    from a content file are replaced with it.
    """

    __tablename__ = "ruling_treatment"
    __table_args__ = (
        CheckConstraint("treating_slug IS NOT NULL OR treated_slug IS NOT NULL", name="one_side_is_ours"),
        CheckConstraint("treating_slug IS NOT NULL OR treating_text IS NOT NULL", name="treating_is_named"),
        CheckConstraint("treated_slug IS NOT NULL OR treated_text IS NOT NULL", name="treated_is_named"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))  # code of jurisprudence.treatment
    treating_slug: Mapped[str | None] = mapped_column(String(200), index=True)
    treating_text: Mapped[str | None] = mapped_column(String(300))  # a change of law, a ruling we do not hold
    treated_slug: Mapped[str | None] = mapped_column(String(200), index=True)
    treated_text: Mapped[str | None] = mapped_column(String(300))
    note: Mapped[str] = mapped_column(String(1_000))
    treated_on: Mapped[date]  # of the ruling or the law that treats
    entered_at: Mapped[datetime]
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    content_slug: Mapped[str | None] = mapped_column(String(200), index=True)  # the file that says so; None: the site
