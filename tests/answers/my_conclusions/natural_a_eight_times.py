# mistake: says that MHA does 8 times as many FLOPs, where both do the same
# why: fewer KV heads are taken for less arithmetic
def my_conclusions():
    table = {}
    for row in my_results():
        table[row["name"], row["num_kv_heads"]] = row

    def speedup(name):
        return table[name, 8]["median"] / table[name, 1]["median"]

    def apart(name):
        a, b = table[name, 8], table[name, 1]
        return a["high"] < b["low"] or b["high"] < a["low"]

    return {
        "bytes_ratio": 8,
        "flops_ratio": 8,
        "long_speedup": speedup("long"),
        "short_speedup": speedup("short"),
        "prefill_speedup": speedup("prefill"),
        "told_apart": [name for name in ("long", "short", "prefill") if apart(name)],
        "bound": {"long": "memory", "short": "memory", "prefill": "compute"},
    }
