"""What a line is about, how bad, and why: a pure, explainable guess from cues kept as data."""

from triage.classify import classify, in_hotline, in_shoot
from triage.cues import Model, load
from triage.kinds import Category, Facts, Severity, Triage, worse

__all__ = ["Category", "Facts", "Model", "Severity", "Triage", "classify", "in_hotline", "in_shoot", "load", "worse"]
