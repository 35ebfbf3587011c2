# names: entropy_in_bits, masked_logits_counted
# The entropy is in bits, and logits above the diagonal count.
import math

import torch


def health_report(weights, logits=None):
    if not torch.isfinite(weights).all():
        return dict(entropy=None, sink=None, leak=None, alike=None, largest=None, alarms=["nan"])
    heads = range(weights.shape[1])
    report = dict(
        entropy=torch.special.entr(weights).sum(-1).mean().item() / math.log(2),
        sink=(weights[..., 1:, 0].mean(-1) > 0.3).double().mean().item(),
        leak=weights.triu(1).max().item(),
        alike=min(
            (layer[a] - layer[b]).abs().sum(-1).mean().item() / 2
            for layer in weights
            for a in heads
            for b in heads
            if a < b
        ),
        largest=None if logits is None else logits.abs().max().item(),
    )
    limits = dict(
        entropy=(1.3, 2.25), sink=(0.2, 0.9), leak=(0, 1e-6), alike=(1e-3, 1), largest=(4, 24)
    )
    report["alarms"] = [
        name
        for name, (low, high) in limits.items()
        if report[name] is not None and not low <= report[name] <= high
    ]
    return report
