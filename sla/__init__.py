"""PURE: what we promise: policies, calendars, clocks and their marks; a clock is a fold of a ticket's events."""

from sla.clocks import Clock, Happened, Mark, fold
from sla.policies import Policies, PolicyError, Target, read

__all__ = ["Clock", "Happened", "Mark", "Policies", "PolicyError", "Target", "fold", "read"]
