"""Bank holidays of a country and, where it has them, of a subdivision, from the ``holidays`` library."""

from datetime import date
from functools import cache
from importlib import metadata

RELEASE = metadata.version("holidays")  # part of a calendar's version, as the time-zone release is


@cache
def days(country: str, subdivision: str, year: int) -> tuple[date, ...]:
    """That year's bank holidays, sorted; ``subdivision`` may be empty. Raises LookupError for an unknown place."""
    import holidays  # noqa: PLC0415 (half a second, and the calendars that ship name no country)

    try:
        return tuple(sorted(holidays.country_holidays(country, subdiv=subdivision or None, years=year)))
    except NotImplementedError as error:
        raise LookupError(str(error)) from error
