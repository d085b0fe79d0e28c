// Draws one component at a time for the tests; what it would send to the server lands in window.calls.
import { useState, useEffect } from "react";
import { createRoot } from "react-dom/client";
import { flushSync } from "react-dom";
import { Key, FocusKey, PressKey, SingleKeys } from "./keyboard.jsx";
import { Autosave } from "./autosave.jsx";
import { LiveTable } from "./live_table.jsx";
import { Clock, LimitRing } from "./clock.jsx";

window.calls = [];
const call = (name) => (...args) => { window.calls.push([name, ...args]); };

function Keys({ state, dialog }) {
  return (
    <div>
      <Key combo="KeyC" onPress={call("KeyC")} />
      <Key combo="Digit1" settle={state} settles onPress={call("Digit1")} />
      <Key combo="ctrl+Enter" onPress={call("ctrl+Enter")} />
      <Key combo="shift+Digit1" onPress={call("!")} />
      <Key combo="?" onPress={call("?")} />
      <Key combo="Enter" onPress={call("Enter")} />
      <Key combo="Escape" onPress={call("Escape")} />
      <Key combo="KeyG KeyW" onPress={call("g w")} />
      <Key combo="KeyW" onPress={call("KeyW")} />
      <FocusKey combo="Slash" target="field" />
      <PressKey combo="KeyT" target="button" />
      {state === "talking" ? <Key combo="KeyH" onPress={call("KeyH")} /> : null}
      <input id="field" />
      <textarea id="area" />
      <button id="button" onClick={call("clicked")}>b</button>
      <SingleKeys label="single" />
      {dialog ? <div role="dialog" data-state="open"><Key combo="KeyA" onPress={call("in dialog")} /></div> : null}
    </div>
  );
}

const Note = (props) => <Autosave id="note" onSave={call("save")} {...props} />;
const columns = [
  { key: "at", label: "Time", kind: "clock", phone: true }, { key: "name", label: "Contact", kind: "text", strong: true },
  { key: "state", label: "State", kind: "badge", phone: true }, { key: "price", label: "Price", kind: "money", align: "num", currency: "GBP" },
];
const Table = (props) => (
  <LiveTable columns={columns} order="at" caption="Calls" empty={<p id="empty">none</p>} onGap={call("gap")} onRow={call("row")}
    badges={{ state: { talking: <span className="badge">Talking</span> } }} {...props} />
);
const components = { Keys, Note, Table, Clock, LimitRing };

let change;
function Stage({ name, first }) {
  const [props, set] = useState(first);
  change = (next) => flushSync(() => set((now) => ({ ...now, ...next })));
  const Shown = components[name];
  return props.gone ? null : <Shown {...props} />;
}
window.change = (next) => change(next);
window.show = (name, props) => flushSync(() => createRoot(document.getElementById("root")).render(<Stage name={name} first={props} />));
