# %% [markdown]
# # Exercises 07: grouped-query and multi-query attention
#
# Fewer key/value heads than query heads: the order, the fast way to compute it, the module, the
# conversion of trained weights, and the cost.
# The [lesson](../../lessons/07_grouped_query.ipynb) shows every idea you need, with numbers.
#
# `H` is the number of query heads, `H_kv` the number of KV heads, `H / H_kv` the group size.
# Query head `h` reads KV head `h // group size`.
#
# `mine(...)` brings your own work from units 02, 04 and 06, and the course's where yours does not
# pass yet; it says which.

# %%
import math

import torch
from torch import nn

from autograder import check, hint, mine, status

causal_mask, masked_attention = mine("causal_mask", "masked_attention")
split_heads, merge_heads = mine("split_heads", "merge_heads")
rotary, KVCache = mine("rotary", "KVCache")

# %% [raw]
# exercise: expand_kv
# title: Who reads which KV head
# minutes: 10
# difficulty: 2
# points: 4
# prerequisites: []
# forbidden: []
# hints:
#   - >-
#     Six query heads and two KV heads, k0 and k1. Write down the six in order. Which three stand
#     first?
#   - >-
#     Query head h reads KV head h // group size, so every KV head stands group-size times in a row:
#     `[k0, k0, k0, k1, k1, k1]`. `repeat` writes the whole list several times: `[k0, k1, k0, k1,
#     ...]`. Another call repeats each element.
#   - |-
#     when is there a ValueError? And how large is a group?
#     along which axis is x repeated?             # (B, H_kv, L, d_head) to (B, H, L, d_head)
#     each head several times in a row, or the whole list several times? What is head 1 then?

# %% [markdown]
# Repeat each KV head until every query head has one of its own: `(B, H_kv, L, d_head)`
# becomes `(B, H, L, d_head)`, in the order `[k0, k0, k1, k1]`.


# %%
def expand_kv(x, num_heads):
    """Repeat each KV head for the query heads of its group.

    Args:
        x: keys or values ``(B, H_kv, L, d_head)``.
        num_heads: number of query heads, H.

    Returns:
        Tensor ``(B, H, L, d_head)``: head ``h`` is KV head ``h // (H // H_kv)`` of ``x``.

    Raises:
        ValueError: H_kv does not divide ``num_heads``.
    """
    ### BEGIN SOLUTION
    num_kv_heads = x.shape[1]
    if num_heads % num_kv_heads != 0:
        raise ValueError(f"{num_kv_heads} KV heads do not divide {num_heads} query heads")
    group = num_heads // num_kv_heads
    return x.repeat_interleave(group, dim=1)  # (B, H, L, d_head)
    ### END SOLUTION


# %% [markdown] tags=["explanation"]
# **Why it is right.** Neighbouring query heads share a KV head. It is a convention, but all
# checkpoints follow it: the rows of `q_proj` were trained for it.
#
# **The usual wrong turns.** `x.repeat(1, group, 1, 1)` tiles: `[k0, k1, k0, k1]`. Shapes agree, a
# fresh model trains, a loaded one talks nonsense. Group size and number of KV heads confused:
# with 64 query heads on 8 KV heads both are 8, and the error hides.
#
# **What production code does.** It avoids this copy, as you will in the next exercise. The order
# went wrong in public more than once (onnx#7274: tiled in place of repeated).

# %% [raw]
# exercise: grouped_attention
# title: Attention that copies no keys
# minutes: 30
# difficulty: 4
# points: 14
# prerequisites: [masked_attention]
# forbidden: [attention]
# megabytes: 400
# hints:
#   - >-
#     Three query heads share one KV head. For that KV head, what is the difference between three
#     heads with one query each and one head with three queries?
#   - >-
#     There is none: rows of queries do not know of each other. So fold the group into the rows:
#     `(B, H, L_q, d_head)` becomes `(B, H_kv, group * L_q, d_head)`, and one `masked_attention` per
#     KV head does the rest. A mask has to be folded in the same way, after it has its full shape.
#     Adding an axis and letting `@` broadcast looks free, but copies the keys inside.
#   - |-
#     when is there a ValueError? And how large is a group?
#     rows = q folded: the group joins which axis?        # (B, H_kv, group * L_q, d_head)
#     if mask is given: which shape must it have before it can be folded as q was?
#     scores, softmax and output as in masked_attention, without keys or values in another dtype:
#         what may be too large for float16, and what is therefore done before the product?
#         in which dtype is the softmax, and in which are the weights that meet v?
#     return the output unfolded                          # (B, H, L_q, d_head)

