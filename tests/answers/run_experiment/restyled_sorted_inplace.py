# names: samples_sorted
# list.sort on the samples, to look at the ends.
import torch


def run_experiment(attend, cases, dtype=torch.float32):
    rows = []
    for case in cases:
        b, d = case["batch"], case["d_head"]
        q = torch.empty(b, case["num_heads"], case["q_len"], d, dtype=dtype).normal_()
        k = torch.empty(b, case["num_kv_heads"], case["k_len"], d, dtype=dtype).normal_()
        v = torch.empty(b, case["num_kv_heads"], case["k_len"], d, dtype=dtype).normal_()
        t = measure(lambda q=q, k=k, v=v: attend(q, k, v))  # noqa: F821
        samples = list(t.samples)
        samples.sort()
        row = dict(case, flops=4 * q.numel() * case["k_len"], kv_bytes=k.nbytes + v.nbytes)
        row["intensity"] = arithmetic_intensity(row["flops"], row["kv_bytes"])  # noqa: F821
        row.update(median=t.median, low=t.low, high=t.high, samples=samples)
        rows.append(row)
    return rows
