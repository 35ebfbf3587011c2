# mistake: told_apart lists the names whose ranges overlap, so exactly those that cannot be told apart
# why: wrote a function `overlap` first and forgot the `not`
def my_conclusions():
    def row(name, kv_heads):
        return next(r for r in my_results() if r["name"] == name and r["num_kv_heads"] == kv_heads)

    def overlap(a, b):
        return a["low"] <= b["high"] and b["low"] <= a["high"]

    result = {
        "bytes_ratio": row("long", 8)["kv_bytes"] / row("long", 1)["kv_bytes"],
        "flops_ratio": row("long", 8)["flops"] / row("long", 1)["flops"],
        "told_apart": [],
        "bound": {},
    }
    for name in ("long", "short", "prefill"):
        mha, mqa = row(name, 8), row(name, 1)
        result[f"{name}_speedup"] = mha["median"] / mqa["median"]
        if overlap(mha, mqa):
            result["told_apart"].append(name)
        result["bound"][name] = "compute" if mha["intensity"] > 3 else "memory"
    return result
