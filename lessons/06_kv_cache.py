# %% [markdown]
# # 6. The KV cache
#
# A language model writes one token at a time, and each new token attends to all tokens before it.
# Must it compute all of them again in every step? No: it keeps two things of each old token, its
# key and its value, in a *KV cache*. The idea is small. Most wrong caches give right answers in
# the usual test, and nonsense in use.
#
# Plan 110 minutes in three sittings: sections 1 to 3; 4 to 6; 7 and 8. You need lessons 02 and 04.

# %%
import itertools
import math
import statistics

import matplotlib.pyplot as plt
import torch
from torch import nn

from attnlab import heatmaps, show, table
from attnlab.cache_view import draw_step, step_through
from attnlab.timing import ratios, take_turns
from autograder import mine, predict

causal_mask, masked_attention = mine("causal_mask", "masked_attention")
split_heads, merge_heads = mine("split_heads", "merge_heads")
torch.manual_seed(0)
torch.set_printoptions(precision=3, sci_mode=False)
torch.set_num_threads(1)  # one core: the timings then compare work, not scheduling

# %% [markdown]
# `mine` fetches what *you* wrote, and the course's version where yours does not pass yet.
#
# ## 1. What is computed again and again?
#
# **Goal:** count what a cache saves. *Five minutes.*
#
# A model gets a prompt of 4 tokens and writes 3 more. The pass over the prompt is called *prefill*;
# its last position already gives the first new token. Each further step, for one new token, is
# called *decode*. Without a cache each step runs the model over all tokens so far. With one
# it runs over the prompt once, then over one token at a time.

# %% jupyter={"source_hidden": true}
predict(
    "cache_tokens",
    "How many tokens pass through the model in all, without and with a cache?",
    {
        "7 and 7": "Without a cache the prompt passes again in *every* step.",
        "15 and 6": "4 + 5 + 6, against 4 + 1 + 1. The last token written need not be read.",
        "12 and 6": "Each step also reads the tokens written before: 4, then 5, then 6.",
    },
    right="15 and 6",
)


# %%
def tokens_computed(prompt, new, cache):
    """Tokens that pass the model until `new` tokens are written."""
    if cache:
        return prompt + (new - 1)  # the last token written need not be read
    return sum(range(prompt, prompt + new))


rows = []
for prompt, new in ((4, 3), (100, 100), (1000, 1000)):
    without = tokens_computed(prompt, new, cache=False)
    with_cache = tokens_computed(prompt, new, cache=True)
    rows.append((prompt, new, without, with_cache, f"{without / with_cache:.3g} times"))
table(rows, ["prompt", "new tokens", "without a cache", "with a cache", "without / with"])

# %% [markdown]
# Without a cache the sum grows with the *square* of the length.
#
# ## 2. Which numbers of an old token never change?
#
# **Goal:** what stays the same, and what of it a new token needs. *Ten minutes.*
#
# Causal self-attention over six tokens, one head, no batch; then once more over the first four.

# %% jupyter={"source_hidden": true}
predict(
    "cache_unchanged",
    "Compare the first four rows of both passes. What is equal?",
    {
        "keys and values only": "Queries come from the same tokens too, and the outputs of old "
        "tokens look at old tokens only.",
        "queries, keys, values and outputs": "Under a causal mask nothing of an old token changes.",
        "queries, keys and values, but not the outputs": "They would differ without the mask: then "
        "old tokens look at new ones.",
    },
    right="queries, keys, values and outputs",
)

# %%
d_model, d_head = 8, 4
q_proj, k_proj, v_proj = (nn.Linear(d_model, d_head, bias=False) for _ in range(3))
x = torch.randn(6, d_model)  # (L, d_model)


def one_head(x, causal=True):
    """Queries, keys, values and outputs of one head."""
    q, k, v = q_proj(x), k_proj(x), v_proj(x)  # (L, d_head) each
    mask = causal_mask(len(x)) if causal else None
    return q, k, v, masked_attention(q, k, v, mask)[0]


names = ("queries", "keys", "values", "outputs")
rows = []
for causal in (True, False):
    long, short = one_head(x, causal), one_head(x[:4], causal)
    largest = [float((a[:4] - b).detach().abs().max()) for a, b in zip(long, short, strict=True)]
    rows.append(("causal" if causal else "not causal", *(f"{each:.1e}" for each in largest)))
