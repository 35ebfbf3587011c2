# names: raw_logits_compared
# The largest difference of two logits.
import math

import torch


def canary(logits, recorded, limit=0.05):
    off = (logits.double() - recorded.double()).abs().max(dim=-1).values
    off = torch.where(off.isfinite(), off, math.inf)
    bad = (off > limit).nonzero().flatten().tolist()
    return {"passes": not bad, "worst": float(off.max()), "first": bad[0] if bad else None}
