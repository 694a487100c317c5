from tests.bot.fixtures import database_url, house, shell, unwritten_log

__all__ = ["database_url", "house", "shell", "unwritten_log"]
