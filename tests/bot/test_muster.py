"""An hour before a hotline each who is on is asked on every channel; red rings ever higher until somebody is on."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.examine import legs
from bot.hotline import muster
from bot.hotline.enrol import import_roster
from bot.hotline.roster import load_rota
from bot.hotline.shoots import import_shoots
from channels.telephone import RingUp
from channels.wire import EditText, SendText, TransportError
from models import Channel, Confirmation, Delivery, Muster, Ticket, Trial
from oncall.rota import who
from tests.bot.house import GROUP, LENA, SID, House, twilio_form
from tests.bot.paging import LENAS, MARCOS, PRIYAS, TOMASS, private, texts
from tests.bot.test_phoned import sends
from tests.webhooks.doors import posts

SHOOT = "studio,starts_at,ends_at,timezone,title\nAdeyemi Photo,2026-11-28T15:00,2026-11-28T23:00,Europe/Madrid,Wedding"
OPENS = datetime(2026, 11, 27, 17, 0, tzinfo=UTC)  # Friday 18:00 in Madrid
HOUR = timedelta(hours=1)
CREW = f"""
[[person]]
name = "Lena"
roles = ["primary"]
phone = "{LENAS}"
telegram = 501

[[person]]
name = "Tomas"
roles = ["backup"]
phone = "{TOMASS}"
language = "es"
verified = true

[[person]]
name = "Priya"
roles = ["engineer"]
phone = "{PRIYAS}"
verified = true

[[person]]
name = "Marco"
roles = ["lead"]
phone = "{MARCOS}"
telegram = 502
verified = true
"""
MARCO = {"id": 502, "is_bot": False, "first_name": "Marco"}


@pytest.fixture
def friday(house: House) -> House:
    """An hour and a second before the hotline opens, telephones switched on."""
    channels = {**house.shell.channels, "voice": house.shell.channels["twilio"]}
    house.shell = replace(house.shell, channels=channels, senders={**house.shell.senders, "voice": "+34910000001"})
    house.studio()
    house.clock.moment = OPENS - 4 * HOUR
    import_roster(house.shell, CREW.encode())
    import_shoots(house.shell, SHOOT.encode(), "csv")
    house.clock.moment = OPENS - HOUR - timedelta(seconds=1)
    looks(house)
    return house


def looks(house: House, until: datetime | None = None, step: float = 60) -> None:
    while True:
        muster.look(house.shell)
        house.works()
        if until is None or house.clock.now() >= until:
            return
        house.clock.passes(min(step, (until - house.clock.now()).total_seconds()))


def calls(house: House, number: str) -> list[str]:
    return [call.text for call in house.twilio.calls if isinstance(call, RingUp) and call.to == number]


def card(house: House) -> list[str]:
    """The newest words of the roll-call's card."""
    shown = [
        call.text
        for call in house.telegram.calls
        if isinstance(call, SendText | EditText) and call.to == str(GROUP) and "Roll-call" in call.text
    ]
    return shown[-1].split("\n")


def code(house: House, number: str) -> str:
    """What the newest test page to a number asks to be answered with."""
    return next(word for word in texts(house, number)[-1].split() if word[0].isdigit() and word[-1] == "t")


def taps(house: House, key: str, sender: dict[str, object]) -> None:
    house.updates(
        callback_query={
            "id": str(next(house.numbers)),
            "from": sender,
            "chat_instance": "1",
            "data": key,
            "message": house.private("page", sender),
        }
    )
    house.works()


def button(house: House, user: int) -> str:
    asked = [call for call in house.telegram.calls if isinstance(call, SendText) and call.to == str(user)]
    return asked[-1].options[0].key


def presses(house: House, number: str, key: str) -> str:
    row = [row for row in house.rows(Delivery) if row.kind == "RingUp" and row.destination == number][-1]
    fields = {"CallSid": "CA1", "AccountSid": SID, "CallStatus": "in-progress", "Digits": key}
    answer = posts(house.shell, twilio_form(f"/webhooks/twilio/voice/{row.id}", fields)).get_data(as_text=True)
    house.works()
    return answer


