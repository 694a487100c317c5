"""The agents' side: replies, notes and commands in the group, taps on its cards. Source: desk.md."""

from bot.desk.changes import edited, reacted
from bot.desk.closing import topic_closed
from bot.desk.members import changed, hold, look_up
from bot.desk.places import Opening
from bot.desk.taps import tapped
from bot.desk.words import said

__all__ = ["Opening", "changed", "edited", "hold", "look_up", "reacted", "said", "tapped", "topic_closed"]
