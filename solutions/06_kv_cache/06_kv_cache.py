# %% [markdown]
# # Exercises 06: the KV cache
#
# Rotary positions, a cache of keys and values, attention that continues where it stopped, and the
# bytes it costs.
# The [lesson](../../lessons/06_kv_cache.ipynb) shows every idea you need, with numbers.
#
# Heads have the layout `(B, H, L, d_head)`. Queries and keys are rotated, keys and values stored.
#
# `mine(...)` brings your own work from units 02 and 04, and the course's where yours does not
# pass yet; it says which.

# %%
import torch
from torch import nn

from autograder import check, hint, mine, status

causal_mask, masked_attention = mine("causal_mask", "masked_attention")
split_heads, merge_heads = mine("split_heads", "merge_heads")

# %% [raw]
# exercise: rotary
# title: Rotary positions
# minutes: 30
# difficulty: 3
# points: 9
# prerequisites: []
# forbidden: []
# hints:
#   - >-
#     Take d_head = 4. Which two numbers of the vector form the first pair, and which the second?
#     How far does each pair turn at position 1?
#   - >-
#     Pair i is (number i, number i + d_head / 2). It turns by position * base**(-2 i / d_head).
#     A turn by an angle t takes (a, b) to (a cos t - b sin t, a sin t + b cos t). Compute the
#     angles in float32 at least: bfloat16 cannot tell position 256 from 257.
#   - |-
#     what if d_head is odd? In which dtype are angles computed, if x has 16 bits?
#     speed  = one number for each pair                      # (d_head / 2,)
#     angle  = positions and speeds: which one is a column?  # (L, d_head / 2)
#     a, b   = the two members of all pairs: which parts of the last axis?    # (..., L, d_head / 2)
#     turned = what becomes of a, what of b? Two products each: with cos and sin of angle
#     return both put together: side by side or in turns? In which dtype?

# %% [markdown]
# Turn each vector by its position, in the rotate-half convention: pair `i` is number `i` and
# number `i + d_head / 2`, and turns by `position * base**(-2 * i / d_head)`. Positions are given,
# not counted: they may start anywhere. The result has the dtype of `x`; angles are computed in
# float32 at least (float64 for float64), because half precision cannot count far.


