"""The efficiency laboratory: what it counts, how it keeps results, what the kept ones say."""

import dataclasses
import itertools
import json
import multiprocessing
import os
import re
import signal
import statistics
import time

import pytest
import torch
from attnlab import efficiency, kept, measurements, serving
from attnlab.decoder import Decoder, DecoderShape
from attnlab.efficiency import rows_of
from attnlab.grouping import WAYS
from attnlab.measurements import Case

from autograder import course

REFERENCE = course.reference_namespace("07_grouped_query")
TINY = dataclasses.replace(
    efficiency.QUICK,
    num_heads=6,
    d_head=5,
    kv_heads=(6, 3, 1),
    contexts=(16, 32),
    batches=(1, 2),
    context=24,
    prefills=(8, 16),
    held=8,
    model=DecoderShape(11, 24, 2, 6, 6, 4, 16),
    model_kv_heads=(6, 2),
    model_contexts=(8, 16),
    model_batches=(3,),
    pool=1 << 16,
    seconds=0.0,
    visits=2,
    dtypes=("float32",),
)


@pytest.fixture
def tiny(monkeypatch, tmp_path):
    monkeypatch.setattr(efficiency, "FULL", TINY)
    monkeypatch.setattr(measurements, "_wide", lambda device: 32)
    monkeypatch.setattr(efficiency, "DATA", tmp_path)
    monkeypatch.setattr(kept, "DATA", tmp_path)
    monkeypatch.setattr("sys.argv", ["efficiency"])
    monkeypatch.setattr(efficiency.timing, "best_device", lambda: torch.device("cpu"))
    monkeypatch.setattr(efficiency, "in_a_new_process", lambda call, *args: call(*args))
    return tmp_path / "efficiency_cpu.json"


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kv_heads", [6, 3, 2, 1])
def test_all_ways_give_the_same_values(way, kv_heads):
    q = torch.randn(2, 6, 4, 5, dtype=torch.float64)
    k, v = torch.randn(2, 2, kv_heads, 7, 5, dtype=torch.float64)
    want = REFERENCE["grouped_attention"](q, k, v)
    torch.testing.assert_close(WAYS[way](q, k, v), want, rtol=0, atol=1e-12)


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_counted_bytes_are_those_of_the_tensors(dtype):
    case = Case(6, 2, 5, 3, 7, 4, dtype)
    seen = []

    def way(q, k, v):
        seen.append((q, k, v))
        return torch.empty_like(q)

    pool = measurements._Pool(1 << 14, dtype, "cpu")
    WAYS["seen"] = way
    try:
        call = pool.call(dataclasses.replace(case, way="seen"), "cpu")
        output = [call() for _ in range(3)][0]
    finally:
        del WAYS["seen"]
    q, k, v = seen[0]
    assert q.shape == (4, 6, 3, 5) and k.shape == v.shape == (4, 2, 7, 5)
    assert case.kv_bytes == k.nbytes + v.nbytes
    assert case.bytes == sum(each.nbytes for each in (q, k, v, output))
    assert len({each[1].data_ptr() for each in seen}) == 3, "the same keys again"


def test_bytes_of_a_model_are_those_of_its_weights_and_caches():
    shape = DecoderShape(11, 24, 2, 6, 3, 4, 16)
    model = Decoder(shape, REFERENCE["GroupedQueryAttention"])
    matrices = sum(each.nbytes for each in model.parameters() if each.dim() > 1)
    caches = model.new_caches(REFERENCE["KVCache"], 5, 8)
    row = measurements.model_row(shape, tokens=7, batch=5, dtype="float32")
    assert row["weight_bytes"] == matrices
    assert row["cache_bytes"] == sum(each.keys.nbytes + each.values.nbytes for each in caches)


def test_a_step_decodes_at_its_place_again_and_again():
    shape = DecoderShape(11, 24, 2, 6, 3, 4, 16)
    model = measurements._model(shape, "float32", "cpu")
    step = measurements._step(model, batch=2, tokens=9)
    first = step()
    assert first.shape == (2, 1, 11)
    torch.testing.assert_close(step(), first)


