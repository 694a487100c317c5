"""The only code that knows Twilio, Telegram and mail: verify, parse and send, both directions together."""
