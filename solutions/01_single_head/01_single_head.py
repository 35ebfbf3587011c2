# %% [markdown]
# # Exercises 01: a single head
#
# Four exercises take you from one softmax to a whole attention head that you can train.
# The [lesson](../../lessons/01_single_head.ipynb) shows every idea you need, with numbers.
#
# Write your answer where the cell says `YOUR CODE HERE`, run the cell, then run the check below it.
# A check never shows the answer. It shows the smallest case in which yours differs, and says what
# to think about. `hint("softmax")` gives one hint at a time.

# %%
import math

import torch
from torch import nn

from autograder import check, hint, status

# %% [raw]
# exercise: softmax
# title: A softmax that never overflows
# minutes: 15
# difficulty: 2
# points: 5
# prerequisites: []
# forbidden: [softmax]
# hints:
#   - >-
#     `exp(1e4)` is infinity. Which number could you subtract from a whole row of scores without
#     changing its softmax?
#   - >-
#     Adding the same constant to every score of a row multiplies numerator and denominator by the
#     same factor, so it cancels. Subtract each row's own maximum: the largest exponent is then 0.
#     `keepdim=True` keeps the reduced axis, so that the result still lines up with the scores.
#   - |-
#     largest    = a maximum: of the whole tensor, or of each row? along which axis?
#     numerators = exp of what?                  # the shape of scores
#     return numerators / their sum: along which axis, and with how many axes left?

# %% [markdown]
# Softmax turns any row of scores into weights that are positive and add up to 1:
#
# $$\mathrm{softmax}(s)_i = \frac{e^{s_i}}{\sum_j e^{s_j}}$$
#
# Write it so that scores of ±10 000 and half precision give finite weights. `dim` names the axis
# along which the weights add up to 1. PyTorch's own softmax is not allowed here.


# %%
def softmax(scores, dim=-1):
    """Softmax of ``scores`` along ``dim``.

    Args:
        scores: floating-point tensor of any shape, left as it is.
        dim: the axis along which the weights add up to 1.

    Returns:
        Tensor of the same shape and dtype; finite even for scores of +-1e4.
    """
    ### BEGIN SOLUTION
    largest = scores.amax(dim=dim, keepdim=True)
    numerators = torch.exp(scores - largest)
    return numerators / numerators.sum(dim=dim, keepdim=True)
    ### END SOLUTION


# %% [markdown] tags=["explanation"]
# **Why it is right.** Subtracting the maximum changes nothing in exact arithmetic, because the
# factor $e^{-\max}$ cancels. In floating point it changes everything: the largest exponential is
# $e^0 = 1$, so nothing overflows, and the sum is at least 1, so nothing is divided by zero.
#
# **The usual wrong turns.** No maximum subtracted: `inf / inf` is NaN. The maximum of the whole
# tensor instead of each row's: a row far below it underflows to `0 / 0`. The wrong axis: the
# numbers look like probabilities, but another set of them adds up to 1.
#
# **What production code does.** The same subtraction. FlashAttention keeps a running maximum, so
# that it can do it block by block without ever holding a whole row (Dao et al. 2022, Section 3.1).

# %% [raw]
# exercise: scaled_scores
# title: Scores of the right size
# minutes: 10
# difficulty: 1
# points: 3
# prerequisites: []
# forbidden: [attention]
# hints:
#   - >-
#     Every query meets every key: for one query row and one key row, what single number says how
#     well they match?
#   - >-
#     All dot products at once are one matrix product, with the keys transposed in their last two
#     axes. A sum of d_head products has a variance of d_head: divide by the matching *standard
#     deviation*.
#   - |-
#     q is (..., L_q, d_head), k is (..., L_k, d_head), the scores are (..., L_q, L_k)
#     products = one matrix product: which two axes of k change places?
#     return products / what? The size of which axis, and the root of it or not?

# %% [markdown]
# The scores are the dot products of every query with every key, divided by
# $\sqrt{d_\text{head}}$:
#
# $$S = \frac{Q K^\top}{\sqrt{d_\text{head}}}$$
#
# Any number of leading axes may stand in front: `(L_q, d_head)`, `(B, L_q, d_head)`,
# `(B, H, L_q, d_head)`.


# %%
def scaled_scores(q, k):
    """Scaled dot products of every query with every key (Vaswani et al. 2017, Eq. 1).

    Args:
        q: queries ``(..., L_q, d_head)``.
        k: keys ``(..., L_k, d_head)``.

    Returns:
        Scores ``(..., L_q, L_k)``.
    """
    ### BEGIN SOLUTION
    d_head = q.shape[-1]
    return q @ k.transpose(-2, -1) / math.sqrt(d_head)
    ### END SOLUTION


# %% [markdown] tags=["explanation"]
# **Why it is right.** If the entries of `q` and `k` are independent with mean 0 and variance 1,
# their dot product has variance `d_head`. Dividing by its square root brings the variance back to
# 1, whatever the width of the head, and the softmax stays in the range where it can learn.
#
# **The usual wrong turns.** No scale, or the scale of something else: `d_head` without the root,
# the model's width, the number of tokens. Each gives weights that are too sharp or too flat.
#
# **What production code does.** It folds the scale into the queries, or into the exponent of the
# softmax. The product is the same.

