# names: dtype_ignored
# The result of .to(dtype) is thrown away.
import torch


def run_experiment(attend, cases, dtype=torch.float32):
    def one(case):
        q = torch.rand(case["batch"], case["num_heads"], case["q_len"], case["d_head"])
        k = torch.rand(case["batch"], case["num_kv_heads"], case["k_len"], case["d_head"])
        v = torch.rand_like(k)
        for tensor in (q, k, v):
            tensor.to(dtype)
        cost = attention_cost(  # noqa: F821
            512,
            case["num_heads"],
            case["num_kv_heads"],
            case["d_head"],
            case["q_len"],
            case["k_len"],
            case["batch"],
            torch.finfo(dtype).bits // 8,
        )
        clock = measure(lambda: attend(q, k, v))  # noqa: F821
        new = dict(flops=cost["attention_flops"], kv_bytes=cost["kv_bytes"])
        new["intensity"] = arithmetic_intensity(  # noqa: F821
            **{"flops": new["flops"], "bytes_moved": cost["kv_bytes"]}
        )
        return case | new | {x: getattr(clock, x) for x in ("median", "low", "high", "samples")}

    return [one(case) for case in cases]
