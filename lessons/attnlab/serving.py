"""A calculator: what a decode step reads, how fast it can be, and how many sequences fit."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import matplotlib.pyplot as plt
import torch
from matplotlib.axes import Axes

from attnlab.curves import log_axes
from attnlab.decoder import DecoderShape
from attnlab.figures import Picture, show
from attnlab.grouping import heads
from attnlab.measurements import model_row
from attnlab.style import COLOURS
from autograder import course

PEAKS = {"float32": 50.9e12, "bfloat16": 782e12, "int8": 782e12}
"""FLOPs per second, measured on the GPU of the kept results; int8 is computed in bfloat16."""
LLAMA_3_8B = DecoderShape(128256, 4096, 32, 32, 8, 128, 14336)
# Entries of a config.json by which the cache or the weights are others than counted here.
_OTHER_KINDS = ("kv_lora_rank", "sliding_window", "num_experts", "num_local_experts")
_SLIDERS = {
    "kv_heads": (32, 16, 8, 4, 2, 1),
    "context": (256, 1024, 4096, 16384, 65536, 131072),
    "users": (1, 4, 16, 64, 256),
    "dtype": tuple(PEAKS),
    "bandwidth": (100, 400, 1000, 2000, 3350, 4400),
    "memory": (24, 48, 80, 141),
}
_LABELS = {"kv_heads": "KV heads", "bandwidth": "GB per second", "memory": "GB of memory"}


@dataclass(frozen=True)
class Serving:
    """Decode steps of a model for many sequences at once.

    Attributes:
        kv_heads: in place of those of ``shape``.
        context: tokens in the cache of each sequence.
        users: sequences.
        dtype: of weights, keys and values; a name in ``PEAKS``.
        bandwidth: GB per second.
        memory: GB.
        shape: the model; every layer sees the whole context, embeddings and logits have a matrix
            each.
        peak: FLOPs per second; ``None`` means those of ``PEAKS``.
    """

    kv_heads: int = 8
    context: int = 4096
    users: int = 16
    dtype: str = "bfloat16"
    bandwidth: float = 4400
    memory: float = 141
    shape: DecoderShape = LLAMA_3_8B
    peak: float | None = None

    @classmethod
    def of(cls, config: Mapping[str, Any], **sizes: Any) -> Serving:
        """A model by its ``config.json``; ``sizes`` are attributes, ``kv_heads`` may be one.

        Raises:
            ValueError: an entry is missing, or the model is of a kind that is not counted here.
        """
        if other := [name for name in _OTHER_KINDS if config.get(name) is not None]:
            raise ValueError(f"a model with {other[0]} is not counted here")
        try:
            width, query_heads = config["hidden_size"], config["num_attention_heads"]
            shape = DecoderShape(
                vocabulary=config["vocab_size"],
                d_model=width,
                num_layers=config["num_hidden_layers"],
                num_heads=query_heads,
                num_kv_heads=config.get("num_key_value_heads") or query_heads,
                d_head=config.get("head_dim") or width // query_heads,
                d_hidden=config["intermediate_size"],
            )
        except KeyError as missing:
            raise ValueError(f"the config.json has no {missing}") from None
        sizes = {"kv_heads": shape.num_kv_heads} | sizes
        return cls(shape=shape, **sizes)

    @functools.cached_property
    def step(self) -> dict:
        """Counts of one step: ``flops``, ``bytes``, and of these ``cache_bytes``."""
        shape = replace(self.shape, num_kv_heads=self.kv_heads)
        return model_row(shape, self.context - 1, self.users, self.dtype)

    @property
    def weight_bytes(self) -> int:
        """Weights held: those that a step reads, and the embeddings, which are looked up."""
        numbers = self.shape.vocabulary * self.shape.d_model
        embeddings = numbers * getattr(torch, self.dtype).itemsize
        return self.step["weight_bytes"] + embeddings

    @property
    def ceilings(self) -> tuple[float, float]:
        """FLOPs and bytes per second."""
        return self.peak or PEAKS[self.dtype], self.bandwidth * 1e9

    @property
    def seconds(self) -> float:
        """A step at best, by the roofline."""
        least = _formula("roofline_seconds")
        return least(self.step["flops"], self.step["bytes"], *self.ceilings)

    @property
    def intensity(self) -> float:
        """FLOPs per byte of a step."""
        return _formula("arithmetic_intensity")(self.step["flops"], self.step["bytes"])

    @property
    def fits(self) -> int:
        """Sequences of this context that fit beside the weights."""
        free = self.memory * 1e9 - self.weight_bytes
        return max(0, int(free * self.users // self.step["cache_bytes"]))

    def __str__(self) -> str:
        """Its sizes, and what comes out, in a few lines."""
        peak, bandwidth = self.ceilings
        bound = "bytes" if self.intensity < peak / bandwidth else "FLOPs"
        return (
            f"{heads(self.kv_heads)}, {self.users} x {self.context} tokens, {self.dtype}: a step "
            f"reads {self.step['bytes'] / 1e9:.1f} GB, {self.step['cache_bytes'] / 1e9:.1f} of "
            f"them keys and values; {self.intensity:.1f} FLOPs per byte (ridge "
            f"{peak / bandwidth:.0f}), so {bound} decide; at best {self.seconds * 1e3:.1f} ms, "
            f"{self.users / self.seconds:,.0f} tokens a second; room for {self.fits} sequences"
        )


def _formula(name: str) -> Callable[..., float]:
    return course.reference_namespace("08_efficiency")[name]


def try_serving() -> object:
    """Sliders for a ``Serving``; its roof and its memory follow.

    Without a live kernel, one picture and the numbers for 32, 8 and 1 KV heads.
    """
    start = Serving()
    if course.is_static():
        print(*(Serving(kv_heads=n) for n in (32, 8, 1)), sep="\n")
        return draw_serving(start)
    from ipywidgets import SelectionSlider, interactive

    def view(**sizes: Any) -> Picture:
        serving = Serving(**sizes)
        print(serving)
        return draw_serving(serving)

    sliders = {
        name: SelectionSlider(
            options=choices, value=getattr(start, name), description=_LABELS.get(name, name)
        )
        for name, choices in _SLIDERS.items()
    }
    return interactive(view, **sliders)


def draw_serving(serving: Serving) -> Picture:
    """The step under its roof, and the memory that weights, keys and values fill."""
    fig, (left, right) = plt.subplots(
        1, 2, figsize=(9.6, 3.2), gridspec_kw={"width_ratios": (1, 1.1)}
    )
    _draw_roof(left, serving)
    _draw_memory(right, serving)
    return show(fig, f"{serving}.", "", machine="no machine (counted; peak of an NVIDIA H200)")


def _draw_roof(ax: Axes, serving: Serving) -> None:
    peak, bandwidth = serving.ceilings
    places = sorted([0.5, peak / bandwidth, 16384])
    ax.plot(places, [min(peak, x * bandwidth) / 1e12 for x in places], color="black")
    place = serving.intensity
    reached = serving.step["flops"] / serving.seconds / 1e12
    ax.plot(place, reached, "o", color=COLOURS["blue"], markersize=9)
    ax.annotate("a step", (place, reached), (9, -12), textcoords="offset points")
    log_axes(ax, x=[1, 10, 100, 1000, 10000], y=[0.1, 1, 10, 100, 1000])
    ax.set(xlabel="FLOPs per byte", ylabel="TFLOP/s", title="The step at best, on its roof")


def _draw_memory(ax: Axes, serving: Serving) -> None:
    weights, cache = serving.weight_bytes / 1e9, serving.step["cache_bytes"] / 1e9
    ax.barh(0, weights, color="0.6", label="weights")
    ax.barh(0, cache, left=weights, color=COLOURS["orange"], label="keys and values")
    ax.axvline(serving.memory, ymax=0.8, color="black", linestyle=":", label="memory")
    ax.set(xlim=(0, 1.15 * max(serving.memory, weights + cache)), ylim=(-0.8, 1.3), yticks=[])
    ax.set(xlabel="GB", title=f"{serving.users} sequences; there is room for {serving.fits}")
    ax.legend(ncols=3, loc="upper left", fontsize=9)
