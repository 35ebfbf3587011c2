# names: none_told_apart
# Overlap is tested with or in place of and, so that every pair of ranges overlaps.
def my_conclusions():
    table = {(row["name"], row["num_kv_heads"]): row for row in my_results()}  # noqa: F821
    answers = {"bytes_ratio": 8, "flops_ratio": 1, "told_apart": []}
    for name in ("long", "short", "prefill"):
        mha, mqa = table[name, 8], table[name, 1]
        answers[f"{name}_speedup"] = mha["median"] / mqa["median"]
        overlap = mha["low"] <= mqa["high"] or mqa["low"] <= mha["high"]
        if not overlap:
            answers["told_apart"].append(name)
    answers["bound"] = {"long": "memory", "short": "memory", "prefill": "compute"}
    return answers
