"""All tables, by topic. Importing this module registers them on `SQLModel.metadata`."""

from .accounts import (
    Account,
    AccountRole,
    Customer,
    CustomerMember,
    Invitation,
    ManagerHours,
    ManagerPresence,
    OutsideIdentity,
    Passkey,
    RecoveryCode,
    SecondFactor,
    SipCredential,
)
from .administration import AuditEntry, HouseRule
from .api import ApiReply, ApiToken, CustomerEvent, WebhookDelivery, WebhookEndpoint
from .calls import Call, CallDraft, CampaignTally, SeatEndpoint, SeatLeg, Settlement, Shift, SwitchRecord, Transfer
from .campaigns import CallsOfDay, Campaign, CampaignDay, CampaignHours, CampaignManager, Disposition, RetryRule, Script
from .certificates import Certificate, CertificateKind
from .contacts import Contact, ContactCount, ContactNumber, DoNotCall, NumberLock
from .flags import Flag
from .ledger import LedgerAccount, LedgerEntry, LedgerTransaction, Tariff
from .leg_events import LegEvent
from .limits import CarriedLeg, Carrier, CarrierRate, CustomerLines, DestinationPrefix, PriceCeiling, SpendCap
from .list_imports import ListImport, ListImportRemark, RememberedMapping
from .money import Dispute, EarningRelease, Payment, PaymentNotice, Payout, PayoutApproval, PayoutBatch
from .papers import ExportFile, Mail, Paper
from .practice import Aptitude, PracticeContact, PracticeNote, PracticeRun
from .recordings import Erasure, Listening, LiveListening, Recording, RecordingErasure
from .reviews import Appeal, Hearing, HearingNote, Review, ScoreCard
from .switches import SeatPromise, Switch
from .workspace import LineQuality, ProblemReport, SoundCheck, TourSeen

__all__ = [
    "Account",
    "AccountRole",
    "ApiReply",
    "ApiToken",
    "Appeal",
    "Aptitude",
    "AuditEntry",
    "Call",
    "CallDraft",
    "CallsOfDay",
    "Campaign",
    "CampaignDay",
    "CampaignHours",
    "CampaignManager",
    "CampaignTally",
    "CarriedLeg",
    "Carrier",
    "CarrierRate",
    "Certificate",
    "CertificateKind",
    "Contact",
    "ContactCount",
    "ContactNumber",
    "Customer",
    "CustomerEvent",
    "CustomerLines",
    "CustomerMember",
    "DestinationPrefix",
    "Disposition",
    "Dispute",
    "DoNotCall",
    "EarningRelease",
    "Erasure",
    "ExportFile",
    "Flag",
    "Hearing",
    "HearingNote",
    "HouseRule",
    "Invitation",
    "LedgerAccount",
    "LedgerEntry",
    "LedgerTransaction",
    "LegEvent",
    "LineQuality",
    "ListImport",
    "ListImportRemark",
    "Listening",
    "LiveListening",
    "Mail",
    "ManagerHours",
    "ManagerPresence",
    "NumberLock",
    "OutsideIdentity",
    "Paper",
    "Passkey",
    "Payment",
    "PaymentNotice",
    "Payout",
    "PayoutApproval",
    "PayoutBatch",
    "PracticeContact",
    "PracticeNote",
    "PracticeRun",
    "PriceCeiling",
    "ProblemReport",
    "Recording",
    "RecordingErasure",
    "RecoveryCode",
    "RememberedMapping",
    "RetryRule",
    "Review",
    "ScoreCard",
    "Script",
    "SeatEndpoint",
    "SeatLeg",
    "SeatPromise",
    "SecondFactor",
    "Settlement",
    "Shift",
    "SipCredential",
    "SoundCheck",
    "SpendCap",
    "Switch",
    "SwitchRecord",
    "Tariff",
    "TourSeen",
    "Transfer",
    "WebhookDelivery",
    "WebhookEndpoint",
]
