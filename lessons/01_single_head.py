# %% [markdown]
# # 1. One attention head
#
# By the end you can compute attention by hand, build a head as a module, and see from its numbers
# when a part of it is wrong. You need Python, the product of two matrices, and the page
# [where attention sits](00_where_attention_sits.ipynb). PyTorch is explained as it comes up.
#
# Plan 87 minutes, in nine sections of 5 to 15 minutes. Each ends with a **Stop**, a good place for
# a break. Answer each question before you run the cell below it.
#
# | name | meaning |
# |---|---|
# | `B` | batch size: how many sequences are computed at once |
# | `L_q`, `L_k` | number of query positions, of key positions; `L` where both are the same |
# | `d_model` | width of a token's vector in the model |
# | `d_head` | width of a query, a key and a value |
#
# A comment such as `# (L_q, L_k)` is the shape of what its line makes.

# %%
import math

import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F
from torch import nn

from attnlab import heatmap, heatmaps, show, table, trace_shapes
from attnlab.diagram import draw_head
from attnlab.kept import load
from attnlab.widgets import query_sliders
from autograder import predict

torch.set_printoptions(precision=3, sci_mode=False)

# %% [markdown]
# ## 1. One lookup, by hand
#
# *Goal: from a query, keys and values to an output, on paper. 12 minutes.*
#
# A Python dictionary holds pairs of a *key* and a *value*. You bring a *query*. If it equals a
# key, you get that key's value, and nothing otherwise. Attention is a lookup in which each key
# matches *to some degree*. You get an average of all values, and the better a key matches, the
# more its value weighs.

# %%
prices = {"apple": 3.0, "pear": 5.0}
weights = {"apple": 0.2, "pear": 0.8}  # how much a quince is like each
print("dictionary:", prices.get("quince"))
print("attention: ", sum(weights[fruit] * prices[fruit] for fruit in prices))

# %% [markdown]
# Where do the weights come from? Take a sentence, one token for each word:
#
# > the cats near the dog sleep
#
# "sleep", not "sleeps": the verb belongs to "cats", not to the "dog" beside it. So "sleep" must
# look up *who does this*. Every token offers a **key**, by which it can be found. We choose two
# numbers by hand (so `d_head` is 2):
#
# - first: 1 for a noun, -1 for a preposition, 0 for the rest
# - second: 1 for plural, -1 for singular, 0 for neither
#
# "sleep" asks with a **query** in the same two numbers: a noun (1), and plural (1).

# %%
words = ["the", "cats", "near", "the", "dog", "sleep"]
keys = torch.tensor(
    [[0.0, 0.0], [1.0, 1.0], [-1.0, 0.0], [0.0, 0.0], [1.0, -1.0], [0.0, 1.0]]
)  # (L_k, d_head)
query = torch.tensor([1.0, 1.0])  # (d_head,)

# %% [markdown]
# How well they match is the **score**: multiply number by number, add up. This is the dot
# product. For "cats": 1 x 1 + 1 x 1 = 2.
#
# **Predict.** Compute the other scores in your head. Which word comes second, and which last?

# %%
scores = keys @ query  # (L_k,)
table({"word": words, "key": keys.tolist(), "score": scores})

# %% [markdown]
# "sleep" itself comes second: it is plural, though no noun. A score may be negative. To make
# positive weights that sum to one, replace each score $s$ by $e^s$, then divide by the sum of all
# of these. The two steps together are the **softmax**.

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "head_ratio",
    '"cats" scores 2 and "dog" 0. How many times as heavy as "dog" will "cats" be? '
    "(e^1 = 2.72, e^2 = 7.39)",
    {
        "twice": "Weights follow e^s, not s.",
        "7.39 times": "e^2 / e^0. The division by the sum does not change a ratio, so only the "
        "difference of two scores counts.",
        'infinitely: "dog" gets 0': "e^0 is 1, not 0. A softmax never leaves a key out.",
    },
    right="7.39 times",
)

# %%
exponentials = torch.exp(scores)  # (L_k,)
weights = exponentials / exponentials.sum()  # (L_k,)
table({"word": words, "score": scores, "e^score": exponentials, "weight": weights})

# %% [markdown]
# The weights say *where* to look. What comes back is the **value**, a second vector of every
# token. We choose again. First number: 4 for an animal, -2 for a verb or a preposition. Second:
# 2 for plural, -2 for singular. The **output** is the average of the values with these weights.
#
# `weights[:, None]` makes the six weights a column, so that each multiplies its row of `values`;
# `sum(dim=0)` adds up the rows.
#
# **Predict.** Will the second number of the output be positive (plural) or negative?

# %%
values = torch.tensor(
    [[0.0, 0.0], [4.0, 2.0], [-2.0, 0.0], [0.0, 0.0], [4.0, -2.0], [-2.0, 2.0]]
)  # (L_k, d_head)
products = weights[:, None] * values  # (L_k, d_head)
output = products.sum(dim=0)  # (d_head,)
print("output:", output)
table(
    {
        "word": words,
        "weight": weights,
        "value": values.tolist(),
        "weight x value": [f"{first:.2f}, {second:.2f}" for first, second in products.tolist()],
    }
)

