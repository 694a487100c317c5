"""A chat as a person sees it now, for the page and for tests: the control interface's own JSON."""

from sandbox.ledger import Json
from sandbox.telegram.chats import Chat, Message, Topic


def chat_json(chat: Chat) -> Json:
    """The chat with its members, topics (each with its messages), and the messages outside of topics."""
    shown = chat.as_json()
    shown["members"] = [member.as_json(chat.type, False) for member in chat.members.values()]
    shown["pinned"] = chat.pinned
    shown["upgraded_to"] = chat.upgraded_to
    shown["topics"] = [_topic(chat, topic) for topic in chat.topics.values()]
    shown["messages"] = [] if chat.is_forum else [_message(one) for one in chat.messages.values()]
    return shown


def _topic(chat: Chat, topic: Topic) -> Json:
    here = [one for one in chat.messages.values() if (one.thread or 1) == topic.id]
    state = {"closed": topic.closed, "hidden": topic.hidden}
    return topic.as_json() | state | {"messages": [_message(one) for one in here]}


def _message(message: Message) -> Json:
    reactions = [{"user_id": number, "emoji": emoji} for number, emoji in message.reactions.items()]
    return message.as_json() | {"reactions": reactions}
