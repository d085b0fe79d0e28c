"""A list of the demo into a campaign, by the same import as a customer's upload."""

import asyncio
from datetime import datetime
from pathlib import Path

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from exchange_domain.importing import ImportOptions, ImportResult, open_workbook, preview, read_contacts
from exchange_domain.importing.storing import import_list
from exchange_domain.tables import Campaign

# An import makes its contacts due at one moment; a demo shows more when they are called in the list's order.
IN_ORDER = text("""
update contact c set due_at = cast(:due as timestamptz) + n.place * interval '1 ms'
from (select id, row_number() over (order by id) as place from contact where import_id = :import) n
where c.id = n.id
""")


def _read(file: Path, options: ImportOptions) -> ImportResult:
    workbook = open_workbook(file.read_bytes(), file.name)
    mapping = preview(workbook, rules=options.rules).proposed_mapping
    return read_contacts(workbook, None, mapping, options)


async def load(s: AsyncSession, campaign_id: int, owner: int, file: Path, due_from: datetime) -> dict[str, int]:
    """Imports the file with the proposed mapping; its contacts are due from `due_from` on, in their order.

    Returns the import's counts. Raises UnreadableList.
    """
    campaign = await s.get_one(Campaign, campaign_id)
    options = ImportOptions(campaign.country, campaign.default_prefix, campaign.time_zone)
    stored = await import_list(s, campaign_id, owner, file.name, await asyncio.to_thread(_read, file, options), "ru")
    await s.execute(IN_ORDER, {"due": due_from, "import": stored.import_id})
    return stored.report
