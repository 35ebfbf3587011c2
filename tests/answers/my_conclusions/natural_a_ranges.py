# mistake: lists the names whose quartile ranges do overlap
# why: loses the "not" while writing the condition for two overlapping ranges
def my_conclusions():
    rows = my_results()
    mha = {r["name"]: r for r in rows if r["num_kv_heads"] == 8}
    mqa = {r["name"]: r for r in rows if r["num_kv_heads"] == 1}
    overlapping = {
        name: max(mha[name]["low"], mqa[name]["low"]) <= min(mha[name]["high"], mqa[name]["high"])
        for name in mha
    }
    return {
        "bytes_ratio": mha["long"]["kv_bytes"] / mqa["long"]["kv_bytes"],
        "flops_ratio": mha["long"]["flops"] / mqa["long"]["flops"],
        "long_speedup": mha["long"]["median"] / mqa["long"]["median"],
        "short_speedup": mha["short"]["median"] / mqa["short"]["median"],
        "prefill_speedup": mha["prefill"]["median"] / mqa["prefill"]["median"],
        "told_apart": [name for name, same in overlapping.items() if same],
        "bound": {n: "compute" if mha[n]["intensity"] >= 3 else "memory" for n in mha},
    }