def test_sixty_minutes_before_each_who_is_on_gets_one_button_and_a_test_page_on_every_telephone(friday: House) -> None:
    before = len(friday.rows(Trial))

    friday.clock.passes(1)
    looks(friday)

    assert before == 3  # what the import itself has asked of Lena
    assert (
        private(friday, 501)[-1]
        == "Hotline 18:00: you are on as primary. Reply 4t to say that you are there, 4n if you cannot."
    )
    assert texts(friday, TOMASS) == [
        "Línea directa 18:00: estás de guardia como backup. Responde 7t para decir que estás, 7n si no puedes."
    ]
    assert calls(friday, PRIYAS) == [
        "The hotline opens 18:00. You are on as engineer. Press 4 to say that you are there, 5 if you cannot."
    ]
    assert texts(friday, MARCOS) == []
    assert card(friday)[0] == "📋 Roll-call: hotline 18:00 to Mon 06:00, 1 studio with 1 shoot"
    assert card(friday)[1].startswith("🔴 Lena, primary: has not confirmed")


def test_a_tap_a_code_and_a_key_each_say_i_am_here_and_prove_the_channel(friday: House) -> None:
    looks(friday, OPENS - HOUR)

    taps(friday, button(friday, 501), LENA)
    sends(friday, code(friday, TOMASS), TOMASS)
    heard = presses(friday, PRIYAS, "4")
    looks(friday)

    proven = {(row.person_id, row.kind) for row in friday.rows(Channel) if row.verified_at}
    assert private(friday, 501)[-1] == "Thank you, Lena: you are on as primary."
    assert "you are on as engineer" in heard
    assert (1, "telegram") in proven
    assert (1, "sms") not in proven  # Lena answered in Telegram; her telephone is as unproven as it was
    assert len(friday.rows(Confirmation)) == 3
    assert card(friday)[1] == "✅ Lena, primary: is here (17:00); Telegram answered; SMS tried; call tried"
    assert card(friday)[-1] == "The crew is complete. Test pages have reached all."
    assert friday.rows(Ticket) == []


def test_any_other_key_hears_it_again_and_is_no_answer(friday: House) -> None:
    looks(friday, OPENS - HOUR)

    heard = presses(friday, PRIYAS, "7")

    assert "Press 4 to say that you are there" in heard
    assert "?asked=1" in heard
    assert friday.rows(Confirmation) == []


def test_red_climbs_to_the_leads_then_to_everybody_every_quarter_of_an_hour_until_somebody_is_on(friday: House) -> None:
    looks(friday, OPENS - HOUR)
    taps(friday, button(friday, 501), LENA)
    sends(friday, code(friday, TOMASS), TOMASS)
    rung = []
    for minutes in (-31, -30, -1, 0, 15, 30):
        looks(friday, OPENS + timedelta(minutes=minutes))
        rung.append([len(texts(friday, number)) for number in (PRIYAS, MARCOS, LENAS)])

    assert rung == [[1, 0, 2], [2, 1, 2], [2, 1, 2], [3, 2, 3], [4, 3, 4], [5, 4, 5]]
    assert texts(friday, MARCOS)[0] == (
        "Hotline 18:00: Priya (engineer) has not confirmed. Reply 14t once you have read this, "
        "and ring them or stand in. 14t1: Ring Priya. 14t2: Put Tomas in. 14t3: I take it."
    )

    sends(friday, code(friday, PRIYAS), PRIYAS)
    quiet = len(texts(friday, MARCOS))
    looks(friday, OPENS + 2 * HOUR)
    assert len(texts(friday, MARCOS)) == quiet


def test_reading_the_red_page_puts_a_lead_on_for_nothing_and_standing_in_does(friday: House) -> None:
    looks(friday, OPENS - HOUR / 2)
    sends(friday, code(friday, MARCOS), MARCOS)
    read = friday.rows(Confirmation)

    friday.writes("hello", sender=MARCO)
    told = friday.told(friday.taps(f"v1:stand:{friday.one(Muster).id}", MARCO)) or ""
    friday.works()
    looks(friday)

    with friday.shell.db.reading() as session:
        on = [one.name for one in who(load_rota(session, OPENS), "engineer", OPENS)]
    assert read == []
    assert told == ""
    assert on == ["Marco"]
    assert card(friday)[-1].startswith("The crew is complete.")


def test_the_button_of_the_card_confirms_and_one_who_may_hold_nothing_missing_is_told_so(friday: House) -> None:
    looks(friday, OPENS - HOUR)
    number = friday.one(Muster).id

    queries = [friday.taps(f"v1:here:{number}", LENA), friday.taps(f"v1:stand:{number}", LENA)]
    friday.works()
    told = [friday.told(query) or "" for query in queries]

    assert told[0].startswith("Thank you: you are on as primary. Still missing: ")
    assert told[1] == "Nothing that you may hold is missing; a lead can stand in for any role."


