"""What follows a failure: the next channel at once by consent, once more, or the topic with what to do."""

from typing import Any

import pytest

from bot import watch
from channels.wire import SendMedia, SendText, TransportError
from models import Address, Delivery
from tests.bot.house import TOLU, House
from tests.bot.test_settle import tick

SMS, CHAT = "+34600000077", 601


def permanent(code: str, words: str = "no") -> TransportError:
    return TransportError(words, code=code, permanent=True)


def to(address: str) -> Any:
    return lambda call: getattr(call, "to", "") == address


def carried(house: House) -> list[Delivery]:
    """What was for the customer, on any channel."""
    return [row for row in house.rows(Delivery) if row.thread.startswith(("whatsapp:", "sms:"))]


def said(house: House, words: str) -> list[str]:
    return [text for text in house.shown(house.topic().thread_id) if words in text]


def answered(house: House, text: str = "Lena here.") -> int:
    message = house.writes(f"/r {text}", house.topic().thread_id)
    house.works()
    return message


def stopped(house: House, channel: str) -> bool:
    return any(row.stopped_at for row in house.rows(Address) if row.channel == channel)


def test_what_whatsapp_refuses_for_good_goes_by_sms_at_once_and_the_topic_says_so(house: House) -> None:
    house.opened()
    house.studio(channel="sms", address=SMS)
    house.twilio.when(to(f"whatsapp:{TOLU}"), permanent("63003", "this address is not on WhatsApp"))

    message = answered(house)

    failed, carried = house.owed(message_id=house.owed(channel="sms")[0].message_id)
    assert (failed.state, failed.successor_id, carried.state) == ("failed", carried.id, "accepted")
    assert (carried.destination, carried.payload["text"], carried.payload["sender"]) == (
        SMS,
        "Lena here.",
        "+34910000000",
    )
    assert said(house, "NOT DELIVERED to Tolu: this address is not on WhatsApp. It goes to Tolu by SMS instead.")
    assert (tick(house, message), house.promise().met_at) == ("👀", house.clock.now())


def test_when_every_channel_refuses_the_topic_says_what_to_do(house: House) -> None:
    house.opened()
    house.studio(channel="sms", address=SMS)
    house.twilio.when(SendText, permanent("21614", "the number cannot receive SMS"), times=2)

    message = answered(house)

    assert [row.state for row in carried(house)] == ["failed", "failed"]
    assert said(house, "NOT DELIVERED")[-1].endswith("the number cannot receive SMS. Correct it in the directory.")
    assert all(row.successor_id for row in carried(house))
    assert (tick(house, message), house.promise().met_at) == ("👎", None)


def test_a_chat_they_wrote_in_is_tried_before_sms(house: House) -> None:
    house.texts("hello", user=CHAT)
    house.works()
    for channel, address in (("telegram", str(CHAT)), ("sms", SMS)):
        house.studio(channel=channel, address=address)
    house.studio()
    house.says("uploads fail")
    house.works()
    house.twilio.when(to(f"whatsapp:{TOLU}"), permanent("63024"))

    house.writes("/r Lena here.", house.topic(2).thread_id)
    house.works()

    assert [row.destination for row in house.owed(thread=f"telegram:{CHAT}", ticket_id=2)] == [str(CHAT)]
    assert house.owed(channel="sms") == []


def test_a_file_that_telegram_refuses_is_fetched_and_goes_on_another_channel(house: House) -> None:
    house.studio(channel="telegram", address=str(CHAT))
    house.studio(channel="sms", address=SMS)
    house.texts("uploads fail", user=CHAT)
    house.works()
    house.telegram.when(to(str(CHAT)), permanent("user is deactivated"), times=9)
    photo = [{"file_id": "F1", "file_unique_id": "U1", "width": 1, "height": 1}]

    house.writes("", house.topic().thread_id, reply_to=house.topic().card_id, photo=photo, caption="here")
    house.works()

    (sent,) = [call for call in house.twilio.calls if isinstance(call, SendMedia)]
    assert (sent.to, sent.caption, sent.url[:33]) == (SMS, "here", "https://support.example.test/media"[:33])


