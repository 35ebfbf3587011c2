# names: values_in_other_order
# The rows of each chunk are stored backwards.
from dataclasses import dataclass, field

import torch


@dataclass(slots=True)
class KVCache:
    batch: int
    num_kv_heads: int
    max_len: int
    d_head: int
    dtype: torch.dtype = torch.float32
    device: object = None
    length: int = field(default=0, init=False)
    memory: list = field(init=False, repr=False)

    def __post_init__(self):
        sizes = self.batch, self.num_kv_heads, self.max_len, self.d_head
        self.memory = [torch.zeros(sizes, dtype=self.dtype, device=self.device) for _ in "kv"]

    def append(self, k, v):
        new = k.shape[-2]
        if new > self.max_len - self.length:
            raise ValueError(f"{new} more positions are too many")
        for part in (k, v):
            if list(part.shape) != [self.batch, self.num_kv_heads, new, self.d_head]:
                raise ValueError(f"wrong shape: {tuple(part.shape)}")
        end = self.length + new
        for memory, part in zip(self.memory, (k, v), strict=True):
            rows = torch.arange(self.length, end, device=memory.device)
            memory.index_copy_(2, rows, part.detach().to(memory).flip(2))
        self.length = end
        keys, values = (memory[:, :, :end] for memory in self.memory)
        return keys, values
