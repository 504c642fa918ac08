"""The log of the helpdesk: what was asked and answered, in codes, and never by whom."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from helpdesk.core.db import Base


class Advice(Base):
    """One answer given by a jurist to one caller.

    There is no column for an identity. The codes are those of content/lijsten/helpdesk.yaml; free text can be blanked
    while the codes stay.
    """

    __tablename__ = "advice"
    personal_data = frozenset({"question", "answer", "scope_exception"})

    id: Mapped[int] = mapped_column(primary_key=True)
    given_on: Mapped[date]
    channel: Mapped[str] = mapped_column(String(40))
    caller_region: Mapped[str] = mapped_column(String(40))
    caller_category: Mapped[str] = mapped_column(String(40))
    caller_sector: Mapped[str | None] = mapped_column(String(40))  # asked of professionals
    question: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text)
    residence_situation: Mapped[str] = mapped_column(String(40))  # of the person concerned
    nationality: Mapped[str] = mapped_column(String(2))  # of the person concerned, ISO 3166-1 alpha-2
    outcome: Mapped[str] = mapped_column(String(40))
    referred_to: Mapped[str | None] = mapped_column(String(40))  # of the outcome doorverwijzing
    scope_exception: Mapped[str | None] = mapped_column(Text)  # why this went by e-mail after all
    time_spent_minutes: Mapped[int]
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    recorded_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(server_default="1", default=1)  # goes up with every correction
    is_demo: Mapped[bool]

    themes: Mapped[list["AdviceTheme"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="AdviceTheme.position"
    )

    other_persons: Mapped[list["AdvicePerson"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="AdvicePerson.position"
    )
    sources: Mapped[list["AdviceSource"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="AdviceSource.position"
    )

    __table_args__ = (
        CheckConstraint("time_spent_minutes BETWEEN 1 AND 480", name="time_spent_in_range"),
        CheckConstraint("length(nationality) = 2", name="nationality_is_a_code"),
        CheckConstraint("caller_sector <> ''", name="sector_is_a_code_or_absent"),
        Index("ix_advice_recorded_by", "recorded_by_id", "given_on", "id"),
        Index("ix_advice_recorded_last", "recorded_by_id", "recorded_at", "id"),
        Index(
            "ix_advice_exception",
            "given_on",
            sqlite_where=text("scope_exception IS NOT NULL"),
            postgresql_where=text("scope_exception IS NOT NULL"),
        ),
        # everything that lists and counts filter on: counting a year reads this index only
        Index(
            "ix_advice_counted",
            "given_on",
            "caller_region",
            "caller_category",
            "caller_sector",
            "residence_situation",
            "channel",
            "nationality",
        ),
    )


class AdviceTheme(Base):
    """A node of the taxonomy one piece of advice is about; position 0 is the main theme."""

    __tablename__ = "advice_theme"

    advice_id: Mapped[int] = mapped_column(ForeignKey("advice.id", ondelete="CASCADE"), primary_key=True)
    node: Mapped[str] = mapped_column(String(80), primary_key=True)
    position: Mapped[int]

    __table_args__ = (
        CheckConstraint("position >= 0", name="position_from_zero"),
        Index("ix_advice_theme_node", "node", "advice_id"),
        Index(
            "ix_advice_theme_main",
            "advice_id",
            unique=True,  # one main theme
            sqlite_where=text("position = 0"),
            postgresql_where=text("position = 0"),
        ),
    )


class AdvicePerson(Base):
    """Another person the same advice is about; the first one stands with the advice, so that figures count advice."""

    __tablename__ = "advice_person"

    advice_id: Mapped[int] = mapped_column(ForeignKey("advice.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    residence_situation: Mapped[str] = mapped_column(String(40))
    nationality: Mapped[str] = mapped_column(String(2))

    __table_args__ = (
        CheckConstraint("position >= 1", name="position_after_the_first"),
        CheckConstraint("length(nationality) = 2", name="nationality_is_a_code"),
    )


class AdviceSource(Base):
    """What an advice rests on, as it was that day: a page or ruling of the site, or earlier advice."""

    __tablename__ = "advice_source"

    advice_id: Mapped[int] = mapped_column(ForeignKey("advice.id", ondelete="CASCADE"), primary_key=True)
    document_id: Mapped[str] = mapped_column(String(300), primary_key=True)  # thema/gh-belg, rechtspraak/…, advies/12
    position: Mapped[int]
    version: Mapped[int | None]  # of a text
    address: Mapped[str] = mapped_column(String(300))
    title: Mapped[str] = mapped_column(String(300))
    attached_on: Mapped[date]

    __table_args__ = (Index("ix_advice_source_document", "document_id", "advice_id"),)


class AdviceChange(Base):
    """Advice that the index of its jurist has to read again, in the order of commit; all of it when none is named."""

    __tablename__ = "advice_change"
    __table_args__ = (Index("ix_advice_change_owner", "owner_id", "id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    advice_id: Mapped[int | None]


class SavedDraft(Base):
    """What a jurist is typing in one tab and has not recorded yet; read by that jurist only.

    `fields` holds the typed texts by name of the field. Once recorded they are emptied and the row only tells that this
    form was sent: `advice_id` is what it became, `digest` (keyed) what was sent. `holder` is the page that saved last.
    """

    __tablename__ = "advice_draft"
    personal_data = frozenset({"fields"})

    key: Mapped[str] = mapped_column(String(100), primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    fields: Mapped[dict[str, list[str]]] = mapped_column(JSON)
    revision: Mapped[int]
    holder: Mapped[str] = mapped_column(String(40))
    saved_at: Mapped[datetime]
    advice_id: Mapped[int | None] = mapped_column(ForeignKey("advice.id", ondelete="CASCADE"), index=True)
    digest: Mapped[str | None] = mapped_column(String(64))

    __table_args__ = (
        Index("ix_advice_draft_owner", "owner_id", "saved_at"),
        Index("ix_advice_draft_saved_at", "saved_at"),
    )


class CallerPreset(Base):
    """The codes of someone who calls a jurist often, under a name of the jurist's own; no organisation, no person."""

    __tablename__ = "caller_preset"
    personal_data = frozenset({"name"})

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(60))
    caller_category: Mapped[str] = mapped_column(String(40))
    caller_sector: Mapped[str | None] = mapped_column(String(40))
    caller_region: Mapped[str] = mapped_column(String(40))

    __table_args__ = (Index("ix_caller_preset_owner_name", "owner_id", "name", unique=True),)


class Snippet(Base):
    """A piece of text a jurist inserts with two colons and its name."""

    __tablename__ = "advice_snippet"
    personal_data = frozenset({"text"})

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(Text)

    __table_args__ = (Index("ix_advice_snippet_owner_name", "owner_id", "name", unique=True),)
