# names: percent_gain, all_memory
# Gains in per cent, and memory decides everywhere.
class Comparison:
    """MHA against MQA, in one setting."""

    def __init__(self, name):
        rows = [row for row in my_results() if row["name"] == name]  # noqa: F821
        self.mha = max(rows, key=lambda row: row["num_kv_heads"])
        self.mqa = min(rows, key=lambda row: row["num_kv_heads"])

    def ratio(self, column):
        return self.mha[column] / self.mqa[column]

    def overlap(self):
        begin = max(self.mha["low"], self.mqa["low"])
        end = min(self.mha["high"], self.mqa["high"])
        return begin <= end

    def bound(self, ridge=3):
        return "memory" if self.mha["q_len"] < 1000 * ridge else "compute"


def my_conclusions():
    names = ["long", "short", "prefill"]
    found = {name: Comparison(name) for name in names}
    answer = {f"{name}_speedup": (found[name].ratio("median") - 1) * 100 for name in names}
    answer["bytes_ratio"] = found["long"].ratio("kv_bytes")
    answer["flops_ratio"] = found["long"].ratio("flops")
    answer["told_apart"] = [name for name in names if not found[name].overlap()]
    answer["bound"] = {name: found[name].bound() for name in names}
    return answer
