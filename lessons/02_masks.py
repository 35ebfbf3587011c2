# %% [markdown]
# # 2. Masks: which key may be seen by which query
#
# In lesson 01 every query could look at every key. Often that is wrong. A model that writes text
# must not read the words it has yet to write. A batch of sentences of different lengths is filled
# up with padding that means nothing.
#
# A *mask* forbids such looks. It is one line of code, and one of the easiest lines to get wrong:
# a wrong mask raises no error, and often makes the numbers look *better*.
#
# This lesson answers eight questions.
#
# 1. What does a mask do to one row of weights?
# 2. What does a causal mask look like, and where does it start when `L_q` and `L_k` differ?
# 3. How do padding masks meet the scores, and which axis is theirs?
# 4. Why mask *before* the softmax, and why with minus infinity?
# 5. What happens to a model that was trained with a leak?
# 6. Which number stands for "forbidden" in which dtype?
# 7. What should a query get that may look at nothing?
# 8. What changes in half precision?
#
# You need lesson 01: scores, softmax, weights, `q`, `k`, `v`. Plan about 75 minutes. Where it
# says **Predict**, write your answer down before you run the next cell.

# %%
import math
import pydoc_data.topics
import re

import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F
from torch import nn

from attnlab import COLOURS, heatmap, heatmaps, show, table, trace_shapes

torch.manual_seed(0)
torch.set_printoptions(precision=3, sci_mode=False)
torch.set_num_threads(1)  # everything here is tiny: more threads only get in each other's way
print("torch", torch.__version__)

# %% [markdown]
# ## 1. One row by hand
#
# Four tokens, and the scores of one query: the word `sat` asks, all four words are keys. How a
# score comes from `q` and `k` was lesson 01; here we start from the scores.

# %%
words = ["the", "cat", "sat", "down"]
scores = torch.tensor([1.0, 2.0, 0.0, 3.0])  # (L_k,)   the query is "sat"
weights = scores.exp() / scores.exp().sum()  # (L_k,)
table([["score", *scores], ["exp(score)", *scores.exp()], ["weight", *weights]], ["", *words])

# %% [markdown]
# `down` gets most of the weight. But `down` comes *after* `sat`. If the model is to guess the
# next word at `sat`, it must not see it.
#
# The mask says so. It is boolean, and in this course, as in PyTorch's
# `scaled_dot_product_attention` (SDPA), **`True` means "may attend"**.

# %%
mask = torch.tensor([True, True, True, False])  # (L_k,)
masked_scores = scores.masked_fill(~mask, float("-inf"))  # (L_k,)
table([["mask", *mask], ["masked score", *masked_scores]], ["", *words])

# %% [markdown]
# `~mask` turns True and False around. `masked_fill(where, value)` returns a copy with `value`
# written wherever `where` is True. So the forbidden score is now minus infinity.
#
# **Predict.** What is `exp(-inf)`? Without `down`, the other three share the whole weight. The
# weight of `cat` was *e* times the weight of `the` (their scores differ by 1). What is that ratio
# now?

# %%
masked_weights = masked_scores.exp() / masked_scores.exp().sum()  # (L_k,)
print("exp(-inf)                  ", math.exp(float("-inf")))
print("ratio cat : the, no mask   ", round((weights[1] / weights[0]).item(), 4))
print("ratio cat : the, masked    ", round((masked_weights[1] / masked_weights[0]).item(), 4))
table(
    [["no mask", *weights, weights.sum()], ["masked", *masked_weights, masked_weights.sum()]],
    ["weights", *words, "sum"],
)

# %% [markdown]
# `exp(-inf)` is exactly 0, so the forbidden key takes part neither in the numerator nor in the
# sum. The ratio between allowed keys is as before. The row still sums to 1.
#
# In short: **a masked softmax is the softmax over the allowed keys alone**, as if the others had
# never been in the list. The next cell takes that literally and really removes the key.

# %%
without_down = torch.softmax(scores[:3], dim=-1)  # (3,)
print("softmax over the first three keys:", [round(w, 4) for w in without_down.tolist()])
print("masked softmax over all four:     ", [round(w, 4) for w in masked_weights.tolist()])

# %% [markdown]
# ## 2. Causal masks
#
# ### The square case
#
# Now all four words ask. Row = query, column = key, as in every picture of this course. *Causal*
# means: a query at position `i` may see the keys at positions `0 .. i`. Itself, and the past.
#
# The mask is a comparison of positions. Watch the shapes: a column of query positions against a
# row of key positions gives a table.

# %%
all_scores = torch.tensor(
    [[1.0, 2.0, 0.0, 1.0], [0.0, 1.0, 2.0, 0.0], [1.0, 2.0, 0.0, 3.0], [2.0, 0.0, 1.0, 1.0]]
)  # (L_q, L_k)
key_positions = torch.tensor([0, 1, 2, 3])  # (L_k,)
query_positions = torch.tensor([[0], [1], [2], [3]])  # (L_q, 1)
causal = key_positions <= query_positions  # (L_q, 1) against (L_k,) -> (L_q, L_k)
causal

# %% [markdown]
# **Predict.** In the picture that follows, which row is the same with and without the mask? What
# is the single weight in the first row?

# %%
all_weights = all_scores.softmax(-1)  # (L_q, L_k)
causal_weights = all_scores.masked_fill(~causal, float("-inf")).softmax(-1)  # (L_q, L_k)
heatmaps(
    {"no mask": all_weights, "causal mask": causal_weights},
    words,
    words,
    title="A causal mask empties the upper right and shares its weight out",
    mask={"causal mask": causal},
)

# %% [markdown]
# The last row is unchanged: `down` may see everything. The first row must be 1: `the` sees only
# itself. Grey hatched cells are forbidden, and their weight is exactly 0.
#
# ### Off by one, both ways
#
# `<=` or `<`? `tril(0)` or `tril(1)`? This is the usual slip, and it goes both ways.
# (`torch.tril(d)` keeps the lower left triangle, up to `d` places right of the diagonal.)
#
# **Predict.** In which of the three masks below does a row have no key at all? In which does a
# token see the answer it is to guess?


# %%
def draw_masks(
    masks, queries, keys, title, alt, row="query (attending)", column="key (attended to)"
):
    """Boolean masks side by side: 1 = may attend, 0 on grey = may not."""
    shapes = [mask.shape for mask in masks.values()]
    size = sum(0.45 * shape[1] + 1.7 for shape in shapes), 0.45 * shapes[0][0] + 2.3
    fig, axes = plt.subplots(1, len(masks), figsize=size, squeeze=False)
    for ax, (name, mask) in zip(axes[0], masks.items(), strict=True):
        heatmap(mask.double(), queries, keys, name, ax=ax, mask=mask, digits=0, limits=None)
        ax.set(xlabel=column, ylabel=row)
    fig.suptitle(title)
    return show(fig, alt)


square = torch.ones(4, 4, dtype=torch.bool)  # (L_q, L_k)
three = {
    "cannot see itself: tril(-1)": square.tril(-1),
    "right: tril(0)": square.tril(0),
    "sees the next one: tril(1)": square.tril(1),
}
counts = {name: m.sum(-1).tolist() for name, m in three.items()}  # keys allowed in each row
draw_masks(
    three,
    words,
    words,
    title="One diagonal too few empties a row, one too many shows the answer",
    alt="Three masks. Allowed keys in each row: "
    + "; ".join(f"{name}: {c}" for name, c in counts.items()),
)

# %% [markdown]
# Left: the first row is empty (section 7 shows what that does), and every other word is blind to
# itself. Right: every word sees the next one. That next word *is* the answer in next-word
# prediction. The model will not refuse the gift: section 5 trains it.
#
# A quick check by eye: count the ones in each row. A right square mask has 1, 2, 3, 4.
#
# ### When `L_q` and `L_k` differ
#
# A program that writes text reads the prompt once and keeps its keys and values. Then a *chunk*
# of new tokens arrives. Only the new tokens ask; all tokens, old and new, can be looked at. So
# there are fewer queries than keys.
#
# Here 5 tokens are kept and 2 are new: `L_q = 2`, `L_k = 7`.
#
# **Predict.** Which positions in the text do the two queries have? How many keys may each of them
# see?

