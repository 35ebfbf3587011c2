# names: the_other_divergence, nan_passes
# The other way round, and blind to NaN.
import torch.nn.functional as F


def canary(logits, recorded, limit=0.05):
    p = F.log_softmax(recorded.double(), dim=-1)
    q = F.log_softmax(logits.double(), dim=-1)
    off = (q.exp() * (q - p)).sum(dim=-1)
    bad = (off > limit).nonzero().flatten().tolist()
    return {"passes": not bad, "worst": float(off.max()), "first": bad[0] if bad else None}
