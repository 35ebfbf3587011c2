# names: worst_for_first
# The place of the largest.
import math

import torch


def canary(logits, recorded, limit=0.05):
    p, q = torch.softmax(recorded.double(), -1), torch.log_softmax(logits.double(), -1)
    off = (p * (p.log() - q)).sum(-1).nan_to_num(nan=math.inf, posinf=math.inf)
    worst, place = off.max(dim=0)
    fine = bool(worst <= limit)
    return {"passes": fine, "worst": float(worst), "first": None if fine else int(place)}
