"""The base of all tables: naming convention, time in UTC, personal data declared beside the columns."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import ClassVar

from sqlalchemy import DateTime, Dialect, MetaData, String
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import JSON, TypeDecorator

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC, aware on both sides of the database; SQLite itself keeps no time zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive moment, store UTC."""
        del dialect
        if value is None:
            return None
        if value.tzinfo is None:
            raise NaiveMoment(value)
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return an aware moment in UTC."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class NaiveMoment(ValueError):
    """A datetime without a time zone was about to be stored."""


class Base(DeclarativeBase):
    """All tables of the product.

    `personal_data` names the columns that hold data about a person: the export, the eraser and the log filter read it.
    """

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar = {datetime: UtcDateTime, list[str]: JSON}
    personal_data: ClassVar[frozenset[str]] = frozenset()


def too_long(values: Mapping[str, object], model: type[Base]) -> dict[str, int]:
    """Return the columns of a table whose text is longer than they hold, with the most characters each may have.

    PostgreSQL refuses such a row where SQLite takes it: a rule asks this before anything is stored. Values without a
    column of their name are not looked at.
    """
    return {
        column.name: column.type.length
        for column in model.__table__.columns
        if isinstance(column.type, String)
        and column.type.length is not None
        and isinstance(text := values.get(column.name), str)
        and len(text) > column.type.length
    }