# %% [markdown]
# Positive: "sleep" has found out that its subject is plural.

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "head_long_query",
    "What happens to the weights if the query is (10, 10) instead of (1, 1)?",
    {
        "nothing, the direction is the same": "The scores become ten times as large, and so do "
        "their differences, which the weights follow.",
        'nearly all goes to "cats"': "Scores 20, 10 and 0: a lead of 10 is a factor of e^10. "
        "A long query makes a hard lookup, like a dictionary's.",
        "they become more even": "That is the short query: with (0, 0) every score is 0 and every "
        "weight 1/6.",
    },
    right='nearly all goes to "cats"',
)

# %%
lengths = [0.0, 1.0, 10.0]
rows = torch.stack([torch.softmax(keys @ (length * query), dim=0) for length in lengths])
heatmap(
    rows,
    queries=[f"{length:g} x (1, 1)" for length in lengths],
    keys=words,
    title="The length of the query makes the lookup soft or hard",
    caption="",
)

# %% [markdown]
# (`torch.softmax` is our two steps; `torch.stack` makes rows of tensors.) Move the query yourself:
# where must it point to find "dog"? (Click a slider, then use the arrow keys.)

# %%
query_sliders(keys, values, words)

# %% [markdown]
# **Stop.** Scores from query and keys, softmax, average of the values: that is attention.
#
# ## 2. All queries, all sentences
#
# *Goal: the same as two matrix products, for a whole batch. 8 minutes.*
#
# Every token asks. An article or a preposition looks for a noun, (1, 0); a noun for words of its
# own number, (0, 1) or (0, -1); the verb as before. All scores are one product: row $i$ of
# `queries` with column $j$ of `keys.T`, which is key $j$.

# %%
queries = torch.tensor(
    [[1.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 0.0], [0.0, -1.0], [1.0, 1.0]]
)  # (L_q, d_head)
scores = queries @ keys.T  # (L_q, L_k)
weights = torch.softmax(scores, dim=-1)  # (L_q, L_k)
outputs = weights @ values  # (L_q, d_head)
print("last row:", outputs[-1], "  by hand, section 1:", output)
heatmap(weights, words, words, "Every row is one lookup and sums to one", caption="")

# %% [markdown]
# `dim=-1`: the softmax runs along the last axis, that of the keys. `weights @ values` is the
# average for all rows at once.

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "head_two_queries",
    'Only "cats" and "sleep" ask now. What are the shapes of weights and outputs?',
    {
        "(2, 2) and (2, 2)": "The keys have not become fewer: each query still weighs six.",
        "(6, 2) and (6, 2)": "Rows are queries, and there are two.",
        "(2, 6) and (2, 2)": "A row for each query, a weight for each key; the outputs are as "
        "wide as the values.",
    },
    right="(2, 6) and (2, 2)",
)

# %%
two = queries[[1, 5]]  # (L_q, d_head)   rows 1 and 5
two_weights = torch.softmax(two @ keys.T, dim=-1)  # (L_q, L_k)
print("weights", tuple(two_weights.shape), " outputs", tuple((two_weights @ values).shape))
print("same rows as before:", torch.allclose(two_weights, weights[[1, 5]]))

# %% [markdown]
# The rows are the same: **a query does not know about the other queries.**
#
# Now three sentences at once, in a new first axis. `@` multiplies the *last two* axes and repeats
# that for all axes before them. So swap only those two: `k.transpose(-2, -1)`. `trace_shapes`
# prints what each operation takes and gives. (`queries[positions]` picks a row for each number in
# `positions`.)

# %%
positions = torch.tensor([[0, 1, 2, 3, 4, 5], [0, 4, 2, 3, 1, 5], [0, 1, 2, 3, 1, 5]])
q, k, v = queries[positions], keys[positions], values[positions]  # each (B, L, d_head)
with trace_shapes(B=3, L=6, d_head=2):
    batch_outputs = torch.softmax(q @ k.transpose(-2, -1), dim=-1) @ v
print("first sentence, difference from before:", (batch_outputs[0] - outputs).abs().max().item())
try:
    q @ k.transpose(0, 1)
except RuntimeError as error:
    print("transpose(0, 1):", error)

