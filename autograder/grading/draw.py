"""Seeded inputs for checks: sizes that cannot hide an error, and tensors to go with them."""

from __future__ import annotations

import functools
import hashlib
import random
from collections.abc import Mapping

import numpy as np
import torch

SMALLEST, SMALL, FULL = range(3)

_RANGES = {
    "B": ((1, 1), (2, 2), (2, 4)),
    "H": ((2, 2), (3, 3), (3, 6)),
    "H_kv": ((2, 2), (3, 3), (2, 5)),
    "L": ((2, 3), (3, 4), (4, 8)),
    "L_q": ((2, 3), (3, 4), (4, 8)),
    "L_k": ((3, 4), (4, 5), (5, 10)),
    "d_head": ((2, 5), (3, 6), (5, 12)),
    "d_v": ((2, 6), (3, 7), (3, 13)),
    "d_model": ((3, 7), (4, 8), (9, 20)),
}
# Their root is a whole number, which float32 holds exactly: points would depend on the seed.
_SQUARES = (9, 16)
# Query heads on KV heads. No group size equals its number of KV heads, or a swap would hide.
_GROUPED = ((6, 2), (6, 3), (8, 2), (10, 5))


def sub_seed(*parts: object) -> int:
    """A seed of 128 bits that depends on all ``parts`` and on nothing else."""
    return int.from_bytes(hashlib.sha256(repr(parts).encode()).digest()[:16], "big")


class Draw:
    """Draws the inputs of one check.

    Args:
        seed: any integer from 0 on; the same seed draws the same inputs.
        level: ``FULL`` decides the verdict. ``SMALL`` and ``SMALLEST`` draw short numbers in small
            tensors, to show a failure on a screen.

    Attributes:
        used: whether the check asked for anything; if not, every seed and level give the same.
    """

    def __init__(self, seed: int, level: int = FULL) -> None:
        self._seed, self._level = seed, level
        self.used = False

    @property
    def level(self) -> int:
        """How large what it draws is."""
        self.used = True
        return self._level

    @functools.cached_property
    def _random(self) -> random.Random:
        self.used = True
        return random.Random(self._seed)

    @functools.cached_property
    def _generator(self) -> np.random.Generator:
        """NumPy's: torch's takes 32 bits of a seed, few enough to find all others by trying."""
        self.used = True
        return np.random.default_rng(self._seed)

    def sizes(self, *names: str) -> list[int]:
        """One size for each axis name, pairwise different, so that no two axes can be confused.

        ``H_kv`` divides ``H`` where both are asked for.
        """
        ranges = [_RANGES[name][self.level] for name in names]
        for _ in range(1000):
            sizes = [self._random.randint(low, high) for low, high in ranges]
            if "H" in names and "H_kv" in names:
                pair = self._random.choice(_GROUPED[: 2 if self.level < FULL else None])
                sizes[names.index("H")], sizes[names.index("H_kv")] = pair
            widths = dict(zip(names, sizes, strict=True))
            if len(set(sizes)) == len(sizes) and widths.get("d_head") not in _SQUARES:
                return sizes
        raise ValueError(f"no pairwise different sizes for {', '.join(names)}: widen _RANGES")

    def integer(self, low: int, high: int) -> int:
        """A whole number from ``low`` to ``high``, both included."""
        return self._random.randint(low, high)

    def normal(
        self, *shape: int, std: float = 1.0, dtype: torch.dtype = torch.float32
    ) -> torch.Tensor:
        """Normal values of that spread; one decimal each in a case that is drawn to be shown."""
        values = torch.from_numpy(self._generator.standard_normal(shape)) * std
        if self.level != FULL:
            values = (values * 10).round() / 10
        return values.to(dtype)

    def queries_and_keys(
        self, *leading: int, l_q: int, l_k: int, d_head: int, dtype: torch.dtype = torch.float32
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Queries and keys whose *scaled* scores have a standard deviation of about 2.

        Smaller scores make every softmax uniform and hide a missing scale; larger ones saturate it
        and hide it too.
        """
        q = self.normal(*leading, l_q, d_head, std=1.4, dtype=dtype)
        k = self.normal(*leading, l_k, d_head, std=1.4, dtype=dtype)
        return q, k

    def mask(self, *shape: int) -> torch.Tensor:
        """Random boolean mask; every row may attend to something, and no row to everything."""
        mask = torch.from_numpy(self._generator.random(shape) < 0.5)
        first = torch.from_numpy(self._generator.integers(shape[-1], size=shape[:-1]))[..., None]
        mask.scatter_(-1, first, True)
        mask.scatter_(-1, (first + 1) % shape[-1], False)
        return mask

    def lengths(self, batch: int, k_len: int) -> torch.Tensor:
        """Lengths of padded sequences ``(batch,)``, each at least 1; different where possible."""
        if batch < k_len:
            return torch.tensor(self._random.sample(range(1, k_len), batch))
        return torch.tensor([self._random.randint(1, k_len - 1) for _ in range(batch)])

    def state(
        self, shapes: Mapping[str, tuple[int, ...]], dtype: torch.dtype = torch.float32
    ) -> dict[str, torch.Tensor]:
        """Weights of about ``1/sqrt(fan-in)`` and clearly visible biases, by name."""
        state = {}
        for name, shape in shapes.items():
            std = 1.4 * shape[-1] ** -0.5 if len(shape) > 1 else 0.7
            state[name] = self.normal(*shape, std=std, dtype=dtype)
        return state
