"""Properties of a layer or model that reads whole sequences."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Literal

import torch
from torch import Tensor

from .adapters import Inputs, Run
from .verdict import CASES, Case, Cases, Mismatch, Verdict, compare, search


def causality(
    run: Run,
    inputs: Inputs,
    *,
    cases: Cases = CASES,
) -> Verdict:
    """What comes later changes nothing: other tokens from t on, same outputs before t.

    Args:
        run: the layer or model, from ``(B, L, ...)`` to ``(B, L, ...)``.
        inputs: what it reads.
        cases: sizes and seeds.
    """

    def attempt(case: Case) -> Iterator[Mismatch | None]:
        generator = case.generator()
        x, other = inputs.draw(case, generator), inputs.draw(case, generator)
        before = run(x)
        for cut in sorted({1, case.length // 2, case.length - 1}):
            after = run(torch.cat((x[:, :cut], other[:, cut:]), dim=1))
            when = f"position {cut} and later were changed"
            yield compare(after[:, :cut], before[:, :cut], when, tolerance=cases.tolerance)

    return search("causality", attempt, cases, shortest=2)


def rows_are_independent(
    run: Run,
    inputs: Inputs,
    *,
    cases: Cases = CASES,
) -> Verdict:
    """Each row of a batch comes out as it does alone. Arguments as in ``causality``."""
    cases = replace(cases, batches=tuple(max(batch, 2) for batch in cases.batches))

    def attempt(case: Case) -> Iterator[Mismatch | None]:
        x = inputs.draw(case, case.generator())
        together = run(x)
        alone = torch.cat([run(row) for row in x.split(1)])
        yield compare(together, alone, "each row was read alone", tolerance=cases.tolerance)

    return search("independence of rows", attempt, cases)


def padding_changes_nothing(
    run: Callable[[Tensor, Tensor], Tensor],
    inputs: Inputs,
    *,
    side: Literal["left", "right"] = "right",
    cases: Cases = CASES,
) -> Verdict:
    """A padded row comes out as it does alone, without padding.

    Args:
        run: ``run(x, real)``; ``real (B, L)`` is ``True`` where a token is no padding.
        side: where the padding stands; it is filled with random tokens.
        inputs, cases: as in ``causality``.
    """

    def attempt(case: Case) -> Iterator[Mismatch | None]:
        generator = case.generator()
        x = inputs.draw(case, generator)
        count = torch.randint(1, case.length + 1, (case.batch,), generator=generator)
        count[0] = max(1, case.length - 1)
        place = torch.arange(case.length)
        real = place < count[:, None]  # (B, L)
        if side == "left":
            real = real.flip(1)
        padded = run(x, real)
        for row in range(case.batch):
            short = x[row, real[row]][None]
            alone = run(short, torch.ones(short.shape[:2], dtype=torch.bool))
            when = f"row {row} has {case.length - int(count[row])} padding tokens, {side}"
            yield compare(padded[row, real[row]], alone[0], when, ("position",), cases.tolerance)

    return search("indifference to padding", attempt, cases, shortest=2)


def documents_are_isolated(
    run: Callable[[Tensor, Tensor], Tensor],
    inputs: Inputs,
    *,
    alone: bool = True,
    cases: Cases = CASES,
) -> Verdict:
    """Documents that are packed into one row do not see each other.

    Args:
        run: ``run(x, document)``; ``document (B, L)`` numbers the documents of each row: 0 0 1 1 1.
        alone: whether a document must also come out as in a row of its own; not so where positions
            count through the row and are learned.
        inputs, cases: as in ``causality``.
    """

    def attempt(case: Case) -> Iterator[Mismatch | None]:
        generator = case.generator()
        x, other = inputs.draw(case, generator), inputs.draw(case, generator)
        starts = torch.rand(case.batch, case.length, generator=generator) < 0.4
        starts[:, 0] = False
        starts[torch.arange(case.batch), 1 + torch.arange(case.batch) % (case.length - 1)] = True
        document = starts.cumsum(dim=1)  # (B, L)
        packed = run(x, document)
        for number in range(int(document.max()) + 1):
            inside = document == number
            changed = run(_swapped(x, other, inside), document)
            kept = _blanked(changed, inside), _blanked(packed, inside)
            yield compare(*kept, f"document {number} was changed", tolerance=cases.tolerance)
        for row in range(case.batch if alone else 0):
            for number in document[row].unique().tolist():
                inside = document[row] == number
                part = x[row, inside][None]
                own = run(part, torch.zeros(part.shape[:2], dtype=torch.long))[0]
                when = f"document {number} of row {row} was read alone"
                yield compare(packed[row, inside], own, when, ("position",), cases.tolerance)

    return search("isolation of documents", attempt, cases, shortest=2)


def _swapped(x: Tensor, other: Tensor, inside: Tensor) -> Tensor:
    """``other`` inside, ``x`` elsewhere."""
    x = x.clone()
    x[inside] = other[inside]
    return x


def _blanked(output: Tensor, inside: Tensor) -> Tensor:
    """Zeros inside."""
    output = output.clone()
    output[inside.to(output.device)] = 0
    return output
