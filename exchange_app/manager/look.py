"""What the manager's pages need beyond the components' own look."""

LOOK = """
.desk{grid-template-columns:minmax(0,1fr) 340px;align-items:start}.today{margin:-8px 0 16px}
.post{gap:2px}.post .badge{align-self:flex-start;margin-top:4px}
.note{margin:0;padding:8px 12px;border-left:3px solid var(--accent-line);background:var(--panel-2)}
.note{border-radius:var(--r-1);overflow-wrap:anywhere;white-space:pre-wrap}
.quiet{background:var(--panel-2)}.dl dd,.dl dt{overflow-wrap:anywhere}
.earlier{padding:8px 0}.messages{padding:12px var(--sp-5) 0}.phone-panes{padding:12px 16px 0}
.search{max-width:420px}
"""
