# names: the_other_divergence
# Weighed with the new probabilities.
import math

import torch.nn.functional as F


def canary(logits, recorded, limit=0.05):
    p = F.log_softmax(recorded.double(), dim=-1)
    q = F.log_softmax(logits.double(), dim=-1)
    off = F.kl_div(p, q, reduction="none", log_target=True).sum(dim=-1).tolist()
    off = [each if math.isfinite(each) else math.inf for each in off]
    bad = [i for i, each in enumerate(off) if each > limit]
    return {"passes": not bad, "worst": max(off), "first": bad[0] if bad else None}
