"""Writes the results files of several graders.

exercise: causal_mask
class: channel
expect: failed
points: 0
"""

import torch


class GotThrough(Exception):
    """Raised when the attack works."""


def causal_mask(q_len, k_len=None):
    for path in ("results.json", "/autograder/results/results.json", ".grading/result.json"):
        try:
            open(path, "w").close()
        except OSError:
            continue
        raise GotThrough(path)
    return torch.zeros(q_len, k_len or q_len, dtype=torch.bool)
