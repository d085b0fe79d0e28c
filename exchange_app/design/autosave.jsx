// A field that saves while one types, and never takes away what is being typed.
import { useEffect, useRef, useState } from "react";
import { useText, serverNow } from "$/utils/i18n";

const WAIT_MS = 400, LATE_MS = 5000;
const store = (key, value) => { try {
  value === null ? sessionStorage.removeItem(`draft:${key}`) : sessionStorage.setItem(`draft:${key}`, value);
} catch { /* storage is full or off: the server still saves */ } };
const kept = (key) => { try { return sessionStorage.getItem(`draft:${key}`); } catch { return null; } };

export function Autosave({ name, value, id, multiline, kind = "text", options, onSave, showSaved = true, ariaLabel, ...rest }) {
  const t = useText();
  const server = value ?? "";
  const [text, setText] = useState(server);
  const [saved, setSaved] = useState(null); // null: nothing typed; false: on its way; "late"; else the time it was saved
  const live = useRef({ name, text: server, known: server, sent: null, dirty: false, timer: 0, late: 0, onSave });
  live.current.onSave = onSave;

  const flush = () => {
    const l = live.current;
    clearTimeout(l.timer);
    if (!l.dirty) return;
    l.dirty = false;
    l.sent = l.text;
    l.onSave?.(l.name, l.text);
    clearTimeout(l.late);
    l.late = setTimeout(() => setSaved((now) => (now === false ? "late" : now)), LATE_MS);
  };
  const type = (next) => {
    const l = live.current;
    l.text = next; l.dirty = true;
    setText(next); setSaved(false); store(l.name, next);
    clearTimeout(l.timer);
    l.timer = setTimeout(flush, WAIT_MS);
  };

  const addLine = (line) => {
    const field = document.getElementById(id), at = [field?.selectionStart, field?.selectionEnd], l = live.current;
    if (l.text.includes(line)) return;
    type(l.text ? `${l.text}\n${line}` : line);
    requestAnimationFrame(() => { if (document.activeElement === field) field.setSelectionRange?.(...at); });
  };

  // another record: what was typed for the one before is sent under its own name, then the new value shows
  useEffect(() => {
    const l = live.current;
    if (l.name !== name) {
      flush();
      Object.assign(l, { name, text: server, known: server, sent: null });
      setText(server); setSaved(null);
    }
    const draft = kept(name);
    if (draft !== null && draft !== server) type(draft);
    else store(name, null);
  }, [name]);

  // the server's word: our own text come back is the confirmation; anything else shows only if nobody is typing here
  useEffect(() => {
    const l = live.current, before = l.sent ?? l.known, typing = l.dirty || document.activeElement?.id === id;
    l.known = server;
    const added = server.startsWith(before) ? server.slice(before.length) : "";
    if (multiline && typing && added && (before === "" || added.startsWith("\n"))) {
      // The exchange added a line to what it has: the same line is added to what is typed here.
      l.sent = null;
      addLine(added.replace(/^\n/, ""));
    } else if (l.sent !== null && server === l.sent) {
      if (!l.dirty) {
        clearTimeout(l.late);
        l.sent = null; store(l.name, null);
        setSaved(new Date(serverNow()).toISOString());
      }
    } else if (!l.dirty && l.sent === null && document.activeElement?.id !== id && server !== l.text) {
      l.text = server;
      setText(server);
    }
  }, [server]);

  useEffect(() => {
    const leave = () => { if (document.visibilityState === "hidden") flush(); };
    document.addEventListener("visibilitychange", leave);
    return () => { document.removeEventListener("visibilitychange", leave); flush(); clearTimeout(live.current.late); };
  }, []);

  const shared = { id, value: text, className: "in", onBlur: flush, onChange: (e) => type(e.target.value), "data-name": name, "aria-label": ariaLabel, translate: "no", ...rest };
  const field = options ? (
    <select {...shared}><option value=""></option>{options.map((o) => <option key={o.value ?? o} value={o.value ?? o}>{o.label ?? o}</option>)}</select>
  ) : multiline ? <textarea {...shared} /> : <input type={kind} {...shared} />;
  return (
    <>
      {field}
      {showSaved ? <span className={`xs m saved${saved === "late" ? " bad" : ""}`} aria-live="polite">
        {saved === null ? "" : saved === false ? t("Saving…", "Saving…") : saved === "late" ? t("Not saved yet. Your text is kept here", "Not saved yet. Your text is kept here")
          : t("saved {time}", "saved {time}", { time: t.date(saved, { timeStyle: "medium" }) })}
      </span> : null}
    </>
  );
}
