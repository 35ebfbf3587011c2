# names:
# Dataclass of sizes with properties named like the keys, read out by a loop over names.
from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Layer:
    d_model: int
    num_heads: int
    num_kv_heads: int
    d_head: int
    q_len: int
    k_len: int
    batch: int = 1
    bytes_per_value: int = 2

    @property
    def parameters(self) -> int:
        both = self.num_heads + self.num_kv_heads  # q and o are as wide as H, k and v as H_kv
        return 2 * self.d_model * both * self.d_head

    @property
    def projection_flops(self) -> int:
        tokens = self.batch * self.q_len
        return 2 * tokens * self.parameters

    @property
    def attention_flops(self) -> int:
        pairs = self.batch * self.num_heads * self.q_len * self.k_len
        return 2 * (2 * self.d_head) * pairs

    @property
    def kv_bytes(self) -> int:
        numbers = 2 * self.batch * self.num_kv_heads * self.k_len * self.d_head
        return numbers * self.bytes_per_value


def attention_cost(
    d_model, num_heads, num_kv_heads, d_head, q_len, k_len, batch=1, bytes_per_value=2
):
    """Cost of one attention layer, counted."""
    layer = Layer(d_model, num_heads, num_kv_heads, d_head, q_len, k_len, batch, bytes_per_value)
    names = "parameters projection_flops attention_flops kv_bytes".split()  # noqa: SIM905
    return {name: getattr(layer, name) for name in names}
