"""The fixed list of reaction emoji (core.telegram.org/bots/api#reactiontypeemoji, Bot API 10.0)."""

REACTIONS = frozenset(
    (
        *("❤", "👍", "👎", "🔥", "🥰", "👏", "😁", "🤔", "🤯", "😱", "🤬", "😢", "🎉", "🤩", "🤮"),
        *("💩", "🙏", "👌", "🕊", "🤡", "🥱", "🥴", "😍", "🐳", "❤‍🔥", "🌚", "🌭", "💯", "🤣", "⚡"),
        *("🍌", "🏆", "💔", "🤨", "😐", "🍓", "🍾", "💋", "🖕", "😈", "😴", "😭", "🤓", "👻", "👨‍💻"),
        *("👀", "🎃", "🙈", "😇", "😨", "🤝", "✍", "🤗", "🫡", "🎅", "🎄", "☃", "💅", "🤪", "🗿"),
        *("🆒", "💘", "🙉", "🦄", "😘", "💊", "🙊", "😎", "👾", "🤷‍♂", "🤷", "🤷‍♀", "😡"),
    )
)
VARIATION = "\ufe0f"


def plain(emoji: str) -> str:
    """Without the variation selector, as Telegram keeps it (remove_emoji_selectors, TDLib)."""
    return emoji.replace(VARIATION, "")
