"""Telegram: customers in private chats, and the agents' forum group."""

import os

os.environ.setdefault("PTB_TIMEDELTA", "true")  # else the library warns at each 429 of the type to come

from channels.telegram.channel import Telegram

__all__ = ["Telegram"]
