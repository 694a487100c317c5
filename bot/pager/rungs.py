"""Time moves pages on: rungs that come due, rings that reached nobody (sla.md section 6)."""

from sqlalchemy import literal_column, select

from bot.pager import pages
from bot.scene import open_ticket_scene
from bot.shell import Shell
from bot.sweeps import sweep_due
from models import Page, Ring
from oncall.kinds import CameDue, ChannelFailed

_FAILED = Ring.state == literal_column("'failed'")  # written in, for the partial index


def climb(shell: Shell) -> None:
    """Each page is worked on under its ticket's lock: what another worker has done by then is seen and left."""
    sweep_due(shell, select(Page.ticket_id).join(Ring).where(_FAILED).distinct(), _move, "pages")
    due = select(Page.ticket_id).where(Page.due_at.is_not(None), Page.due_at <= shell.clock.now())
    sweep_due(shell, due.order_by(Page.due_at), _move, "pages")


def _move(shell: Shell, number: int) -> None:
    with shell.db.writing() as session:
        scene = open_ticket_scene(shell, session, number)
        assert scene is not None
        now = scene.now
        on = pages.crew_now(scene)
        for row in pages.still(scene):
            lost = select(Ring).where(Ring.page_id == row.id, _FAILED).order_by(Ring.id).with_for_update()
            for ring in session.scalars(lost).all():
                ring.state = "over"
                pages.play(scene, row, ChannelFailed(now, on, ring.person_id, ring.channel, ring.rung))
            if row.due_at is not None and row.due_at <= now:
                pages.play(scene, row, CameDue(now, on))
