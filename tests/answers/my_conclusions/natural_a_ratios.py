# mistake: divides MQA's time by MHA's, so the speedups are turned round
# why: "8 KV heads against 1" is read as what 1 is in terms of 8
def my_conclusions():
    rows = {(row["name"], row["num_kv_heads"]): row for row in my_results()}
    names = ("long", "short", "prefill")
    mha = {name: rows[name, 8] for name in names}
    mqa = {name: rows[name, 1] for name in names}
    answer = {
        "bytes_ratio": mha["long"]["kv_bytes"] / mqa["long"]["kv_bytes"],
        "flops_ratio": mha["long"]["flops"] / mqa["long"]["flops"],
    }
    for name in names:
        answer[f"{name}_speedup"] = mqa[name]["median"] / mha[name]["median"]
    answer["told_apart"] = [
        name
        for name in names
        if mha[name]["low"] > mqa[name]["high"] or mqa[name]["low"] > mha[name]["high"]
    ]
    answer["bound"] = {
        name: "memory" if mha[name]["intensity"] < 3 else "compute" for name in names
    }
    return answer
