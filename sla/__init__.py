"""PURE: what we promise: policies, calendars, clocks and their marks; a clock is a fold of a ticket's events."""

from sla.clocks import Clock, Mark
from sla.durations import PolicyError
from sla.events import Happened
from sla.fold import Ledger, fold, moves
from sla.policies import Book, Policies, read
from sla.terms import Target, Terms

__all__ = [
    "Book",
    "Clock",
    "Happened",
    "Ledger",
    "Mark",
    "Policies",
    "PolicyError",
    "Target",
    "Terms",
    "fold",
    "moves",
    "read",
]
