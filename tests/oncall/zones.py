"""Zones for the property tests: DST in both hemispheres, half-hour offsets and shifts, and none at all."""

from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from sla.zones import zone

NAMES = (
    *("Europe/Madrid", "America/New_York", "America/St_Johns", "Australia/Sydney", "Australia/Lord_Howe"),
    *("America/Santiago", "Asia/Kolkata", "Asia/Kathmandu", "Pacific/Chatham", "Africa/Casablanca", "UTC"),
)
zones = st.sampled_from(NAMES).map(zone)
moments = st.integers(0, 4 * 366 * 24 * 60).map(lambda m: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=m))
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a busy machine is no failure
