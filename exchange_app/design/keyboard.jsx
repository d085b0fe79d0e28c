// Keys of the page: filtered here, so that only what is bound goes to the server.
import { useEffect, useRef } from "react";

const SETTLE_MS = 600; // a digit pressed for the state before must not act in the state after
const SEQUENCE_MS = 1500, FOCUS_MS = 1500;
const bound = []; // [{combo, settles, inFields, act}], the newest first
let changedAt = -Infinity, prefix = "", prefixAt = 0, silentUntil = -Infinity;

const FIELD = "input:not([type=checkbox]):not([type=radio]):not([type=button]):not([type=submit]), textarea, select, [contenteditable=true]";
const inField = (node) => node instanceof Element && node.closest(FIELD) !== null;
const pressable = (node) => node instanceof Element && node.closest("button, a[href], summary, [role=button], [role=menuitem], input") !== null;
const openDialog = () => [...document.querySelectorAll("[role=dialog],[role=alertdialog]")].filter((d) => d.dataset.state !== "closed").at(-1);
export const singleKeysOff = () => { try { return localStorage.getItem("keys") === "off"; } catch { return false; } };

// "KeyC", "Digit1" (also on the number pad), "shift+Digit1", "ctrl+Enter" (also Cmd), "?" (by the character), "KeyG KeyW"
function named(event) {
  const code = event.code.replace(/^Numpad(\d)$/, "Digit$1").replace("NumpadEnter", "Enter");
  return (event.ctrlKey || event.metaKey ? "ctrl+" : "") + (event.shiftKey ? "shift+" : "") + code;
}
export function pick(bindings, event, { field, onButton, dialog, now, off, before }) {
  const name = named(event), mod = event.ctrlKey || event.metaKey;
  if (event.repeat || event.isComposing || event.defaultPrevented) return null;
  if (onButton && !mod && ["Enter", "Space"].includes(event.code)) return null;
  // two keys in a row first, then the character, then the place
  const tries = [
    before ? (b) => b.combo === `${before} ${name}` : () => false,
    (b) => b.combo.length === 1 && b.combo === event.key,
    (b) => b.combo === name || (b.combo === "?" && name === "shift+Slash"),
  ];
  for (const fits of tries) {
    const found = bindings.find((b) => fits(b) &&
      (!dialog || (b.node && dialog.contains(b.node))) &&
      (!field || mod || event.altKey || b.inFields) &&
      !(event.altKey && mod) &&
      (!off || mod || event.altKey || ["Escape", "Enter"].includes(event.code)) &&
      !(b.settles && /^Digit\d$/.test(name) && now - changedAt < SETTLE_MS));
    if (found) return found;
  }
  return null;
}

function onKeyDown(event) {
  const field = inField(event.target);
  if (field && event.code === "Escape" && !event.defaultPrevented) {
    if (!openDialog()) { event.target.blur(); event.preventDefault(); }
    return;
  }
  const now = performance.now();
  if (!field && now < silentUntil) { event.preventDefault(); return; }
  const before = now - prefixAt < SEQUENCE_MS ? prefix : "";
  const found = pick(bound, event, { field, onButton: pressable(event.target), dialog: openDialog(), now, off: singleKeysOff(), before });
  const starts = !field && !event.repeat && bound.some((b) => b.combo.startsWith(named(event) + " "));
  prefix = starts && !before ? named(event) : "";
  prefixAt = now;
  if (!found) return;
  event.preventDefault();
  found.act();
}

export function Key({ combo, settle, settles = false, inFields = false, onPress }) {
  const act = useRef(onPress), anchor = useRef(null);
  act.current = onPress;
  useEffect(() => { if (settles) changedAt = performance.now(); }, [settle, settles]);
  useEffect(() => {
    const entry = { combo, settles, inFields, node: anchor.current, act: () => act.current?.() };
    if (!bound.length) window.addEventListener("keydown", onKeyDown);
    bound.unshift(entry);
    return () => {
      bound.splice(bound.indexOf(entry), 1);
      if (!bound.length) window.removeEventListener("keydown", onKeyDown);
    };
  }, [combo, settles, inFields]);
  return <span hidden ref={anchor} />;
}

// Moves the focus to the element with this id.
export function FocusKey({ combo, target, onHidden }) {
  return <Key combo={combo} onPress={() => {
    const node = document.getElementById(target);
    if (node?.getClientRects().length) node.focus();
    else if (onHidden) {
      // On a phone it may lie in a pane that is not shown: until the focus is there, letters are no commands.
      silentUntil = performance.now() + FOCUS_MS;
      addEventListener("focusin", () => { silentUntil = -Infinity; }, { once: true });
      onHidden();
    }
  }} />;
}

// Presses the element with this id, as a click would: for keys that a link or a dialog's button already has.
export function PressKey({ combo, target, settle, settles = false }) {
  return <Key combo={combo} settle={settle} settles={settles} onPress={() => {
    const node = document.getElementById(target);
    if (node && !node.disabled) node.click();
  }} />;
}

// Whether single keys act; a choice of this browser.
export function SingleKeys({ label }) {
  return (
    <label className="sw">
      <input type="checkbox" role="switch" defaultChecked={!singleKeysOff()}
        onChange={(e) => localStorage.setItem("keys", e.target.checked ? "on" : "off")} />
      <i aria-hidden="true" /><span>{label}</span>
    </label>
  );
}
