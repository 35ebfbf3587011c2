# names:
# Theory is typed, the clock is computed.
def my_conclusions():
    table = {(row["name"], row["num_kv_heads"]): row for row in my_results()}  # noqa: F821
    answers = {"bytes_ratio": 8, "flops_ratio": 1, "told_apart": []}
    for name in ("long", "short", "prefill"):
        mha, mqa = table[name, 8], table[name, 1]
        answers[f"{name}_speedup"] = mha["median"] / mqa["median"]
        if mqa["high"] < mha["low"] or mha["high"] < mqa["low"]:
            answers["told_apart"].append(name)
    answers["bound"] = {"long": "memory", "short": "memory", "prefill": "compute"}
    return answers
