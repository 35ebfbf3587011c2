# names: kept_in_32_bits
# A product of a tensor of int32.
import torch


def kv_cache_bytes(num_layers, num_kv_heads, d_head, tokens, batch=1, bytes_per_value=2):
    factors = [2, num_layers, num_kv_heads, d_head, tokens, batch, bytes_per_value]
    return torch.tensor(factors, dtype=torch.int32).prod(dtype=torch.int32).item()
