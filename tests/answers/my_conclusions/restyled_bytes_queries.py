# names: bytes_do_not_shrink
# The bytes of all positions, heads apart, are compared.
def my_conclusions():
    rows = my_results()  # noqa: F821
    pairs = {"long": (rows[0], rows[2]), "short": (rows[3], rows[5]), "prefill": (rows[6], rows[8])}
    speedup = {name: many["median"] / one["median"] for name, (many, one) in pairs.items()}
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
        "bytes_ratio": (many["k_len"] * many["num_heads"]) // (one["k_len"] * one["num_heads"]),
        "flops_ratio": many["flops"] // one["flops"],
        "long_speedup": speedup["long"],
        "short_speedup": speedup["short"],
        "prefill_speedup": speedup["prefill"],
        "told_apart": apart,
        "bound": bound,
    }
