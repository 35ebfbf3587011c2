# names:
# A loop that remembers the worst and the first.
import math

import torch


def canary(logits, recorded, limit=0.05):
    worst, first = 0.0, None
    for i, (new, old) in enumerate(zip(logits, recorded, strict=True)):
        p = torch.softmax(old.double(), dim=0)
        log_p = old.double() - torch.logsumexp(old.double(), dim=0)
        log_q = new.double() - torch.logsumexp(new.double(), dim=0)
        divergence = float(torch.dot(p, log_p - log_q))
        if not math.isfinite(divergence):
            divergence = float("inf")
        worst = max(worst, divergence)
        if first is None and not divergence <= limit:
            first = i
    return dict(passes=first is None, worst=worst, first=first)
