# names:
# Half the sum of absolute differences of the probabilities.
import math

import torch


def canary(logits, recorded, limit=0.05):
    p, q = torch.softmax(recorded.double(), -1), torch.softmax(logits.double(), -1)
    off = ((p - q).abs().sum(-1) / 2).nan_to_num(nan=math.inf)
    bad = (off > limit).nonzero().flatten().tolist()
    return {"passes": not bad, "worst": float(off.max()), "first": bad[0] if bad else None}
