"""Engineers get facts and one question; what they answer is a draft, and a fix waits for a check."""

from bot.hotline.shoots import import_shoots
from channels.wire import SendText
from models import Page, Ticket
from tests.bot.house import LENA, TOLU, TOMAS, House
from tests.bot.paging import PAYMENT, PRIYAS, on_call, private, texts
from tests.bot.test_muster import taps as taps_privately
from tests.bot.test_phoned import sends
from tests.bot.test_watch import passes

ROTA = f"""
[[person]]
name = "Lena"
roles = ["primary"]
telegram = 501
verified = true

[[person]]
name = "Priya"
roles = ["engineer"]
phone = "{PRIYAS}"
telegram = 577
verified = true
"""
PRIYA = {"id": 577, "is_bot": False, "first_name": "Priya"}
MINUTE = 60
SHOOT = "studio,starts_at,ends_at,timezone,title\nAdeyemi Photo,2026-06-10T13:00,2026-06-10T23:00,Europe/Madrid,Wedding"


def escalated(house: House) -> int:
    """A SEV1 that was answered at noon and escalated; Priya has it. Updates are due every 30 minutes."""
    on_call(house, ROTA)
    thread = house.opened(PAYMENT)
    house.writes("/r Lena here, looking.", thread)
    house.writes("/escalate card charges end with a 5xx", thread)
    house.works()
    sends(house, "1e", PRIYAS)
    return thread


def question(house: House) -> SendText:
    asked = [call for call in house.telegram.calls if isinstance(call, SendText) and call.to == "577" and call.options]
    return asked[-1]


def answers(house: House, answer: str) -> None:
    taps_privately(house, f"say:eng:1:{answer}", PRIYA)


def draft_key(house: House, thread: int, label: str) -> str:
    shown = [call for call in house.telegram.calls if isinstance(call, SendText) and call.thread == thread]
    return next(one.key for call in reversed(shown) for one in call.options if one.label == label)


def test_the_brief_says_what_since_when_how_many_shoot_now_ids_and_what_was_tried(house: House) -> None:
    house.studio()
    import_shoots(house.shell, SHOOT.encode(), "csv")
    thread = escalated(house)

    (brief,) = [text for text in house.shown(thread) if "for engineers" in text]
    lines = brief.split("\n")

    assert lines[0] == "<b>#1 for engineers</b> (SEV1, payment)"
    assert lines[1] == f"What: {PAYMENT}"
    assert lines[2] == "Since: 14:00, 2026-06-10 12:00:00 UTC"
    assert lines[3] == "How many: 1 studio with an open payment ticket of SEV1 or SEV2"
    assert lines[4] == "Shoot now: yes, until 23:00"
    assert lines[5].startswith("Ids: ticket 1, studio 1, lines SM")
    assert lines[6] == "Tried: card charges end with a 5xx; Lena here, looking."
    assert TOLU not in brief
    assert texts(house, PRIYAS)[0].endswith("(since 14:00, shoot now). Reply 1e to take it.")


def test_five_minutes_before_an_update_the_engineer_gets_one_question_and_no_other(house: House) -> None:
    thread = escalated(house)

    passes(house, 24 * MINUTE)
    before = len(private(house, 577))
    passes(house, MINUTE + 1)
    passes(house, 3 * MINUTE)

    assert len(private(house, 577)) == before + 1
    assert question(house).text == "#1: one line for customers, due 14:30."
    assert [one.label for one in question(house).options] == ["No change", "Found cause", "Fix is out"]
    assert [text for text in house.shown(thread) if "one line for customers" in text] == [
        "🔧 Priya, #1: one line for customers, due 14:30."
    ]


def test_while_nobody_has_the_page_nobody_is_asked_for_a_line(house: House) -> None:
    on_call(house, ROTA)
    thread = house.opened(PAYMENT)
    house.writes("/r Lena here, looking.", thread)
    house.writes("/escalate", thread)
    house.works()

    passes(house, 26 * MINUTE)

    assert [text for text in house.shown(thread) if "one line for customers" in text] == []


def test_an_answer_is_a_draft_that_reaches_the_customer_only_by_an_agents_tap_and_once(house: House) -> None:
    thread = escalated(house)
    passes(house, 25 * MINUTE + 1)

    answers(house, "cause")
    silent = house.heard()
    for _ in range(2):
        house.taps(draft_key(house, thread, "Send it"))
        house.works()

    assert not [text for text in silent if "cause" in text]
    assert [text for text in house.heard() if "We have found the cause and are working on the fix." in text] == [
        "We have found the cause and are working on the fix. There is nothing for you to do. Next update here by 14:55."
    ]


