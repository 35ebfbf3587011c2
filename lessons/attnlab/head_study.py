"""What the heads of three real models do: measured once, kept, and compared with in lesson 05.

``python -m attnlab.head_study`` measures what is missing in ``lessons/data/head_study.json``; it
can be stopped at any time. ``--again`` measures all once more, into a file beside it, and compares.
"""

from __future__ import annotations

import random
import statistics
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import torch
from torch import Tensor

from autograder import course

from . import glassllm, head_groups, meanings, minilm, relations, repeats, smollm2
from .decoder import Decoder
from .encoder import Encoder
from .kept import DATA, Kept, can_be_left, compare, load, path_and_options
from .traces import attention_weights, gated, masked
from .training import text_of_python

RESULTS = DATA / "head_study.json"
PERIODS = (13, 20, 33, 50)
WINDOW, SINKS, CONTEXT, PASSAGES = 64, 4, 320, 4
PRUNED = (0, 10, 20, 40, 60, 90, 120)
DRAWS = 3
SENTENCES = 240
INDUCTION_HEADS = 8
SEED_TO_CHOOSE, SEED_TO_TEST = 1, 2
PERIOD_TO_TEST = 33
INDUCTION_LAYER = 17
Found = dict[str, Any]


def rounded(values: Tensor, digits: int = 3) -> list:
    """As a list of numbers with few digits."""
    return [round(each, digits) for each in values.flatten().tolist()]


# Texts


def ordinary_text(tokenizer: Any, half: int, count: int = 8, length: int = 128) -> Tensor:
    """Sentences of Wikipedia one after the other, ``(count, length)``: of the even or odd ones."""
    rows = relations.halves(600)[half].tolist()
    all_words = relations.sentences()
    text = " ".join(" ".join(all_words[row].words) for row in rows)
    ids = tokenizer.encode(text).ids[: count * length]
    return torch.tensor(ids).view(count, length)