def test_caches_hold_what_the_formula_says():
    cases = [Case(6, n, 5, 1, 7, 3, dtype) for n in (6, 2) for dtype in ("float64", "bfloat16")]
    rows = measurements.cache_bytes(cases)
    assert [row["held"] for row in rows] == [
        2 * 3 * n * 7 * 5 * size for n in (6, 2) for size in (8, 2)
    ]
    assert all(row["held"] == row["kv_bytes"] for row in rows)


def test_repeat_takes_room_for_all_heads_and_fold_none():
    cases = [Case(6, n, 8, 1, 500, 2, "float32", way) for way in WAYS for n in (6, 3, 1)]
    rows = measurements.peak_memory(cases, "cpu")
    peak = {(row["way"], row["kv_heads"]): row["peak"] for row in rows}
    whole = cases[0].kv_bytes
    assert all(peak["repeat", n] >= whole for n in (3, 1))
    assert peak["broadcast", 3] >= whole / 2
    assert peak["fold", 1] == peak["fold", 6] < whole / 3


@pytest.mark.slow
def test_a_stopped_run_goes_on_where_it_was(tiny, monkeypatch, capsys):
    efficiency.main()
    whole = json.loads(tiny.read_text())["runs"]
    assert len({(each["group"], each["visit"]) for each in whole}) == len(whole)
    short = json.loads(tiny.read_text()) | {"runs": whole[:-3]}
    tiny.write_text(json.dumps(short))
    asked = []
    real = efficiency.Kept.add
    monkeypatch.setattr(
        efficiency.Kept, "add", lambda self, run: asked.append(run["group"]) or real(self, run)
    )
    efficiency.main()
    assert asked == [each["group"] for each in whole[-3:]]
    assert re.search(r"\d+ of \d+ parts of visit 2 are kept", capsys.readouterr().out)
    found = json.loads(tiny.read_text())["runs"]
    assert [(each["group"], each["visit"]) for each in found] == [
        (each["group"], each["visit"]) for each in whole
    ]


@pytest.mark.slow
def test_more_visits_are_kept_beside_the_first(tiny, monkeypatch):
    efficiency.main()
    first = json.loads(tiny.read_text())["runs"]
    monkeypatch.setattr("sys.argv", ["efficiency", "--more"])
    efficiency.main()
    both = json.loads(tiny.read_text())["runs"]
    assert both[: len(first)] == first
    assert {each["visit"] for each in both} == {0, 1, 2, 3}
    monkeypatch.setattr("sys.argv", ["efficiency"])
    efficiency.main()
    assert json.loads(tiny.read_text())["runs"] == both


def test_a_visit_has_a_process_of_its_own_and_its_failure_ends_all(tmp_path):
    efficiency.in_a_new_process(os.mkdir, tmp_path / "made")
    assert (tmp_path / "made").is_dir()
    with pytest.raises(SystemExit):
        efficiency.in_a_new_process(os.mkdir, tmp_path / "made")


def test_ctrl_c_ends_a_visit_at_once(monkeypatch):
    processes, before = [], signal.getsignal(signal.SIGINT)

    def interrupted(process, timeout=None):
        processes.append(process)
        monkeypatch.undo()
        raise KeyboardInterrupt

    monkeypatch.setattr(multiprocessing.process.BaseProcess, "join", interrupted)
    with pytest.raises(KeyboardInterrupt):
        efficiency.in_a_new_process(time.sleep, 600)
    assert processes[0].exitcode == -signal.SIGTERM
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.parametrize("changed", ["machine", "settings"])
def test_results_of_another_machine_or_other_settings_stay(tiny, changed):
    efficiency.main()
    other = json.dumps(json.loads(tiny.read_text()) | {changed: {}})
    tiny.write_text(other)
    with pytest.raises(SystemExit, match="--again"):
        efficiency.main()
    assert tiny.read_text() == other