def test_a_roll_call_slept_through_begins_late_and_hurries_nobody(friday: House) -> None:
    friday.clock.moment = OPENS + timedelta(minutes=20)

    looks(friday, OPENS + timedelta(minutes=34))
    begun = len(texts(friday, PRIYAS))
    looks(friday, OPENS + timedelta(minutes=35))

    assert (begun, len(texts(friday, PRIYAS))) == (1, 2)


def test_who_has_said_stop_is_not_tried_there_and_is_named(friday: House) -> None:
    sends(friday, "STOP", TOMASS, OptOutType="STOP")
    friday.twilio.when(
        lambda call: isinstance(call, SendText) and call.to == PRIYAS,
        TransportError("no", code="21610", permanent=True),
    )

    looks(friday, OPENS - HOUR)
    named = [one.words for one in legs(friday.shell)["rota"]()]
    sends(friday, "START", TOMASS, OptOutType="START")

    assert texts(friday, TOMASS) == []
    assert "Tomas has said STOP by sms, so nothing rings there; START from that telephone ends it" in named
    assert "Priya has said STOP by sms, so nothing rings there; START from that telephone ends it" in named
    assert [row.kind for row in friday.rows(Channel) if row.stopped_at and row.person_id == 2] == []


def test_i_cant_on_the_card_by_code_or_by_key_passes_it_on_and_rings_the_leads_at_once(friday: House) -> None:
    looks(friday, OPENS - HOUR)
    before = len(texts(friday, MARCOS))

    query = friday.taps(f"v1:cannot:{friday.one(Muster).id}", LENA)
    friday.works()
    told = friday.told(query)
    sends(friday, code(friday, TOMASS).replace("t", "n"), TOMASS)
    heard = presses(friday, PRIYAS, "5")
    looks(friday)

    with friday.shell.db.reading() as session:
        on = [who(load_rota(session, OPENS), role, OPENS) for role in ("primary", "backup", "engineer")]
    assert told == "Passed on: you are not primary; the leads are rung."
    assert texts(friday, TOMASS)[-1].startswith("Gracias, Tomas: ya no estás de guardia como backup")
    assert "you are not on as engineer" in heard
    assert on == [(), (), ()]
    assert len(texts(friday, MARCOS)) == before + 3
    assert "nobody is primary" in texts(friday, MARCOS)[0]
    assert "🔴 Priya, engineer: cannot be there" in card(friday)


def test_who_could_not_and_now_can_says_so_and_has_the_turn_again(friday: House) -> None:
    looks(friday, OPENS - HOUR)
    number = friday.one(Muster).id
    friday.taps(f"v1:cannot:{number}", LENA)
    friday.works()

    query = friday.taps(f"v1:here:{number}", LENA)
    friday.works()
    told = friday.told(query)

    assert (told or "").startswith("Thank you: you are on as primary.")


def test_a_lead_is_rung_with_choices_and_rings_them_again_puts_another_in_or_takes_it(friday: House) -> None:
    looks(friday, OPENS - HOUR)
    taps(friday, button(friday, 501), LENA)
    sends(friday, code(friday, TOMASS), TOMASS)
    looks(friday, OPENS - HOUR / 2)
    asked = [call for call in friday.telegram.calls if isinstance(call, SendText) and call.to == "502"][-1]
    before = len(texts(friday, PRIYAS))

    taps(friday, asked.options[0].key, MARCO)
    again = len(texts(friday, PRIYAS))
    heard = presses(friday, MARCOS, "2")
    looks(friday)
    with friday.shell.db.reading() as session:
        put = [one.name for one in who(load_rota(session, OPENS), "engineer", OPENS)]
    sends(friday, f"{code(friday, MARCOS)}3", MARCOS)
    looks(friday)

    assert [one.label for one in asked.options] == ["Ring Priya", "Put Tomas in", "I take it", "I have read it"]
    assert (
        "Press 4 when you have heard this. 1: Ring Priya. 2: Put Tomas in. 3: I take it." in calls(friday, MARCOS)[-1]
    )
    assert again == before + 1
    assert "Tomas is rung now as backup, engineer." in heard
    assert put == ["Tomas"]
    assert private(friday, 502)[-1] == "Priya is rung now as engineer."
    assert texts(friday, MARCOS)[-1] == "Thank you, Marco: you are on as engineer."
    assert card(friday)[-1].startswith("The crew is complete.")
