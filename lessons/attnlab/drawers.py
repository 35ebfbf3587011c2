"""Two lookups at once: questions about two drawers, and small models that answer them.

``python -m attnlab.drawers`` trains every model of lesson 03 with ten seeds and writes what became
of them to ``lessons/data/drawers.json``: minutes on one core. It can be stopped at any time;
started again, it goes on with the runs that are missing. ``--again`` runs it all once more, into a
file beside it, and compares the two.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable

import torch
from torch import Tensor, nn
from tqdm import tqdm

from .kept import (
    DATA,
    Kept,
    can_be_left,
    compare,
    load,
    path_and_options,
    say_what_is_kept,
)

RESULTS = DATA / "drawers.json"
DRAWERS = "ABCDEFGH"
THINGS = ("coin", "ring", "key", "nail", "cork", "bead", "shell", "stamp")
SEEDS = range(10)
STEPS = 300
BATCH = 64
LEARNING_RATE = 1e-2
HIDDEN = 64
_LONG_BEND = {"num_heads": 1, "bend": True, "steps": 4 * STEPS}
MODELS: dict[str, dict] = {
    "1 head": {"num_heads": 1},
    "2 heads": {"num_heads": 2},
    "4 heads": {"num_heads": 4},
    "8 heads": {"num_heads": 8},
    "16 heads": {"num_heads": 16},
    "1 head, four times the steps": {"num_heads": 1, "steps": 4 * STEPS},
    "1 head, d_model 32": {"num_heads": 1, "d_model": 32},
    "1 head, bend": {"num_heads": 1, "bend": True},
    "1 head, bend, four times the steps": _LONG_BEND,
    "1 head, joint vectors, bend": _LONG_BEND | {"joint": True},
    "even weights, bend": _LONG_BEND | {"even": True},
    "even weights, joint vectors, bend": _LONG_BEND | {"even": True, "joint": True},
    "2 heads, bend": {"num_heads": 2, "bend": True},
    "2 layers of 1 head": {"num_heads": 1, "layers": 2},
}
"""What the experiment trains: the arguments of ``Reader``, and ``steps`` where they are others."""


def questions(count: int, generator: torch.Generator) -> tuple[Tensor, Tensor, Tensor]:
    """Contents ``(B, drawers)``, two asked drawers ``(B, 2)``, their things ``(B, 2)``: numbers."""
    number = len(DRAWERS)
    contents = torch.randint(len(THINGS), (count, number), generator=generator)
    asked = torch.rand(count, number, generator=generator).argsort(-1)[:, :2]
    return contents, asked, contents.gather(-1, asked)


class Reader(nn.Module):
    """Vectors of drawers and of a question, attention from it to them, a read-out.

    Args:
        attention: makes a layer of ``(d_model, num_heads)``: ``MultiHeadLoop`` of unit 03.
        num_heads: heads of each layer.
        d_model: width of all vectors.
        layers: how many layers of attention, one after the other.
        bend: whether a hidden layer with ReLU stands before the answers.
        joint: whether each pair of drawer and thing has a vector of its own, in place of the sum
            of one for the drawer and one for the thing.
        even: whether the weights are not learned: half on each of the two asked drawers.
    """

    def __init__(
        self,
        attention: Callable[[int, int], nn.Module],
        num_heads: int,
        d_model: int = 16,
        layers: int = 1,
        bend: bool = False,
        joint: bool = False,
        even: bool = False,
    ):
        super().__init__()
        self.even = even
        drawers, things = len(DRAWERS), len(THINGS)
        self.letter = nn.Embedding(drawers, d_model)
        self.content = nn.Embedding(things, d_model)
        self.pair = nn.Embedding(drawers * things, d_model) if joint else None
        self.first = nn.Embedding(drawers, d_model)
        self.second = nn.Embedding(drawers, d_model)
        if even:  # values and output projection of one head, in one matrix
            self.layers = nn.ModuleList([nn.Linear(d_model, d_model)])
        else:
            self.layers = nn.ModuleList(attention(d_model, num_heads) for _ in range(layers))
        self.read_out: nn.Module = nn.Linear(d_model, 2 * things)
        if bend:
            hidden = nn.Linear(d_model, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, 2 * things)
            self.read_out = nn.Sequential(*hidden)

    def context(self, contents: Tensor) -> Tensor:
        """Vectors of the drawers, ``(B, drawers, d_model)``."""
        letters = torch.arange(len(DRAWERS))
        if self.pair is not None:
            return self.pair(len(THINGS) * letters + contents)
        return self.letter(letters) + self.content(contents)

    def question(self, asked: Tensor) -> Tensor:
        """Vectors of the questions, ``(B, 1, d_model)``."""
        return self.first(asked[:, :1]) + self.second(asked[:, 1:])

    def forward(self, contents: Tensor, asked: Tensor) -> Tensor:
        """Scores of all things for both answers, ``(B, 2, things)``."""
        x, context = self.question(asked), self.context(contents)
        for layer in self.layers:
            found = layer(_average(context, asked)) if self.even else layer(x, context)
            x = x + found  # (B, 1, d_model)
        return self.read_out(x).unflatten(-1, (2, len(THINGS))).squeeze(1)


def _average(context: Tensor, asked: Tensor) -> Tensor:
    """The average of the two asked drawers' vectors, ``(B, 1, d_model)``."""
    places = asked[..., None].expand(-1, -1, context.shape[-1])
    return context.gather(1, places).mean(1, keepdim=True)


