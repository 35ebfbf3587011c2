# names:
# Loops over layers and heads, plain floats, limits as pairs of constants.
import math

NORMAL = {"entropy": (0.9, 1.58), "sink": (0.2, 0.85), "largest": (4.0, 24.0)}


def row_entropy(row):
    total = 0.0
    for p in row.tolist():
        if p > 0:
            total -= p * math.log(p)
    return total


def health_report(weights, logits=None):
    names = ["entropy", "sink", "leak", "alike", "largest"]
    if weights.isnan().any() or weights.isinf().any():
        report = {name: None for name in names}
        report["alarms"] = ["nan"]
        return report
    layers, heads, length, _ = weights.shape
    entropies, sinks, leak, alike, largest = [], 0, 0.0, math.inf, None
    for layer in range(layers):
        for head in range(heads):
            m = weights[layer, head]
            entropies += [row_entropy(row) for row in m]
            if m[1:, 0].mean() > 0.3:
                sinks += 1
            for query in range(length - 1):
                leak = max(leak, float(m[query, query + 1 :].max()))
            for other in range(head):
                distance = (m - weights[layer, other]).abs().sum(dim=1).mean() / 2
                alike = min(alike, float(distance))
    if logits is not None:
        largest = max(
            float(logits[:, :, query, : query + 1].abs().max()) for query in range(length)
        )
    report = {
        "entropy": sum(entropies) / len(entropies),
        "sink": sinks / (layers * heads),
        "leak": leak,
        "alike": alike,
        "largest": largest,
    }
    alarms = [
        name
        for name, (low, high) in NORMAL.items()
        if report[name] is not None and not (low < report[name] < high)
    ]
    if leak > 1e-5:
        alarms.append("leak")
    if alike < 1e-4:
        alarms.append("alike")
    report["alarms"] = alarms
    return report
