"""Which of the messages that Twilio has is a call of unknown fate: by its words, and by the picture itself."""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from channels.wire import Call, Receipt, SendMedia, SendTemplate, SendText

if TYPE_CHECKING:
    from twilio.rest.api.v2010.account.message import MessageInstance


def alike(
    call: SendText | SendTemplate | SendMedia, body: str | None, listed: "Iterable[MessageInstance]"
) -> list[Receipt]:
    """Those with the same words, and with a file if the call has one; oldest first, as the calls were made.

    What a template reads like only Twilio knows: any message to that address could be it.
    """
    if isinstance(call, SendTemplate) or (isinstance(call, SendText) and call.template):
        words, with_file = call.text if isinstance(call, SendText) else None, None
    else:
        words, with_file = body, isinstance(call, SendMedia)
    found = [
        Receipt(message.sid or "")
        for message in listed
        if words in (None, message.body) and with_file in (None, int(message.num_media or 0) > 0)
    ]
    return found[::-1]


def same(call: Call, among: Sequence[Receipt], kept: Callable[[str], bytes | None]) -> Receipt | None:
    """The first of these that is this call. Pictures often have no words: the file that Twilio has kept decides, and
    only of those whose file it cannot show any more the first is believed. A picture sent twice is better than none.
    """
    if not isinstance(call, SendMedia) or not call.data:
        return next(iter(among), None)
    untold = None
    for receipt in among:
        data = kept(receipt.provider_id)
        if data == call.data:
            return receipt
        if data is None and untold is None:
            untold = receipt
    return untold
