# mistake: the mean weight on the first key includes the first query
# why: mean over the whole column
import math

import torch


def health_report(weights, logits=None):
    if torch.isnan(weights).any() or torch.isinf(weights).any():
        return {
            "entropy": None,
            "sink": None,
            "leak": None,
            "alike": None,
            "largest": None,
            "alarms": ["nan"],
        }
    L = weights.shape[-1]
    future = torch.ones(L, L, dtype=torch.bool).triu(1)
    logs = torch.where(weights > 0, weights, 1.0).log()
    entropy = -(weights * logs).sum(-1).mean().item()
    sink = (weights[..., 0].mean(-1) > 0.3).float().mean().item()
    leak = weights[..., future].max().item()
    distance = (weights[:, :, None] - weights[:, None]).abs().sum(-1).mean(-1) / 2
    same = torch.eye(weights.shape[1], dtype=torch.bool)
    alike = distance.masked_fill(same, math.inf).min().item()
    largest = logits[..., ~future].abs().max().item() if logits is not None else None
    limits = {
        "entropy": (0.85, 1.6),
        "sink": (0.3, 0.85),
        "leak": (0, 0),
        "alike": (0.02, 1),
        "largest": (0, 25),
    }
    report = {"entropy": entropy, "sink": sink, "leak": leak, "alike": alike, "largest": largest}
    alarms = [
        name
        for name, (low, high) in limits.items()
        if report[name] is not None and not low <= report[name] <= high
    ]
    report["alarms"] = alarms
    return report
