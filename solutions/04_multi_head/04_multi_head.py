# %% [markdown]
# # Exercises 04: multi-head attention
#
# One matrix multiplication instead of a loop over heads, written twice, and the weights carried
# over from two other implementations.
# The [lesson](../../lessons/04_multi_head.ipynb) shows every idea you need, with numbers.
#
# Heads have the layout `(B, H, L, d_head)` here, and a mask broadcasts to `(B, H, L_q, L_k)`.
#
# `mine("masked_attention", "MultiHeadLoop")` brings your own work from units 02 and 03, and the
# course's where yours does not pass yet; it says which.

# %%
import torch
from torch import nn

from autograder import check, hint, mine, status

masked_attention, MultiHeadLoop = mine("masked_attention", "MultiHeadLoop")

# %% [raw]
# exercise: split_heads
# title: From one wide vector to heads
# minutes: 15
# difficulty: 2
# points: 5
# prerequisites: []
# forbidden: []
# hints:
#   - >-
#     Take one token. Its vector is H pieces of width d_head, one after the other. Which of its
#     numbers belong to head 1?
#   - >-
#     Cutting the last axis in two keeps every number at its token: `(B, L, H, d_head)`. Then the
#     axis of heads has to change places with the axis of positions. A single `view` to
#     `(B, H, L, d_head)` has the right shape and the wrong numbers.
#   - |-
#     d_head = ?
#     first:  which axis is cut in two, and which of the two new axes stands in front?    # 4 axes
#     second: which two axes change places?                                # (B, H, L, d_head)

# %% [markdown]
# One projection makes the queries of all heads at once: `(B, L, H * d_head)`. The first `d_head`
# numbers of each token belong to head 0, the next to head 1, and so on. Give every head its own
# part: `(B, H, L, d_head)`.


