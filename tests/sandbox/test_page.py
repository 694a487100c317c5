"""The sandbox's page, in a real browser against a real sandbox process."""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.support.needs import needs
from tests.support.sandbox import GROUP, WHATSAPP, Sandbox, running

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
BOT = "bot123456:sandbox"
TOLU = "+34600000001"
ACCOUNT = "AC" + "0" * 32


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    found = next(filter(None, map(shutil.which, NAMES)), None)
    needs(found is not None, f"a browser to open the page with: none of {', '.join(NAMES)} is installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    directory = tmp_path_factory.mktemp("page")
    with running(directory, None, "--clock", str(directory / "clock.json")) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(process: Sandbox) -> Sandbox:
    process.post("reset")
    return process


Open = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, sandbox: Sandbox) -> Iterator[Open]:
    """``open_page(width, height)``; at the end no page may have complained or asked another host."""
    complaints: list[str] = []
    pages: list[Page] = []

    def opened(width: int = 1440, height: int = 900) -> Page:
        page = browser.new_page(viewport={"width": width, "height": height})
        page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda asked: None if asked.url.startswith(sandbox.base) else complaints.append(asked.url))
        page.goto(sandbox.base)
        expect(page.locator("#link")).to_have_text("live")
        pages.append(page)
        return page

    yield opened
    for page in pages:
        page.close()
    assert complaints == []


def bot(sandbox: Sandbox, method: str, **parameters: Any) -> Any:
    answer = requests.post(f"{sandbox.base}/{BOT}/{method}", json=parameters, timeout=10).json()
    assert answer["ok"], answer
    return answer["result"]


def with_topic(sandbox: Sandbox, name: str = "#1 payment") -> int:
    number: int = bot(sandbox, "createForumTopic", chat_id=GROUP, name=name)["message_thread_id"]
    return number


def entries(page: Page, text: str) -> Any:
    return page.locator("#entries tr.entry", has_text=text)


def test_the_page_loads_and_tells_a_newcomer_what_to_do(open_page: Open) -> None:
    page = open_page()

    expect(page.locator("#talk")).to_contain_text("No messages yet. Write as this customer below")
    expect(page.locator("#posts")).to_contain_text("When a customer writes on the phone")
    expect(page.locator("#no-entries")).to_be_visible()


def test_what_a_person_types_shows_on_the_phone_and_in_the_ledger(open_page: Open, sandbox: Sandbox) -> None:
    page = open_page()
    box = page.get_by_label("Write as the customer")
    box.fill("My card failed twice")

    box.press("Enter")

    expect(page.locator("#talk .bubble.mine .text")).to_have_text("My card failed twice")
    expect(entries(page, "says")).to_have_count(1)
    [said] = sandbox.get("twilio/messages", address=f"whatsapp:{TOLU}")["messages"]
    assert (said["body"], said["to"]) == ("My card failed twice", f"whatsapp:{WHATSAPP}")


def test_an_added_customer_writes_by_sms_and_telegram(open_page: Open, sandbox: Sandbox) -> None:
    page = open_page()
    page.get_by_role("button", name="Add").click()
    page.get_by_label("Name").fill("Marta")
    page.get_by_label("Phone number").fill("+34600000002")
    page.locator("#ask .main").click()
    expect(page.locator("#person option:checked")).to_have_text("Marta · +34600000002")

    for channel in ("SMS", "Telegram"):
        page.get_by_role("tab", name=channel).click()
        page.get_by_label("Write as the customer").fill(f"by {channel}")
        page.locator("#write").get_by_role("button", name="Send").click()
        expect(page.locator("#talk .bubble.mine .text")).to_have_text(f"by {channel}")

    [sms] = sandbox.get("twilio/messages", address="+34600000002")["messages"]
    assert (sms["from"], sms["body"]) == ("+34600000002", "by SMS")
    assert sandbox.get("telegram/chats/600000002")["messages"][0]["from"]["first_name"] == "Marta"


def test_a_reset_is_asked_for_twice(open_page: Open, sandbox: Sandbox) -> None:
    sandbox.post("twilio/say", **{"from": TOLU, "body": "Hello"})
    page = open_page()
    page.get_by_role("button", name="Reset").click()
    page.locator("#ask").get_by_role("button", name="Cancel").click()
    expect(page.locator("#talk .bubble")).to_have_count(1)

    page.get_by_role("button", name="Reset").click()
    page.locator("#ask .main").click()

    expect(page.locator("#talk .bubble")).to_have_count(0)
    assert sandbox.ledger() == []


def test_what_people_write_is_text_and_never_markup(open_page: Open, sandbox: Sandbox) -> None:
    page, nasty = open_page(), '<img src="/nowhere" onerror="document.title=1"><b>x</b>'

    sandbox.post("twilio/say", **{"from": TOLU, "body": nasty, "name": nasty})
    sandbox.post("telegram/say", chat_id=GROUP, user_id=501, text=nasty)

    expect(page.locator("#talk .bubble .text")).to_have_text(nasty)
    expect(page.locator("#posts .bubble .text")).to_have_text(nasty)
    entries(page, "says").click()
    expect(page.locator("tr.detail")).to_contain_text("document.title=1")
    assert page.title() == "Backstop sandbox"


