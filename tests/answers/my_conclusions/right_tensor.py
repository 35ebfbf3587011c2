# names:
# Three ratios at once, in tensors.
import torch

NAMES = ("long", "short", "prefill")


def column(name, heads):
    found = [row[name] for row in my_results() if row["num_kv_heads"] == heads]  # noqa: F821
    return torch.tensor(found, dtype=torch.float64)


def my_conclusions():
    ratios = column("median", 8) / column("median", 1)
    gaps = torch.maximum(column("low", 8) - column("high", 1), column("low", 1) - column("high", 8))
    below_ridge = column("intensity", 8) < 3
    report = {name + "_speedup": ratio for name, ratio in zip(NAMES, ratios.tolist(), strict=True)}
    report["bytes_ratio"] = (column("kv_bytes", 8) / column("kv_bytes", 1))[0].item()
    report["flops_ratio"] = (column("flops", 8) / column("flops", 1))[0].item()
    report["told_apart"] = [name for name, gap in zip(NAMES, gaps, strict=True) if gap > 0]
    kinds = ["memory" if low else "compute" for low in below_ridge]
    report["bound"] = dict(zip(NAMES, kinds, strict=True))
    return report
