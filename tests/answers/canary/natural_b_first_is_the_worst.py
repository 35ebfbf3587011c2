# mistake: first is the position of the largest divergence
# why: worst and its place belong together
import math

import torch


def canary(logits, recorded, limit=0.05):
    p = recorded.log_softmax(-1)
    q = logits.log_softmax(-1)
    divergence = (p.exp() * (p - q)).sum(-1)
    divergence = torch.where(divergence.isfinite(), divergence, math.inf)
    worst = float(divergence.max())
    passes = worst <= limit
    return {"passes": passes, "worst": worst, "first": None if passes else int(divergence.argmax())}
