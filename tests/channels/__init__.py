"""Twilio and Telegram on the wire."""