def test_without_kept_results_there_is_nothing_to_compare_with(tiny, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["efficiency", "--again"])
    with pytest.raises(SystemExit):
        efficiency.main()
    assert "no lessons/data/efficiency_cpu.json to compare with" in capsys.readouterr().err


def test_what_needs_too_much_memory_is_left_out(tiny, monkeypatch, capsys):
    def too_large(cases, *place):
        if cases[0].batch == 1:
            raise RuntimeError("CUDA out of memory. Tried to allocate 16.00 GiB")
        return [case.row() for case in cases]

    monkeypatch.setattr(measurements, "attention", too_large)
    found = {each["group"] for each in efficiency.run()["runs"]}
    assert set(efficiency.groups(TINY)) - found == {
        f"{name}, float32" for name in ("decode by batch, 1", "prefill, 8", "prefill, 16")
    }
    assert "left out" in capsys.readouterr().out


def test_kept_results_name_the_settings_that_made_them():
    for results, settings in ((CPU, efficiency.FULL), (GPU, efficiency.GPU)):
        assert results["settings"] == json.loads(json.dumps(dataclasses.asdict(settings)))


@pytest.mark.slow
def test_a_second_run_is_compared(tiny, monkeypatch, capsys):
    efficiency.main()
    before = tiny.read_text()
    monkeypatch.setattr("sys.argv", ["efficiency", "--again"])
    efficiency.main()
    assert tiny.read_text() == before
    assert "medians of this run lie inside the spread of the other" in capsys.readouterr().out


def test_visits_are_merged_with_the_widest_range():
    rows = [
        {"low": 2.0, "median": 3.0, "high": 4.0, "gain": [1.0, 2.0, 3.0], "kv_heads": 1},
        {"low": 1.0, "median": 2.0, "high": 9.0, "gain": [2.0, 4.0, 5.0], "kv_heads": 1},
        {"low": 3.0, "median": 5.0, "high": 6.0, "gain": [1.5, 3.0, 4.0], "kv_heads": 1},
    ]
    runs = [{"group": "decode", "visit": i, "rows": [row]} for i, row in enumerate(rows)]
    (found,) = rows_of({"runs": runs}, "dec", kv_heads=1)
    assert (found["low"], found["median"], found["high"]) == (1.0, 3.0, 9.0)
    assert found["gain"] == (1.0, 3.0, 5.0)
    assert rows_of({"runs": runs}, "dec", kv_heads=2) == []


def test_a_way_that_earlier_visits_lacked_is_kept_by_itself():
    old, new = ({"low": n, "median": n, "high": n, "gain": [n] * 3} for n in (1.0, 3.0))
    runs = [
        {"group": "decode", "visit": 0, "rows": [old | {"way": "fold"}]},
        {"group": "decode", "visit": 1, "rows": [new | {"way": "SDPA"}, new | {"way": "fold"}]},
    ]
    medians = {row["way"]: row["median"] for row in rows_of({"runs": runs}, "decode")}
    assert medians == {"fold": 2.0, "SDPA": 3.0}


CPU, GPU = kept.load("efficiency_cpu"), kept.load("efficiency_cuda")
BOTH = [pytest.param(CPU, "float32", id="cpu"), pytest.param(GPU, "bfloat16", id="gpu")]


@pytest.mark.parametrize(("results", "settings"), [(CPU, "FULL"), (GPU, "GPU")], ids=["cpu", "gpu"])
def test_kept_results_are_complete(results, settings):
    settings = getattr(efficiency, settings)
    wanted = set(efficiency.groups(settings))
    for group, visits in itertools.groupby(sorted(e["group"] for e in results["runs"])):
        once = group.startswith((*efficiency.ONCE, "ceilings"))
        assert len(list(visits)) % settings.visits == 0 or once, group
        wanted.remove(group)
    assert not wanted
    rows = rows_of(results, "")
    assert all(row["low"] <= row["median"] <= row["high"] for row in rows if "median" in row)


