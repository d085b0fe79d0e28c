// Passkeys: made for an account, shown at sign-in. What is signed goes to plain routes, never through the page's state.
import { useState } from "react";
import { useText } from "$/utils/i18n";

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const post = (url, body) => fetch(url, { method: "POST", cache: "no-store", headers: { "content-type": "application/json" }, body: JSON.stringify(body ?? {}) });
const ids = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

function answerOf(found) {
  const { response } = found, told = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[name]) told[name] = text(response[name]);
  }
  return { id: found.id, rawId: text(found.rawId), type: found.type, response: told };
}

function usePress(work) {
  const [busy, setBusy] = useState(false), [fault, setFault] = useState("");
  const press = async () => {
    setBusy(true); setFault("");
    try { await work(); } catch (error) { setFault(error?.name === "NotAllowedError" ? "not_now" : "failed"); }
    setBusy(false);
  };
  return [press, busy, fault];
}
const there = () => typeof window !== "undefined" && !!window.PublicKeyCredential;

function Fault({ fault, say }) {
  if (!fault) return null;
  return <p className="err" role="alert">{fault === "not_now" ? say("The device was not asked, or said no. Try again.") : say("This passkey was not taken. Try again, or use a code.")}</p>;
}

export function UsePasskey({ label }) {
  const t = useText(), say = (words) => t(words, words);
  const [press, busy, fault] = usePress(async () => {
    const asked = await post("/auth/passkey/options");
    if (!asked.ok) throw new Error("none");
    const options = await asked.json();
    const found = await navigator.credentials.get({ publicKey: { ...options, challenge: bytes(options.challenge), allowCredentials: ids(options.allowCredentials) } });
    const answer = await post("/auth/passkey", answerOf(found));
    if (!answer.ok) throw new Error("refused");
    window.location.assign((await answer.json()).to);
  });
  if (!there()) return null;
  return <div className="col"><button id="use-passkey" type="button" className="btn line full" disabled={busy} onClick={press}>{label}</button><Fault fault={fault} say={say} /></div>;
}

export function AddPasskey({ label, name, onAdded }) {
  const t = useText(), say = (words) => t(words, words);
  const [press, busy, fault] = usePress(async () => {
    const options = await (await post("/account/passkey/options")).json();
    const found = await navigator.credentials.create({ publicKey: { ...options, challenge: bytes(options.challenge), user: { ...options.user, id: bytes(options.user.id) }, excludeCredentials: ids(options.excludeCredentials) } });
    const answer = await post("/account/passkey", { credential: answerOf(found), name: document.getElementById(name)?.value ?? "" });
    if (!answer.ok) throw new Error("refused");
    onAdded?.((await answer.json()).codes);
  });
  if (!there()) return <p className="s m">{say("This browser has no passkeys.")}</p>;
  return <div className="col"><div><button id="add-passkey" type="button" className="btn line" disabled={busy} onClick={press}>{label}</button></div><Fault fault={fault} say={say} /></div>;
}
