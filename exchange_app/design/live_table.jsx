// A table that takes a snapshot and then patches in order; on a gap it asks for the snapshot again.
import { memo, useEffect, useMemo, useRef, useState } from "react";
import { useText } from "$/utils/i18n";
import { Clock, figures } from "./clock.jsx";

const SUMMARY_MS = 10000, GAP_MS = 300;

function shown(t, column, row, badges) {
  const value = row[column.key];
  switch (column.kind) {
    case "clock": return value ? t.date(value, { timeStyle: "medium" }) : "";
    case "date": return value ? t.date(value, { dateStyle: "short", timeStyle: "short" }) : "";
    case "money": return value === null || value === undefined ? "…" : t.money(value, row[column.currency] ?? column.currency);
    case "number": return value === null || value === undefined ? "" : t.number(value);
    case "length": return value === null || value === undefined ? "" : figures(value * 1000);
    case "running": return row[column.until] ? figures(row[column.until] - value) : value ? <Clock since={value} /> : "";
    case "badge": return badges?.[column.key]?.[value] ?? (value ? <span className="badge k-gray">{value}</span> : "");
    default: return value ?? "";
  }
}

const Row = memo(function Row({ row, columns, badges, fresh, onRow, t, chosen }) {
  return (
    <tr className={`${fresh ? "fresh " : ""}${onRow ? "press " : ""}${chosen ? "sel" : ""}`} data-id={row.id}
      tabIndex={onRow ? 0 : undefined} onClick={onRow ? () => onRow(String(row.id)) : undefined}
      onKeyDown={onRow ? (e) => { if (e.key === "Enter" && e.target === e.currentTarget) { e.preventDefault(); e.stopPropagation(); onRow(String(row.id)); } } : undefined}>
      {columns.map((c, i) => (
        <td key={c.key} className={[c.align, c.phone ? "" : "no-m", c.strong ? "b" : "", c.quiet ? "m" : ""].filter(Boolean).join(" ")}
          translate={c.kind === "text" ? "no" : undefined}>
          {shown(t, c, row, badges)}
          {fresh && i === 0 ? <> <span className="badge k-accent">{t("new", "new")}</span></> : null}
        </td>
      ))}
    </tr>
  );
});

// snapshot: {seq, rows}; patch: {seq, upserts: [row], removes: [id]}; every row has `id` and what `order` names.
export function LiveTable({ snapshot, patch, columns, badges, order = "id", filterKey, filterValues, caption, empty, most = 500, chosen, knownOnly, rising, onGap, onRow }) {
  const t = useText();
  const store = useRef({ seq: -1, map: new Map() });
  const fresh = useRef(new Set()), held = useRef(null), gap = useRef(0), taken = useRef(null), told = useRef({ at: 0, count: 0, timer: 0 });
  const [version, bump] = useState(0);
  const [waiting, setWaiting] = useState(0);
  const [summary, setSummary] = useState("");
  const again = () => bump((n) => n + 1);

  // snapshot first, then the patch: whichever of the two came earlier
  useEffect(() => {
    // A new snapshot of the same number is another search or order; the old one beside a new patch is not read again.
    if (snapshot !== taken.current && snapshot?.seq >= 0 && (snapshot.key !== store.current.key || snapshot.seq >= store.current.seq)) {
      taken.current = snapshot;
      store.current = { key: snapshot.key, seq: snapshot.seq, map: new Map((snapshot.rows ?? []).map((r) => [r.id, r])) };
      again();
    }
    const s = store.current;
    if (s.seq < 0 || !(patch?.seq > s.seq) || (patch.key ?? s.key) !== s.key) return;
    clearTimeout(gap.current);
    if (patch.seq !== s.seq + 1) { // the bus was away, or React showed only the last of a burst
      gap.current = setTimeout(() => onGap?.(store.current.seq), GAP_MS);
      return;
    }
    const added = new Set();
    for (const row of patch.upserts ?? []) {
      if (knownOnly && !s.map.has(row.id)) continue;
      if (!s.map.has(row.id)) added.add(row.id);
      s.map.set(row.id, { ...s.map.get(row.id), ...row });
    }
    for (const id of patch.removes ?? []) { s.map.delete(id); held.current?.delete(id); }
    s.seq = patch.seq;
    if (added.size) {
      fresh.current = added;
      if (held.current) setWaiting((n) => n + added.size);
      tell(added.size);
    }
    again();
  }, [snapshot, patch]);

  // at most one sentence in ten seconds, with everything since the last
  const tell = (count) => {
    const w = told.current, say = () => {
      setSummary(t.n("{n} new row", "{n} new row", "{n} new rows", w.count));
      Object.assign(w, { at: Date.now(), count: 0, timer: 0 });
    };
    w.count += count;
    if (w.timer) return;
    const rest = w.at + SUMMARY_MS - Date.now();
    if (rest <= 0) say(); else w.timer = setTimeout(say, rest);
  };
  useEffect(() => () => { clearTimeout(told.current.timer); clearTimeout(gap.current); }, []);

  // nothing moves under the pointer or the focus: while either is in the rows, new ones wait
  const hold = () => { held.current ??= new Set(store.current.map.keys()); };
  const release = () => { if (held.current) { held.current = null; setWaiting(0); again(); } };

  const rows = useMemo(() => {
    const wanted = filterValues?.length ? new Set(filterValues) : null;
    const all = [...store.current.map.values()].filter((r) =>
      (!held.current || held.current.has(r.id)) && (!wanted || wanted.has(r[filterKey])));
    const less = rising ? -1 : 1;
    return all.sort((a, b) => (a[order] < b[order] ? less : a[order] > b[order] ? -less : 0)).slice(0, most);
  }, [version, rising, filterKey, filterValues, order, most, waiting]);

  if (store.current.seq >= 0 && !rows.length && !waiting) return <>{empty}</>;
  return (
    <>
      <p className="sr" role="status" aria-live="polite">{summary}</p>
      {waiting ? <button type="button" className="btn ghost" onClick={release}>{t.n("{n} new row", "{n} new row", "{n} new rows", waiting)}</button> : null}
      <div className="tw">
        <table className="stack" data-seq={store.current.seq}>
          <caption className="sr">{caption}</caption>
          <thead><tr>{columns.map((c) => <th key={c.key} scope="col" className={c.align}>{c.label}</th>)}</tr></thead>
          <tbody onMouseEnter={hold} onMouseLeave={(e) => { if (!e.currentTarget.contains(document.activeElement)) release(); }}
            onFocus={hold} onBlur={(e) => { if (!e.currentTarget.contains(e.relatedTarget) && !e.currentTarget.matches(":hover")) release(); }}>
            {rows.map((r) => <Row key={r.id} row={r} columns={columns} badges={badges} t={t} onRow={onRow}
              fresh={fresh.current.has(r.id)} chosen={chosen !== undefined && chosen !== null && String(chosen) === String(r.id)} />)}
          </tbody>
        </table>
      </div>
    </>
  );
}
