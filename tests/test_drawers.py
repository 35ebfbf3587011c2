"""The experiment of lesson 03: two lookups, one head and several."""

import json
import statistics

import pytest
import torch
from attnlab import drawers
from attnlab.kept import load

from autograder import course

LOOP = course.reference_namespace("03_many_heads")["MultiHeadLoop"]


def test_the_answers_are_what_the_asked_drawers_hold():
    contents, asked, answers = drawers.questions(50, torch.Generator().manual_seed(0))
    for each, pair, answer in zip(contents, asked, answers, strict=True):
        assert pair[0] != pair[1]
        assert [each[i] for i in pair] == answer.tolist()


@pytest.mark.parametrize("joint", [False, True])
def test_even_weights_keep_the_order_only_if_values_know_their_drawer(joint):
    torch.manual_seed(0)
    reader = drawers.Reader(LOOP, 1, bend=True, joint=joint, even=True)
    asked = torch.tensor([[0, 2]])
    one_way, other_way = (reader(torch.tensor([each]), asked) for each in
                          ([3, 0, 5, 0, 0, 0, 0, 0], [5, 0, 3, 0, 0, 0, 0, 0]))  # fmt: skip
    assert torch.allclose(one_way, other_way, atol=1e-5) is not joint


def test_weights_are_those_of_the_first_layer():
    torch.manual_seed(0)
    reader = drawers.Reader(LOOP, 2)
    contents, asked, _ = drawers.questions(5, torch.Generator().manual_seed(0))
    weights = drawers.weights_of(reader, contents, asked)  # (B, H, drawers)
    torch.testing.assert_close(weights.sum(-1), torch.ones(5, 2))
    layer, context = reader.layers[0], reader.context(contents)
    values = [head["v_proj"](context) for head in layer.heads]
    outputs = [weights[:, i : i + 1] @ value for i, value in enumerate(values)]
    want = layer(reader.question(asked), context)
    torch.testing.assert_close(layer.o_proj(torch.cat(outputs, dim=-1)), want)


@pytest.mark.slow
def test_two_heads_solve_in_training_what_one_does_not():
    shares = {name: drawers.run(name, 0, LOOP)["both"] for name in ("1 head", "2 heads")}
    assert shares["1 head"] < 0.4 and shares["2 heads"] > 0.9


def test_the_kept_results_are_complete_and_say_what_the_lesson_says():
    kept = load("drawers")
    found = {(each["model"], each["seed"]) for each in kept["runs"]}
    assert found == {(name, seed) for name in drawers.MODELS for seed in drawers.SEEDS}
    both = {
        name: [each["both"] for each in kept["runs"] if each["model"] == name]
        for name in drawers.MODELS
    }
    for solved in ("2 heads", "4 heads", "2 layers of 1 head", "even weights, joint vectors, bend"):
        assert min(both[solved]) > 0.9, solved
    for stuck in ("1 head", "1 head, four times the steps", "1 head, d_model 32"):
        assert max(both[stuck]) < 0.4, stuck
    assert max(both["even weights, bend"]) < 0.5625
    assert sum(share > 0.9 for share in both["1 head, bend, four times the steps"]) == 6
    assert statistics.median(both["16 heads"]) < 0.5 < min(both["8 heads"])


def test_a_restarted_experiment_runs_what_is_missing(monkeypatch, tmp_path):
    monkeypatch.setattr(
        drawers, "MODELS", {"1 head": {"num_heads": 1}, "2 heads": {"num_heads": 2}}
    )
    monkeypatch.setattr(drawers, "SEEDS", (0,))
    monkeypatch.setattr(drawers, "STEPS", 10)
    monkeypatch.setattr(drawers, "RESULTS", tmp_path / "drawers.json")
    monkeypatch.setattr("sys.argv", ["drawers"])
    drawers.main()
    whole = json.loads(drawers.RESULTS.read_text())
    drawers.RESULTS.write_text(json.dumps(whole | {"runs": whole["runs"][:1]}))
    drawers.main()
    assert json.loads(drawers.RESULTS.read_text())["runs"] == whole["runs"]
