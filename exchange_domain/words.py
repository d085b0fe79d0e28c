"""The field's words, one meaning each: states and kinds that tables, engine and pages share."""

from enum import StrEnum


class Role(StrEnum):
    """What an account may do on the platform. Customers' people get theirs from their membership."""

    OPERATOR = "operator"
    CUSTOMER = "customer"
    MANAGER = "manager"
    MODERATOR = "moderator"
    ADMIN = "admin"


class ListeningAct(StrEnum):
    """What is written down of a moderator on a live call."""

    LISTEN = "listen"
    WHISPER = "whisper"
    STEP_IN = "step_in"
    STOP = "stop"


class ListeningMode(StrEnum):
    """Who hears a moderator that is in on a live call."""

    LISTEN = "listen"
    """Nobody."""
    WHISPER = "whisper"
    """The operator."""
    STEP_IN = "step_in"
    """The operator and the contact."""


class MemberRole(StrEnum):
    """What a member does for a customer: the owner orders and pays, the manager takes transfers."""

    OWNER = "owner"
    MANAGER = "manager"


class EndpointKind(StrEnum):
    """How a person's audio leg is reached. `browser` and `sip` both register as a SIP user."""

    BROWSER = "browser"
    SIP = "sip"
    NUMBER = "number"


class SipUserKind(StrEnum):
    """What signs in as a SIP user: the person's page, or a telephone of theirs."""

    BROWSER = "browser"
    PHONE = "phone"


class CampaignStatus(StrEnum):
    DRAFT = "draft"
    ACTIVE = "active"
    PAUSED = "paused"
    OUT_OF_FUNDS = "out_of_funds"
    FINISHED = "finished"


class ContactStatus(StrEnum):
    """Waiting: callable once due. Working: an operator's call holds it. Done: nothing more to call."""

    WAITING = "waiting"
    WORKING = "working"
    DONE = "done"


class NumberState(StrEnum):
    GOOD = "good"
    WRONG = "wrong"


class Outcome(StrEnum):
    """What every disposition of every campaign maps to."""

    SUCCESS = "success"
    REFUSED = "refused"
    WRONG_NUMBER = "wrong_number"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    UNREACHABLE = "unreachable"
    DROPPED = "dropped"
    CALL_BACK = "call_back"
    DO_NOT_CALL = "do_not_call"


RETRIED = frozenset({Outcome.NO_ANSWER, Outcome.BUSY, Outcome.UNREACHABLE, Outcome.DROPPED})
"""Outcomes after which the contact is tried again by the campaign's retry rules."""


class CallState(StrEnum):
    CLAIMED = "claimed"
    RINGING = "ringing"
    TALKING = "talking"
    TRANSFERRING = "transferring"
    WRAP_UP = "wrap_up"
    CLOSED = "closed"


ON_THE_LINE = (CallState.CLAIMED, CallState.RINGING, CallState.TALKING, CallState.TRANSFERRING)
"""States in which the contact's number is in use."""


class TransferState(StrEnum):
    RINGING = "ringing"
    CONSULTING = "consulting"
    COMPLETED = "completed"
    RETURNED = "returned"
    FAILED = "failed"


class OperatorState(StrEnum):
    """What the call strip of an operator shows."""

    OFF_SHIFT = "off_shift"
    CONNECTING = "connecting"
    READY = "ready"
    RINGING = "ringing"
    TALKING = "talking"
    TRANSFERRING = "transferring"
    WRAP_UP = "wrap_up"
    CONNECTION_LOST = "connection_lost"


class FieldKind(StrEnum):
    """Types of the fields that an operator fills in."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"
    CHOICES = "choices"
    YES_NO = "yes_no"


class LedgerKind(StrEnum):
    """Kinds of ledger accounts. A positive balance of a customer's or operator's account is money owed to them."""

    CUSTOMER_FUNDS = "customer_funds"
    CUSTOMER_HOLD = "customer_hold"
    OPERATOR_PENDING = "operator_pending"
    OPERATOR_AVAILABLE = "operator_available"
    OPERATOR_PAYOUT = "operator_payout"
    """Asked for, and not sent yet."""
    PLATFORM_REVENUE = "platform_revenue"
    BONUS_EXPENSE = "bonus_expense"
    CASH_IN = "cash_in"
    PAYOUTS = "payouts"
    TELEPHONY_COST = "telephony_cost"
    DISPUTED = "disputed"
    """What customers were charged and contest, until it is decided."""
    CARRIER_PAYABLE = "carrier_payable"
    """What is owed to carriers for the legs they carried."""


class RecordSource(StrEnum):
    """Where a settled length came from: the switch's record, or the end the engine saw when no record came."""

    RECORD = "record"
    EVENT = "event"
    NOT_PLACED = "not_placed"