def train(reader: Reader, steps: int = STEPS, seed: int = 0) -> list[float]:
    """Train in place on questions that the seed draws; gives the loss of each step, in nats."""
    optimiser = torch.optim.Adam(reader.parameters(), lr=LEARNING_RATE, fused=True)
    generator = torch.Generator().manual_seed(seed)
    losses = []
    for _ in range(steps):
        contents, asked, answers = questions(BATCH, generator)
        logits = reader(contents, asked)  # (B, 2, things)
        loss = nn.functional.cross_entropy(logits.flatten(0, 1), answers.flatten())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    return losses


@torch.no_grad()
def examine(reader: Reader, count: int = 2000) -> dict[str, float]:
    """Shares of fresh questions: how often what was right.

    Returns:
        ``both``, of all questions; and of those whose two things differ ``first``, ``second`` and
        ``same``, the same answer twice.
    """
    contents, asked, answers = questions(count, torch.Generator().manual_seed(99))
    given = reader(contents, asked).argmax(-1)  # (B, 2)
    right, differ = given == answers, answers[:, 0] != answers[:, 1]
    first, second = right[differ].double().mean(0).tolist()
    same = given[differ, 0] == given[differ, 1]
    both = right.all(-1)
    return {
        "both": both.double().mean().item(),
        "first": first,
        "second": second,
        "same": same.double().mean().item(),
    }


@torch.no_grad()
def weights_of(reader: Reader, contents: Tensor, asked: Tensor) -> Tensor:
    """Weights of each head of the first layer on the drawers, ``(B, H, drawers)``."""
    x, context, layer = reader.question(asked), reader.context(contents), reader.layers[0]
    heads = []
    for i in range(len(layer.get_submodule("heads"))):  # type: ignore[arg-type]
        q = layer.get_submodule(f"heads.{i}.q_proj")(x)  # (B, 1, d_head)
        k = layer.get_submodule(f"heads.{i}.k_proj")(context)  # (B, drawers, d_head)
        heads.append((q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5).softmax(-1))
    return torch.cat(heads, dim=1)


def weight_on_asked(reader: Reader, count: int = 2000) -> Tensor:
    """Mean weight of each head on the drawer asked first and on the other one, ``(H, 2)``."""
    contents, asked, _ = questions(count, torch.Generator().manual_seed(99))
    weights = weights_of(reader, contents, asked)
    places = asked[:, None].expand(-1, weights.shape[1], -1)
    return weights.gather(-1, places).mean(0)


def run(name: str, seed: int, attention: Callable[[int, int], nn.Module]) -> dict:
    """Train one model and examine it; its loss is averaged over ten steps at a time."""
    options = dict(MODELS[name])
    steps = options.pop("steps", STEPS)
    torch.manual_seed(seed)
    reader = Reader(attention, **options)
    losses = train(reader, steps, seed)
    curve = [round(statistics.mean(losses[i : i + 10]), 4) for i in range(0, steps, 10)]
    shares = {what: round(share, 4) for what, share in examine(reader).items()}
    on_asked = [[0.5, 0.5]] if reader.even else weight_on_asked(reader).tolist()
    on_asked = [[round(weight, 3) for weight in head] for head in on_asked]
    return {"model": name, "seed": seed} | shares | {"on_asked": on_asked, "losses": curve}


def main() -> None:
    """Run what is missing in ``lessons/data/drawers.json``."""
    from autograder import course

    torch.set_num_threads(1)
    path, options = path_and_options(RESULTS, main.__doc__)
    attention = course.reference_namespace("03_many_heads")["MultiHeadLoop"]
    kept = Kept(path, _settings())
    done = {(each["model"], each["seed"]) for each in kept.runs}
    wanted = [(name, seed) for name in MODELS for seed in SEEDS if (name, seed) not in done]
    total = len(MODELS) * len(SEEDS)
    say_what_is_kept(len(done), total, "runs")
    with can_be_left(), tqdm(total=total, initial=total - len(wanted), unit="run") as bar:
        for name, seed in wanted:
            kept.add(run(name, seed, attention))
            bar.update()
    if options.again:
        compare(_by_model(load(RESULTS.stem)["runs"]), _by_model(kept.runs))


def _by_model(runs: list[dict]) -> dict[str, list[float]]:
    shares: dict[str, list[float]] = {}
    for each in runs:
        shares.setdefault(each["model"], []).append(each["both"])
    return shares


def _settings() -> dict:
    return {
        "command": "python -m attnlab.drawers",
        "models": MODELS,
        "steps": STEPS,
        "batch": BATCH,
        "learning_rate": LEARNING_RATE,
    }


if __name__ == "__main__":
    main()
