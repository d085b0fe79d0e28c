// Takes a file by choice or drop and sends it as it is; says how far it is and, when refused, why.
import { useRef, useState } from "react";
import { useText } from "$/utils/i18n";

const WORDS = {
  signed_out: "You were signed out. Sign in again and repeat the upload.",
  role_missing: "This account may not upload lists here.",
  other_origin: "The upload came from another address. Open this page again and repeat.",
  no_such_campaign: "There is no such campaign. Nothing was changed.",
  busy: "Another list is being uploaded or imported. Wait until it is done and repeat.",
  broken_off: "The upload broke off. Nothing was changed; repeat it.",
};

export function ListUpload({ address, onUploaded }) {
  const t = useText();
  const [part, setPart] = useState(null); // null: nothing on its way; else percent sent
  const [error, setError] = useState("");
  const [over, setOver] = useState(false);
  const input = useRef(null);

  const send = (file) => {
    if (!file || part !== null) return;
    setError(""); setPart(0);
    const request = new XMLHttpRequest();
    const done = (code, text) => {
      setPart(null);
      if (code) setError(text || t(WORDS[code] ?? WORDS.broken_off, WORDS[code] ?? WORDS.broken_off));
      if (input.current) input.current.value = "";
    };
    request.upload.onprogress = (e) => e.lengthComputable && setPart(Math.round((100 * e.loaded) / e.total));
    request.onload = () => {
      let answer = {};
      try { answer = JSON.parse(request.responseText); } catch { /* not ours: a proxy's page */ }
      if (request.status === 200 && answer.upload) { done(); onUploaded?.(answer.upload); }
      else done(answer.error ?? "broken_off", answer.text);
    };
    request.onerror = request.onabort = () => done("broken_off");
    request.open("POST", address);
    request.setRequestHeader("X-File-Name", encodeURIComponent(file.name));
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.send(file);
  };

  return (
    <div className="col g3">
      <div onDragOver={(e) => { e.preventDefault(); setOver(true); }} onDragLeave={() => setOver(false)}
        onDrop={(e) => { e.preventDefault(); setOver(false); send(e.dataTransfer.files[0]); }}
        style={{ border: `2px dashed var(${over ? "--accent" : "--line-strong"})`, background: over ? "var(--accent-soft)" : "none",
          borderRadius: 12, padding: "32px 16px", textAlign: "center", display: "grid", gap: 12, justifyItems: "center" }}>
        <p>{t("Drop the file here, or choose it.", "Drop the file here, or choose it.")}</p>
        <label className="btn solid" aria-disabled={part !== null}>
          {t("Choose a file", "Choose a file")}
          <input ref={input} type="file" className="sr" accept=".xlsx,.xlsm,.xls,.ods,.csv,.tsv,.txt" disabled={part !== null}
            onChange={(e) => send(e.target.files[0])} />
        </label>
        <p className="s m">{t("XLSX, XLS, ODS or CSV, up to 256 MB. Headings may stand anywhere near the top.", "XLSX, XLS, ODS or CSV, up to 256 MB. Headings may stand anywhere near the top.")}</p>
      </div>
      <div role="status" aria-live="polite">
        {part === null ? null : <><p className="s m">{t("Uploading: {n} %", "Uploading: {n} %", { n: part })}</p>
          <div className="prog"><span style={{ width: `${part}%` }} /></div></>}
      </div>
      {error ? <div className="call k-red" role="alert"><div className="grow"><b>{t("Not uploaded.", "Not uploaded.")}</b> {error}</div></div> : null}
    </div>
  );
}