# %%
chunk_words = ["the", "cat", "sat", "down", "and", "fell", "asleep"]
key_positions = torch.arange(7)  # (L_k,)
query_positions = torch.tensor([[5], [6]])  # (L_q, 1)   the two new tokens come last
bottom_right = key_positions <= query_positions  # (L_q, L_k)
print("keys allowed for 'fell' and 'asleep':", bottom_right.sum(-1).tolist())

# %% [markdown]
# The queries are the *last* tokens of the text, at positions 5 and 6, so they see 6 and 7 keys.
# The last query sees the last key. That is **bottom-right alignment**: the corner of the triangle
# sits at the bottom right of the table. In general the first query is not at position 0 but at
# `L_k - L_q`.
#
# The other habit is to start counting queries at 0 whatever `L_k` is: **top-left alignment**.
# That is what SDPA does with `is_causal=True`
# ([pytorch#108108](https://github.com/pytorch/pytorch/issues/108108)).
#
# To see a mask inside a function that returns no weights, we use a small probe. Queries of zeros
# make all scores equal, so each row spreads evenly over the keys it may see. Values that are the
# identity matrix make output = weights.

# %%
probe_q = torch.zeros(1, 2, 4)  # (B, L_q, d_head)
probe_k = torch.zeros(1, 7, 4)  # (B, L_k, d_head)
probe_v = torch.eye(7)[None]  # (B, L_k, L_k)
seen = F.scaled_dot_product_attention(probe_q, probe_k, probe_v, is_causal=True)[0]  # (L_q, L_k)
top_left = torch.ones(2, 7, dtype=torch.bool).tril()  # (L_q, L_k)
print(seen)
print("is_causal=True is the top-left mask:", torch.equal(seen > 0, top_left))

# %%
alignments = {
    "top-left: is_causal=True": top_left,
    "bottom-right: what a chunk needs": bottom_right,
}
draw_masks(
    alignments,
    chunk_words[5:],
    chunk_words,
    title="Top-left hides nearly everything from the two new tokens",
    alt="Two masks for the queries 'fell' and 'asleep' over seven keys. "
    + "; ".join(f"{name}: {m.sum(-1).tolist()} keys allowed" for name, m in alignments.items()),
)

# %% [markdown]
# Under the top-left mask `fell` sees the word `the` and nothing else, not even itself. `asleep`
# sees two words from the start of the text. No error, no NaN, right shapes.
#
# The two agree when `L_q == L_k`, so a test on square sizes can never tell them apart.
#
# **Predict.** We run all seven tokens at once with a square causal mask and keep the last two
# outputs. Then we run the chunk of two queries with each mask. Which of the two gives the same
# outputs?


# %%
def plain_attention(q, k, v, mask):
    """Attention with a mask, without care for empty rows or half precision (sections 7 and 8)."""
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])  # (..., L_q, L_k)
    weights = scores.masked_fill(~mask, float("-inf")).softmax(-1)  # (..., L_q, L_k)
    return weights @ v, weights  # (..., L_q, d_head), (..., L_q, L_k)


q, k, v = torch.randn(3, 7, 4).unbind(0)  # each (7, d_head)
whole, _ = plain_attention(q, k, v, torch.ones(7, 7, dtype=torch.bool).tril())  # (7, d_head)
rows = []
for name, chunk_mask in alignments.items():
    chunk, _ = plain_attention(q[5:], k, v, chunk_mask)  # (L_q, d_head)
    rows.append([name, f"{(chunk - whole[5:]).abs().max().item():.1e}"])
table(rows, ["mask of the chunk", "largest difference from the whole run"])

# %% [markdown]
# Bottom-right agrees with the whole run up to rounding. Top-left is far off. A mask made for the
# chunk alone, without the tokens kept before it, is a real bug: a square mask on a chunked
# prompt, in [meta-llama/llama#899](https://github.com/meta-llama/llama/issues/899). There the
# shapes did not fit and it raised an error. Top-left fits.
#
# And more queries than keys? The rule of positions stays; the first queries then lie *before* the
# first key.
#
# **Predict.** `L_q = 5`, `L_k = 3`, the last query sees the last key. How many rows have no key?

# %%
query_positions = torch.tensor([[-2], [-1], [0], [1], [2]])  # (L_q, 1)   starts at L_k - L_q
more_queries = torch.arange(3) <= query_positions  # (L_q, L_k)
print(more_queries.int())
print("keys allowed in each row:", more_queries.sum(-1).tolist())

# %% [markdown]
# Two rows are empty. That is no mistake of the mask. What attention should do with such rows is
# section 7.
#
# ## 3. Padding masks
#
# ### From lengths to a mask
#
# Three sentences in one batch, of lengths 5, 3 and 4. A tensor has no ragged edge, so the short
# ones are filled up with `<pad>`. No query should look at a `<pad>` key.
#
# For one sentence the mask is, again, a comparison of positions: is this key's position below the
# length?

# %%
sentences = [
    ["we", "saw", "a", "red", "fox"],
    ["it", "ran", "off", "<pad>", "<pad>"],
    ["then", "it", "came", "back", "<pad>"],
]
lengths = [5, 3, 4]
one_row = [torch.arange(5) < length for length in lengths]  # three of (L_k,)
padding = torch.stack(one_row)  # (B, L_k)
padding

# %% [markdown]
# The exercise asks for the same without a Python loop: a column of lengths against a row of
# positions, as in section 2.
#
# ### Which axis is whose
#
# The scores are `(B, L_q, L_k)`. The padding mask is `(B, L_k)`: it knows the sentence and the
# key, and is the same for every query. So the missing axis is the *middle* one, and we put it in
# with size 1: `(B, 1, L_k)`. Broadcasting lines shapes up **from the right** and stretches axes
# of size 1.
#
# **Predict.** Scores of shape `(3, 2, 5)`, so `B=3`, `L_q=2`, `L_k=5`. Does `masked_fill` work
# with a mask of shape `(3, 5)`? With `(3, 1, 5)`?

# %%
batch_scores = torch.randn(3, 2, 5)  # (B, L_q, L_k)
try:
    batch_scores.masked_fill(~padding, float("-inf"))
except RuntimeError as error:
    print("(3, 5):   ", error)
fitting = batch_scores.masked_fill(~padding[:, None, :], float("-inf"))  # (B, 1, L_k) stretches
print("(3, 1, 5):", tuple(fitting.shape))

# %% [markdown]
# From the right, 5 meets 5, and then 3 (sentences) meets 2 (queries): an error. With the 1 in the
# middle the axes stand below their own kind.
#
# ### Two masks, one `&`
#
# A causal mask `(L_q, L_k)` is the same for every sentence. A padding mask `(B, 1, L_k)` is the
# same for every query. Both must allow a look: `&`.

# %%
triangle = torch.ones(5, 5, dtype=torch.bool).tril()  # (L_q, L_k)
padding_mask_3d = padding[:, None, :]  # (B, 1, L_k)
with trace_shapes(B=3, L=5):
    combined = padding_mask_3d & triangle  # (B, L_q, L_k)

# %% [markdown]
# The tracer writes `L`, because in self-attention `L_q` and `L_k` are the same number.
#
# **Predict.** In the second sentence, what may the query in the row of the first `<pad>` see?

# %%
fig, axes = plt.subplots(1, 3, figsize=(12.5, 4.8))
for ax, tokens, sentence_mask in zip(axes, sentences, combined, strict=True):
    heatmap(
        sentence_mask.double(), tokens, tokens, f"{' '.join(tokens).replace('<pad>', '·')}",
        ax=ax, mask=sentence_mask, digits=0, limits=None,
    )  # fmt: skip
