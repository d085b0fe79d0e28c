"""All tables, by topic. Importing this module registers them on `SQLModel.metadata`."""

from .accounts import Account, AccountRole, Customer, CustomerMember, Invitation
from .calls import Call, CallDraft, CampaignTally, Settlement, Shift, SwitchRecord, Transfer
from .campaigns import Campaign, CampaignHours, CampaignManager, Disposition, RetryRule, Script
from .contacts import Contact, ContactNumber, DoNotCall, ListImport, NumberLock
from .flags import Flag
from .ledger import LedgerAccount, LedgerEntry, LedgerTransaction, Tariff
from .recordings import Erasure, Recording, RecordingErasure

__all__ = [
    "Account", "AccountRole", "Call", "CallDraft", "Campaign", "CampaignHours", "CampaignManager",
    "CampaignTally", "Contact", "ContactNumber", "Customer", "CustomerMember", "Disposition", "DoNotCall",
    "Erasure", "Flag", "Invitation", "LedgerAccount", "LedgerEntry", "LedgerTransaction", "ListImport",
    "NumberLock", "Recording", "RecordingErasure", "RetryRule", "Script", "Settlement", "Shift", "SwitchRecord",
    "Tariff", "Transfer",
]  # fmt: skip
