# names: masked_logits_counted
# The largest logit of the whole tensor, by flattening.
import torch


def health_report(weights, logits=None):
    names = ("entropy", "sink", "leak", "alike", "largest")
    if not bool(torch.isfinite(weights).all()):
        return {**{name: None for name in names}, "alarms": ["nan"]}
    n, h, length, _ = weights.shape
    flat = weights.reshape(n * h, length, length)
    entropy = torch.special.entr(flat).sum(2).mean().item()
    sink = (flat[:, 1:, 0].mean(1) > 0.3).sum().item() / (n * h)
    leak = max(flat.triu(1).flatten().tolist())
    alike = min(
        (layer[a] - layer[b]).abs().sum(1).mean().item() / 2
        for layer in weights
        for a in range(h)
        for b in range(a)
    )
    largest = None
    if logits is not None:
        largest = logits.flatten().abs().sort().values[-1].item()
    alarms = []
    for name, value, low, high in (
        ("entropy", entropy, 0.9, 1.55),
        ("sink", sink, 0.2, 0.9),
        ("leak", leak, 0, 1e-6),
        ("alike", alike, 1e-3, 1),
        ("largest", largest, 4, 22),
    ):
        if value is not None and (value < low or value > high):
            alarms.append(name)
    return dict(zip(names, (entropy, sink, leak, alike, largest), strict=True), alarms=alarms)