fig.suptitle("Causal and padding: the triangle stops at the sentence's length")
show(
    fig,
    "Three combined masks. Keys allowed in each row: "
    + "; ".join(
        f"length {n}: {m.sum(-1).tolist()}" for n, m in zip(lengths, combined, strict=True)
    ),
)

# %% [markdown]
# The `<pad>` query sees the three real words, like the last real word. It computes something
# useless, and nobody reads it: outputs at padding positions are left out of the loss. So padding
# is masked on the side of the *keys*. Columns are forbidden, not rows.
#
# ### Wrong axis 1: the silent squeeze
#
# The shape error above was luck: `B` and `L_q` differed. Suppose they are equal, and someone has
# squeezed the axis of size 1 away: `(B, L_k)`. Lined up from the right it now reads as `(L_q,
# L_k)`.
#
# **Predict.** `B = 3`, `L_q = 3`, `L_k = 5`. Is there an error? If not: the second *query* of the
# first sentence, by whose length is it cut off?

# %%
scores_3 = torch.zeros(3, 3, 5)  # (B, L_q, L_k)   equal scores: rows spread evenly
right_axis = scores_3.masked_fill(~padding[:, None, :], float("-inf")).softmax(-1)  # (B, L_q, L_k)
wrong_axis = scores_3.masked_fill(~padding, float("-inf")).softmax(-1)  # (B, L_q, L_k)
heatmaps(
    {"right: (B, 1, L_k)": right_axis[0], "squeezed: (B, L_k)": wrong_axis[0]},
    ["query 0", "query 1", "query 2"],
    sentences[0],
    title="First sentence, length 5: squeezed, each query is cut by another sentence's length",
    mask={"right: (B, 1, L_k)": right_axis[0] > 0, "squeezed: (B, L_k)": wrong_axis[0] > 0},
)

# %% [markdown]
# No error. Query 1 of sentence 0 is cut off at 3, the length of sentence 1; query 2 at 4, the
# length of sentence 2. And each sentence gets this same table. A test in which `B`, `L_q` and
# `L_k` are all different turns this bug into an error message. That is why the sizes in this
# course's checks are.
#
# ### Wrong axis 2: padding on the queries
#
# `padding[:, :, None]` has shape `(B, L_q, 1)` and fits as well, whenever `L_q == L_k`. It
# empties the rows of `<pad>` and leaves its columns open.
#
# There is a test for this that needs no look at the mask: **change what stands at the padding
# positions; the outputs of the real words must not change.**
#
# **Predict.** Which of the two masks passes?

# %%
x = torch.randn(3, 5, 4)  # (B, L, d_model)   used as q, k and v alike
changed = x.clone()
changed[~padding] += 1.0  # other content at the padding positions only
rows = []
two = {"keys: (B, 1, L_k)": padding[:, None, :], "queries: (B, L_q, 1)": padding[:, :, None]}
for name, pad_mask in two.items():
    before, _ = plain_attention(x, x, x, pad_mask)  # (B, L_q, d_model)
    after, _ = plain_attention(changed, changed, changed, pad_mask)  # (B, L_q, d_model)
    moved = (after - before)[padding].abs().max().item()  # real words only
    rows.append([name, f"{moved:.3f}", before.isnan().any()])
table(rows, ["padding put on", "real outputs moved by", "NaN somewhere"])

# %% [markdown]
# On the keys: nothing moves. On the queries: real words read padding, and the emptied rows are
# NaN.
#
# ### The opposite meaning of `True`
#
# `nn.MultiheadAttention` (PyTorch's older module; unit 04 uses it) means the opposite: in its
# `attn_mask` and `key_padding_mask`, **`True` means "may not attend"**. Its documentation says
# so, and the one of SDPA warns of it.
#
# **Predict.** We hand it our causal mask as it is. What may the first token see? And the last
# one?

# %%
module = nn.MultiheadAttention(embed_dim=4, num_heads=1, batch_first=True)  # one head
sentence = torch.randn(1, 4, 4)  # (B, L, d_model)
ours = torch.ones(4, 4, dtype=torch.bool).tril()  # (L_q, L_k)   True = may attend
with torch.no_grad():
    _, as_it_is = module(sentence, sentence, sentence, attn_mask=ours)  # (B, L_q, L_k)
    _, inverted = module(sentence, sentence, sentence, attn_mask=~ours)  # (B, L_q, L_k)
heatmaps(
    {"attn_mask=mask": as_it_is[0], "attn_mask=~mask": inverted[0]},
    words,
    words,
    title="nn.MultiheadAttention: True means 'may not attend'",
    mask={"attn_mask=mask": ~ours, "attn_mask=~mask": ours},
)

# %% [markdown]
# Left: every word sees the future *only*, and the last word, which has no future, gets NaN.
# Right: with `~` it is the causal mask. If your causal model produces NaN in the last row and is
# clairvoyant in all others, the mask is inverted.
#
# ## 4. Where to mask, and with what
#
# Back to one row: the scores of `sat`, with `down` forbidden. Five ways to "apply the mask" can
# be found in real code. Each looks reasonable.
#
# **Predict.** Which of the five give the forbidden word weight 0? Which rows sum to 1?

# %%
binary = mask.float()  # (L_k,)   1.0 = may attend, 0.0 = may not


def after_and_renormalised(scores):
    cut = scores.softmax(-1) * binary  # (L_k,)
    return cut / cut.sum()


ways = {
    "-inf before the softmax": lambda s: s.masked_fill(~mask, float("-inf")).softmax(-1),
    "times 0 after the softmax": lambda s: s.softmax(-1) * binary,
    "times 0 after, then divided by the sum": after_and_renormalised,
    "scores + mask (1 or 0 added)": lambda s: (s + binary).softmax(-1),
    "scores * mask (score becomes 0)": lambda s: (s * binary).softmax(-1),
}
table(
    [[name, *way(scores), way(scores).sum()] for name, way in ways.items()],
    ["mask applied as", *words, "sum"],
)

# %% [markdown]
# - *Times 0 after the softmax* hides `down`, but the row no longer sums to 1: what `down` had is
#   missing.
# - *1 or 0 added* is a bonus of 1 for the allowed keys, not a ban. `down` is still read.
# - *Score becomes 0*: 0 is a perfectly good score. `exp(0)` is 1. `down` is still read, and here
#   it even gets the same weight as `sat`, whose score really is 0.
# - *After, then divided by the sum* gives the same as -inf.
#
# The forbidden key can leak in two ways: its *value* is read (weight above 0), or its *score*
# still bends the weights of the others. The second is easy to overlook.
#
# **Predict.** We raise the score of the forbidden word from 3 to 6. For which of the five do the
# weights of the *allowed* words change?

# %%
louder = scores.clone()
louder[3] = 6.0  # only the forbidden key
table(
    [
        [name, way(scores)[3], f"{(way(louder) - way(scores))[:3].abs().max().item():.3f}"]
        for name, way in ways.items()
    ],
    ["mask applied as", "weight on the forbidden word", "allowed weights moved by"],
)

# %% [markdown]
# *Times 0 after the softmax* has weight 0 on the future and leaks all the same: the future sits
# in the denominator. A model can learn from that.
#
# *After, then divided by the sum* passes both. Is it as good as -inf?
#
# **Predict.** The forbidden score is 200 (float32). What is the softmax of the allowed keys
# before they are divided by their sum?

# %%
louder[3] = 200.0
print("softmax            ", louder.softmax(-1).tolist())
print("after, renormalised", after_and_renormalised(louder).tolist())
print("-inf before        ", ways["-inf before the softmax"](louder).tolist())

# %% [markdown]
# The allowed weights have underflowed to 0, so the sum is 0 and 0/0 is NaN. `-inf` before the
# softmax does not care how large a forbidden score is. So it is the same *up to underflow*; mask
# before.
#
# One more trap of the same kind. SDPA takes a boolean mask, or a float tensor that it **adds** to
# the scores. A mask that became float on its way is silently the "1 or 0 added" of above.
#
# **Predict.** All scores equal, two of four keys allowed. With the boolean mask each allowed key
# gets 0.5. And with `mask.float()`?

