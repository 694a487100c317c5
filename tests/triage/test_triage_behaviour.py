"""What triage promises beside the figures: clauses, negation, typos, lifts, safety topics, reasons, speed."""

import time

import pytest

from triage import Category, Facts, Model, Severity, classify, in_hotline, in_shoot, worse

CALM = Facts()


def read(text: str, model: Model, facts: Facts = CALM) -> tuple[str, str]:
    guess = classify(text, facts, model)
    return guess.category.value, str(guess.severity)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("uploads are fine now but the payout is missing", ("payment", "SEV1")),
        ("uploads are fine now the payout is missing", ("payment", "SEV1")),
        ("payments work again, the reminders are not sent though", ("notification", "SEV2")),
        ("the gallery is ok and nobody can book", ("booking", "SEV1")),
        ("las galerías van bien pero no podemos cobrar", ("payment", "SEV1")),
        ("gallery theek hai lekin payment nahi ho raha", ("payment", "SEV1")),
    ],
)
def test_several_problems_are_separate_clauses(text: str, expected: tuple[str, str], model: Model) -> None:
    assert read(text, model) == expected


@pytest.mark.parametrize(
    "text", ["payment works again", "upload was stuck, fixed now", "ya funciona el pago", "Zahlung geht wieder"]
)
def test_a_resolved_problem_does_not_count(text: str, model: Model) -> None:
    assert in_shoot(classify(text, CALM, model)).severity is Severity.SEV3


@pytest.mark.parametrize(
    "text", ["payments still not fixed", "the upload is not working again", "uploads never sorted"]
)
def test_a_negated_resolution_is_a_problem(text: str, model: Model) -> None:
    assert classify(text, CALM, model).severity is Severity.SEV1


@pytest.mark.parametrize(
    "text",
    [
        "payments are not failing",
        "no photos were lost",
        "nothing is broken, just a question about payouts",
        "my account was not hacked",
        "no falla el pago",
    ],
)
def test_a_negated_problem_is_no_problem(text: str, model: Model) -> None:
    guess = classify(text, CALM, model)

    assert (guess.severity, guess.safety) == (Severity.SEV3, False)


@pytest.mark.parametrize(
    "text",
    [
        "how do I change the upload quality",
        "how do i refund a payment",
        "where can I see my bookings",
        "cómo cambio la tarjeta de mi cuenta",
        "wie kann ich ein Passwort ändern",
        "comment changer ma carte bancaire",
        "how to reset payouts",
        "booking kaise cancel kare",
        "كيف أغير كلمة المرور",
    ],
)
def test_a_how_to_question_is_the_lowest_level_whatever_its_noun(text: str, model: Model) -> None:
    assert in_shoot(classify(text, CALM, model)).severity is Severity.SEV3


def test_a_shoot_running_lifts_a_blocked_function_by_one_level(model: Model) -> None:
    calm = classify("gallery link not opening", CALM, model)
    shooting = in_shoot(calm)

    assert (calm.severity, shooting.severity) == (Severity.SEV2, Severity.SEV1)
    assert "shoot running: raised SEV2 -> SEV1" in shooting.reasons


@pytest.mark.parametrize(("text", "level"), [("I got a copyright strike", 2), ("the logo has the wrong colour", 3)])
def test_a_shoot_running_lifts_nothing_that_is_not_blocked(text: str, level: int, model: Model) -> None:
    assert in_shoot(classify(text, CALM, model)).severity is Severity(level)


@pytest.mark.parametrize(
    "text",
    [
        "payment not working",
        "PAYMENT NOT WORKING",
        "paymnet not workng",
        "Payment: not working!!!",
        "💳 payment not working 😭😭",
    ],
)
def test_typos_capitals_punctuation_and_emojis_change_nothing(text: str, model: Model) -> None:
    assert read(text, model) == ("payment", "SEV1")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("one client can't open her gallery", ("delivery", "SEV2")),
        ("forgot my password", ("access", "SEV3")),
        ("my account is suspended", ("compliance", "SEV1")),
        ("nobody can log in", ("access", "SEV1")),
        ("why does my plan cost more this month", ("payment", "SEV3")),
        ("the reminders never go out", ("notification", "SEV2")),
    ],
)
def test_the_rubric_holds_on_its_own_examples(text: str, expected: tuple[str, str], model: Model) -> None:
    assert read(text, model) == expected


