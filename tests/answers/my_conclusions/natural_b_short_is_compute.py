# mistake: says that "short" is bound by compute; its intensity is that of any decode step, half a FLOP per byte
# why: there is little to read, so reading cannot be what it waits for: confuses an amount with a ratio
def my_conclusions():
    rows = my_results()

    def find(name, kv):
        return [r for r in rows if r["name"] == name and r["num_kv_heads"] == kv][0]

    conclusions = {
        "bytes_ratio": find("long", 8)["kv_bytes"] / find("long", 1)["kv_bytes"],
        "flops_ratio": find("long", 8)["flops"] / find("long", 1)["flops"],
        "told_apart": [],
        "bound": {"long": "memory", "short": "compute", "prefill": "compute"},
    }
    for name in ("long", "short", "prefill"):
        a, b = find(name, 8), find(name, 1)
        conclusions[name + "_speedup"] = a["median"] / b["median"]
        if a["high"] < b["low"] or b["high"] < a["low"]:
            conclusions["told_apart"].append(name)
    return conclusions