# %%
half_open = torch.tensor([[True, True, False, False]])  # (L_q, L_k)
probe = torch.zeros(1, 1, 4), torch.zeros(1, 4, 4), torch.eye(4)[None]  # q, k, v: output = weights
for name, attn_mask in {"boolean": half_open, "float": half_open.float()}.items():
    seen = F.scaled_dot_product_attention(*probe, attn_mask=attn_mask)[0, 0]  # (L_k,)
    print(f"{name:8}", [round(w, 3) for w in seen.tolist()])

# %% [markdown]
# The float mask let the forbidden keys through. Keep masks boolean until the last moment.
#
# ## 5. The leak
#
# What does a model do with a mask that is one diagonal too wide? We train one and see.
#
# **The task.** Predict the next letter of English text. The text is Python's own manual, which
# lies inside the standard library, in small letters and spaces only. The first 90 % is for
# training, the last 10 % for validation. No window of text crosses the border.

# %%
manual = " ".join(pydoc_data.topics.topics[name] for name in sorted(pydoc_data.topics.topics))
text = re.sub("[^a-z]+", " ", manual.lower())
letters = sorted(set(text))
ids = torch.tensor([letters.index(letter) for letter in text])
border = int(0.9 * len(ids))
train_ids, valid_ids = ids[:border], ids[border:]
print(f"{len(letters)} different letters, the space among them")
print(f"{len(train_ids):,} letters to train on, {len(valid_ids):,} to validate")
print(text[5000:5080])

# %% [markdown]
# **The model.** One attention head, and nothing else that could carry information between
# positions. A learned vector for each position is added, because attention alone does not know
# the order (lesson 01). The head's output is *added to* `x`, so that each letter also keeps what
# it is itself; then one linear layer turns each position into a score for every letter.

# %%
L, d_model = 32, 48


class NextLetter(nn.Module):
    def __init__(self):
        super().__init__()
        self.letter = nn.Embedding(len(letters), d_model)
        self.position = nn.Embedding(L, d_model)
        self.q_proj = nn.Linear(d_model, d_model, bias=False)
        self.k_proj = nn.Linear(d_model, d_model, bias=False)
        self.v_proj = nn.Linear(d_model, d_model, bias=False)
        self.o_proj = nn.Linear(d_model, d_model, bias=False)
        self.predict = nn.Linear(d_model, len(letters))

    def forward(self, ids, mask):
        x = self.letter(ids) + self.position.weight[: ids.shape[-1]]  # (B, L, d_model)
        output, _ = plain_attention(self.q_proj(x), self.k_proj(x), self.v_proj(x), mask)
        return self.predict(x + self.o_proj(output))  # (B, L, letters)


# %% [markdown]
# **The two masks.** One character of code apart.

# %%
everything = torch.ones(L, L, dtype=torch.bool)  # (L_q, L_k)
masks = {"right": everything.tril(0), "leaking": everything.tril(1)}

# %% [markdown]
# **The training.** `windows` cuts random pieces of `L + 1` letters. The inputs are the first `L`,
# the targets are the same letters moved by one: at every position the answer is the next letter.
# The loss is the cross-entropy, minus the logarithm of the probability given to the right letter,
# averaged. Lower is better. Guessing all letters alike costs `ln(number of letters)`.
#
# All validation losses in the curve come from the same windows of the validation text, which the
# model never trains on. This is the usual way to measure.


# %%
def windows(ids, count, generator):
    starts = torch.randint(len(ids) - L, (count, 1), generator=generator)
    pieces = ids[starts + torch.arange(L + 1)]  # (B, L + 1)
    return pieces[:, :-1], pieces[:, 1:]  # inputs (B, L), targets (B, L)


def loss_of(logits, targets):
    return F.cross_entropy(logits.flatten(0, 1), targets.flatten())


def train(mask, seed, train_ids, valid_ids, steps=500, every=50):
    torch.manual_seed(seed)
    model = NextLetter()
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3)
    generator = torch.Generator().manual_seed(seed)
    inputs, targets = windows(valid_ids, 256, torch.Generator().manual_seed(99))
    curve = []
    for step in range(steps + 1):
        if step % every == 0:
            with torch.no_grad():
                curve.append((step, loss_of(model(inputs, mask), targets).item()))
        batch, answers = windows(train_ids, 32, generator)
        optimizer.zero_grad()
        loss_of(model(batch, mask), answers).backward()
        optimizer.step()
    return model, curve


# %% [markdown]
# Three seeds for each mask, so that one lucky run cannot fool us. This takes some seconds.
#
# **Predict.** Which mask gives the lower validation loss? Remember: the validation text was never
# trained on.

# %%
runs = {
    name: [train(rule, seed, train_ids, valid_ids) for seed in range(3)]
    for name, rule in masks.items()
}
guessing = math.log(len(letters))
frequencies = torch.bincount(train_ids).double() / len(train_ids)  # (letters,)
counting = -frequencies[valid_ids].log().mean().item()

fig, ax = plt.subplots(figsize=(7.5, 4.2))
for (name, results), colour, line in zip(
    runs.items(), (COLOURS["blue"], COLOURS["orange"]), ("-", "--"), strict=True
):
    for seed, (_, curve) in enumerate(results):
        label = f"{name} mask, 3 seeds" if seed == 0 else None
        ax.plot(*zip(*curve, strict=True), color=colour, linestyle=line, lw=1.5, label=label)
ax.axhline(counting, color="0.4", linestyle=":", lw=1.5, label="letter frequencies only")
ax.set(ylim=(0, None), xlabel="training step", ylabel="validation loss (nats per letter)")
ax.set_title("On the validation text the leaking mask looks brilliant")
ax.legend(loc="center right", bbox_to_anchor=(1, 0.38))
final = {name: [curve[-1][1] for _, curve in results] for name, results in runs.items()}
show(
    fig,
    "Validation loss over training steps. At the end, three seeds each: "
    + "; ".join(
        f"{name} mask {', '.join(f'{loss:.2f}' for loss in f)}" for name, f in final.items()
    )
    + f". Predicting by letter frequencies alone gives {counting:.2f}.",
)

# %% [markdown]
# The leaking model is almost perfect on text it has never seen. Judged by this curve alone, it
# would be released.
#
# A split into training and validation text guards against learning by heart. It does not guard
# against a leak, because the leak is in the validation run as well: to measure the loss, we feed
# the *whole* true window, future included, and trust the mask to hide it. This way of running is
# called **teacher forcing**.
#
# In use there is no future to look at. When the model writes, the next letter does not exist yet.
# So we measure a second time, as in use: **letter by letter**. To predict letter `t`, the model
# is given the `t` letters before it and nothing more, and only its last position counts. Same
# windows, same true letters, same mask rule.
#
# **Predict.** For the right mask, will this loss be higher, lower or the same as the
# teacher-forced one? And for the leaking one: better or worse than guessing?


# %%
@torch.no_grad()
def teacher_forced(model, mask, inputs):
    return model(inputs, mask)  # (B, L, letters)   all positions in one run


@torch.no_grad()
def letter_by_letter(model, mask, inputs):
    last = [model(inputs[:, :t], mask[:t, :t])[:, -1] for t in range(1, L + 1)]
    return torch.stack(last, dim=1)  # (B, L, letters)   each position from its own short run


inputs, targets = windows(valid_ids, 256, torch.Generator().manual_seed(7))  # (B, L) each
measured = {}
for name, results in runs.items():
    for how in (teacher_forced, letter_by_letter):
        logits = [how(model, masks[name], inputs) for model, _ in results]
        measured[name, how.__name__] = (
            torch.tensor([loss_of(each, targets) for each in logits]),  # (seeds,)
            torch.tensor([(each.argmax(-1) == targets).double().mean() for each in logits]),
        )


def mean_and_spread(values):
    return f"{values.mean().item():.3f} ± {values.std().item():.3f}"


