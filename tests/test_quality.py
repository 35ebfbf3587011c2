"""The quality experiment: matched sizes, training, its restart, a second run beside the first."""

import json

import pytest
from attnlab import kept, quality, training
from attnlab.decoder import DecoderShape
from support import tiny_corpus

from autograder import course

ATTENTION = course.reference_namespace("07_grouped_query")["GroupedQueryAttention"]


def parameters(num_kv_heads, vocabulary=94):
    shape = quality.matched_shape(vocabulary, num_kv_heads)
    model = quality.new_model(ATTENTION, shape, seed=0)
    return sum(each.numel() for each in model.parameters())


def test_all_models_have_the_same_size_up_to_rounding():
    sizes = [parameters(number) for number in quality.KV_HEADS]
    assert max(sizes) - min(sizes) <= quality.LAYERS * 3 * quality.D_MODEL // 2


def test_fewer_kv_heads_make_a_wider_mlp():
    shapes = [quality.matched_shape(94, number) for number in quality.KV_HEADS]
    assert [each.num_kv_heads for each in shapes] == [8, 4, 2, 1]
    assert [each.d_hidden for each in shapes] == [256, 299, 320, 331]


@pytest.mark.slow
def test_a_run_learns_and_tells_its_size(monkeypatch):
    monkeypatch.setattr(training, "BATCH", 4)
    found = quality.run(0, 2, tiny_corpus(), ATTENTION, steps=8)
    assert found["parameters"] == parameters(2, vocabulary=11)
    assert list(found["losses"]) == [2, 4, 8]
    assert found["losses"][8] < found["losses"][2]


class StopsAt:
    """A progress bar that counts, and at which somebody presses Ctrl-C at a step."""

    def __init__(self, step=None):
        self.n, self._step = 0, step

    def update(self, steps=1):
        self.n += steps
        if self.n == self._step:
            raise KeyboardInterrupt


def test_a_stopped_training_ends_as_it_would_have(monkeypatch, tmp_path):
    for name, value in {"BATCH": 2, "CONTEXT": 8, "KEPT_EVERY": 2}.items():
        monkeypatch.setattr(training, name, value)
    shape = DecoderShape(11, 16, 1, 2, 1, 4, 8)

    def train(progress, seed=0):
        model = training.new_model(ATTENTION, shape, seed)
        kept_in = tmp_path / "run.part"
        return training.train(model, tiny_corpus(), 7, seed, (1, 7), progress, kept_in)

    with pytest.raises(KeyboardInterrupt):
        train(StopsAt(6))
    resumed = StopsAt()
    losses = train(resumed)
    assert (resumed.n, [path.name for path in tmp_path.iterdir()]) == (7, ["run.part"])
    assert train(StopsAt(), seed=1) != losses
    (tmp_path / "run.part").unlink()
    assert losses == train(StopsAt())


@pytest.fixture
def small(monkeypatch, tmp_path):
    for name, value in {"SEEDS": (0, 1), "KV_HEADS": (8, 1), "STEPS": 4}.items():
        monkeypatch.setattr(quality, name, value)
    monkeypatch.setattr(training, "BATCH", 2)  # what is learned does not matter here
    monkeypatch.setattr(quality, "corpus", tiny_corpus)
    monkeypatch.setattr(quality, "RESULTS", tmp_path / "quality.json")
    monkeypatch.setattr(kept, "DATA", tmp_path)
    monkeypatch.setattr("sys.argv", ["quality"])
    return tmp_path


@pytest.mark.slow
def test_a_restarted_experiment_runs_what_is_missing(small, monkeypatch, capsys):
    quality.main()
    whole = json.loads(quality.RESULTS.read_text())
    assert [(each["seed"], each["kv_heads"]) for each in whole["runs"]] == [
        (0, 8), (0, 1), (1, 8), (1, 1),
    ]  # fmt: skip
    quality.RESULTS.write_text(json.dumps(whole | {"runs": whole["runs"][:3]}))
    made = []
    real = quality.run
    monkeypatch.setattr(quality, "run", lambda *args: made.append(args[:2]) or real(*args))
    capsys.readouterr()
    quality.main()
    assert made == [(1, 1)]
    said = capsys.readouterr()
    assert "3 of 4 trainings are kept" in said.out and " 16/16 " in said.err
    assert [path.name for path in small.iterdir()] == ["quality.json"]
    last = json.loads(quality.RESULTS.read_text())["runs"][-1]
    assert last["losses"] == pytest.approx(whole["runs"][-1]["losses"], rel=1e-4)


@pytest.mark.slow
def test_a_stopped_experiment_says_so_in_a_sentence(small, monkeypatch, capsys):
    def stopped(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr(quality, "run", stopped)
    with pytest.raises(SystemExit) as stop:
        quality.main()
    assert stop.value.code == 130
    assert "goes on from there" in capsys.readouterr().out


@pytest.mark.slow
def test_results_of_other_settings_stay(small, monkeypatch):
    quality.main()
    before = quality.RESULTS.read_text()
    monkeypatch.setattr(quality, "STEPS", 8)
    with pytest.raises(SystemExit, match="holds results of other settings"):
        quality.main()
    assert quality.RESULTS.read_text() == before


@pytest.mark.slow
def test_a_second_run_is_compared_and_leaves_the_first(small, monkeypatch, capsys):
    quality.main()
    before = quality.RESULTS.read_text()
    monkeypatch.setattr("sys.argv", ["quality", "--again"])
    quality.main()
    assert quality.RESULTS.read_text() == before
    assert (small / "quality.again.json").exists()
    assert "2 of 2 medians of this run lie inside the spread" in capsys.readouterr().out