@pytest.mark.parametrize(
    "text",
    [
        "I see another client's photos",
        "charged twice",
        "my photos are gone",
        "mera account hack ho gaya",
        "somebody is in my account",
        "I will sue you",
        "please delete my data",
        "me han cobrado dos veces",
        "meine Fotos sind weg",
        "मेरे फोटो गायब हो गए",
    ],
)
def test_a_safety_topic_is_marked(text: str, model: Model) -> None:
    assert classify(text, CALM, model).safety


def test_a_hypothetical_is_no_safety_topic(model: Model) -> None:
    guess = classify("what happens if a client is charged twice?", CALM, model)

    assert (guess.severity, guess.safety) == (Severity.SEV3, False)


@pytest.mark.parametrize("text", ["", "   ", "😂", "...", "\u200d"])
def test_no_words_give_other_at_the_lowest_level_and_low_confidence(text: str, model: Model) -> None:
    guess = classify(text, Facts(media=2), model)

    assert (guess.category, guess.severity) == (Category.OTHER, Severity.SEV3)
    assert max(guess.category_confidence, guess.severity_confidence) < 0.3
    assert guess.reasons == ("nothing known to go by, 2 attached",)


def test_the_reasons_name_the_words_behind_the_guess(model: Model) -> None:
    guess = classify("the card payment is not working. galleries work again", CALM, model)

    assert guess.reasons == (
        'payment: "card", "payment"',
        'SEV1: payments stopped ("not working")',
        'resolved, not counted: "work again"',
    )


def test_confidences_are_shares_and_a_clear_line_beats_a_vague_one(model: Model) -> None:
    clear = classify("payments are down for everyone", CALM, model)
    vague = classify("it's broken", CALM, model)

    assert 0 <= vague.severity_confidence < clear.severity_confidence <= 1
    assert 0 <= vague.category_confidence < clear.category_confidence <= 1


def test_the_same_line_always_gives_the_same_guess(model: Model) -> None:
    assert len({classify("card failed and gallery blank", CALM, model) for _ in range(20)}) == 1


def test_the_worse_of_two_levels_is_the_more_urgent() -> None:
    assert worse(Severity.SEV3, Severity.SEV1) is Severity.SEV1
    assert str(worse(Severity.SEV2, Severity.SEV3)) == "SEV2"


def test_a_line_of_200_characters_takes_at_most_2_ms_at_the_95th_percentile(model: Model) -> None:
    line = (
        "hi so the paymnt page keeps crashng for my cleints but the galleries are fine now, also remindrs dont arive "
    )
    text = (line * 2)[:200]
    taken = []

    for _ in range(200):
        started = time.process_time_ns()
        classify(text, CALM, model)
        taken.append(time.process_time_ns() - started)

    assert sorted(taken)[190] <= 2_000_000


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        ("one client cannot open her gallery", Severity.SEV1),
        ("uploads fail", Severity.SEV1),
        ("payments are down for everybody", Severity.SEV1),
        ("how do I change the cover of an album?", Severity.SEV3),
        ("what happens if uploads fail?", Severity.SEV3),
        ("thanks", Severity.SEV3),
    ],
)
def test_in_a_hotline_whatever_is_blocked_is_sev1_and_a_question_stays_one(
    model: Model, text: str, severity: Severity
) -> None:
    guess = in_hotline(classify(text, CALM, model))

    assert guess.severity is severity
    assert len([why for why in guess.reasons if why.startswith("hotline: raised")]) <= 1
