# mistake: the distance of two heads is the whole sum of |p - q|
# why: forgets the half, and finds limits that fit the doubled number
import torch


def health_report(weights, logits=None):
    report = dict.fromkeys(["entropy", "sink", "leak", "alike", "largest"])
    if not torch.isfinite(weights).all():
        report["alarms"] = ["nan"]
        return report
    layers, heads, length, _ = weights.shape
    report["entropy"] = torch.special.entr(weights).sum(-1).mean().item()
    report["sink"] = (weights[:, :, 1:, 0].mean(-1) > 0.3).double().mean().item()
    report["leak"] = weights.triu(1).amax().item()
    smallest = 2.0
    for layer in weights:
        for a in range(heads):
            for b in range(a + 1, heads):
                d = (layer[a] - layer[b]).abs().sum(-1).mean().item()
                smallest = min(smallest, d)
    report["alike"] = smallest
    alarms = []
    if logits is not None:
        report["largest"] = logits.tril().abs().max().item()
        if report["largest"] > 24:
            alarms.append("largest")
    if report["entropy"] < 0.85 or report["entropy"] > 1.6:
        alarms.append("entropy")
    if report["sink"] < 0.25 or report["sink"] > 0.75:
        alarms.append("sink")
    if report["leak"] > 0:
        alarms.append("leak")
    if report["alike"] < 0.05:
        alarms.append("alike")
    report["alarms"] = alarms
    return report