# %% [markdown]
# Counted from the end, `-2` and `-1` hold for any number of axes in front.
#
# **Stop.** Attention is `softmax(q @ k.transpose(-2, -1)) @ v`, up to a scale.
#
# ## 3. A softmax you can trust
#
# *Goal: large scores, many rows, the right axis. 12 minutes.*
#
# $$\mathrm{softmax}(s)_j = \frac{e^{s_j}}{\sum_i e^{s_i}}$$

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "head_plus_1000",
    "We add 1000 to every score of a row. What do we get, on paper and from the code below?",
    {
        "the same weights in both": "On paper, yes. But e^1002 is larger than any number of "
        "this type: it becomes `inf`, and `inf / inf` is `nan`, not a number.",
        "the same on paper, `nan` from the code": "e^1000 cancels in the fraction, but only "
        "after it has been computed, as `inf`.",
        "other weights in both": "e^(s + 1000) is e^1000 times e^s: the factor stands above and "
        "below, and cancels.",
    },
    right="the same on paper, `nan` from the code",
)


# %%
def naive(row):
    return torch.exp(row) / torch.exp(row).sum()


row = torch.tensor([2.0, 1.0, 0.0])
for shift in (0, 1000, -1000):
    print(f"scores {shift:+5}:", naive(row + shift))

# %% [markdown]
# Very low scores fail too: all exponentials are 0, and 0 / 0 is `nan`. In float16 (16 bits, "half
# precision", largest number 65504) a score of 12 is already too much.
#
# The cancelling is also the cure. If any number may be added to a row, we may subtract its
# *largest score*. Then the largest exponential is $e^0 = 1$: nothing overflows, and the sum is at
# least 1.
#
# With many rows, the largest of *what*? **Predict:** which row breaks when the largest number of
# the whole matrix is subtracted?

# %%
scores = torch.tensor([[1e4, 1e4 - 1, 1e4 - 2], [2.0, 1.0, 0.0]])  # (L_q, L_k)
print(torch.exp(scores - scores.max()))

# %% [markdown]
# The second: seen from 10000 its scores are hopelessly low. Each row needs its own largest.
#
# The sum has a trap as well. `sum(dim=-1)` removes the axis it sums over; with `keepdim=True` the
# axis stays, with size 1. And PyTorch lines up shapes *from the right*.

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "head_keepdim",
    "A 3 x 3 matrix of exponentials is divided by its 3 row sums, without `keepdim`. What happens?",
    {
        "an error": "`(3, 3) / (3,)` is allowed: the 3 sums are read as one row, `(1, 3)`. Only if "
        "`L_q` and `L_k` differ do you get an error, which is why good test sizes all differ.",
        "every row sums to one": "That takes `(3, 3) / (3, 1)`.",
        "no error, and the rows do not sum to one": "The sums are read as a row, so column j is "
        "divided by the sum of row j.",
    },
    right="no error, and the rows do not sum to one",
)

# %%
exponentials = torch.tensor([[2.0, 1.0, 0.0], [0.0, 0.0, 0.0], [0.0, 1.0, 0.0]]).exp()
print("keepdim=True: row sums", (exponentials / exponentials.sum(-1, keepdim=True)).sum(-1))
print("without:      row sums", (exponentials / exponentials.sum(-1)).sum(-1))

# %% [markdown]
# (`amax(dim=..., keepdim=True)` is the largest along an axis; `max(dim=...)` gives a pair, with
# the positions.)
#
# Last, the axis: `dim=-2` in place of `dim=-1`.

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "head_softmax_axis",
    "The six tokens again, with the softmax over the queries (`dim=-2`). What does the row "
    '"sleep" sum to?',
    {
        "1, as the rows do before": "Now every column sums to 1: the queries compete for each key.",
        "more than 1": "In the columns cats and sleep no score is larger than its own, so it takes "
        "large shares there. The output is no average any more.",
        "0": "No weight of a softmax is 0, so no sum of them is.",
    },
    right="more than 1",
)

# %%
scores = queries @ keys.T  # (L_q, L_k)
right, wrong = torch.softmax(scores, dim=-1), torch.softmax(scores, dim=-2)
print("row sums of the wrong one:", wrong.sum(dim=-1))
heatmaps(
    {"over the keys (dim=-1)": right, "over the queries (dim=-2)": wrong},
    words,
    words,
    title="On the wrong axis the columns sum to one, and the rows do not",
    caption="",
)

# %% [markdown]
# All shapes are right, so no shape check finds it; row sums do. And a query then depends on the
# other queries, which section 2 ruled out.
#
# **Stop.** Largest *along the axis*, axis kept, over the keys.
#
# ## 4. Why divide by the square root of `d_head`?
#
# *Goal: derive the scale, and see what happens without it. 15 minutes. The exercises need only the
# first table and the last two paragraphs: skip the rest at first if you like.*
#
# Real heads are wider than 2: 64 in SmolLM2-135M, 128 in Llama-2-7B. Let all entries of a query
# $q$ and a key $k$ be independent, with mean 0 and variance 1 (the average squared distance from
# the mean; its root is the *standard deviation*, a typical distance). The score is
# $s = q_1 k_1 + \dots + q_d k_d$, with $d$ = `d_head`.
#
# 1. The mean of one product $q_i k_i$ is $0 \cdot 0 = 0$.
# 2. So its variance is the mean of $q_i^2 k_i^2$, which is $1 \cdot 1 = 1$.
# 3. Variances of independent terms add up: $\mathrm{Var}(s) = d$.
# 4. Dividing by $c$ divides the variance by $c^2$. To get back to 1, $c = \sqrt{d}$.
#
# This is footnote 4 of [Vaswani et al. 2017](https://arxiv.org/abs/1706.03762), whose formula (1)
# this lesson is about:
#
# $$\mathrm{Attention}(Q, K, V) = \mathrm{softmax}\!\left(\frac{Q K^\top}{\sqrt{d_k}}\right) V,
# \qquad d_k = d_\mathrm{head}.$$

