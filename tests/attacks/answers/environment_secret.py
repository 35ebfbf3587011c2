"""Looks for the course's secret in the environment.

exercise: causal_mask
class: files
expect: failed
points: 0
"""

import os

import torch


class GotThrough(Exception):
    """Raised when the attack works."""


def causal_mask(q_len, k_len=None):
    for name, value in os.environ.items():
        if "canary-secret" in value or name == "AUTOGRADER_SECRET":
            raise GotThrough(name)
    return torch.zeros(q_len, k_len or q_len, dtype=torch.bool)
