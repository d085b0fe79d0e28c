"""Checks of the books against the records: what was charged equals price × what the record says.

Written in SQL, and so a second time: a mistake in `tariffs.price` or `settling` is not made here too.
"""

# The tariff's words once more. Seconds are billed up to the call's limit; a charge never exceeds what was held.
_DUE = r"""
select x.*, t.operator_share_bp, t.operator_per_call, k.settled, r.leg is not null as recorded,
  coalesce(r.body->'variables'->>'answer_uepoch' ~ '[1-9]', false) as record_answered,
  case when x.answered then t.per_answered_call + (t.per_minute * x.billed_s + 59) / 60
       + case when k.outcome = 'success' then t.per_success else 0 end else 0 end as price,
  -- What is no plain number was read in Python's way once, and is not judged here.
  case when not coalesce(r.body->'variables'->>'answer_uepoch' ~ '[1-9]', false) then 0
       when r.body->'variables'->>'billsec' ~ '^[0-9]{1,12}$'
       then least(cast(r.body->'variables'->>'billsec' as bigint), x.limit_s)
       else x.billed_s end as record_s,
  (select coalesce(sum(e.amount), 0) from ledger_transaction h join ledger_entry e on e.transaction_id = h.id
   join ledger_account l on l.id = e.account_id
   where h.idempotency_key = 'hold:' || x.call_id and l.kind = 'customer_hold') as held
from settlement x join call k on k.id = x.call_id join tariff t on t.id = k.tariff_id
left join switch_record r on r.leg = x.call_id
"""

_MOVED = """
(select coalesce(sum(e.amount), 0) from ledger_entry e join ledger_account a on a.id = e.account_id
 where e.transaction_id in (x.transaction_id, x.correction_id) and a.{whose} is not null)
"""


def _count(where: str) -> str:
    return f"select count(*) from ({_DUE}) x where {where}"


CHECKS = {
    "settlements that differ from their entries": (
        f"select count(*) from settlement x where x.charge <> -{_MOVED.format(whose='customer_id')} "
        f"or x.operator_pay <> {_MOVED.format(whose='operator_id')}"
    ),
    "settled by the record, but not as it says": _count(
        "x.source = 'record' and (x.billed_s <> x.record_s or x.answered is distinct from x.record_answered)"
    ),
    "settled by a record that is not there": _count("x.source = 'record' and not x.recorded"),
    "charges that are not the price": _count("x.charge + x.shortfall <> least(x.price, x.held)"),
    "operators' pay that is not their part of the price": _count(
        "x.source <> 'not_placed' and x.operator_pay - x.overpaid <> "
        "x.price * x.operator_share_bp / 10000 + x.operator_per_call"
    ),
    "settlements whose call does not know it": _count("not x.settled"),
    "calls that believe to be settled and are not": (
        "select count(*) from call k where k.settled and not exists (select from settlement x where x.call_id = k.id)"
    ),
    "corrections without their settlement": (
        "select count(*) from ledger_transaction t where t.kind = 'correct' "
        "and not exists (select from settlement x where x.correction_id = t.id)"
    ),
}