# %%
torch.manual_seed(1)
raw_scores = {}
for d_head in (4, 16, 64, 128, 256, 1024):
    q = torch.randn(400, 1, d_head)  # (B, L_q, d_head)   random: mean 0, variance 1
    k = torch.randn(400, 50, d_head)  # (B, L_k, d_head)
    raw_scores[d_head] = (q @ k.transpose(-2, -1))[:, 0]  # (B, L_k)
table(
    [(d, raw.var(), raw.std(), (raw / math.sqrt(d)).std()) for d, raw in raw_scores.items()],
    ["d_head", "variance", "standard deviation", "after / sqrt(d_head)"],
)

# %% [markdown]
# Is a wide spread bad? Scores far apart make a hard lookup: one key takes nearly all. The harm is
# in *learning*. A model learns by gradients: how would the loss change if this number changed a
# little? A weight $p$ reacts to its own score with $p\,(1 - p)$, which is nearly 0 when $p$ is
# near 0 or 1. The softmax is then called *saturated*, and nothing reaches queries and keys.
#
# Try it on two keys. The *second* is the right one, the first leads by some score. Gradient
# descent on the squared error of the weight takes 200 steps. `requires_grad=True` has PyTorch keep
# track of what `scores` is used for, `backward()` puts into `scores.grad` how the loss reacts to
# each score, and each step subtracts it.

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "head_lead",
    "With which lead of the wrong key do 200 steps not find the right one?",
    {
        "with 5 and more": "At 5 the gradient is small, but 200 steps are enough.",
        "with 10 and more": "p (1-p) is 0.00005 there: as wrong as can be, and nothing moves.",
        "with none: the error is large, so the steps are": "The error is large, but it reaches the "
        "scores only through p (1-p).",
    },
    right="with 10 and more",
)


# %%
def learn(lead, steps=200):
    """The weight of the second key, before and after gradient descent on (1 - weight)^2."""
    scores = torch.tensor([lead, 0.0], requires_grad=True)  # (L_k,)
    before = torch.softmax(scores, dim=-1)[1].item()
    for _ in range(steps):
        loss = (1 - torch.softmax(scores, dim=-1)[1]) ** 2
        loss.backward()
        with torch.no_grad():  # this change is ours, not to be differentiated
            scores -= scores.grad
            scores.grad.zero_()
    return before, before * (1 - before), torch.softmax(scores, dim=-1)[1].item()


table(
    [(lead, *learn(lead)) for lead in (1.0, 3.0, 5.0, 10.0, 30.0)],
    ["lead of the wrong key", "weight of the right one", "p (1 - p)", "after 200 steps"],
)

# %% [markdown]
# If you know classification: there the loss is a *logarithm* of the softmax, which undoes the
# saturation, and the same steps would repair every lead. Inside attention the weights average
# values; no logarithm follows.
#
# Now random scores of both kinds. Weight $i$ reacts to score $j$ with $p_i(1 - p_i)$ if $i = j$,
# and with $-p_i p_j$ otherwise. The norm of this matrix (the root of the sum of squares) says how
# much gradient can pass. **Entropy**, $-\sum_j p_j \ln p_j$ (unit: *nat*), says how spread the
# weights are: 0 for one key, $\ln L_k$ for equal weights.
#
# **Predict.** Sketch the median norm against `d_head`, with and without the scale.


# %%
def gradient_norm(weights):
    """One number for each row of weights (B, L_k)."""
    own = torch.diag_embed(weights)  # (B, L_k, L_k)   each row of weights on a diagonal
    derivatives = own - weights[:, :, None] * weights[:, None, :]
    return derivatives.norm(dim=(-2, -1))  # (B,)


measured = {}
for name in ("no scale", "/ sqrt(d_head)"):
    for d, raw in raw_scores.items():
        weights = torch.softmax(raw if name == "no scale" else raw / math.sqrt(d), dim=-1)
        norms = gradient_norm(weights)  # (B,)
        entropy = torch.special.entr(weights).sum(dim=-1)  # (B,)   entr(p) is -p ln p
        measured[name, d] = entropy.mean(), norms.median(), norms.mean()

