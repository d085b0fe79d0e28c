"""Recordings that can be heard, for the calls of the stage."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import text

from exchange_domain import database
from exchange_domain.settings import settings
from exchange_domain.tables import Recording
from exchange_domain.words import RecordingState
from recording_store.encoding import encode
from tests.voices import conversation, write


def storage() -> Path:
    folder = Path(urlsplit(settings().recording_storage).path)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


async def record_a_talk(*, seconds: int = 48) -> None:
    """Answered calls get a recording that can be heard, with the peaks of its own sound."""
    folder = storage()
    source = write(conversation(seconds, silence=(14, 30)), folder / "talk.wav")
    encoded = encode(source, folder / "talk.ogg")
    async with database.session() as s:
        for row in (await s.execute(text("select id from call where answered_at is not null"))).all():
            s.add(
                Recording(
                    call_id=row.id, switch_name="main", switch_path="/x.wav", state=RecordingState.STORED,
                    storage_key="talk.ogg", format="audio/ogg", duration_ms=encoded.duration_ms,
                    size_bytes=encoded.size_bytes, sha256=encoded.sha256, channels=2, peaks=encoded.peaks,
                    peak_ms=encoded.peak_ms, stored_at=datetime.now(UTC),
                    keep_until=datetime.now(UTC) + timedelta(days=30),
                )
            )  # fmt: skip
