"""The untrusted side confines itself: each child, before it sees the first byte of a submission.

Each layer is put on where the machine has it; whether it holds is found out by ``probe.py`` of the
trusted side. The order matters: namespaces and Landlock need system calls that the filter then
refuses.
"""

from __future__ import annotations

import _thread
import contextlib
import ctypes
import mmap
import os
import resource
import sys
from collections.abc import Sequence
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
_READ_ONLY, _REMOUNT, _BIND = 1, 32, 4096
_KEPT_FLAGS = 0b1111
_LINUX = sys.platform == "linux"
_CAPABILITY_VERSION_3 = 0x20080522
_OWN_FOLDER = "size=16m,nr_inodes=1024,mode=0700"
_MOST_TASKS = _MOST_SIGNALS = 64

missing: dict[str, str] = {}
"""Layers that could not be put on this process, each with the reason; ``probe.py`` asks."""


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


class Confinement:
    """The layers around each child, made ready once before the first fork.

    Args:
        filter: the seccomp filter, empty for none.
        namespaces: whether each child gets its own (user, pid, network, ipc, mounts, host name).
        readable: paths that a child may read; None leaves that to the file system.
        private: a folder in place of which each child gets a small one of its own, to write in.
        devices: what is to be read-only then; a device can be written to all the same.
        user: as whom each child runs; None for whoever the server is.
    """

    def __init__(
        self,
        filter: bytes = b"",
        namespaces: bool = False,
        readable: list[str] | None = None,
        private: str | None = None,
        devices: Sequence[str] = (),
        user: int | None = None,
    ):
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._filter = filter
        self.namespaces = namespaces
        self._private = private
        self._readable = readable
        self._devices = devices
        self._user = user
        self._memory = _virtual_memory()

    def fork(self) -> int:
        """Fork as ``os.fork`` does; the child is the first of a pid namespace of its own.

        Raises:
            OSError: where the system does not give it.
            RuntimeError: if what is forked from now on would not live where it should.
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
        try:
            descriptor = os.pidfd_open(own)
            try:
                self._check(self._libc.setns(descriptor, _NEW_PID), "no way back")
            finally:
                os.close(descriptor)
        except OSError as problem:
            raise RuntimeError("no way back to one's own pid namespace") from problem

    def enter(self, megabytes: int, seconds: int) -> None:
        """Confine this process for good.

        Raises:
            OSError: where the system does not give what it should.
        """
        self._set_limits(megabytes, seconds)
        if not _LINUX:
            return
        if self.namespaces:
            self._unshare(_NEW_NAMESPACES)
            self._mount_own()
            if self._user is not None:
                self._become(self._user)
            with contextlib.suppress(OSError):  # what it guards against is refused below as well
                self._unshare(_NEW_USER)
            # Both are counted by user, since Linux 5.14 within a user namespace: not before there
            # is one's own, or neighbours would share them.
            _limit("NPROC", _MOST_TASKS)
            _limit("SIGPENDING", _MOST_SIGNALS)
        else:
            _limit("NPROC", _tasks() + _MOST_TASKS)  # of all that the user has; root has no limit
        self._drop_capabilities()
        self._prctl(_SET_DUMPABLE, 0)
        self._prctl(_SET_NO_NEW_PRIVS, 1)
        if self._readable is not None:
            self._lock_files(self._readable)
        if self._filter:
            program = ctypes.create_string_buffer(self._filter, len(self._filter))
            whole = _Program(len(self._filter) // 8, ctypes.addressof(program))
            self._prctl(_SET_SECCOMP, _FILTER, ctypes.byref(whole))

    def _lock_files(self, readable: list[str]) -> None:
        """Landlock, by a ruleset of this process's own: one that is shared could be added to."""
        if not landlock:
            missing["landlock"] = "the package landlock is missing"
            return
        access = landlock.FSAccess
        ctypes.set_errno(0)  # by which the package judges its calls, and which they leave alone
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
            rules.apply()
        except (OSError, landlock.LandlockError) as problem:
            missing["landlock"] = str(problem)

    def _check(self, failed: int, says: str) -> None:
        if failed:
            raise OSError(ctypes.get_errno(), says)

    def _unshare(self, what: int) -> None:
        self._check(self._libc.unshare(what), "no namespaces of one's own")

    def _mount(self, *arguments: bytes | int | None) -> None:
        self._check(self._libc.mount(*arguments), "no folder of one's own")

    def _mount_own(self) -> None:
        """A private folder, and devices whose modes and times cannot be changed."""
        if self._private:
            self._mount(None, b"/", None, _PRIVATE | _RECURSIVE, None)
            for device in filter(os.path.exists, self._devices):
                flags = os.statvfs(device).f_flag & _KEPT_FLAGS | _READ_ONLY
                self._mount(None, device.encode(), None, _REMOUNT | _BIND | flags, None)
            place = self._private.encode()
            owner = "" if self._user is None else f",uid={self._user},gid={self._user}"
            options = (_OWN_FOLDER + owner).encode()
            self._mount(b"tmpfs", place, b"tmpfs", _NO_SUID | _NO_DEVICES, options)

    @staticmethod
    def _become(user: int) -> None:
        """Be a user to whom nothing belongs, and who can read Python all the same."""
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
        for module in filter(None, (os, landlock)):  # of the system's Python, of its packages
            open(module.__file__).close()

    def _prctl(self, option: int, value: int, pointer: Any = None) -> None:
        words = (ctypes.c_ulong(0), ctypes.c_ulong(0))
        failed = self._libc.prctl(option, ctypes.c_ulong(value), pointer, *words)
        self._check(failed, f"prctl {option} failed")

    def _drop_capabilities(self) -> None:
        header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
        failed = self._libc.capset(header, (ctypes.c_uint32 * 6)())
        self._check(failed, "capabilities could not be dropped")

    def _set_limits(self, megabytes: int, seconds: int) -> None:
        _limit("AS", self._memory + (megabytes << 20))
        _limit("CORE", 0)
        # The first of two CPU limits sends SIGXCPU, which tells a time-out from a crash.
        _limit("CPU", seconds, seconds + 1)
        _limit("FSIZE", 16 << 20)
        _limit("NOFILE", 1024)
        _limit("MSGQUEUE", 0)


def _limit(name: str, soft: int, hard: int | None = None) -> None:
    """Set a limit where the system has it and allows it."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        number = getattr(resource, f"RLIMIT_{name}")
        resource.setrlimit(number, (soft, soft if hard is None else hard))


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


def _tasks() -> int:
    """Tasks that the user has, found by trying: a container's /proc does not show all of them."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NPROC)
    low, high = 0, 1 << 16 if hard == resource.RLIM_INFINITY else hard
    ended = _thread.allocate_lock()
    while low < high:
        middle = (low + high) // 2
        resource.setrlimit(resource.RLIMIT_NPROC, (middle, hard))
        try:
            ended.acquire()
            _thread.start_new_thread(ended.release, ())
            ended.acquire()
            high = middle
        except RuntimeError:
            low = middle + 1
        ended.release()
    resource.setrlimit(resource.RLIMIT_NPROC, (soft, hard))
    return low
