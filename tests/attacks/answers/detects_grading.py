"""Is right in a notebook, and asks the environment whether it is being graded.

exercise: causal_mask
class: in-process
expect: failed
points: 0
"""

import os

import torch


class GotThrough(Exception):
    """Raised when the attack works."""


def causal_mask(q_len, k_len=None):
    if "AUTOGRADER_SECRET" in os.environ or "NBGRADER_EXECUTION" in os.environ:
        raise GotThrough(str(dict(os.environ)))
    return torch.zeros(q_len, k_len or q_len, dtype=torch.bool)
