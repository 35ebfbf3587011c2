# names: percent_gain
# Per cent by which MQA is faster.
def my_conclusions():
    rows = my_results()  # noqa: F821
    pairs = {"long": (rows[0], rows[2]), "short": (rows[3], rows[5]), "prefill": (rows[6], rows[8])}
    speedup = {
        name: 100 * (many["median"] / one["median"] - 1) for name, (many, one) in pairs.items()
    }
    apart = [
        name
        for name, (many, one) in pairs.items()
        if max(many["low"], one["low"]) > min(many["high"], one["high"])
    ]
    bound = {
        name: "memory" if many["flops"] / many["kv_bytes"] < 3 else "compute"
        for name, (many, one) in pairs.items()
    }
    many, one = pairs["long"]
    return {
        "bytes_ratio": many["kv_bytes"] // one["kv_bytes"],
        "flops_ratio": many["flops"] // one["flops"],
        "long_speedup": speedup["long"],
        "short_speedup": speedup["short"],
        "prefill_speedup": speedup["prefill"],
        "told_apart": apart,
        "bound": bound,
    }
