from tests.bot.fixtures import house, shell, unwritten_log

__all__ = ["house", "shell", "unwritten_log"]
