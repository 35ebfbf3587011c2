# names: without_the_half
# cdist with p=1 as the distance of rows, not halved.
import torch


def health_report(weights, logits=None):
    if not torch.isfinite(weights).all():
        return dict(entropy=None, sink=None, leak=None, alike=None, largest=None, alarms=["nan"])
    rows = weights.double().transpose(1, 2)
    apart = torch.cdist(rows, rows, p=1).mean(1)
    apart = apart.masked_fill(torch.eye(weights.shape[1], dtype=torch.bool), 9.0)
    report = dict(
        entropy=torch.special.entr(weights).sum(-1).mean().item(),
        sink=(weights[..., 1:, 0].mean(-1) > 0.3).double().mean().item(),
        leak=weights.triu(1).max().item(),
        alike=apart.min().item(),
        largest=None if logits is None else logits.tril().abs().max().item(),
    )
    alarms = []
    if not 0.9 <= report["entropy"] <= 1.55:
        alarms.append("entropy")
    if not 0.2 <= report["sink"] <= 0.9:
        alarms.append("sink")
    if report["leak"] > 1e-6:
        alarms.append("leak")
    if report["alike"] < 1e-3:
        alarms.append("alike")
    if logits is not None and not 4 <= report["largest"] <= 22:
        alarms.append("largest")
    report["alarms"] = alarms
    return report