# %% jupyter={"source_hidden": true}
fig, axes = plt.subplots(1, 2, figsize=(8.5, 3.6))
widths = list(raw_scores)
for name in ("no scale", "/ sqrt(d_head)"):
    entropies, medians, _ = zip(*(measured[name, d] for d in widths), strict=True)
    axes[0].semilogx(widths, entropies, marker="o", label=name)
    axes[1].loglog(widths, medians, marker="o")
axes[0].axhline(math.log(50), color="0.5", linestyle=":", label="all keys alike")
axes[0].set(title="Softmax saturates", ylabel="mean entropy (nats)", ylim=(0, 4.2))
axes[1].set(title="Gradient vanishes", ylabel="median gradient norm")
for ax in axes:
    ax.set_xlabel("d_head")
    ax.set_xticks(widths, widths, rotation=45)
    ax.minorticks_off()
axes[0].legend(loc="lower left")
numbers = "; ".join(
    f"{name}, d_head {d}: entropy {measured[name, d][0]:.2f}, norm {measured[name, d][1]:.1e}"
    for name in ("no scale", "/ sqrt(d_head)")
    for d in (4, 64, 1024)
)
show(fig, f"Two panels against d_head. {numbers}.", "")

# %%
table(
    [(d, *measured["no scale", d][1:], measured["/ sqrt(d_head)", d][1]) for d in raw_scores],
    ["d_head", "no scale: median norm", "no scale: mean norm", "with scale: median norm"],
)

# %% [markdown]
# With the scale, nothing depends on `d_head`. Without it, heads of 64 are not yet in trouble; at
# 256 the median row has lost nine tenths of its gradient, and at 1024 it passes almost none. The
# paper only *suspected* this (section 3.2.1). The *mean* hides it: a few rows, in which two keys
# happen to score alike, still react.
#
# Independent entries are what training starts from. Later a head may make its scores as large as
# it needs; the scale lets it start where it can learn. The other direction is wrong too:

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "head_wrong_scale",
    "`d_head` is 64. One head divides by nothing, one by 8, one by 64. Which has nearly equal "
    "weights?",
    {
        "the one that divides by 64": "Scores with a standard deviation of 1/8: the lookup finds "
        "nothing.",
        "the one that divides by nothing": "Large scores give unequal weights: one key takes "
        "nearly all.",
        "the one that divides by 8": "That is the right scale: a standard deviation of 1, some "
        "keys stand out.",
    },
    right="the one that divides by 64",
)

# %%
torch.manual_seed(2)
raw = torch.randn(4, 64) @ torch.randn(7, 64).T  # (L_q, L_k)
scales = {"by nothing": 1, "by 8": 8, "by 64": 64}
heatmaps(
    {f"divided {name}": torch.softmax(raw / scale, dim=-1) for name, scale in scales.items()},
    title="Too sharp, right, too flat",
    caption="",
)

# %% [markdown]
# What is under the root is the number of terms in the dot product: `d_head` (128 in
# Llama-2-7B). Not the length of the text, and not `d_model` (4096 there).
#
# **Stop.** The scale keeps the spread of random scores at 1, whatever the width.
#
# ## 5. Keys find, values deliver
#
# *Goal: a test that tells keys from values. 6 minutes.*
#
# PyTorch has the whole formula, scale included, as `F.scaled_dot_product_attention` (SDPA). It
# returns the output only. In the exercises you write your own; here it saves lines.
#
# Keys and values have the same shape here and come from the same tokens. Somebody swaps them;
# somebody else uses the values for both. No error, and all rows still sum to one.

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "head_doubled_values",
    "We double the values. In which versions does the output exactly double?",
    {
        "in all three": "In the wrong ones the values also make the scores, and these change the "
        "weights.",
        "in the right one only": "There the values do not touch the weights, and the output is "
        "their average.",
        "in none": "`weights @ (2 * values)` is `2 * (weights @ values)`, if the weights stay.",
    },
    right="in the right one only",
)

# %%
versions = {
    "right": lambda q, k, v: F.scaled_dot_product_attention(q, k, v),
    "keys and values swapped": lambda q, k, v: F.scaled_dot_product_attention(q, v, k),
    "values used as keys": lambda q, k, v: F.scaled_dot_product_attention(q, v, v),
}
rows = []
for name, attend in versions.items():
    once, twice = attend(queries, keys, values), attend(queries, keys, 2 * values)
    rows.append((name, str(tuple(once.shape)), *once[5], torch.allclose(twice, 2 * once)))
table(rows, ["version", "shape", "output of 'sleep': first", "second", "output doubled"])

# %% [markdown]
# **Stop.** Keys decide where to look, values what comes back.
#
# ## 6. Projections: where the three come from
#
# *Goal: a head as a module, with four learned matrices. 15 minutes.*
#
# A model *computes* queries, keys and values from the token's vector `x`, with learned matrices.
# Multiplying by one of them is a *projection*. Our tokens with `d_model` = 5, where the numbers
# mean: noun, number (1 plural, -1 singular), verb, preposition, article.