class DoNotCallSource(StrEnum):
    """Who put a number on a do-not-call list: a contact in a call, the customer's people, an administrator."""

    CALL = "call"
    CUSTOMER = "customer"
    ADMIN = "admin"


class LegEventKind(StrEnum):
    """What is kept of a leg's events. The two of its end: the first sign of it, and the one that has its figures."""

    ANSWERED = "answered"
    SEEN = "seen"
    """The switch had the leg still when it was asked."""
    HUNGUP = "hungup"
    COMPLETED = "completed"


UNSEEN_END = "NORMAL_TEMPORARY_FAILURE"
"""Cause of a leg that was gone when the engine came to ask, and of which no record says how it ended."""


class FlagKind(StrEnum):
    """What moderators are told of."""

    DUPLICATE_CONTACT = "duplicate_contact"
    OWN_CONTACT = "own_contact"
    """An operator tried to be given a contact she entered."""
    OVERRUNS_OF_CAMPAIGN = "overruns_of_campaign"
    OVERRUNS_OF_OPERATOR = "overruns_of_operator"
    ABUSIVE_CONTACT = "abusive_contact"
    RECORDING_LOST = "recording_lost"
    RECORDING_DELAYED = "recording_delayed"
    """Recordings wait on the switch: its disk is full, or the storage is away."""
    RECORD_MISSING = "record_missing"
    """A call's length is not known for certain: neither the switch's record nor the end of its leg was seen."""
    SETTLEMENT_CORRECTED = "settlement_corrected"
    """The switch's record came late and said something else than what was charged."""
    CAP_REACHED = "cap_reached"
    DESTINATION_REFUSED = "destination_refused"
    """A number outside the allowed prefixes, or above the price ceiling, was about to be dialled."""
    SWITCH_LOST = "switch_lost"
    PROBLEM_REPORTED = "problem_reported"
    """An operator said that something is wrong with a call: her words are in the report."""
    SILENT_CALL = "silent_call"
    """A long talk in which the operator hardly spoke."""
    FAST_RESULTS = "fast_results"
    """Results written too fast, one after the other, by an operator."""
    SKIPS_IN_ROW = "skips_in_row"
    """Contacts passed over, one after the other, by an operator."""
    SCRIPT_REMARKS = "script_remarks"
    """A running campaign's script has what its operators will stumble over."""


class ProblemKind(StrEnum):
    """What an operator reports about a call."""

    SOUND = "sound"
    SCRIPT = "script"
    CONTACT = "contact"
    PAGE = "page"
    OTHER = "other"


class SoundVerdict(StrEnum):
    """How good a microphone, a room or a line is."""

    GOOD = "good"
    WEAK = "weak"
    BAD = "bad"


class ManagerResult(StrEnum):
    """What came of a transfer, as the manager says."""

    AGREED = "agreed"
    LATER = "later"
    NO_INTEREST = "no_interest"
    NOT_FOR_US = "not_for_us"
    OTHER = "other"


class RecordingState(StrEnum):
    """Where a call's recording is. What was begun ends as stored or lost; later it may expire or be erased."""

    EXPECTED = "expected"
    """The call was answered; the switch has not said yet that it records."""
    RECORDING = "recording"
    WAITING = "waiting"
    """The call is over: the file on the switch waits to be moved to the storage."""
    STORED = "stored"
    LOST = "lost"
    EXPIRED = "expired"
    """Deleted because the campaign keeps recordings no longer."""
    ERASED = "erased"
    """Deleted because the person's number was erased."""


class ImportState(StrEnum):
    """How far an import of a list is. Waiting: for its turn. Done, failed and cancelled are ends."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class ImportPhase(StrEnum):
    """What a running import does: reads the file, adds its contacts, writes the file of remarks."""

    READING = "reading"
    ADDING = "adding"
    REPORTING = "reporting"


class RemarkKind(StrEnum):
    """Why a row of a list is in the file that goes back to the customer."""

    REJECTED = "rejected"
    ELSEWHERE = "elsewhere"
    """Not added: its numbers are in another campaign of the customer."""
    DO_NOT_CALL = "do_not_call"
    WARNING = "warning"
    DUPLICATE = "duplicate"


class Elsewhere(StrEnum):
    """What an import does with a number that another campaign of the customer has."""

    SKIP = "skip"
    KEEP = "keep"
    """It is added here, and stays there."""
    MOVE = "move"
    """It is added here, and leaves campaigns in which it was not called yet."""


class LegalBasis(StrEnum):
    """By what right the customer calls the people of a list (GDPR art. 6; 152-FZ art. 6, 38-FZ art. 18)."""

    CONSENT = "consent"
    CONTRACT = "contract"
    PUBLIC = "public"
    """Business contacts which firms have published themselves."""
    OTHER = "other"


class PilotState(StrEnum):
    """Of a campaign's first calls: still to be made, made and to be looked at, looked at or not wished for."""

    DUE = "due"
    REVIEW = "review"
    OVER = "over"


