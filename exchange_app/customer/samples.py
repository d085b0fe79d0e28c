"""Fields of a campaign's list, and contacts to see a script with."""

from dataclasses import dataclass, field

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

_LOOKED_AT = 200
"""Contacts whose fields are listed; a list has the same columns in all its rows."""

NAMES = text(f"""
select key, count(*) as filled from
  (select fields from contact where campaign_id = :campaign order by id limit {_LOOKED_AT}) c,
  jsonb_object_keys(c.fields) key
group by key order by key
""")

CONTACT = text("""
select c.id, c.name, c.fields, n.person_name from contact c
left join lateral (select person_name from contact_number where contact_id = c.id order by position limit 1) n on true
where c.campaign_id = :campaign and c.id > :after order by c.id limit 1
""")


@dataclass(frozen=True)
class Sample:
    """A contact as a script sees it. `contact_id` 0: there is none."""

    contact_id: int = 0
    contact_name: str = ""
    person_name: str = ""
    values: dict[str, str] = field(default_factory=dict)


async def field_names(s: AsyncSession, campaign_id: int) -> list[str]:
    """What can stand between the braces: the columns of the list."""
    return [row.key for row in await s.execute(NAMES, {"campaign": campaign_id})]


async def sample(s: AsyncSession, campaign_id: int, after: int = 0) -> Sample:
    """The next contact after that one; the first again after the last."""
    row = (await s.execute(CONTACT, {"campaign": campaign_id, "after": after})).first()
    if row is None and after:
        row = (await s.execute(CONTACT, {"campaign": campaign_id, "after": 0})).first()
    if row is None:
        return Sample()
    values = {str(k): str(v) for k, v in row.fields.items()}
    return Sample(row.id, row.name, row.person_name or "", values)