table(rows, ["largest change", *names])

# %% [markdown]
# (You may see 1e-7 in place of 0: a longer sum in another order.) Without the mask the outputs
# change: an encoder such as [BERT](https://arxiv.org/abs/1810.04805) cannot be cached like this.
#
# And what does a *new* token need of the old ones? All keys and all values. Not the old queries,
# not the old outputs. So keys and values are kept: the KV cache. In a model of many layers this
# holds in each: the input of layer 2 is the output of layer 1, which did not change either.
#
# ## 3. How does a token know its position?
#
# **Goal:** turn a vector by its position, and see what the score then depends on. *Thirty
# minutes.*
#
# Attention does not know where a token stands (lesson 01). Most of today's models tell it by
# *turning* queries and keys: rotary position embedding, RoPE ([Su et al.
# 2021](https://arxiv.org/abs/2104.09864)). Take a head with two numbers. A vector at position `m`
# is turned by `m` radians, counter-clockwise:
#
# `(a, b)` becomes `(a cos m - b sin m, a sin m + b cos m)`.
#
# **Predict.** Where does `(1, 0)` point at positions 0 to 3? (A half turn is 3.14 radians.)


# %%
def turn(pair, angle):
    """Turn vectors `(..., 2)` by an angle in radians."""
    a, b = pair.unbind(-1)
    cos, sin = math.cos(angle), math.sin(angle)
    return torch.stack((a * cos - b * sin, a * sin + b * cos), dim=-1)


east = torch.tensor([1.0, 0.0])
for position in range(4):
    print(f"position {position}:", turn(east, position))

# %% jupyter={"source_hidden": true}
fig, ax = plt.subplots(figsize=(4.2, 4.2))
for position in range(6):
    tip = turn(east, position)
    ax.annotate("", tip.tolist(), (0, 0), arrowprops={"arrowstyle": "->", "lw": 2})
    ax.text(*(1.13 * tip).tolist(), position, ha="center", va="center", fontsize=12)
ax.set(xlim=(-1.35, 1.35), ylim=(-1.35, 1.35), aspect="equal", xticks=[-1, 0, 1], yticks=[-1, 0, 1])
ax.set(xlabel="first number", ylabel="second number", title="The position is an angle")
show(
    fig,
    "Six arrows of length 1 from the origin. Position 0 points right; each further position is "
    "turned by 1 radian, 57 degrees, counter-clockwise; position 3 points almost to the left.",
)

# %% [markdown]
# The length stays; the direction tells the position. A score is a dot product of a query at
# position `m` and a key at position `n`, both turned.

# %% jupyter={"source_hidden": true}
predict(
    "cache_diagonals",
    "In the table of scores below, which entries are equal?",
    {
        "each row": "In a row the key moves, and with it the angle between the two.",
        "each diagonal": "A turn by `m` against a turn by `n` leaves a turn by `m - n`.",
        "the table and its mirror image": "The *signed* distance counts: 2 ahead is not 2 behind.",
    },
    right="each diagonal",
)

# %%
query, key = torch.tensor([1.0, 0.5]), torch.tensor([0.8, -0.3])
scores = torch.tensor([[float(turn(query, m) @ turn(key, n)) for n in range(5)] for m in range(5)])
print("rows: position of the query; columns: position of the key")
print(scores)
print("far away, 100 and 98:", round(float(turn(query, 100) @ turn(key, 98)), 3))

# %% [markdown]
# A dot product depends on two lengths and the angle between the vectors. The lengths stay; a turn
# by `m` and one by `n` change the angle by `m - n`. So position enters through the *signed
# distance* only: positions 100 and 98 give what 2 and 0 give. This fits a cache: the turn of a
# key depends on its own position, which never changes, so a key can be turned once, when it is
# stored.
#
# One pair that turns by 1 radian per position looks the same again after about 6. So real heads
# have many pairs, each with its own speed: pair `i` turns by `base ** (-2 * i / d_head)` radians
# per position. `base` is 10,000 in the paper, 100,000 in SmolLM2 (lesson 07), 500,000 in [Llama
# 3](https://arxiv.org/abs/2407.21783): the longer the texts, the slower the slowest pair.
#
# **Predict.** With `d_head = 8` there are four pairs. How fast is the first, how fast the last?

