"""PURE: what the bot says and when: states, events, effects, one flow a module, phrase books as TOML."""

from conversations.machine import advance

__all__ = ["advance"]
