"""The statements of one piece of work as a script for pgbench: no program passes it over the same statements.

What differs from one piece to the next (ids, numbers, keys) becomes a variable: given before, or taken from the answer
of an earlier statement; everything else stays as it was.
"""

import asyncio
import re
import subprocess
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import event

from exchange_domain import database
from exchange_domain.settings import settings
from launcher.embedded import postgres


@dataclass
class Recorded:
    statements: list[tuple[str, Sequence[Any]]] = field(default_factory=list)

    def script(self, variables: dict[str, Any], answers: dict[str, str], before: Sequence[str] = ()) -> str:
        """`variables`: by name, the values to be replaced. `answers`: a statement with this word gives its columns as
        variables, with this prefix. `before`: lines of pgbench that give the first variables."""
        names = {_key(value): name for name, value in variables.items()}
        lines = [*before, "begin;"]
        for statement, values in self.statements:
            taken = next((f" \\gset {of}" for word, of in answers.items() if word in statement), ";")
            lines.append(_filled(statement, values, names).replace("\n", " ") + taken)
        return "\n".join([*lines, "commit;", ""])


def _key(value: Any) -> tuple[str, str]:
    return type(value).__name__, str(value)


def _filled(statement: str, values: Sequence[Any], names: dict[tuple[str, str], str]) -> str:
    def put(found: re.Match[str]) -> str:
        value = values[int(found[1]) - 1]
        if (name := names.get(_key(value))) is not None:
            return f":{name}"
        if isinstance(value, str):
            # A key that holds an id.
            for (_, text), name in names.items():
                if len(text) > 20 and text in value:
                    return f"({_literal(value.replace(text, ''))} || cast(:{name} as text))"
        return _literal(value)

    return re.sub(r"\$(\d+)", put, statement)


def _literal(value: Any) -> str:
    """As pgbench takes it: a colon before a letter or figure would be a variable of its own."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return f"({value})"
        case datetime():
            return f"timestamptz '{value.strftime('%Y%m%dT%H%M%S.%f%z')}'"
        case date():
            return f"date '{value.isoformat()}'"
        case timedelta():
            return f"interval '{value.total_seconds()} seconds'"
        case UUID():
            return f"uuid '{value}'"
        case list() | tuple():
            if not value:
                return "'{}'"
            inner = ", ".join(_literal(each) for each in value)
            return f"array[{inner}]"
        case _:
            quoted = str(value).replace("'", "''")
            # Cut where a colon stands before a word.
            return "(" + " || ".join(f"'{part}'" for part in re.split(r"(?<=:)(?=\w)", quoted)) + ")"


@asynccontextmanager
async def recording() -> AsyncIterator[Recorded]:
    """What is asked of the database inside the block, without begin and commit."""
    found = Recorded()

    def heard(connection: Any, cursor: Any, statement: str, values: Any, context: Any, many: bool) -> None:
        for each in values if many else [values]:
            found.statements.append((statement, tuple(each)))

    engine = database.engine().sync_engine
    event.listen(engine, "before_cursor_execute", heard)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", heard)


async def rate(script: str, folder: Path, *, clients: int, each: int) -> float:
    """Transactions a second by pgbench, prepared statements. Raises RuntimeError with its words when it fails."""
    file = folder / "floor.sql"
    file.write_text(script)
    done = await asyncio.to_thread(
        subprocess.run,
        [str(postgres.programs() / "pgbench"), "--no-vacuum", "--protocol=prepared", f"--client={clients}",
         "--jobs=1", f"--transactions={each}", f"--file={file}", "-D", "k=0", settings().database_url],
        capture_output=True, text=True,
    )  # fmt: skip
    found = re.search(r"tps = ([\d.]+) \(without", done.stdout)
    if done.returncode or found is None or "number of failed transactions: 0" not in done.stdout:
        raise RuntimeError(f"pgbench: {done.stderr.strip() or done.stdout}"[:2_000])
    return float(found[1])
