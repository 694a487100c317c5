"""Keys pressed during a page's call: 4 takes it, 5 passes it on, anything else hears it again twice."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot import alarm_to
from bot.hotline import muster_acts
from bot.pager import acks, trials
from bot.pager.page_words import spoken, worded
from bot.scene import open_ticket_scene
from bot.shell import Shell
from channels.telephone import KEYS
from channels.twiml import Spoken
from models import Channel, Page, Person, Ring

_TAKE, _PASS = "4", "5"
_REPEATS = 2


def pressed(shell: Shell, delivery: int, key: str, asked: int) -> Spoken | None:
    """What the person hears now; None for no call of ours. Only a key that means something is a success."""
    with shell.db.reading() as session:
        found = select(Page, Ring.person_id).join(Ring).where(Ring.delivery_id == delivery, Ring.channel == "voice")
        rows = session.execute(found.order_by(Page.id)).all()
        person = session.get(Person, rows[0][1]) if rows else None
        if person is None:
            return _tried(shell, delivery, key, asked)
        words = spoken(session, person, [page for page, _ in rows])
    if key not in (_TAKE, _PASS):
        again = f"{shell.public_url}{KEYS}{delivery}?asked={asked + 1}" if asked < _REPEATS else ""
        return Spoken(words if again else worded(person.language, "no_key"), person.language, again)
    told = [_answered(shell, delivery, page.id, key) for page, _ in rows]
    shell.wakes.deliver.set()
    return Spoken(" ".join(dict.fromkeys(told)), person.language)


def _tried(shell: Shell, delivery: int, key: str, asked: int) -> Spoken | None:
    """A test page's call, or an alarm's."""
    with shell.db.writing() as session:
        trial = trials.called(session, delivery)
        if trial is None:
            return alarm_to.heard(shell, session, delivery, asked)
        meant = {_TAKE: "", **({_PASS: muster_acts.REFUSED} if trial.muster_id else {})}
        meant |= {str(number): str(number) for number, _ in enumerate(trial.choices.split(), 1)}
        if key not in meant:
            return trials.again(shell, session, trial, asked)
        words = muster_acts.tried(shell, session, trial, meant[key])
        return Spoken(words, session.get_one(Person, session.get_one(Channel, trial.channel_id).person_id).language)


def _answered(shell: Shell, delivery: int, number: int, key: str) -> str:
    """One page under its own ticket's lock; this call itself is not hung up, as it has yet to say so."""
    with shell.db.writing() as session:
        page, person = _of(session, delivery, number)
        scene = open_ticket_scene(shell, session, page.ticket_id)
        assert scene is not None
        session.refresh(page)
        mine = (Ring.delivery_id == delivery, Ring.page_id == number)
        session.execute(update(Ring).where(*mine).values(state="over"))
        if key == _PASS and page.ended_at is None:
            return acks.pass_on(scene, page, person)
        return acks.by_person(scene, page, person, "keypad")


def _of(session: Session, delivery: int, number: int) -> tuple[Page, Person]:
    ring = session.scalars(select(Ring).where(Ring.delivery_id == delivery, Ring.page_id == number)).first()
    assert ring is not None
    return session.get_one(Page, number), session.get_one(Person, ring.person_id)
