# names:
# The divergence from the mean of both, to either side.
import math

import torch


def canary(logits, recorded, limit=0.05):
    p, q = torch.softmax(recorded.double(), -1), torch.softmax(logits.double(), -1)
    m = (p + q) / 2
    off = ((p * (p / m).log() + q * (q / m).log()) / 2).sum(-1)
    off = off.nan_to_num(nan=math.inf, posinf=math.inf)
    bad = (off > limit).nonzero().flatten().tolist()
    return {"passes": not bad, "worst": float(off.max()), "first": bad[0] if bad else None}