table(
    [
        [name, how.replace("_", " "), mean_and_spread(losses), mean_and_spread(hits)]
        for (name, how), (losses, hits) in measured.items()
    ]
    + [["(no model)", "letter frequencies", f"{counting:.3f}", frequencies.max()]]
    + [["(no model)", "all letters alike", f"{guessing:.3f}", 1 / len(letters)]],
    ["mask", "how it is run", "loss", "share of letters right"],
    caption="Validation text, mean ± standard deviation over 3 seeds",
)

# %%
fig, ax = plt.subplots(figsize=(7.5, 3.9))
colours = {"teacher_forced": COLOURS["sky"], "letter_by_letter": COLOURS["orange"]}
for place, name in enumerate(masks):
    for shift, (how, colour) in zip((-0.2, 0.2), colours.items(), strict=True):
        losses = measured[name, how][0]
        label = how.replace("_", " ") if place == 0 else None
        hatch = "//" if how == "letter_by_letter" else None
        bar = ax.bar(place + shift, losses.mean(), 0.38, color=colour, hatch=hatch, label=label)
        ax.bar_label(bar, [f"{losses.mean().item():.2f}"], padding=6)
        ax.plot([place + shift] * len(losses), losses, "k.", linestyle="none", ms=5)
ax.axhline(guessing, color="0.3", linestyle=":", label="all letters alike")
ax.set_xticks(range(2), [f"{name} mask" for name in masks])
ax.set(
    ylabel="loss (nats per letter)",
    ylim=(0, 1.5 * measured["leaking", "letter_by_letter"][0].max()),
)
ax.set_title("Letter by letter, the leaking model is worthless")
ax.legend(loc="upper left")
show(
    fig,
    "Mean loss over 3 seeds. "
    + "; ".join(
        f"{name} mask, {how.replace('_', ' ')}: {losses.mean().item():.2f}"
        for (name, how), (losses, _) in measured.items()
    )
    + f". Giving all letters the same probability costs {guessing:.2f}. Dots are single seeds.",
)

# %% [markdown]
# With the right mask both ways of running give the same number. They must: under a causal mask,
# letters that come later cannot matter, so cutting them off changes nothing.
#
# With the leaking mask the loss is *higher than guessing all letters alike*. The model is not
# merely bad: it is sure of itself and wrong. It has learned to copy the letter to its right, and
# at the last position there is no letter to the right.
#
# Let both write. The start is given; each next letter is drawn from the model's own
# probabilities.


# %%
@torch.no_grad()
def write(model, mask, start, count=90):
    generator = torch.Generator().manual_seed(1)
    written = torch.tensor([[letters.index(letter) for letter in start]])  # (1, L)
    for _ in range(count):
        seen = written[:, -L:]  # the model knows at most L positions
        n = seen.shape[1]
        chances = model(seen, mask[:n, :n])[:, -1].softmax(-1)  # (1, letters)
        written = torch.cat([written, torch.multinomial(chances, 1, generator=generator)], dim=1)
    return "".join(letters[i] for i in written[0])


for name, results in runs.items():
    print(f"{name:8}", write(results[0][0], masks[name], "the value of "))

# %% [markdown]
# One tiny head does not write sense. But the first line has the look of English: vowels, spaces,
# syllables. The second does not, whatever its validation loss said.
#
# ### Two more places where the leak shows
#
# Look at the teacher-forced loss position by position. **Predict.** The leaking mask lets
# position `i` see `i + 1`. Which single position has nothing to peek at?

# %%
fig, ax = plt.subplots(figsize=(7.5, 3.8))
last_loss = {}
for (name, results), colour, marker in zip(
    runs.items(), (COLOURS["blue"], COLOURS["orange"]), "os", strict=True
):
    logits = teacher_forced(results[0][0], masks[name], inputs)  # (B, L, letters)
    losses = F.cross_entropy(logits.transpose(1, 2), targets, reduction="none").mean(0)  # (L,)
    last_loss[name] = losses[:-1].mean().item(), losses[-1].item()
    ax.plot(losses, marker=marker, ms=4, lw=1.5, color=colour, label=f"{name} mask")
ax.set(xlabel="position in the window", ylabel="teacher-forced loss (nats)", ylim=(0, None))
ax.set_title("Only the last position of the leaking model is honest")
ax.legend(loc="center left")
show(
    fig,
    "Teacher-forced loss at each position. "
    + "; ".join(
        f"{n} mask: {a:.2f} before the last position, {b:.2f} at it"
        for n, (a, b) in last_loss.items()
    ),
)

# %% [markdown]
# The average over positions hid it. A loss near zero everywhere with a jump at the last position
# is the signature of a look one step ahead.
#
# The second place: **noise**. Train on random letters. The past then says nothing about the next
# letter, so no honest model can beat `ln(number of letters)` on fresh noise.
#
# **Predict.** What do the two masks reach?

# %%
noise = torch.randint(len(letters), (60_000,), generator=torch.Generator().manual_seed(0))
rows = []
for name, rule in masks.items():
    _, curve = train(rule, 0, noise[:50_000], noise[50_000:], steps=250, every=250)
    rows.append([name, f"{curve[-1][1]:.2f}", f"{guessing:.2f}"])
table(rows, ["mask", "validation loss on noise", "best honest loss"])

# %% [markdown]
# A model that predicts noise is cheating. This is how a real case was noticed:
# [keras#21284](https://github.com/keras-team/keras/issues/21284) reports 0.99 accuracy on
# randomly generated validation data, with a layer told `use_causal_mask=True`. In
# [keras#23038](https://github.com/keras-team/keras/issues/23038) the causal mask was silently
# dropped in some configurations. In neither case had the user drawn a wrong triangle: the mask
# did not arrive. So do not only test the mask. Test the model.
#
# ### The test that catches it
#
# **Change a future token; the outputs before it must not change.** One line. It needs no
# training, no data and no look at the code.
#
# **Predict.** We change letter 20 of every window. Which outputs may move, under each mask?

# %%
t = 20
changed = inputs.clone()
changed[:, t] = (changed[:, t] + 1) % len(letters)  # another letter at position t
untrained = NextLetter()
for name, rule in masks.items():
    for kind, model in {"trained": runs[name][0][0], "untrained": untrained}.items():
        before, after = (teacher_forced(model, rule, each) for each in (inputs, changed))
        passed = torch.allclose(after[:, :t], before[:, :t], atol=1e-5)  # the test
        moved = (after - before)[:, :t].abs().max().item()
        print(f"{name:8} {kind:10} {'pass' if passed else 'FAIL'}  past moved by {moved:.5f}")

# %% [markdown]
# The leaking model fails, trained or not. It would have failed on the first day, before any
# curve.
#
# Done for *every* position (here with the untrained model), the test draws the mask that the
# model really has. Change letter `j`, and mark each output `i` that moves. No matter what the
# code says: this is who can see whom.

# %%
n = 7
start_ids = inputs[:1, :n]  # (1, n)
reach = {}
for name, rule in masks.items():
    small = rule[:n, :n]  # (L_q, L_k)
    moved = torch.zeros(n, n, dtype=torch.bool)  # (L_q, L_k)
    for j in range(n):
        other = start_ids.clone()
        other[0, j] = (other[0, j] + 1) % len(letters)
        before, after = (teacher_forced(untrained, small, each) for each in (start_ids, other))
        moved[:, j] = (after - before)[0].abs().amax(-1) > 1e-5  # (L_q,)
    reach[f"{name} mask"] = moved
draw_masks(
    reach,
    None,
    None,
    title="The mask the model really has: 1 where a changed letter moves an output",
    alt="Which outputs move when one input letter changes. Letters that reach each output: "
    + "; ".join(f"{name} {m.sum(-1).tolist()}" for name, m in reach.items()),
    row="position of the output",
    column="position of the changed letter",
)

