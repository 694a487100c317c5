"""Everything a hotline weekend will bring, minute by minute, before it does: ``flask hotline dry-run``."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from oncall.findings import findings, said
from oncall.hotline import RollCall, Rules, Window, roll_calls, weekends
from oncall.rota import Rota, duties


@dataclass(frozen=True, slots=True)
class Happening:
    """``at`` decides the order, then ``rank``: a closing comes before an opening at one instant."""

    at: datetime
    rank: int
    words: str


def programme(
    windows: Iterable[Window], studios: Mapping[int, str], rota: Rota, rules: Rules, weekend: tuple[date, ZoneInfo]
) -> tuple[Happening, ...]:
    """What will happen around the weekend of a date: warnings, roll-calls, openings, closings, hand-overs, gaps.

    ``weekend`` is any day of its week, Monday to Sunday, and the support zone in which the agents read it.
    """
    here = weekend[1]
    ours = [window for window in windows if _of_week(window, weekend[0], rules)]
    found = [*(one for window in ours for one in _window(window, studios))]
    for call in roll_calls(ours, rules, here):
        found += [*_calls(call, rota, rules, here), *_crew(call, rota, rules)]
    return tuple(sorted(found, key=lambda one: (one.at, one.rank, one.words)))


def _of_week(window: Window, day: date, rules: Rules) -> bool:
    """Whether a window has a part in the weekend that begins in the week of ``day``, in its own zone."""
    monday = day - timedelta(days=day.weekday())
    held = weekends(window.opens, window.closes, rules, window.zone)
    return any(monday <= opens.astimezone(window.zone).date() < monday + timedelta(days=7) for opens, _ in held)


def _window(window: Window, studios: Mapping[int, str]) -> Iterator[Happening]:
    name = studios.get(window.studio, f"studio {window.studio}")
    opens, closes = (f"{at.astimezone(window.zone):%a %H:%M}" for at in (window.opens, window.closes))
    yield Happening(window.opens, 3, f"opens: {name} ({opens} {window.zone.key}, until {closes})")
    yield Happening(window.closes, 2, f"closes: {name} ({closes} {window.zone.key})")


def _calls(call: RollCall, rota: Rota, rules: Rules, here: ZoneInfo) -> Iterator[Happening]:
    found = findings(rota, rules.roles, call.opens, call.closes)
    gaps = [said(one, here) for one in found if one.kind != "unconfirmed"]
    unsaid = dict.fromkeys(one.person.name for one in found if one.kind == "unconfirmed" and one.person)
    if call.warn_at is not None:
        yield Happening(call.warn_at, 0, f"check of the rota: {'; '.join(gaps) or 'nothing is missing'}")
    asked = f"{', '.join(unsaid)} asked to confirm" if unsaid else "everybody has confirmed" if found == () else ""
    red = "; red: " + "; ".join(gaps) if gaps else ""
    yield Happening(call.confirm_at, 1, f"roll-call: {asked or 'nobody to ask'}{red}")


def _crew(call: RollCall, rota: Rota, rules: Rules) -> Iterator[Happening]:
    for role in rules.roles:
        for duty in duties(rota, role, call.opens, call.closes):
            names = ", ".join(person.name for person in duty.people) or "NOBODY"
            yield Happening(duty.begins, 4, f"on as {role.replace('_', ' ')}: {names}")
