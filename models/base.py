"""The base of all models: constraint names by convention, aware UTC moments only."""

from datetime import UTC, datetime
from typing import Annotated, Any

from sqlalchemy import BigInteger, DateTime, Dialect, Index, Integer, MetaData, text
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.types import JSON, TypeDecorator

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Moment(TypeDecorator[datetime]):
    """An aware UTC moment on every database. Raises ValueError for a naive one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone; moments are aware UTC")
        moment = value.astimezone(UTC)
        return moment if dialect.name == "postgresql" else moment.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, _: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Big = BigInteger().with_variant(Integer, "sqlite")
Key = Annotated[int, mapped_column(Big, primary_key=True, autoincrement=True)]
Json = dict[str, Any]


class Base(DeclarativeBase):
    """Every table of the product."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {datetime: Moment, Json: JSON, list[str]: JSON, int: Big}  # noqa: RUF012 (SQLAlchemy reads it so)


def partial(name: str, *columns: str, where: str) -> Index:
    """An index over the few rows that still want work, on both databases."""
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))