# %% [markdown]
# Attention with fewer KV heads than query heads: the values that you get from
# `masked_attention(q, expand_kv(k, H), expand_kv(v, H), mask)`, without ever making a repeated
# copy of the keys or values. This is counted: with long keys and few queries, the memory your
# function takes must not grow with the group size. Only the output is returned.
#
# In float16 and bfloat16 it is as exact as the dtype allows (2e-3 and 2e-2 of the largest value),
# with large scores and with very many keys too. float16 has no number above 65,504. The scores stay
# below that; what they are made from, and a sum over 70,000 keys, need not.


# %%
def grouped_attention(q, k, v, mask=None):
    """Scaled dot-product attention with shared KV heads (Ainslie et al. 2023, Section 2.2).

    Args:
        q: queries ``(B, H, L_q, d_head)``.
        k: keys ``(B, H_kv, L_k, d_head)``.
        v: values ``(B, H_kv, L_k, d_head)``.
        mask: boolean, broadcasts to ``(B, H, L_q, L_k)``, ``True`` = may attend; ``None`` = no
            mask.

    Returns:
        Tensor ``(B, H, L_q, d_head)`` in the dtype of ``q``. A query with no key to attend to gets
        zeros.

    Raises:
        ValueError: H_kv does not divide H.
    """
    ### BEGIN SOLUTION
    batch, num_heads, q_len, d_head = q.shape
    num_kv_heads, k_len = k.shape[1:3]
    if num_heads % num_kv_heads != 0:
        raise ValueError(f"{num_kv_heads} KV heads do not divide {num_heads} query heads")
    group = num_heads // num_kv_heads
    rows = q.reshape(batch, num_kv_heads, group * q_len, d_head)
    work = torch.promote_types(q.dtype, torch.float32)
    queries = rows / math.sqrt(q.shape[-1])
    scores = (queries @ k.transpose(-2, -1)).to(work)  # (B, H_kv, group * L_q, L_k)
    if mask is not None:
        mask = mask.broadcast_to(batch, num_heads, q_len, k_len)
        mask = mask.reshape(batch, num_kv_heads, group * q_len, k_len)
        empty = ~mask.any(dim=-1, keepdim=True)
        scores = scores.masked_fill(~mask, -math.inf)
        scores = scores.masked_fill(empty, 0.0)
    weights = torch.softmax(scores, dim=-1)
    if mask is not None:
        weights = weights.masked_fill(empty, 0.0)
    output = weights.to(v.dtype) @ v  # (B, H_kv, group * L_q, d_head)
    return output.reshape(batch, num_heads, q_len, d_head)
    ### END SOLUTION


# %% [markdown] tags=["explanation"]
# **Why it is right.** Attention treats each row of queries by itself. The rows of all query heads
# of a group meet the same keys, so they may stand below each other in one matrix product. Query
# heads of a group are neighbours, so the fold is a plain reshape.
#
# Behind the fold this is `masked_attention(rows, k, v, mask)`, and you may just call it. It is
# written out here for half precision: `masked_attention` turns keys and values into float32,
# which is a copy, and twice as many bytes as it copies from. Here they are multiplied as they
# are, and only the scores, which are few in a decode step, become float32. The queries are scaled
# before the product: a product of 70,000 is infinite in float16, whatever it is divided by later.
# In the softmax it is the sum that does not fit, once there are as many keys.
#
# **The usual wrong turns.** Expanded keys: right values, and the cost of MHA. Broadcasting `(B,
# H_kv, group, L_q, d_head) @ (B, H_kv, 1, d_head, L_k)`: matmul copies the keys for each member
# of the group, inside. Folding the rows as `(L_q, group)` in place of `(group, L_q)`: heads and
# positions change places.
#
# **What production code does.** Decode kernels do this fold in registers (FlashDecoding,
# FlashInfer). In PyTorch 2.13 `scaled_dot_product_attention(..., enable_gqa=True)` gives the same
# values; whether it is slower than this fold depends on processor and dtype. The lesson measures
# it.

