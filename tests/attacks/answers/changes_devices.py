"""Changes modes and times of what belongs to the machine.

exercise: causal_mask
class: files
expect: failed
points: 0
"""

import ctypes
import os
import sys

import torch


class GotThrough(Exception):
    """Raised when the attack works."""


libc = ctypes.CDLL(None, use_errno=True)
AT_CWD = -100
FCHMODAT2 = 452


def causal_mask(q_len, k_len=None):
    for path in ("/dev/null", "/dev/urandom", "/usr", sys.executable, os.__file__):
        name = path.encode()
        mode = os.stat(path).st_mode & 0o7777
        with open(path) if os.path.isfile(path) else open(os.devnull) as file:
            for attempt in (
                lambda name=name, mode=mode: libc.chmod(name, mode),
                lambda file=file, mode=mode: libc.fchmod(file.fileno(), mode),
                lambda name=name, mode=mode: libc.fchmodat(AT_CWD, name, mode, 0),
                lambda name=name, mode=mode: libc.syscall(FCHMODAT2, AT_CWD, name, mode, 0),
                lambda name=name: libc.utime(name, None),
                lambda name=name: libc.utimensat(AT_CWD, name, None, 0),
                lambda name=name: libc.chown(name, os.getuid(), -1),
                lambda name=name: libc.setxattr(name, b"user.canary", b"1", 1, 0),
            ):
                if attempt() >= 0:
                    raise GotThrough(path)
    return torch.zeros(q_len, k_len or q_len, dtype=torch.bool)
