"""The customers' lines of facts/users.md section 2 get the topic and level of conversations.md's rubric."""

import pytest

from triage import Category, Facts, Model, Severity, classify, in_shoot

LINES = [
    ("2.1", "PAYMENT NOT WORKING brides dad card failed twice", "payment", 1, False),
    ("2.2", "two big films stop at forty percent ... the couple gets the gallery tonight at eight ... "
            "the photos went fine", "upload", 2, False),
    ("2.3", "hi how do i put a watermark on my gallery?", "delivery", 3, False),
    ("2.3", "wait, I see photos of strangers in my gallery", "access", 1, True),
    ("2.4", "gallery link not opening", "delivery", 2, False),
    ("2.4", "galery link not openning", "delivery", 2, False),
    ("2.5", "invoices show the wrong VAT since yesterday", "payment", 2, False),
    ("2.6", "galleries don't load for my clients", "delivery", 2, False),
    ("2.6", "all my galleries are blank", "delivery", 2, False),
    ("2.6", "gallery 502?", "delivery", 2, False),
    ("2.6", "my client can't open the gallery", "delivery", 2, False),
    ("2.8", "still broken", "other", 2, False),
    ("2.8", "thanks! 👍", "other", 3, False),
    ("2.8", "also, how do I ...?", "other", 3, False),
    ("2.8", "hm", "other", 3, False),
    ("2.9", "STOP", "other", 3, False),
    ("2.10", "the tracking. and 1 star from me. three days, four people, same questions. disgrace",
     "delivery", 2, False),
    ("2.11", "can I still change the cover of album 88? it goes to print monday 12", "delivery", 3, False),
    ("2.11", "Show my answer", "other", 3, False),
    ("2.12", "the calendar is double booking again", "booking", 2, False),
    ("2.12", "norte", "other", 3, False),
    ("2.12", "hold lopez. and refund them the deposit pls", "payment", 3, False),
    ("2.13", "why is my account locked??? wedding tomorrow, my couple cant see anything", "compliance", 1, False),
    ("2.14", "please delete all data you have about me", "compliance", 2, True),
    ("2.15", "😂😂😂", "other", 3, False),
    ("2.15", "earn 500$ daily click bit.example/x", "other", 3, False),
    ("2.15", "asdkjjjj", "other", 3, False),
    ("2.15", "Thanks for contacting Adeyemi Photo, we reply in 24 h", "other", 3, False),
]  # fmt: skip


@pytest.mark.parametrize(("script", "text", "category", "severity", "safety"), LINES)
def test_a_customers_line_of_the_scripts_is_understood(
    *, script: str, text: str, category: str, severity: int, safety: bool, model: Model
) -> None:
    guess = classify(text, Facts(), model)

    assert (guess.category, guess.severity, guess.safety) == (Category(category), Severity(severity), safety), guess


def test_a_failing_login_in_a_live_shoot_is_a_stop(model: Model) -> None:
    guess = in_shoot(classify("login fails", Facts(tier="agency"), model))

    assert (guess.category, guess.severity) == (Category.ACCESS, Severity.SEV1)
