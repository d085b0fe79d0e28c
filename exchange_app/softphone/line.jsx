// The line in the top bar: what it is doing, and behind it devices, loudness, volume and quality.
import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import { Headphones, Mic, MicOff, PhoneIncoming, PhoneOff, RefreshCw, Smartphone, TriangleAlert, Volume2 } from "lucide-react";
import { useText } from "$/utils/i18n";
import { lineOf } from "./line.js";

const LOOK = { // phase or fault: icon, colour
  asking: [Mic, "amber"], connecting: [RefreshCw, "amber"], ready: [Headphones, "accent"], talking: [Headphones, "accent"], rings: [PhoneIncoming, "amber"],
  muted: [MicOff, "amber"], telephone: [Smartphone, "gray"], elsewhere: [PhoneOff, "gray"], fault: [TriangleAlert, "red"], weak: [TriangleAlert, "amber"], bad: [TriangleAlert, "red"],
};
const browser = typeof navigator === "undefined" ? "" : /firefox/i.test(navigator.userAgent) ? "firefox" : /^((?!chrome|android).)*safari/i.test(navigator.userAgent) ? "safari" : "chrome";

export function LineControl({ role, panel }) {
  const t = useText(), say = (text, values) => t(text, text, values);
  const line = lineOf(role);
  const view = useSyncExternalStore(line.subscribe, line.snapshot, line.snapshot);
  const [open, setOpen] = useState(false);
  const place = useRef(null);
  useEffect(() => { line.start(); }, [line]);
  useEffect(() => {
    const box = place.current, toggled = (event) => setOpen(event.newState === "open");
    box?.addEventListener("toggle", toggled);
    return () => box?.removeEventListener("toggle", toggled);
  }, []);

  const words = {
    off: say("Line"), asking: say("Allow the microphone"), connecting: say("Line is connecting"), ready: say("Line ready"), rings: say("The line rings"),
    talking: say("On the line"), telephone: say("Rings your telephone"), elsewhere: say("Line is in another tab"),
  };
  const faults = {
    refused: [say("Microphone not allowed"), {
      chrome: say("Press the sign to the left of the address, allow the microphone, then try again."),
      firefox: say("Press the crossed-out microphone beside the address, take the block away, then try again."),
      safari: say("In the menu Safari, Settings for this website, allow the microphone, then try again."),
    }[browser]],
    none: [say("No microphone found"), say("Plug a headset in: the line opens by itself then.")],
    busy: [say("Microphone is taken"), say("Another program holds the microphone. Close it, then try again.")],
    unsupported: [say("This browser cannot call"), say("Use a new Chrome, Edge, Firefox or Safari, or a SIP telephone: in your account.")],
    server: [say("No line"), say("The exchange does not answer; we try again by ourselves.")],
  };
  const quality = view.quality && view.quality.name !== "good" && view.phase === "talking" ? view.quality : null;
  const key = view.phase === "fault" ? "fault" : view.muted && view.phase === "talking" ? "muted" : quality ? quality.name : view.phase;
  const [Icon, tone] = LOOK[key] ?? [Headphones, "gray"];
  const word = view.phase === "fault" ? faults[view.fault]?.[0] ?? faults.busy[0]
    : key === "muted" ? say("Muted, nobody hears you") : quality ? (quality.name === "bad" ? say("Connection is bad") : say("Connection is weak")) : words[view.phase];
  const why = { loss: say("{n} % of the sound gets lost.", { n: Math.round(view.quality?.loss ?? 0) }), jitter: say("The sound arrives unevenly."), trip: say("The sound is late by {n} ms.", { n: Math.round(view.quality?.trip ?? 0) }) };
  const live = ["ready", "talking", "connecting"].includes(view.phase) && line.stream;

  return (
    <>
      <button type="button" className={`line-pill k-${tone}`} popoverTarget={panel} data-phase={view.phase} data-fault={view.fault} data-muted={view.muted}>
        <Icon size={16} aria-hidden="true" /><span role="status">{word}</span>
      </button>
      <button id="line-mute" type="button" hidden onClick={() => line.mute()} />
      {view.phase === "rings" ? <button id="line-answer" type="button" hidden onClick={() => line.answer()} /> : null}
      <div id={panel} popover="auto" ref={place} className="menu line-panel">
        <b>{say("Your line")}</b>
        {view.phase === "fault" ? <div className="call k-red"><div className="grow"><b>{word}.</b> {faults[view.fault]?.[1]}</div></div> : null}
        {view.phase === "fault" || view.phase === "elsewhere" ? <button type="button" className="btn" onClick={() => line.open()}>{view.phase === "fault" ? say("Try again") : say("Use the line here")}</button> : null}
        {view.phase === "telephone" ? <p className="s m">{view.kind === "number" ? say("We ring your telephone number. Another way can be chosen in your account.") : say("We ring your SIP telephone. Another way can be chosen in your account.")}</p> : null}
        {view.silent ? <button type="button" className="btn solid" onClick={() => line.listen()}>{say("Press to hear")}</button> : null}
        {live ? <>
          {view.gone ? <p className="s m">{say("The microphone you chose is not there, another one is used.")}</p> : null}
          <Choice label={say("Microphone")} list={view.devices.microphones} value={view.microphone} onChange={(id) => line.chooseMicrophone(id)} none={say("Microphone {n}")} />
          {open ? <Meter line={line} label={say("Loudness of your voice")} /> : null}
          {view.devices.speakers.length ? <Choice label={say("Speaker")} list={view.devices.speakers} value={view.speaker} onChange={(id) => line.chooseSpeaker(id)} none={say("Speaker {n}")} /> : null}
          <label className="col"><span className="s m">{say("Volume")}</span>
            <input type="range" min="0" max="1" step="0.05" value={view.volume} onChange={(event) => line.setVolume(Number(event.target.value))} /></label>
          <button type="button" className="btn" aria-pressed={view.muted} onClick={() => line.mute()}>{view.muted ? <MicOff size={18} aria-hidden="true" /> : <Mic size={18} aria-hidden="true" />}{view.muted ? say("Unmute") : say("Mute")}<kbd>M</kbd></button>
          {view.quality ? <p className="s">{view.quality.name === "good" ? say("Connection is good.") : <><b>{word}.</b> {why[view.quality.what]}</>}</p> : null}
        </> : null}
      </div>
    </>
  );
}

