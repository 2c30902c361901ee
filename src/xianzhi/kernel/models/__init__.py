"""The kernel's records, by noun."""

from xianzhi.kernel.models.access import (
    AccessRecord,
    DutyProposal,
    Guesses,
    Invitation,
    PastPassword,
    RecoveryCode,
    SecondFactor,
    Session,
)
from xianzhi.kernel.models.accounts import Account, Post, PostChange
from xianzhi.kernel.models.announcements import Announcement
from xianzhi.kernel.models.assignments import Assignment
from xianzhi.kernel.models.cases import Case, CaseQuerySet, Event, Reminder, SearchText, Series
from xianzhi.kernel.models.documents import Batch, BatchRow, DocumentChange, OfficialDocument
from xianzhi.kernel.models.exchange import Attachment, ExchangeEntry, Inbound, Outbound, Partner
from xianzhi.kernel.models.instruments import Clause, Edition, InstrumentChange, PublishedInstrument, Wording
from xianzhi.kernel.models.ledger import Checkpoint, LogEntry, LogHead, LogNode, PendingLeaf
from xianzhi.kernel.models.looks import CaseKey, Look, LookHead
from xianzhi.kernel.models.marks import Mark
from xianzhi.kernel.models.materials import Material
from xianzhi.kernel.models.money import MoneyAccount, MoneyEntry, MoneyLine
from xianzhi.kernel.models.obligations import Obligation
from xianzhi.kernel.models.parameters import ParameterValue
from xianzhi.kernel.models.subjects import Subject
from xianzhi.kernel.models.tables import TableBatch, TableEntry
from xianzhi.kernel.models.tokens import (
    ApiToken,
    Delivery,
    IncomingFile,
    RequestCount,
    Subscription,
    TokenUse,
)
from xianzhi.kernel.models.units import Unit, UnitFunction

__all__ = [
    "AccessRecord",
    "Account",
    "Announcement",
    "ApiToken",
    "Assignment",
    "Attachment",
    "Batch",
    "BatchRow",
    "Case",
    "CaseKey",
    "CaseQuerySet",
    "Checkpoint",
    "Clause",
    "Delivery",
    "DocumentChange",
    "DutyProposal",
    "Edition",
    "Event",
    "ExchangeEntry",
    "Guesses",
    "Inbound",
    "IncomingFile",
    "InstrumentChange",
    "Invitation",
    "LogEntry",
    "LogHead",
    "LogNode",
    "Look",
    "LookHead",
    "Mark",
    "Material",
    "MoneyAccount",
    "MoneyEntry",
    "MoneyLine",
    "Obligation",
    "OfficialDocument",
    "Outbound",
    "ParameterValue",
    "Partner",
    "PastPassword",
    "PendingLeaf",
    "Post",
    "PostChange",
    "PublishedInstrument",
    "RecoveryCode",
    "Reminder",
    "RequestCount",
    "SearchText",
    "SecondFactor",
    "Series",
    "Session",
    "Subject",
    "Subscription",
    "TableBatch",
    "TableEntry",
    "TokenUse",
    "Unit",
    "UnitFunction",
    "Wording",
]
