"""Operators' commands, one module a group of ``flask``."""

from commands.alarms import alarms
from commands.audit import audit
from commands.database import db
from commands.doctor import doctor
from commands.inbox import inbox
from commands.outbox import outbox
from commands.policy import policy
from commands.release import release
from commands.studios import studios
from commands.tickets import tickets

GROUPS = (
    alarms,
    audit,
    db,
    doctor,
    inbox,
    outbox,
    policy,
    release,
    studios,
    tickets,
)