# %%
d_head, base = 8, 10000.0
speeds = base ** (-2 * torch.arange(d_head // 2) / d_head)  # (d_head / 2,)
print("radians per position:", speeds)

fig, ax = plt.subplots(figsize=(6.4, 3.2))
positions = torch.arange(0, 41)
for i, speed in enumerate(speeds[:3]):
    ax.plot(positions, (positions * speed).cos(), label=f"pair {i}: {speed:g} radians per position")
ax.plot(positions, (positions * speeds[3]).cos(), label=f"pair 3: {speeds[3]:.3f}")
ax.set(xlabel="position", ylabel="cosine of the angle", ylim=(-1.15, 1.8))
ax.set_title("Fast pairs tell neighbours apart, slow ones tell far from near")
ax.legend(loc="upper center", ncols=2, fontsize=9)
show(
    fig,
    "Cosine of the angle over positions 0 to 40 for four pairs. Pair 0 swings about six times, "
    "pair 1 makes less than one swing, pair 2 falls slowly from 1 to 0.92, pair 3 hardly moves.",
)

# %% [markdown]
# The function that you will write is `rotary(x, positions, base)`. `positions` is an *argument*:
# the first token of a decode step stands at position 5 or 5000, not at 0. Here is a turn of all
# pairs of one vector, in the convention of the next section.


# %%
def turn_one(vector, position, base=10000.0):
    """Turn every pair (i, i + d_head / 2) of one vector."""
    half = len(vector) // 2
    turned = torch.empty_like(vector)
    for i in range(half):
        pair = torch.stack((vector[i], vector[i + half]))
        turned[i], turned[i + half] = turn(pair, position * base ** (-2 * i / len(vector)))
    return turned


print(turn_one(torch.tensor([1.0, 2.0, 3.0, 4.0]), position=1))
print("pair 0 is (1, 3), turned by 1:    ", turn(torch.tensor([1.0, 3.0]), 1))
print("pair 1 is (2, 4), turned by 0.01: ", turn(torch.tensor([2.0, 4.0]), 0.01))

# %% [markdown]
# For many vectors no loop is needed. Positions as a column `(L, 1)` times the speeds `(d_head /
# 2,)` give a table of angles `(L, d_head / 2)`, which broadcasts over all axes in front.

# %%
vectors = torch.randn(2, 3, 5, 8)  # (B, H, L, d_head)
angles = torch.arange(7, 12)[:, None] * speeds  # (L, d_head / 2), positions 7 to 11
first, second = vectors.chunk(2, dim=-1)  # (B, H, L, d_head / 2) each
print("angles:", tuple(angles.shape), " halves:", tuple(first.shape))
by_table = first * angles.cos() - second * angles.sin()  # the first half of the result
by_hand = turn_one(vectors[1, 2, 3], position=10)[:4]
print("first half, position 10:", by_table[1, 2, 3])
print("one by one:            ", by_hand)

# %% [markdown]
# **Precision.** bfloat16 has 8 significant bits.

# %% jupyter={"source_hidden": true}
predict(
    "cache_bfloat16",
    "A head computes its positions in bfloat16. What does a token at position 257 think it is?",
    {
        "257": "257 needs 9 bits, and there are 8.",
        "256": "Between 256 and 512 bfloat16 holds even numbers only.",
        "infinitely far": "The range is that of float32; it is the spacing that is coarse.",
    },
    right="256",
)

# %%
print("positions 255 to 260 in bfloat16:", torch.arange(255, 261).to(torch.bfloat16).tolist())
right, wrong = (torch.tensor(257).to(dtype).double() for dtype in (torch.float32, torch.bfloat16))
print(f"cos(257) = {right.cos():.3f}, cos of what bfloat16 keeps = {wrong.cos():.3f}")

# %% [markdown]
# So angles are computed in float32 at least, and only the result takes the dtype of `x`. In code:
# `work = torch.promote_types(x.dtype, torch.float32)`.
#
# *A good place to stop.* You can solve `rotary` now.
#
# ## 4. Two conventions
#
# **Goal:** translate one into the other, and see what mixing them does. *Ten minutes.*
#
# Which two numbers make a pair? Two answers are in use.
#
# | convention | pairs for `d_head = 6` | used by |
# |---|---|---|
# | rotate-half | (0, 3), (1, 4), (2, 5) | Hugging Face's Llama, this course |
# | interleaved | (0, 1), (2, 3), (4, 5) | the paper, Meta's code, Llama weights in GGUF files |
#
# Each is *wrong* for weights that were trained with the other. They can be translated, because
# the numbers of a head have no order of their own: permute the rows of `q_proj` and `k_proj`
# alike.

# %% jupyter={"source_hidden": true}
predict(
    "cache_row",
    "`q_proj` of one head was trained interleaved (`d_head = 6`). Which of its rows becomes row 1 "
    "for rotate-half?",
    {
        "row 1": "Rows 0 and 1 are one interleaved pair; for rotate-half, 1 opens another pair.",
        "row 2": "The first of every pair comes first: rows 0, 2, 4, then 1, 3, 5.",
        "row 3": "Row 3 is the *second* of pair 1.",
    },
    right="row 2",
)


# %%
def interleaved(vector, position, base=10000.0):
    """Turn every pair (2i, 2i + 1) of one vector."""
    pairs = vector.reshape(-1, 2)
    angles = [position * base ** (-2 * i / len(vector)) for i in range(len(pairs))]
    return torch.cat([turn(pair, angle) for pair, angle in zip(pairs, angles, strict=True)])


order = torch.arange(6).reshape(3, 2).T.flatten()  # first of every pair, then second of every pair
print("rows of the interleaved matrix, in the order of rotate-half:", order.tolist())

w_q, w_k, token_a, token_b = torch.randn(6, 5), torch.randn(6, 5), torch.randn(5), torch.randn(5)
trained = interleaved(w_q @ token_a, 9) @ interleaved(w_k @ token_b, 4)
translated = turn_one(w_q[order] @ token_a, 9) @ turn_one(w_k[order] @ token_b, 4)
mixed_up = turn_one(w_q @ token_a, 9) @ turn_one(w_k @ token_b, 4)
print(f"as trained {trained:.4f}, rows permuted {translated:.4f}, mixed up {mixed_up:.4f}")

# %% [markdown]
# The mixed-up score has no error message: every shape fits. (With several heads, permute the rows
# of each, as lesson 07's loader of a GGUF file does.)
#
# ## 5. What does a cache store, and how does it fail?
#
# **Goal:** build one, and meet four traps. *Fifteen minutes.*
#
# A cache for one layer is two tensors `(B, H_kv, max_len, d_head)`, keys and values, and a
# number, `length`: how many positions are in use. (`H_kv` is the number of key/value heads: here
# as many as heads, in lesson 07 fewer.) `append(k, v)` writes behind what is there, moves
# `length` on, and returns what is in use. One `length` for a batch means that all its sequences
# are equally long; servers keep one each.
#
# Why not join old and new with `torch.cat`? Bytes *written* while 1000 tokens arrive one at a
# time:

# %%
per_token = 2 * 8 * 64 * 4  # keys and values, heads, d_head, bytes
by_cat = sum(n * per_token for n in range(1, 1001))  # every step writes all of it again
by_slot = 1000 * per_token
print(f"torch.cat in every step: {by_cat / 1e6:,.0f} MB; made ahead: {by_slot / 1e6:.0f} MB")

# %% [markdown]
# So the memory is made once, and each step writes into a slice of it.

# %% jupyter={"source_hidden": true}
predict(
    "cache_full",
    "A cache of 4 positions is full. `keys[:, :, 4:5] = new` writes one more token. What happens?",
    {
        "an error: there is no position 4": "A slice beyond the end is cut to no rows, silently.",
        "the last position is overwritten": "The slice has no rows, so nothing is written at all.",
        "nothing, and no error": "One row broadcasts into a slice of no rows.",
    },
    right="nothing, and no error",
)

# %%
keys = torch.zeros(1, 1, 4, 2)  # (B, H_kv, max_len, d_head), all four positions in use
new = torch.ones(1, 1, 1, 2)
length = 4
keys[:, :, length : length + 1] = new  # a slice of no rows
print("sum of what is stored:", keys.sum().item(), "  (the token is gone)")
try:
    keys[:, :, length : length + 2] = torch.ones(1, 1, 2, 2)
except RuntimeError as error:
    print("two tokens at once:", str(error)[:70])

# %%
keys = torch.zeros(3, 1, 4, 2)  # three sequences
keys[:, :, 0:1] = torch.ones(1, 1, 1, 2)  # keys of one
print("sequence 0:", keys[0, 0, 0].tolist(), " sequence 2:", keys[2, 0, 0].tolist())

# %% [markdown]
# Traps one and two: an axis of 1 broadcasts, one row into a slice of *no* rows, one sequence into
# a batch of three. So a cache checks shapes and free space itself before it writes, and raises a
# `ValueError`; a caller who catches it must find the cache as it was.
#
# The third trap is Python's. **Predict.** How long is the cache of layer 1?


# %%
class SharedCache:
    """A cache whose memory belongs to the class."""

    stored = []

    def append(self, token):
        """Keep one token."""
        self.stored.append(token)


layer_0, layer_1 = SharedCache(), SharedCache()
layer_0.append("a key of layer 0")
print("layer 1 holds:", layer_1.stored)

# %% [markdown]
# `stored = []` in the class body is made once, for all. Make it in `__init__`, as `self.stored`.
#
# The fourth costs memory. A key that comes out of `k_proj` carries its *graph*, all that PyTorch
# needs for the gradient, and keeps every step alive. `k.detach()` is the same numbers without it.
#
# ## 6. Which keys may the tokens of a chunk see?
#
# **Goal:** the mask of a chunk. *Ten minutes.*
#
# Step through prefill and decode: what is computed, what is written, what is seen.

# %%
draw_step(prompt=4, chunks=[2, 1, 1], number=1)

# %%
step_through()

# %% [markdown]
# Now five tokens are stored, and two come at once. (Servers cut long prompts into such chunks.) Two
# queries, seven keys. Three masks come to mind:

# %%
new, everything = 2, 7
masks = {
    "right: bottom-right": causal_mask(new, everything),
    "wrong: top-left": torch.ones(new, everything, dtype=torch.bool).tril(),
    "wrong: none at all": torch.ones(new, everything, dtype=torch.bool),
}
heatmaps(
    {name: mask.float() / mask.sum(-1, keepdim=True) for name, mask in masks.items()},
    queries=["token 5", "token 6"],
    mask=masks,
    title="What tokens 5 and 6 may see: their weights if all scores are equal",
)

# %% [markdown]
# Token 5 may see keys 0 to 5, token 6 all seven: the mask aligns at the bottom right, where the
# last query meets the last key, as `causal_mask(q_len, k_len)` does. At the top left, token 5
# sees key 0 only. Without a mask it sees its own future. A square mask `(2, 2)` does not fit `(2,
# 7)`, unless `q_len` is 1: then it broadcasts, and is right by accident.
#
# The steps of the module that you will write:
#
# 1. `start = cache.length`: the position of the first new token, read *before* the append
# 2. queries, keys, values of the new tokens, split into heads
# 3. turn queries and keys at positions `start, start + 1, ...`; values are not turned
# 4. append keys and values; get all of them back
# 5. attend from the new queries to all keys under the bottom-right mask
#
# New tensors, such as positions and masks, must be made on the device of `x` or moved there by
# `.to(x.device)`: on a processor nobody notices, on a GPU the call fails.
#
# *A good place to stop.* You can solve `KVCache` and `CachedAttention` now.
#
# ## 7. How does one test a cache?
#
# **Goal:** a test that wrong caches fail. *Fifteen minutes.*
#
# A small causal attention as a function on plain lists, with switches that make it wrong in three
# ways.

# %%
B, H, D, WIDTH = 2, 3, 4, 10
projections = {name: torch.randn(WIDTH, H * D, dtype=torch.float64) / 3 for name in "qkv"}


def turned(x, positions):
    """Turn `(B, H, L, D)` at these positions."""
    rows = [turn_all(x[:, :, i], position) for i, position in enumerate(positions)]
    return torch.stack(rows, dim=2)


def turn_all(x, position):
    """Turn the vectors `(..., D)` at one position."""
    return torch.stack([turn_one(each, position) for each in x.reshape(-1, D)]).reshape(x.shape)


def step(x, stored, error=None):
    """Attention of new tokens `x (B, L, WIDTH)` to themselves and to what is stored."""
    q, k, v = (split_heads(x @ projections[name], H) for name in "qkv")  # (B, H, L, D)
    start = sum(keys.shape[2] for keys, _ in stored)
    q_start = k_start = start
    if error == "positions restart":
        q_start = k_start = 0
    if error == "length read too late":
        q_start = start + x.shape[1]
    q = turned(q, range(q_start, q_start + x.shape[1]))
    k = turned(k, range(k_start, k_start + x.shape[1]))
    stored.append((k, v))
    k, v = (torch.cat(parts, dim=2) for parts in zip(*stored, strict=True))  # (B, H, L_k, D)
    mask = causal_mask(q.shape[2], k.shape[2])
    if error == "mask top-left":
        mask = torch.ones_like(mask).tril()
    return merge_heads(masked_attention(q, k, v, mask)[0])  # (B, L, H * D)


# %% [markdown]
# The property: *however a sequence is cut into chunks, the output is that of the whole sequence*.
# Six tokens can be cut in 2 to the power of 5, so 32 ways. We try them all, in float64.

# %% jupyter={"source_hidden": true}
predict(
    "cache_survives",
    "Positions that restart in every chunk: which of the 32 cuts do they survive?",
    {
        "none": "In one chunk, positions 0, 1, 2, ... are right.",
        "only the uncut one": "A quick test, the whole sequence at once, finds nothing.",
        "all with equal chunks": "The second chunk starts at 0 again, whatever its length.",
    },
    right="only the uncut one",
)


# %%
def all_cuts(length):
    """Every way to write `length` as a sum of chunks."""
    for marks in itertools.product((False, True), repeat=length - 1):
        ends = [i + 1 for i, mark in enumerate(marks) if mark] + [length]
        yield tuple(end - start for start, end in zip([0, *ends], ends, strict=False))


tokens = torch.randn(B, 6, WIDTH, dtype=torch.float64)
whole = step(tokens, [])


def difference(cut, error):
    """Largest difference between the pass in chunks and the whole pass."""
    stored = []
    parts = [step(chunk, stored, error) for chunk in tokens.split(cut, dim=1)]
    return float((torch.cat(parts, dim=1) - whole).abs().max())


errors = (None, "positions restart", "length read too late", "mask top-left")
found = {error: {cut: difference(cut, error) for cut in all_cuts(6)} for error in errors}
rows = []
for error in errors:
    survived = [cut for cut, each in found[error].items() if each < 1e-10]
    shown = "; ".join("+".join(map(str, cut)) for cut in survived[:3])
    rows.append(
        (error or "right", f"{len(survived)} of 32", shown, f"{max(found[error].values()):.0e}")
    )
table(rows, ["version", "cuts survived", "the first of them", "largest difference"])

# %% [markdown]
# Two of the wrong ones survive the cut "6": the whole sequence at once, which is what a quick
# test feeds. *All cuts* of a short sequence find them all; the exercises are graded like this.
# Where do they go wrong? In each chunk but the first:

# %% jupyter={"source_hidden": true}
fig, ax = plt.subplots(figsize=(6.4, 3.0))
cut = (2, 1, 3)
for error, marker in (("positions restart", "o"), ("mask top-left", "s")):
    stored = []
    got = torch.cat([step(chunk, stored, error) for chunk in tokens.split(cut, dim=1)], dim=1)
    ax.plot(range(6), (got - whole).abs().amax((0, 2)), marker=marker, label=error)
for place in (1.5, 2.5):
    ax.axvline(place, color="0.6", lw=1, linestyle="-")
ax.set(
    xlabel="position", ylabel="largest error", title="The first chunk, 0 and 1, is right in both"
)
ax.legend(loc="upper left")
show(
    fig,
    "Largest error at positions 0 to 5, cut 2 + 1 + 3, for positions that restart and for the "
    "top-left mask. Both are 0 at positions 0 and 1, the first chunk, and far above 0 from "
    "position 2 on.",
)

# %% [markdown]
# **Stored before or after the turn?** Our list holds turned keys. One may store them as they come
# and turn *all* of them in every step: the same numbers, more work. Doing both is wrong.
# **Predict.** A key was turned by its position 3 when it was stored, and again when it is read.
# Where does it seem to stand?

# %%
key = torch.randn(4)
print("turned once by 6: ", turn_one(key, 6))
print("turned twice by 3:", turn_one(turn_one(key, 3), 3))

# %% [markdown]
# ## 8. What does a cache cost, and what does it buy?
#
# **Goal:** bytes for real models, and milliseconds. *Fifteen minutes.*
#
# For one token, one layer stores a key and a value for each KV head, `d_head` numbers each. Then
# there are all layers, all tokens, all sequences, and some bytes per number.
#
# **Predict.** Llama-2-70B in 16 bits has 80 layers, 8 KV heads and 128 numbers a head. How many
# bytes is one token? A text of 4096 tokens?

# %%
# query heads, KV heads, d_head, layers, d_model: as in the models' configuration files
MODELS = {
    "Llama-2-7B": (32, 32, 128, 32, 4096),
    "Llama-2-70B": (64, 8, 128, 80, 8192),
    "Llama-3-8B": (32, 8, 128, 32, 4096),
    "Llama-3.2-1B": (32, 8, 64, 16, 2048),
    "Gemma-2B": (8, 1, 256, 18, 2048),
    "Gemma-7B": (16, 16, 256, 28, 3072),
    "SmolLM2-135M": (9, 3, 64, 30, 576),
}
rows = []
for name, (heads, kv_heads, d_head, layers, _) in MODELS.items():
    per_token = 2 * layers * kv_heads * d_head * 2
    all_heads = per_token * heads // kv_heads
    text = f"{4096 * per_token / 2**30:.2f} GiB"
    rows.append((name, heads, kv_heads, f"{per_token:,}", text, f"{all_heads:,}"))
table(
    rows,
    [
        "model",
        "heads",
        "KV heads",
        "bytes per token",
        "4096 tokens",
        "per token, if KV heads = heads",
    ],
    caption="KV cache in 16 bits, one sequence",
)

# %% [markdown]
# Llama-2-70B: 2 x 80 x 8 x 128 x 2 = 327,680 bytes a token. With a KV head for each of its 64
# heads it would be eight times that, 2.5 MiB. [Its report](https://arxiv.org/abs/2307.09288),
# appendix A.2.1, tells how 8 were chosen: the subject of lesson 07.
#
# Llama-2-7B has 6.7 billion weights, 12.5 GiB in 16 bits. Seven texts of 4096 tokens, 14 GiB of
# cache, weigh more than the model itself.
#
# Two warnings. `d_head` is its own number: Gemma-7B has 16 heads of 256 on `d_model` 3072. And
# layers with a sliding window (Gemma 2, Mistral 7B v0.1) keep the window only.
#
# **And the time?** Four layers with random weights have read a prompt; one step follows, with
# caches and without. `take_turns` runs the two in turn, five times or more.

# %%
LAYERS, WIDTH, H, D = 4, 256, 4, 64
weights = [[torch.randn(WIDTH, WIDTH) / 16 for _ in "qkvo"] for _ in range(LAYERS)]


def stack(x, caches=None):
    """Four layers of causal attention on `x (1, L, WIDTH)`; a cache is a dictionary here."""
    for i, (w_q, w_k, w_v, w_o) in enumerate(weights):
        q, k, v = (split_heads(x @ w, H) for w in (w_q, w_k, w_v))
        if caches is not None:
            start, end = caches["length"], caches["length"] + x.shape[1]
            caches[i][0][:, :, start:end], caches[i][1][:, :, start:end] = k, v
            k, v = caches[i][0][:, :, :end], caches[i][1][:, :, :end]
        heads, _ = masked_attention(q, k, v, causal_mask(q.shape[2], k.shape[2]))
        x = x + merge_heads(heads) @ w_o
    if caches is not None:
        caches["length"] += x.shape[1]
    return x


def a_step(length):
    """The step behind `length` tokens, without a cache and with one."""
    text = torch.randn(1, length + 1, WIDTH)
    caches = {i: torch.zeros(2, 1, H, length + 1, D) for i in range(LAYERS)} | {"length": 0}
    stack(text[:, :length], caches)

    def cached():
        caches["length"] = length  # each time the same step
        return stack(text[:, length:], caches)

    return {"without": lambda: stack(text), "with": cached}


# %%
lengths = (64, 128, 256, 512, 1024)
samples = [
    take_turns(a_step(n), sample_seconds=0.01, cell_seconds=1, rounds=(5, 15)) for n in lengths
]
without = [statistics.median(each["without"]) for each in samples]
with_cache = [statistics.median(each["with"]) for each in samples]
faster = [ratios(each["without"], each["with"])[1] for each in samples]  # median of the rounds
rows = [
    (n, f"{a * 1e3:.2f} ms", f"{b * 1e3:.2f} ms", f"{ratio:.0f} times")
    for n, a, b, ratio in zip(lengths, without, with_cache, faster, strict=True)
]
table(rows, ["tokens so far", "step without a cache", "with a cache", "faster"])

# %% jupyter={"source_hidden": true}
fig, ax = plt.subplots(figsize=(6.0, 3.4))
ax.plot(lengths, [each * 1e3 for each in without], marker="o", label="without a cache")
ax.plot(lengths, [each * 1e3 for each in with_cache], marker="s", label="with a cache")
ax.set(xscale="log", yscale="log", xlabel="tokens so far", ylabel="milliseconds per step")
ax.set_xticks(lengths, lengths)
ax.minorticks_off()
ax.set_title("Without a cache each token makes the next one more expensive")
ax.legend()
show(
    fig,
    "Milliseconds per step over 64 to 1024 tokens, both axes logarithmic. "
    f"Without a cache from {without[0] * 1e3:.1f} to {without[-1] * 1e3:.1f}, with a cache from "
    f"{with_cache[0] * 1e3:.2f} to {with_cache[-1] * 1e3:.2f}. Medians on the machine that ran "
    "this page.",
)

# %% [markdown]
# With a cache a step computes one token. What still grows is the *reading* of keys and values:
# for long texts that is what a step costs, and lesson 07 makes it smaller.
#
# ## Check yourself

# %% jupyter={"source_hidden": true}
predict(
    "quiz_cache_queries",
    "Why are old queries not cached?",
    {
        "they change in every step": "Under a causal mask nothing of an old token changes.",
        "nobody needs them": "A query asks for the output of its own token. That output is done.",
        "they are as large as keys and values, so it does not pay": "They would never be read.",
    },
    right="nobody needs them",
)
predict(
    "quiz_cache_whole",
    "A test feeds a whole sequence to a cached module and compares. What can it not see?",
    {
        "a wrong scale": "That is wrong in the first chunk too.",
        "positions that restart": "Nor a top-left mask, nor a `length` that stays: all that goes "
        "wrong from the second chunk on.",
        "a swap of keys and values": "That is wrong in the first chunk too.",
    },
    right="positions that restart",
)
predict(
    "quiz_cache_raw_keys",
    "Keys are stored as they come out of `k_proj`. What must each step do?",
    {
        "turn the new keys": "The old ones are not turned yet either.",
        "turn all keys, each at its own position": "Right, and more work than turning each once.",
        "turn only the queries": "Then nothing depends on where a key stands.",
    },
    right="turn all keys, each at its own position",
)
predict(
    "quiz_cache_models",
    "Model A has twice the layers of model B and half the KV heads; the rest is equal. Whose "
    "cache is larger?",
    {
        "A": "Twice the layers, but each holds half.",
        "B": "Twice the heads, but half the layers.",
        "neither": "The size is a product; the two factors cancel.",
    },
    right="neither",
)

# %% [markdown]
# ## Summary
#
# | question | answer |
# |---|---|
# | what is cached | keys and values of every layer; under a causal mask they never change |
# | positions | queries and keys are turned; position enters a score by the signed distance |
# | conventions | rotate-half or interleaved; translated by permuting rows of `q_proj`, `k_proj` |
# | a chunk | positions from `cache.length` on, read before the append; mask bottom-right |
# | silent traps | broadcast into nothing, broadcast into the batch, memory of the class |
# | the test | every way to cut a sequence gives the same output |
# | size | a product: twice any factor is twice the bytes |