# %%
x = torch.tensor(
    [
        [0.0, 0.0, 0.0, 0.0, 1.0],  # the
        [1.0, 1.0, 0.0, 0.0, 0.0],  # cats
        [0.0, 0.0, 0.0, 1.0, 0.0],  # near
        [0.0, 0.0, 0.0, 0.0, 1.0],  # the
        [1.0, -1.0, 0.0, 0.0, 0.0],  # dog
        [0.0, 1.0, 1.0, 0.0, 0.0],  # sleep
    ]
)  # (L, d_model)

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "head_no_projections",
    'Without projections `x` itself is query and key. How does the score of "sleep" looking at '
    '"cats" compare with "cats" looking at "sleep"?',
    {
        "larger: verbs look for nouns": "Nothing in `x @ x.T` knows who asks.",
        "equal": 'A dot product does not care which vector comes first. "Verb looks for noun" '
        'would force "noun looks for verb".',
        "it depends on the softmax": "The weights can differ, as their rows do. The scores are "
        "compared before that.",
    },
    right="equal",
)

# %%
scores = x @ x.T  # (L_q, L_k)
print("sleep -> cats:", scores[5, 1].item(), "  cats -> sleep:", scores[1, 5].item())
print("each token with itself:", scores.diagonal().tolist())

# %% [markdown]
# And here no token matches another better than itself. Different projections lift both limits.
#
# `nn.Linear(in_features, out_features, bias=...)` holds a matrix `weight` and computes
# `x @ weight.T`, plus `bias` if there is one. It works on the last axis and leaves all others
# alone.
#
# **Predict.** What is the shape of `weight` for a projection from 5 numbers to 2?

# %%
linear = nn.Linear(5, 2, bias=True)
print("weight", tuple(linear.weight.shape), " bias", tuple(linear.bias.shape))
batch = torch.randn(3, 6, 5)  # (B, L, d_model)
print("output", tuple(linear(batch).shape))

# %% [markdown]
# `(2, 5)`, output first: each row makes one output number. The weights start random and are
# learned. We set them by hand (`copy_` writes into a tensor), and get the queries, keys and values
# of sections 1 and 2:

# %%
q_proj, k_proj, v_proj = (nn.Linear(5, 2, bias=False) for _ in range(3))
with torch.no_grad():
    #                                   noun number verb prep article
    q_proj.weight.copy_(torch.tensor([[0.0, 0.0, 1.0, 1.0, 1.0], [0.0, 1.0, 0.0, 0.0, 0.0]]))
    k_proj.weight.copy_(torch.tensor([[1.0, 0.0, 0.0, -1.0, 0.0], [0.0, 1.0, 0.0, 0.0, 0.0]]))
    v_proj.weight.copy_(torch.tensor([[4.0, 0.0, -2.0, -2.0, 0.0], [0.0, 2.0, 0.0, 0.0, 0.0]]))
for name, made, by_hand in [
    ("queries", q_proj(x), queries),
    ("keys", k_proj(x), keys),
    ("values", v_proj(x), values),
]:
    print(f"{name:8} as by hand: {torch.equal(made, by_hand)}")

# %% [markdown]
# The output has `d_head` numbers for each token, but the residual stream, to which it is added,
# has `d_model`. A fourth projection, `o_proj`, leads back. The whole head:

# %% jupyter={"source_hidden": true}
draw_head()

# %% [markdown]
# Without a context, everything comes from `x`; with one, keys and values come from there. Section
# 7 says what that is for.
#
# A class that holds learned weights derives from `nn.Module`. Its parts are made in `__init__`,
# after `super().__init__()`; what it computes stands in `forward`. You call the *object*. An
# example without attention:


# %%
class AddTwo(nn.Module):
    """Projects x and adds the projection of another tensor, or of x itself."""

    def __init__(self, d_in, d_out, bias=False):
        super().__init__()
        self.first_proj = nn.Linear(d_in, d_out, bias=bias)
        self.second_proj = nn.Linear(d_in, d_out, bias=bias)

    def forward(self, x, other=None):
        if other is None:
            other = x
        return self.first_proj(x) + self.second_proj(other)


module = AddTwo(5, 2)
print("output:", tuple(module(x).shape))
for name, parameter in module.named_parameters():
    print(name, tuple(parameter.shape))

