# names:
# A frozen dataclass for limits, alarms as a tuple of names, torch.special.entr, cdist for pairs.
from dataclasses import dataclass

import torch


@dataclass(frozen=True)
class Limit:
    low: float
    high: float

    def holds(self, value):
        return value is None or self.low <= value <= self.high


LIMITS = {
    "entropy": Limit(0.88, 1.55),
    "sink": Limit(0.15, 0.9),
    "leak": Limit(-1.0, 1e-4),
    "alike": Limit(1e-6, 2.0),
    "largest": Limit(0.0, 21.9),
}


def health_report(weights, logits=None):
    report = dict.fromkeys(LIMITS)
    if torch.isfinite(weights).logical_not().any():
        report["alarms"] = ("nan",)
        return report
    w = weights.to(torch.float64)
    heads, length = w.shape[1:3]
    report["entropy"] = torch.special.entr(w).sum(dim=-1).mean().item()
    shares = w[..., 0][..., 1:].mean(dim=-1).flatten()
    report["sink"] = sum(1 for share in shares.tolist() if share > 0.3) / len(shares)
    report["leak"] = torch.triu(w, diagonal=1).amax().item()
    rows = w.transpose(1, 2)  # (layers, L, H, L)
    distances = torch.cdist(rows, rows, p=1).mean(dim=1) / 2  # (layers, H, H)
    distances += torch.eye(heads, dtype=torch.float64) * 9
    report["alike"] = distances.amin().item()
    if logits is not None:
        later = torch.ones(length, length).triu(1).bool()
        report["largest"] = logits.masked_fill(later, 0.0).abs().amax().item()
    report["alarms"] = tuple(
        name for name, limit in LIMITS.items() if not limit.holds(report[name])
    )
    return report
