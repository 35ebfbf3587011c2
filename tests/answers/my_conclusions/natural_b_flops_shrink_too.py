# mistake: says that MHA does 8 times as many FLOPs; they are the same
# why: one eighth of the heads, one eighth of the work: forgot that every query head still has its own scores
def my_conclusions():
    rows = {(r["name"], r["num_kv_heads"]): r for r in my_results()}
    names = ["long", "short", "prefill"]
    times = {n: rows[n, 8]["median"] / rows[n, 1]["median"] for n in names}
    apart = [
        n
        for n in names
        if rows[n, 8]["low"] > rows[n, 1]["high"] or rows[n, 1]["low"] > rows[n, 8]["high"]
    ]
    return {
        "bytes_ratio": 8,
        "flops_ratio": 8,
        "long_speedup": times["long"],
        "short_speedup": times["short"],
        "prefill_speedup": times["prefill"],
        "told_apart": apart,
        "bound": {"long": "memory", "short": "memory", "prefill": "compute"},
    }
