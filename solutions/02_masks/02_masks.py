# %% [markdown]
# # Exercises 02: masks
#
# Two masks, and an attention that obeys them in every precision.
# The [lesson](../../lessons/02_masks.ipynb) shows every idea you need, with numbers.
#
# In this course a mask is boolean, and `True` means *may attend*. Masks combine with `&`.
#
# `mine("softmax")` brings your own softmax from unit 01, and the course's where yours does not pass
# yet; it says which.

# %%
import math

import torch

from autograder import check, hint, mine, status

softmax = mine("softmax")

# %% [raw]
# exercise: causal_mask
# title: No looking ahead
# minutes: 15
# difficulty: 2
# points: 4
# prerequisites: []
# forbidden: []
# hints:
#   - >-
#     Number the queries and the keys. With as many keys as queries, which keys may query 2 see?
#   - >-
#     The *last* query sees the *last* key. With more keys than queries, the queries are the newest
#     positions: query i stands at position i + (k_len - q_len).
#   - |-
#     if no k_len is given: how many keys are there?
#     query_position = 0 .. q_len-1 as a column, moved by how much?    # (L_q, 1)
#     key_position   = 0 .. k_len-1 as a row                           # (1, L_k)
#     return a comparison of the two: which is the smaller one, and what of equal ones?

# %% [markdown]
# Query `i` may attend to itself and to everything before it. When there are more keys than
# queries (a few new tokens after a long past), the last query sees the last key: the mask is
# aligned *bottom-right*.


# %%
def causal_mask(q_len, k_len=None):
    """Boolean causal mask, aligned bottom-right.

    Args:
        q_len: number of queries, L_q.
        k_len: number of keys, L_k; ``None`` means as many as queries.

    Returns:
        Boolean tensor ``(L_q, L_k)``, ``True`` where the query may attend to the key.
    """
    ### BEGIN SOLUTION
    if k_len is None:
        k_len = q_len
    query_position = torch.arange(q_len)[:, None] + (k_len - q_len)
    key_position = torch.arange(k_len)[None, :]
    visible = key_position <= query_position
    return visible
    ### END SOLUTION


# %% [markdown] tags=["explanation"]
# **Why it is right.** Both sides are counted in positions of the whole sequence. The queries are
# its last `q_len` positions, hence the shift by `k_len - q_len`.
#
# **The usual wrong turns.** One step too far: every token sees its successor, which in training is
# the answer. One step short: no token sees itself. Aligned top-left: right for a square, wrong for
# every chunk that comes after a past.
#
# **What production code does.** It never builds the mask: kernels compare the two positions while
# they run. PyTorch's `is_causal=True` aligns top-left when `L_q != L_k` (pytorch#108108).

# %% [raw]
# exercise: padding_mask
# title: Padding is not text
# minutes: 10
# difficulty: 1
# points: 5
# prerequisites: []
# forbidden: []
# hints:
#   - >-
#     A sequence of length 3 in a batch padded to 5: which of the key positions 0..4 are real?
#   - >-
#     Compare the positions 0..k_len-1 with each length. The axis in the middle has size 1, so that
#     the same row of keys holds for every query.
#   - |-
#     positions = 0 .. k_len-1, on which device?      # (L_k,)
#     lengths with two new axes: in front or behind?  # together they broadcast to (B, 1, L_k)
#     return a comparison: at a length of 3, what should position 3 give?

# %% [markdown]
# Sentences of a batch differ in length; the short ones are filled up at the end. No query may
# attend to the filling. The result has a middle axis of size 1: whatever the query, the same keys
# are real. It is on the device of `lengths`: a mask on the CPU is of no use to scores on a GPU.


# %%
def padding_mask(lengths, k_len):
    """Boolean mask of the keys that are real tokens.

    Args:
        lengths: integer tensor ``(B,)``, the number of real tokens of each sequence.
        k_len: the padded length, L_k.

    Returns:
        Boolean tensor ``(B, 1, L_k)`` on the device of ``lengths``, ``True`` for real tokens.
    """
    ### BEGIN SOLUTION
    lengths = torch.as_tensor(lengths)
    positions = torch.arange(k_len, device=lengths.device)
    real = positions < lengths[:, None, None]
    return real
    ### END SOLUTION


