# mistake: compares 8 KV heads with 2, the next row of the table, instead of with 1
# why: the rows come in threes, and the comparison was made with the neighbour
def my_conclusions():
    rows = my_results()
    first = {"long": 0, "short": 3, "prefill": 6}
    pairs = {name: (rows[i], rows[i + 1]) for name, i in first.items()}

    def speedup(name):
        mha, mqa = pairs[name]
        return mha["median"] / mqa["median"]

    told_apart = []
    for name, (mha, mqa) in pairs.items():
        if mha["low"] > mqa["high"] or mqa["low"] > mha["high"]:
            told_apart.append(name)
    mha, mqa = pairs["long"]
    return {
        "bytes_ratio": mha["kv_bytes"] / mqa["kv_bytes"],
        "flops_ratio": mha["flops"] / mqa["flops"],
        "long_speedup": speedup("long"),
        "short_speedup": speedup("short"),
        "prefill_speedup": speedup("prefill"),
        "told_apart": told_apart,
        "bound": {
            name: "memory" if pair[0]["intensity"] < 3 else "compute"
            for name, pair in pairs.items()
        },
    }
