"""A folder and an S3 behave alike: whole or not at all, read back as it is, deleted however often."""

from pathlib import Path

import obstore
import pytest
from obstore.store import S3Store

from object_storage import Storage, StorageAway

KEY = "2026/11/25/call.ogg"


@pytest.fixture(params=["folder", "s3"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    if request.param == "folder":
        (tmp_path / "kept").mkdir()
        return Storage((tmp_path / "kept").as_uri())
    return Storage(request.getfixturevalue("s3"))


@pytest.mark.parametrize("size", [1, 100_000, 11_000_000])
async def test_what_is_put_is_read_back(storage: Storage, tmp_path: Path, size: int):
    """Eleven megabytes go up in parts."""
    import hashlib

    content = bytes(i % 251 for i in range(1000)) * (size // 1000) + b"x" * (size % 1000)
    (tmp_path / "file").write_bytes(content)
    await storage.put(KEY, tmp_path / "file", "audio/ogg")
    assert await storage.measured(KEY) == (size, hashlib.sha256(content).hexdigest())


async def test_put_again_it_is_replaced(storage: Storage, tmp_path: Path):
    for content in (b"longer than the second", b"second"):
        (tmp_path / "file").write_bytes(content)
        await storage.put(KEY, tmp_path / "file", "audio/ogg")
    assert (await storage.measured(KEY))[0] == 6


async def test_deleted_is_deleted_and_again_no_error(storage: Storage, tmp_path: Path):
    (tmp_path / "file").write_bytes(b"x")
    await storage.put(KEY, tmp_path / "file", "audio/ogg")
    await storage.delete(KEY)
    await storage.delete(KEY)
    with pytest.raises(StorageAway):
        await storage.measured(KEY)


async def test_a_folder_that_is_not_mounted_is_away_and_is_not_made(tmp_path: Path):
    storage = Storage((tmp_path / "not" / "there").as_uri())
    (tmp_path / "file").write_bytes(b"x")
    for asked in (storage.put(KEY, tmp_path / "file", "audio/ogg"), storage.measured(KEY), storage.delete(KEY)):
        with pytest.raises(StorageAway, match="folder missing"):
            await asked
    assert not (tmp_path / "not").exists()


async def test_a_bucket_that_is_not_there_is_away_also_for_deleting(s3: str, tmp_path: Path):
    """What S3 does not find when it deletes is the bucket: nothing may be taken for deleted."""
    storage = Storage("s3://another/kept")
    (tmp_path / "file").write_bytes(b"x")
    for asked in (storage.put(KEY, tmp_path / "file", "audio/ogg"), storage.delete(KEY)):
        with pytest.raises(StorageAway):
            await asked


async def test_s3_is_told_what_it_keeps(s3: str, tmp_path: Path):
    (tmp_path / "file").write_bytes(b"x")
    await Storage(s3).put(KEY, tmp_path / "file", "audio/ogg; codecs=opus")
    kept = await obstore.get_async(S3Store.from_url(s3, client_options={"allow_http": True}), KEY)
    assert kept.attributes["Content-Type"] == "audio/ogg; codecs=opus"


async def test_a_server_that_is_away_is_said_in_one_line(s3: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("AWS_ENDPOINT", "http://127.0.0.1:9")
    (tmp_path / "file").write_bytes(b"x")
    with pytest.raises(StorageAway) as away:
        await Storage(s3).put(KEY, tmp_path / "file", "audio/ogg")
    assert len(str(away.value).splitlines()) == 1
    assert "secret" not in str(away.value)


@pytest.mark.parametrize("url", ["/var/recordings", "ftp://host/x", "s3:///x", ""])
def test_an_address_that_is_none_is_refused(url: str):
    with pytest.raises(ValueError, match="RECORDING_STORAGE"):
        Storage(url)