# %% [markdown]
# Left, the triangle that was meant. Right, one more diagonal: each output depends on the letter
# it is to predict. This picture works for any model, also where the mask is hidden deep inside.
#
# ## 6. Which number means "forbidden"?
#
# `-inf` is not the only choice in real code. You will meet -1e9, `torch.finfo(dtype).min` (the
# most negative number of the dtype), -1e4, and sometimes -10. Are they all "very negative"? That
# depends on the dtype.
#
# | dtype | bits | largest number | digits |
# |---|---|---|---|
# | float16 | 16 | 65504 | about 3 |
# | bfloat16 | 16 | about 3.4e38 | about 2 |
# | float32 | 32 | about 3.4e38 | about 7 |
# | float64 | 64 | about 1.8e308 | about 16 |
#
# A mask can be applied with a constant in two ways: *write* it over the score (`masked_fill`) or
# *add* it.
#
# **Predict.** Ordinary scores: 4 for the forbidden key, 0 and 1 for the allowed ones. In which
# cells of the next table is the weight on the forbidden key not 0? In which dtype can -1e9 not be
# written at all?

# %%
dtypes = [torch.float16, torch.bfloat16, torch.float32, torch.float64]
dtype_names = [str(dtype).removeprefix("torch.") for dtype in dtypes]
constants = {"-inf": float("-inf"), "finfo.min": None, "-1e9": -1e9, "-1e4": -1e4, "-10": -10.0}


def write_over(scores, forbidden, constant):
    return scores.masked_fill(forbidden, constant)


def add_to(scores, forbidden, constant):
    nothing = torch.zeros(scores.shape, dtype=scores.dtype)
    bias = torch.where(forbidden, torch.tensor(constant, dtype=torch.float64), nothing)
    return scores + bias.to(scores.dtype)


def constants_table(row, forbidden, apply, read, caption):
    """One line per constant, one column per dtype: what `read` finds in the weights."""
    rows = []
    for name, constant in constants.items():
        cells = []
        for dtype in dtypes:
            value = torch.finfo(dtype).min if constant is None else constant
            try:
                masked = apply(torch.tensor(row, dtype=dtype), torch.tensor(forbidden), value)
                cells.append(read(masked.softmax(-1).double()))
            except RuntimeError as error:
                cells.append(f"error: {str(error).split(' without')[0]}")
        rows.append([name, *cells])
    return table(rows, ["constant", *dtype_names], caption)


def first(weights):
    return f"{weights[0].item():.2g}"


ordinary, forbidden = [4.0, 0.0, 1.0], [True, False, False]
constants_table(
    ordinary, forbidden, write_over, first, "Written over: weight on the forbidden key, score 4"
)

# %% [markdown]
# -10 leaks in every dtype: too little to see in a picture, but not 0. -1e9 raises an error in
# float16, whose range ends at 65504. The rest is 0.
#
# Added instead of written, the forbidden score is `4 + constant`.

# %%
constants_table(ordinary, forbidden, add_to, first, "Added: weight on the forbidden key, score 4")

# %% [markdown]
# -1e9 now works in float16 without an error: stored as float16 it has become -inf. -10 leaks
# more, because the score 4 is still in there.
#
# **Predict.** Large scores. The two allowed keys have -20000 and -20001, the forbidden one has 0.
# (Scores like that mean that training went astray; even so, a mask should hold.) Which constants
# fail now?

# %%
constants_table(
    [0.0, -20000.0, -20001.0], forbidden, write_over, first,
    "Written over, large scores: weight on the forbidden key",
)  # fmt: skip

# %% [markdown]
# -1e4 is *larger* than the allowed scores, so the forbidden key wins the whole row. A finite
# constant is only as safe as the scores are small. `finfo.min` and `-inf` cannot be undercut.
#
# **Predict.** Now a row in which *every* key is forbidden. What does each constant give?


# %%
def whole_row(weights):
    return " ".join(f"{w:.2f}" for w in weights.tolist())


nothing_allowed = [True, True, True]
constants_table(
    ordinary, nothing_allowed, write_over, whole_row, "Written over, no key allowed: the weights"
)

# %%
constants_table(ordinary, nothing_allowed, add_to, whole_row, "Added, no key allowed: the weights")

# %% [markdown]
# `-inf` gives NaN: section 7.
#
# Every finite constant gives an answer, with no sign that anything is wrong. *Written over*, all
# scores are equal, so the row is uniform: the query reads the average of the padding. *Added*,
# the softmax does not notice that all scores were lowered by the same amount. Where the dtype has
# enough digits to keep 4, 0 and 1 apart beside the constant, the row comes out **as if there were
# no mask at all**. Where it has not, the scores are swallowed by rounding.
#
# One last trap: two additive masks. Each is finite; **predict** their sum.

# %%
for dtype, name in zip(dtypes, dtype_names, strict=True):
    lowest = torch.tensor(torch.finfo(dtype).min, dtype=dtype)
    print(f"{name:9} finfo.min + finfo.min = {(lowest + lowest).item()}")

# %% [markdown]
# The sum leaves the range and is -inf after all, with the NaN that `finfo.min` was to avoid.
# Booleans joined by `&` have no such arithmetic.
#
# So the course does this: masks are boolean, joined by `&`; forbidden scores become `-inf`; and
# the one case that `-inf` cannot handle is handled on purpose. That case is next.
#
# ## 7. A query that may look at nothing
#
# Empty rows are not exotic. An empty sentence in a batch (length 0). More queries than keys (end
# of section 2). Or padding on the *left* under a causal mask, as generation in batches often has
# it.

# %%
left_padded = ["<pad>", "<pad>", "it", "ran", "off"]
real = torch.tensor([False, False, True, True, True])  # (L_k,)
left_mask = torch.ones(5, 5, dtype=torch.bool).tril() & real  # (L_q, L_k)
draw_masks(
    {"causal & padding": left_mask},
    left_padded,
    left_padded,
    title="Padding on the left empties rows",
    alt="A causal mask with two padding tokens on the left. Keys allowed in each row: "
    + str(left_mask.sum(-1).tolist()),
)

# %% [markdown]
# What does the softmax make of a row of minus infinities? By hand, step by step: subtract the
# largest score (the stable softmax of lesson 01), take `exp`, divide by the sum.
#
# **Predict.** What is `-inf - (-inf)`?

# %%
empty_row = torch.full((4,), float("-inf"))  # (L_k,)
shifted = empty_row - empty_row.max()  # (L_k,)
print("largest score       ", empty_row.max().item())
print("after subtracting it", shifted.tolist())
print("without subtracting ", (empty_row.exp() / empty_row.exp().sum()).tolist(), "  0 / 0")
print("torch.softmax       ", empty_row.softmax(-1).tolist())

# %% [markdown]
# NaN, either way. There is no right answer to "share out 1 among nobody", and NaN is the honest
# one. But it spreads.
#
# **Predict.** One row of one sentence is NaN. We leave that row *out* of the loss, as one does
# with padding. Which gradients are NaN after `backward`?


# %%
def fresh_qkv():
    generator = torch.Generator().manual_seed(0)
    sizes = {"q": (3, 2), "k": (4, 2), "v": (4, 5)}  # L_q=3, L_k=4, d_head=2 (values have 5)
    return [torch.randn(size, generator=generator).requires_grad_() for size in sizes.values()]


gap_mask = torch.tensor([[1, 1, 0, 0], [0, 0, 0, 0], [1, 1, 1, 0]]).bool()  # row 1 is empty
q, k, v = fresh_qkv()
output, weights = plain_attention(q, k, v, gap_mask)  # (L_q, 5), (L_q, L_k)
loss = output[[0, 2]].sum()  # the empty row is left out
loss.backward()
print("loss", round(loss.item(), 3))
for name, tensor in {"q": q, "k": k, "v": v}.items():
    print(f"NaN in the gradient of {name}:", tensor.grad.isnan().any().item())

# %% [markdown]
# The loss is a healthy number and the gradient of `v` is NaN. After one optimizer step, so are
# the weights that made `v`, and soon the whole model.
#
# Why? The gradient of `v` is `weights.T @ (gradient of output)`. The gradient of the unused row
# is 0, but the weights of that row are NaN.

# %%
print("0 * nan =", 0.0 * float("nan"))

