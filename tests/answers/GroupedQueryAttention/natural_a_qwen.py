# mistake: o_proj never has a bias, also with bias=True
# why: copied from Qwen2, where queries, keys and values have one and the output has none
import torch
from torch import nn


class GroupedQueryAttention(nn.Module):
    def __init__(self, d_model, num_heads, num_kv_heads, d_head=None, bias=False, rope_base=None):
        super().__init__()
        if num_heads % num_kv_heads != 0:
            raise ValueError("num_attention_heads must be divisible by num_key_value_heads")
        if d_head is None and d_model % num_heads != 0:
            raise ValueError("hidden_size must be divisible by num_heads")
        self.num_heads = num_heads
        self.num_key_value_heads = num_kv_heads
        self.head_dim = d_head if d_head is not None else d_model // num_heads
        self.rope_theta = rope_base
        self.q_proj = nn.Linear(d_model, self.num_heads * self.head_dim, bias=bias)
        self.k_proj = nn.Linear(d_model, self.num_key_value_heads * self.head_dim, bias=bias)
        self.v_proj = nn.Linear(d_model, self.num_key_value_heads * self.head_dim, bias=bias)
        self.o_proj = nn.Linear(self.num_heads * self.head_dim, d_model, bias=False)

    def forward(self, x, mask=None, cache=None):
        q_len = x.size(1)
        past = 0 if cache is None else cache.length
        query_states = split_heads(self.q_proj(x), self.num_heads)
        key_states = split_heads(self.k_proj(x), self.num_key_value_heads)
        value_states = split_heads(self.v_proj(x), self.num_key_value_heads)
        if self.rope_theta is not None:
            position_ids = torch.arange(past, past + q_len)
            query_states = rotary(query_states, position_ids, self.rope_theta)
            key_states = rotary(key_states, position_ids, self.rope_theta)
        if cache is not None:
            key_states, value_states = cache.append(key_states, value_states)
            causal = causal_mask(q_len, key_states.size(2))
            mask = causal if mask is None else (mask & causal)
        attn_output = grouped_attention(query_states, key_states, value_states, mask)
        return self.o_proj(merge_heads(attn_output))
