"""The script as its operators see it, in one piece: steps, the answers that lead on, objections folded. Pure."""

from html import escape

from exchange_domain.script_parts import Parts


def html_of(parts: Parts) -> str:
    """Safe HTML: bodies are clean already, titles and answers are escaped here."""
    out = []
    for step in parts.steps:
        title = f"<h3>{escape(step.title)}</h3>" if step.title else ""
        answers = "".join(
            f"<li><kbd>{digit}</kbd> {escape(answer.label)}</li>" for digit, answer in enumerate(step.answers, 1)
        )
        leads = f'<ul class="leads">{answers}</ul>' if answers else ""
        out.append(f"<section>{title}{step.html}{leads}</section>")
    for objection in parts.objections:
        out.append(f"<details><summary>{escape(objection.title)}</summary>{objection.html}</details>")
    return "\n".join(out)
