"""Gauges from rows: counts by label, ages, quantiles of a recent hour."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from prometheus_client.core import GaugeMetricFamily, Metric
from sqlalchemy import literal_column

RECENT = timedelta(hours=1)
NEWEST = 2000  # rows an hour is read from at most: in a storm it is a shorter time, up to now
_QUANTILES = (0.5, 0.99)


def written(*states: str) -> list[Any]:
    """States written into the statement, not bound: only then may either database use the partial indexes."""
    return [literal_column(f"'{state}'") for state in states]


def counted(name: str, words: str, labels: Sequence[str], rows: Mapping[tuple[Any, ...], float]) -> Metric:
    gauge = GaugeMetricFamily(name, words, labels=labels)
    for values, number in sorted(rows.items()):
        gauge.add_metric([str(value) for value in values], number)
    return gauge


def single(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(name, words, value)


def ages(name: str, words: str, label: str, now: datetime, since: Iterable[tuple[str, datetime | None]]) -> Metric:
    """Seconds since each moment; 0 where there is none, or where it is still to come."""
    gauge = GaugeMetricFamily(name, words, labels=(label,))
    for value, moment in since:
        gauge.add_metric((value,), seconds(now, moment))
    return gauge


def seconds(now: datetime, since: datetime | None) -> float:
    return max(0.0, (now - since).total_seconds()) if since else 0.0


def quantiles(name: str, words: str, label: str, found: Mapping[str, list[float]]) -> Metric:
    """Median and p99 of what was measured under each label, and the worst as quantile 1."""
    gauge = GaugeMetricFamily(name, words, labels=(label, "quantile"))
    for value, measured in sorted(found.items()):
        ordered = sorted(measured)
        for share in (*_QUANTILES, 1):
            gauge.add_metric((value, str(share)), ordered[ceil(share * len(ordered)) - 1])
    return gauge
