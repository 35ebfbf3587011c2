"""What a dashboard would show of a real model, healthy and with faults in its attention.

``python -m attnlab.signals`` runs SmolLM2 over several texts, then over one of them with each
fault, and writes what it sees to ``lessons/data/signals.json``. ``--again`` does it once more, into
a file beside it, and compares the two.
"""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator, Mapping, Sequence

import torch
from torch import Tensor, nn

from attnlab import smollm2
from attnlab.decoder import Decoder
from attnlab.faults import fault
from attnlab.kept import DATA, Kept, can_be_left, compare, load, path_and_options
from attnlab.progress import bar
from attnlab.watched import ATTENTION_FAULTS, HEALTHY, AttentionFault, Watch, Watched

RESULTS = DATA / "signals.json"
SINK = 0.3
LENGTH, LATE = 320, 200
TEXTS, COPY = 8, 50
CHANGES = (
    HEALTHY,
    AttentionFault("cache in 8 bits", bits=8),
    AttentionFault("cache in 4 bits", bits=4),
    *(
        AttentionFault(f"layer {layer}: 1 KV head for 3", weights="one KV head", layers=(layer,))
        for layer in (0, 5, 10, 15, 16, 17, 18, 19, 20, 25, 29)
    ),
)
"""Cheaper caches, for loss beside recall."""


@dataclasses.dataclass(frozen=True)
class Signals:
    """What was seen in one run over one text.

    Attributes:
        loss: nats a token, over the text.
        late_loss: the same after the first 200 tokens.
        entropy: of the attention weights in nats, mean over layers, heads and queries.
        sink: share of heads whose mean weight on the first token is above 0.3.
        max_score: largest scaled score, by amount.
        leak: largest weight on a key after its query.
        finite: whether all weights are numbers.
    """

    loss: float
    late_loss: float
    entropy: float
    sink: float
    max_score: float
    leak: float
    finite: bool


@torch.no_grad()
def run(model: Decoder, tokens: Tensor, wrong: AttentionFault = HEALTHY) -> tuple[Tensor, Signals]:
    """One run over a text, with a fault in the model; afterwards the model is as before.

    Args:
        model: built around ``Watched``.
        tokens: ``(L,)``.
        wrong: what is broken.

    Returns:
        ``(logits, signals)``, the logits ``(L, vocabulary)``.
    """
    watch = Watch(wrong)
    for layer in model.layers:
        attention = layer.get_submodule("attention")
        assert isinstance(attention, Watched)
        attention.watch = watch
    with _weights_broken(model, wrong):
        logits = model(tokens[None])[0]  # (L, vocabulary)
    losses = nn.functional.cross_entropy(logits[:-1], tokens[1:], reduction="none")  # (L - 1,)
    return logits, Signals(
        loss=losses.mean().item(),
        late_loss=losses[LATE:].mean().item(),
        entropy=torch.stack(watch.entropies).mean().item(),
        sink=(torch.stack(watch.firsts) > SINK).double().mean().item(),
        max_score=watch.max_score,
        leak=watch.leak,
        finite=watch.finite,
    )


@contextlib.contextmanager
def _weights_broken(model: Decoder, wrong: AttentionFault) -> Iterator[None]:
    if wrong.weights is None:
        yield
        return
    every = model.layers
    if wrong.layers is not None:
        model.layers = nn.ModuleList(every[i] for i in wrong.layers)
    with fault(model, wrong.weights):
        model.layers = every
        yield


def divergence(logits: Tensor, recorded: Tensor) -> Tensor:
    """Kullback-Leibler divergence of each position from what was recorded, in nats, ``(L,)``."""
    want, got = recorded.log_softmax(-1), logits.log_softmax(-1)
    return (want.exp() * (want - got)).sum(-1)


def bands(healthy: Sequence[Mapping], slack: float = 0.1) -> dict[str, tuple[float, float]]:
    """For each signal the range that healthy runs span, wider by a share of it at both ends."""
    found = {}
    for name in ("loss", "entropy", "sink", "max_score", "leak"):
        low = min(each[name] for each in healthy)
        high = max(each[name] for each in healthy)
        found[name] = (low - slack * (high - low), high + slack * (high - low))
    return found


def alarms(seen: Mapping, limits: Mapping[str, tuple[float, float]]) -> list[str]:
    """Names of the signals of a run that are outside their limits."""
    return [name for name, (low, high) in limits.items() if not low <= seen[name] <= high]


def texts(count: int = TEXTS) -> list[str]:
    """The longest chapters of Python's own manual."""
    from pydoc_data.topics import topics

    return sorted(topics.values(), key=len, reverse=True)[:count]


def repeated(seed: int, copy: int = COPY) -> Tensor:
    """Random tokens, twice: only who looks back knows the second half, ``(2 * copy,)``."""
    generator = torch.Generator().manual_seed(seed)
    first = torch.randint(1000, 40_000, (copy,), generator=generator)
    return torch.cat((first, first))


def recall_loss(model: Decoder, wrong: AttentionFault = HEALTHY, seeds: int = 4) -> float:
    """Loss on the second copy of random tokens, in nats a token."""
    losses = []
    for seed in range(seeds):
        tokens = repeated(seed)
        logits, _ = run(model, tokens, wrong)
        second = slice(COPY - 1, -1)
        losses.append(nn.functional.cross_entropy(logits[second], tokens[COPY:]).item())
    return sum(losses) / len(losses)


def main() -> None:
    """Measure and keep."""
    path, options = path_and_options(RESULTS, __doc__)
    settings = {"command": "python -m attnlab.signals", "model": smollm2.NAME, "tokens": LENGTH}
    kept = Kept(path, settings)
    done = {each["name"] for each in kept.runs}
    model, tokenizer = smollm2.load(Watched)
    tokens = [torch.tensor(tokenizer.encode(text).ids[:LENGTH]) for text in texts()]
    recorded, _ = run(model, tokens[0])
    names = [f"text {i}" for i in range(TEXTS)]
    names += [each.name for each in ATTENTION_FAULTS] + [f"recall: {each.name}" for each in CHANGES]
    with can_be_left():
        for name in bar([each for each in names if each not in done], len(done)):
            kept.add({"name": name, **_measured(name, model, tokens, recorded)})
    if options.again:
        compare(_numbers(load(RESULTS.stem)["runs"]), _numbers(kept.runs))


def _measured(name: str, model: Decoder, tokens: list[Tensor], recorded: Tensor) -> dict:
    kind, _, rest = name.partition(" ")
    if kind == "text":
        return {"kind": "healthy", **dataclasses.asdict(run(model, tokens[int(rest)])[1])}
    if kind == "recall:":
        wrong = next(each for each in CHANGES if each.name == rest)
        losses = [run(model, text, wrong)[1].loss for text in tokens[:3]]
        return {
            "kind": "recall",
            "loss": sum(losses) / len(losses),
            "recall_loss": recall_loss(model, wrong),
        }
    wrong = next(each for each in ATTENTION_FAULTS if each.name == name)
    logits, seen = run(model, tokens[0], wrong)
    off = divergence(logits, recorded)
    return {
        "kind": "fault",
        **dataclasses.asdict(seen),
        "largest_divergence": off.max().item(),
        "recall_loss": recall_loss(model, wrong),
    }


def _numbers(runs: list[dict]) -> dict[str, list[float]]:
    return {
        f"{each['name']}, {name}": [float(value)]
        for each in runs
        for name, value in each.items()
        if isinstance(value, (int, float))
    }


if __name__ == "__main__":
    main()
