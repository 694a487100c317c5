"""Every method of the Bot API the sandbox models, by its lower-case name."""

from sandbox.telegram.methods import callbacks, chats, edits, forwards, me, media, messages, topics, webhooks
from sandbox.telegram.methods.method import Method

ALL = (
    *me.METHODS,
    *webhooks.METHODS,
    *messages.METHODS,
    *media.METHODS,
    *edits.METHODS,
    *forwards.METHODS,
    *topics.METHODS,
    *callbacks.METHODS,
    *chats.METHODS,
)
METHODS: dict[str, Method] = {method.name.lower(): method for method in ALL}
