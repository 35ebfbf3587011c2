# names: all_compute
# The intensities are read from the last row of each name, which has one KV head.
def my_conclusions():
    last, first = {}, {}
    for row in my_results():  # noqa: F821
        first.setdefault(row["name"], row)
        last[row["name"]] = row
    found = {"told_apart": [], "bound": {}}
    for name, mqa in last.items():
        mha = first[name]
        found[name + "_speedup"] = mha["median"] / mqa["median"]
        if mha["low"] > mqa["high"] or mqa["low"] > mha["high"]:
            found["told_apart"].append(name)
        found["bound"][name] = "compute" if mqa["intensity"] > 3 else "memory"
    found["bytes_ratio"] = first["long"]["kv_bytes"] / last["long"]["kv_bytes"]
    found["flops_ratio"] = first["long"]["flops"] / last["long"]["flops"]
    return found
