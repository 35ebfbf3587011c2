# names: in_bits
# Two is the base.
import math

import torch


def canary(logits, recorded, limit=0.05):
    p, q = torch.softmax(recorded.double(), -1), torch.softmax(logits.double(), -1)
    off = (p * (p.log2() - q.log2())).sum(-1).nan_to_num(nan=math.inf, posinf=math.inf)
    bad = (off > limit).nonzero().flatten().tolist()
    return {"passes": not bad, "worst": float(off.max()), "first": bad[0] if bad else None}
