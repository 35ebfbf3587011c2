# mistake: NaN is not above the limit when compared, so a broken position passes
# why: "above the limit" is written as >, and NaN > 0.05 is False
import torch


def canary(logits, recorded, limit=0.05):
    log_p, log_q = torch.log_softmax(recorded, dim=-1), torch.log_softmax(logits, dim=-1)
    kl = torch.sum(log_p.exp() * (log_p - log_q), dim=-1)
    first = None
    for i, value in enumerate(kl.tolist()):
        if value > limit:
            first = i
            break
    return {"passes": first is None, "worst": kl.max().item(), "first": first}
