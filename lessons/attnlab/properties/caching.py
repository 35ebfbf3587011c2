"""Properties of attention with a cache."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from .adapters import Inputs, Run, Session, Start
from .verdict import CASES, Case, Cases, Mismatch, Verdict, compare, search

_Cut = tuple[int, ...]


def chunks_equal_the_whole(
    run: Run,
    start: Start,
    inputs: Inputs,
    *,
    cases: Cases = CASES,
) -> Verdict:
    """Read in chunks, token by token or at once: the outputs are those of the whole.

    Args:
        run: reads whole sequences, without a cache.
        start: see ``adapters.Start``.
        inputs, cases: as in ``causality``.
    """

    def attempt(case: Case) -> Iterator[Mismatch | None]:
        x = inputs.draw(case, case.generator())
        whole = run(x)
        for cut in _cuts(case.length):
            read = _read(start(case.batch), x.split(cut, dim=1))
            when = f"it was read in chunks of {' + '.join(map(str, cut))}"
            yield compare(read, whole, when, tolerance=cases.tolerance)

    return search("chunks equal the whole", attempt, cases)


def unwritten_slots_are_irrelevant(
    start: Callable[[int, float], Session],
    inputs: Inputs,
    *,
    fills: Sequence[float] = (1e3, math.nan),
    cases: Cases = CASES,
) -> Verdict:
    """What lies in a cache's memory before anybody writes there reaches no output.

    Args:
        start: ``start(batch, fill)``: a session whose memory holds ``fill`` everywhere.
        fills: what is compared with zeros; ``torch.empty`` may hold any of it.
        inputs, cases: as in ``causality``.
    """

    def attempt(case: Case) -> Iterator[Mismatch | None]:
        x = inputs.draw(case, case.generator())
        for cut in _cuts(case.length):
            chunks = x.split(cut, dim=1)
            clean = _read(start(case.batch, 0.0), chunks)
            for fill in fills:
                when = f"unwritten slots held {fill:g}, chunks of {' + '.join(map(str, cut))}"
                yield compare(
                    _read(start(case.batch, fill), chunks), clean, when, tolerance=cases.tolerance
                )

    return search("irrelevance of unwritten slots", attempt, cases)


def manipulated_cache_equals_fresh(
    start: Start,
    inputs: Inputs,
    *,
    cases: Cases = CASES,
) -> Verdict:
    """A cache that was trimmed, reordered or used before is as good as a new one.

    What comes out after it, and what is stored (``Session.read``), is compared with a session that
    never saw what was taken back. Sessions that take turns must not notice each other.

    Args:
        start: see ``adapters.Start``; what a session cannot do is left out, and said.
        inputs, cases: as in ``causality``.
    """
    able = start(1)
    missing = tuple(name for name in ("trim", "select", "read") if getattr(able, name) is None)

    def attempt(case: Case) -> Iterator[Mismatch | None]:
        for script in _scripts(case, start, inputs, missing):
            fresh = start(case.batch)  # reads before the other begins: they may share memory
            first = None
            if script.prefix.shape[1]:
                fresh.step(script.prefix)
                first = _stored(fresh)
            want, last = fresh.step(script.following), _stored(fresh)
            used = start(case.batch)
            script.manipulate(used)
            if first is not None:
                yield _same(used, first, script.when, cases)
            got = used.step(script.following)
            yield compare(got, want, script.when, tolerance=cases.tolerance)
            if last is not None:
                yield _same(used, last, script.when, cases)

    name = "equality of a manipulated cache with a fresh one"
    return search(name, attempt, cases, shortest=2, left_out=missing)


def _stored(session: Session) -> Tensor | None:
    return session.read().clone() if session.read else None


def _same(session: Session, stored: Tensor, when: str, cases: Cases) -> Mismatch | None:
    assert session.read
    when = f"{when}, and what is stored was read"
    return compare(session.read(), stored, when, ("row",), cases.tolerance)


@dataclass(frozen=True)
class _Script:
    """What is done to a session, and what it must be equal to.

    Attributes:
        when: the same in words.
        manipulate: does it.
        prefix: what a fresh session reads instead.
        following: what both read then.
    """

    when: str
    manipulate: Callable[[Session], None]
    prefix: Tensor
    following: Tensor


def _scripts(case: Case, start: Start, inputs: Inputs, missing: Sequence[str]) -> Iterator[_Script]:
    generator = case.generator()
    x, other = inputs.draw(case, generator), inputs.draw(case, generator)
    kept = max(1, case.length // 2)
    prompt, rest = x[:, :kept], x[:, kept:]

    def take_turns(session: Session) -> None:
        session.step(prompt)
        start(case.batch).step(other)

    def go_back(session: Session) -> None:
        assert session.trim
        session.step(torch.cat((prompt, other[:, kept:]), dim=1))
        session.trim(kept)

    def reject_drafts(session: Session) -> None:
        assert session.trim
        for place in range(1, case.length):
            session.step(x[:, place - 1 : place])
            session.step(other[:, place:])
            session.trim(place)

    def use_again(session: Session) -> None:
        assert session.trim
        session.step(other)
        session.trim(0)

    yield _Script("another session read in between", take_turns, prompt, rest)
    if "trim" not in missing:
        yield _Script(f"it was trimmed to {kept}", go_back, prompt, rest)
        yield _Script("drafts were rejected", reject_drafts, x[:, :-1], x[:, -1:])
        yield _Script("it was emptied and used again", use_again, x[:, :0], x)
    if "select" not in missing:
        yield from _selections(case, prompt, rest)


def _selections(case: Case, prompt: Tensor, rest: Tensor) -> Iterator[_Script]:
    """Rows in reversed order, and one row for all: what beams do."""
    for rows in (torch.arange(case.batch).flip(0), torch.zeros(case.batch, dtype=torch.long)):

        def choose(session: Session, rows: Tensor = rows) -> None:
            assert session.select
            session.step(prompt)
            session.select(rows)

        yield _Script(f"rows {rows.tolist()} were selected", choose, prompt[rows], rest[rows])


def _read(session: Session, chunks: Sequence[Tensor]) -> Tensor:
    return torch.cat([session.step(chunk) for chunk in chunks], dim=1)


def _cuts(length: int) -> list[_Cut]:
    """At once, one by one, a long chunk last, a long one first, three chunks."""
    third = length // 3
    cuts: list[_Cut] = [(length,), (1,) * length]
    if length > 2:
        cuts += [(1, length - 1), (length - 1, 1), (length - 2 * third, third, third)]
    return cuts
