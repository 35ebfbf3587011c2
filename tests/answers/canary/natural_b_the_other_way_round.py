# mistake: the divergence from the new distribution to the recorded one
# why: kl_div(recorded, logits) reads like "from recorded to new"
import math

import torch.nn.functional as F


def canary(logits, recorded, limit=0.05):
    old, new = F.log_softmax(recorded, -1), F.log_softmax(logits, -1)
    kl = F.kl_div(old, new, log_target=True, reduction="none").sum(-1)
    kl = kl.nan_to_num(math.inf, posinf=math.inf)
    bad = (kl > limit).nonzero()
    return {
        "passes": len(bad) == 0,
        "worst": kl.max().item(),
        "first": bad[0].item() if len(bad) else None,
    }
