"""PURE: who is awake: people and rota, ladders and the pages that climb them, hotline windows from shoots."""
