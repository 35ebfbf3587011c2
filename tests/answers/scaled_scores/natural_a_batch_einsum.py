# mistake: the einsum has exactly three axes, so it raises an error for two and for four
# why: writes the letters for the usual batch and forgets that any axes may stand in front
import math

import torch


def scaled_scores(q, k):
    """Scores ``(..., L_q, L_k)``."""
    dots = torch.einsum("bqd,bkd->bqk", q, k)
    return dots / math.sqrt(q.shape[-1])
