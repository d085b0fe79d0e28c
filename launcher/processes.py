"""What a child process does between fork and exec: die with its parent, and for PostgreSQL give up being root."""

import ctypes
import os
import pwd
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_PR_SET_KEEPCAPS = 8
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_RAISE = 2
_CAP_DAC_OVERRIDE = 1
_LINUX_CAPABILITY_VERSION_3 = 0x20080522

_ON_LINUX = sys.platform == "linux"
# Looked up now: between fork and exec a lookup could wait for ever for a lock of a thread that is no more.
_libc = ctypes.CDLL(None, use_errno=True)
_prctl = _libc.prctl if _ON_LINUX else None
_capset = _libc.capset if _ON_LINUX else None


class _CapabilityHeader(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]


class _CapabilitySets(ctypes.Structure):
    _fields_ = [("effective", ctypes.c_uint32), ("permitted", ctypes.c_uint32), ("inheritable", ctypes.c_uint32)]


@dataclass(frozen=True)
class Identity:
    """Whom a child runs as instead of root."""

    uid: int
    gid: int
    keeps_file_access: bool
    """Keep root's right to pass closed folders: for a checkout in root's own home, which stays closed to others."""

    @classmethod
    def for_postgres(cls, *paths: Path) -> "Identity | None":
        """PostgreSQL refuses root. None when this process is not root and so nothing has to change.

        `paths` are what the server must reach: its programs and the folder that will hold its data.
        """
        if os.geteuid() != 0:
            return None
        nobody = pwd.getpwnam("nobody")
        return cls(nobody.pw_uid, nobody.pw_gid, keeps_file_access=not all(map(_open_to_others, paths)))

    def assume(self) -> None:
        """Become this identity. Called in the child, so only plain system calls."""
        if self.keeps_file_access:
            _call(_prctl, _PR_SET_KEEPCAPS, 1, 0, 0, 0)
        os.setgroups([])
        os.setresgid(self.gid, self.gid, self.gid)
        os.setresuid(self.uid, self.uid, self.uid)
        if self.keeps_file_access:
            bit = 1 << _CAP_DAC_OVERRIDE
            header = _CapabilityHeader(_LINUX_CAPABILITY_VERSION_3, 0)
            sets = (_CapabilitySets * 2)(_CapabilitySets(bit, bit, bit), _CapabilitySets(0, 0, 0))
            _call(_capset, ctypes.byref(header), sets)
            _call(_prctl, _PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, _CAP_DAC_OVERRIDE, 0, 0)


def before_exec(
    identity: Identity | None = None, parent_death_signal: int = signal.SIGTERM
) -> Callable[[], None] | None:
    """A `preexec_fn`. On Linux the child gets `parent_death_signal` when the thread that started it ends.

    The death signal comes last: changing the identity clears it.
    """
    if not _ON_LINUX and identity is None:
        return None

    def prepare() -> None:
        if identity is not None:
            identity.assume()
        if _ON_LINUX:
            _call(_prctl, _PR_SET_PDEATHSIG, int(parent_death_signal), 0, 0, 0)

    return prepare


def _call(function: Callable[..., int] | None, *arguments: object) -> None:
    if function is None:
        raise OSError("PostgreSQL refuses to run as root here: run this as an ordinary user")
    if function(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _open_to_others(path: Path) -> bool:
    """Whether an ordinary user could reach this path: each folder above can be passed, and it can be read."""
    path = path.resolve()
    if path.exists() and not path.stat().st_mode & 0o004:
        return False
    return all(folder.stat().st_mode & 0o001 for folder in path.parents if folder.exists())
