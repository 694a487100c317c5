"""Telegram: customers in private chats, and the agents' forum group."""

from channels.telegram.channel import Telegram

__all__ = ["Telegram"]
