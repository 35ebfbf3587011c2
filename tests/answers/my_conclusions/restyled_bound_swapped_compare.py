# names: bound_swapped
# Above the ridge it says memory.
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
        seconds_of_arithmetic = self.mha["flops"] / ridge
        return "compute" if seconds_of_arithmetic < self.mha["kv_bytes"] else "memory"


def my_conclusions():
    names = ["long", "short", "prefill"]
    found = {name: Comparison(name) for name in names}
    answer = {f"{name}_speedup": found[name].ratio("median") for name in names}
    answer["bytes_ratio"] = found["long"].ratio("kv_bytes")
    answer["flops_ratio"] = found["long"].ratio("flops")
    answer["told_apart"] = [name for name in names if not found[name].overlap()]
    answer["bound"] = {name: found[name].bound() for name in names}
    return answer
