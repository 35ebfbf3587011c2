"""The conversion experiment of lesson 07: pooled models, its results, its restart."""

import json
import statistics

import pytest
import torch
from attnlab import conversion, quality, training
from attnlab.decoder import DecoderShape
from attnlab.kept import load
from support import tiny_corpus

from autograder import course

NAMES = course.reference_namespace("07_grouped_query")
ATTENTION, POOL = NAMES["GroupedQueryAttention"], NAMES["pool_kv_heads"]


def test_pooling_to_as_many_heads_changes_nothing():
    model = conversion.new_model(ATTENTION, 11, seed=0)
    same = conversion.converted(model, ATTENTION, POOL, 8, "mean")
    tokens = torch.randint(11, (2, 9))
    torch.testing.assert_close(same(tokens), model(tokens))


def test_a_converted_model_has_the_pooled_weights_and_learns():
    data, model = tiny_corpus(), conversion.new_model(ATTENTION, 11, seed=0)
    before = {name: each.clone() for name, each in model.state_dict().items()}
    fewer = conversion.converted(model, ATTENTION, POOL, 2, "mean")
    heads = before["layers.1.attention.k_proj.weight"].unflatten(0, (2, 4, 16))
    got = fewer.layers[1].attention.k_proj.weight
    torch.testing.assert_close(got, heads.mean(1).flatten(0, 1))
    found = training.train(fewer, data, 6, seed=1, measure_at=(0, 6))
    assert found[6] < found[0]
    for name, each in model.state_dict().items():
        assert torch.equal(each, before[name]), f"{name} of the given model has changed"


def test_the_kept_results_are_complete_and_in_the_told_order():
    kept = load("conversion")
    found = {(each["seed"], each["kv_heads"], each["how"]) for each in kept["runs"]}
    assert found == {(seed, *run) for seed in conversion.SEEDS for run in conversion.runs()}
    last = str(conversion.BUDGETS[-1])
    for kv_heads in conversion.KV_HEADS:
        mean, first, random = (
            statistics.median(
                each["losses"][last]
                for each in kept["runs"]
                if (each["kv_heads"], each["how"]) == (kv_heads, how)
            )
            for how in conversion.WAYS
        )
        assert mean < first < random


def test_a_restarted_experiment_runs_what_is_missing(monkeypatch, tmp_path):
    small = {"SEEDS": (0,), "KV_HEADS": (2,), "BASE_STEPS": 2, "BUDGETS": (0, 1)}
    for name, value in small.items():
        monkeypatch.setattr(conversion, name, value)
    monkeypatch.setattr(training, "CONTEXT", 12)
    monkeypatch.setattr("sys.argv", ["conversion"])
    monkeypatch.setattr(conversion, "RESULTS", tmp_path / "conversion.json")
    monkeypatch.setattr(conversion, "corpus", tiny_corpus)
    shape = DecoderShape(11, 16, 1, 8, 8, 4, 8)
    monkeypatch.setattr(quality, "matched_shape", lambda *sizes: shape)
    conversion.main()
    whole = json.loads(conversion.RESULTS.read_text())
    assert len(whole["runs"]) == 4
    conversion.RESULTS.write_text(json.dumps(whole | {"runs": whole["runs"][:2]}))
    conversion.main()
    again = json.loads(conversion.RESULTS.read_text())
    for before, after in zip(whole["runs"], again["runs"], strict=True):
        assert before["how"] == after["how"]
        assert after["losses"] == pytest.approx(before["losses"], rel=1e-4)
    assert [path.name for path in tmp_path.iterdir()] == ["conversion.json"]
