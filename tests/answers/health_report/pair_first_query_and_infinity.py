# names: first_query_counted, infinity_passes
# The first query counts for the sink, and only NaN is looked for.
import torch


def health_report(weights, logits=None):
    if weights.isnan().any():
        return dict(entropy=None, sink=None, leak=None, alike=None, largest=None, alarms=["nan"])
    heads = range(weights.shape[1])
    report = dict(
        entropy=torch.special.entr(weights).sum(-1).mean().item(),
        sink=(weights[..., 0].mean(-1) > 0.3).double().mean().item(),
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
        entropy=(0.9, 1.55), sink=(0.2, 0.95), leak=(0, 1e-6), alike=(1e-3, 1), largest=(4, 22)
    )
    report["alarms"] = [
        name
        for name, (low, high) in limits.items()
        if report[name] is not None and not low <= report[name] <= high
    ]
    return report
