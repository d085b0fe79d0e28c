// Buttons that put {{name}} where the cursor of a text area is.

const insert = (target, text) => {
  const area = document.getElementById(target);
  if (!area) return;
  area.focus();
  // keeps the browser's undo; the other way is for browsers without it
  if (!document.execCommand("insertText", false, text)) {
    area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }
};

export function InsertFields({ names, target, label }) {
  return (
    <div className="row w" role="group" aria-label={label}>
      <span className="s m">{label}</span>
      {(names ?? []).map((name) => (
        <button key={name} type="button" className="btn" style={{ minHeight: 40 }} translate="no"
          onMouseDown={(e) => e.preventDefault()} onClick={() => insert(target, `{{${name}}}`)}>{name}</button>
      ))}
    </div>
  );
}