# %% [markdown]
# Attribute names become the names of the weights. That is how trained weights find their place,
# and how the checks put *theirs* into *your* module. So `q_proj`, `k_proj`, `v_proj` and `o_proj`
# must be called just that.
#
# **Stop.** In at `(B, L, d_model)`, out at `(B, L, d_model)`.
#
# ## 7. Attention mechanism, self-attention, cross-attention
#
# *Goal: keep the three terms apart. 8 minutes.*
#
# An **attention mechanism** is anything that scores keys against a query, makes weights of the
# scores and averages values. It is a family, and its members differ in the *score function*:
#
# | score function | score of query $q$ and key $k$ | source |
# |---|---|---|
# | additive | $w \cdot \tanh(W_q q + W_k k)$ | [Bahdanau 2014](https://arxiv.org/abs/1409.0473) |
# | dot product | $q \cdot k$ | [Luong 2015](https://arxiv.org/abs/1508.04025) |
# | scaled dot product | $q \cdot k / \sqrt{d_\mathrm{head}}$ | Vaswani 2017, and this course |
#
# Dot products won because all of them are one matrix product. Where queries, keys and values
# come from is another question:
#
# - **Self-attention**: all three from the same `x`. The tokens of a text look at each other.
# - **Cross-attention**: queries from `x`, keys *and* values from another sequence, the `context`.
#   In a translator, the words written so far look at the sentence to be translated.

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "head_context_ignored",
    "A module takes a `context`, but by mistake makes keys and values from `x`. What gives it "
    "away?",
    {
        "the shape of the output": "It is `(B, L_q, d_model)` either way: the average adds up over "
        "the keys, however many there are.",
        "the sum of the weights": "Rows sum to one over whatever keys there are.",
        "another context, the same output": "A shape shows nothing; a change does.",
    },
    right="another context, the same output",
)

# %%
torch.manual_seed(3)
x_batch = torch.randn(2, 5, 9)  # (B, L_q, d_model)
context = torch.randn(2, 7, 9)  # (B, L_k, d_model)
q_wide, k_wide, v_wide = (nn.Linear(9, 4, bias=False) for _ in range(3))


def attend_to(source):
    """The queries from x_batch; keys and values from the source."""
    return F.scaled_dot_product_attention(q_wide(x_batch), k_wide(source), v_wide(source))


for name, right_one in [("right", True), ("context ignored", False)]:
    first, second = (attend_to(c if right_one else x_batch) for c in (context, context + 1))
    print(f"{name:16} {tuple(first.shape)}  moved by {(second - first).abs().max().item():.3f}")

# %% [markdown]
# Self-attention is the case in which the context is `x`. One piece of code serves both.
#
# **Stop.** Mechanism: how. Self or cross: from where.
#
# ## 8. Two sentences with the same words
#
# *Goal: find out what a head knows about the order of tokens. 5 minutes.*
#
# - the cats near the dog sleep
# - the dog near the cats sleep

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "head_swapped_words",
    'In the second sentence the subject is the dog. Does our head give "sleep" another output '
    "there?",
    {
        "yes, the other noun is nearer": "Where a word stands appears nowhere in the formula.",
        "no, the same one": 'Its score with "cats" depends on two vectors and on nothing else, '
        "and a sum does not depend on the order of its terms.",
        "yes, if the weights are learned": "Learned or not, the same vectors in another order "
        "give the same scores and the same sum.",
    },
    right="no, the same one",
)

# %%
swap = [0, 4, 2, 3, 1, 5]
first = F.scaled_dot_product_attention(queries, keys, values)  # (L, d_head)
second = F.scaled_dot_product_attention(queries[swap], keys[swap], values[swap])  # (L, d_head)
print(f"'sleep' in '{' '.join(words)}':", first[5])
print(f"'sleep' in '{' '.join(words[i] for i in swap)}':", second[5])
print("outputs swapped like the words:", torch.allclose(second, first[swap]))

# %% [markdown]
# Shuffle the tokens, and the outputs are shuffled in the same way: **permutation equivariance**.
# Without a mask, a sentence is a *set* of tokens to self-attention. (In cross-attention,
# shuffling the context changes nothing at all.) For the same reason the two "the" always get the
# same output. Unit 02 shows what a mask changes about this.
#
# The cure is to put the position *into* the vectors. The simplest way adds one vector for each
# position, as in Vaswani et al. 2017, section 3.5; unit 06 builds what most models use today.
#
# **Predict.** With positions added, do the two "the" still agree?

# %%
torch.manual_seed(4)
position = torch.randn(6, 5)  # (L, d_model)
for name, tokens in {"without positions": x, "with positions": x + position}.items():
    head = F.scaled_dot_product_attention(q_proj(tokens), k_proj(tokens), v_proj(tokens))
    head = head.detach()  # the numbers alone, without what a gradient would need
    print(f"{name:18} first 'the' {head[0]}  second 'the' {head[3]}")

# %% [markdown]
# **Stop.** Attention sees vectors, not places.
#
# ## 9. Four real heads
#
# *Goal: recognise all this in trained models. 6 minutes.*
#
# SmolLM2-135M is a small language model of 30 layers with nine heads each. These are the weights
# of two of its 270 heads, recorded on one sentence by `tests/record_real_heads.py`.
#
# **Predict.** Somewhere in the model, "they" and "are" must find out who they are about. What
# will the row "are" of such a head look like?


