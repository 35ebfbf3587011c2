# names:
# __slots__, a list of cloned chunks joined on demand, length as a read-only property, match on the
# shapes.
import torch


class KVCache:
    """Keys and values of the tokens so far, for one layer."""

    __slots__ = ("_like", "_chunks", "_room", "_shape")

    def __init__(self, batch, num_kv_heads, max_len, d_head, dtype=torch.float32, device=None):
        self._like = torch.empty(batch, num_kv_heads, 0, d_head, dtype=dtype, device=device)
        self._room = max_len
        self._shape = (batch, num_kv_heads, d_head)
        self._chunks = []

    @property
    def length(self) -> int:
        return sum(keys.shape[2] for keys, _ in self._chunks)

    def _own(self, tensor):
        """A copy without a graph, in the cache's dtype and on its device."""
        return tensor.detach().to(self._like).clone()

    def append(self, k, v):
        """Store the keys and values of new tokens."""
        match tuple(k.shape), tuple(v.shape):
            case (b, h, new, d), (b2, h2, new2, d2) if (b, h, d) == (
                b2,
                h2,
                d2,
            ) == self._shape and new == new2:
                if self.length + new > self._room:
                    raise ValueError(f"no room for {new} more positions")
            case other:
                raise ValueError(f"wrong shapes: {other}")
        self._chunks.append((self._own(k), self._own(v)))
        every = ((self._like, self._like), *self._chunks)
        keys, values = (torch.cat(parts, dim=2) for parts in zip(*every, strict=True))
        return keys, values
