"""The custom emoji that may be a topic's icon (a selection of what getForumTopicIconStickers returns)."""

from sandbox.ledger import Json

ICONS = {
    "5434144690511290129": "📰",
    "5312536423851630001": "💡",
    "5312016608254762256": "⚡",
    "5377544228505134960": "🎙",
    "5418085807791545980": "🔝",
    "5370870893004203704": "🗣",
    "5420216386448270341": "🆒",
    "5379748062124056162": "❗",
    "5373251851074415873": "📝",
    "5377438129928020693": "📢",
    "5237699328843200968": "✅",
    "5350554349074391003": "💻",
    "5309832892262654231": "❓",
    "5348227245599105972": "💼",
}


def icon_stickers() -> list[Json]:
    """Stickers of type custom_emoji, each usable as icon_custom_emoji_id."""
    return [
        {
            "file_id": f"CAACAgIAAxUAAWJ{number}",
            "file_unique_id": f"AgAD{number[:8]}",
            "type": "custom_emoji",
            "width": 100,
            "height": 100,
            "is_animated": True,
            "is_video": False,
            "emoji": emoji,
            "set_name": "Topics",
            "custom_emoji_id": number,
        }
        for number, emoji in ICONS.items()
    ]
