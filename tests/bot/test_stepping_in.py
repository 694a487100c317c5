"""An update that was promised and does not come: the owner, the backup and the lead hear of it in time (script 2.7)."""

from bot.pager import rungs
from channels.wire import SendText
from models import Page, Person, Ticket
from tests.bot.house import LENA, TOMAS, House
from tests.bot.paging import LENAS, MARCOS, ROTA, on_call, private, texts
from tests.bot.test_muster import taps as taps_privately
from tests.bot.test_watch import passes

MINUTE = 60
SENT = "We are still on it. Next update here by 18:20."


def promised(house: House, quiet: str = "") -> int:
    """A SEV2 of an Agency studio that Lena has, at noon; 14:30 is promised in Madrid."""
    on_call(house, ROTA.replace("telegram = 501", f'telegram = 501\nquiet = "{quiet}"' if quiet else "telegram = 501"))
    house.writes("hello", sender=TOMAS)
    thread = house.opened("contracts cannot be signed, the sign button does nothing on phones")
    house.writes("/sev 2 one way round", thread)
    house.taps("v1:take:1")
    house.works()
    house.writes("/next 14:30", thread)
    house.works()
    return thread


def later(house: House, minutes: float) -> None:
    passes(house, minutes * MINUTE)
    rungs.climb(house.shell)
    house.works()
    passes(house, 2)


def asked(house: House, user: int) -> SendText:
    return [call for call in house.telegram.calls if isinstance(call, SendText) and call.to == str(user)][-1]


def test_ten_minutes_before_the_owner_is_told_privately_and_one_tap_sends_the_draft(house: House) -> None:
    promised(house)
    later(house, 20)

    nudge = asked(house, 501)
    taps_privately(house, nudge.options[0].key, LENA)
    passes(house, 2)

    assert nudge.text == f"#1 Tolu: an update is promised by 14:30. Draft: “{SENT}”"
    assert house.heard()[-1].startswith("We are still on it. Next update here by")
    assert private(house, 501)[-1] == "Sent in your name."


def test_the_owner_may_write_it_or_offer_the_ticket_to_a_colleague_who_has_to_accept(house: House) -> None:
    thread = promised(house)
    later(house, 20)

    nudge = asked(house, 501)
    for option in nudge.options[1:]:
        taps_privately(house, option.key, LENA)
        house.works()

    assert [option.label for option in nudge.options] == ["Send it", "I'll write", "Give to Tomas"]
    assert private(house, 501)[-2:] == [
        "Good: answer in the topic of #1.",
        "Offered to Tomas in the topic; it is yours until they accept.",
    ]
    assert [text for text in house.shown(thread) if "Lena writes the update." in text]
    assert [text for text in house.shown(thread) if "Lena hands #1 over to you. It is Lena's until you accept." in text]
    assert house.one(Ticket).owner_id == LENA["id"]

    house.taps(f"v1:accept:1:{LENA['id']}:{TOMAS['id']}", sender=TOMAS)
    house.works()
    taps_privately(house, nudge.options[2].key, LENA)
    house.works()

    assert house.one(Ticket).owner_id == TOMAS["id"]
    assert private(house, 501)[-1] == "#1 is not yours any more: its topic says who has it."


def test_five_minutes_before_the_backup_is_asked_and_who_steps_in_has_the_ticket(house: House) -> None:
    promised(house)
    later(house, 25)

    question = asked(house, 502)
    taps_privately(house, question.options[0].key, TOMAS)
    passes(house, 2)

    assert private(house, 502)[-1] == "#1 es tuyo."
    assert question.text == "#1 Tolu: la noticia prometida antes de 14:30 no ha llegado aún. ¿Puedes intervenir?"
    assert house.one(Ticket).owner_id == TOMAS["id"]
    assert house.heard()[-1].startswith("You're with Tomas now.")


def test_quiet_hours_hold_the_private_words_back_and_the_topic_has_them(house: House) -> None:
    thread = promised(house, "12:00-18:00")

    later(house, 20)

    assert private(house, 501) == []
    assert [text for text in house.shown(thread) if "an update is promised by 14:30" in text]


def test_at_the_time_the_lead_is_rung_the_customer_is_told_so_and_who_takes_it_has_the_ticket(house: House) -> None:
    thread = promised(house)

    later(house, 30)
    rung = texts(house, MARCOS)
    later(house, 10)
    with house.shell.db.writing() as session:
        marco = session.query(Person).filter_by(name="Marco").one()
        assert marco.agent_id is None
    house.taps("v1:ack:1:promise", sender=TOMAS)
    house.works()

    assert len(rung) == 1
    assert rung[0].startswith("PROMISE MISSED #1 Adeyemi Photo: contracts cannot be signed")
    assert rung[0].endswith("Reply 1p to take it.")
    assert (
        "It's 14:30, Tolu. We promised you news by now and don't have it yet. I've asked our support lead to step in: "
        "you hear from a person by 15:00."
    ) in house.heard()
    assert len(texts(house, LENAS)) == 1  # ten minutes later everybody is asked
    assert house.one(Ticket).owner_id == TOMAS["id"]
    assert [text for text in house.shown(thread) if "the promised update did not come, please step in" in text]


def test_a_persons_word_ends_the_ringing(house: House) -> None:
    thread = promised(house)
    later(house, 31)

    house.writes("/r Dana, Lena here. Sorry, we left you waiting.", thread)
    house.works()
    later(house, 10)

    assert house.one(Page).ended_at is not None
    assert texts(house, LENAS) == []
