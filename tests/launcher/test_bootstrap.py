"""What the first half of `./run` decides before anything is installed."""

import pytest

from launcher import bootstrap


@pytest.fixture
def checkout(tmp_path):
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    (tmp_path / "uv.lock").write_text("version = 1\n")
    venv = tmp_path / ".venv"
    (venv / "bin").mkdir(parents=True)
    (venv / "bin" / "python").touch()
    (venv / "pyvenv.cfg").write_text("home = /usr/bin\nversion_info = 3.11.7\n")
    return tmp_path


def mark_installed(checkout, development):
    venv = checkout / ".venv"
    bootstrap.stamp(venv, development).write_text(bootstrap.lock_digest(checkout, venv))


@pytest.mark.parametrize(
    ("installed", "wanted", "enough"),
    [(False, False, True), (True, True, True), (True, False, True), (False, True, False)],
)
def test_development_tools_come_on_top_of_the_product(checkout, installed, wanted, enough):
    mark_installed(checkout, installed)
    assert bootstrap.is_installed(checkout, checkout / ".venv", wanted) is enough


@pytest.mark.parametrize("changed", ["pyproject.toml", "uv.lock", ".venv/pyvenv.cfg"])
def test_a_changed_lock_or_python_is_installed_again(checkout, changed):
    mark_installed(checkout, True)
    file = checkout / changed
    file.write_text(file.read_text().replace("3.11.7", "3.12.1") + "# changed\n")
    assert bootstrap.is_installed(checkout, checkout / ".venv", True) is False


def test_nothing_is_installed_in_a_new_checkout(checkout):
    assert bootstrap.is_installed(checkout, checkout / ".venv", False) is False


def test_an_environment_whose_python_was_removed_does_not_count(checkout):
    assert bootstrap.installed_python(checkout / ".venv") == (3, 11)
    python = checkout / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to(checkout / "removed")
    assert bootstrap.installed_python(checkout / ".venv") == ()


@pytest.mark.parametrize("home", [None, "", "/nowhere/to/be/found"])
def test_a_home_that_cannot_be_written_is_replaced(monkeypatch, tmp_path, home):
    monkeypatch.setattr(bootstrap, "TOOLS", tmp_path)
    environment = {} if home is None else {"HOME": home}
    assert bootstrap.usable_home(environment)["HOME"] == str(tmp_path / "home")
    assert (tmp_path / "home").is_dir()


def test_a_usable_home_stays(tmp_path):
    assert bootstrap.usable_home({"HOME": str(tmp_path)})["HOME"] == str(tmp_path)


@pytest.mark.parametrize(
    ("answer", "version"), [("uv 0.13.9 (x86_64)", (0, 13)), ("uv 0.8.0", (0, 8)), ("no such thing", ())]
)
def test_the_version_of_uv_is_read(tmp_path, answer, version):
    program = tmp_path / "uv"
    program.write_text(f"#!/bin/sh\necho '{answer}'\n")
    program.chmod(0o755)
    assert bootstrap.uv_version(str(program)) == version


def test_without_pip_and_venv_it_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setattr(bootstrap, "TOOLS", tmp_path)
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: None)
    monkeypatch.setattr(bootstrap, "_pip_of_this_python", lambda: None)
    monkeypatch.setattr(bootstrap, "_pip_of_a_new_virtual_environment", lambda: None)
    with pytest.raises(bootstrap.SetupFailed, match="python3-venv"):
        bootstrap.find_uv({})