# %% [raw]
# exercise: attention
# title: Attention, the soft lookup
# minutes: 15
# difficulty: 2
# points: 7
# prerequisites: [softmax, scaled_scores]
# forbidden: [attention]
# hints:
#   - >-
#     Attention is a weighted average. What is averaged, and where do the weights come from?
#   - >-
#     The weights of one query add up to 1 over the *keys*: that is the last axis of the scores.
#     The keys decide how much; the values are what is delivered.
#   - |-
#     scores  = ?                                # (..., L_q, L_k)
#     weights = softmax of them: along the axis of the queries, or of the keys?
#     output  = weights and what, in one product?    # (..., L_q, d_v)
#     return both: which one first?

# %% [markdown]
# Now the whole lookup: every query receives an average of the values, weighted by how well it
# matches the keys. Return the output *and* the weights. The values may be wider or narrower than
# the keys. Your own `softmax` and `scaled_scores` are welcome.


# %%
def attention(q, k, v):
    """Scaled dot-product attention (Vaswani et al. 2017, Eq. 1).

    Args:
        q: queries ``(..., L_q, d_head)``.
        k: keys ``(..., L_k, d_head)``.
        v: values ``(..., L_k, d_v)``.

    Returns:
        ``(output, weights)``: output ``(..., L_q, d_v)``, weights ``(..., L_q, L_k)``, each row of
        which adds up to 1.
    """
    ### BEGIN SOLUTION
    scores = scaled_scores(q, k)
    weights = softmax(scores, dim=-1)
    output = weights @ v
    return output, weights
    ### END SOLUTION


# %% [markdown] tags=["explanation"]
# **Why it is right.** Row `i` of the weights holds the shares that query `i` gives to each key.
# The product with `v` adds the values in these shares.
#
# **The usual wrong turns.** The softmax along the queries: then the *columns* add up to 1, and a
# query can receive nothing or ten times too much. Keys and values exchanged: with equal widths
# nothing crashes, and the model learns worse without telling you.
#
# **What production code does.** `torch.nn.functional.scaled_dot_product_attention` computes the
# same output without ever storing the `L_q x L_k` weights, so it cannot return them.

# %% [raw]
# exercise: SingleHeadAttention
# title: A head that learns
# minutes: 25
# difficulty: 3
# points: 6
# prerequisites: [attention]
# forbidden: [attention]
# hints:
#   - >-
#     Three views of the data are needed: what I look for, what I can be found by, what I deliver.
#     Which of them come from `x`, and which from `context`?
#   - >-
#     `q_proj`, `k_proj` and `v_proj` go from d_model to d_head; `o_proj` brings the result back to
#     d_model. Without a context the sequence attends to itself.
#   - |-
#     in __init__: four nn.Linear: from which width to which, and which of them have a bias?
#     in forward:  if no context is given, what takes its place?
#                  q from what?                  # (B, L_q, d_head)
#                  k and v from what?            # (B, L_k, d_head)
#                  attention gives two things: which one goes on?
#                  what brings it to (B, L_q, d_model)?

# %% [markdown]
# A head learns four projections. Use four `nn.Linear` submodules with exactly these names:
# `q_proj`, `k_proj`, `v_proj` (from `d_model` to `d_head`) and `o_proj` (back to `d_model`). Give
# all of them a bias, or none, as `bias` says. With a `context`, the queries come from `x`, the keys
# and values from the context (cross-attention); without one, everything comes from `x`
# (self-attention).


# %%
class SingleHeadAttention(nn.Module):
    """One attention head with learned projections.

    Args:
        d_model: width of the model, in and out.
        d_head: width of queries, keys and values.
        bias: whether the four projections have a bias.
    """

    def __init__(self, d_model, d_head, bias=False):
        super().__init__()
        ### BEGIN SOLUTION
        self.q_proj = nn.Linear(d_model, d_head, bias=bias)
        self.k_proj = nn.Linear(d_model, d_head, bias=bias)
        self.v_proj = nn.Linear(d_model, d_head, bias=bias)
        self.o_proj = nn.Linear(d_head, d_model, bias=bias)
        ### END SOLUTION

    def forward(self, x, context=None):
        """Attend from ``x (B, L_q, d_model)`` to ``context (B, L_k, d_model)``, or to ``x`` itself.

        Returns:
            Tensor ``(B, L_q, d_model)``.
        """
        ### BEGIN SOLUTION
        if context is None:
            context = x
        q = self.q_proj(x)
        k = self.k_proj(context)
        v = self.v_proj(context)
        output, weights = attention(q, k, v)
        return self.o_proj(output)
        ### END SOLUTION


# %% [markdown] tags=["explanation"]
# **Why it is right.** Queries say what each position of `x` looks for; keys and values describe
# what the context offers. `o_proj` brings the result back to the model's width.
#
# **The usual wrong turns.** The context forgotten, or used for the queries as well; the scale taken
# from `d_model` instead of `d_head`; a bias that ignores the argument. With equal
# lengths all of these have the right shape, and training raises no error.
#
# **What production code does.** It stores the three projections of all heads in one matrix, so that
# one multiplication does the work of many. Unit 04 gets there.
