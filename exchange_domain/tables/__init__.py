"""All tables, by topic. Importing this module registers them on `SQLModel.metadata`."""

from .accounts import Account, AccountRole, Customer, CustomerMember, Invitation
from .calls import Call, CallDraft, CampaignTally, Settlement, Shift, SwitchRecord, Transfer
from .campaigns import Campaign, CampaignHours, CampaignManager, Disposition, RetryRule, Script
from .contacts import Contact, ContactNumber, DoNotCall, ListImport, NumberLock
from .flags import Flag
from .ledger import LedgerAccount, LedgerEntry, LedgerTransaction, Tariff
from .limits import Carrier, CarrierRate, CustomerLines, DestinationPrefix, PriceCeiling, SpendCap

__all__ = [
    "Account", "AccountRole", "Call", "CallDraft", "Campaign", "CampaignHours", "CampaignManager", "CampaignTally",
    "Carrier", "CarrierRate", "Contact", "ContactNumber", "Customer", "CustomerLines", "CustomerMember",
    "DestinationPrefix", "Disposition", "DoNotCall", "Flag", "Invitation", "LedgerAccount", "LedgerEntry",
    "LedgerTransaction", "ListImport", "NumberLock", "PriceCeiling", "RetryRule", "Script", "Settlement", "Shift",
    "SpendCap", "SwitchRecord", "Tariff", "Transfer",
]  # fmt: skip
