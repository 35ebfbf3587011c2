# names:
# Vectorised; limits are computed from the given healthy texts by a helper: half the range more.
import functools
import itertools

import torch


def numbers(weights, logits):
    layers, heads, length, _ = weights.shape
    log = weights.clamp_min(1e-300 if weights.dtype == torch.float64 else 1e-30).log()
    found = {
        "entropy": float(-torch.einsum("nhqk,nhqk->", weights, log)) / (layers * heads * length)
    }
    found["sink"] = float((weights[:, :, 1:, 0].mean(2) > 0.3).float().mean())
    later = torch.arange(length)[:, None] < torch.arange(length)
    found["leak"] = float(weights[..., later].max())
    pairs = itertools.combinations(range(heads), 2)
    found["alike"] = min(
        float(((weights[:, a] - weights[:, b]).abs().sum(-1).mean(-1) / 2).min()) for a, b in pairs
    )
    found["largest"] = None if logits is None else float(logits.tril().abs().max())
    return found


def health_report(weights, logits=None):
    if not torch.isfinite(weights).all():
        return {
            "entropy": None,
            "sink": None,
            "leak": None,
            "alike": None,
            "largest": None,
            "alarms": ["nan"],
        }
    found = numbers(weights, logits)
    healthy = healthy_numbers()
    alarms = []
    for name, value in found.items():
        if value is None:
            continue
        seen = [each[name] for each in healthy]
        room = (max(seen) - min(seen)) / 2
        low, high = min(seen) - room, max(seen) + room
        if name == "alike":
            low, high = 0.001, 1.0
        if name == "leak":
            low, high = 0.0, 1e-9
        if value < low or value > high:
            alarms.append(name)
    return found | {"alarms": alarms}


@functools.cache
def healthy_numbers():
    return [numbers(*healthy_trace(seed)) for seed in range(20)]  # noqa: F821
