# names: first_query_counted
# The mean on the first key takes in the first query, which sees nothing else; loops.
import torch


def health_report(weights, logits=None):
    if not torch.isfinite(weights).all():
        return dict(entropy=None, sink=None, leak=None, alike=None, largest=None, alarms=["nan"])
    layers, heads, length, _ = weights.shape
    entropy = float(torch.special.entr(weights).sum(-1).mean())
    count = 0
    for layer in weights:
        for head in layer:
            share = head[:, 0].sum() / length
            count += bool(share > 0.3)
    leak = float(torch.triu(weights, 1).max())
    alike = 9.0
    for layer in weights:
        for a in range(heads):
            for b in range(a + 1, heads):
                alike = min(alike, float((layer[a] - layer[b]).abs().sum(-1).mean()) / 2)
    report = dict(
        entropy=entropy, sink=count / layers / heads, leak=leak, alike=alike, largest=None
    )
    if logits is not None:
        report["largest"] = float(logits.tril().abs().max())
    limits = dict(entropy=(0.9, 1.55), sink=(0.2, 0.9), leak=(0, 1e-6), alike=(1e-3, 9))
    limits["largest"] = (4, 22)
    report["alarms"] = [
        name
        for name, (low, high) in limits.items()
        if report[name] is not None and not low <= report[name] <= high
    ]
    return report