def test_a_failed_message_says_its_code_in_words(open_page: Open, sandbox: Sandbox) -> None:
    page = open_page()
    form = {"From": f"whatsapp:{WHATSAPP}", "To": f"whatsapp:{TOLU}", "Body": "Nobody wrote within 24 hours"}

    url = f"{sandbox.base}/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    assert requests.post(url, form, auth=(ACCOUNT, "sandbox-auth-token"), timeout=10).status_code == 201

    expect(page.locator("#talk .tick.bad")).to_contain_text("✕ failed 63016: ")


def test_a_delivered_message_can_be_read(open_page: Open, sandbox: Sandbox) -> None:
    sandbox.post("twilio/say", **{"from": TOLU, "body": "Hello"})
    form = {"From": f"whatsapp:{WHATSAPP}", "To": f"whatsapp:{TOLU}", "Body": "Good morning"}
    url = f"{sandbox.base}/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    requests.post(url, form, auth=(ACCOUNT, "sandbox-auth-token"), timeout=10)
    page = open_page()

    page.get_by_role("button", name="Read it").click()

    expect(page.locator("#talk .tick.read")).to_have_text("✓✓ read")


def test_an_agents_message_shows_in_its_topic_with_its_entities(open_page: Open, sandbox: Sandbox) -> None:
    topic = with_topic(sandbox)
    bot(sandbox, "sendMessage", chat_id=GROUP, message_thread_id=topic, text="<b>SEV1</b> <i>!</i>", parse_mode="HTML")
    page = open_page()
    page.get_by_label("Tomas").check()
    page.locator("#posts .bubble.bot").click()
    expect(page.locator("#post .strip")).to_contain_text("Replying to: SEV1 !")
    box = page.get_by_label("Write in the topic")
    box.fill("I look into it")

    box.press("Enter")

    expect(page.locator("#posts .bubble.mine")).to_contain_text("Tomas (you)")
    expect(page.locator("#posts .bubble.mine .text")).to_have_text("I look into it")
    expect(page.locator("#posts .bubble.bot b", has_text="SEV1")).to_be_visible()
    [said] = sandbox.ledger(provider="telegram", flow="person")
    assert (said["request"]["user_id"], said["request"]["message_thread_id"]) == (502, topic)


def test_a_message_is_edited_by_right_click(open_page: Open, sandbox: Sandbox) -> None:
    topic = with_topic(sandbox)
    sandbox.post("telegram/say", chat_id=GROUP, user_id=501, message_thread_id=topic, text="by Mondey")
    page = open_page()
    page.locator("#posts .bubble.mine").click(button="right")
    page.get_by_role("menuitem", name="Edit").click()
    box = page.get_by_label("Write in the topic")
    box.fill("by Monday")

    box.press("Enter")

    expect(page.locator("#posts .bubble.mine .text")).to_have_text("by Monday")
    expect(page.locator("#posts .bubble.mine .stamp")).to_contain_text("edited")


def test_a_tapped_button_reaches_the_bot(open_page: Open, sandbox: Sandbox) -> None:
    keyboard = {"inline_keyboard": [[{"text": "I take it", "callback_data": "v1:take:1"}]]}
    topic = with_topic(sandbox)
    bot(sandbox, "sendMessage", chat_id=GROUP, message_thread_id=topic, text="Card", reply_markup=keyboard)
    page = open_page()

    page.get_by_role("button", name="I take it").click()

    expect(entries(page, "tap")).to_have_count(1)
    [update] = [row for row in bot(sandbox, "getUpdates") if "callback_query" in row]
    assert (update["callback_query"]["data"], update["callback_query"]["from"]["id"]) == ("v1:take:1", 501)
    bot(sandbox, "answerCallbackQuery", callback_query_id=update["callback_query"]["id"], text="#1 is yours")
    expect(page.locator(".toast")).to_have_text("Backstop: #1 is yours")


def test_other_topics_tell_how_much_is_new(open_page: Open, sandbox: Sandbox) -> None:
    first, second = with_topic(sandbox, "#1 first"), with_topic(sandbox, "#2 second")
    page = open_page()
    expect(page.locator("#topics button[aria-current]")).to_contain_text("#2 second")

    sandbox.post("telegram/say", chat_id=GROUP, user_id=502, message_thread_id=first, text="look here")

    badge = page.locator("#topics button", has_text="#1 first").locator(".badge")
    expect(badge).to_have_text("1 new")
    page.locator("#topics button", has_text="#1 first").click()
    expect(badge).to_have_count(0)
    assert second > first