@pytest.mark.parametrize(("results", "dtype"), BOTH)
def test_what_lesson_08_says_of_decode_steps_holds(results, dtype):
    rows = rows_of(results, "decode by KV heads", dtype=dtype)
    most = max(row["kv_heads"] for row in rows)
    mha = {row["way"]: row["median"] for row in rows if row["kv_heads"] == most}
    for row in rows:
        if row["way"] in ("repeat", "broadcast"):
            assert 4.6 < row["median"] / mha["fold"] < 9.4
        elif row["kv_heads"] < most:
            assert row["median"] < min(mha.values())
        assert row["median"] >= 0.9 * row["roofline"]


def test_what_lesson_08_says_of_a_processor_holds():
    limits = {16: (1.4, 1.9), 4: (2.1, 2.9), 1: (3.4, 4.9)}
    for row in rows_of(CPU, "decode by context", dtype="float32", way="fold"):
        least, most = limits[row["kv_heads"]]
        assert least < row["median"] / row["roofline"] < most


def test_what_lesson_08_says_of_a_gpu_holds():
    few, many = (
        rows_of(GPU, f"decode by context, {n},", dtype="bfloat16", way="SDPA") for n in (256, 16384)
    )
    assert few[0]["median"] < 1.5 * few[-1]["median"]
    assert many[0]["median"] > 15 * many[-1]["median"]
    for way, slower in (("SDPA", True), ("fold", False)):
        rows = rows_of(GPU, "decode by KV heads", dtype="float32", way=way)
        times = {row["kv_heads"]: row["median"] for row in rows}
        assert (times[1] > 1.5 * times[32]) == (times[4] > 1.5 * times[32]) == slower
    for row in rows_of(GPU, "model,"):
        assert 0.85 < row["gain"][1] < 1.1
        assert row["median"] > 20 * row["roofline"]
    waits, not_waiting = rows_of(GPU, "clock")
    assert waits["median"] > 300 * not_waiting["median"]


def test_what_lesson_08_says_of_start_and_reading_holds():
    def steps(kv_heads):
        rows = rows_of(GPU, "decode by context", dtype="bfloat16", way="SDPA", kv_heads=kv_heads)
        return [(row["bytes"], row["median"]) for row in rows]

    *short, last_but_one, last = steps(32)
    found = course.reference_namespace("08_efficiency")["explain_steps"](last_but_one, last, 1)
    assert round(found["bandwidth"] / 1e12, 1) == 4.6 and round(found["start"] * 1e6) == 7
    one_head = steps(1)[-1]
    told = [
        (round((found["start"] + size / found["bandwidth"]) * 1e6), round(seconds * 1e6))
        for size, seconds in (*short, one_head)
    ]
    assert told == [(22, 23), (65, 66), (36, 46)]


def test_what_lesson_08_says_of_a_claim_with_two_changes_holds():
    steps = {
        (n, dtype): rows_of(CPU, "decode by KV heads", kv_heads=n, dtype=dtype, way="fold")[0]
        for n in (16, 1)
        for dtype in ("float32", "bfloat16")
    }
    ms = {case: row["median"] for case, row in steps.items()}
    assert round(ms[16, "float32"] / ms[1, "bfloat16"]) == 9
    assert all(6.4 < ms[16, dtype] / ms[1, dtype] < 7.1 for dtype in ("float32", "bfloat16"))


def test_what_lesson_08_says_of_seeds_holds():
    results = kept.load("quality")
    losses = {(run["seed"], run["kv_heads"]): run["losses"]["800"] for run in results["runs"]}
    counts, seeds = (8, 4, 2, 1), range(5)
    assert len({tuple(sorted(counts, key=lambda n: losses[i, n])) for i in seeds}) == 5
    above_mha = {n: [losses[i, n] - losses[i, 8] for i in seeds] for n in counts}
    middle = {n: statistics.median(above_mha[n]) for n in counts}
    assert middle[2] < middle[4] < middle[8] < middle[1]
    pareto_front = course.reference_namespace("08_efficiency")["pareto_front"]
    front = pareto_front([(n, -middle[n]) for n in counts])
    assert [counts[i] for i in front] == [1, 2]
    both_sides = [n for n in counts if min(above_mha[n]) < 0 < max(above_mha[n])]
    assert both_sides == [4, 1] and max(above_mha[2]) < 0


