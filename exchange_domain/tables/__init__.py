"""All tables, by topic. Importing this module registers them on `SQLModel.metadata`."""

from .accounts import Account, AccountRole, Customer, CustomerMember, Invitation, SipCredential
from .calls import (
    Call,
    CallDraft,
    CampaignTally,
    SeatEndpoint,
    SeatLeg,
    Settlement,
    Shift,
    SwitchRecord,
    Transfer,
)
from .campaigns import Campaign, CampaignHours, CampaignManager, Disposition, RetryRule, Script
from .contacts import Contact, ContactNumber, DoNotCall, ListImport, NumberLock
from .flags import Flag
from .ledger import LedgerAccount, LedgerEntry, LedgerTransaction, Tariff

__all__ = [
    "Account", "AccountRole", "Call", "CallDraft", "Campaign", "CampaignHours", "CampaignManager", "CampaignTally",
    "Contact", "ContactNumber", "Customer", "CustomerMember", "Disposition", "DoNotCall", "Flag", "Invitation",
    "LedgerAccount", "LedgerEntry", "LedgerTransaction", "ListImport", "NumberLock", "RetryRule", "Script",
    "SeatEndpoint", "SeatLeg", "Settlement", "Shift", "SipCredential", "SwitchRecord", "Tariff",
    "Transfer",
]  # fmt: skip
