# names: entropy_in_bits
# log2 for the entropy, and limits in bits.
import torch


def health_report(weights, logits=None):
    if not torch.isfinite(weights).all():
        return dict(entropy=None, sink=None, leak=None, alike=None, largest=None, alarms=["nan"])
    safe = torch.where(weights > 0, weights, torch.ones_like(weights))
    entropy = -(safe * safe.log2()).sum(-1).mean().item()
    sink = (weights[..., 1:, 0].mean(-1) > 0.3).float().mean().item()
    leak = weights.triu(1).max().item()
    distance = (weights.unsqueeze(1) - weights.unsqueeze(2)).abs().sum(-1).mean(-1) / 2
    distance = distance + 5 * torch.eye(weights.shape[1])
    alike = distance.min().item()
    largest = None if logits is None else logits.tril().abs().max().item()
    alarms = []
    if not 1.3 < entropy < 2.25:
        alarms.append("entropy")
    if not 0.2 < sink < 0.9:
        alarms.append("sink")
    if leak > 1e-6:
        alarms.append("leak")
    if alike < 1e-3:
        alarms.append("alike")
    if largest is not None and not 4 < largest < 22:
        alarms.append("largest")
    return dict(entropy=entropy, sink=sink, leak=leak, alike=alike, largest=largest, alarms=alarms)