@pytest.mark.parametrize(("results", "dtype"), BOTH)
def test_what_lesson_08_says_of_prefill_holds(results, dtype):
    rows = rows_of(results, "prefill,", dtype=dtype, way="SDPA")
    assert all(0.9 < row["gain"][1] < 1.15 for row in rows)


def test_what_lesson_08_says_of_whole_models_holds():
    def gain(tokens, batch):
        (row,) = rows_of(
            CPU, f"model, {tokens} tokens, batch {batch},", dtype="float32", kv_heads=1
        )
        return row["gain"][1]

    assert gain(256, 1) < 1.2
    assert gain(16384, 1) > 2
    assert gain(256, 32) > 1.4


def test_a_calculator_counts_what_is_known_of_llama_3_8b():
    served = serving.Serving(kv_heads=8, context=1000, users=3, memory=24)
    assert served.weight_bytes == 2 * (8_030_261_248 - 65 * 4096)  # without its norms
    assert served.step["cache_bytes"] == 3 * 1000 * 131_072
    assert served.fits == (24e9 - served.weight_bytes) // 131_072_000
    assert dataclasses.replace(served, memory=16).fits == 0


LLAMA = {
    "hidden_size": 4096,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
    "intermediate_size": 14336,
    "vocab_size": 128256,
}


def test_the_example_of_the_calculators_page_says_what_the_page_says(tmp_path, monkeypatch, capsys):
    page = (course.ROOT / "docs" / "calculator.md").read_text(encoding="utf-8")
    (tmp_path / "config.json").write_text(json.dumps(LLAMA))
    monkeypatch.chdir(tmp_path)
    exec(re.search(r"```python\n(.*?)```", page, re.DOTALL)[1], {})
    assert " ".join(capsys.readouterr().out.split()) in " ".join(page.split())


def test_a_calculator_reads_a_config_and_refuses_what_it_would_count_wrong():
    assert serving.Serving.of(LLAMA) == serving.Serving()
    old = serving.Serving.of(LLAMA | {"num_key_value_heads": None, "head_dim": 64}, peak=1e12)
    assert (old.kv_heads, old.shape.d_head, old.ceilings[0]) == (32, 64, 1e12)
    with pytest.raises(ValueError, match="a model with kv_lora_rank is not counted here"):
        serving.Serving.of(LLAMA | {"kv_lora_rank": 512})
    with pytest.raises(ValueError, match="no 'vocab_size'"):
        serving.Serving.of({name: LLAMA[name] for name in LLAMA if name != "vocab_size"})


@pytest.mark.parametrize(
    ("users", "bandwidth", "decides"), [(1, 100, "bytes"), (256, 4400, "FLOPs")]
)
def test_a_calculator_takes_the_lower_roof(users, bandwidth, decides):
    served = serving.Serving(context=16, users=users, bandwidth=bandwidth, dtype="float32")
    peak, bytes_per_second = served.ceilings
    least = {
        "FLOPs": served.step["flops"] / peak,
        "bytes": served.step["bytes"] / bytes_per_second,
    }
    assert served.seconds == least[decides] == max(least.values())
    assert f"so {decides} decide" in str(served)


def test_a_calculator_has_sliders_in_a_live_notebook_and_a_picture_elsewhere(monkeypatch, capsys):
    *sliders, output = serving.try_serving().children
    assert {each.description for each in sliders} >= {"KV heads", "context", "users", "dtype"}
    monkeypatch.setenv(course.STATIC, "1")
    assert "8 KV heads, 16 x 4096 tokens" in serving.try_serving().alt
    assert "1 KV head, 16 x 4096 tokens" in capsys.readouterr().out
