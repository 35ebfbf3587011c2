"""Timing: turns, quartiles, and the machine's own ceilings."""

import time

import pytest
import torch
from attnlab import timing


def test_candidates_take_turns_and_the_slower_one_is_seen():
    order = []

    def fast():
        order.append("fast")
        time.sleep(0.002)

    def slow():
        order.append("slow")
        time.sleep(0.006)

    samples = timing.take_turns({"fast": fast, "slow": slow}, 0.0, 0.0, rounds=(8, 8))
    assert [len(each) for each in samples.values()] == [8, 8]
    turns = order[6:]  # three calls each come first, to choose the number of repeats
    assert all({*turns[i : i + 2]} == {"fast", "slow"} for i in range(0, len(turns), 2))
    low, middle, high = timing.ratios(samples["slow"], samples["fast"])
    assert 1.5 < low <= middle <= high < 6


def test_a_short_call_is_repeated_within_a_sample():
    calls = []
    samples = timing.take_turns({"short": lambda: calls.append(1)}, 0.001, 0.0, rounds=(2, 2))
    assert len(samples["short"]) == 2
    assert len(calls) > 100


def test_quartiles_of_five_are_its_own_values():
    assert timing.quartiles([5.0, 1.0, 3.0, 2.0, 4.0]) == (2.0, 3.0, 4.0)


def test_ceilings_are_those_of_a_machine():
    assert 1e8 < timing.read_bandwidth(size=1 << 26) < 1e14
    assert 1e8 < timing.flop_peak(width=256) < 1e16


@pytest.mark.parametrize(("per_flop", "last"), [(2e-11, 2048), (4e-9, 256)])
def test_a_ceiling_is_found_quickly_also_without_instructions_for_the_dtype(
    monkeypatch, per_flop, last
):
    """4e-9 seconds is what a bfloat16 product takes there: 69 s for 2048 rows."""
    asked = []

    def product_seconds(dtype, device, width, times):
        asked.append((width, times))
        return [2 * width**3 * per_flop] * times

    monkeypatch.setattr(timing, "_product_seconds", product_seconds)
    assert timing.flop_peak(torch.bfloat16) == pytest.approx(1 / per_flop)
    assert asked[-1] == (last, 5)
    assert sum(2 * width**3 * per_flop * times for width, times in asked) < 2.5


def test_the_machine_in_one_line():
    found = {"cpu": "Intel(R) X", "cores": 8, "threads": 2, "system": "Linux", "torch": "2.13"}
    assert timing.said(found) == "Intel X, 2 of 8 cores, Linux, torch 2.13"
    assert timing.said(found | {"device": "H100"}).startswith("H100, Intel X")
    assert timing.machine()["torch"] in timing.said()
