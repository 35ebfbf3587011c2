# names: mean_for_worst
# One number for the whole text.
import math

import torch.nn.functional as F


def canary(logits, recorded, limit=0.05):
    p = F.log_softmax(recorded.double(), dim=-1)
    q = F.log_softmax(logits.double(), dim=-1)
    off = float((p.exp() * (p - q)).sum() / len(p))
    off = off if math.isfinite(off) else math.inf
    return {"passes": off <= limit, "worst": off, "first": None if off <= limit else 0}
