# names: all_compute
# Everything is called bound by compute.
def pick(name, heads):
    for row in my_results():  # noqa: F821
        if row["name"] == name and row["num_kv_heads"] == heads:
            return row


def gain(name):
    return pick(name, 8)["median"] / pick(name, 1)["median"]


def apart(name):
    ranges = sorted((pick(name, n)["low"], pick(name, n)["high"]) for n in (8, 1))
    return ranges[0][1] < ranges[1][0]


def my_conclusions():
    long8, long1 = pick("long", 8), pick("long", 1)
    return dict(
        bytes_ratio=long8["kv_bytes"] / long1["kv_bytes"],
        flops_ratio=long8["flops"] / long1["flops"],
        long_speedup=gain("long"),
        short_speedup=gain("short"),
        prefill_speedup=gain("prefill"),
        told_apart=[name for name in ("long", "short", "prefill") if apart(name)],
        bound={row["name"]: "compute" for row in my_results()},  # noqa: F821
    )