# %% [markdown]
# That is the whole story: **a zero gradient does not protect from NaN, because 0 times NaN is
# NaN.**
#
# So wiping the NaN from the *result* cannot be enough. Wiping (`nan_to_num`, or `torch.where`)
# sends a gradient of 0 backward through the wiped places, and behind them the NaN is still there,
# waiting to be multiplied. The softmax itself has the same trap: its gradient for a row is
# `weights * (g - (weights * g).sum())`, and with NaN weights that is NaN for any `g`.
#
# The next table tries the usual repairs, with the mask written over (`masked_fill`) and added
# (`scores + bias`).
#
# **Predict.** All repairs give a clean forward pass. Which of them are clean backward too?

# %%
has_key = gap_mask.any(dim=-1, keepdim=True)  # (L_q, 1)
bias = torch.zeros(3, 4).masked_fill(~gap_mask, float("-inf"))  # (L_q, L_k)
apply_mask = {
    "written": lambda s: s.masked_fill(~gap_mask, float("-inf")),
    "added": lambda s: s + bias,
}
repairs = {
    "none": (lambda w: w, lambda o: o),
    "nan_to_num on the output": (lambda w: w, torch.nan_to_num),
    "torch.where on the output": (lambda w: w, lambda o: torch.where(has_key, o, 0.0)),
    "nan_to_num on the weights": (torch.nan_to_num, lambda o: o),
    "torch.where on the weights": (lambda w: torch.where(has_key, w, 0.0), lambda o: o),
}
rows = []
for how, masked in apply_mask.items():
    for name, (repair_weights, repair_output) in repairs.items():
        q, k, v = fresh_qkv()
        weights = repair_weights(masked(q @ k.T / math.sqrt(2)).softmax(-1))  # (L_q, L_k)
        output = repair_output(weights @ v)  # (L_q, 5)
        output.sum().backward()
        found = [tensor.isnan().any().item() for tensor in (output, q.grad, k.grad, v.grad)]
        rows.append([how, name, *("NaN" if nan else "ok" for nan in found)])
table(rows, ["mask", "repair", "output", "grad of q", "grad of k", "grad of v"])

# %% [markdown]
# - Repairs on the *output* are too late: `v` meets the NaN weights on the way back.
# - Repairs on the *weights* save `v`. Then it depends on how the mask was applied. Added: the NaN
#   of the softmax's gradient runs on into `q` and `k`. Written over: `masked_fill` happens to
#   pass no gradient to the places it overwrote, and in an empty row it overwrote all of them, so
#   it swallows the NaN. That works, but by the grace of a neighbour. `nan_to_num` also wipes
#   every *other* NaN, which was perhaps the only sign of a real bug.
#
# What about a finite constant? It is clean in both directions, and wrong. **Predict** what the
# query of the empty row reads, with -1e9.

# %%
q, k, v = fresh_qkv()
weights = (q @ k.T / math.sqrt(2)).masked_fill(~gap_mask, -1e9).softmax(-1)  # (L_q, L_k)
print("weights of the empty row:", weights[1].tolist())
print("its output              :", [round(o, 3) for o in (weights @ v)[1].tolist()])
print("mean of all values      :", [round(o, 3) for o in v.mean(0).tolist()])

# %% [markdown]
# It reads the plain average of all that it was forbidden to see. No NaN, no warning.
#
# PyTorch's SDPA once gave NaN here
# ([pytorch#103963](https://github.com/pytorch/pytorch/issues/103963)). **Predict:** and the
# version installed now, forward and backward?

# %%
q, k, v = fresh_qkv()
batch_of_one = F.scaled_dot_product_attention(q[None], k[None], v[None], attn_mask=gap_mask)
output = batch_of_one[0]  # (L_q, 5)
output.sum().backward()
print("output of the empty row   :", output[1].tolist())
print("gradient of q, empty row  :", q.grad[1].tolist())
print("NaN in any gradient       :", any(t.grad.isnan().any().item() for t in (q, k, v)))

# %% [markdown]
# Zeros, and clean. That is the convention of this course as well:
#
# > **A query that may look at nothing gets weights of zero and an output of zero. No NaN, forward
# > or backward.**
#
# It is easy to defend: the output is a sum over the allowed keys, and an empty sum is 0.
#
# ### The idea of a clean repair
#
# NaN has to be *prevented*, not wiped off. No NaN may ever exist, because backward visits
# everything that forward made. Two moves, one on each side of the softmax:
#
# 1. **Before:** find the rows without a key, and give these rows harmless scores, any finite
#    number, so that the softmax has something to work on.
# 2. **After:** the weights of these rows are meaningless but finite. Set them to zero.
#
# Here are both moves on the one empty row, alone. **Predict** the gradient that reaches the
# scores.

# %%
row_scores = torch.tensor([0.3, -1.2, 0.8, 0.1], requires_grad=True)  # (L_k,)   no key allowed
harmless = row_scores.masked_fill(torch.tensor(True), 0.0)  # (L_k,)   before: finite
in_between = harmless.softmax(-1)  # (L_k,)   meaningless, but finite
row_weights = in_between * 0.0  # (L_k,)   after: zero
(row_weights @ torch.tensor([1.0, 2.0, 3.0, 4.0])).backward()
print("weights in between:", in_between.tolist())
print("weights           :", row_weights.tolist())
print("gradient of scores:", row_scores.grad.tolist())

# %% [markdown]
# Every number on the way is finite, so 0 times anything is 0.
#
# In the exercise you do this for all rows at once. `any(dim=-1, keepdim=True)` tells which rows
# have a key, and keeps an axis of size 1, so that the answer broadcasts against the scores.

# %%
print("mask", tuple(gap_mask.shape), "-> has a key", tuple(has_key.shape))
some_key = padding_mask_3d.any(dim=-1, keepdim=True)  # (B, 1, 1)
print("mask", tuple(padding_mask_3d.shape), "-> has a key", tuple(some_key.shape))

# %% [markdown]
# ## 8. Half precision
#
# Models run in float16 or bfloat16 to save memory. Attention has three places where 16 bits are
# too few.
#
# ### Too large: the product before the scale
#
# **Predict.** `q` and `k` have `d_head = 64` entries of 40. What is `q @ k` in float16 (largest
# number 65504)? What is the scaled score, `q @ k / 8`?

# %%
q16 = torch.full((1, 64), 40.0, dtype=torch.float16)  # (L_q, d_head)
k16 = torch.full((2, 64), 40.0, dtype=torch.float16)  # (L_k, d_head)
divided_last = (q16 @ k16.T) / 8  # (L_q, L_k)
divided_first = (q16 / 8) @ k16.T  # (L_q, L_k)
for name, each in {"last": divided_last, "first": divided_first}.items():
    print(f"divided {name:6} scores {each[0].tolist()}  softmax {each[0].softmax(-1).tolist()}")

# %% [markdown]
# The score itself fits. The product on the way to it does not: 64 · 40 · 40 = 102400. `inf - inf`
# in the softmax then makes NaN.
#
# Scaling `q` first helps here. If you do it, mind the difference between `q / 8` and `q /= 8`.
# **Predict** what the caller of `careless` finds in its own `q`.


# %%
def careless(q, k):
    q /= math.sqrt(q.shape[-1])
    return q @ k.T


my_q = torch.full((1, 64), 40.0)
careless(my_q, my_q)
print("my q was 40, now it is", my_q[0, 0].item())

# %% [markdown]
# `/=` writes into the caller's tensor, and so do `masked_fill_`, `*=` and `mask &= ...`. A
# function that computes attention should leave what it was given as it was.
#
# ### Too large: `exp` without subtracting the maximum
#
# Lesson 01 subtracted the largest score so that `exp` stays finite. In float32 the limit is a
# score of about 88. **Predict:** does `exp(12)` fit into float16?

# %%
for dtype, name in zip(dtypes, dtype_names, strict=True):
    limit = math.log(torch.finfo(dtype).max)
    value = torch.tensor(12.0, dtype=dtype).exp().item()
    print(f"{name:9} exp(12) = {value:<12.6g} exp overflows above a score of {limit:.1f}")

