# names: range_without_room
# Limits at two standard deviations of the twenty given texts.
import torch


def health_report(weights, logits=None):
    if not torch.isfinite(weights).all():
        return dict(entropy=None, sink=None, leak=None, alike=None, largest=None, alarms=["nan"])
    heads = range(weights.shape[1])
    report = dict(
        entropy=torch.special.entr(weights).sum(-1).mean().item(),
        sink=(weights[..., 1:, 0].mean(-1) > 0.3).double().mean().item(),
        leak=weights.triu(1).max().item(),
        alike=min(
            (layer[a] - layer[b]).abs().sum(-1).mean().item() / 2
            for layer in weights
            for a in heads
            for b in heads
            if a < b
        ),
        largest=None if logits is None else logits.tril().abs().max().item(),
    )
    limits = dict(
        entropy=(1.07, 1.38),
        sink=(0.49, 0.75),
        leak=(0, 1e-6),
        alike=(1e-3, 1),
        largest=(9.9, 19.2),
    )
    report["alarms"] = [
        name
        for name, (low, high) in limits.items()
        if report[name] is not None and not low <= report[name] <= high
    ]
    return report
