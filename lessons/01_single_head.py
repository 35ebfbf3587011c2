# %% [markdown]
# # 1. One attention head
#
# By the end of this lesson you can compute attention by hand, say what each of its parts does,
# and see from the numbers when one of them is wrong.
#
# You need Python, and you need to know how two matrices are multiplied. PyTorch is explained as
# it comes up. Reading and running takes about an hour.
#
# Most cells follow a question marked **Predict**. Decide on an answer before you run the cell. A
# wrong prediction tells you more about your own picture of attention than any explanation can.
#
# | name | meaning |
# |---|---|
# | `B` | batch size: how many sequences are computed at once |
# | `L_q`, `L_k` | number of query positions, number of key positions; `L` where both are the same |
# | `d_model` | width of a token's vector in the model |
# | `d_head` | width of a query, a key and a value |
#
# A comment such as `# (L_q, L_k)` at the end of a line gives the shape of what that line makes.

# %%
import math

import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F
from attnlab import COLOURS, heatmap, heatmaps, show, table, trace_shapes
from torch import nn

torch.set_printoptions(precision=3, sci_mode=False)

# %% [markdown]
# ## 1. A lookup that need not match exactly
#
# A Python dictionary holds pairs of a *key* and a *value*. You bring a *query*. If the query
# equals one of the keys, you get that key's value. Otherwise you get nothing.

# %%
prices = {"apple": 3.0, "pear": 5.0}
print("apple ->", prices.get("apple"))
print("quince ->", prices.get("quince"))

# %% [markdown]
# Attention is a lookup in which every key matches the query *to some degree*. You get a mixture
# of all values. The better a key matches, the more of its value is in the mixture.
#
# The mixture is a weighted average: the weights are positive and sum to one.
#
# **Predict.** A quince is like a pear (weight 0.8) and a little like an apple (weight 0.2). What
# does this soft lookup answer?

# %%
weights = {"apple": 0.2, "pear": 0.8}
print("quince ->", sum(weights[fruit] * prices[fruit] for fruit in prices))

# %% [markdown]
# 4.6 lies between the two prices and closer to the pear's. A weighted average can never leave the
# range of the values.
#
# Two questions are left. Where do the weights come from? And what are queries, keys and values
# when we have words instead of fruit?
#
# ## 2. Six tokens, by hand
#
# A *token* is a piece of text that the model treats as one unit. Here every word is a token:
#
# > the cats near the dog sleep
#
# Why "sleep" and not "sleeps"? The verb belongs to "cats", not to the "dog" right beside it. So
# "sleep" has something to look up: *who does this?* Let us build that one lookup.
#
# Every token offers a **key**, a short vector that says what the token can be found by. We choose
# the numbers by hand. In this section `d_head` is 2.
#
# - first number: 1 for a noun, -1 for a preposition, 0 for the rest
# - second number: 1 for plural, -1 for singular, 0 for neither

# %%
words = ["the", "cats", "near", "the", "dog", "sleep"]
keys = torch.tensor(
    [
        [0.0, 0.0],  # the
        [1.0, 1.0],  # cats: a noun, plural
        [-1.0, 0.0],  # near: a preposition
        [0.0, 0.0],  # the
        [1.0, -1.0],  # dog: a noun, singular
        [0.0, 1.0],  # sleep: a plural verb
    ]
)  # (L_k, d_head)
print("keys", tuple(keys.shape))

# %% [markdown]
# The token "sleep" asks with a **query**, a vector in the same two numbers: *I look for a noun
# (1), and it should be plural (1)*.

# %%
query = torch.tensor([1.0, 1.0])  # (d_head,)

# %% [markdown]
# How well does a key match the query? Multiply them number by number and add up. This is the dot
# product. We call it the **score**.
#
# For "cats": 1 x 1 + 1 x 1 = 2. For "dog": 1 x 1 + 1 x (-1) = 0.
#
# **Predict.** Compute the other four scores in your head. Which word comes second? Which has the
# lowest score?

# %%
scores = keys @ query  # (L_k,)
table({"word": words, "key": keys.tolist(), "score with (1, 1)": scores})

# %% [markdown]
# "cats" has the highest score. "sleep" itself is second: it is plural, though not a noun. "near"
# is last.
#
# Scores are not weights yet: one is negative, and they do not sum to one. Two steps repair that.
#
# 1. Replace each score $s$ by $e^s$. That is always positive, and a higher score stays higher.
# 2. Divide by the sum. Then they sum to one.
#
# Together the two steps are called **softmax**.
#
# **Predict.** $e^2$ is about 7.39 and $e^0$ is 1. "cats" has score 2 and "dog" has score 0. How
# many times as heavy as "dog" will "cats" be after the division?

# %%
exponentials = torch.exp(scores)  # (L_k,)
total = exponentials.sum()
weights = exponentials / total  # (L_k,)
print(f"sum of the exponentials: {total:.2f}")
table({"word": words, "score s": scores, "e^s": exponentials, "weight": weights})

# %% [markdown]
# "cats" is 7.39 times as heavy as "dog". The division does not change such ratios. So only the
# *difference* of two scores decides how their weights compare: here $e^{2 - 0}$.
#
# The weights say *where* to look. What is delivered from there? Every token also has a **value**,
# a vector with what it tells to those who look at it. Again we choose:
#
# - first number: 4 for an animal, -2 for a verb or a preposition, 0 for an article
# - second number: 2 for plural, -2 for singular, 0 for neither
#
# The **output** is the average of the values, weighted with the weights. In PyTorch,
# `weights[:, None]` turns the six weights into a column, so that each one multiplies a whole row
# of `values`. `sum(dim=0)` then adds up the rows.
#
# **Predict.** Will the second number of the output be positive (more plural) or negative?

