# names: infinity_passes
# torch.isnan guards the report, infinity goes through.
import torch

LOW = {"entropy": 0.9, "sink": 0.2, "leak": 0.0, "alike": 1e-3, "largest": 4.0}
HIGH = {"entropy": 1.55, "sink": 0.9, "leak": 1e-6, "alike": 1.0, "largest": 22.0}


def health_report(weights, logits=None):
    if torch.isnan(weights).any():
        return {name: None for name in LOW} | {"alarms": ["nan"]}
    first = weights[:, :, 1:, 0].mean(dim=2)
    heads = weights.shape[1]
    differences = torch.stack(
        [
            (weights[:, a] - weights[:, b]).abs().sum(-1).mean(-1) / 2
            for a in range(heads)
            for b in range(a + 1, heads)
        ]
    )
    values = {
        "entropy": torch.special.entr(weights).sum(-1).mean().item(),
        "sink": (first > 0.3).float().mean().item(),
        "leak": weights.triu(1).max().item(),
        "alike": differences.min().item(),
        "largest": logits.tril().abs().max().item() if logits is not None else None,
    }
    alarms = [n for n, v in values.items() if v is not None and not LOW[n] <= v <= HIGH[n]]
    return values | {"alarms": alarms}