def test_a_fix_waits_for_a_check_before_the_customer_hears_of_it(house: House) -> None:
    thread = escalated(house)
    passes(house, 25 * MINUTE + 1)

    answers(house, "fix")
    waiting = house.heard()
    house.taps(draft_key(house, thread, "Still broken"), sender=TOMAS)
    house.works()
    passes(house, 2)  # one message a second goes to one person's chat
    told = private(house, 577)[-1]
    house.taps(draft_key(house, thread, "It works: send it"))
    house.works()

    assert [text for text in house.shown(thread) if "Check that it works before the customer hears it." in text]
    assert not [text for text in waiting if "works again" in text]
    assert told == "#1: Tomas has checked, and it is still broken."
    assert "It works again on our side." in house.heard()[-1]
    assert house.heard()[-1].startswith(
        "It works again on our side. Try it once when it suits you, and tell us here if it does not. "
        "Next update by 14:55. Does yours work again?"
    )


def fixed(house: House) -> int:
    thread = escalated(house)
    passes(house, 25 * MINUTE + 1)
    answers(house, "fix")
    house.taps(draft_key(house, thread, "It works: send it"))
    house.works()
    return thread


def test_it_works_closes_the_ticket_in_the_name_of_who_sent_the_fix(house: House) -> None:
    fixed(house)

    house.says("1")
    house.works()

    assert house.one(Ticket).state == "resolved"
    assert house.one(Ticket).owner_id == LENA["id"]
    assert house.heard()[-1].startswith("Good to hear.")


def test_still_not_goes_back_to_engineering_and_starts_the_wait_for_a_person(house: House) -> None:
    thread = fixed(house)

    house.says("2")
    house.works()
    passes(house, 2)

    assert house.one(Ticket).state == "open"
    assert house.heard()[-1].startswith("Thanks, Tolu. We look at yours now")
    assert private(house, 577)[-1] == "#1: Tolu has checked, and it is still broken."
    assert "ℹ️ Tolu has checked: #1 is still broken. Engineering goes on." in house.shown(thread)  # noqa: RUF001
    assert house.promise("NR").state == "running"


def test_a_typed_cause_is_a_draft_with_the_engineers_words_and_nothing_goes_out_unread(house: House) -> None:
    thread = escalated(house)
    house.admits(PRIYA)

    house.writes("Found cause: partner rejects tokens.", thread, sender=PRIYA)
    house.works()
    unread = house.heard()
    house.taps(draft_key(house, thread, "Send it"))
    house.works()

    assert not [text for text in unread if "partner" in text]
    assert house.heard()[-1] == (
        "We have found the cause: partner rejects tokens. We are working on the fix, and there is nothing for you to "
        "do. Next update here by 14:30."
    )


def test_a_cause_typed_privately_by_who_has_the_page_is_the_same_draft(house: House) -> None:
    thread = escalated(house)

    house.updates(message=house.private("found cause: partner rejects tokens", PRIYA))
    house.works()

    assert private(house, 577)[-1] == "Thank you. The agents have it."
    assert [text for text in house.shown(thread) if "Priya: found cause. Ready to send:" in text]
    assert house.one(Ticket).id == 1


def test_such_words_of_anybody_else_are_a_note(house: House) -> None:
    thread = escalated(house)

    house.writes("found cause: I think it is the bank", thread, sender=TOMAS)
    house.works()

    assert not [text for text in house.shown(thread) if "Ready to send" in text]


def test_the_question_in_the_topic_is_for_engineers_and_who_has_the_page(house: House) -> None:
    escalated(house)
    passes(house, 25 * MINUTE + 1)

    refused = house.taps("v1:eng:1:fix", sender=LENA)
    house.admits(PRIYA)
    taken = house.taps("v1:eng:1:same", sender=PRIYA)
    house.works()

    assert house.told(refused) == "Only an engineer can say that; a lead gives the role: /role @name engineer."
    assert house.told(taken) == "Thank you. The agents have it."


def test_a_how_to_rings_nobody_and_cannot_be_escalated(house: House) -> None:
    on_call(house, ROTA)
    thread = house.opened("How do I change the colour of my gallery?")
    house.writes("/escalate they ask again", thread)
    house.works()

    assert house.one(Ticket).severity == 3
    assert house.rows(Page) == []
    assert texts(house, PRIYAS) == []
    assert "engineering is asked only for SEV1 and SEV2" in house.shown(thread)[-1]


def test_a_shoot_of_a_studio_without_a_hotline_lifts_what_is_blocked_by_one_level(house: House) -> None:
    house.studio(tier="pro")
    import_shoots(house.shell, SHOOT.encode(), "csv")

    house.opened("gallery link not opening", tier="pro")

    assert house.one(Ticket).severity == 1
    assert "shoot running: raised SEV2 -> SEV1" in house.one(Ticket).reasons
