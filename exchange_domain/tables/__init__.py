"""All tables, by topic. Importing this module registers them on `SQLModel.metadata`."""

from .accounts import Account, AccountRole, Customer, CustomerMember, Invitation
from .calls import Call, CallDraft, CampaignTally, SeatEndpoint, SeatLeg, Settlement, Shift, SwitchRecord, Transfer
from .campaigns import CallsOfDay, Campaign, CampaignDay, CampaignHours, CampaignManager, Disposition, RetryRule, Script
from .contacts import Contact, ContactNumber, DoNotCall, ListImport, NumberLock
from .flags import Flag
from .ledger import LedgerAccount, LedgerEntry, LedgerTransaction, Tariff
from .leg_events import LegEvent

__all__ = [
    "Account", "AccountRole", "Call", "CallDraft", "CallsOfDay", "Campaign", "CampaignDay", "CampaignHours",
    "CampaignManager", "CampaignTally", "Contact", "ContactNumber", "Customer", "CustomerMember", "Disposition",
    "DoNotCall", "Flag", "Invitation", "LedgerAccount", "LedgerEntry", "LedgerTransaction", "LegEvent", "ListImport",
    "NumberLock", "RetryRule", "Script", "SeatEndpoint", "SeatLeg", "Settlement", "Shift", "SwitchRecord", "Tariff",
    "Transfer",
]  # fmt: skip