# %%
def rotary(x, positions, base=10000.0):
    """Rotary position embedding, rotate-half convention (Su et al. 2021, Section 3.2.2).

    Args:
        x: ``(..., L, d_head)``, ``d_head`` even.
        positions: ``(L,)``, whole numbers: the position of each vector.
        base: the speeds of the pairs are ``base ** (-2 * i / d_head)`` radians per position.

    Returns:
        Tensor of the shape and dtype of ``x``.

    Raises:
        ValueError: ``d_head`` is odd.
    """
    ### BEGIN SOLUTION
    d_head = x.shape[-1]
    if d_head % 2 != 0:
        raise ValueError(f"rotary turns pairs of numbers: d_head={d_head} is odd")
    work = torch.promote_types(x.dtype, torch.float32)
    pair = torch.arange(d_head // 2, device=x.device, dtype=work)  # (d_head / 2,)
    speed = base ** (-2 * pair / d_head)
    angle = positions.to(x.device, work)[:, None] * speed  # (L, d_head / 2)
    cos, sin = angle.cos(), angle.sin()
    first, second = x.to(work).chunk(2, dim=-1)  # (..., L, d_head / 2) each
    turned = torch.cat((first * cos - second * sin, first * sin + second * cos), dim=-1)
    return turned.to(x.dtype)  # (..., L, d_head)
    ### END SOLUTION


# %% [markdown] tags=["explanation"]
# **Why it is right.** A turn by `m * speed` against a turn by `n * speed` leaves a dot product
# that depends on `m - n` only. So a rotated query and a rotated key know their distance, and
# nothing has to be added to the values.
#
# **The usual wrong turns.** Positions counted from 0 in every call: right in the first chunk,
# wrong from the second on. Neighbouring numbers as pairs, the *interleaved* convention: right in
# itself, but weights trained with one convention talk nonsense under the other. Angles in
# bfloat16, where positions 256 and 257 are one.
#
# **What production code does.** It keeps a table of cosines and sines in float32 for all
# positions and picks rows. GGUF files of Llama models store the rows of `q_proj` and `k_proj`
# permuted for the interleaved convention; loaders permute them, or turn neighbouring pairs.

# %% [raw]
# exercise: KVCache
# title: A cache of keys and values
# minutes: 30
# difficulty: 3
# points: 9
# prerequisites: []
# forbidden: []
# hints:
#   - >-
#     Where in the memory do the next keys go, and how many rows of it hold something already?
#   - >-
#     Allocate `(batch, num_kv_heads, max_len, d_head)` twice, once. `append` writes behind the rows
#     in use, moves `length` on and returns the rows in use. Check everything *before* you write: a
#     slice that is too long is cut without a word, and a batch of 1 broadcasts into any batch.
#   - |-
#     init:   two tensors: which shape, dtype and device? What is length?
#     append: what can be wrong with k or v, and what with the room?
#             is that looked up before or after the first number is written?
#             which positions do the new ones take? Does their gradient come along?
#             when does length move on?
#             return all rows, or which?    # (B, H_kv, length, d_head)

# %% [markdown]
# Keys and values of all tokens so far. `append(k, v)` stores the new ones behind the old ones and
# returns all of them, `(B, H_kv, length, d_head)` each; `length` is how many positions are
# stored. What does not fit in shape or in room raises a `ValueError` and leaves the cache as it
# was. The cache is for inference: it keeps numbers, no gradients, in its own dtype.


# %%
class KVCache:
    """Keys and values of the tokens so far, for one layer.

    Args:
        batch: number of sequences, B.
        num_kv_heads: number of key/value heads, H_kv.
        max_len: number of positions there is room for.
        d_head: width of one head.
        dtype, device: of what is stored.

    Attributes:
        length: number of positions stored so far, an int.
    """

    def __init__(self, batch, num_kv_heads, max_len, d_head, dtype=torch.float32, device=None):
        ### BEGIN SOLUTION
        shape = (batch, num_kv_heads, max_len, d_head)
        self.keys = torch.zeros(shape, dtype=dtype, device=device)
        self.values = torch.zeros(shape, dtype=dtype, device=device)
        self.length = 0
        ### END SOLUTION

    def append(self, k, v):
        """Store the keys and values of new tokens.

        Args:
            k, v: ``(B, H_kv, L_new, d_head)``.

        Returns:
            ``(keys, values)`` of all tokens so far, ``(B, H_kv, length, d_head)`` each.

        Raises:
            ValueError: a wrong shape, or no room for ``L_new`` more positions; nothing is stored.
        """
        ### BEGIN SOLUTION
        batch, num_kv_heads, max_len, d_head = self.keys.shape
        new = k.shape[-2]
        wanted = (batch, num_kv_heads, new, d_head)
        if k.shape != wanted or v.shape != wanted:
            raise ValueError(f"k and v should be {wanted}: {tuple(k.shape)}, {tuple(v.shape)}")
        end = self.length + new
        if end > max_len:
            raise ValueError(f"the cache has room for {max_len} positions, not for {end}")
        self.keys[:, :, self.length : end] = k.detach()
        self.values[:, :, self.length : end] = v.detach()
        self.length = end
        return self.keys[:, :, :end], self.values[:, :, :end]
        ### END SOLUTION


# %% [markdown] tags=["explanation"]
# **Why it is right.** Keys and values of a token never change once they are computed: under a
# causal mask they depend on that token and earlier ones only. Appending is all that ever happens.
#
# **The usual wrong turns.** No check: assigning one row to a slice of no rows broadcasts and does
# nothing, so a full cache swallows tokens silently. A length that moves before the writing leaves
# a hole. Memory made as a class attribute is shared by all layers.
#
# **What production code does.** `torch.cat` in every step copies the whole cache for each token,
# so memory is allocated ahead; servers cut it into blocks of 16 or so tokens, handed out on
# demand ([Kwon et al. 2023](https://arxiv.org/abs/2309.06180), PagedAttention), to avoid room
# that nobody uses.

# %% [raw]
# exercise: CachedAttention
# title: Attention that continues
# minutes: 40
# difficulty: 4
# points: 18
# prerequisites: [causal_mask, masked_attention, split_heads, merge_heads, rotary, KVCache]
# forbidden: [attention]
# hints:
#   - >-
#     Three tokens are stored and two come. Which positions do they have, which keys may each of
#     them see, and how wide is the mask?
#   - >-
#     The new queries and keys are turned by the positions `start`, `start + 1`, ... where `start`
#     is the cache's length *before* the append. Then append, and attend from the new queries to all
#     keys under `causal_mask(new, all)`, which aligns at the bottom right.
#   - |-
#     q, k, v = as heads                                             # (B, H, L, d_head)
#     start = position of the first new token: read before or after the append?
#     if rope_base is given: which of the three are turned? Before or after they are stored?
#     if there is a cache: what goes in, and what does attention see?    # (B, H, L_k, d_head)
#     mask  = how many rows, how many columns?
#     output of the heads, then two steps to (B, L, d_model): which?

# %% [markdown]
# Causal multi-head self-attention that can go on where it stopped. With a cache, `x` holds only
# the new tokens; their positions continue at `cache.length`, and they attend to everything stored
# and to themselves. The output must be the same for *every* way to cut a sequence into chunks.
# With `rope_base=None` nothing is rotated. Submodules and the order of heads are those of
# `MultiHeadAttention`.


# %%
class CachedAttention(nn.Module):
    """Causal multi-head self-attention with a KV cache.

    Args:
        d_model: width of the model, in and out.
        num_heads: number of heads, H.
        d_head: width of one head; ``None`` means ``d_model // num_heads``.
        bias: whether the four projections have a bias.
        rope_base: base of the rotary positions of queries and keys; ``None`` means no rotation.

    Raises:
        ValueError: ``d_head`` is not given, and ``num_heads`` does not divide ``d_model``.
    """

    def __init__(self, d_model, num_heads, d_head=None, bias=False, rope_base=None):
        super().__init__()
        ### BEGIN SOLUTION
        if d_head is None:
            if d_model % num_heads != 0:
                raise ValueError(f"{num_heads} heads do not divide d_model={d_model}: give d_head")
            d_head = d_model // num_heads
        self.num_heads = num_heads
        self.rope_base = rope_base
        self.q_proj = nn.Linear(d_model, num_heads * d_head, bias=bias)
        self.k_proj = nn.Linear(d_model, num_heads * d_head, bias=bias)
        self.v_proj = nn.Linear(d_model, num_heads * d_head, bias=bias)
        self.o_proj = nn.Linear(num_heads * d_head, d_model, bias=bias)
        ### END SOLUTION

    def forward(self, x, cache=None):
        """Attend from ``x (B, L, d_model)`` to itself and to what the cache holds.

        Args:
            x: the tokens that follow those in the cache.
            cache: a ``KVCache(B, H, max_len, d_head)``, which takes up the new tokens; ``None``
                means that ``x`` is the whole sequence.

        Returns:
            Tensor ``(B, L, d_model)``.
        """
        ### BEGIN SOLUTION
        q = split_heads(self.q_proj(x), self.num_heads)  # (B, H, L, d_head)
        k = split_heads(self.k_proj(x), self.num_heads)  # (B, H, L, d_head)
        v = split_heads(self.v_proj(x), self.num_heads)  # (B, H, L, d_head)
        start = 0 if cache is None else cache.length
        if self.rope_base is not None:
            positions = torch.arange(start, start + x.shape[1], device=x.device)
            q = rotary(q, positions, self.rope_base)
            k = rotary(k, positions, self.rope_base)
        if cache is not None:
            k, v = cache.append(k, v)  # (B, H, L_k, d_head)
        mask = causal_mask(q.shape[2], k.shape[2]).to(x.device)  # (L, L_k)
        heads, _ = masked_attention(q, k, v, mask)  # (B, H, L, d_head)
        return self.o_proj(merge_heads(heads))  # (B, L, d_model)
        ### END SOLUTION


# %% [markdown] tags=["explanation"]
# **Why it is right.** Under a causal mask the output at position `t` uses keys and values of
# positions `0 ... t` and nothing later. It does not matter whether these were computed now or
# earlier, as long as each was turned by its own position, once.
#
# **The usual wrong turns.** Reading `cache.length` after the append: the queries are turned too
# far. Rotating what comes out of the cache: keys that were stored rotated turn twice. Positions
# that restart in every chunk. A mask aligned at the top left: the last token of a chunk sees the
# first keys only. The last two pass a test that feeds the whole sequence at once.
#
# **What production code does.** It stores keys after the rotation: they are turned once, not in
# every step. Servers cut long prompts into chunks in the same way (chunked prefill).

# %% [raw]
# exercise: kv_cache_bytes
# title: What the cache costs
# minutes: 10
# difficulty: 1
# points: 2
# prerequisites: []
# forbidden: []
# hints:
#   - >-
#     What does one layer store for one token, in numbers? In bytes?
#   - >-
#     A key and a value for each KV head, `d_head` numbers each. Then as often as there are layers,
#     tokens and sequences.
#   - |-
#     numbers of one token in one layer: how many tensors, how many heads of which width?
#     how often is that stored? Which of the arguments say so?
#     what makes bytes of numbers?

# %% [markdown]
# How many bytes the caches of all layers take, exactly. `tokens` is the number of positions of
# each sequence.


# %%
def kv_cache_bytes(num_layers, num_kv_heads, d_head, tokens, batch=1, bytes_per_value=2):
    """Size of the keys and values of all layers.

    Args:
        num_layers: number of layers, each with a cache of its own.
        num_kv_heads: number of key/value heads, H_kv.
        d_head: width of one head.
        tokens: positions of each sequence.
        batch: number of sequences, B.
        bytes_per_value: 4 for float32, 2 for float16 and bfloat16, 1 for 8-bit caches.

    Returns:
        Bytes, an int: keys and values, each ``(B, H_kv, tokens, d_head)``, of every layer.
    """
    ### BEGIN SOLUTION
    values = 2 * num_layers * num_kv_heads * d_head * tokens * batch
    return values * bytes_per_value
    ### END SOLUTION


# %% [markdown] tags=["explanation"]
# **Why it is right.** It is a product of independent counts. Llama-2-70B, 80 layers, 8 KV heads
# of width 128, in 16 bits: 327,680 bytes per token. With 64 KV heads it would be 2.5 MiB.
#
# **The usual wrong turns.** Keys without values; one layer; the number of query heads in place of
# KV heads; `d_model // num_heads` in place of `d_head`.
#
# **What production code does.** This product, before anything else, decides how many users fit on
# a card. Layers with a sliding window store the window only, so the formula does not hold there.

# %% [raw]
# exercise: which_model
# title: Find the model by its bytes
# minutes: 15
# difficulty: 2
# points: 4
# prerequisites: []
# forbidden: []
# hints:
#   - >-
#     Go through the table. Which of the columns decide how much is stored for a token, and which do
#     not?
#   - >-
#     Number of values first: what do all layers store for one token? Then each of the three sizes a
#     value may have. Several pairs may fit, or none.
#   - |-
#     for each model of the table:
#         values = how many numbers do all its layers store for one token?
#         for each size that a value may have:
#             does it come out at exactly the bytes you were given? keep name and size
#     return all that were kept; what if there are none?

# %% [markdown]
# A server tells how many bytes its cache grows by for each token of a sequence, and not which model
# it runs. Which of these can it be, and in how many bytes is each value kept: 1, 2 or 4? Find *all*
# pairs that fit exactly. Numbers are those of the models' configuration files; not all of them
# matter.

# %%
MODELS = {
    "Llama-2-7B": {"layers": 32, "d_model": 4096, "heads": 32, "kv_heads": 32, "d_head": 128},
    "Llama-2-70B": {"layers": 80, "d_model": 8192, "heads": 64, "kv_heads": 8, "d_head": 128},
    "Llama-3-8B": {"layers": 32, "d_model": 4096, "heads": 32, "kv_heads": 8, "d_head": 128},
    "Llama-3.2-1B": {"layers": 16, "d_model": 2048, "heads": 32, "kv_heads": 8, "d_head": 64},
    "Gemma-2B": {"layers": 18, "d_model": 2048, "heads": 8, "kv_heads": 1, "d_head": 256},
    "Gemma-7B": {"layers": 28, "d_model": 3072, "heads": 16, "kv_heads": 16, "d_head": 256},
    "SmolLM2-135M": {"layers": 30, "d_model": 576, "heads": 9, "kv_heads": 3, "d_head": 64},
}


def which_model(bytes_per_token):
    """Which of ``MODELS`` store so many bytes for each token, in all layers together.

    Args:
        bytes_per_token: bytes of the keys and values of one token, exactly.

    Returns:
        List of pairs ``(name, bytes_per_value)`` in any order, where the bytes of a value are 1, 2
        or 4; all that fit, an empty list if none does.
    """
    ### BEGIN SOLUTION
    found = []
    for name, model in MODELS.items():
        values = 2 * model["layers"] * model["kv_heads"] * model["d_head"]
        for bytes_per_value in (1, 2, 4):
            if values * bytes_per_value == bytes_per_token:
                found.append((name, bytes_per_value))
    return found
    ### END SOLUTION


# %% [markdown] tags=["explanation"]
# **Why it is right.** Layers, KV heads and the width of one head decide, times 2 for keys and
# values. `d_model` and the number of query heads do not. Some numbers name a model at once; 65,536
# bytes can be Llama-3-8B with a cache in 8 bits or Llama-3.2-1B in float32: bytes alone do not
# tell these apart.
#
# **The usual wrong turns.** Query heads in place of KV heads: right for Llama-2-7B and Gemma-7B
# only. `d_model // heads` in place of `d_head`: for Gemma-7B that is 192, and it has 256. The first
# that fits, where there are two.
#
# **What production code does.** The same product in the other direction: a server reads the
# configuration, divides the memory that is left by the bytes of a token, and so knows how many
# tokens it can hold at once.
