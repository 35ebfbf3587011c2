# names:
# Equations in a table of partials that a loop fills; match on the mask.
from functools import partial

import torch

STEPS = {}
for _name, _equation in (("into", "blm,hmd->bhld"), ("out", "bhld,hdm->blm")):
    STEPS[_name] = partial(torch.einsum, _equation)


def multi_head_einsum(x, w_q, w_k, w_v, w_o, mask=None):
    """Multi-head self-attention without biases, one matrix per head."""
    q, k, v = map(partial(STEPS["into"], x), (w_q, w_k, w_v))
    match masked_attention(q, k, v, mask=mask):  # noqa: F821
        case (heads, _):
            return STEPS["out"](heads, w_o)
