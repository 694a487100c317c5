"""WhatsApp and SMS through Twilio."""

from channels.twilio.channel import Twilio

__all__ = ["Twilio"]
