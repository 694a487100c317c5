"""Our texts kept at Twilio: which one in which language, from ``[templates]`` of the policy file."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from channels.protocol import Channel
from channels.wire import CUSTOMER_TAP, TransportError
from conversations.phrases import books
from sla import PolicyError

READY, PAGE = "answer_ready", "page_sev1"  # those that go out after the 24 hours, and so need WhatsApp's approval
# What each is for, and the keys of its buttons as ``say:<key>``; the questions are phrases of the book.
TAPS: Mapping[str, tuple[str, ...]] = {
    READY: ("show_answer",),
    PAGE: (),
    "closed": ("yes", "partly", "no"),
    "ask_same": ("still_broken", "something_new", "just_thanks"),
    "ask_stars": ("1", "2", "3", "4", "5"),
}
UNKNOWN = "20404"  # Twilio's code for what it does not have
_IN_SESSION = 3  # quick replies without approval (twilio.com/docs/content/twilio-quick-reply)
_STEPS = {
    "pending": "wait for WhatsApp's review; until then kept texts go by SMS or wait for the customer",
    "unsubmitted": "submit it for WhatsApp approval in the Twilio console, category utility",
    "rejected": "change its text, submit it as a new one, and put the new SID into [templates]",
    "paused": "WhatsApp paused it after complaints: use another one, or wait for it",
    "disabled": "WhatsApp switched it off for good: make another one",
}
_EXAMPLE = f'{READY} = {{ en = "HX0123456789abcdef0123456789abcdef" }}'


@dataclass(frozen=True, slots=True)
class Templates:
    """Content SIDs by name and language."""

    sids: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def sid(self, name: str, language: str) -> str:
        """The one in the customer's language, else the English one; "" for none."""
        named = self.sids.get(name, {})
        return named.get(language.replace("_", "-").split("-")[0].lower()) or named.get("en", "")


def read_templates(table: Any) -> Templates:
    """Checks ``[templates]``. Raises PolicyError naming the place, what is wrong and an example."""
    if not isinstance(table, dict):
        raise PolicyError(f"templates: it is a table; example: [templates] {_EXAMPLE}")
    unknown = sorted(f"templates.{name}" for name in set(table) - set(TAPS))
    if unknown:
        raise PolicyError(f"unknown {', '.join(unknown)}; the table knows {', '.join(TAPS)}")
    return Templates({name: _languages(name, sids) for name, sids in table.items()})


def _languages(name: str, sids: Any) -> dict[str, str]:
    if not isinstance(sids, dict):
        raise PolicyError(f"templates.{name}: it names one Content SID a language; example: {_EXAMPLE}")
    for language, sid in sids.items():
        where = f"templates.{name}.{language}"
        if language not in books():
            raise PolicyError(f"{where}: {language!r} is no language we speak; they are {', '.join(sorted(books()))}")
        if not isinstance(sid, str) or not re.fullmatch(r"HX[0-9a-fA-F]{32}", sid):
            raise PolicyError(f"{where}: {sid!r} is no Content SID of Twilio; example: {_EXAMPLE}")
    return sids


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to say of one configured template; ``step`` is what to do next where it is not ``ok``."""

    name: str
    language: str
    sid: str
    ok: bool
    words: str
    step: str = ""


def check(channel: Channel, templates: Templates) -> list[Verdict]:
    """Asks Twilio for every configured template and its review; makes network calls, one or two each."""
    rows = [(name, language, sid) for name, named in templates.sids.items() for language, sid in named.items()]
    return [Verdict(name, language, sid, *_judged(channel, name, sid)) for name, language, sid in rows]


def _judged(channel: Channel, name: str, sid: str) -> tuple[bool, str, str]:
    try:
        found = channel.review(sid)
    except TransportError as error:
        if error.code == UNKNOWN:
            return False, "unknown: Twilio has no template under this SID", "correct the SID in [templates]"
        return False, f"could not be asked: {error}", "try again; `flask doctor` looks at the account"
    wanted = tuple(CUSTOMER_TAP + key for key in TAPS[name])
    if not set(wanted) <= set(found.taps):
        has = ", ".join(filter(None, found.taps)) or "none"
        return False, f"wrong: its buttons have the ids {has}", f"make one whose buttons have {', '.join(wanted)}"
    if found.state in ("approved", "rejected", "paused", "disabled"):
        reason = f": {found.reason}" if found.reason else ""
        return found.state == "approved", found.state + reason, _STEPS.get(found.state, "")
    if name not in (READY, PAGE):
        crowded = found.kind == "twilio/quick-reply" and len(found.taps) > _IN_SESSION
        step = "list the choices instead (twilio/list-picker)" if crowded else ""
        return not crowded, "needs no approval within the 24 hours", step
    state = "unsubmitted" if found.state == "unsubmitted" else "pending"
    return False, state, _STEPS[state]
