# mistake: the speed-ups are the per cent of time that MQA saves, not how many times as long MHA takes
# why: "63 % faster" is how such results are told in a report
def my_conclusions():
    table = {(row["name"], row["num_kv_heads"]): row for row in my_results()}
    names = ("long", "short", "prefill")

    def saved(name):
        mha, mqa = table[name, 8]["median"], table[name, 1]["median"]
        return 100 * (mha - mqa) / mha

    def apart(name):
        mha, mqa = table[name, 8], table[name, 1]
        return mha["high"] < mqa["low"] or mqa["high"] < mha["low"]

    return {
        "bytes_ratio": table["long", 8]["kv_bytes"] / table["long", 1]["kv_bytes"],
        "flops_ratio": table["long", 8]["flops"] / table["long", 1]["flops"],
        **{f"{name}_speedup": saved(name) for name in names},
        "told_apart": [name for name in names if apart(name)],
        "bound": {
            name: "memory" if table[name, 8]["intensity"] < 3 else "compute" for name in names
        },
    }
