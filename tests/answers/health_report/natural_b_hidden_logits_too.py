# mistake: the largest logit is taken over all keys, those after the query included
# why: the logits come before the mask and nothing marks what is hidden
import torch


def health_report(weights, logits=None):
    names = ("entropy", "sink", "leak", "alike", "largest")
    if not weights.isfinite().all():
        return dict.fromkeys(names) | {"alarms": ["nan"]}
    layers, H, L, _ = weights.shape
    report = {}
    report["entropy"] = float(-torch.xlogy(weights, weights).sum(-1).mean())
    report["sink"] = float((weights[:, :, 1:, 0].mean(-1) > 0.3).double().mean())
    report["leak"] = float(weights.triu(1).max())
    distances = [
        float((weights[n, i] - weights[n, j]).abs().sum(-1).mean() / 2)
        for n in range(layers)
        for i in range(H)
        for j in range(i)
    ]
    report["alike"] = min(distances)
    report["largest"] = None if logits is None else float(logits.abs().max())
    alarms = []
    if not 0.85 < report["entropy"] < 1.6:
        alarms.append("entropy")
    if not 0.25 < report["sink"] < 0.75:
        alarms.append("sink")
    if report["leak"] > 0:
        alarms.append("leak")
    if report["alike"] < 0.02:
        alarms.append("alike")
    if logits is not None and report["largest"] > 25:
        alarms.append("largest")
    return report | {"alarms": alarms}
