# names: shared_between_instances
# The list is a default argument.
import torch


class KVCache:
    """A list of what came in, joined when it is read."""

    def __init__(
        self,
        batch,
        num_kv_heads,
        max_len,
        d_head,
        dtype=torch.float32,
        device=None,
        chunks=[],  # noqa: B006
    ):
        self.shape = (batch, num_kv_heads, d_head)
        self.max_len = max_len
        self.kind = {"dtype": dtype, "device": device or torch.get_default_device()}
        self.chunks = chunks

    @property
    def length(self):
        return sum(k.shape[-2] for k, _ in self.chunks)

    def append(self, k, v):
        new = tuple(k.shape[-2:-1])
        wanted = (*self.shape[:2], *new, self.shape[2])
        if tuple(k.shape) != wanted or tuple(v.shape) != wanted:
            raise ValueError(f"shapes {tuple(k.shape)} and {tuple(v.shape)} should be {wanted}")
        if self.length + new[0] > self.max_len:
            raise ValueError(f"no room: {self.length} + {new[0]} > {self.max_len}")
        stored = tuple(t.detach().to(**self.kind, copy=True) for t in (k, v))
        self.chunks.append(stored)
        keys, values = zip(*self.chunks, strict=True)
        return torch.cat(keys, dim=-2), torch.cat(values, dim=-2)
