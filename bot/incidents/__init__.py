"""Incidents: several tickets with one cause, proposed by the bot, decided by people, told and paged as one."""
