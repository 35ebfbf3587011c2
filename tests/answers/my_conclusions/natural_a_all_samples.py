# mistake: compares the means of the samples, not the medians
# why: an average is what one usually takes, and the samples are all there
import statistics


def my_conclusions():
    """What the table of ``my_results`` shows about 8 KV heads against 1."""
    results = my_results()

    def find(name, kv_heads):
        for row in results:
            if row["name"] == name and row["num_kv_heads"] == kv_heads:
                return row

    conclusions = {"told_apart": [], "bound": {}}
    for name in ("long", "short", "prefill"):
        eight, one = find(name, 8), find(name, 1)
        average_eight = statistics.mean(eight["samples"])
        average_one = statistics.mean(one["samples"])
        conclusions[name + "_speedup"] = average_eight / average_one
        if eight["low"] > one["high"] or eight["high"] < one["low"]:
            conclusions["told_apart"].append(name)
        conclusions["bound"][name] = "memory" if eight["intensity"] < 3 else "compute"
    conclusions["bytes_ratio"] = find("long", 8)["kv_bytes"] / find("long", 1)["kv_bytes"]
    conclusions["flops_ratio"] = find("long", 8)["flops"] / find("long", 1)["flops"]
    return conclusions
