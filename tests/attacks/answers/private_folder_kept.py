"""Leaves a note in the private folder and looks whether one is there already.

exercise: causal_mask
class: files
expect: failed
points: 0
"""

import os

import torch


class GotThrough(Exception):
    """Raised when the attack works."""


seen = []


def causal_mask(q_len, k_len=None):
    note = os.path.join(os.environ["TMPDIR"], "note")
    if os.path.exists(note) and not seen:
        raise GotThrough(note)
    open(note, "w").close()
    seen.append(note)
    return torch.zeros(q_len, k_len or q_len, dtype=torch.bool)
