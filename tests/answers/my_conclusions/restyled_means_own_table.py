# names: means_compared
# Sums of the samples are compared, which are as many.
import statistics

TIMES = """
0.006727796 0.006739580 0.006587087 0.006433807 0.006385643 0.006315443 0.006165485 0.006229440
0.006072952 0.006024082 0.005949716 0.005823623 0.005804340 0.005809574 0.005666585 0.005603702
0.005498449 0.005487416 0.005503942 0.007515705

0.001184881 0.001213447 0.001108375 0.001232282 0.001089972 0.001072640 0.001057779 0.001151277
0.001076383 0.001052661 0.001122565 0.001178043 0.001093103 0.001080593 0.001097312 0.001034453
0.001046400 0.001101185 0.001109444 0.001195313

0.000671930 0.000773934 0.000676570 0.000665712 0.000664215 0.000662333 0.000705366 0.000743309
0.000763774 0.000680933 0.000713468 0.000677262 0.000762150 0.000677089 0.000662961 0.000673083
0.000667137 0.000664088 0.000768633 0.000671539

0.000049741 0.000035896 0.000031326 0.000030783 0.000030326 0.000030888 0.000030485 0.000030783
0.000030423 0.000031673 0.000030286 0.000030757 0.000027418 0.000027199 0.000027310 0.000027400
0.000027595 0.000027534 0.000027081 0.000027480

0.000029556 0.000023943 0.000046660 0.000040208 0.000029160 0.000024637 0.000023445 0.000023022
0.000023122 0.000023412 0.000096620 0.000028835 0.000024302 0.000024337 0.000024410 0.000024311
0.000024345 0.000024148 0.000025120 0.000022933

0.000022539 0.000022060 0.000022410 0.000022060 0.000022147 0.000022016 0.000022244 0.000021805
0.000022303 0.000023590 0.000021929 0.000021825 0.000022542 0.000022030 0.000021869 0.000021983
0.000086935 0.000022750 0.000022361 0.000021943

0.005884572 0.005669605 0.005544795 0.005381344 0.005336616 0.005184867 0.005096656 0.005375314
0.005104398 0.005239221 0.005144177 0.005148917 0.005038014 0.005961436 0.012011941 0.011306921
0.011627898 0.011504251 0.011299572 0.011393376

0.010672907 0.010433205 0.010456545 0.011419365 0.011148185 0.010607541 0.010924326 0.010821520
0.010612324 0.010503318 0.010773077 0.010427774 0.010389231 0.010450722 0.010276183 0.010379081
0.010303716 0.010287167 0.010388787 0.012736901

0.004928583 0.004938361 0.004834490 0.004912681 0.004906835 0.004993639 0.004873691 0.004892229
0.004875594 0.004984979 0.004833416 0.004963163 0.004823159 0.004947050 0.004765170 0.004899107
0.004803663 0.004912433 0.004834351 0.004843219
"""


def my_results():
    rows = []
    for case, block in zip(CASES, TIMES.strip().split("\n\n"), strict=True):  # noqa: F821
        samples = [float(word) for word in block.split()]
        low, median, high = statistics.quantiles(samples, n=4, method="inclusive")
        flops = 4 * case["batch"] * 8 * case["q_len"] * case["k_len"] * 64
        kv_bytes = 8 * case["batch"] * case["num_kv_heads"] * case["k_len"] * 64
        row = {**case, "flops": flops, "kv_bytes": kv_bytes, "intensity": flops / kv_bytes}
        row |= {"median": median, "low": low, "high": high, "samples": samples}
        rows.append(row)
    return rows


class Comparison:
    """MHA against MQA, in one setting."""

    def __init__(self, name):
        rows = [row for row in my_results() if row["name"] == name]
        self.mha = max(rows, key=lambda row: row["num_kv_heads"])
        self.mqa = min(rows, key=lambda row: row["num_kv_heads"])

    def ratio(self, column):
        if column == "median":
            return sum(self.mha["samples"]) / sum(self.mqa["samples"])
        return self.mha[column] / self.mqa[column]

    def overlap(self):
        begin = max(self.mha["low"], self.mqa["low"])
        end = min(self.mha["high"], self.mqa["high"])
        return begin <= end

    def bound(self, ridge=3):
        seconds_of_arithmetic = self.mha["flops"] / ridge
        return "compute" if seconds_of_arithmetic > self.mha["kv_bytes"] else "memory"


def my_conclusions():
    names = ["long", "short", "prefill"]
    found = {name: Comparison(name) for name in names}
    answer = {f"{name}_speedup": found[name].ratio("median") for name in names}
    answer["bytes_ratio"] = found["long"].ratio("kv_bytes")
    answer["flops_ratio"] = found["long"].ratio("flops")
    answer["told_apart"] = [name for name in names if not found[name].overlap()]
    answer["bound"] = {name: found[name].bound() for name in names}
    return answer
