# names: sign_kept
# The largest logit by max alone, over what tril leaves, filled with minus infinity above.
import torch


def health_report(weights, logits=None):
    if not torch.isfinite(weights).all():
        return dict(entropy=None, sink=None, leak=None, alike=None, largest=None, alarms=["nan"])
    sink = (weights[..., 1:, 0].mean(-1) > 0.3).float().mean().item()
    pairs = [(a, b) for a in range(weights.shape[1]) for b in range(a)]
    found = {
        "entropy": torch.special.entr(weights).sum(-1).mean().item(),
        "sink": sink,
        "leak": weights.triu(1).max().item(),
        "alike": min(
            (weights[:, a] - weights[:, b]).abs().sum(-1).mean(-1).min().item() / 2
            for a, b in pairs
        ),
        "largest": None,
    }
    alarms = []
    if logits is not None:
        later = torch.ones_like(logits).triu(1) > 0
        found["largest"] = logits.masked_fill(later, float("-inf")).max().item()
        if found["largest"] > 22:
            alarms.append("largest")
    if found["entropy"] < 0.9 or found["entropy"] > 1.55:
        alarms.append("entropy")
    if sink < 0.2 or sink > 0.9:
        alarms.append("sink")
    if found["leak"] > 1e-6:
        alarms.append("leak")
    if found["alike"] < 1e-3:
        alarms.append("alike")
    return {**found, "alarms": alarms}
