"""Operators' commands, one module a group of ``flask``."""

from commands.alarms import alarms
from commands.audit import audit
from commands.database import db
from commands.desk import desk
from commands.doctor import doctor
from commands.hotline import hotline
from commands.inbox import inbox
from commands.oncall import oncall
from commands.outbox import outbox
from commands.policy import policy
from commands.release import release
from commands.report import report
from commands.restored import restored
from commands.shoots import shoots
from commands.studios import studios
from commands.templates import templates
from commands.tickets import tickets

GROUPS = (
    alarms,
    audit,
    db,
    desk,
    doctor,
    hotline,
    inbox,
    oncall,
    outbox,
    policy,
    release,
    report,
    restored,
    shoots,
    studios,
    templates,
    tickets,
)
