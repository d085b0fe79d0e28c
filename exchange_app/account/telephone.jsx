// The password of a SIP telephone: asked for, shown once, taken back. It lives in this component alone.
import { useEffect, useState } from "react";
import { useText } from "$/utils/i18n";

export function TelephonePassword({ role }) {
  const t = useText(), say = (text, values) => t(text, text, values);
  const [told, setTold] = useState(null);
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState(false);

  const ask = async (method) => {
    setBusy(true); setFailed(false);
    try {
      const answer = await fetch(`/softphone/telephone?role=${encodeURIComponent(role)}`, { method, cache: "no-store" });
      if (!answer.ok) throw new Error(String(answer.status));
      setTold(await answer.json());
    } catch { setFailed(true); }
    setBusy(false);
  };
  useEffect(() => { ask("GET"); }, [role]);

  const day = (ms) => t.date(new Date(ms).toISOString(), { dateStyle: "medium", timeStyle: "short" });
  const line = (label, value) => <div className="row sb w"><span className="s m">{label}</span><code translate="no" style={{ overflowWrap: "anywhere" }}>{value}</code></div>;
  const there = told?.made_ms;
  return (
    <div className="col g3">
      <div role="status" aria-live="polite" className="col">
        {told && !told.password ? <p className="s m">{there
          ? <>{say("It has a password since {day}.", { day: day(there) })}{" "}
            {told.used_ms ? say("Last used {day}.", { day: day(told.used_ms) }) : say("Not used so far.")}</>
          : say("No telephone can sign in.")}</p> : null}
        {told?.password ? <div className="call k-accent"><div className="grow col">
          <b>{say("Type this into the telephone now: it is not shown again.")}</b>
          {line(say("Server"), told.server)}{line(say("Domain"), told.domain)}{line(say("User"), told.username)}{line(say("Password"), told.password)}
        </div></div> : null}
      </div>
      {failed ? <div className="call k-red" role="alert"><div className="grow"><b>{say("That did not work.")}</b> {say("Nothing was changed. Try it again, or open the page again.")}</div></div> : null}
      <div className="row w">
        <button type="button" className="btn" disabled={busy} onClick={() => ask("POST")}>{there ? say("Make a new password") : say("Make a password")}</button>
        {there ? <button type="button" className="btn redline" disabled={busy} onClick={() => ask("DELETE")}>{say("Take the password back")}</button> : null}
      </div>
    </div>
  );
}