# %% [markdown] tags=["explanation"]
# **Why it is right.** Position `j` is real when `j < length`. The middle axis of size 1 broadcasts
# over the queries.
#
# **The usual wrong turns.** `<=` lets one filler in. Without the middle axis, `(B, L_k)` is read as
# `(L_q, L_k)` as soon as `B == L_q`, and every sequence gets the mask of another one, silently.
# Positions made on the CPU: nobody notices before the model moves to a GPU.
#
# **What production code does.** It avoids padding: sequences are packed one after another, with
# their boundaries kept in a list.

# %% [raw]
# exercise: masked_attention
# title: Attention that obeys
# minutes: 30
# difficulty: 4
# points: 13
# prerequisites: [softmax]
# forbidden: [attention]
# hints:
#   - >-
#     A forbidden key must get a weight of exactly 0, and the allowed ones must still add up to 1.
#     So before or after the softmax? And what happens to a row in which *nothing* is allowed?
#   - >-
#     Replace forbidden scores by -inf before the softmax: exp(-inf) is exactly 0 everywhere.
#     A row of nothing but -inf is 0/0: give such a row harmless scores before the softmax, and set
#     its weights to 0 after it. Then the gradient never meets a NaN. In half precision compute in
#     float32 and convert at the end.
#   - |-
#     work   = which dtype, if 16 bits come in?
#     scores = of scaled queries and keys, in work    # (..., L_q, L_k)
#     if mask is given:
#         which rows have no key at all?              # (..., L_q, 1)
#         what replaces a forbidden score? And the scores of such a row, so that 0 / 0 never occurs?
#     weights = softmax: along which axis?
#     which weights have to be 0 now, and are not?
#     output  = weights and values                    # (..., L_q, d_v)
#     return both: in which dtype?

# %% [markdown]
# Attention with a mask that broadcasts to the scores. `None` means that everything may be attended
# to. A row with no key to attend to gets zeros, as weights and as output, and gives no NaN
# in the backward pass. It works in float16, bfloat16, float32 and float64, for large scores too: 16
# bits are what comes in and goes out, and too few to compute in. It leaves its arguments as they
# are.


# %%
def masked_attention(q, k, v, mask=None):
    """Scaled dot-product attention under a boolean mask.

    Args:
        q: queries ``(..., L_q, d_head)``.
        k: keys ``(..., L_k, d_head)``.
        v: values ``(..., L_k, d_v)``.
        mask: boolean, broadcasts to ``(..., L_q, L_k)``, ``True`` = may attend; ``None`` = no mask.

    Returns:
        ``(output, weights)`` in the dtype of ``q``: output ``(..., L_q, d_v)``, weights
        ``(..., L_q, L_k)``. A row with no key to attend to is zeros in both.
    """
    ### BEGIN SOLUTION
    work = torch.promote_types(q.dtype, torch.float32)
    queries = q.to(work) / math.sqrt(q.shape[-1])  # (..., L_q, d_head)
    scores = queries @ k.to(work).transpose(-2, -1)  # (..., L_q, L_k)
    if mask is not None:
        empty = ~mask.any(dim=-1, keepdim=True)
        scores = scores.masked_fill(~mask, -math.inf)
        scores = scores.masked_fill(empty, 0.0)
    weights = torch.softmax(scores, dim=-1)
    if mask is not None:
        weights = weights.masked_fill(empty, 0.0)
    output = weights @ v.to(work)
    return output.to(q.dtype), weights.to(q.dtype)
    ### END SOLUTION


# %% [markdown] tags=["explanation"]
# **Why it is right.** `-inf` before the softmax gives weights of exactly 0, and the rest adds up to
# 1 by itself. The empty rows never reach the softmax as `-inf`, so neither the forward nor the
# backward pass sees `0 / 0`.
#
# **The usual wrong turns.** Zeroing after the softmax without dividing again: rows add up to less
# than 1. A finite constant: -10 leaks, -1e9 does not exist in float16, and in an empty row any of
# them shares out a weight of 1 among keys that are all forbidden. Replacing NaN in the *output*:
# the forward pass looks clean, the gradient is NaN all the same.
#
# **Why it is fast.** Your own `softmax` gives the same numbers. `torch.softmax` reads and writes
# the scores once where ours does so five times, and scores are the largest tensor here. For the
# same reason the scale is applied to the queries: they are smaller than the scores.
#
# **What production code does.** PyTorch 2.13's scaled_dot_product_attention gives zeros for an
# empty row; `nn.MultiheadAttention` gives NaN or its bias, depending on `need_weights`.
