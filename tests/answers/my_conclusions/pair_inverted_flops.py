# names: speedup_inverted, flops_shrink_with_kv_heads
# MQA over MHA, and an eighth of the FLOPs.
def my_conclusions():
    table = {(row["name"], row["num_kv_heads"]): row for row in my_results()}  # noqa: F821
    answers = {"bytes_ratio": 8, "flops_ratio": 8, "told_apart": []}
    for name in ("long", "short", "prefill"):
        mha, mqa = table[name, 8], table[name, 1]
        answers[f"{name}_speedup"] = mqa["median"] / mha["median"]
        if mqa["high"] < mha["low"] or mha["high"] < mqa["low"]:
            answers["told_apart"].append(name)
    answers["bound"] = {"long": "memory", "short": "memory", "prefill": "compute"}
    return answers