def test_a_call_rings_and_its_keys_are_pressed(open_page: Open, sandbox: Sandbox) -> None:
    page = open_page()
    twiml = '<Response><Gather numDigits="1" timeout="60"><Say>Press 1 to take it</Say></Gather></Response>'
    form = {"From": WHATSAPP, "To": "+34600000009", "Twiml": twiml}

    url = f"{sandbox.base}/2010-04-01/Accounts/{ACCOUNT}/Calls.json"
    requests.post(url, form, auth=(ACCOUNT, "sandbox-auth-token"), timeout=10)

    call = page.get_by_role("article", name="Call with +34600000009")
    call.get_by_role("button", name="Answer").click()
    expect(call).to_contain_text("Backstop says: “Press 1 to take it”")
    call.get_by_role("button", name="Key 1", exact=True).click()
    expect(call).to_have_count(0)
    [done] = sandbox.get("twilio/calls")["calls"]
    assert {"by": "+34600000009", "key": "1"} in done["transcript"]


def test_a_fault_is_switched_on_shown_and_removed(open_page: Open, sandbox: Sandbox) -> None:
    page = open_page()
    page.get_by_role("button", name="Faults").click()
    page.get_by_label("What happens").select_option("status")
    page.locator("#fault-form").get_by_label("Provider").select_option("telegram")
    page.get_by_label("Times").fill("2")

    page.get_by_role("button", name="Switch on").click()

    expect(page.locator(".fault-row")).to_contain_text("status 429 · telegram · call · any method · 2 more")
    requests.post(f"{sandbox.base}/{BOT}/getMe", timeout=10)
    expect(page.locator("#entries tr.fault")).to_contain_text("status:getMe")
    expect(entries(page, "429 too many")).to_have_count(1)
    page.get_by_role("button", name="Remove status").click()
    expect(page.locator("#fault-list")).to_contain_text("No faults are on")
    assert sandbox.get("faults")["faults"] == []


def test_an_entry_opens_with_its_json_and_a_command(open_page: Open, sandbox: Sandbox) -> None:
    bot(sandbox, "sendMessage", chat_id=GROUP, text="It's here")
    page = open_page()

    page.get_by_role("button", name="Entry 1, open").click()

    expect(page.locator("tr.detail")).to_contain_text('"text": "It\'s here"')
    expect(page.locator("tr.detail")).to_contain_text(f"curl -X POST '{sandbox.base}/{BOT}/sendMessage'")


def test_the_ledger_is_filtered(open_page: Open, sandbox: Sandbox) -> None:
    bot(sandbox, "getMe")
    sandbox.post("twilio/say", **{"from": TOLU, "body": "Hello"})
    page = open_page()
    expect(page.locator("#counted")).to_have_text("2 entries")

    page.locator("#ledger").get_by_label("Provider").select_option("twilio")

    expect(page.locator("#counted")).to_have_text("1 of 2 entries")
    expect(page.locator("#entries tr.entry")).to_contain_text("says")


def test_the_ledger_keeps_the_last_500_rows(open_page: Open, sandbox: Sandbox) -> None:
    page = open_page()

    with requests.Session() as session:
        for _ in range(520):
            session.get(f"{sandbox.base}/{BOT}/getMe", timeout=10)

    expect(page.locator("#entries tr.entry").last).to_contain_text("520")
    expect(page.locator("#entries tr.entry")).to_have_count(500)


def test_the_clock_goes_an_hour_ahead(open_page: Open, sandbox: Sandbox) -> None:
    sandbox.post("clock", shows="2026-11-28T13:00:00+00:00")
    page = open_page()
    expect(page.locator("#now")).to_have_text("Sat, 28 Nov 2026, 13:00 UTC")

    page.get_by_role("button", name="+1 h").click()

    expect(page.locator("#now")).to_have_text("Sat, 28 Nov 2026, 14:00 UTC")


def test_a_reset_by_somebody_else_is_noticed(open_page: Open, sandbox: Sandbox) -> None:
    sandbox.post("twilio/say", **{"from": TOLU, "body": "Hello"})
    page = open_page()
    expect(page.locator("#talk .bubble")).to_have_count(1)

    sandbox.post("reset")

    expect(page.locator("#talk .bubble")).to_have_count(0)
    expect(page.locator("#entries tr")).to_have_count(0)


@pytest.mark.parametrize("view", ["Phone", "Group", "Ledger"])
def test_a_small_screen_shows_one_pane_at_a_time(open_page: Open, sandbox: Sandbox, view: str) -> None:
    bot(sandbox, "sendMessage", chat_id=GROUP, message_thread_id=with_topic(sandbox, "word " * 20), text="long" * 90)
    page = open_page(390, 844)

    page.locator("#views").get_by_role("button", name=view).click()

    expect(page.locator(f"#{view.lower()}")).to_be_visible()
    assert page.locator(".pane:visible").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_an_open_page_does_not_keep_a_sandbox_from_stopping(tmp_path: Path) -> None:
    with running(tmp_path) as sandbox:
        stream = requests.get(f"{sandbox.base}/sandbox/ledger/stream", stream=True, timeout=10)
        began = time.monotonic()

    with closing(stream):
        assert time.monotonic() - began < 3