# %% [raw]
# exercise: GroupedQueryAttention
# title: Grouped-query attention
# minutes: 40
# difficulty: 4
# points: 24
# prerequisites: [causal_mask, split_heads, merge_heads, rotary, KVCache, grouped_attention]
# forbidden: [attention]
# hints:
#   - >-
#     Start from `MultiHeadAttention`. Which two projections become narrower, and how wide are they?
#   - >-
#     `k_proj` and `v_proj` are `num_kv_heads * d_head` wide and are split into KV heads. Positions
#     start at `cache.length`, read before the append, or at 0. With a cache, the causal mask of the
#     new rows is joined by `&` with the mask that is given. Without one, nothing is hidden unless
#     the mask says so.
#   - |-
#     in __init__: two reasons for a ValueError: which? Which projections are narrower than q_proj?
#     in forward:  q, k and v as heads: how many has each?     # (B, H or H_kv, L, d_head)
#                  start = position of the first new token: what, and when is it read?
#                  if rope_base is given: which of the three are turned?
#                  if there is a cache: how many heads does it store?
#                      which mask comes in, and how does it go together with one that is given?
#                  if there is none: which mask?
#                  what brings the heads back to (B, L, d_model)?

# %% [markdown]
# The module. `num_kv_heads = num_heads` is multi-head attention, `1` is multi-query attention
# (MQA). Without a cache it hides nothing unless a mask says so, and positions start at 0. With a
# cache it is causal, a given mask is joined by `&`, and positions continue at `cache.length`.


# %%
class GroupedQueryAttention(nn.Module):
    """Grouped-query attention (Ainslie et al. 2023), with rotary positions and a cache.

    Args:
        d_model: width of the model, in and out.
        num_heads: number of query heads, H.
        num_kv_heads: number of key/value heads, H_kv.
        d_head: width of one head; ``None`` means ``d_model // num_heads``.
        bias: whether the four projections have a bias.
        rope_base: base of the rotary positions of queries and keys; ``None`` means no rotation.

    Raises:
        ValueError: ``num_kv_heads`` does not divide ``num_heads``, or ``d_head`` is not given and
            ``num_heads`` does not divide ``d_model``.
    """

    def __init__(self, d_model, num_heads, num_kv_heads, d_head=None, bias=False, rope_base=None):
        super().__init__()
        ### BEGIN SOLUTION
        if num_heads % num_kv_heads != 0:
            raise ValueError(f"{num_kv_heads} KV heads do not divide {num_heads} query heads")
        if d_head is None:
            if d_model % num_heads != 0:
                raise ValueError(f"{num_heads} heads do not divide d_model={d_model}: give d_head")
            d_head = d_model // num_heads
        self.num_heads = num_heads
        self.num_kv_heads = num_kv_heads
        self.rope_base = rope_base
        self.q_proj = nn.Linear(d_model, num_heads * d_head, bias=bias)
        self.k_proj = nn.Linear(d_model, num_kv_heads * d_head, bias=bias)
        self.v_proj = nn.Linear(d_model, num_kv_heads * d_head, bias=bias)
        self.o_proj = nn.Linear(num_heads * d_head, d_model, bias=bias)
        ### END SOLUTION

    def forward(self, x, mask=None, cache=None):
        """Attend from ``x (B, L, d_model)`` to itself, and to what the cache holds.

        Args:
            x: the tokens; with a cache, those that follow the stored ones.
            mask: boolean, broadcasts to ``(B, H, L_q, L_k)``, ``True`` = may attend.
            cache: a ``KVCache(B, H_kv, max_len, d_head)``, which takes up the new tokens.

        Returns:
            Tensor ``(B, L, d_model)``. A query with no key to attend to gets ``o_proj``'s bias.
        """
        ### BEGIN SOLUTION
        q = split_heads(self.q_proj(x), self.num_heads)  # (B, H, L, d_head)
        k = split_heads(self.k_proj(x), self.num_kv_heads)  # (B, H_kv, L, d_head)
        v = split_heads(self.v_proj(x), self.num_kv_heads)  # (B, H_kv, L, d_head)
        start = 0 if cache is None else cache.length
        if self.rope_base is not None:
            positions = torch.arange(start, start + x.shape[1], device=x.device)
            q = rotary(q, positions, self.rope_base)
            k = rotary(k, positions, self.rope_base)
        if cache is not None:
            k, v = cache.append(k, v)  # (B, H_kv, L_k, d_head)
            causal = causal_mask(q.shape[2], k.shape[2]).to(x.device)  # (L, L_k)
            mask = causal if mask is None else mask & causal
        heads = grouped_attention(q, k, v, mask)  # (B, H, L, d_head)
        return self.o_proj(merge_heads(heads))  # (B, L, d_model)
        ### END SOLUTION


