# mistake: takes the logits for log probabilities
# why: logits are logs "up to a constant", and the constant is forgotten
import math

import torch


def canary(logits, recorded, limit=0.05):
    p = torch.softmax(recorded, dim=-1)
    kl = (p * (recorded - logits)).sum(-1)
    kl[~torch.isfinite(kl)] = math.inf
    above = torch.nonzero(kl > limit).flatten().tolist()
    return {"passes": not above, "worst": float(kl.max()), "first": above[0] if above else None}
