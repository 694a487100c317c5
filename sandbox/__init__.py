"""A stand-in for Twilio, Telegram and mail over real HTTP, with a page; it imports nothing of the product."""
