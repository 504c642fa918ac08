"""The register of amounts in the database: every text of it there was, the last one in force.

`content import` brings the file in and editors add periods on the site; what counts is the newest row.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint, select
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, Session, mapped_column

from helpdesk.core import amounts
from helpdesk.core.amounts import AmountRegister, Period
from helpdesk.core.db import Base
from helpdesk.core.errors import Rejected
from helpdesk.core.frontmatter import checksum


class RegisterVersion(Base):
    """The whole register as it stood from a moment on; what was written never changes afterwards."""

    __tablename__ = "amount_register"
    __table_args__ = (UniqueConstraint("number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]
    source: Mapped[str] = mapped_column(LongText)
    imported_checksum: Mapped[str] = mapped_column(String(64))  # of the file at the last import
    note: Mapped[str] = mapped_column(String(300))
    saved_at: Mapped[datetime]
    saved_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))


class RegisterChanged(ValueError):
    """Someone else changed the register since this editor opened the form."""


@dataclass(frozen=True)
class RegisterImport:
    """What an import did with the register: whether it changed, and whether it was left alone as edited on the site."""

    is_changed: bool = False
    is_edited_on_site: bool = False


def live_version(session: Session) -> RegisterVersion | None:
    """Return the version in force; None before the first import."""
    return session.scalars(select(RegisterVersion).order_by(RegisterVersion.number.desc()).limit(1)).first()


def live_register(session: Session) -> AmountRegister:
    """Return the register in force; an empty one before the first import."""
    version = live_version(session)
    return amounts.read_register(version.source)[0] if version else AmountRegister()


def import_register(session: Session, register: AmountRegister, *, now: datetime, overwrite: bool) -> RegisterImport:
    """Make the register of the library the one in force, unless editors changed theirs since the last import."""
    if not register.source:
        return RegisterImport()
    live, fresh = live_version(session), checksum(register.source)
    if live is not None and live.source == register.source:
        live.imported_checksum = fresh
        return RegisterImport()
    if live is not None and live.imported_checksum == fresh:
        return RegisterImport()  # the file is what it was; what editors added since stays
    if live is not None and checksum(live.source) != live.imported_checksum and not overwrite:
        return RegisterImport(is_edited_on_site=True)
    _add(session, register.source, checksum_of_import=fresh, note="Ingevoerd", by=None, now=now)
    return RegisterImport(is_changed=True)


def add_period(
    session: Session, amount_id: str, period: Period, *, seen: int, by: int, now: datetime
) -> AmountRegister:
    """Give an amount a new period, with the period before it ended; return the register now in force.

    Raises:
        RegisterChanged: the version in force is not the one this editor saw.
        Rejected: the period breaks a rule; nothing is stored.
    """
    live = live_version(session)
    if live is None:
        raise Rejected(["Er is nog geen register van bedragen ingevoerd."])
    if live.number != seen:
        raise RegisterChanged
    source = amounts.with_new_period(live.source, amount_id, period)
    register = amounts.read_register(source)[0]
    amount = register.find(amount_id)
    what = amount.words(period) if amount else ""
    note = f"{amount_id}: {what} vanaf {period.valid_from.isoformat()}"
    _add(session, source, checksum_of_import=live.imported_checksum, note=note, by=by, now=now)
    return register


def _add(session: Session, source: str, *, checksum_of_import: str, note: str, by: int | None, now: datetime) -> None:
    live = live_version(session)
    session.add(
        RegisterVersion(
            number=live.number + 1 if live else 1,
            source=source,
            imported_checksum=checksum_of_import,
            note=note,
            saved_at=now,
            saved_by_id=by,
        )
    )
    session.flush()