# %% [markdown] tags=["explanation"]
# **Why it is right.** Only `k_proj` and `v_proj` shrink. Query head `h` reads KV head
# `h // group size`, which `grouped_attention` takes care of. With as many KV heads as query heads
# it is unit 04, number for number.
#
# **The usual wrong turns.** `split_heads(k_proj(x), num_heads)`: heads that are too narrow.
# `d_head = d_model // num_kv_heads`. The given mask replaced by the causal one, or the reverse. A
# cache made for `num_heads` heads, which throws the saving away.
#
# **What production code does.** The same, with the projections of q, k and v in one matrix. Your
# module runs a real model in the lesson: SmolLM2-135M has 9 query heads on 3 KV heads.

# %% [raw]
# exercise: pool_kv_heads
# title: Fewer KV heads for trained weights
# minutes: 25
# difficulty: 3
# points: 7
# prerequisites: []
# forbidden: []
# hints:
#   - >-
#     Which rows of `k_proj.weight` make the keys of head 0? Which heads will share a KV head?
#   - >-
#     Cut the rows of `k_proj` and `v_proj` into `(num_kv_heads, group, d_head)`; the group is the
#     axis to take the mean over, or the first of. Biases have rows too, without the axis of inputs.
#     `q_proj` and `o_proj` stay as they are.
#   - |-
#     two reasons for a ValueError: which?
#     which entries change, biases included, and which go over as they are?
#     for each of those that change:
#         heads = its rows as (num_kv_heads, group, d_head, ...)
#         mean, first: over which axis, which member?
#         random: of which shape and spread?
#         pooled to (num_kv_heads * d_head, ...)
#     is the dictionary that was given still what it was?

# %% [markdown]
# Turn the weights of a module with `num_heads` KV heads into weights with `num_kv_heads`. Query
# heads that will share a KV head are neighbours, so their old KV heads are pooled: by their mean,
# or by the first of each group. `"random"` ignores them and draws fresh weights and biases, each
# with the standard deviation of the old tensor, from torch's generator. The given dictionary and
# its tensors are left as they were.


