# names:
# torch.distributions knows it as well.
import torch
from torch.distributions import Categorical, kl_divergence


def canary(logits, recorded, limit=0.05):
    usable = logits.isfinite().all(-1)
    clean = torch.where(usable[:, None], logits.double(), recorded.double())
    off = kl_divergence(Categorical(logits=recorded.double()), Categorical(logits=clean))
    off = torch.where(usable, off, torch.inf)
    places = torch.nonzero(off > limit).flatten().tolist()
    return {"first": places[0] if places else None, "passes": not places, "worst": float(off.max())}
