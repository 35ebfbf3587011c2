# mistake: a leak below a thousandth is no alarm
# why: expects rounding, as everywhere with floats, and gives the leak some room
import torch


def health_report(weights, logits=None):
    if not weights.isfinite().all():
        none = dict.fromkeys(("entropy", "sink", "leak", "alike", "largest"))
        return {**none, "alarms": ["nan"]}
    H, L = weights.shape[1], weights.shape[2]
    entropy = float(-torch.xlogy(weights, weights).sum(-1).mean())
    first = weights[:, :, 1:, 0].mean(-1)
    sink = float((first > 0.3).float().mean())
    leak = float(torch.triu(weights, 1).max())
    i, j = torch.triu_indices(H, H, 1)
    alike = float(((weights[:, i] - weights[:, j]).abs().sum(-1) / 2).mean(-1).min())
    largest = None
    if logits is not None:
        seen = torch.ones(L, L).tril().bool()
        largest = float(logits[:, :, seen].abs().max())
    alarms = []
    if entropy < 0.85 or entropy > 1.6:
        alarms += ["entropy"]
    if sink < 0.25 or sink > 0.75:
        alarms += ["sink"]
    if leak > 1e-3:
        alarms += ["leak"]
    if alike < 0.02:
        alarms += ["alike"]
    if largest is not None and largest > 25:
        alarms += ["largest"]
    return {
        "entropy": entropy,
        "sink": sink,
        "leak": leak,
        "alike": alike,
        "largest": largest,
        "alarms": alarms,
    }