# %%
def pool_kv_heads(state_dict, num_heads, num_kv_heads, how="mean"):
    """Convert weights of multi-head attention to fewer KV heads (Ainslie et al. 2023, Section 2.1).

    Args:
        state_dict: weights ``q_proj.weight (H * d_head, d_model)`` and so on, with ``num_heads`` KV
            heads; biases if there are any. Left as it is.
        num_heads: number of heads there are, H.
        num_kv_heads: number of KV heads wanted, H_kv.
        how: ``"mean"`` of the KV heads of a group, the ``"first"`` of each group, or ``"random"``:
            fresh normal numbers with the standard deviation of the old tensor, biases too.

    Returns:
        ``state_dict`` of a ``GroupedQueryAttention``: ``k_proj.weight`` is
        ``(H_kv * d_head, d_model)``.

    Raises:
        ValueError: ``num_kv_heads`` does not divide ``num_heads``, or ``how`` is none of the three.
    """
    ### BEGIN SOLUTION
    if num_heads % num_kv_heads != 0:
        raise ValueError(f"{num_kv_heads} KV heads do not divide {num_heads} heads")
    if how not in ("mean", "first", "random"):
        raise ValueError(f"how should be 'mean', 'first' or 'random', not {how!r}")
    pooled = dict(state_dict)
    for name in state_dict:
        if name.startswith(("k_proj", "v_proj")):
            heads = state_dict[name].unflatten(0, (num_kv_heads, num_heads // num_kv_heads, -1))
            if how == "mean":
                kept = heads.mean(dim=1)  # (H_kv, d_head, ...)
            elif how == "first":
                kept = heads[:, 0]
            else:
                kept = torch.randn_like(heads[:, 0]) * heads.std()
            pooled[name] = kept.flatten(0, 1)  # (H_kv * d_head, ...)
    return pooled
    ### END SOLUTION


# %% [markdown] tags=["explanation"]
# **Why it is right.** Rows of `k_proj` are heads in order, so a group is a run of neighbouring
# rows. The mean keeps what the heads of a group have in common; the first keeps one of them and
# drops the rest.
#
# **The usual wrong turns.** Pooling heads 0, H_kv, 2 H_kv ...: right shapes, the wrong heads
# together. The sum in place of the mean: keys that are too long, so a softmax that is too sharp.
# Biases forgotten: kept as they were, their shapes no longer fit; left out, `strict=False` keeps
# the random ones of the module and says nothing.
#
# **What production code does.** Mean pooling, then some of the original training (Ainslie 2023
# used 5 % of it) lets the model find its way back.

# %% [raw]
# exercise: attention_cost
# title: What a layer costs
# minutes: 25
# difficulty: 3
# points: 7
# prerequisites: []
# forbidden: []
# hints:
#   - >-
#     Go through the layer: four matrices, then scores, then the weighted sum. Which of them know
#     the number of KV heads?
#   - >-
#     A matrix product `(m, n) @ (n, p)` is m * n * p multiply-adds, 2 FLOPs each. Every query head
#     has its own scores, whoever shares its keys: the FLOPs of the attention do not shrink with
#     H_kv. What shrinks: two of the four projections, and the bytes of keys and values.
#   - |-
#     parameters       = four matrices: which two become narrower with fewer KV heads?
#     projection_flops = how many FLOPs for each parameter and token, and how many tokens?
#     attention_flops  = how many pairs of query and key, in how many heads (H or H_kv)?
#                        two products for each pair: how many FLOPs?
#     kv_bytes         = how many tensors, heads and positions? Does q_len matter?

# %% [markdown]
# Parameters, FLOPs and bytes of one layer, as exact whole numbers. `q_len` is the number of new
# tokens, `k_len` that of all positions attended to: prefill is `q_len = k_len`, a decode step is
# `q_len = 1`. Pairs are counted in full, without what a causal mask could save.


# %%
def attention_cost(
    d_model, num_heads, num_kv_heads, d_head, q_len, k_len, batch=1, bytes_per_value=2
):
    """Cost of one attention layer, counted; one multiply-add is 2 FLOPs.

    Args:
        d_model: width of the model.
        num_heads, num_kv_heads: query heads, H, and KV heads, H_kv.
        d_head: width of one head.
        q_len: new tokens of each sequence, L_q; they pass all four projections.
        k_len: positions attended to, L_k, those of the new tokens included.
        batch: number of sequences, B.
        bytes_per_value: of keys and values.

    Returns:
        Dictionary of ints: ``parameters`` (weights of the four projections, no biases),
        ``projection_flops``, ``attention_flops`` (scores and weighted sum over all pairs,
        ``(B, H, L_q, L_k)`` of them), ``kv_bytes`` (keys and values, read once).
    """
    ### BEGIN SOLUTION
    query_width = num_heads * d_head
    kv_width = num_kv_heads * d_head
    parameters = 2 * d_model * query_width + 2 * d_model * kv_width
    pairs = batch * q_len * k_len
    return {
        "parameters": parameters,
        "projection_flops": 2 * parameters * batch * q_len,
        "attention_flops": 2 * 2 * query_width * pairs,
        "kv_bytes": 2 * kv_width * k_len * batch * bytes_per_value,
    }
    ### END SOLUTION


# %% [markdown] tags=["explanation"]
# **Why it is right.** A weight takes part in one multiply-add per token, so the projections cost
# twice their parameters for each new token. Each pair of a query and a key costs `d_head`
# multiply-adds for the score and `d_head` for the weighted sum, in each *query* head.
#
# **The usual wrong turns.** "GQA halves the compute": the FLOPs of the attention know nothing of
# H_kv. Keys without values. The batch forgotten: weights are read once for all sequences, keys
# and values once for each.
#
# **What production code does.** It compares such counts with what the machine can do, FLOPs per
# second and bytes per second, before it measures: that is the roofline of unit 08.
