# names: batch_forgotten
# One sequence.
import torch


def kv_cache_bytes(num_layers, num_kv_heads, d_head, tokens, batch=1, bytes_per_value=2):
    """Count the elements of tensors that take no memory."""
    total = 0
    for _ in range(num_layers):
        keys = torch.empty(1, num_kv_heads, tokens, d_head, device="meta")
        values = torch.empty_like(keys)
        total += (keys.numel() + values.numel()) * bytes_per_value
    return total
