"""The implementations that learners' tests are given: as named, within limits, out of sight."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from autograder import course
from autograder.grading.draw import Draw
from autograder.grading.expect import Failed
from autograder.units.u09_in_production.checks import attentions, caches, tested

NAMES = course.reference_namespace("09_in_production")


def attentions_of(seed):
    draw = Draw(seed)
    some = (attentions.open_ones(), attentions.hidden_ones(draw), attentions.faint_ones())
    return [*attentions.right_ones(draw), *(each for group in some for each in group)]


def all_caches():
    some = (caches.writing_ones, caches.trimming_ones, caches.reading_ones, caches.sharing_ones)
    return [*caches.right_ones(), *(each for group in some for each in group())]


def test_the_task_counts_them():
    task = course.unit("09_in_production").source.read_text(encoding="utf-8")
    counts = [[each.is_right for each in given] for given in (attentions_of(0), all_caches())]
    assert [(sum(each), len(each) - sum(each)) for each in counts] == [(10, 14), (6, 23)]
    assert "written in ten ways, and fourteen that are not" in " ".join(task.split("\n# "))
    assert "Six caches are right, 23 are wrong." in task


@pytest.mark.parametrize("seed", range(5))
def test_the_model_tests_tell_all_of_them_apart(seed):
    for each in attentions_of(seed):
        assert NAMES["causality_test"](each.make()) == each.is_right, each.name
    for each in all_caches():
        assert NAMES["cache_test"](each.make()) == each.is_right, each.name


def test_a_causal_one_is_not_known_by_its_first_output():
    x = torch.randn(2, 9, 6)
    made = [each.make()(x)[:, 0] for each in attentions.tame_ones(Draw(0))]
    assert [torch.allclose(each, x[:, 0], atol=1e-2) for each in made] == [True, False]


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_right_attentions_hold_at_every_scale_and_size(dtype):
    for each in attentions.right_ones(Draw(0)):
        attend = each.make()
        for size in ((1, 1, 1), (2, 64, 3), (64, 2, 8)):
            for scale in (1e-3, 1.0, 1e3):
                got = attend(scale * torch.randn(size, dtype=dtype))
                assert got.shape == size and got.dtype == dtype and got.isfinite().all(), each.name


@pytest.mark.parametrize(
    "x",
    [None, torch.ones(2, 3), torch.ones(1, 65, 2), torch.ones(2, 2, 2).long(), torch.ones(0, 1, 1)],
)
def test_attention_refuses_what_the_task_does_not_allow(x):
    with pytest.raises(ValueError, match="attend takes"):
        attentions.tame_ones(Draw(0))[0].make()(x)


def test_a_cache_refuses_what_the_task_does_not_allow():
    append, read, trim = caches.tame_ones()[0].make()()
    chunk = torch.ones(1, 2, 40, 4)
    for early in (read, lambda: trim(0)):
        with pytest.raises(ValueError):
            early()
    append(chunk, chunk)
    for k in (chunk, chunk[:, :1, :2], chunk.double()[:, :, :2], chunk[..., :0, :], "k"):
        with pytest.raises(ValueError):
            append(k, chunk)
    for length in (41, -1, True, "1", None):
        with pytest.raises(ValueError):
            trim(length)
    assert read()[0].shape == chunk.shape


def test_no_test_has_the_grader_work_without_end(monkeypatch):
    monkeypatch.setattr(tested, "MOST_CALLS", 10)
    make_cache = caches.tame_ones()[0].make()
    with pytest.raises(Failed, match="more than 10 calls"):
        for _ in range(11):
            make_cache()
    monkeypatch.setattr(tested, "MOST_NUMBERS", 100)
    with pytest.raises(Failed, match="more than 100 numbers"):
        attentions.tame_ones(Draw(0))[0].make()(torch.ones(1, 11, 10))


def test_what_a_test_is_given_cannot_be_changed_through_what_it_gives_back():
    append, read, _ = caches.right_ones()[0].make()()
    chunk = torch.ones(1, 1, 2, 3)
    append(chunk, chunk)[0].zero_()
    read()[1].zero_()
    assert all(each.sum() == 6 for each in read())


@pytest.mark.parametrize("given", [None, "yes", 1.0, torch.ones(2, dtype=torch.bool)])
def test_a_test_says_true_or_false(given):
    with pytest.raises(Failed, match="should return True or False"):
        tested.judge(lambda _: given, attentions.tame_ones(Draw(0)), "causality_test", Draw(0))


@pytest.mark.slow
def test_what_is_tested_cannot_be_read_from_the_process_that_tests():
    attack = Path(__file__).parent / "attacks" / "reads_what_it_tests.py"
    command = [sys.executable, "-m", "autograder", "check", attack, "--json", "-"]
    done = subprocess.run(
        [*command, "--exercise", "causality_test"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1 and "GotThrough" not in done.stdout, done.stderr
    (exercise,) = json.loads(done.stdout)["exercises"]
    assert exercise["points"] == 0 and exercise["flags"]