@pytest.mark.parametrize("where", ["whatsapp", "sms"])
def test_whoever_said_stop_anywhere_is_followed_nowhere(house: House, where: str) -> None:
    house.opened()
    house.studio(channel="sms", address=SMS)
    at = {"stopped_at": house.clock.now()}
    house.changes(lambda session: session.query(Address).filter_by(channel=where).update(at))
    house.clock.passes(60)
    house.twilio.when(to(f"whatsapp:{TOLU}"), permanent("63003"))

    answered(house)

    assert house.owed(channel="sms") == []
    assert said(house, "NOT DELIVERED")


@pytest.mark.parametrize(("code", "channel"), [("21610", "sms"), ("63014", "whatsapp")])
def test_what_the_carrier_knows_of_a_stop_binds_the_address_it_is_about(house: House, code: str, channel: str) -> None:
    house.opened()
    house.studio(channel="sms", address=SMS)
    if channel == "sms":
        house.twilio.when(to(f"whatsapp:{TOLU}"), permanent("63003"))
    house.twilio.when(to(SMS if channel == "sms" else f"whatsapp:{TOLU}"), permanent(code))

    answered(house)

    other = {"sms": "whatsapp", "whatsapp": "sms"}[channel]
    assert (stopped(house, channel), stopped(house, other)) == (True, False)
    assert said(house, "Only they can lift it")


def test_a_blocked_customer_who_writes_again_may_be_answered_again(house: House) -> None:
    house.opened()
    house.twilio.when(SendText, permanent("63014"))
    answered(house)

    house.says("sorry, I blocked you by mistake")
    house.works()
    answered(house, "Welcome back.")

    assert house.heard()[-1] == "Welcome back."
    assert not stopped(house, "whatsapp")


def test_start_by_sms_lifts_what_21610_set(house: House) -> None:
    house.studio(channel="sms", address=SMS)
    house.says("uploads fail", From=SMS, To="+34910000000")
    house.works()
    house.twilio.when(SendText, permanent("21610"))
    answered(house)
    bound = stopped(house, "sms")

    house.clock.passes(60)
    house.says("START", From=SMS, To="+34910000000", OptOutType="START")
    house.works()
    answered(house, "Welcome back.")

    assert bound
    assert not stopped(house, "sms")
    assert house.owed(channel="sms")[-1].state == "accepted"


def test_what_the_carrier_gives_no_reason_for_is_tried_once_more_and_then_told(house: House) -> None:
    house.opened()
    answered(house)
    first = house.owed(channel="whatsapp")[0].id

    house.reports(first, "undelivered", code="30008")
    house.works()
    early = len(house.heard())
    house.clock.passes(31)
    house.works()
    second = house.owed(channel="whatsapp")[-1]
    house.reports(second.id, "undelivered", code="30008")
    house.works()

    assert (early, house.heard()) == (1, ["Lena here.", "Lena here."])
    assert house.delivery(first).successor_id == second.id
    assert said(house, "NOT DELIVERED")[0].endswith("the carrier gives no reason. Try another way.")


def test_a_question_whose_template_is_refused_goes_as_numbered_text(house: House) -> None:
    house.opened()
    house.clock.passes(30)
    watch.quiet(house.shell)
    house.works()
    row = house.owed(channel="whatsapp")[0]
    house.changes(lambda session: _question(session, row.id))
    house.twilio.when(lambda call: bool(getattr(call, "template", "")), permanent("21655"))
    house.works()

    *_, sent = [call for call in house.twilio.calls if isinstance(call, SendText)]
    assert (sent.template, sent.text) == ("", "Was it solved?")


def _question(session: Any, number: int) -> None:
    row = session.get_one(Delivery, number)
    payload = {**row.payload, "text": "Was it solved?", "template": "HX1"}
    session.add(
        Delivery(
            kind="SendText",
            channel="whatsapp",
            destination=row.destination,
            thread=row.thread,
            lane=1,
            payload=payload,
            message_id=row.message_id,
            ticket_id=row.ticket_id,
            created_at=row.created_at,
        )
    )


def test_a_line_its_topic_refuses_goes_past_it_and_has_its_successor(house: House) -> None:
    house.opened()
    house.telegram.when(lambda call: getattr(call, "thread", None) is not None, permanent("not enough rights"), times=9)

    house.says("anybody?")
    house.works()

    assert house.shown(None)[-1] == "#1 Tolu: anybody?"
    assert all(row.successor_id for row in house.owed(state="failed"))
