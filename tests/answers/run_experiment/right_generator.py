# names:
# A generator yields the rows; the inputs come from a generator of random numbers of their own.
import torch


def _rows(attend, cases, dtype):
    rng = torch.Generator().manual_seed(8)

    def normal(*shape):
        return torch.randn(shape, generator=rng, dtype=torch.float64).to(dtype)

    for case in cases:
        match case:
            case {"batch": b, "num_heads": h, "num_kv_heads": g, "d_head": d}:
                q = normal(b, h, case["q_len"], d)
                k, v = (normal(b, g, case["k_len"], d) for _ in range(2))
        yield case, q, k, v


def _timed(attend, q, k, v):
    def call():
        attend(q, k, v)

    return measure(call)  # noqa: F821


def run_experiment(attend, cases, dtype=torch.float32):
    def build():
        for case, q, k, v in _rows(attend, cases, dtype):
            cost = attention_cost(  # noqa: F821
                1,
                q.size(1),
                k.size(1),
                q.size(-1),
                q.size(-2),
                k.size(-2),
                q.size(0),
                k.element_size(),
            )
            f, b = cost["attention_flops"], cost["kv_bytes"]
            t = _timed(attend, q, k, v)
            yield {
                **case,
                **{"flops": f, "kv_bytes": b, "intensity": float(f / b)},
                **{"median": t.median, "low": t.low, "high": t.high, "samples": t.samples},
            }

    return list(build())