def long_passages(tokenizer: Any, count: int = PASSAGES, length: int = CONTEXT) -> Tensor:
    """Passages of Python's manual, ``(count, length)``."""
    text = text_of_python()
    starts = [len(text) * (i + 1) // (count + 2) for i in range(count)]
    ids = [tokenizer.encode(text[start : start + 8 * length]).ids[:length] for start in starts]
    return torch.tensor(ids)


# Experiments


def positions(model: Decoder | Encoder, tokenizer: Any, names: Found) -> Found:
    """Scores of every head by place, on the two halves of some sentences."""
    rows: dict[str, list[Tensor]] = {name: [] for name in ("previous", "next", "first", "last")}
    rows["entropy"] = []
    for sentence in relations.sentences()[:SENTENCES]:
        ids = tokenizer.encode(" ".join(sentence.words)).ids
        weights = attention_weights(model, torch.tensor(ids)).flatten(0, 1)  # (heads, L, L)
        rows["previous"].append(names["previous_token_score"](weights))
        rows["next"].append(names["previous_token_score"](weights.flip(-1, -2)))
        rows["first"].append(names["sink_mass"](weights))
        rows["last"].append(names["sink_mass"](weights.flip(-1, -2)))
        rows["entropy"].append(names["head_entropy"](weights))
    scored = {name: torch.stack(each) for name, each in rows.items()}  # (sentences, heads)
    halves = relations.halves(SENTENCES)
    return {name: [rounded(each[half].mean(0)) for half in halves] for name, each in scored.items()}


def followed(model: Decoder | Encoder, tokenizer: Any) -> list[Found]:
    """Each relation: chosen on one half and tested on the other, both ways."""
    words = relations.sentences()
    maps = [relations.word_weights(model, tokenizer, each.words) for each in words]
    even, odd = relations.halves(len(words))
    found = []
    for relation in relations.RELATIONS:
        counted = relations.tally(maps, [relations.targets(each, relation) for each in words])
        for name, on, test in (("even", even, odd), ("odd", odd, even)):
            finding = relations.choose(counted, on, test)
            found.append({"relation": relation.name, "chosen_on": name} | as_dict(finding, model))
    return found


def meant(model: Decoder | Encoder, tokenizer: Any) -> list[Found]:
    """Related nouns, and pronouns and their names, in sentences where place does not help."""
    found = []
    for kind, questions in meanings.KINDS.items():
        counted = meanings.count(model, tokenizer, questions)
        even, odd = meanings.halves(questions)
        for name, on, test in (("even", even, odd), ("odd", odd, even)):
            finding = relations.choose(counted, on, test)
            found.append({"relation": kind, "chosen_on": name} | as_dict(finding, model))
    return found


def as_dict(finding: relations.Finding, model: Decoder | Encoder) -> Found:
    """A finding with the head's layer."""
    layer, head = divmod(finding.head, model.shape.num_heads)
    shares = {name: round(getattr(finding, name), 3) for name in ("chosen", "held_out", "baseline")}
    return {"layer": layer, "head": head, "offset": finding.offset, "count": finding.count} | shares


def window_masks(length: int, window: int = WINDOW, sinks: int = SINKS) -> dict[str, Tensor]:
    """All tokens; the last ``window``; the last ``window - sinks`` and the first ``sinks``."""
    causal = torch.ones(length, length, dtype=torch.bool).tril()
    kept = causal.triu(sinks - window + 1)
    kept[:, :sinks] = causal[:, :sinks]
    return {"all": causal, "window": causal.triu(1 - window), "window and sinks": kept}


def windows(model: Decoder, tokenizer: Any) -> Found:
    """Loss on tokens from 200 on, by what they may see, for each passage."""
    passages = long_passages(tokenizer)
    found = {}
    for name, mask in window_masks(CONTEXT - 1).items():
        with masked(model, mask):
            found[name] = rounded(repeats.losses(model, passages)[:, 200:].mean(1))
    return found


def induction(model: Decoder, score: repeats.Score, first: int) -> list[Found]:
    """Scores of all heads and losses by copy, for every period; ids from ``first`` on."""
    found = []
    for period in PERIODS:
        tokens = repeats.repeated(model.shape.vocabulary, period, 4, SEED_TO_TEST + period, first)
        once, twice = repeats.by_copy(model, tokens)
        scored = repeats.scores(model, tokens, score)
        found.append(
            {
                "period": period,
                "first_copy": round(once, 3),
                "second_copy": round(twice, 3),
                "scores": rounded(scored),
            }
        )
    return found


def ablation(model: Decoder, tokenizer: Any, score: repeats.Score) -> Found:
    """What the loss says when induction heads, or as many others, are taken out.

    Heads are chosen on repeats of one seed and tested on those of another. Controls are drawn from
    the same layers.
    """
    size = model.shape.vocabulary
    scored = repeats.scores(model, repeats.repeated(size, 25, 4, SEED_TO_CHOOSE), score).flatten()
    chosen = scored.argsort(descending=True)[:INDUCTION_HEADS].tolist()
    trials = {"none": [], "induction": chosen}
    trials |= {f"control {i}": controls(chosen, model.shape.num_heads, i) for i in range(DRAWS)}
    repeat = repeat_to_test(model)
    texts = {
        "Wikipedia": ordinary_text(tokenizer, 1, count=4),
        "manual": long_passages(tokenizer, 2, 256),
    }
    found: Found = {"heads": trials}
    for name, heads in trials.items():
        each = repeats.without(model, heads, repeat)
        losses = {"second copy": float(each[:, PERIOD_TO_TEST:].mean())}
        losses |= {k: float(repeats.without(model, heads, v).mean()) for k, v in texts.items()}
        found[name] = {k: round(v, 3) for k, v in losses.items()}
    return found


def repeat_to_test(model: Decoder) -> Tensor:
    """The random tokens, twice, on which ablations are tested; ``(4, 66)``."""
    return repeats.repeated(model.shape.vocabulary, PERIOD_TO_TEST, 4, SEED_TO_TEST)


def one_layer(model: Decoder, layer: int = INDUCTION_LAYER) -> Found:
    """Loss on the second copy without one head of a layer, or all that share a KV head."""
    shape, repeat = model.shape, repeat_to_test(model)
    first = layer * shape.num_heads
    heads = range(first, first + shape.num_heads)
    size = shape.num_heads // shape.num_kv_heads
    trials: dict[str, list[list[int]]] = {
        "none": [[]],
        "alone": [[head] for head in heads],
        "together": [list(heads[i : i + size]) for i in range(0, len(heads), size)],
    }
    return {
        name: [
            round(float(repeats.without(model, each, repeat)[:, PERIOD_TO_TEST:].mean()), 3)
            for each in lists
        ]
        for name, lists in trials.items()
    }


def controls(chosen: Sequence[int], num_heads: int, seed: int) -> list[int]:
    """For each chosen head another of its layer that is not chosen."""
    draw, taken = random.Random(seed), set(chosen)
    for head in chosen:
        layer = head // num_heads
        rest = [h for h in range(layer * num_heads, (layer + 1) * num_heads) if h not in taken]
        taken.add(draw.choice(rest))
    return sorted(taken - set(chosen))


def one_at_a_time(model: Decoder, texts: Tensor) -> Tensor:
    """How much the loss changes when each head is taken out alone, ``(heads,)``."""
    whole = repeats.losses(model, texts).mean()
    heads = range(model.shape.num_layers * model.shape.num_heads)
    lost = [repeats.without(model, [head], texts).mean() - whole for head in heads]
    return torch.stack(lost)


def slopes(model: Decoder, text: Tensor) -> Tensor:
    """The gradient of the loss on ``text (L,)`` by every gate, at gates of 1, ``(layers, H)``."""
    gates = torch.ones(model.shape.num_layers, model.shape.num_heads, requires_grad=True)
    with gated(model, gates):
        logits = model(text[None, :-1])[0]  # (L - 1, vocabulary)
        torch.nn.functional.cross_entropy(logits, text[1:]).backward()
    assert gates.grad is not None
    return gates.grad


def importance(model: Decoder, texts: Tensor) -> Tensor:
    """Mean over texts of the absolute slopes (Michel et al. 2019, section 3.1), ``(heads,)``."""
    return torch.stack([slopes(model, text).abs() for text in texts]).mean(0).flatten()


def pruning(model: Decoder, tokenizer: Any) -> Found:
    """Loss on one half of Wikipedia without the heads that the other half calls least important."""
    by_gradient = importance(model, ordinary_text(tokenizer, 0, count=8))
    test = ordinary_text(tokenizer, 1, count=3)
    orders = {
        "least important": by_gradient.argsort().tolist(),
        "most important": by_gradient.argsort(descending=True).tolist(),
    }
    for seed in range(DRAWS):
        heads = list(range(len(by_gradient)))
        orders[f"random {seed}"] = random.Random(seed).sample(heads, len(heads))
    found: Found = {"importance": rounded(by_gradient, 5), "pruned": list(PRUNED)}
    for name, order in orders.items():
        lost = [repeats.without(model, order[:count], test).mean() for count in PRUNED]
        found[name] = [round(float(each), 3) for each in lost]
    return found


def grouping(model: Encoder, tokenizer: Any, names: Found, seeds: int = 3) -> Iterator[Found]:
    """Retrieval of a paragraph's second half when heads share keys and values in several ways."""
    pairs = head_groups.paragraphs()
    whole = head_groups.retrieval(model, tokenizer, pairs)
    yield {"kv_heads": model.shape.num_heads, "how": "as trained"} | whole
    distances = attention_distances(model, tokenizer, names["head_similarity"])
    for count in (6, 4, 3, 2, 1):
        for how, groups in ways_to_group(distances, count, seeds).items():
            fewer = head_groups.shared(
                model, groups, names["GroupedQueryAttention"], names["pool_kv_heads"]
            )
            found = head_groups.retrieval(fewer, tokenizer, pairs)
            yield {"kv_heads": count, "how": how} | found
            if count == 1:
                break


def attention_distances(
    model: Encoder, tokenizer: Any, distance: Callable[..., Tensor], count: int = 100
) -> Tensor:
    """How unlike the maps of the heads of a layer are, ``(layers, H, H)``, over sentences."""
    total = torch.zeros(model.shape.num_layers, model.shape.num_heads, model.shape.num_heads)
    for sentence in relations.sentences()[:count]:
        ids = torch.tensor(tokenizer.encode(" ".join(sentence.words)).ids)
        weights = attention_weights(model, ids)  # (layers, H, L, L)
        total += torch.stack([distance(each) for each in weights])
    return total / count


def ways_to_group(distances: Tensor, count: int, seeds: int) -> dict[str, list[head_groups.Groups]]:
    """Of each layer the groups: neighbours, alike, unlike, and at random."""
    layers, heads = range(len(distances)), distances.shape[-1]
    ways = {
        "neighbours": [head_groups.neighbours(heads, count) for _ in layers],
        "alike": [head_groups.alike(each, count) for each in distances],
        "unlike": [head_groups.alike(-each, count) for each in distances],
    }
    for seed in range(seeds):
        ways[f"random {seed}"] = [
            head_groups.at_random(heads, count, 100 * seed + layer) for layer in layers
        ]
    return ways


# The whole study


def experiments(names: Found) -> dict[tuple[str, str], Callable[[], Any]]:
    """Every experiment by name and model."""
    attention, score = names["GroupedQueryAttention"], names["induction_score"]
    encoder = minilm.load(names["MultiHeadAttention"])
    decoder, small = smollm2.load(attention), glassllm.load(attention)
    return {
        ("induction", smollm2.NAME): lambda: induction(decoder[0], score, repeats.FIRST_WORD),
        ("induction", glassllm.NAME): lambda: induction(small[0], score, 4),
        ("ablation", smollm2.NAME): lambda: ablation(*decoder, score),
        ("one layer", smollm2.NAME): lambda: one_layer(decoder[0]),
        ("meanings", minilm.NAME): lambda: meant(*encoder),
        ("meanings", smollm2.NAME): lambda: meant(*decoder),
        ("positions", minilm.NAME): lambda: positions(*encoder, names),
        ("positions", smollm2.NAME): lambda: positions(*decoder, names),
        ("windows", smollm2.NAME): lambda: windows(*decoder),
        ("relations", minilm.NAME): lambda: followed(*encoder),
        ("relations", smollm2.NAME): lambda: followed(*decoder),
        ("pruning", smollm2.NAME): lambda: pruning(*decoder),
        ("grouping", minilm.NAME): lambda: list(grouping(*encoder, names)),
    }


def found(name: str, model: str) -> Any:
    """The kept results of one experiment."""
    runs = load(RESULTS.stem)["runs"]
    return next(run["found"] for run in runs if (run["name"], run["model"]) == (name, model))


def spread(values: Sequence[float]) -> str:
    """Median, lowest and highest."""
    return f"{statistics.median(values):.2f} ({min(values):.2f} to {max(values):.2f})"


def main() -> None:
    """Measure what is missing in ``lessons/data/head_study.json``."""
    path, options = path_and_options(RESULTS, main.__doc__)
    names: Found = {}
    for unit in ("04_multi_head", "05_what_heads_learn", "07_grouped_query"):
        names |= course.reference_namespace(unit)
    kept = Kept(path, {"command": "python -m attnlab.head_study", "torch": torch.__version__})
    done = {(run["name"], run["model"]) for run in kept.runs}
    with can_be_left():
        for (name, model), measure in experiments(names).items():
            if (name, model) not in done:
                print(f"{name}: {model}", flush=True)
                kept.add({"name": name, "model": model, "found": measure()})
    if options.again:
        compare(_by_experiment(load(RESULTS.stem)["runs"]), _by_experiment(kept.runs))


def _by_experiment(runs: list[dict]) -> dict[str, list[float]]:
    return {f"{run['name']}, {run['model']}": list(_numbers(run["found"])) for run in runs}


def _numbers(found: Any) -> Iterator[float]:
    """All numbers with a fraction in a result, however it is nested."""
    if isinstance(found, float):
        yield found
    elif isinstance(found, (dict, list)):
        for each in found.values() if isinstance(found, dict) else found:
            yield from _numbers(each)


if __name__ == "__main__":
    main()