class ApiScope(StrEnum):
    """What a customer's program may do."""

    CAMPAIGNS_READ = "campaigns:read"
    CAMPAIGNS_WRITE = "campaigns:write"
    CONTACTS_READ = "contacts:read"
    CONTACTS_WRITE = "contacts:write"
    RESULTS_READ = "results:read"
    RECORDINGS_READ = "recordings:read"
    MONEY_READ = "money:read"
    WEBHOOKS_WRITE = "webhooks:write"


class EventKind(StrEnum):
    """What a customer's program can be told of."""

    CALL_CLOSED = "call_closed"
    """A call has its result."""
    CALL_CHANGED = "call_changed"
    """Its price, or what the manager says of it, became known or changed."""
    CAMPAIGN_CHANGED = "campaign_changed"
    """It was started, paused, finished, or stands for want of money."""


class MailState(StrEnum):
    """Kept: there is no mail server; the demo shows such mails on a page."""

    WAITING = "waiting"
    SENT = "sent"
    KEPT = "kept"
    FAILED = "failed"


class ExportKind(StrEnum):
    """What stands in an exported file: a row for each call, or for each contact."""

    RESULTS = "results"
    CONTACTS = "contacts"


class FileFormat(StrEnum):
    XLSX = "xlsx"
    CSV = "csv"
    PARQUET = "parquet"


class ExportState(StrEnum):
    WAITING = "waiting"
    READY = "ready"
    FAILED = "failed"


class PaperKind(StrEnum):
    """An invoice is paid by; an act says what work was done in a month."""

    INVOICE = "invoice"
    ACT = "act"


class DisputeState(StrEnum):
    """Of a contested charge. Refunded and upheld are ends: the customer got it back, or not."""

    OPEN = "open"
    REFUNDED = "refunded"
    UPHELD = "upheld"


class PayoutState(StrEnum):
    """Of an operator's wish to be paid. Paid, failed and cancelled are ends; the money of the latter two is hers."""

    REQUESTED = "requested"
    BATCHED = "batched"
    PAID = "paid"
    FAILED = "failed"
    CANCELLED = "cancelled"


class BatchState(StrEnum):
    """Of payouts that are sent together. Exported: handed to the bank, and not to be changed any more."""

    OPEN = "open"
    APPROVED = "approved"
    EXPORTED = "exported"


class PaymentProvider(StrEnum):
    YOOKASSA = "yookassa"
    STRIPE = "stripe"
    SANDBOX = "sandbox"
    """Moves no money: for the demo and for tests."""


class PaymentState(StrEnum):
    """Of a customer's payment. A paid one stays paid, whatever notices come after."""

    NEW = "new"
    PENDING = "pending"
    PAID = "paid"
    CANCELLED = "cancelled"


class ReviewWay(StrEnum):
    """How a call came to be listened to."""

    RISK = "risk"
    RANDOM = "random"
    COMPLAINT = "complaint"
    """The customer contests its charge, or the operator reported trouble with it."""


class Verdict(StrEnum):
    """What a review comes to."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"


class HearingVerdict(StrEnum):
    """What one moderator finds."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNSURE = "unsure"


class ReviewPay(StrEnum):
    """What a review has done to the operator's pay for the call. Due: decided, and not carried out yet."""

    UNTOUCHED = "untouched"
    DUE = "due"
    RELEASED = "released"
    WITHHELD = "withheld"
    RETURNED = "returned"
    KEPT = "kept"
    """The rejection stands: what was withheld is the platform's."""


class AppealState(StrEnum):
    OPEN = "open"
    GRANTED = "granted"
    REFUSED = "refused"


class PracticeState(StrEnum):
    """Of an aptitude test or a lesson. Only a test is confirmed or given back."""

    OPEN = "open"
    """Its calls are being made, or its recordings are still to be measured."""
    MEASURED = "measured"
    UNHEARD = "unheard"
    """A recording was lost, which is the exchange's fault: it says nothing of the operator."""
    CONFIRMED = "confirmed"
    RETURNED = "returned"
    """A moderator thinks that it should be taken again."""
    LEFT = "left"
    """Another was begun instead."""
