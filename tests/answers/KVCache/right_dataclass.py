# names:
# From __future__ annotations; the cache is a dataclass, its memory made in __post_init__; class
# CacheError(ValueError).
from __future__ import annotations

from dataclasses import dataclass, field

import torch


class CacheError(ValueError):
    """New keys or values that the cache cannot take."""


@dataclass(eq=False)
class KVCache:
    """Keys and values of the tokens so far, for one layer."""

    batch: int
    num_kv_heads: int
    max_len: int
    d_head: int
    dtype: torch.dtype = torch.float32
    device: torch.device | str | None = None
    length: int = field(default=0, init=False)
    _keys: torch.Tensor = field(init=False, repr=False)
    _values: torch.Tensor = field(init=False, repr=False)

    def __post_init__(self):
        size = (self.batch, self.num_kv_heads, self.max_len, self.d_head)
        self._keys = torch.zeros(size, dtype=self.dtype, device=self.device)
        self._values = torch.zeros_like(self._keys)

    def append(self, k, v):
        """Store the keys and values of new tokens."""
        new = k.shape[2] if k.ndim == 4 else None
        wanted = (self.batch, self.num_kv_heads, new, self.d_head)
        if not tuple(k.shape) == tuple(v.shape) == wanted:
            raise CacheError(f"keys {tuple(k.shape)}, values {tuple(v.shape)} for {wanted}")
        if new > self.max_len - self.length:
            raise CacheError(f"{self.length} of {self.max_len} in use, {new} more do not fit")
        with torch.no_grad():
            self._keys[:, :, self.length : self.length + new] = k
            self._values[:, :, self.length : self.length + new] = v
        self.length += new
        return self._keys[:, :, : self.length], self._values[:, :, : self.length]
