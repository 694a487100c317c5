"""What we keep: SQLAlchemy models, one module per aggregate; they never commit."""

from models.alarms import Alarm
from models.base import Base
from models.buckets import Bucket
from models.calls import IncomingCall
from models.conversations import Conversation, Message
from models.deliveries import Delivery
from models.desk import Agent, Audit, Canned, Group, Member, Overview, Role, Topic
from models.hotline import HotlineWindow, Shoot
from models.inbox import Inbound
from models.incidents import Incident, IncidentTicket, StatusCopy, StatusLine
from models.media import Media
from models.musters import Muster, Trial
from models.oncall import Absence, Channel, Confirmation, Override, Person, Rotation, Shift
from models.pages import Page, Ring
from models.studios import Address, Contact, Studio
from models.tickets import Batch, Clock, Policy, Rating, Ticket, TicketEvent
from models.watermarks import Watermark
from models.workers import Anchor, Worker

__all__ = [
    "Absence",
    "Address",
    "Agent",
    "Alarm",
    "Anchor",
    "Audit",
    "Base",
    "Batch",
    "Bucket",
    "Canned",
    "Channel",
    "Clock",
    "Confirmation",
    "Contact",
    "Conversation",
    "Delivery",
    "Group",
    "HotlineWindow",
    "Inbound",
    "Incident",
    "IncidentTicket",
    "IncomingCall",
    "Media",
    "Member",
    "Message",
    "Muster",
    "Override",
    "Overview",
    "Page",
    "Person",
    "Policy",
    "Rating",
    "Ring",
    "Role",
    "Rotation",
    "Shift",
    "Shoot",
    "StatusCopy",
    "StatusLine",
    "Studio",
    "Ticket",
    "TicketEvent",
    "Topic",
    "Trial",
    "Watermark",
    "Worker",
]
