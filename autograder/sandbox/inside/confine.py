"""The untrusted side confines itself: each child, before it sees the first byte of a submission.

Each layer is put on where the machine has it; whether it holds is found out by ``probe.py`` of the
trusted side. The order matters: namespaces and Landlock need system calls that the filter then
refuses.
"""

from __future__ import annotations

import contextlib
import ctypes
import mmap
import os
import resource
import sys
from typing import Any

try:
    import landlock
except ImportError:
    landlock = None

_NEW_USER, _NEW_PID, _NEW_NETWORK, _NEW_IPC = 0x10000000, 0x20000000, 0x40000000, 0x08000000
_NEW_MOUNTS, _NEW_HOST, _NEW_CGROUP = 0x00020000, 0x04000000, 0x02000000
_NEW_NAMESPACES = _NEW_NETWORK | _NEW_IPC | _NEW_MOUNTS | _NEW_HOST | _NEW_CGROUP
_PRIVATE, _RECURSIVE, _NO_SUID, _NO_DEVICES = 1 << 18, 1 << 14, 2, 4
_SET_NO_NEW_PRIVS, _SET_SECCOMP, _SET_DUMPABLE = 38, 22, 4
_FILTER = 2
_LINUX = sys.platform == "linux"
_CAPABILITY_VERSION_3 = 0x20080522


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


class Confinement:
    """The layers around each child, made ready once before the first fork.

    Args:
        filter: the seccomp filter, empty for none.
        namespaces: whether each child gets its own (user, pid, network, ipc, mounts, host name).
        readable: paths that a child may read; None leaves that to the file system.
        private: a folder in place of which each child gets a small one of its own, to write in.
    """

    def __init__(
        self,
        filter: bytes = b"",
        namespaces: bool = False,
        readable: list[str] | None = None,
        private: str | None = None,
    ):
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._filter = filter
        self.namespaces = namespaces
        self._private = private
        self._readable = readable
        self._memory = _virtual_memory()

    def fork(self) -> int:
        """Fork as ``os.fork`` does; the child is the first of a pid namespace of its own.

        Raises:
            OSError: where the system does not give it.
        """
        if not self.namespaces:
            return os.fork()
        self._unshare(_NEW_PID)
        parent = os.getpid()
        try:
            return os.fork()
        finally:
            if os.getpid() == parent:
                self._bear_here(parent)

    def _bear_here(self, own: int) -> None:
        """What the caller forks from now on lives where the caller lives."""
        descriptor = os.pidfd_open(own)
        try:
            if self._libc.setns(descriptor, _NEW_PID):
                raise OSError(ctypes.get_errno(), "no way back to one's own pid namespace")
        finally:
            os.close(descriptor)

    def enter(self, megabytes: int, seconds: int) -> None:
        """Confine this process for good."""
        self._limit(megabytes, seconds)
        if not _LINUX:
            return
        self._prctl(_SET_DUMPABLE, 0)
        if self.namespaces:
            self._unshare(_NEW_NAMESPACES)
            self._mount_private()
            with contextlib.suppress(OSError):  # what it guards against is refused below as well
                self._unshare(_NEW_USER)
        self._drop_capabilities()
        if self._readable is not None and landlock:
            self._lock_files(self._readable)
        self._prctl(_SET_NO_NEW_PRIVS, 1)
        if self._filter:
            program = ctypes.create_string_buffer(self._filter, len(self._filter))
            whole = _Program(len(self._filter) // 8, ctypes.addressof(program))
            self._prctl(_SET_SECCOMP, _FILTER, ctypes.byref(whole))

    def _lock_files(self, readable: list[str]) -> None:
        """Landlock, by a ruleset of this process's own: one that is shared could be added to."""
        access = landlock.FSAccess
        try:
            rules = landlock.Ruleset()
            for path in readable:
                if os.path.isdir(path):
                    rules.allow(path, rules=access.READ_FILE | access.READ_DIR | access.EXECUTE)
                elif os.path.exists(path):
                    rules.allow(path, rules=access.READ_FILE | access.EXECUTE)
            rules.allow(os.devnull, rules=access.READ_FILE | access.WRITE_FILE)
            if self._private:
                rules.allow(self._private)
        except (OSError, landlock.LandlockError):
            return
        rules.apply()

    def _unshare(self, what: int) -> None:
        if self._libc.unshare(what):
            raise OSError(ctypes.get_errno(), "no namespaces of one's own")

    def _mount(self, *arguments: bytes | int | None) -> None:
        if self._libc.mount(*arguments):
            raise OSError(ctypes.get_errno(), "no folder of one's own")

    def _mount_private(self) -> None:
        if self._private:
            self._mount(None, b"/", None, _PRIVATE | _RECURSIVE, None)
            place = self._private.encode()
            self._mount(b"tmpfs", place, b"tmpfs", _NO_SUID | _NO_DEVICES, b"size=16m,mode=0700")

    def _prctl(self, option: int, value: int, pointer: Any = None) -> None:
        words = (ctypes.c_ulong(0), ctypes.c_ulong(0))
        if self._libc.prctl(option, ctypes.c_ulong(value), pointer, *words):
            raise OSError(ctypes.get_errno(), f"prctl {option} failed")

    def _drop_capabilities(self) -> None:
        header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
        if self._libc.capset(header, (ctypes.c_uint32 * 6)()):
            raise OSError(ctypes.get_errno(), "capabilities could not be dropped")

    def _limit(self, megabytes: int, seconds: int) -> None:
        most = self._memory + (megabytes << 20)
        # The first of two CPU limits sends SIGXCPU, which tells a time-out from a crash.
        for name, soft, hard in (
            ("AS", most, most),
            ("CORE", 0, 0),
            ("CPU", seconds, seconds + 1),
            ("FSIZE", 16 << 20, 16 << 20),
            ("NOFILE", 1024, 1024),
            ("MSGQUEUE", 0, 0),
        ):
            with contextlib.suppress(OSError, ValueError, AttributeError):
                resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (soft, hard))


def _virtual_memory() -> int:
    """Bytes of address space in use, found by trying: there may be no /proc to read it from."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    low, high = 0, 1 << 40
    while high - low > 1 << 20:
        middle = (low + high) // 2
        try:
            resource.setrlimit(resource.RLIMIT_AS, (middle, hard))
            mmap.mmap(-1, mmap.PAGESIZE).close()
            high = middle
        except (OSError, ValueError):
            low = middle
    resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
    return high