# %%
def draw_heads(model, title):
    recorded = load("real_heads")["models"][model]
    panels = {f"layer {h['layer']}, head {h['head']}": h["weights"] for h in recorded["heads"]}
    names = recorded["tokens"]
    return heatmaps(panels, names, names, title=title, values=False, caption="")


draw_heads("SmolLM2-135M-Instruct", "SmolLM2: one head looks one token back, one finds the cats")

# %% [markdown]
# The left head gives most of its weight to the token just before: with positions in the vectors, a
# head can look for a *place*. The right one finds "cats" from "sleep", "they", "are" and "tired",
# not the dog that stands nearer: the lookup of section 1, learned. ("near" and "the" go there too.)
# As a row must sum to one, other words spread their weight or leave it on the first token. The
# upper right is empty: no token sees a later one, which is unit 02.
#
# [MiniLM](https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2) writes nothing. It
# turns a sentence into one vector that stands for its meaning, and each token sees all the others.
# `[CLS]` and `[SEP]` mark the ends. It has six layers of twelve heads.
#
# **Predict.** What can one of its heads do that none of SmolLM2's can?

# %%
draw_heads("all-MiniLM-L6-v2", "MiniLM: one head looks one token ahead, one finds the cats")

# %% [markdown]
# It can look ahead: the left head finds "tired" from "are" and "dog" from "the". Where it finds
# nothing, it falls back on `[CLS]`. In the right one, "they" gives 0.87 to "cats", and each "the"
# most to its own noun, which comes later.
#
# One sentence proves little.
#
# **Stop.** The next thing is yours to write.
#
# ## 10. Before the exercises
#
# | exercise | what to remember | section |
# |---|---|---|
# | `softmax(scores, dim=-1)` | largest *along `dim`*, axis kept; no `torch.softmax` | 3 |
# | `scaled_scores(q, k)` | any axes in front; what is under the root | 2, 4 |
# | `attention(q, k, v)` | over the keys; returns `(output, weights)` | 2, 5 |
# | `SingleHeadAttention(...)` | the four names, `bias`; what comes from `context` | 6, 7 |
#
# In shapes `...` stands for any axes in front, or none. `q.shape[-1]` is the size of the last.
#
# Find out by yourself whether an answer is right: rows of weights sum to one, even for scores of
# 10000; doubling the values doubles the output; changing one query changes one row; another
# context changes the output; and all sizes differ, so that fewer mistakes can hide.
#
# ## Check yourself

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "quiz_01_equal_scores",
    "All scores of a row are equal, to 7 say. What is the output?",
    {
        "zero": "The weights still sum to one: each is 1 / L_k.",
        "the average of the values": "Only differences of scores count, and here there are none.",
        "7 times the average": "A score never multiplies a value; its weight does.",
    },
    right="the average of the values",
)

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "quiz_01_which_test",
    "A softmax runs over the wrong axis. Which test finds it?",
    {
        "the sums of the rows": "They should be 1, and the sums of the columns are.",
        "the shape of the weights": "It is the same for both axes.",
        "all weights lie between 0 and 1": "They do, whichever axis sums to one.",
    },
    right="the sums of the rows",
)

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "quiz_01_scale",
    "d_model is 512, d_head is 64, the text has 100 tokens. What is a score divided by?",
    {
        "10, the root of 100": "Then the weights would change with the length of the text. (With "
        "64 tokens nobody would notice.)",
        "22.6, the root of 512": "The dot product has 64 terms; the weights would be too even.",
        "8, the root of 64": "One term for each number of a query.",
    },
    right="8, the root of 64",
)

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "quiz_01_mixed_sources",
    "In cross-attention the keys come from the context and the values, by mistake, from x. When "
    "does PyTorch complain?",
    {
        "always": "Only shapes can be wrong for PyTorch, and these may fit.",
        "never": "Weights (L_q, L_k) times L_q values: it fits only if both are equal.",
        "when x and context differ in length": "With equal lengths it runs, and delivers the "
        "wrong things.",
    },
    right="when x and context differ in length",
)

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "quiz_01_when_scale",
    "When does the division by the root of d_head matter most?",
    {
        "at the start of training": "Entries are random then, and without it the softmax is "
        "saturated at random keys: hardly any gradient comes through.",
        "at the end of training": "A trained head has large scores where it learned them.",
        "when the text is long": "The number of keys does not change the spread of the scores.",
    },
    right="at the start of training",
)

# %% [markdown]
# ## Summary
#
# - Attention is a soft lookup: scores, softmax over the keys, average of the values.
# - Subtract each row's largest score; divide by $\sqrt{d_\mathrm{head}}$.
# - Queries ask, keys find, values deliver; three projections make them, `o_proj` leads back.
# - Self-attention takes all from `x`, cross-attention keys and values from a context.
# - Without positions (and without a mask) a text is a set of tokens.
# - Most mistakes keep every shape right. Properties find them.
#
# Next: the exercises of unit 01, `01_single_head.ipynb` in your workspace. Then lesson 02, on what
# a token must *not* look at.
