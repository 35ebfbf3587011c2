# names: cache_advanced_on_read
# Reading the length counts one on.
import torch


class KVCache:
    """One block of memory, (2, batch, heads, max_len, d_head): keys, then values."""

    def __init__(self, batch, num_kv_heads, max_len, d_head, dtype=torch.float32, device=None):
        size = (2, batch, num_kv_heads, max_len, d_head)
        self._block = torch.zeros(size, dtype=dtype, device=device)
        self._used = 0

    @property
    def length(self):
        self._used += 1
        return self._used - 1

    def append(self, k, v):
        start, stop = self._used, self._used + k.shape[-2]
        if stop > self._block.shape[3]:
            raise ValueError(f"position {stop - 1} is beyond the end, {self._block.shape[3]}")
        place = self._block[..., start:stop, :]
        if k.shape != place.shape[1:] or v.shape != place.shape[1:]:
            raise ValueError(f"got {tuple(k.shape)}, {tuple(v.shape)} for {tuple(place.shape[1:])}")
        place[0], place[1] = k.data, v.data
        self._used = stop
        return tuple(self._block[..., :stop, :])