# %%
def split_heads(x, num_heads):
    """Cut the last axis into heads.

    Args:
        x: ``(B, L, H * d_head)``; head 0 owns the first ``d_head`` numbers of each token, head 1
            the next.
        num_heads: number of heads, H.

    Returns:
        Tensor ``(B, H, L, d_head)``.
    """
    ### BEGIN SOLUTION
    batch, length, width = x.shape
    pieces = x.reshape(batch, length, num_heads, width // num_heads)  # (B, L, H, d_head)
    return pieces.transpose(1, 2)  # (B, H, L, d_head)
    ### END SOLUTION


# %% [markdown] tags=["explanation"]
# **Why it is right.** The cut of the last axis moves no number: it only reads the `H * d_head`
# numbers of a token as H rows. The transpose then puts the heads in front of the positions, so that
# each head sees all of its positions.
#
# **The usual wrong turns.** One `view(B, H, L, d_head)` has the same shape, but reads the memory
# row by row: head 0 gets all the numbers of the first `L / H` tokens. `view(B, L, d_head, H)` deals
# the numbers out like cards: head 0 gets every H-th.
#
# **What production code does.** Just this. The transpose copies nothing: it changes the strides.

# %% [raw]
# exercise: merge_heads
# title: And back
# minutes: 10
# difficulty: 2
# points: 4
# prerequisites: []
# forbidden: []
# hints:
#   - >-
#     It is `split_heads` backwards. Which of its two steps comes first now?
#   - >-
#     First bring the heads of one token side by side: `(B, L, H, d_head)`. After a transpose the
#     memory is no longer in that order, so `view` refuses; `reshape` copies.
#   - |-
#     first:  which axis has to stand next to d_head? Which two change places?    # 4 axes
#     second: which two axes become one?                                  # (B, L, H * d_head)
#     is the memory in that order? So view, or reshape?

# %% [markdown]
# The inverse of `split_heads`: the results of all heads side by side, head 0 first. It must also
# take heads whose memory is not in order, as after a transpose.


# %%
def merge_heads(x):
    """Put the heads of each position side by side: the inverse of ``split_heads``.

    Args:
        x: ``(B, H, L, d_head)``.

    Returns:
        Tensor ``(B, L, H * d_head)``, head 0 first.
    """
    ### BEGIN SOLUTION
    batch, num_heads, length, d_head = x.shape
    pieces = x.transpose(1, 2)  # (B, L, H, d_head)
    return pieces.reshape(batch, length, num_heads * d_head)  # (B, L, H * d_head)
    ### END SOLUTION


# %% [markdown] tags=["explanation"]
# **Why it is right.** The transpose brings the H pieces of one token next to each other; joining
# the last two axes then writes them one after the other, head 0 first.
#
# **The usual wrong turns.** Without the transpose, `reshape(B, L, H * d_head)` has the right shape
# and fills a token with numbers of *other positions* of head 0. `.view` after a transpose raises an
# error; adding `.contiguous()` in the wrong place silences it without mending the order.
#
# **What production code does.** `transpose(1, 2).reshape(...)`, and this one copies. Some kernels
# write their output in the order `(B, L, H, d_head)` to save the copy.

# %% [raw]
# exercise: MultiHeadAttention
# title: Multi-head attention
# minutes: 40
# difficulty: 3
# points: 18
# prerequisites: [masked_attention, split_heads, merge_heads]
# forbidden: [attention]
# hints:
#   - >-
#     The loop had H small matrices for the queries. What happens if you write them below each other
#     in one matrix? Which function gives each head its part of the product?
#   - >-
#     `q_proj`, `k_proj`, `v_proj` are `num_heads * d_head` wide. Split each into heads;
#     `masked_attention` takes any number of leading axes, so all heads run in one call; merge; then
#     `o_proj`.
#   - |-
#     in __init__: d_head as in the loop; four nn.Linear: from which width to which?
#     in forward:  if no context is given, what takes its place?
#                  q, k and v as heads: which from x, which from context?      # (B, H, L, d_head)
#                  one call for all heads: what goes in, and what comes out?   # (B, H, L_q, d_head)
#                  two steps back to (B, L_q, d_model): which one first?
#                  what comes back with return_weights, and what without?

# %% [markdown]
# All heads at once. The submodules are `q_proj`, `k_proj`, `v_proj` (`nn.Linear` from `d_model` to
# `num_heads * d_head`; the first `d_head` *output rows* belong to head 0) and `o_proj` (back to
# `d_model`). `d_head`, `bias`, context and mask mean what they meant in `MultiHeadLoop`. With
# `return_weights=True` the weights of every head come along, `(B, H, L_q, L_k)`.


# %%
class MultiHeadAttention(nn.Module):
    """Multi-head attention without a loop (Vaswani et al. 2017, Section 3.2.2).

    Args:
        d_model: width of the model, in and out.
        num_heads: number of heads, H.
        d_head: width of one head; ``None`` means ``d_model // num_heads``.
        bias: whether the four projections have a bias.

    Raises:
        ValueError: ``d_head`` is not given, and ``num_heads`` does not divide ``d_model``.
    """

    def __init__(self, d_model, num_heads, d_head=None, bias=True):
        super().__init__()
        ### BEGIN SOLUTION
        if d_head is None:
            if d_model % num_heads != 0:
                raise ValueError(f"{num_heads} heads do not divide d_model={d_model}: give d_head")
            d_head = d_model // num_heads
        self.num_heads = num_heads
        self.q_proj = nn.Linear(d_model, num_heads * d_head, bias=bias)
        self.k_proj = nn.Linear(d_model, num_heads * d_head, bias=bias)
        self.v_proj = nn.Linear(d_model, num_heads * d_head, bias=bias)
        self.o_proj = nn.Linear(num_heads * d_head, d_model, bias=bias)
        ### END SOLUTION

    def forward(self, x, context=None, mask=None, return_weights=False):
        """Attend from ``x (B, L_q, d_model)`` to ``context (B, L_k, d_model)``, or to ``x`` itself.

        Args:
            x: where the queries come from.
            context: where keys and values come from; ``None`` means ``x``.
            mask: boolean, broadcasts to ``(B, H, L_q, L_k)``, ``True`` = may attend.
            return_weights: whether to return the weights as well.

        Returns:
            The output ``(B, L_q, d_model)``, or ``(output, weights)`` with the weights of every
            head, ``(B, H, L_q, L_k)``. A query with no key to attend to gets ``o_proj``'s bias.
        """
        ### BEGIN SOLUTION
        if context is None:
            context = x
        q = split_heads(self.q_proj(x), self.num_heads)  # (B, H, L_q, d_head)
        k = split_heads(self.k_proj(context), self.num_heads)  # (B, H, L_k, d_head)
        v = split_heads(self.v_proj(context), self.num_heads)  # (B, H, L_k, d_head)
        heads, weights = masked_attention(q, k, v, mask)  # (B, H, L_q, d_head)
        joined = merge_heads(heads)  # (B, L_q, H * d_head)
        output = self.o_proj(joined)  # (B, L_q, d_model)
        return (output, weights) if return_weights else output
        ### END SOLUTION


# %% [markdown] tags=["explanation"]
# **Why it is right.** Row `r` of `q_proj`'s weight makes number `r` of the product. So the rows of
# H small matrices, written below each other, make the queries of head 0, head 1, ... side by side:
# what `split_heads` cuts apart. The attention itself treats the axis of heads like the axis of the
# batch. Nothing crosses from one head to another before `o_proj`.
#
# **The usual wrong turns.** A `view` in place of the split or the merge. The scale of `d_model`
# instead of `d_head`. Weights averaged over the heads, as `nn.MultiheadAttention` does by default.
# The mask forgotten in the call: every shape stays right.
#
# **What production code does.** It replaces the one line `masked_attention(q, k, v, mask)` by
# `torch.nn.functional.scaled_dot_product_attention(q, k, v, attn_mask=mask)`, which never stores
# the weights, and often makes q, k and v by one multiplication with a matrix three times as tall.

# %% [raw]
# exercise: multi_head_einsum
# title: The same with einsum
# minutes: 25
# difficulty: 3
# points: 7
# prerequisites: [masked_attention]
# forbidden: [attention]
# hints:
#   - >-
#     Name every axis by a letter: batch, length, d_model, head, d_head. Which letters does `x`
#     have, which does `w_q` have, and which should the queries have?
#   - >-
#     A letter that is missing on the right-hand side is summed over. For the queries that is the
#     letter of d_model. At the end *two* letters disappear at once: the heads are added up and each
#     head's width is contracted with `w_o`.
#   - |-
#     letters: x is b l d, each w_q, w_k, w_v is h d e
#     q, k, v = three einsums: which letters are left, and in which order?    # (B, H, L, d_head)
#     heads   = attention of these                                            # (B, H, L, d_head)
#     return one einsum of heads and w_o (h e d): which letters are left, which are summed over?

# %% [markdown]
# Self-attention once more, without biases, and with one small matrix per head kept in a tensor:
# `w_q`, `w_k`, `w_v` are `(H, d_model, d_head)`, `w_o` is `(H, d_head, d_model)`. With
# `torch.einsum` there is nothing to split and nothing to merge: the head is one more letter.
# Queries, keys and values take one einsum each, the output a fourth; between them stands your
# `masked_attention`.


# %%
def multi_head_einsum(x, w_q, w_k, w_v, w_o, mask=None):
    """Multi-head self-attention without biases, one matrix per head.

    Args:
        x: ``(B, L, d_model)``.
        w_q, w_k, w_v: ``(H, d_model, d_head)``.
        w_o: ``(H, d_head, d_model)``.
        mask: boolean, broadcasts to ``(B, H, L, L)``, ``True`` = may attend.

    Returns:
        Tensor ``(B, L, d_model)``.
    """
    ### BEGIN SOLUTION
    q = torch.einsum("bld,hde->bhle", x, w_q)
    k = torch.einsum("bld,hde->bhle", x, w_k)
    v = torch.einsum("bld,hde->bhle", x, w_v)
    heads, weights = masked_attention(q, k, v, mask)
    return torch.einsum("bhle,hed->bld", heads, w_o)
    ### END SOLUTION


# %% [markdown] tags=["explanation"]
# **Why it is right.** `o_proj` applied to joined heads is a sum: each head times its own block of
# columns, added up. So `w_o[h]` is that block, and summing over the letter `h` is the join and the
# output projection in one.
#
# **The usual wrong turns.** One letter for two axes: `bhle,bhle->bhl` meets each query with its own
# key only. A mean over heads in place of the sum. `w_o` of head 0 for all.
#
# **What production code does.** JAX and TensorFlow keep the weights in this layout; PyTorch keeps
# them in two dimensions and splits.

# %% [raw]
# exercise: fuse_heads
# title: From the loop to one matrix
# minutes: 20
# difficulty: 3
# points: 5
# prerequisites: [MultiHeadLoop]
# forbidden: []
# hints:
#   - >-
#     Print the names and shapes of `loop.state_dict()` and of a `MultiHeadAttention` with the same
#     arguments. Which tensors of the one make one tensor of the other?
#   - >-
#     A weight of `nn.Linear` is `(out, in)`: its *rows* are the outputs. So the heads' weights go
#     below each other, head 0 first; the biases one after the other. `o_proj` stays as it is.
#   - |-
#     for each of q_proj, k_proj, v_proj, and for weight and bias (are there any?):
#         which entries of the loop's state_dict belong together, in which order?
#         joined along which axis?    # (H * d_head, d_model); a bias (H * d_head,)
#     which entries go over unchanged?

# %% [markdown]
# Turn the weights of a `MultiHeadLoop` into weights for a `MultiHeadAttention` that computes the
# same. Return a `state_dict`: a dictionary from names to tensors. The loop is left as it is; it may
# have biases or not.


# %%
def fuse_heads(loop):
    """Weights of a ``MultiHeadAttention`` that equals the given ``MultiHeadLoop``.

    Args:
        loop: a ``MultiHeadLoop``, left as it is.

    Returns:
        ``state_dict`` with ``q_proj.weight`` of shape ``(H * d_head, d_model)`` and so on; rows of
        head 0 first. Biases only if the loop has them.
    """
    ### BEGIN SOLUTION
    state = loop.state_dict()
    fused = {"o_proj.weight": state["o_proj.weight"]}
    parts = ["weight"]
    if "o_proj.bias" in state:
        fused["o_proj.bias"] = state["o_proj.bias"]
        parts.append("bias")
    for name in ("q_proj", "k_proj", "v_proj"):
        for part in parts:
            pieces = [state[f"heads.{i}.{name}.{part}"] for i in range(len(loop.heads))]
            fused[f"{name}.{part}"] = torch.cat(pieces, dim=0)
    return fused
    ### END SOLUTION


# %% [markdown] tags=["explanation"]
# **Why it is right.** `nn.Linear` computes `x @ weight.T + bias`, so row `r` of the weight makes
# output `r`. Rows of head 0 first, then head 1: the product then has head 0 in its first `d_head`
# places, where `split_heads` looks for it.
#
# **The usual wrong turns.** Joined along axis 1 the weight is `(d_head, H * d_model)`: a shape that
# no `nn.Linear` here has. Interleaved rows (row 0 of each head, then row 1 of each) have the right
# shape and mix the heads. The order of sorted names, where `heads.10` stands before `heads.2`. The
# biases forgotten.
#
# **What production code does.** Checkpoints are converted in this way all the time; a wrong order
# of rows does not crash, the model just talks nonsense.

# %% [raw]
# exercise: from_torch
# title: From PyTorch's own module
# minutes: 20
# difficulty: 3
# points: 4
# prerequisites: []
# forbidden: []
# hints:
#   - >-
#     Print the names and shapes of the `state_dict` of an `nn.MultiheadAttention`. One of them is
#     three times as tall as the others. Why?
#   - >-
#     `in_proj_weight` is `(3 * d_model, d_model)`: the rows for q, then k, then v. `out_proj` is
#     our `o_proj`. With `bias=False` there is no `in_proj_bias`.
#   - |-
#     in_proj_weight (3 * d_model, d_model) in three parts: along which axis, and which one is q's?
#     which entry becomes o_proj.weight?
#     the same for the biases: what are they called, and when are there none?

# %% [markdown]
# Turn the weights of PyTorch's `nn.MultiheadAttention(d_model, num_heads, bias=...)` into weights
# for our `MultiHeadAttention(d_model, num_heads, bias=...)`. PyTorch's module is left as it is.


# %%
def from_torch(mha):
    """Weights of a ``MultiHeadAttention`` that equals PyTorch's module.

    Args:
        mha: an ``nn.MultiheadAttention`` whose keys and values are as wide as its queries, left as
            it is.

    Returns:
        ``state_dict`` with ``q_proj``, ``k_proj``, ``v_proj`` and ``o_proj``, weights of shape
        ``(d_model, d_model)``; biases only if ``mha`` has them. Rows of head 0 come first, in
        PyTorch's module as in ours.
    """
    ### BEGIN SOLUTION
    state = mha.state_dict()
    ours = {"o_proj.weight": state["out_proj.weight"]}
    q, k, v = state["in_proj_weight"].chunk(3, dim=0)
    ours |= {"q_proj.weight": q, "k_proj.weight": k, "v_proj.weight": v}
    if "in_proj_bias" in state:
        ours["o_proj.bias"] = state["out_proj.bias"]
        q, k, v = state["in_proj_bias"].chunk(3, dim=0)
        ours |= {"q_proj.bias": q, "k_proj.bias": k, "v_proj.bias": v}
    return ours
    ### END SOLUTION


# %% [markdown] tags=["explanation"]
# **Why it is right.** PyTorch stacks the three matrices: rows `0 .. d_model-1` make the queries,
# the next `d_model` rows the keys, the last the values. Within each, head 0 owns the first `d_head`
# rows, as in our module.
#
# **The usual wrong turns.** The three parts in another order. A transpose too many: both modules
# use `nn.Linear`'s `(out, in)`. The biases forgotten, which goes unnoticed in a fresh module: its
# biases start as zeros.
#
# **What production code does.** One product for q, k and v saves two calls. It needs inputs that
# are the same for all three: in cross-attention PyTorch has to cut the matrix too.