# %% [markdown]
# In float16 a score of 12 is enough. `torch.softmax` subtracts the maximum; a softmax written by
# hand has to.
#
# ### Too coarse: few digits
#
# bfloat16 has the range of float32, so nothing overflows. It pays with digits.
#
# **Predict.** Two scores, 20 and 20.05. What are the weights in bfloat16? And what is 256 + 1?

# %%
close = torch.tensor([20.0, 20.05], dtype=torch.float64)  # (L_k,)
for dtype, name in zip(dtypes, dtype_names, strict=True):
    rounded = close.to(dtype)
    sum_ = torch.tensor(256.0, dtype=dtype) + 1
    print(
        f"{name:9} scores {rounded[0].item():.6g} {rounded[1].item():<8.6g}"
        f" weights {[round(w, 4) for w in rounded.softmax(-1).tolist()]}  256 + 1 = {sum_.item():g}"
    )

# %% [markdown]
# In bfloat16 the two scores have become the same number, so no softmax, however careful, can tell
# them apart. And a running sum stands still at 256: adding up a long row in 16 bits loses the
# tail.
#
# The remedy is the same for all three: **compute in float32 and cast back at the end.** Where
# does the float32 have to begin? We compare three places against float64.
#
# **Predict.** Which one is most accurate? Is "float32 only inside the softmax" enough?


# %%
def in_two_dtypes(q, k, v, start):
    """Attention in the dtype of q; from `start` on it computes in float32, and casts back."""
    dtype = q.dtype
    if start == "at q, k, v":
        q, k, v = q.float(), k.float(), v.float()
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])  # (B, L_q, L_k)
    if start == "in the softmax only":
        scores = scores.float()
    exps = (scores - scores.amax(-1, keepdim=True)).exp()  # (B, L_q, L_k)
    weights = exps / exps.sum(-1, keepdim=True)  # (B, L_q, L_k)
    return (weights.to(v.dtype) @ v).to(dtype)  # (B, L_q, d_head)


def worst_error(dtype, attend, repeats=10):
    """The largest error against float64, relative to the largest value, over some draws."""
    worst = 0.0
    for seed in range(repeats):
        generator = torch.Generator().manual_seed(seed)
        q = (3 * torch.randn(3, 5, 16, generator=generator)).to(dtype)  # scores spread by about 3
        k = torch.randn(3, 96, 16, generator=generator).to(dtype)  # (B, L_k, d_head)
        v = torch.randn(3, 96, 16, generator=generator).to(dtype)  # (B, L_k, d_head)
        exact = in_two_dtypes(q.double(), k.double(), v.double(), "never")  # same rounded inputs
        error = (attend(q, k, v).double() - exact).abs().max() / exact.abs().max()
        worst = max(worst, error.item())
    return f"{worst:.1e}"


variants = {
    f"float32 {start}": lambda q, k, v, start=start: in_two_dtypes(q, k, v, start)
    for start in ("never", "in the softmax only", "at q, k, v")
}
variants["PyTorch's SDPA"] = F.scaled_dot_product_attention
table(
    [
        [name, worst_error(torch.float16, attend), worst_error(torch.bfloat16, attend)]
        for name, attend in variants.items()
    ]
    + [["allowed in this course", "2.0e-03", "2.0e-02"]],
    ["", "float16", "bfloat16"],
    caption="Largest error against float64, relative to the largest value, 10 draws",
)

# %% [markdown]
# Float32 inside the softmax alone helps little: the scores were rounded before it, and the
# weights are rounded after it. Beginning at `q`, `k` and `v` is clearly the best; the only
# rounding left is that of the result. PyTorch's SDPA is as accurate as that. The results, output
# and weights, then go back to the dtype of the input, so that the caller gets what it gave.
#
# **Predict.** If float32 is so good, why not `.float()` always? What does it do to a float64
# input, which the course checks to 1e-10?

# %%
print("float64, through float32:", worst_error(torch.float64, variants["float32 at q, k, v"]))

# %% [markdown]
# `.float()` is a step *down* from float64. Raise the 16-bit types to float32 and leave the others
# as they are.
#
# ## 9. Before you start the exercises
#
# There are three.
#
# | exercise | what to remember | section |
# |---|---|---|
# | `causal_mask(q_len, k_len=None)` | bottom-right; rows can be empty; `None`: square | 2, 7 |
# | `padding_mask(lengths, k_len)` | a column of lengths, a row of positions; three axes | 3 |
# | `masked_attention(q, k, v, mask=None)` | -inf, empty rows, 16 bits | 4, 7, 8 |
#
# - The masks are boolean, `True` = may attend: `(L_q, L_k)` and `(B, 1, L_k)`.
# - `masked_attention` returns the pair `(output, weights)`, both in the dtype of `q`. It takes
#   any mask that broadcasts to the scores, and `None` means that everything is allowed.
# - It works in float16, bfloat16, float32 and float64, and changes none of its inputs.
# - A row without a key gives zeros in both, and no NaN in any gradient.
#
# Ways to find out by yourself whether your answer is right:
#
# - **Future:** change a later token; earlier outputs must not move.
# - **Padding:** change what stands at the padding; real outputs must not move.
# - **Chunk:** the last queries alone give the same as the whole run.
# - **Empty:** one row without a key: zeros, and no NaN after `backward`.
# - **Sizes:** `B`, `L_q`, `L_k` all different, so that a wrong axis cannot hide.
# - **Noise** (for a whole model): nothing beats `ln(vocabulary)` on random tokens.
#
# ## Check yourself
#
# Answer first, then open.
#
# <details><summary>1. One new token, nine keys, <code>is_causal=True</code> in SDPA. What does
# the token see, and what should it see?</summary>
#
# It sees the first key only (top-left). It should see all nine: it is the last token, and nothing
# comes after it. For a single new token the right causal mask forbids nothing.
# </details>
#
# <details><summary>2. The loss of your language model is 0.05 after an hour, on validation text
# too. Does the validation text rule out a leak?</summary>
#
# No. The mask leaks there just the same. Change a later token and see whether earlier outputs
# move.
# </details>
#
# <details><summary>3. Weights are multiplied by the mask after the softmax. Forbidden weights are
# exactly 0. What leaks?</summary>
#
# The size of the forbidden scores. They are in the denominator, so they make the allowed weights
# smaller. The rows do not sum to one.
# </details>
#
# <details><summary>4. -1e9 in float16: written with <code>masked_fill</code>, or added as a
# float16 tensor. What happens?</summary>
#
# Written: an error. Added: it has become -inf when it was stored, so an empty row is NaN after
# all.
# </details>
#
# <details><summary>5. <code>nan_to_num(output)</code> leaves no NaN in the output. Where is it
# still?</summary>
#
# In the weights. Backward multiplies them by a gradient of zero, and 0 times NaN is NaN: the
# gradient of v.
# </details>
#
# <details><summary>6. A sentence gives other outputs in a batch with longer sentences than it
# does alone. Name two mistakes that do this.</summary>
#
# The padding is not masked, or it is masked on the queries. (With B = L_q there is a third: the
# axis of size 1 was squeezed away.)
# </details>
#
# ## Summary
#
# | question | answer |
# |---|---|
# | what is a mask | boolean, `True` = may attend; the softmax over the allowed keys alone |
# | causal | key position <= query position; the last query sees the last key (bottom-right) |
# | padding | position < length, shape `(B, 1, L_k)`; forbids columns, not rows |
# | both | `&` |
# | where | before the softmax, with `-inf` |
# | empty row | weights and output are 0: harmless scores before the softmax, zero after |
# | 16 bits | compute in float32 from `q`, `k`, `v` on; cast back; leave float64 alone |
# | caller's tensors | untouched: no `/=`, no `masked_fill_` |
#
# A loss that is too good is a reason to change a future token and look.
#
# Next: the exercises, in `workspace/02_masks/02_masks.ipynb`. Then lesson 03, on what a single
# softmax, however well masked, cannot do.