// One thing while the page's own line rings, another while it does not.
export function LineRings({ role, ringing, children }) {
  const line = lineOf(role);
  return useSyncExternalStore(line.subscribe, line.snapshot, line.snapshot).phase === "rings" ? ringing : children;
}

// The button that answers what rings in this page; `focused`: it takes the focus, as the one expected action of a dialog.
export function LineAnswer({ role, focused }) {
  const t = useText(), line = lineOf(role), button = useRef(null);
  const { phase } = useSyncExternalStore(line.subscribe, line.snapshot, line.snapshot);
  useEffect(() => { if (focused && phase === "rings") button.current?.focus(); }, [phase]);
  if (phase !== "rings") return null;
  return <button ref={button} type="button" className="btn solid big" onClick={() => line.answer()}><PhoneIncoming size={20} aria-hidden="true" />{t("Answer", "Answer")}<kbd>Enter</kbd></button>;
}

function Choice({ label, list, value, onChange, none }) {
  return <label className="col"><span className="s m">{label}</span>
    <select value={value} onChange={(event) => onChange(event.target.value)} translate="no">
      {list.map((one, i) => <option key={one.id} value={one.id}>{one.name || none.replace("{n}", i + 1)}</option>)}
    </select></label>;
}

function Meter({ line, label }) {
  const bar = useRef(null);
  useEffect(() => {
    let going = true;
    const draw = () => {
      if (!going) return;
      if (bar.current) bar.current.value = line.level();
      requestAnimationFrame(draw);
    };
    draw();
    return () => { going = false; };
  }, [line]);
  return <label className="col"><span className="s m">{label}</span><meter ref={bar} min="0" max="1" low="0.25" /></label>;
}