# %%
values = torch.tensor(
    [
        [0.0, 0.0],  # the
        [4.0, 2.0],  # cats
        [-2.0, 0.0],  # near
        [0.0, 0.0],  # the
        [4.0, -2.0],  # dog
        [-2.0, 2.0],  # sleep
    ]
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
# The last column, added up, is the output. Its second number is positive: "sleep" has found out
# that its subject is plural, because most of the weight went to "cats".
#
# The same as a picture. Each value is a point, its size is its weight.


# %%
def draw_average(values, weights, output, names):
    """Values as points (size: weight), the output as a star among them."""
    fig, ax = plt.subplots(figsize=(6.4, 4.0))
    ax.scatter(values[:, 0], values[:, 1], s=40 + 1500 * weights, color=COLOURS["sky"])
    for name, (x, y), weight in zip(names, values.tolist(), weights.tolist(), strict=True):
        ax.annotate(f"{name} {weight:.2f}", (x, y), (x, y - 0.5), ha="center", va="top")
    ax.plot(*output, marker="*", markersize=16, color=COLOURS["orange"])
    ax.annotate("output", output, output + torch.tensor([0.3, -0.1]), va="center")
    ax.set(xlim=(-3.4, 5.4), ylim=(-3.4, 3.2))
    ax.set(xlabel="first number of a value (animal)", ylabel="second number (plural)")
    ax.set_title("The output lies among the values, nearest to the heaviest")
    return fig


names = ["the + the", "cats", "near", "dog", "sleep"]
distinct = [0, 1, 2, 4, 5]
drawn = weights[distinct]
drawn[0] += weights[3]  # the second "the" has the same value as the first
show(
    draw_average(values[distinct], drawn, output, names),
    alt=f"Five points, the values of the six tokens (both 'the' share one). 'cats' at (4, 2) is "
    f"the largest with weight {weights[1]:.2f}. The output, a star, lies at ({output[0]:.2f}, "
    f"{output[1]:.2f}), between the others on the side of 'cats'.",
)

# %% [markdown]
# **Predict.** The query was (1, 1). What happens to the weights if it is (0, 0)? And if it is
# (10, 10), the same direction but ten times as long?

# %%
lengths = [0.0, 0.5, 1.0, 3.0, 10.0]
rows = torch.stack([torch.softmax(keys @ (length * query), dim=0) for length in lengths])
heatmap(
    rows,
    queries=[f"{length:g} x (1, 1)" for length in lengths],
    keys=words,
    title="A longer query makes a harder lookup",
    alt=f"Weights of five queries. With length 0 all weights are {rows[0, 0]:.2f}. The weight of "
    f"'cats' grows with the length: {', '.join(f'{w:.2f}' for w in rows[:, 1])}.",
)

# %% [markdown]
# (`torch.softmax` is PyTorch's version of our two steps.)
#
# With a zero query every score is 0 and every weight 1/6: the output is the plain average. With a
# long query one weight is almost 1: that is a dictionary again. Attention covers everything
# between these two ends. What matters is how far the scores lie apart. This comes back in section
# 5.
#
# ## 3. All queries at once, then all sentences at once
#
# Every token asks its own question, so there are six queries. Ours, by hand:
#
# - an article or a preposition looks for a noun: (1, 0)
# - a noun looks for words of its own number: (0, 1) or (0, -1)
# - the verb: (1, 1), as before
#
# The score of every query with every key is one matrix product. Row $i$ of the first matrix times
# column $j$ of the second is the dot product of query $i$ and key $j$. The keys have to be
# turned: `keys.T` has one key in each *column*.
#
# **Predict.** What shape do the scores have? In which row is the lookup of section 2?

# %%
queries = torch.tensor(
    [
        [1.0, 0.0],  # the
        [0.0, 1.0],  # cats
        [1.0, 0.0],  # near
        [1.0, 0.0],  # the
        [0.0, -1.0],  # dog
        [1.0, 1.0],  # sleep
    ]
)  # (L_q, d_head)
scores = queries @ keys.T  # (L_q, L_k)
weights = torch.softmax(scores, dim=-1)  # (L_q, L_k)
outputs = weights @ values  # (L_q, d_head)
print("scores", tuple(scores.shape), " outputs", tuple(outputs.shape))
print("last row of the outputs:", outputs[-1])
print("by hand in section 2:   ", output)

# %% [markdown]
# One row for each query, one column for each key. The last row is "sleep", and its output is the
# one we computed by hand. `weights @ values` is the weighted average for all rows: row $i$ of the
# weights times the matrix of values.
#
# `dim=-1` says along which axis softmax sums to one: the last, the axis of the keys. Section 4
# shows what happens otherwise.

# %%
heatmap(
    weights,
    queries=words,
    keys=words,
    title="Every row is one lookup and sums to one",
    alt=f"Heat map of 6 queries and 6 keys. Row 'sleep': 'cats' {weights[5, 1]:.2f}, itself "
    f"{weights[5, 5]:.2f}. Rows 'the' and 'near': 'cats' and 'dog' {weights[0, 1]:.2f} each. Row "
    f"'cats': itself and 'sleep' {weights[1, 1]:.2f} each. Row 'dog': itself {weights[4, 4]:.2f}.",
)

# %% [markdown]
# Read it row by row. Row "the": the two nouns get the most, both the same, because an article
# does not care about number. Row "dog": it looks for singular words, and itself is the only one.
#
# The number of queries need not equal the number of keys.
#
# **Predict.** Only "cats" and "sleep" ask. Before, the weights were `(6, 6)` and the outputs
# `(6, 2)`. What are they now?

# %%
two = queries[[1, 5]]  # (L_q, d_head) with L_q = 2
two_weights = torch.softmax(two @ keys.T, dim=-1)  # (L_q, L_k)
print("weights", tuple(two_weights.shape), " outputs", tuple((two_weights @ values).shape))
print("same rows as before:", torch.allclose(two_weights, weights[[1, 5]]))

# %% [markdown]
# `L_q` became 2 and `L_k` stayed 6. The rows did not change: **a query does not know about the
# other queries**. Each row is a lookup of its own.
#
# Models compute many sentences at once. We put three into one tensor, with a new axis at the
# front: the batch.

# %%
positions = torch.tensor(
    [
        [0, 1, 2, 3, 4, 5],  # the cats near the dog sleep
        [0, 4, 2, 3, 1, 5],  # the dog near the cats sleep
        [0, 1, 2, 3, 1, 5],  # the cats near the cats sleep
    ]
)
q, k, v = queries[positions], keys[positions], values[positions]  # each (B, L, d_head)
print("q, k, v:", tuple(q.shape))

# %% [markdown]
# The operator `@` multiplies the *last two* axes as matrices and repeats this for every index of
# the axes before them. So only the last two axes of the keys may be swapped.
#
# **Predict.** One of these two lines fails. Which one?

# %%
print("transpose(-2, -1):", tuple((q @ k.transpose(-2, -1)).shape))
try:
    q @ k.transpose(0, 1)
except RuntimeError as error:
    print("transpose(0, 1):  ", error)

# %% [markdown]
# `transpose(0, 1)` swaps the sentences with the positions. Counted from the end, `-2` and `-1`
# are right for any number of axes in front. That is why we prefer them to `.T`, which is for
# plain matrices only.
#
# From now on `trace_shapes` helps to follow the shapes. Inside its `with` block every PyTorch
# operation prints what went in and what came out, sizes replaced by their names.

# %%
with trace_shapes(B=3, L=6, d_head=2):
    scores = q @ k.transpose(-2, -1)
    weights = torch.softmax(scores, dim=-1)
    outputs = weights @ v

# %% [markdown]
# **Predict.** In the batch, is the first sentence's output exactly what it was on its own?

# %%
alone = torch.softmax(queries @ keys.T, dim=-1) @ values  # (L_q, d_head)
print("largest difference:", (outputs[0] - alone).abs().max().item())

# %% [markdown]
# Yes. (On some machines the last digit may differ, because a larger product may be added up in
# another order.) No sentence of a batch sees another one.
#
# ## 4. Softmax, exactly
#
# For one row of scores $s_1, \dots, s_n$:
#
# $$\mathrm{softmax}(s)_j = \frac{e^{s_j}}{\sum_i e^{s_i}}$$
#
# **Predict.** We add 1000 to *every* score of a row. What happens to the weights on paper? And in
# the computer?


# %%
def naive_softmax(row):
    """The formula as it stands, for one row."""
    exponentials = torch.exp(row)
    return exponentials / exponentials.sum()


row = torch.tensor([2.0, 1.0, 0.0])
print("scores       ", row, "->", naive_softmax(row))
print("scores + 1000", row + 1000, "->", naive_softmax(row + 1000))

# %% [markdown]
# On paper nothing changes: $e^{s+1000} = e^{1000} e^s$, and $e^{1000}$ cancels in the fraction.
# In the computer the result is `nan`, "not a number". $e^{1002}$ is larger than any number of
# this type, so it becomes `inf`, and `inf / inf` is `nan`.
#
# How large may a score be? A number type has a largest number, and its logarithm is the answer.

# %%
dtypes = [torch.float16, torch.bfloat16, torch.float32, torch.float64]
table(
    [(str(d), f"{torch.finfo(d).max:.3g}", f"{math.log(torch.finfo(d).max):.1f}") for d in dtypes],
    ["type", "largest number", "largest s with a finite e^s"],
)

# %% [markdown]
# In float16, called half precision, a score of 12 is already too much. (The sum of many
# exponentials overflows a little earlier.)
#
# The cancelling also gives the cure. If we may add any number to all scores of a row, we may
# *subtract the largest score*. Then the largest exponent is 0 and $e^0 = 1$. All other
# exponentials lie between 0 and 1. Nothing can overflow, and the sum is at least 1, so nothing is
# divided by zero.
#
# **Predict.** Which of these rows does the naive formula survive?


# %%
def in_words(numbers):
    return ", ".join(f"{number:.5g}" for number in numbers.tolist())


rows = [
    torch.tensor([2.0, 1.0, 0.0]),
    torch.tensor([1e4, 1e4 - 1, 0.0]),
    torch.tensor([-1e4, -1e4 - 1, -1e4 - 1]),
    torch.tensor([12.0, 11.0, 0.0], dtype=torch.float16),
]
result = []
for row in rows:
    shifted = row - row.max()
    stable = torch.exp(shifted) / torch.exp(shifted).sum()
    naive = naive_softmax(row)
    result.append((str(row.dtype), *(in_words(part) for part in (row, naive, stable))))
table(result, ["type", "scores", "naive", "largest subtracted"])

# %% [markdown]
# Only the first. Very *low* scores fail too: all exponentials become 0, and 0 / 0 is `nan`. The
# right column is finite everywhere. A score far below the largest becomes a weight of exactly 0,
# which is what it should be up to rounding.
#
# ### The largest of what?
#
# With many rows, each row needs its own largest score. Two ways to get this wrong give no error
# message.
#
# **Predict.** We subtract the largest number of the *whole* matrix. Which row breaks?

# %%
scores = torch.tensor([[1e4, 1e4 - 1, 1e4 - 2], [2.0, 1.0, 0.0]])  # (L_q, L_k)
shifted = scores - scores.max()
exponentials = torch.exp(shifted)  # (L_q, L_k)
print(exponentials / exponentials.sum(dim=-1, keepdim=True))

# %% [markdown]
# The second. Seen from 10000, its scores are all hopelessly low: 0 / 0 again.
#
# The second trap is in the shapes. `keepdim=True` keeps the axis that was summed over, and gives
# it size 1. Without it that axis is gone, and PyTorch lines shapes up *from the right*.
#
# **Predict.** A 3 x 3 matrix divided by its 3 row sums, without `keepdim`. Is there an error?
# What do the rows sum to?

# %%
scores = torch.tensor([[2.0, 1.0, 0.0], [0.0, 0.0, 0.0], [0.0, 1.0, 0.0]])  # (L_q, L_k)
exponentials = torch.exp(scores)  # (L_q, L_k)
right = exponentials / exponentials.sum(dim=-1, keepdim=True)  # (L_q, L_k) / (L_q, 1)
wrong = exponentials / exponentials.sum(dim=-1)  # (L_q, L_k) / (L_q,), read as (1, L_q)
print("right, row sums:", right.sum(dim=-1))
print("wrong, row sums:", wrong.sum(dim=-1))

# %% [markdown]
# No error: in a square matrix the row sums fit the columns just as well. Every column was divided
# by the sum of some row. With `L_q` and `L_k` different, PyTorch would have complained. This is
# why good test sizes are all different.
#
# (`tensor.amax(dim=..., keepdim=True)` is the largest along an axis. `tensor.max(dim=...)` gives
# a pair: the largest numbers and their positions.)
#
# ### Along which axis?
#
# **Predict.** The six-token example again, with `dim=-2`, the axis of the queries. What sums to
# one now? How much weight does "sleep" give away in total?

# %%
scores = queries @ keys.T  # (L_q, L_k)
right = torch.softmax(scores, dim=-1)  # (L_q, L_k)
wrong = torch.softmax(scores, dim=-2)  # (L_q, L_k)
heatmaps(
    {"right: over the keys (dim=-1)": right, "wrong: over the queries (dim=-2)": wrong},
    queries=words,
    keys=words,
    title="On the wrong axis the columns sum to one, and the rows do not",
    alt=f"Two heat maps. Left, softmax over the keys: every row sums to 1, 'sleep' gives 'cats' "
    f"{right[5, 1]:.2f}. Right, softmax over the queries: every column sums to 1, the row 'sleep' "
    f"sums to {wrong[5].sum():.2f} and the row 'dog' to {wrong[4].sum():.2f}.",
)

# %%
table(
    {
        "query": words,
        "right: row sum": right.sum(dim=-1),
        "wrong: row sum": wrong.sum(dim=-1),
        "right: column sum": right.sum(dim=-2),
        "wrong: column sum": wrong.sum(dim=-2),
    }
)

# %% [markdown]
# In the wrong version the *columns* sum to one. A row can give away more than one, as "sleep"
# does, or less. The output is no longer an average.
#
# There is a second damage. In section 3 a query did not know about the other queries.
#
# **Predict.** We make the query of "cats" longer, and look at the output of "sleep". In which
# version does it change?

# %%
louder = queries.clone()
louder[1] = torch.tensor([0.0, 3.0])  # the query of "cats"
for name, dim in [("right", -1), ("wrong", -2)]:
    before = torch.softmax(queries @ keys.T, dim=dim) @ values  # (L_q, d_head)
    after = torch.softmax(louder @ keys.T, dim=dim) @ values  # (L_q, d_head)
    print(f"{name}: output of 'sleep' before {before[5]}, after {after[5]}")

# %% [markdown]
# Only in the wrong one. There the queries compete for each key. In the right one the keys compete
# for each query. The shapes are the same, so no shape check finds this mistake. Row sums do.
#
# ## 5. Why divide by the square root of `d_head`?
#
# Our vectors had two numbers. Real heads are wider: 64 in SmolLM2-135M, 128 in Llama-2-7B, 256 in
# Gemma-2B (from their published configurations). What happens to a dot product when the vectors
# get longer?
#
# First on paper. *Mean* is the average. *Variance* is the average squared distance from the mean,
# and its square root is the *standard deviation*: how far a typical number lies from the mean.
#
# Let all entries of a query $q$ and a key $k$ be independent, with mean 0 and variance 1. The
# score is
#
# $$s = q_1 k_1 + q_2 k_2 + \dots + q_d k_d, \qquad d = d_\mathrm{head}.$$
#
# 1. One product: the mean of $q_i k_i$ is (mean of $q_i$) x (mean of $k_i$) $= 0 \cdot 0 = 0$,
#    because they are independent.
# 2. As this mean is 0, the variance is the mean of the square, $q_i^2 k_i^2$. That is (mean of
#    $q_i^2$) x (mean of $k_i^2$) $= 1 \cdot 1 = 1$.
# 3. The variances of independent terms add up. So $\mathrm{Var}(s) = d$.
# 4. Dividing a number by $c$ divides its variance by $c^2$. To come back to variance 1 we need
#    $c^2 = d$, so $c = \sqrt{d}$.
#
# This is footnote 4 of Vaswani et al. 2017, *Attention Is All You Need*. Their formula (1),
# section 3.2.1, is what this lesson is about:
#
# $$\mathrm{Attention}(Q, K, V) = \mathrm{softmax}\!\left(\frac{Q K^\top}{\sqrt{d_k}}\right) V$$
#
# Their $d_k$ is our `d_head`.
#
# Now measure. 400 random queries, each with 50 random keys of its own.
#
# **Predict.** Without the scale, what is the standard deviation of the scores at `d_head` = 64?
# And at 1024?

# %%
torch.manual_seed(1)
widths = [4, 16, 64, 256, 1024]
raw_scores = {}
for d_head in widths:
    q = torch.randn(400, 1, d_head)  # (B, L_q, d_head)
    k = torch.randn(400, 50, d_head)  # (B, L_k, d_head)
    raw_scores[d_head] = (q @ k.transpose(-2, -1))[:, 0]  # (B, L_k)
table(
    [(d, raw.var(), raw.std(), (raw / math.sqrt(d)).std()) for d, raw in raw_scores.items()],
    ["d_head", "variance", "standard deviation", "the same after / sqrt(d_head)"],
)

# %% [markdown]
# The variance is `d_head`, up to chance. Typical scores at 1024 are 32 from zero instead of 1.
#
# Is that bad? Section 2 had the answer: scores that lie far apart make a hard lookup, nearly all
# weight on one key. This is called *saturation*. One number for it is the **entropy**,
# $-\sum_j p_j \ln p_j$ for weights $p$. It is 0 when one key has all the weight, and $\ln L_k$
# when all weights are equal. Computed with $\ln$, its unit is called *nat*.

# %%
for p in ([0.25, 0.25, 0.25, 0.25], [0.97, 0.01, 0.01, 0.01], [1.0, 0.0, 0.0, 0.0]):
    p = torch.tensor(p)
    print(p, f"entropy {torch.special.entr(p).sum():.3f}   (ln 4 = {math.log(4):.3f})")

# %% [markdown]
# A hard lookup is not wrong in itself. The harm is in *learning*. A model learns by gradients:
# for each number in it, how much would the output change if this number changed a little? If the
# weights do not react to the scores, nothing reaches the queries and keys, and they cannot
# improve.
#
# How strongly does the weight of key $i$ react to the score of key $j$? The derivative is
#
# $$\frac{\partial p_i}{\partial s_i} = p_i(1 - p_i), \qquad
# \frac{\partial p_i}{\partial s_j} = -p_i p_j \quad (i \ne j).$$
#
# **Predict.** Two keys, with scores $x$ and 0. At which $x$ does the weight react most? What
# happens at $x = 10$?

# %%
result = []
for x in [0.0, 1.0, 3.0, 10.0, 30.0]:
    scores = torch.tensor([x, 0.0])
    derivatives = torch.autograd.functional.jacobian(lambda s: torch.softmax(s, dim=-1), scores)
    p = torch.softmax(scores, dim=-1)[0]
    result.append((x, f"{p:.6f}", f"{p * (1 - p):.2e}", f"{derivatives[0, 0]:.2e}"))
table(result, ["x", "weight p", "p (1 - p)", "the derivative, by PyTorch"])

# %% [markdown]
# Most at 0, where both keys weigh the same. At 10 the weight hardly reacts, at 30 not at all.
#
# What this does to learning: two keys again, and the *second* is the right one. At the start the
# first leads by some number. Gradient descent changes the scores a little, 200 times.
# `loss.backward()` computes how the loss reacts to each score and puts it into `scores.grad`;
# each step goes the other way.
#
# **Predict.** From which lead on does the head fail to find the right key: 1, 3, 5, 10, 30?


# %%
def learn(lead, steps=200):
    """The weight of the second key after gradient descent on (1 - its weight)^2."""
    scores = torch.tensor([lead, 0.0], requires_grad=True)  # (L_k,)
    for _ in range(steps):
        loss = (1 - torch.softmax(scores, dim=-1)[1]) ** 2
        loss.backward()
        with torch.no_grad():
            scores -= scores.grad
            scores.grad.zero_()
    return torch.softmax(scores, dim=-1)[1].item()


leads = [1.0, 3.0, 5.0, 10.0, 30.0]
before = [torch.softmax(torch.tensor([lead, 0.0]), dim=-1)[1] for lead in leads]
after = [learn(lead) for lead in leads]
table({"lead of the wrong key": leads, "right key before": before, "after 200 steps": after})

# %% [markdown]
# From 10 on. It is as wrong as can be, the loss is as large as can be, and still nothing moves.
# Compare with the scores above: at `d_head` = 1024 their standard deviation is 32.
#
# Now the whole picture. Vaswani et al. (section 3.2.1) *suspected* that large dot products push
# the softmax "into regions where it has extremely small gradients". We can measure it.
#
# All derivatives of one row form a matrix `(L_k, L_k)`. Its size is the square root of the sum of
# its squared entries; call it the *gradient norm of the softmax*. We measure it for the 400
# queries, with and without the scale. Since rows differ much, we look at the *median*: half of
# the rows lie below it.
#
# **Predict.** Without the scale, by what factor does the median row's gradient shrink from
# `d_head` = 4 to 1024? Ten? A hundred? More?


# %%
def softmax_gradient_norm(weights):
    """One number for each row of weights (B, L_k)."""
    derivatives = torch.diag_embed(weights) - weights[:, :, None] * weights[:, None, :]
    return derivatives.norm(dim=(-2, -1))  # (B,)


measured = {}
for name in ("no scale", "/ sqrt(d_head)"):
    for d, raw in raw_scores.items():
        scores = raw if name == "no scale" else raw / math.sqrt(d)  # (B, L_k)
        weights = torch.softmax(scores, dim=-1)  # (B, L_k)
        entropy = torch.special.entr(weights).sum(dim=-1)  # (B,)
        measured[name, d] = (scores.var(), entropy, softmax_gradient_norm(weights))

# %%
fig, axes = plt.subplots(1, 3, figsize=(10.5, 3.9))
for name in ("no scale", "/ sqrt(d_head)"):
    variance, entropy, gradient = zip(*(measured[name, d] for d in widths), strict=True)
    axes[0].loglog(widths, variance, marker="o", label=name)
    axes[1].semilogx(widths, [e.mean() for e in entropy], marker="o")
    axes[2].loglog(widths, [g.median() for g in gradient], marker="o")
axes[1].axhline(math.log(50), color="0.5", linestyle=":")
axes[1].text(4, math.log(50) - 0.3, "ln 50: all keys alike", color="0.3")
axes[1].set_ylim(0, 4.2)
axes[0].set(title="Scores spread out", ylabel="variance of the scores")
axes[1].set(title="Softmax saturates", ylabel="mean entropy (nats)")
axes[2].set(title="Gradient vanishes", ylabel="median gradient norm of softmax")
for ax in axes:
    ax.set_xlabel("d_head")
    ax.set_xticks(widths, widths)
    ax.minorticks_off()
axes[0].legend()
fig.suptitle("Without the scale, wide heads stop learning where to look", fontsize=13)
narrow, wide = measured["no scale", 4], measured["no scale", 1024]
kept = measured["/ sqrt(d_head)", 1024]
show(
    fig,
    alt=f"Three panels against d_head from 4 to 1024. Without the scale: the variance of the "
    f"scores grows from {narrow[0]:.1f} to {wide[0]:.0f}, the mean entropy falls from "
    f"{narrow[1].mean():.2f} to {wide[1].mean():.2f} nats, the median gradient norm falls from "
    f"{narrow[2].median():.2f} to {wide[2].median():.1e}. With the scale all three stay level: at "
    f"1024 they are {kept[0]:.2f}, {kept[1].mean():.2f} and {kept[2].median():.2f}.",
)

# %% [markdown]
# More than a thousand: the median row receives almost no gradient. (At 4 and 16 it is not yet in
# trouble.) With the scale nothing depends on `d_head`.
#
# One caution about measuring. The *mean* over the rows looks far less dramatic than the median.
#
# **Predict.** Why? Which rows still have a gradient?

# %%
result = []
for name in ("no scale", "/ sqrt(d_head)"):
    gradient = measured[name, 1024][2]  # (B,)
    levels = torch.quantile(gradient, torch.tensor([0.25, 0.5, 0.75]))
    share = gradient.topk(40).values.sum() / gradient.sum()
    numbers = [f"{number:.1e}" for number in (*levels, gradient.mean())]
    result.append((name, *numbers, f"{share:.0%}"))
headers = ["d_head = 1024", "1/4 of rows below", "1/2 below", "3/4 below", "mean"]
table(result, [*headers, "share of the top 40 of 400 rows"])

# %%
best_two = raw_scores[1024].topk(2, dim=-1).values  # (B, 2)
lead = best_two[:, 0] - best_two[:, 1]  # (B,)
top_rows = measured["no scale", 1024][2].topk(40).indices
print(f"median lead of the best score over the second, all rows:    {lead.median():.2f}")
print(f"median lead of the best score over the second, top 40 rows: {lead[top_rows].median():.2f}")

# %% [markdown]
# A few rows happen to have two keys with nearly the same score. They still react, and they make
# up most of the mean. Meanwhile a quarter of the rows is as good as frozen. A mean can hide that.
#
# The derivation assumed variance 1. Other variances do not spoil it: with variance $a$ for the
# queries and $b$ for the keys, steps 2 and 3 give $\mathrm{Var}(s) = d\,a\,b$, and the scale
# still removes the $d$. It did assume independent entries, as at the start of training. Later,
# training may make the scores as large as it needs; the scale lets it start where it can learn.
#
# ### Wrong scales
#
# **Predict.** `d_head` is 64, there are 6 queries and 9 keys. One head divides by nothing, one by
# 64, one by the square root of the number of keys. Which weights come out nearly uniform? Which
# nearly one-hot?

# %%
torch.manual_seed(2)
d_head, k_len = 64, 9
raw = torch.randn(6, d_head) @ torch.randn(k_len, d_head).T  # (L_q, L_k)
scales = {
    "right: / sqrt(d_head)": math.sqrt(d_head),
    "no scale": 1,
    "/ d_head": d_head,
    "/ sqrt(L_k)": math.sqrt(k_len),
}
maps = {name: torch.softmax(raw / scale, dim=-1) for name, scale in scales.items()}
top = {name: weights.amax(dim=-1).mean().item() for name, weights in maps.items()}
first, second = list(maps)[:2], list(maps)[2:]
heatmaps(
    {name: maps[name] for name in first},
    title="Without a scale one key takes nearly everything",
    alt=f"Two heat maps of 6 queries and 9 keys at d_head 64. Divided by sqrt(d_head), the largest "
    f"weight of a row is {top[first[0]]:.2f} on average; without a scale it is "
    f"{top[first[1]]:.2f}, nearly one key for each query.",
)

# %%
heatmaps(
    {name: maps[name] for name in second},
    title="Divided by d_head, nothing stands out; by sqrt(L_k), one key takes most",
    alt=f"Two heat maps of the same scores. Divided by d_head, the weights are nearly uniform: the "
    f"largest is {top[second[0]]:.2f} on average, where 1/9 is 0.11. Divided by sqrt(L_k), the "
    f"largest is {top[second[1]]:.2f}.",
)

# %% [markdown]
# Dividing by `d_head` overdoes it: all weights are close to 1/9, and the lookup finds nothing. No
# scale gives nearly one key for each query. Dividing by $\sqrt{L_k}$ divides by 3 here, where 8
# is needed.
#
# That last mistake depends on the length of the text.
#
# **Predict.** With `/ sqrt(L_k)` and `d_head` = 64, is there a length at which the result is
# exactly right?

# %%
result = []
for k_len in [4, 16, 64, 256, 1024]:
    scores = torch.randn(200, d_head) @ torch.randn(k_len, d_head).T  # (L_q, L_k)
    by_length = (scores / math.sqrt(k_len)).std()
    by_width = (scores / math.sqrt(d_head)).std()
    result.append((k_len, by_length, by_width))
table(result, ["L_k", "std of scores / sqrt(L_k)", "std of scores / sqrt(d_head)"])

# %% [markdown]
# At `L_k` = 64 both are the same number. Whoever tests only there finds nothing wrong. The
# vectors in the dot product have `d_head` numbers; the length of the text does not enter into it.
#
# ## 6. Keys find, values deliver
#
# PyTorch has the whole formula as one function, `scaled_dot_product_attention`. It scales by the
# square root of the last axis and returns the output only. In the exercises you write your own;
# in the rest of this lesson it saves us some lines.

# %%
scores = queries @ keys.T / math.sqrt(2)  # (L_q, L_k)
weights = torch.softmax(scores, dim=-1)  # (L_q, L_k)
by_lines = weights @ values  # (L_q, d_head)
by_pytorch = F.scaled_dot_product_attention(queries, keys, values)  # (L_q, d_head)
print("largest difference:", (by_lines - by_pytorch).abs().max().item())

# %% [markdown]
# Keys and values have the same shape here, and come from the same tokens. Does it matter which is
# which?
#
# **Predict.** Somebody swaps the two: scores from the values, average over the keys. Somebody
# else uses the values for both. Is there an error? Does the heat map look suspicious?

# %%
by_values = torch.softmax(queries @ values.T / math.sqrt(2), dim=-1)  # (L_q, L_k)
heatmaps(
    {"right: keys are searched": weights, "wrong: values are searched": by_values},
    queries=words,
    keys=words,
    title="Searching the values gives plausible weights, for the wrong reason",
    alt=f"Two heat maps. Left, scores from the keys: 'sleep' gives 'cats' {weights[5, 1]:.2f}, and "
    f"'the' gives 'cats' and 'dog' {weights[0, 1]:.2f} each. Right, scores from the values: "
    f"'sleep' gives 'cats' {by_values[5, 1]:.2f}; every row still sums to 1.",
)

# %%
results = {
    "right": F.scaled_dot_product_attention(queries, keys, values),
    "keys and values swapped": F.scaled_dot_product_attention(queries, values, keys),
    "values used as keys": F.scaled_dot_product_attention(queries, values, values),
}
table(
    [(name, str(tuple(out.shape)), *out[5]) for name, out in results.items()],
    ["version", "shape", "output of 'sleep': first number", "second number"],
)

# %% [markdown]
# No error, right shapes, rows that sum to one. (Both wrong versions compute their scores from the
# values, so the right-hand map is theirs.) That map even looks more decided: looking at it, you
# might prefer it.
#
# What gives it away is what each part is *for*. Keys decide where to look. Values decide what
# comes back. So in a right head:
#
# - changing the values must not move the weights,
# - doubling the values must exactly double the output.
#
# **Predict.** We double the values in all three versions. In which does the output exactly
# double?

# %%
doubled = {
    "right": F.scaled_dot_product_attention(queries, keys, 2 * values),
    "keys and values swapped": F.scaled_dot_product_attention(queries, 2 * values, keys),
    "values used as keys": F.scaled_dot_product_attention(queries, 2 * values, 2 * values),
}
table(
    [(name, torch.allclose(doubled[name], 2 * results[name])) for name in results],
    ["version", "output doubled"],
)

# %% [markdown]
# Only in the right one. In the other two the values also steer the search.
#
# ## 7. Where queries, keys and values come from
#
# So far we wrote them down. A model has one vector of `d_model` numbers for each token and
# *computes* the three from it, with three matrices it learns. Multiplying by such a matrix is
# called a *projection*.
#
# Our tokens with `d_model` = 5. The five numbers mean: noun, number (1 plural, -1 singular),
# verb, preposition, article.

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
print("x", tuple(x.shape))

# %% [markdown]
# ### Why project at all?
#
# The simplest head uses `x` itself as queries, keys and values.
#
# **Predict.** Without projections, how does the score of "sleep" looking at "cats" compare with
# "cats" looking at "sleep"?

# %%
scores = x @ x.T  # (L_q, L_k)
print("sleep -> cats:", scores[5, 1].item(), "  cats -> sleep:", scores[1, 5].item())
heatmap(
    scores,
    queries=words,
    keys=words,
    limits=None,
    digits=0,
    title="Without projections, scores are symmetric",
    alt=f"Heat map of x times its transpose, symmetric: 'sleep' and 'cats' score "
    f"{scores[5, 1]:.0f} in both directions. The diagonal holds the largest number of every row, "
    f"for 'cats' {scores[1, 1]:.0f}.",
)

# %% [markdown]
# They are equal: a dot product does not care about the order of its two vectors. "Verb looks for
# noun" would force "noun looks for verb". And here no token matches anything better than
# *itself*: see the diagonal.
#
# Two different projections lift both limits. What a token looks for (query) and what it is found
# by (key) can then be different things. The third (value) chooses what is handed over.
#
# ### `nn.Linear`
#
# PyTorch's building block for a projection is `nn.Linear(in_features, out_features, bias=...)`.
# It holds a matrix `weight` and computes `x @ weight.T`, plus a vector `bias` if there is one. It
# works on the last axis and leaves all axes in front of it alone.
#
# **Predict.** What is the shape of `weight` for a projection from 5 numbers to 2?

# %%
linear = nn.Linear(5, 2, bias=True)
print("weight", tuple(linear.weight.shape), " bias", tuple(linear.bias.shape))
batch = torch.randn(3, 6, 5)  # (B, L, d_model)
same = torch.allclose(linear(batch), batch @ linear.weight.T + linear.bias)
print("linear(batch):", tuple(linear(batch).shape), " equals x @ weight.T + bias:", same)

# %% [markdown]
# `(2, 5)`: output first. Each *row* of `weight` makes one output number.
#
# The weights start as random numbers and are learned. To see what they can express, we set them
# by hand. Row 0 of `q_proj` says: verbs, prepositions and articles look for nouns. Row 1:
# everything with a number looks for the same number.
#
# **Predict.** Will these projections give exactly the queries, keys and values of the sections
# before?

# %%
q_proj, k_proj, v_proj = (nn.Linear(5, 2, bias=False) for _ in range(3))
with torch.no_grad():
    #                                   noun number verb prep article
    q_proj.weight.copy_(torch.tensor([[0.0, 0.0, 1.0, 1.0, 1.0], [0.0, 1.0, 0.0, 0.0, 0.0]]))
    k_proj.weight.copy_(torch.tensor([[1.0, 0.0, 0.0, -1.0, 0.0], [0.0, 1.0, 0.0, 0.0, 0.0]]))
    v_proj.weight.copy_(torch.tensor([[4.0, 0.0, -2.0, -2.0, 0.0], [0.0, 2.0, 0.0, 0.0, 0.0]]))
print("queries:", torch.equal(q_proj(x), queries))
print("keys:   ", torch.equal(k_proj(x), keys))
print("values: ", torch.equal(v_proj(x), values))
scores = q_proj(x) @ k_proj(x).T  # (L_q, L_k)
print("sleep -> cats:", scores[5, 1].item(), "  cats -> sleep:", scores[1, 5].item())

# %% [markdown]
# All three. And the scores are no longer symmetric. (`torch.no_grad()` tells PyTorch that this
# change is ours and not part of a computation to be differentiated.)
#
# One projection is missing. The output has `d_head` = 2 numbers for each token, but the next part
# of the model expects `d_model` = 5. `o_proj` translates it back.
#
# **Predict.** Before you run it: write down the shape after each of the four projections, for a
# batch of 3 sentences with 6 tokens.

# %%
o_proj = nn.Linear(2, 5, bias=False)
batch = torch.stack([x, x[[0, 4, 2, 3, 1, 5]], x[[0, 1, 2, 3, 1, 5]]])  # (B, L, d_model)
with trace_shapes(B=3, L=6, d_head=2, d_model=5):
    q, k, v = q_proj(batch), k_proj(batch), v_proj(batch)
    head = F.scaled_dot_product_attention(q, k, v)
    result = o_proj(head)

# %% [markdown]
# In at `(B, L, d_model)`, out at `(B, L, d_model)`. The second shape in a `linear` line is its
# weight.
#
# The dot product is taken between vectors of `d_head` numbers, so the scale is
# $\sqrt{d_\mathrm{head}}$. Dividing by $\sqrt{d_\mathrm{model}}$ is a slip that shows only when
# the two differ. In Llama-2-7B they are 128 and 4096.
#
# ### `nn.Module`
#
# A class that holds learned weights derives from `nn.Module`. Its parts are made in `__init__`,
# after `super().__init__()`. What it computes is written in `forward`. You call the *object*, and
# PyTorch calls `forward`. An example that has nothing to do with attention:


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
# The attribute names become the names of the weights. That is how a trained model's weights find
# their place, and how the checks of this course put *their* weights into *your* module. So the
# names `q_proj`, `k_proj`, `v_proj` and `o_proj` matter.
#
# ## 8. Self-attention and cross-attention
#
# Three terms that are often mixed up:
#
# - The **attention mechanism** is the formula: three tensors in, output and weights out. It does
#   not ask where they come from.
# - **Self-attention**: queries, keys and values are all computed from the same `x`. The tokens of
#   a text look at each other.
# - **Cross-attention**: queries come from `x`, keys *and* values from another sequence, the
#   `context`. In a translator, the words written so far look at the sentence to be translated
#   (Vaswani et al. 2017, section 3.2.3).
#
# **Predict.** `x` has 5 tokens and `context` has 7. What shapes do the scores and the output
# have?

# %%
torch.manual_seed(3)
x_batch = torch.randn(2, 5, 9)  # (B, L_q, d_model)
context = torch.randn(2, 7, 9)  # (B, L_k, d_model)
q_proj, k_proj, v_proj = (nn.Linear(9, 4, bias=False) for _ in range(3))
o_proj = nn.Linear(4, 9, bias=False)
with trace_shapes(B=2, L_q=5, L_k=7, d_head=4, d_model=9):
    q = q_proj(x_batch)
    k, v = k_proj(context), v_proj(context)
    scores = q @ k.transpose(-2, -1) / math.sqrt(4)
    weights = torch.softmax(scores, dim=-1)
    crossed = o_proj(weights @ v)

# %% [markdown]
# The scores are `(B, L_q, L_k)`. The output has one vector for each token of `x`, however long
# the context is: the weighted average adds up over `L_k`.
#
# Self-attention is the special case in which the context is `x`. One piece of code serves both.
#
# **Predict.** A colleague's module accepts `context`, but by mistake computes keys and values
# from `x`. Does the shape of the output show it?


# %%
def attend_to(source):
    """The queries from x_batch; keys and values from the source."""
    return o_proj(F.scaled_dot_product_attention(q, k_proj(source), v_proj(source)))


def right(context):
    return attend_to(context)


def wrong(context):
    return attend_to(x_batch)


print("right:          ", tuple(right(context).shape))
print("context ignored:", tuple(wrong(context).shape))

# %% [markdown]
# It does not. What shows it is a *change*: if the context changes, the output must change.

# %%
changed = context.clone()
changed[:, 0] += 1.0
for name, module in [("right", right), ("context ignored", wrong)]:
    difference = (module(changed) - module(context)).abs().max().item()
    print(f"{name}: largest change of the output {difference:.3f}")

# %% [markdown]
# ## 9. What attention alone cannot know
#
# Two sentences with the same words:
#
# - the cats near the dog sleep
# - the dog near the cats sleep
#
# In the first the cats sleep. In the second, "sleep" should find that something is wrong: its
# subject is the dog.
#
# **Predict.** Does our head give "sleep" a different output in the second sentence?

# %%
swap = [0, 4, 2, 3, 1, 5]
other_words = [words[i] for i in swap]
print("second sentence:", " ".join(other_words))
first = F.scaled_dot_product_attention(queries, keys, values)  # (L, d_head)
second = F.scaled_dot_product_attention(queries[swap], keys[swap], values[swap])  # (L, d_head)
print("output of 'sleep', first sentence: ", first[5])
print("output of 'sleep', second sentence:", second[5])

# %% [markdown]
# No: it is the same. The score of "sleep" and "cats" depends on their two vectors and on nothing
# else. A weighted sum does not depend on the order of its terms. Where a word stands appears
# nowhere in the formula.
#
# What about all outputs together?
#
# **Predict.** We shuffle the tokens of `x` and run self-attention. What is the relation between
# the outputs and those of the unshuffled sentence?

# %%
order = torch.tensor([3, 5, 0, 4, 1, 2])
shuffled_first = F.scaled_dot_product_attention(queries[order], keys[order], values[order])
print("shuffle, then attend = attend, then shuffle:", torch.allclose(shuffled_first, first[order]))

# %% [markdown]
# The outputs are shuffled in the same way. This property is called **permutation equivariance**.
# For self-attention a sentence is a *set* of tokens.
#
# **Predict.** In cross-attention we shuffle only the context, not `x`. What happens to the
# output?

# %%
order = torch.randperm(7)
print("output unchanged:", torch.allclose(attend_to(context[:, order]), crossed, atol=1e-6))

# %% [markdown]
# Nothing happens: keys and values moved together, and the average is the same.
#
# The two "the" are a sharp case of this.
#
# **Predict.** Can any self-attention, with any weights, give different outputs to the two "the"
# of our sentence?

# %%
torch.manual_seed(4)
for _ in range(3):
    q_proj, k_proj, v_proj = (nn.Linear(5, 2) for _ in range(3))
    outputs = F.scaled_dot_product_attention(q_proj(x), k_proj(x), v_proj(x))  # (L, d_head)
    outputs = outputs.detach()  # only the numbers, without what a gradient would need
    print("first 'the':", outputs[0], "  second 'the':", outputs[3])

# %% [markdown]
# No. The same vector gives the same query, and the same query gives the same answer.
#
# The cure is to put the position *into* the vectors. The simplest way adds a vector for each
# position to `x`. Vaswani et al. 2017, section 3.5, give exactly this reason for their positional
# encodings.
#
# **Predict.** With positions added, which of the two pairs below still agree?

# %%
position = torch.randn(6, 5)  # (L, d_model)
outputs = []
for sentence in (x, x[swap]):
    placed = sentence + position  # (L, d_model)
    head = F.scaled_dot_product_attention(q_proj(placed), k_proj(placed), v_proj(placed))
    outputs.append(head.detach())  # (L, d_head)
print("first 'the':", outputs[0][0], "  second 'the':", outputs[0][3])
print("'sleep', first sentence:", outputs[0][5], "  second sentence:", outputs[1][5])

# %% [markdown]
# Neither. Now the head can tell the two sentences apart. Unit 06 builds the kind of positions
# that today's language models use.
#
# ## 10. Before you start the exercises
#
# There are four. Each one is a piece of this lesson, written once and for all shapes.
#
# | exercise | what to remember | section |
# |---|---|---|
# | `softmax(scores, dim=-1)` | the largest *along `dim`*, `keepdim`; no `torch.softmax` | 4 |
# | `scaled_scores(q, k)` | any axes in front; which width is under the root | 3, 5 |
# | `attention(q, k, v)` | weights over the keys, average of the values; returns both | 3, 6 |
# | `SingleHeadAttention(...)` | four projections, their names; what comes from `context` | 7, 8 |
#
# - `softmax` must work along any axis, for scores of 10000 and -10000, and in half precision.
# - `scaled_scores` returns `(..., L_q, L_k)`.
# - `attention` returns the pair `(output, weights)`.
# - `SingleHeadAttention(d_model, d_head, bias=False)` has `forward(x, context=None)`, which
#   returns `(B, L_q, d_model)`. `bias` is passed on to all four `nn.Linear`.
#
# `...` stands for any axes in front, also none. `q.shape[-1]` is the size of the last axis of
# `q`.
#
# Ways to find out by yourself whether your answer is right:
#
# - Every row of weights sums to one, also for scores of 10000.
# - Doubling the values doubles the output and leaves the weights alone.
# - Changing one query changes one row of the output.
# - Shuffling the context changes nothing; changing it does.
# - Use sizes that are all different. Then fewer mistakes can hide.
#
# ## Check yourself
#
# Answer first, then open.
#
# <details><summary>1. All scores of a row are equal, whatever they are. What is the
# output?</summary>
#
# The plain average of the values. Not zero: the weights still sum to one, so each is 1 / L_k. And
# not dependent on the common score: only differences count.
# </details>
#
# <details><summary>2. A head computes softmax over the wrong axis. Which test finds it: the shape
# of the weights, the sum of the rows, or the range of the weights?</summary>
#
# The sum of the rows. The shape is the same on both axes, and the weights lie between 0 and 1 in
# both.
# </details>
#
# <details><summary>3. <code>d_model</code> is 512, <code>d_head</code> is 64, the text has 100
# tokens. What is each score divided by?</summary>
#
# By 8, the square root of 64. The square root of 512 would make the weights too even, and the
# square root of 100 would change with every text.
# </details>
#
# <details><summary>4. In cross-attention the keys come from the context and the values, by
# mistake, from x. When does PyTorch complain?</summary>
#
# Only if x and the context have different lengths: then the weights (L_q, L_k) cannot be
# multiplied with L_q values. With equal lengths it runs, and delivers the wrong things.
# </details>
#
# <details><summary>5. Why does dividing by the square root of d_head matter at the start of
# training more than at the end?</summary>
#
# At the start the entries are random, so scores have a standard deviation of sqrt(d_head) without
# it, the softmax is saturated at random keys, and hardly any gradient comes through. A trained
# head may have large scores because it learned them.
# </details>
#
# ## Summary
#
# - Attention is a soft lookup: scores of a query with all keys, softmax, weighted average of the
#   values.
# - Softmax runs over the keys, with the row's largest score subtracted first.
# - Dividing by $\sqrt{d_\mathrm{head}}$ keeps the variance of random scores at 1, the softmax out
#   of saturation and the gradient alive.
# - Queries ask, keys find, values deliver. Different projections let these be different things;
#   `o_proj` leads back to `d_model`.
# - Self-attention takes all three from `x`; cross-attention takes keys and values from a context.
# - Attention alone does not know the order of the tokens.
# - Most mistakes here keep every shape right. Properties find them: row sums, doubled values,
#   changed context.
#
# Next: the exercises, in `workspace/01_single_head/01_single_head.ipynb`. Then lesson 02, on what
# a token must *not* look at.
