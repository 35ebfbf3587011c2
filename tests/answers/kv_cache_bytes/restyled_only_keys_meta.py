# names: keys_or_values_only
# Values are forgotten.
import torch


def kv_cache_bytes(num_layers, num_kv_heads, d_head, tokens, batch=1, bytes_per_value=2):
    """Count the elements of tensors that take no memory."""
    total = 0
    for _ in range(num_layers):
        keys = torch.empty(batch, num_kv_heads, tokens, d_head, device="meta")
        total += keys.numel() * bytes_per_value
    return total
