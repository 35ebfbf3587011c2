"""Properties of attention itself: what is masked, and several ways to compute one thing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import torch
from torch import Tensor

from .adapters import Attend, Heads
from .verdict import CASES, Case, Cases, Mismatch, Verdict, compare, search

_AXES = ("row", "head", "query")


def masked_content_is_irrelevant(
    attend: Attend,
    heads: Heads | None = None,
    *,
    fill: float = 1e6,
    cases: Cases = CASES,
) -> Verdict:
    """Keys and values that no query may attend to can hold anything.

    Args:
        attend: see ``adapters.Attend``.
        heads: sizes of queries, keys and values.
        fill: what is put there; 100 for float16. NaN is for kernels that read slots nobody wrote:
            a weight of zero times NaN is NaN, so PyTorch's own do not pass it.
        cases: sizes and seeds.
    """
    heads = heads or Heads()

    def attempt(case: Case) -> Iterator[Mismatch | None]:
        generator = case.generator()
        q, k, v = heads.draw(case, generator)
        real = torch.rand(case.batch, case.length, generator=generator) < 0.6
        real[:, 0], real[:, -1] = True, False
        real = real.roll(int(torch.randint(case.length, (), generator=generator)), 1)
        mask = real[:, None, None].expand(-1, 1, case.length, -1)  # (B, 1, L_q, L_k)
        before = attend(q, k, v, mask)
        unseen = ~real[:, None, :, None]  # (B, 1, L_k, 1)
        for name, value in (("keys", fill), ("keys", -fill), ("values", fill)):
            dirty = (k if name == "keys" else v).masked_fill(unseen, value)
            after = attend(q, *((dirty, v) if name == "keys" else (k, dirty)), mask)
            yield compare(after, before, f"masked {name} hold {value:g}", _AXES, cases.tolerance)

    return search("irrelevance of what is masked", attempt, cases, shortest=2)


def paths_agree(
    paths: Mapping[str, Callable[[Tensor, Tensor, Tensor], Tensor]],
    heads: Heads | None = None,
    *,
    scales: Sequence[float] = (1.0, 10.0, 30.0),
    cases: Cases = CASES,
) -> Verdict:
    """Every way to compute it gives the same: backends, with weights and without, loop and fused.

    Args:
        paths: by name, ``path(q, k, v)``; the first is what the others are held against.
        heads: sizes of queries, keys and values.
        scales: standard deviations of the scores: soft caps, clips and overflow show at large ones
            only. Rounding grows with the scores, and what is allowed with it.
        cases: sizes and seeds; one length beyond the window, if there is one.
    """
    heads = heads or Heads()
    (first, oracle), *others = paths.items()

    def attempt(case: Case) -> Iterator[Mismatch | None]:
        for scale in scales:
            drawn = heads.draw(case, case.generator(), scale)
            want = oracle(*drawn)
            for name, path in others:
                got = path(*drawn)
                when = f"{name} against {first}, scores of size {scale:g}"
                yield compare(got, want, when, _AXES, cases.tolerance, slack=max(scale, 1.0))

    return search("agreement of paths", attempt, cases)
