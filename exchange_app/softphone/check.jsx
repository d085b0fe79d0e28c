// The check of sound before a shift: silence, a few words, an echo call, the network; then a verdict in plain words.
import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import { AudioLines, Check, Headphones, Mic, Minus, Play, RotateCw, Shield, TriangleAlert, Wifi, X } from "lucide-react";
import { useText } from "$/utils/i18n";
import { lineOf } from "../control/line.js";
import { loudness, network, record, relay, wait } from "./check.js";

const QUIET_MS = 3000, VOICE_MS = 5000, ECHO_MS = 8000, CONNECT_MS = 15000, BARS = 24;
const LOOKS = { good: [Check, "accent"], weak: [TriangleAlert, "amber"], bad: [X, "red"] };
const STEPS = ["quiet", "voice", "echo", "result"];

function Bars({ db }) {
  const on = Math.round(((db + 70) / 70) * BARS);
  return <span className="lvl" aria-hidden="true">{Array.from({ length: BARS }, (_, i) => <i key={i} className={i < on ? (i > BARS - 3 ? "hot" : "on") : ""} />)}</span>;
}

export function SoundCheck({ children }) {
  const t = useText(), say = (text, values) => t(text, text, values), line = lineOf("operator");
  const view = useSyncExternalStore(line.subscribe, line.snapshot, line.snapshot);
  const [step, setStep] = useState("begin"), [level, setLevel] = useState(-70), [found, setFound] = useState({}), [trouble, setTrouble] = useState("");
  const run = useRef(0), session = useRef(null), answer = useRef(null), main = useRef(null);
  useEffect(() => () => { run.current = -1; session.current?.isEnded() || session.current?.terminate(); }, []);
  useEffect(() => { main.current?.focus(); }, [step]);

  const stop = () => { if (session.current && !session.current.isEnded()) session.current.terminate(); session.current = null; };
  async function start() {
    const mine = ++run.current, gone = () => run.current !== mine;
    stop();
    setTrouble(""); setFound({}); setStep("quiet");
    const noise_db = await loudness(line.stream, QUIET_MS, 0.5, setLevel, gone);
    if (gone()) return;
    setFound({ noise_db }); setStep("voice");
    const recording = record(line.stream);
    const voice_db = await loudness(line.stream, VOICE_MS, 0.9, setLevel, gone), own = await recording.stop();
    if (gone()) return;
    setFound({ noise_db, voice_db, own }); setStep("calling");
    let failed = "";
    const up = new Promise((done) => { session.current = line.echo({ up: done, over: (cause) => { failed = cause || "ended"; done(null); } }); if (!session.current) done(null); });
    const call = await Promise.race([up, wait(CONNECT_MS).then(() => null)]);
    if (gone()) return stop();
    let net = { loss_pm: 1000, jitter_ms: 0, trip_ms: 0 }, heard = false;
    if (call) {
      setStep("echo");
      net = await network(call.connection, ECHO_MS, () => {}, gone);
      if (gone()) return stop();
      setStep("asking");
      heard = await new Promise((done) => { answer.current = done; });
      stop();
      if (gone()) return;
    } else { stop(); setTrouble("echo"); }
    setStep("network");
    const through = await relay(line.iceServers);
    if (gone()) return;
    const measured = { noise_db, voice_db, heard, relay: through, device: (line.stream?.getAudioTracks()[0]?.label ?? "").slice(0, 200), ...net };
    try {
      const kept = await fetch("/softphone/check?role=operator", { method: "POST", body: JSON.stringify(measured), headers: { "Content-Type": "application/json" } });
      if (!kept.ok) throw new Error(String(kept.status));
      setFound({ ...measured, own, ...(await kept.json()), called: Boolean(call), failed });
      setStep("result");
    } catch { setFound({ ...measured, own }); setTrouble("server"); setStep("begin"); }
  }
  const hear = (yes) => answer.current?.(yes);
  useEffect(() => {
    const pressed = (event) => {
      if (event.repeat || event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("input, select, textarea, [popover]")) return;
      if (event.code === "KeyR" && (step === "result" || step === "begin") && line.stream) start();
      if (step === "asking" && event.code === "KeyY") hear(true);
      if (step === "asking" && event.code === "KeyN") hear(false);
    };
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  });

  if (view.phase === "telephone") return <div className="call k-accent"><Check aria-hidden="true" /><div className="grow"><b>{say("Your calls ring at your telephone.")}</b> {say("There is nothing to check in this page.")}</div></div>;
  const ready = line.stream && ["ready", "connecting"].includes(view.phase);
  const words = {
    begin: say("A minute, and you know that they will hear you."), quiet: say("Please be silent for three seconds."), voice: say("Now count aloud from one to ten."),
    calling: say("We call the echo."), echo: say("Say something: you should hear yourself."), asking: say("Did you hear yourself?"), network: say("We look at the network."), result: "",
  };
  const verdicts = { good: say("Good"), weak: say("Bearable"), bad: say("Bad") };
  const heads = {
    good: [say("You can work."), say("Everything is in order.")],
    weak: [say("You can work."), say("Look at what is marked: it can be better.")],
    bad: [say("Better mend this first."), say("Look at what is marked, then check again.")],
  };
  const row = (key, Icon, name, text, mark, picture = null) => {
    const [Mark, tone] = LOOKS[mark] ?? [Minus, "gray"];
    return <li key={key} className="check-row"><Icon size={24} aria-hidden="true" /><b>{name}</b><span className="grow">{text}</span>{picture}<span className={`badge k-${tone}`}><Mark size={15} aria-hidden="true" />{verdicts[mark] ?? say("None")}</span></li>;
  };
  const voices = { good: say("You are heard well."), weak: found.voice_db > -10 ? say("A little too loud: move the microphone away.") : say("A little quiet: move the microphone nearer."), bad: say("Hardly anything is heard: is it the right microphone?") };
  const rooms = { good: say("It is quiet around you."), weak: say("Something is heard: close a door or a window."), bad: say("It is loud around you: the contact hears it too.") };
  const done = step === "result";
  const place = STEPS.indexOf({ calling: "echo", asking: "echo", network: "result" }[step] ?? step);

  return (
    <div className="sound-check">
      <ol className="steps check-steps">
        {[say("Silence"), say("Microphone"), say("Echo call"), say("Result")].map((name, i) => (
          <li key={name} className={i === place ? "on" : i < place ? "done" : ""} aria-current={i === place ? "step" : undefined}><em aria-hidden="true">{i < place ? "✓" : i + 1}</em>{name}</li>))}
      </ol>
      {trouble ? <div className="call k-red" role="alert"><TriangleAlert aria-hidden="true" /><div className="grow"><b>{trouble === "server" ? say("The exchange does not answer.") : say("The echo call did not come about.")}</b> {trouble === "server" ? say("Check again in a moment.") : say("The line could not carry sound: try another network, or a telephone in your account.")}</div></div> : null}
      {done ? <>
        <div className={`call k-${LOOKS[found.verdict][1]} check-head`} role="status">{(() => { const [Icon] = LOOKS[found.verdict]; return <Icon aria-hidden="true" />; })()}<div className="grow"><b>{heads[found.verdict][0]}</b> {heads[found.verdict][1]}</div></div>
        <ul className="card check-rows">
          {row("voice", Mic, say("Microphone"), voices[found.voice], found.voice, <Bars db={found.voice_db} />)}
          {row("heard", Headphones, say("Headphones"), found.heard ? say("You have heard yourself.") : found.called ? say("You have not heard yourself: is it the right speaker?") : say("Not tried: the call did not come about."), found.heard ? "good" : "bad")}
          {row("room", AudioLines, say("Noise around you"), rooms[found.room], found.room, <Bars db={found.noise_db} />)}
          {row("network", Wifi, say("Network"), found.called ? say("Delay {trip} ms, loss {loss} %, jitter {jitter} ms", { trip: found.trip_ms, loss: Math.round(found.loss_pm / 10), jitter: found.jitter_ms }) : say("Not measured: the call did not come about."), found.network)}
          {row("relay", Shield, say("Spare way"), found.relay === null ? say("The exchange has no relay: a strict network may block calls.") : found.relay ? say("The relay answers: a call outlives a change of network.") : say("The relay does not answer from here."), found.relay === null ? "" : found.relay ? "good" : "weak")}
        </ul>
      </> : (
        <div className="card check-now"><p role="status" aria-live="polite"><b>{ready || step !== "begin" ? words[step] : view.phase === "fault" ? say("The microphone is not open: press the red button above, it says what to do.") : view.phase === "talking" ? say("You are on the line: check after the shift.") : view.phase === "elsewhere" ? say("Your line is in another tab.") : say("Your line is being opened.")}</b></p>
          {["quiet", "voice"].includes(step) ? <Bars db={level} /> : null}
          {step === "asking" ? <div className="row w">
            <button ref={main} type="button" className="btn solid big" onClick={() => hear(true)}>{say("Yes")}<kbd>Y</kbd></button>
            <button type="button" className="btn line big" onClick={() => hear(false)}>{say("No")}<kbd>N</kbd></button></div> : null}
        </div>)}
      <div className="row w">
        {step === "begin" ? <button ref={main} type="button" className="btn solid big" disabled={!ready} onClick={start}>{say("Check the sound")}<kbd>R</kbd></button> : null}
        {done ? <>{children}<button type="button" className="btn line big" onClick={start}><RotateCw size={20} aria-hidden="true" />{say("Check again")}<kbd>R</kbd></button></> : null}
        {done && found.own ? <button type="button" className="btn ghost big" onClick={() => new Audio(found.own).play()}><Play size={20} aria-hidden="true" />{say("Listen to yourself")}</button> : null}
      </div>
    </div>
  );
}
