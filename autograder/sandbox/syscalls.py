"""Which system calls a submission may make: a seccomp filter, made on the trusted side.

What is not listed is refused with EPERM: no process is started, signalled, traced or entered, no
socket opened, nothing mounted, no memory shared, no limit raised, no mode, owner or time of a file
changed. Threads are allowed.
"""

from __future__ import annotations

import errno
import functools
import tempfile

_NAMES = """
    read readv pread64 preadv write writev pwrite64 lseek close close_range dup dup2 dup3 fcntl
    open openat stat lstat fstat newfstatat statx statfs fstatfs access faccessat faccessat2
    mkdir mkdirat rmdir unlink unlinkat rename renameat renameat2
    readlink readlinkat getcwd getdents64 pipe pipe2 eventfd2 ioctl flock fsync fdatasync ftruncate
    mmap munmap mremap mprotect madvise msync mincore brk membarrier
    futex futex_waitv set_robust_list get_robust_list set_tid_address rseq arch_prctl
    rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending rt_sigsuspend rt_sigtimedwait sigaltstack
    restart_syscall exit exit_group sched_yield sched_getaffinity sched_getparam
    sched_getscheduler sched_get_priority_max sched_get_priority_min getpriority get_mempolicy
    getpid gettid getppid getpgrp getpgid getsid getuid geteuid getgid getegid getresuid getresgid
    getgroups getrlimit getrusage times uname sysinfo getcpu getrandom umask
    clock_gettime clock_getres clock_nanosleep nanosleep gettimeofday time
    timer_create timer_settime timer_gettime timer_delete setitimer getitimer alarm pause
    timerfd_create timerfd_settime timerfd_gettime
    poll ppoll select pselect6 epoll_create1 epoll_ctl epoll_wait epoll_pwait
    recvfrom sendto getsockname getsockopt shutdown
"""
_CLONE_THREAD = 0x00010000


@functools.cache
def program() -> bytes:
    """The filter as the kernel takes it.

    Raises:
        ImportError, OSError: where libseccomp is missing.
    """
    import pyseccomp as seccomp

    rules = seccomp.SyscallFilter(seccomp.ERRNO(errno.EPERM))
    for name in _NAMES.split():
        if seccomp.resolve_syscall(seccomp.system_arch(), name) >= 0:  # not every processor has all
            rules.add_rule(seccomp.ALLOW, name)
    thread = seccomp.Arg(0, seccomp.MASKED_EQ, _CLONE_THREAD, _CLONE_THREAD)
    rules.add_rule(seccomp.ALLOW, "clone", thread)
    # A filter cannot look into clone3's arguments; without it the C library uses clone.
    rules.add_rule(seccomp.ERRNO(errno.ENOSYS), "clone3")
    # Limits may be read, not set.
    rules.add_rule(seccomp.ALLOW, "prlimit64", seccomp.Arg(2, seccomp.EQ, 0))
    with tempfile.TemporaryFile() as file:
        rules.export_bpf(file)
        file.seek(0)
        return file.read()
