# %% [markdown]
# # 4. Multi-head attention without the loop
#
# Lesson 03 ran its heads one after the other, in a Python loop. Real models do not. They
# compute all heads in one matrix multiplication, cut the result into heads, and glue the heads
# together again. The numbers are the same. But cutting and gluing has a famous trap: the wrong
# cut has the right shape, raises no error, and the model even trains.
#
# This lesson answers eleven questions.
#
# 1. How do H small matrices become one tall matrix?
# 2. How is the wide result cut into heads, and why is `view` alone wrong?
# 3. How are heads joined again, and why does a round trip prove nothing?
# 4. What do wrong cuts do to a model?
# 5. How do all heads attend in one call?
# 6. What does `einsum` do, and why does it need no cutting?
# 7. How are weights carried from one implementation to another?
# 8. Are loop, fused, einsum, `nn.MultiheadAttention` and SDPA really the same, gradients too?
# 9. Which heads may be permuted, and what must move with them?
# 10. Why is the fused version faster, and when is it not?
# 11. What does it cost to write the weights down, and who need not?
#
# You need lessons 02 and 03: masks, and the loop of heads with `heads.0.q_proj`, ..., `o_proj`.
# Plan about 90 minutes. Where it says **Predict**, write your answer down before you run the cell.

# %%
import json
import math
import statistics
import time
from itertools import product
from pathlib import Path

import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F
from matplotlib.patches import Rectangle
from torch import nn

import attnlab
from attnlab import COLOURS, heatmap, show, table, trace_shapes
from autograder import mine

masked_attention, MultiHeadLoop = mine("masked_attention", "MultiHeadLoop")
torch.manual_seed(0)
torch.set_printoptions(precision=3, sci_mode=False)
torch.set_num_threads(1)  # one core: the timings of section 10 then compare work, not scheduling

# %% [markdown]
# `mine` fetches what *you* wrote in units 02 and 03, and the course's version where yours does
# not pass yet. It says which. `masked_attention(q, k, v, mask)` returns `(output, weights)`;
# `MultiHeadLoop(d_model, num_heads, d_head, bias)` is the loop.
#
# ## 1. One tall matrix
#
# Two heads make their queries from the same token. The token has `d_model = 3` numbers, each head
# has `d_head = 2`. A weight of `nn.Linear` is `(out, in)`, so each head's is `(2, 3)`: one *row*
# for each number that comes out.

# %%
x = torch.tensor([1, 2, 3])  # (d_model,)
head_0 = torch.tensor([[1, 0, 0], [0, 1, 1]])  # (d_head, d_model)
head_1 = torch.tensor([[2, 0, 0], [0, 0, -1]])  # (d_head, d_model)
print("query of head 0:", (head_0 @ x).tolist(), "  by hand: 1·1, then 2 + 3")
print("query of head 1:", (head_1 @ x).tolist(), " by hand: 2·1, then -3")

# %% [markdown]
# Row `r` of a matrix makes number `r` of the product, and no other row has a say in it. So we may
# write all rows below each other. `torch.cat([a, b], dim=0)` does that: it joins tensors along
# axis 0, the axis of the rows.
#
# **Predict.** What is `tall @ x`? Which of its numbers belong to head 1?

# %%
tall = torch.cat([head_0, head_1], dim=0)  # (H * d_head, d_model)
print(tall)
print("tall @ x:", (tall @ x).tolist())

# %% [markdown]
# The four numbers of the two heads, side by side. The first `d_head` belong to head 0, the next
# `d_head` to head 1. That is the order of the rows.
#
# Two other ways to put the rows together come to mind. **Predict.** Which of them raises an
# error? What does the other one give?

# %%
wide = torch.cat([head_0, head_1], dim=1)  # (d_head, H * d_model)
shuffled = torch.stack([head_0, head_1], dim=1).flatten(0, 1)  # row 0 of each head, then row 1
try:
    wide @ x
except RuntimeError as error:
    print(f"cat along dim=1, {tuple(wide.shape)}:", error)
print(f"row 0 of each head first, {tuple(shuffled.shape)}:", (shuffled @ x).tolist())


# %%
def draw_cells(ax, numbers, owners, title, row_names, column_names):
    """A table of integers; blue cells belong to head 0, orange ones to head 1."""
    for (row, column), number in zip(
        product(*map(range, numbers.shape)), numbers.flatten().tolist(), strict=True
    ):
        first = int(owners[row, column]) == 0
        face = COLOURS["blue"] if first else COLOURS["yellow"]  # Okabe and Ito call it orange
        place = (column - 0.5, row - 0.5)
        ax.add_patch(Rectangle(place, 1, 1, facecolor=face, edgecolor="white", lw=2))
        colour = "white" if first else "black"
        ax.text(column, row, number, ha="center", va="center", color=colour, fontsize=11)
    rows, columns = numbers.shape
    ax.set(xlim=(-0.5, columns - 0.5), ylim=(rows - 0.5, -0.5), aspect="equal", title=title)
    ax.set_xticks(range(columns), column_names)
    ax.set_yticks(range(rows), row_names)
    ax.tick_params(length=0)
    for spine in ax.spines.values():
        spine.set_visible(False)


fig, axes = plt.subplots(1, 3, figsize=(8.0, 3.9))
panels = {"head 0's matrix": head_0, "head 1's matrix": head_1, "one tall matrix": tall}
for ax, (name, matrix), owner in zip(axes, panels.items(), (0, 1, None), strict=True):
    heads_of_rows = [0, 0, 1, 1] if owner is None else [owner, owner]
    owners = torch.tensor(heads_of_rows)[:, None].expand(matrix.shape)
    draw_cells(ax, matrix, owners, name, range(len(matrix)), range(3))
    ax.set(xlabel="input number", ylabel="row = output number", anchor="N")
fig.suptitle("Blue (head 0) above orange (head 1): the tall matrix keeps every row whole")
show(
    fig,
    "Two 2 by 3 matrices, head 0 in blue and head 1 in orange, and the 4 by 3 matrix made of both. "
    f"Its rows: {tall.tolist()}; the first two are head 0's, the last two head 1's.",
)

# %% [markdown]
# With `dim=1` the matrix is too wide for the token: an error, which is good. Rows dealt out in
# turn have the right shape and the right numbers in the *wrong places*. No error. Whoever expects
# head 0 in the first two places gets one number of each head.
#
# A bias is one number for each output. It has a single axis, so biases are joined along `dim=0`
# as well.
#
# Now with `nn.Linear`, three heads, a bias, and a batch. `torch.no_grad()` says that this change
# of weights is ours and no part of the computation; `copy_` writes into a tensor.
#
# **Predict.** Three products with `(4, 7)` matrices against one with a `(12, 7)` matrix: how much
# do the results differ?

# %%
small = [nn.Linear(7, 4) for _ in range(3)]  # H=3, d_model=7, d_head=4
tall = nn.Linear(7, 12)
with torch.no_grad():
    tall.weight.copy_(torch.cat([each.weight for each in small], dim=0))  # (H * d_head, d_model)
    tall.bias.copy_(torch.cat([each.bias for each in small], dim=0))  # (H * d_head,)
batch = torch.randn(2, 5, 7)  # (B, L, d_model)
side_by_side = torch.cat([each(batch) for each in small], dim=-1)  # (B, L, H * d_head)
at_once = tall(batch)  # (B, L, H * d_head)
print("shapes", tuple(side_by_side.shape), tuple(at_once.shape))
print("equal up to rounding:", torch.allclose(side_by_side, at_once, atol=1e-6))

# %% [markdown]
# Not at all, up to rounding (a taller product may add its terms in another order).
#
# So one multiplication makes the queries of all heads: `(B, L, H * d_head)`. The keys and values
# are made in the same way, by their own tall matrices. Attention, however, needs each head apart.
#
# ## 2. Cutting into heads
#
# To follow single numbers we give each of them a name. Three tokens, two heads of width 4. The
# number `10 * token + slot` tells where it comes from: **tens = token, ones = slot**. Slots 0 to
# 3 belong to head 0, slots 4 to 7 to head 1.

# %%
x = torch.tensor([[[10 * token + slot for slot in range(8)] for token in range(3)]])
print(tuple(x.shape), " = (B, L, H * d_head)")
print(x)

# %% [markdown]
# `(B, H, L, d_head)` is what we want: for each head a table with a row for each token. Two moves
# lead there.
#
# **Move 1: cut.** `x.view(1, 3, 2, 4)` reads the last axis, 8 numbers, as 2 pieces of 4. `view`
# moves nothing: the numbers lie in memory in one long line, and `view` only changes how the line
# is read.
#
# **Predict.** In the result, what is `cut[0, 1, 0]`? (Token 1, head 0.)

# %%
cut = x.view(1, 3, 2, 4)  # (B, L, H, d_head)
print("token 1, head 0:", cut[0, 1, 0].tolist())
print("token 1, head 1:", cut[0, 1, 1].tolist())

# %% [markdown]
# Right so far: each token keeps its own numbers. But the axis of tokens stands before the axis of
# heads.
#
# **Move 2: exchange.** `transpose(1, 2)` lets the axes 1 and 2 change places.

# %%
heads = cut.transpose(1, 2)  # (B, H, L, d_head)
print(tuple(heads.shape))
print("head 0:", heads[0, 0].tolist())
print("head 1:", heads[0, 1].tolist())

# %% [markdown]
# Head 0 has the slots 0 to 3 of all three tokens, head 1 the slots 4 to 7.
#
# Neither move copied a number. PyTorch keeps, beside the line of numbers, a *stride* for each
# axis: how many places to go along the line for one step on this axis. `data_ptr()` is the
# address where the line begins.
#
# **Predict.** In `x`, one step to the next token is 8 places. Which two strides does
# `transpose(1, 2)` exchange?

# %%
rows = [
    [name, tuple(each.shape), each.stride(), each.data_ptr() == x.data_ptr()]
    for name, each in {"x": x, "cut": cut, "heads": heads}.items()
]
table(rows, ["tensor", "shape", "strides", "same memory as x"])

# %% [markdown]
# One step to the next *token* is still 8 places, one step to the next *head* 4. Only their order
# in the shape has changed. (The stride of an axis of size 1 never matters.)
#
# ### The trap
#
# The target shape is known: `(1, 2, 3, 4)`. So why not ask for it at once, with
# `x.view(1, 2, 3, 4)`? `view` still reads the same line from left to right.
#
# **Predict.** The line is 0 1 2 ... 7, 10 ... 17, 20 ... 27. Head 0 takes the first 3 · 4 = 12
# numbers. Which are they?

# %%
view_alone = x.view(1, 2, 3, 4)  # the shape of (B, H, L, d_head), and nothing else of it
print("head 0:", view_alone[0, 0].tolist())
print("head 1:", view_alone[0, 1].tolist())

# %% [markdown]
# Another slip cuts in the wrong order: `view(1, 3, 4, 2)`, "4 pieces of 2" instead of "2 pieces
# of 4". The numbers are then dealt out like cards: one to head 0, one to head 1, one to head 0.
# (`permute(0, 3, 1, 2)` names the new order of all axes at once.)
#
# In the picture, the colour is the head that a number *belongs* to.

# %%
splits = {
    "right: view, then transpose": heads,
    "wrong: view alone": view_alone,
    "wrong: dealt like cards": x.view(1, 3, 4, 2).permute(0, 3, 1, 2),
}
fig, axes = plt.subplots(2, 3, figsize=(10.2, 5.6))
for column, (name, split) in enumerate(splits.items()):
    for head in range(2):
        ax = axes[head, column]
        numbers = split[0, head]  # (L, d_head)
        draw_cells(ax, numbers, numbers % 10 // 4, name if head == 0 else "", range(3), range(4))
        ax.set_ylabel(f"given to head {head}\nposition")
    axes[1, column].set_xlabel("place in d_head")
fig.suptitle("Three cuts, one shape (1, 2, 3, 4): blue belongs to head 0, orange to head 1")
show(
    fig,
    "Numbers are 10 * token + slot. "
    + "; ".join(
        f"{name}: head 0 gets {split[0, 0].tolist()}, head 1 gets {split[0, 1].tolist()}"
        for name, split in splits.items()
    )
    + ".",
)

# %% [markdown]
# - **Right.** Each head is of one colour, and row = token.
# - **View alone.** Both colours in each head. And look at the tens: "position 1" of head 0 is
#   still token 0. Head 0 has the *first half of the text*, head 1 the second half. A head that
#   should see all tokens sees half of them.
# - **Dealt.** Row = token is right, but each head has half of the other head's numbers.
#
# The check is always the same: colour (head) and tens (token), not the shape.
#
# ## 3. Joining heads again
#
# After attention each head has a result `(B, H, L, d_head)`, and `o_proj` wants them side by
# side: `(B, L, H * d_head)`. So backwards: exchange, then join the last two axes.
#
# **Predict.** `view` cannot move numbers. After `transpose`, can it still join the last two axes?

# %%
result = torch.stack([x[0, :, :4], x[0, :, 4:]])[None]  # (B, H, L, d_head), in order in memory
pieces = result.transpose(1, 2)  # (B, L, H, d_head)
print("strides of the result:", result.stride(), "  after transpose:", pieces.stride())
try:
    pieces.view(1, 3, 8)
except RuntimeError as error:
    print("view:   ", str(error).split(". Use")[0])
joined = pieces.reshape(1, 3, 8)  # (B, L, H * d_head)
print("reshape:", joined[0].tolist())
print("copied: ", joined.data_ptr() != result.data_ptr(), "  same as before the cut:",
      torch.equal(joined, x))  # fmt: skip

# %% [markdown]
# The numbers of one token are no longer neighbours on the line: head 0's lie here, head 1's 12
# places further. No stride can step through that, so `view` refuses. `reshape` does what `view`
# does if it can, and copies otherwise. (`flatten(2)`, "join all axes from 2 on", is short for
# it.)
#
# The error is a help. Two ways to silence it are not.
#
# **Predict.** `result.reshape(1, 3, 8)`, without the transpose. Which numbers land at token 0?

# %%
merges = {
    "right: transpose, then reshape": joined,
    "wrong: reshape without transpose": result.reshape(1, 3, 8),
}
fig, axes = plt.subplots(1, 2, figsize=(10.2, 2.9))
for ax, (name, merged) in zip(axes, merges.items(), strict=True):
    draw_cells(ax, merged[0], merged[0] % 10 // 4, name, range(3), range(8))
    ax.set(xlabel="place: what o_proj reads", ylabel="token")
fig.suptitle("Without the transpose a token gets other tokens' numbers")
silenced = result.contiguous().view(1, 3, 8)
print("contiguous().view(...) gives the wrong one:", torch.equal(silenced, result.reshape(1, 3, 8)))
show(
    fig,
    "; ".join(f"{name}: rows {merged[0].tolist()}" for name, merged in merges.items())
    + ". In the right one, row t holds the numbers of token t, head 0 first.",
)

# %% [markdown]
# Token 0 got head 0's result for token 0 *and for token 1*. The same comes out of
# `result.contiguous().view(1, 3, 8)`: `contiguous()` writes a tensor in order, but this one *was*
# in order. In the wrong place it silences the error and mends nothing.
#
# ### A round trip proves nothing
#
# A test that comes to mind: cut, join, and see whether `x` comes back.
#
# **Predict.** Which of the five pairs below pass?


# %%
def cut_right(x, num_heads):
    return x.unflatten(-1, (num_heads, -1)).transpose(1, 2)  # (B, H, L, d_head)


def join_right(heads):
    return heads.transpose(1, 2).flatten(2)  # (B, L, H * d_head)


def cut_by_view(x, num_heads):
    return x.view(x.shape[0], num_heads, x.shape[1], -1)


def join_by_view(heads):
    return heads.reshape(heads.shape[0], heads.shape[2], -1)


def cut_as_cards(x, num_heads):
    return x.unflatten(-1, (-1, num_heads)).permute(0, 3, 1, 2)


def join_as_cards(heads):
    return heads.permute(0, 2, 3, 1).flatten(2)


pairs = {
    "right / right": (cut_right, join_right),
    "view / view": (cut_by_view, join_by_view),
    "cards / cards": (cut_as_cards, join_as_cards),
    "right / view": (cut_right, join_by_view),
    "view / right": (cut_by_view, join_right),
}
table(
    [[name, torch.equal(join(cut(x, 2)), x)] for name, (cut, join) in pairs.items()],
    ["cut / join", "round trip gives x back"],
)

# %% [markdown]
# (`unflatten(-1, (H, -1))` cuts an axis in two; `-1` means "whatever is left".)
#
# Two mistakes can undo each other. The round trip tests whether the join fits the cut, not
# whether either is right. A test has to look at *one* of them, with numbers that carry their
# name.
#
# ## 4. What wrong cuts do to a model
#
# A self-attention with a causal mask, six tokens, two heads. The same weights for all; only cut
# and join differ. We ask what lesson 02 asked: change token `j`; which outputs move?
#
# `F.linear(x, weight)` is what `nn.Linear` computes, `x @ weight.T`, with a weight that we hold
# ourselves.
#
# **Predict.** Under the causal mask output 0 may depend on token 0 alone. For which pairs does it
# depend on a later token?

# %%
torch.manual_seed(1)
H, L, d_model, d_head = 2, 6, 5, 4
w_q, w_k, w_v = (torch.randn(H * d_head, d_model) / math.sqrt(d_model) for _ in range(3))
w_o = torch.randn(d_model, H * d_head) / math.sqrt(H * d_head)
causal = torch.ones(L, L, dtype=torch.bool).tril()  # (L_q, L_k)


def attend(x, cut, join, rows=lambda weight: weight, columns=lambda weight: weight):
    """Causal multi-head self-attention with a given cut and join."""
    q, k, v = (cut(F.linear(x, rows(weight)), H) for weight in (w_q, w_k, w_v))
    output, _ = masked_attention(q, k, v, causal)  # (B, H, L, d_head)
    return F.linear(join(output), columns(w_o))  # (B, L, d_model)


def who_moves(model, x):
    """Row i, column j: does output i move when token j changes?"""
    moved = torch.zeros(L, L, dtype=torch.bool)  # (output, changed token)
    for j in range(L):
        changed = x.clone()
        changed[:, j] += 1.0
        moved[:, j] = (model(changed) - model(x))[0].abs().amax(-1) > 1e-5
    return moved


x = torch.randn(1, L, d_model)  # (B, L, d_model)
reach = {
    name: who_moves(lambda x, cut=cut, join=join: attend(x, cut, join), x)
    for name, (cut, join) in pairs.items()
}

# %%
drawn = {name: reach[name] for name in pairs if "cards" not in name}
fig, axes = plt.subplots(1, 4, figsize=(12.4, 3.9))
for ax, (name, moved) in zip(axes, drawn.items(), strict=True):
    heatmap(moved.double(), title=name, ax=ax, digits=0, limits=(0, 1))
    for i, j in moved.triu(1).nonzero().tolist():
        place = (j - 0.44, i - 0.44)
        ax.add_patch(Rectangle(place, 0.88, 0.88, fill=False, edgecolor=COLOURS["orange"], lw=2.5))
    ax.set(xlabel="changed token", ylabel="output" if ax is axes[0] else "")
fig.suptitle("cut / join: 1 where the output moves; framed = a look into the future")
show(
    fig,
    "Which outputs move when a token changes, under a causal mask. "
    + "; ".join(
        f"{name}: {int(moved.triu(1).sum())} looks into the future, "
        f"{int((~moved & causal).sum())} allowed looks missing"
        for name, moved in drawn.items()
    ),
)

# %% [markdown]
# - **view / right** and **right / view** leak. Output 0 moves with tokens that come later, though
#   a right causal mask was given. The mask masks *positions inside a head*, and these positions
#   are no longer tokens. Lesson 02 showed what such a leak does to a model in training.
# - **view / view** does not leak. It is blind: the second half of the text never sees the first,
#   because each head holds one half.
#
# Three properties, for all pairs. "Equals the loop" is the test that counts: the loop of lesson
# 03, with the same rows of the same matrices. (`chunk(2, dim=0)` cuts the rows into 2 equal
# blocks: cat, backwards.)
#
# **Predict.** *Cards / cards* passes the round trip. Does it pass the other tests?


# %%
def deal(weight, dim):
    """Reorder rows (or columns): number 0 of each head, then number 1 of each head, ..."""
    blocks = weight.unflatten(dim, (H, d_head))
    return blocks.transpose(dim, dim + 1).flatten(dim, dim + 1)


outputs = []
for q_rows, k_rows, v_rows in zip(*(w.chunk(H, dim=0) for w in (w_q, w_k, w_v)), strict=True):
    q, k, v = (F.linear(x, rows) for rows in (q_rows, k_rows, v_rows))  # each (B, L, d_head)
    outputs.append(masked_attention(q, k, v, causal)[0])
by_loop = F.linear(torch.cat(outputs, dim=-1), w_o)  # (B, L, d_model)

versions = {name: (attend(x, *pair), reach[name]) for name, pair in pairs.items()}
redealt = attend(x, cut_as_cards, join_as_cards, lambda w: deal(w, 0), lambda w: deal(w, 1))
versions["cards / cards, weights dealt too"] = (redealt, reach["cards / cards"])
table(
    [
        [
            name,
            tuple(output.shape) == (1, L, d_model),
            not (moved & ~causal).any(),
            not (~moved & causal).any(),
            torch.allclose(output, by_loop, atol=1e-5),
        ]
        for name, (output, moved) in versions.items()
    ],
    ["cut / join", "right shape", "no look ahead", "sees all of the past", "equals the loop"],
)

# %% [markdown]
# The shape is always right. Dealt cards pass everything but the last column. And the last row
# passes that too: with rows and columns of the weights dealt in the same order it is the same
# function. So a model *trained from scratch* with dealt cards is as good as any other; it merely
# keeps its rows in another order. It goes wrong on the day when weights arrive from somewhere
# else. The order of heads in a weight is a convention, and conventions have to be shared.
#
# Both mistakes have been published as working code.
# [reczoo/FuxiCTR#30](https://github.com/reczoo/FuxiCTR/issues/30): heads cut by a `view` without
# transpose, in three models at once.
# [jsbaan/transformer-from-scratch#6](https://github.com/jsbaan/transformer-from-scratch/pull/6):
# joined without the exchange of axes; the training test had passed, because its task was too easy
# to need the right order.
#
# ## 5. All heads in one call
#
# `@` multiplies the last two axes and repeats that for all axes before them (lesson 01). Before
# `(L, d_head)` there is now `B` and `H`. So attention treats the heads like sentences of a batch,
# and nothing in it has to change.
#
# **Predict.** What shape do the scores have? Which line is the only one in which numbers of
# different heads meet?

# %%
q_proj, k_proj, v_proj = (nn.Linear(7, 12) for _ in range(3))  # d_model=7, H=3, d_head=4
o_proj = nn.Linear(12, 7)
batch = torch.randn(2, 5, 7)  # (B, L, d_model)
with trace_shapes(B=2, L=5, H=3, d_head=4, d_model=7, width=12):
    q = q_proj(batch).view(2, 5, 3, 4).transpose(1, 2)
    k = k_proj(batch).view(2, 5, 3, 4).transpose(1, 2)
    v = v_proj(batch).view(2, 5, 3, 4).transpose(1, 2)
    weights = torch.softmax(q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1]), dim=-1)
    joined = (weights @ v).transpose(1, 2).reshape(2, 5, 12)
    output = o_proj(joined)

# %% [markdown]
# (`width` is `H * d_head`.) Scores and weights are `(B, H, L_q, L_k)`: a table for each head. The
# heads meet in `o_proj` and nowhere else. The next cell looks at that from outside: it changes
# the keys of head 1.
#
# **Predict.** Which heads' outputs move?

# %%
louder = k.clone()
louder[:, 1] *= 2.0  # (B, H, L_k, d_head): the keys of head 1
before, _ = masked_attention(q, k, v)  # (B, H, L_q, d_head)
after, _ = masked_attention(q, louder, v)  # (B, H, L_q, d_head)
print("head output moved:", ((after - before).abs().amax(dim=(0, 2, 3)) > 0).tolist())

# %% [markdown]
# Three details that are easy to get wrong.
#
# **The scale.** It is `sqrt(d_head)`. After the cut, `q.shape[-1]` is `d_head`; before it, it was
# `H * d_head`.
#
# **The mask.** It broadcasts to `(B, H, L_q, L_k)`, as in lesson 03. A causal mask `(L_q, L_k)`
# fits as it is; a padding mask `(B, 1, L_k)` needs `[:, None]`, to become `(B, 1, 1, L_k)`.
# Forgotten, its `B` is read as `H`. **Predict.** With `B = 2` and `H = 3` that is an error. And
# with `B = 3`?

# %%
print("q.shape[-1] after the cut:", q.shape[-1], "  before it:", q_proj(batch).shape[-1])
two_masks = torch.ones(2, 1, 5, dtype=torch.bool)  # (B, 1, L_k) with B = 2
try:
    torch.zeros(2, 3, 4, 5).masked_fill(~two_masks, float("-inf"))  # (B, H, L_q, L_k)
except RuntimeError as error:
    print("B = 2, H = 3:", str(error).split(" at ")[0])
scores = torch.zeros(3, 3, 4, 5)  # (B, H, L_q, L_k) with B = H = 3
padding = torch.arange(5) < torch.tensor([5, 2, 3])[:, None, None]  # (B, 1, L_k)
for name, mask in {"padding[:, None]": padding[:, None], "padding": padding}.items():
    seen = scores.masked_fill(~mask, float("-inf")).softmax(-1) > 0  # (B, H, L_q, L_k)
    print(f"{name:17} keys seen by [sentence, head]:", seen[:, :, 0].sum(-1).tolist())

# %% [markdown]
# No error with `B = H`. With `padding` alone, *head* 1 is cut to 2 keys in every sentence, and
# sentence 1, of length 2, reads its padding with heads 0 and 2.
#
# **Cross-attention.** Only the queries come from `x`; keys and values come from `context`, whose
# length is `L_k`. Cut each with its own length.
#
# ## 6. einsum: axes with names
#
# `torch.einsum` writes a product of tensors by naming every axis with a letter. The rules:
#
# 1. Numbers whose letters agree are multiplied.
# 2. A letter **missing on the right is summed over**.
# 3. The letters on the right give the axes of the result, in that order.
#
# **Predict.** Read each line before you look at the result: which letter disappears?

# %%
a = torch.tensor([[1, 2, 3], [4, 5, 6]])  # axes i, j
b = torch.tensor([[1, 0], [0, 1], [1, 1]])  # axes j, k
rows = [
    ["ij->ji", "nothing", "transpose", torch.einsum("ij->ji", a).tolist()],
    ["ij->i", "j", "row sums", torch.einsum("ij->i", a).tolist()],
    ["ij,jk->ik", "j", "matrix product", torch.einsum("ij,jk->ik", a, b).tolist()],
    ["ij,ij->i", "j", "dot products of rows", torch.einsum("ij,ij->i", a, a).tolist()],
    ["ij,jk->", "i, j, k", "everything added up", torch.einsum("ij,jk->", a, b).tolist()],
]
table(rows, ["letters", "summed over", "it is", "result"])

# %% [markdown]
# Now keep each head's matrix for itself, in one tensor: `w_q` with axes `(H, d_model, d_head)`,
# letters `h d e`. With `x` as `b l d`, the queries of all heads are
#
# $$q_{bhle} = \sum_d x_{bld}\, w_{hde} \qquad\text{written}\qquad \texttt{bld,hde->bhle}.$$
#
# `d` is missing on the right, so it is summed. **Predict.** Compute one entry by hand: sentence
# 0, head 1, token 0, number 1. That is row 0 of `x` times column 1 of head 1's matrix.

# %%
x = torch.tensor([[[1, 2, 3], [0, 1, 0]]])  # (B, L, d_model)
w_q = torch.stack([head_0.T, head_1.T])  # (H, d_model, d_head)   the matrices of section 1
print("head 1's matrix:", w_q[1].tolist())
q = torch.einsum("bld,hde->bhle", x, w_q)  # (B, H, L, d_head)
print("by hand: 1·0 + 2·0 + 3·(-1) =", 1 * 0 + 2 * 0 + 3 * (-1))
print("einsum :", q[0, 1, 0, 1].item())
print("token 0, both heads:", q[0, :, 0].tolist(), "  the tall matrix gave [1, 5, 2, -3]")

# %% [markdown]
# The result is `(B, H, L, d_head)` at once. Nothing was cut: the head is a letter of its own from
# the start, and cannot be confused with another axis.
#
# Note the `.T` above. `w_q` has the input first, `(H, d_model, d_head)`; `nn.Linear` has the
# output first. So head h's matrix is *its rows of `q_proj.weight`, transposed*.
#
# ### Joining and `o_proj` in one
#
# The heads' results are `b h l e`, and `w_o` is `(H, d_head, d_model)`, letters `h e d`. The
# output is `bhle,hed->bld`.
#
# **Predict.** Which *two* letters are summed over? What does summing over `h` mean?

# %%
torch.manual_seed(2)
H, d_head, d_model = 3, 4, 7
results = torch.randn(2, H, 5, d_head)  # (B, H, L, d_head)
o_weight = torch.randn(d_model, H * d_head)  # (d_model, H * d_head), as in nn.Linear
w_o = o_weight.T.unflatten(0, (H, d_head))  # (H, d_head, d_model)
join_then_project = F.linear(join_right(results), o_weight)  # (B, L, d_model)
one_by_one = sum(results[:, h] @ w_o[h] for h in range(H))  # (B, L, d_model)
by_einsum = torch.einsum("bhle,hed->bld", results, w_o)  # (B, L, d_model)
for name, each in {"head by head, added up": one_by_one, "einsum": by_einsum}.items():
    print(f"{name:23} as join and o_proj:", torch.allclose(each, join_then_project, atol=1e-4))
columns = o_weight[:, d_head : 2 * d_head]  # (d_model, d_head)
print("w_o[1] is columns d_head .. 2 d_head - 1 of o_proj.weight:", torch.equal(w_o[1], columns.T))

# %% [markdown]
# `h` and `e`. Joining the heads and multiplying by `o_proj` is the same as giving each head its
# own block of *columns* and **adding up** the heads' contributions. Heads do not really stand
# side by side; each adds its own part to the output of its position.
#
# Two slips with letters raise no error.
#
# **Predict.** `bld,hde->ble` forgot the `h` on the right. What is in the result? And what do
# equal letters for query and key positions, `bhle,bhle->bhl`, compute?

# %%
x, w = torch.randn(2, 5, 7), torch.randn(3, 7, 4)
right = torch.einsum("bld,hde->bhle", x, w)  # (B, H, L, d_head)
lost = torch.einsum("bld,hde->ble", x, w)  # (B, L, d_head)
print("h forgotten: the heads are added up:", torch.allclose(lost, right.sum(dim=1), atol=1e-4))
scores = torch.einsum("bhqe,bhke->bhqk", right, right)  # (B, H, L_q, L_k)
diagonal = torch.einsum("bhle,bhle->bhl", right, right)  # (B, H, L)
same = torch.allclose(diagonal, scores.diagonal(dim1=-2, dim2=-1), atol=1e-4)
print("q and k both l: only the diagonal of the scores:", same)

# %% [markdown]
# Query and key positions need two letters, even in self-attention where both are `L` long.
#
# ## 7. Carrying weights over
#
# Two implementations can be compared only if they have the *same weights*. And whoever loads a
# trained model into other code has the same task. A module gives its weights as a `state_dict`: a
# dictionary from names to tensors. `load_state_dict` takes one.

# %%
loop = MultiHeadLoop(6, 2, bias=True)  # d_model=6, H=2, so d_head=3
theirs = nn.MultiheadAttention(6, 2, bias=True, batch_first=True)
rows = [["MultiHeadLoop", name, tuple(t.shape)] for name, t in loop.state_dict().items()]
rows += [["nn.MultiheadAttention", name, tuple(t.shape)] for name, t in theirs.state_dict().items()]
table(rows, ["module", "name", "shape"])

# %% [markdown]
# (`batch_first=True` makes PyTorch's module take `(B, L, d_model)`; without it, it expects
# `(L, B, d_model)`.)
#
# **From the loop to one matrix**, for the queries. The names tell what to collect.
#
# **Predict.** What shapes do the joined weight and bias have?

# %%
state = loop.state_dict()
q_weight = torch.cat([state["heads.0.q_proj.weight"], state["heads.1.q_proj.weight"]], dim=0)
q_bias = torch.cat([state["heads.0.q_proj.bias"], state["heads.1.q_proj.bias"]], dim=0)
print("weight", tuple(q_weight.shape), " bias", tuple(q_bias.shape))

target = nn.Linear(6, 6)
print(target.load_state_dict({"weight": q_weight, "bias": q_bias}))
batch = torch.randn(2, 5, 6)  # (B, L, d_model)
head_1 = loop.heads[1]["q_proj"](batch)  # (B, L, d_head)
print("numbers 3..5 are head 1's query:", torch.allclose(target(batch)[..., 3:], head_1, atol=1e-6))

# %% [markdown]
# `load_state_dict` copies, and it is strict: it complains about names that are missing or not
# expected, and about shapes that do not fit. It cannot complain about a wrong *order*.
#
# **Predict.** We leave the bias out, or give one that the module does not have. What happens?

# %%
for name, give in {
    "bias left out": {"weight": q_weight},
    "one too many": {"weight": q_weight, "bias": q_bias, "scale": q_bias},
}.items():
    try:
        target.load_state_dict(give)
    except RuntimeError as error:
        print(f"{name}:", str(error).split("\n\t")[1])
without = MultiHeadLoop(6, 2, bias=False).state_dict()
print(
    "names with bias=False:", [name for name in without if "bias" in name] or "no bias among them"
)

# %% [markdown]
# So code that carries weights over has to ask the dictionary whether there is a bias:
# `"o_proj.bias" in state`.
#
# And the tensors in a `state_dict` are not copies. They *are* the module's weights: writing into
# one changes the module. `cat` makes a new tensor; a slice or a chunk is still the module's own
# memory. Read them, do not write into them.
#
# **From PyTorch's module.** `in_proj_weight` is three times as tall as wide: queries, keys and
# values of all heads in one product. `chunk(3, dim=0)` cuts rows into three equal blocks.
#
# **Predict.** Which block makes the queries? A small experiment: make the first block zero, and
# look at the weights. If all queries are zero, every score is the same.

# %%
print("chunk:", [each.tolist() for each in torch.arange(6).chunk(3, dim=0)])
probe = torch.randn(1, 4, 6)  # (B, L, d_model)
for number, block in enumerate(theirs.in_proj_weight.detach().chunk(3, dim=0)):
    kept = block.clone()
    block.zero_()  # a chunk is the module's own memory: this changes the module ...
    output, weights = theirs(probe, probe, probe)  # (B, L, d_model), (B, L_q, L_k)
    block.copy_(kept)  # ... and this brings it back
    even = torch.allclose(weights, torch.full_like(weights, 1 / 4))
    silent = torch.allclose(output, theirs.out_proj.bias.expand_as(output), atol=1e-6)
    print(f"block {number} zero: all weights equal {even}, output is nothing but the bias {silent}")

# %% [markdown]
# Blocks 0 and 1 make queries and keys (their zeros even out the weights), block 2 the values.
# Which of the first two is which, only the documentation or a comparison of all outputs tells:
# queries first, then keys. Swapped, even weights would stay even.
#
# One more trap. **Predict.** What are the biases of a fresh `nn.MultiheadAttention`? What does a
# comparison find if you forget to carry them over?

# %%
for name in ("in_proj_bias", "out_proj.bias"):
    print(name, theirs.state_dict()[name].unique().tolist())

# %% [markdown]
# All zero. On a fresh module forgotten biases are not noticed; after the first training step they
# are. So put random numbers into the biases before you compare.
#
# **The order of heads, everywhere.** (`n` stands for `q`, `k` or `v`; the names with
# `in_proj` and `out_proj` are PyTorch's.)
#
# | weight | shape | where head h is |
# |---|---|---|
# | `heads.{h}.n_proj.weight` (loop) | `(d_head, d_model)` | the whole tensor |
# | `n_proj.weight` (fused) | `(H * d_head, d_model)` | *rows* `h * d_head .. (h+1) * d_head - 1` |
# | `n_proj.bias` (fused) | `(H * d_head,)` | the same places |
# | `o_proj.weight` (loop, fused) | `(d_model, H * d_head)` | *columns* in the same places |
# | `o_proj.bias` | `(d_model,)` | nowhere: it belongs to no head |
# | `in_proj_weight` | `(3 * d_model, d_model)` | rows of q, then k, then v; each head 0 first |
# | `in_proj_bias` | `(3 * d_model,)` | the same places |
# | `out_proj.weight` | `(d_model, d_model)` | as `o_proj.weight` |
# | `w_q[h]` (einsum) | `(d_model, d_head)` | head h's rows of `q_proj.weight`, transposed |
# | `w_o[h]` (einsum) | `(d_head, d_model)` | head h's columns of `o_proj.weight`, transposed |
#
# ## 8. The chain: five implementations, one function
#
# The code up to the table below is plumbing. If you trust it, go on to the table, and come back
# when you want to know how the weights were carried.
#
# We hold the weights in one dictionary `w`, with the names of the fused form, and rearrange them
# for the four others. To compare *gradients* too, the way back is needed. `functional_call(module,
# weights, inputs)` runs a module with weights that it is handed. Cutting and joining tensors are
# operations like any other, so `backward` goes through them, back to the same `w`.


# %%
def random_weights(d_model, num_heads, d_head, bias, dtype=torch.float32, seed=0):
    generator = torch.Generator().manual_seed(seed)
    width, w = num_heads * d_head, {}
    for name in ("q_proj", "k_proj", "v_proj", "o_proj"):
        out, into = (d_model, width) if name == "o_proj" else (width, d_model)
        weight = torch.randn(out, into, generator=generator, dtype=dtype) / math.sqrt(into)
        w[f"{name}.weight"] = weight.requires_grad_()
        if bias:
            w[f"{name}.bias"] = torch.randn(out, generator=generator, dtype=dtype).requires_grad_()
    return w


def taught(q, k, v, mask=None):
    return masked_attention(q, k, v, mask)[0]


def sdpa(q, k, v, mask=None):
    return F.scaled_dot_product_attention(q, k, v, attn_mask=mask)


def fused(w, x, context, mask, num_heads, core=taught):
    """Three tall products, cut, attend, join, project. `core` is the attention itself."""
    q, k, v = (
        cut_right(F.linear(source, w[f"{n}_proj.weight"], w.get(f"{n}_proj.bias")), num_heads)
        for n, source in zip("qkv", (x, context, context), strict=True)
    )
    return F.linear(join_right(core(q, k, v, mask)), w["o_proj.weight"], w.get("o_proj.bias"))


# %% [markdown]
# (`w.get(name)` gives `None` if there is no such name; `F.linear` then adds no bias.)
#
# The loop gets blocks of rows, einsum the transposed blocks, PyTorch's module the stack of three.
# SDPA needs no rearranging: it replaces one line, the `core`.


# %%
def as_loop(w, num_heads):
    """Names and tensors for MultiHeadLoop."""
    state = {name: tensor for name, tensor in w.items() if name.startswith("o_proj")}
    for name in w.keys() - state.keys():
        for i, rows in enumerate(w[name].chunk(num_heads, dim=0)):
            state[f"heads.{i}.{name}"] = rows
    return state


def as_torch(w):
    """Names and tensors for nn.MultiheadAttention."""
    state = {f"out_proj.{name[7:]}": w[name] for name in w if name.startswith("o_proj")}
    for kind in {name.split(".")[1] for name in w}:
        state[f"in_proj_{kind}"] = torch.cat([w[f"{n}_proj.{kind}"] for n in "qkv"], dim=0)
    return state


def by_loop(w, x, context, mask, H, d_head):
    bias = "o_proj.bias" in w
    module = MultiHeadLoop(x.shape[-1], H, d_head, bias=bias).to(x.dtype)
    return torch.func.functional_call(module, as_loop(w, H), (x, context, mask))


def by_einsum(w, x, context, mask, H, d_head):
    blocks = [w[f"{n}_proj.weight"].unflatten(0, (H, d_head)).transpose(1, 2) for n in "qkv"]
    heads = taught(*(torch.einsum("bld,hde->bhle", x, block) for block in blocks), mask)
    return torch.einsum("bhle,hed->bld", heads, w["o_proj.weight"].T.unflatten(0, (H, d_head)))


def by_torch(w, x, context, mask, H, d_head):
    bias = "o_proj.bias" in w
    module = nn.MultiheadAttention(x.shape[-1], H, bias=bias, batch_first=True, dtype=x.dtype)
    options = {"attn_mask": None if mask is None else ~mask.flatten(0, 1), "need_weights": False}
    return torch.func.functional_call(module, as_torch(w), (x, context, context), options)[0]


# %% [markdown]
# The cases: float32 and float64, self- and cross-attention, with and without a mask (a random one
# for each sentence and head, no row empty), with and without biases, `d_head * num_heads` equal to
# `d_model` and not. That makes 16 cases in each dtype. Each of the four is compared with the fused
# form: outputs, and gradients of the inputs and of all weights.
#
# Some links cannot follow everywhere. Our einsum has no biases and one input. PyTorch's module has
# no `d_head` of its own.
#
# **Predict.** How large will the largest relative difference be in float32? In float64?

# %%
links = {
    "loop": (by_loop, lambda case: True),
    "einsum": (by_einsum, lambda case: case["input"] == "self" and not case["bias"]),
    "nn.MultiheadAttention": (by_torch, lambda case: case["d_head"] == "d_model / H"),
    "SDPA": (
        lambda w, x, context, mask, H, d_head: fused(w, x, context, mask, H, sdpa),
        lambda case: True,
    ),
}
B, H, d_model, L_q, L_k = 2, 3, 12, 5, 7


def make_case(case, dtype):
    """Weights, inputs, mask and the width of a head; all that can learn requires a gradient."""
    generator = torch.Generator().manual_seed(3)
    d_head = d_model // H if case["d_head"] == "d_model / H" else 6
    w = random_weights(d_model, H, d_head, case["bias"], dtype, seed=4)
    x = torch.randn(B, L_q, d_model, generator=generator, dtype=dtype).requires_grad_()
    context = torch.randn(B, L_k, d_model, generator=generator, dtype=dtype).requires_grad_()
    context = x if case["input"] == "self" else context
    mask = None
    if case["mask"]:
        mask = torch.rand(B, H, L_q, context.shape[1], generator=generator) > 0.5
        mask[..., 0] = True  # key 0 is open to all: no row is empty
    return w, x, context, mask, d_head


def outputs_and_gradients(link, w, x, context, mask, d_head):
    output = link(w, x, context, mask, H, d_head)  # (B, L_q, d_model)
    inputs = list({id(each): each for each in (x, context, *w.values())}.values())
    direction = torch.randn(output.shape, generator=torch.Generator().manual_seed(5)).to(x.dtype)
    return [output], torch.autograd.grad((output * direction).sum(), inputs)


# %% [markdown]
# `torch.autograd.grad(loss, tensors)` returns the gradients instead of storing them in `.grad`.
# The loss is the output times a fixed random direction, added up, so that no number of the output
# counts as much as another. (The `id` line lists `x` once when `context` is `x`.)


# %%
def difference(some, reference):
    """Largest difference, relative to the largest value."""
    largest = max(each.abs().max() for each in reference)
    apart = max((a - b).abs().max() for a, b in zip(some, reference, strict=True))
    return (apart / largest).item()


found = {}  # (link, case number, dtype) -> difference of the outputs, of the gradients
kinds = {
    "input": ("self", "cross"),
    "mask": (False, True),
    "bias": (False, True),
    "d_head": ("d_model / H", "its own"),
}
cases = [dict(zip(kinds, values, strict=True)) for values in product(*kinds.values())]
for dtype, (number, case) in product((torch.float32, torch.float64), enumerate(cases)):
    w, x, context, mask, d_head = make_case(case, dtype)
    reference = outputs_and_gradients(
        lambda w, x, context, mask, H, d_head: fused(w, x, context, mask, H),
        w, x, context, mask, d_head,
    )  # fmt: skip
    for name, (link, can_follow) in links.items():
        if can_follow(case):
            one = outputs_and_gradients(link, w, x, context, mask, d_head)
            pairs_of_lists = zip(one, reference, strict=True)
            found[name, number, dtype] = [difference(*pair) for pair in pairs_of_lists]

rows = []
for name in links:
    cells = []
    for dtype, part in product((torch.float32, torch.float64), (0, 1)):
        values = [each[part] for (n, _, d), each in found.items() if (n, d) == (name, dtype)]
        cells.append(f"{max(values):.0e}" if max(values) else "0")
    rows.append([name, f"{len(values)} of {len(cases)}", *cells])
table(
    rows,
    ["compared with fused", "cases", "float32 outputs", "gradients", "float64 outputs",
     "gradients"],
    caption="Largest relative difference over all cases that the link can follow",
)  # fmt: skip

# %% [markdown]
# Rounding, and nothing but rounding: float32 keeps about 7 digits, float64 about 16. The course
# allows 1e-5 and 1e-10. Five ways of writing, one function, and one gradient.
#
# (Compare a wrong order of heads: **predict** its size. The next cell exchanges two heads' rows in
# `v_proj` alone.)

# %%
w, x, context, mask, d_head = make_case(cases[-2], torch.float64)
wrong = dict(w)
wrong["v_proj.weight"] = w["v_proj.weight"].unflatten(0, (H, d_head))[[1, 0, 2]].flatten(0, 1)
right = fused(w, x, context, mask, H)  # (B, L_q, d_model)
print(f"relative difference: {difference([fused(wrong, x, context, mask, H)], [right]):.1f}")

# %% [markdown]
# Case by case, with the gaps. Each cell is the worst of outputs and gradients in float64; a dash
# means that the link cannot follow there.

# %%
table(
    [
        [
            case["input"], *("yes" if case[k] else "no" for k in ("mask", "bias")), case["d_head"],
            *(
                f"{max(found[name, number, torch.float64]):.0e}"
                if (name, number, torch.float64) in found else "–"
                for name in links
            ),
        ]
        for number, case in enumerate(cases)
    ],
    ["input", "mask", "bias", "d_head", *links],
)  # fmt: skip

# %% [markdown]
# One oddity among the gradients. **Predict.** The bias of `k_proj` adds the same vector $b$ to
# every key. What does it do to a row of scores, $q \cdot (k_j + b)$? What is its gradient?

# %%
number = cases.index({"input": "cross", "mask": True, "bias": True, "d_head": "its own"})
w, x, context, mask, d_head = make_case(cases[number], torch.float64)
biases = [name for name in w if name.endswith("bias")]
gradients = torch.autograd.grad(
    fused(w, x, context, mask, H).square().sum(), [w[n] for n in biases]
)
table(
    [[name, f"{g.abs().max().item():.1g}"] for name, g in zip(biases, gradients, strict=True)],
    ["parameter", "largest gradient"],
)

# %% [markdown]
# Each score of a row gets the same $q \cdot b$ on top, and softmax does not care about that
# (lesson 01). So the bias of the keys has no effect and no gradient, up to rounding. That is why
# the differences above are taken relative to the largest gradient of *all* weights: relative to
# itself, this one is noise.
#
# ### Where PyTorch's module follows other rules
#
# **No `d_head`.** It is `d_model / H` or an error.

# %%
try:
    nn.MultiheadAttention(12, 5)
except AssertionError as error:
    print("AssertionError:", error)

# %% [markdown]
# **Masks.** `True` means "may *not* attend" (lesson 02), hence the `~` in `by_torch`. And one mask
# for each sentence and head has three axes, `(B * H, L_q, L_k)`, the heads of sentence 0 first.
# `mask.flatten(0, 1)` gives this order.
#
# **Predict.** Someone has masks in the order (H, B, ...) and flattens these. Is there an error?

# %%
w, x, context, mask, d_head = make_case(cases[4], torch.float64)  # self, a mask, no biases
module = nn.MultiheadAttention(d_model, H, bias=False, batch_first=True, dtype=torch.float64)
module.load_state_dict({name: tensor.detach() for name, tensor in as_torch(w).items()})
ours = fused(w, x, context, mask, H)  # (B, L_q, d_model)
attn_masks = {
    "~mask.flatten(0, 1)": ~mask.flatten(0, 1),
    "heads before sentences": ~mask.transpose(0, 1).flatten(0, 1),
    "not inverted": mask.flatten(0, 1),
    "four axes": ~mask,
}
for name, attn_mask in attn_masks.items():
    try:
        output, _ = module(x, x, x, attn_mask=attn_mask)
        print(f"{name:23} {tuple(attn_mask.shape)}: as ours", torch.allclose(output, ours))
    except AssertionError:
        print(f"{name:23} {tuple(attn_mask.shape)}: AssertionError")

# %% [markdown]
# **Weights.** It returns them *averaged over the heads*, unless told
# `average_attn_weights=False`. (With `need_weights=False` it returns `None` instead, and can use
# SDPA inside, says
# [its documentation](https://docs.pytorch.org/docs/stable/generated/torch.nn.MultiheadAttention.html).)
#
# **Predict.** Two heads: one looks at itself, the other at the token before. What does their
# average show?

# %%
_, averaged = module(x, x, x)  # (B, L_q, L_k)
_, each_head = module(x, x, x, average_attn_weights=False)  # (B, H, L_q, L_k)
print(tuple(averaged.shape), tuple(each_head.shape), torch.allclose(averaged, each_head.mean(1)))
itself, before = torch.eye(4)[2], torch.eye(4)[1]  # (L_k,)   rows of the query at position 2
table(
    [["head 0", *itself], ["head 1", *before], ["average", *(itself + before) / 2]],
    ["query 2 looks at", *map(str, range(4))],
)

# %% [markdown]
# A row that *no* head has. Whoever wants to know what heads do (unit 05) needs them one by one.
#
# **A row with no key.** This course: zeros from every head, so the output is `o_proj`'s bias.
# **Predict** what the others do. Query 2 of the next mask may look at nothing.

# %%
case = {"input": "self", "mask": False, "bias": True, "d_head": "d_model / H"}
w, x, context, _, d_head = make_case(case, torch.float64)
gap = torch.ones(B, H, L_q, L_q, dtype=torch.bool).tril()  # (B, H, L_q, L_k)
gap[:, :, 2] = False
module = nn.MultiheadAttention(d_model, H, batch_first=True, dtype=torch.float64)
ways = {
    "fused, taught core": lambda: fused(w, x, context, gap, H),
    "fused, SDPA": lambda: fused(w, x, context, gap, H, sdpa),
    "loop": lambda: by_loop(w, x, context, gap, H, d_head),
}
for need in (False, True):
    options = {"attn_mask": ~gap.flatten(0, 1), "need_weights": need}
    ways[f"PyTorch, need_weights={need}"] = lambda options=options: torch.func.functional_call(
        module, as_torch(w), (x, x, x), options
    )[0]
rows = []
for name, way in ways.items():
    output = way()  # (B, L_q, d_model)
    gradients = torch.autograd.grad(output[:, [0, 1, 3, 4]].sum(), [x, *w.values()])
    is_bias = torch.allclose(output[:, 2], w["o_proj.bias"])
    row = "the bias" if is_bias else "NaN" if output[:, 2].isnan().all() else "other"
    rows.append([name, row, any(g.isnan().any().item() for g in gradients)])
table(rows, ["", "output of the empty row", "NaN in a gradient (row left out of the loss)"])

# %% [markdown]
# PyTorch's module gives one answer or the other, depending on whether you *ask for the weights*:
# two code paths inside, with two conventions. A comparison would either fail or pass by luck of
# an option. So the chain above leaves the empty row out of the link to PyTorch's module, and this
# table says why.
#
# ## 9. Heads have no names
#
# Head 0 is head 0 only because its rows and columns stand first. Reorder the heads: the blocks of
# rows in `q_proj`, `k_proj` and `v_proj`, and the blocks of *columns* in `o_proj`.
#
# **Predict.** Which of the reorderings below leave the output as it was?

# %%
w, x, context, _, d_head = make_case(case, torch.float64)
order = [2, 0, 1]


def reordered(w, names):
    """The weights, with the heads of the named projections in another order."""
    new = dict(w)
    for name in w:
        projection, kind = name.split(".")
        if projection[0] not in names or name == "o_proj.bias":
            continue
        dim = 1 if projection == "o_proj" else 0
        blocks = w[name].unflatten(dim, (H, d_head))
        new[name] = blocks.index_select(dim, torch.tensor(order)).flatten(dim, dim + 1)
    return new


before = fused(w, x, context, None, H)  # (B, L_q, d_model)
rows = []
for names in ("qkvo", "qkv", "o", "qk", "vo", "q"):
    moved = (fused(reordered(w, names), x, context, None, H) - before).abs().max().item()
    reordered_names = ", ".join(f"{n}_proj" for n in names)
    rows.append([reordered_names, "unchanged" if moved < 1e-12 else f"moved by {moved:.3f}"])
table(rows, ["heads reordered in", "output"])

# %% [markdown]
# (`index_select(dim, order)` takes the blocks along an axis in the given order.)
#
# All four together: unchanged, because `o_proj` adds the heads up, and a sum has no order. Any
# one of them alone, or without its partner: changed. `v_proj` and `o_proj` agree with each other
# in *v, o*, but the weights that `q` and `k` make for head 0 now average the values of another
# head.
#
# So "head 3" of one training run has nothing to do with "head 3" of another. And this freedom is
# the reason why a wrong order goes unnoticed until weights are exchanged.
#
# ## 10. What the fused form costs, and why it is faster
#
# ### Counted
#
# First what is *equal*. `FlopCounterMode` counts the floating-point operations of the matrix
# products inside its `with` block; one multiply-add is 2.
#
# And what is not: the number of *calls*. A `TorchDispatchMode` sees every operation on its way to
# the code that carries it out, those inside of other operations too.
#
# **Predict.** H grows from 2 to 16 at fixed `d_model`. What happens to the parameters, the FLOPs
# and the calls of each version?

# %%
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import FlopCounterMode


class Calls(TorchDispatchMode):
    """Keeps the names of the operations inside a `with` block."""

    def __init__(self):
        super().__init__()
        self.names = []

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        self.names.append(func.overloadpacket.__name__)
        return func(*args, **(kwargs or {}))


def both_forms(d_model, num_heads):
    """Weights, a loop that has them, and both forms as functions of x."""
    w = random_weights(d_model, num_heads, d_model // num_heads, bias=True)
    loop = MultiHeadLoop(d_model, num_heads)
    loop.load_state_dict(as_loop(w, num_heads))
    return w, loop, {"loop": loop, "fused": lambda x: fused(w, x, x, None, num_heads)}


head_counts, rows, calls = (2, 4, 8, 16), [], {"loop": [], "fused": []}
for num_heads in head_counts:
    w, loop, forms = both_forms(64, num_heads)
    sizes = {"loop": sum(p.numel() for p in loop.parameters()),
             "fused": sum(t.numel() for t in w.values())}  # fmt: skip
    for name, form in forms.items():
        with torch.no_grad(), FlopCounterMode(display=False) as flops, Calls() as counted:
            form(torch.randn(1, 16, 64))
        calls[name].append(len(counted.names))
        rows.append([num_heads, name, f"{sizes[name]:,}", f"{flops.get_total_flops():,}",
                     len(counted.names)])  # fmt: skip
table(rows, ["H", "form", "parameters", "FLOPs", "calls"], caption="d_model = 64, L = 16, forward")

# %%
fig, ax = plt.subplots(figsize=(6.4, 3.6))
for (name, counts), marker in zip(calls.items(), "os", strict=True):
    ax.plot(head_counts, counts, marker=marker, label=name)
    ax.annotate(f"{counts[-1]}", (head_counts[-1], counts[-1]), (0, 8), ha="center",
                textcoords="offset points")  # fmt: skip
ax.set(xlabel="number of heads H (d_model fixed)", ylabel="operations called")
ax.set_ylim(0, 1.15 * max(calls["loop"]))
ax.set_xticks(head_counts)
ax.set_title("The loop's calls grow with H, the fused form's do not")
ax.legend()
show(
    fig,
    "Operations called in one forward pass, for H = 2, 4, 8, 16. "
    + "; ".join(f"{name}: {counts}" for name, counts in calls.items()),
)

# %% [markdown]
# Same parameters, same FLOPs, for every H. The same work is handed over in many small portions or
# in a few large ones.
#
# ### Timed
#
# To measure honestly: run both once beforehand (first calls are slow), let them take turns, so
# that a busy moment of the machine hits both, and take the *median*, which a single slow run does
# not move.


# %%
def medians(functions, repeats=9):
    """Median seconds of each function. They take turns."""
    samples = {name: [] for name in functions}
    for function in functions.values():
        function()
    for _ in range(repeats):
        for name, function in functions.items():
            start = time.perf_counter()
            function()
            samples[name].append(time.perf_counter() - start)
    return {name: statistics.median(each) for name, each in samples.items()}


def forward(function, *inputs):
    def run():
        with torch.no_grad():
            function(*inputs)

    return run


def forward_backward(function, *inputs):
    inputs = [each.clone().requires_grad_() for each in inputs]
    return lambda: function(*inputs).sum().backward()


# %% [markdown]
# Three sizes: small (one sentence of 16 tokens, `d_model` 64), medium (64 tokens, 256), large (4
# sentences of 256 tokens, 512).
#
# **Predict.** Where is the fused form's advantage largest: at small or large sizes? With few or
# many heads?

# %%
sizes = {"small": (1, 16, 64), "medium": (1, 64, 256), "large": (4, 256, 512)}
timings, rows = {}, []
for (size, (batch_size, length, width)), num_heads in product(sizes.items(), (4, 8, 16)):
    _, _, forms = both_forms(width, num_heads)
    x = torch.randn(batch_size, length, width)  # (B, L, d_model)
    for kind, way in {"forward": forward, "forward + backward": forward_backward}.items():
        repeats = 5 if size == "large" else 15
        seconds = medians({name: way(form, x) for name, form in forms.items()}, repeats)
        timings[kind, size, num_heads] = seconds["loop"] / seconds["fused"]
        rows.append([size, num_heads, kind, *(f"{1e3 * s:.2f}" for s in seconds.values()),
                     f"{timings[kind, size, num_heads]:.1f}"])  # fmt: skip
table(rows, ["size", "H", "measured", "loop (ms)", "fused (ms)", "loop / fused"])

# %%
fig, axes = plt.subplots(1, 2, figsize=(11.6, 3.9), sharey=True)
for ax, kind in zip(axes, ("forward", "forward + backward"), strict=True):
    for size, marker in zip(sizes, "os^", strict=True):
        ratios = [timings[kind, size, num_heads] for num_heads in (4, 8, 16)]
        ax.plot((4, 8, 16), ratios, marker=marker, label=f"{size} {sizes[size]}")
    ax.axhline(1, color="0.5", linestyle=":", lw=1.5)
    ax.set(xlabel="number of heads H", title=kind, yscale="log")
    ax.set_xticks((4, 8, 16))
    ax.set_yticks((0.5, 1, 2, 4, 8, 16), ("0.5", "1", "2", "4", "8", "16"))
    ax.minorticks_off()
axes[0].set_ylabel("time of the loop / time of fused")
axes[1].legend(title="(B, L, d_model)", loc="upper left", bbox_to_anchor=(1, 1))
fig.suptitle("Fused wins by far at small sizes; at the large size the gain is gone")
show(
    fig,
    "How many times as long the loop takes as the fused form, for H = 4, 8, 16. "
    + "; ".join(
        f"{size}, {kind}: {', '.join(f'{timings[kind, size, h]:.1f}' for h in (4, 8, 16))}"
        for kind, size in product(("forward", "forward + backward"), sizes)
    ),
)

# %% [markdown]
# **Small sizes: the calls.** Every call costs some microseconds in Python and PyTorch, however
# little it has to compute. There the ratio of the times roughly follows the ratio of the calls, and
# grows with H.
#
# **Larger sizes: the arithmetic.** Calls no longer matter. What is left of the advantage is the
# *width* of a product. **Predict.** The same `x` times a matrix for 8, 16, ... 512 outputs: does
# the machine do as many operations per second in each?

# %%
x = torch.randn(1024, 512)  # (B * L, d_model)
widths = (8, 16, 32, 64, 128, 256, 512)
matrices = {n: torch.randn(n, 512) for n in widths}  # (out, in)
seconds = medians({n: forward(F.linear, x, m) for n, m in matrices.items()}, repeats=15)
speed = {n: 2 * 1024 * 512 * n / s / 1e9 for n, s in seconds.items()}
table(
    [[n, f"{speed[n]:.0f}", f"{speed[n] / max(speed.values()):.0%}"] for n in widths],
    ["width of the product", "GFLOP per second", "of the best"],
    caption="One core, x of (1024, 512)",
)

# %% [markdown]
# A narrow product keeps the arithmetic units less busy; from some width on there is nothing more
# to gain. At `d_model = 512`, 16 heads have products of width 32, 4 heads of width 128. So at the
# large size the projections gain little, and with few heads nothing.
#
# (This is one core. On many cores, and on a GPU, it takes larger products to keep all of them
# busy, and each call costs relatively more: there the fused form wins over a wider range.)
#
# But at the large size the fused form with the taught core hardly wins, if it wins at all: it takes
# about as long as the loop, sometimes longer. The arithmetic cannot explain that: the FLOPs are
# equal, and the products are wider. Something else must.
#
# ## 11. The weights that nobody needs to keep
#
# ### Counted
#
# Look at the core of attention, line by line. Every line makes a new tensor `(B, H, L_q, L_k)`.


# %%
def line_by_line(q, k, v):
    scores = q @ k.transpose(-2, -1)  # (B, H, L_q, L_k)   1: written
    scaled = scores / math.sqrt(q.shape[-1])  # (B, H, L_q, L_k)   2
    shifted = scaled - scaled.amax(dim=-1, keepdim=True)  # (B, H, L_q, L_k)   3
    exps = shifted.exp()  # (B, H, L_q, L_k)   4
    weights = exps / exps.sum(dim=-1, keepdim=True)  # (B, H, L_q, L_k)   5
    return weights @ v  # (B, H, L_q, d_head)


# %% [markdown]
# **Predict.** `B = 1`, `H = 8`, `L = 1024`, 4 bytes for a number. How many bytes is one of these
# tensors? And all five?
#
# The next cell counts what is really written: every new tensor with `L * L` numbers per head. It
# also counts what is *kept for the backward pass*: `saved_tensors_hooks` calls a function with
# every tensor that is put aside.


# %%
class BigTensors(TorchDispatchMode):
    """Counts new tensors that have (L, L) as their last axes."""

    def __init__(self, length):
        super().__init__()
        self.length, self.count, self.names = length, 0, []

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        old = {a.untyped_storage().data_ptr() for a in args if isinstance(a, torch.Tensor)}
        result = func(*args, **(kwargs or {}))
        self.names.append(func.overloadpacket.__name__)
        if isinstance(result, torch.Tensor) and result.shape[-2:] == (self.length,) * 2:
            self.count += result.untyped_storage().data_ptr() not in old
        return result


def written_and_kept(core, q, k, v):
    """Number of new (B, H, L, L) tensors, how many are kept, and the operations' names."""
    length, kept = q.shape[-2], {}

    def keep(tensor):
        if tensor.shape[-2:] == (length, length):
            kept[tensor.untyped_storage().data_ptr()] = tensor
        return tensor

    q, k, v = (each.clone().requires_grad_() for each in (q, k, v))
    hooks = torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor)
    with hooks, BigTensors(length) as big:
        core(q, k, v)
    return big.count, len(kept), big.names


cores = {"line by line": line_by_line, "masked_attention": taught, "SDPA": sdpa}
rows, names = [], {}
for core, length in product(cores, (64, 1024)):
    qkv = torch.randn(3, 1, 8, length, 32).unbind(0)  # each (B, H, L, d_head)
    count, kept, names[core] = written_and_kept(cores[core], *qkv)
    size = 1 * 8 * length * length * 4 / 2**20
    rows.append([core, length, f"{size:.3g}", count, f"{count * size:.4g}", f"{kept * size:.4g}"])
table(rows, ["core", "L", "one tensor (MiB)", "written", "all of them (MiB)",
             "kept for backward (MiB)"], caption="B = 1, H = 8, float32, no mask")  # fmt: skip

# %%
for core in ("line by line", "SDPA"):
    print(f"{core}: {', '.join(names[core])}")
print("q, k, v and output at L = 1024:", 4 * 1 * 8 * 1024 * 32 * 4 / 2**20, "MiB")

# %% [markdown]
# 8 · 1024 · 1024 · 4 bytes are 32 MiB, and they are written again and again; each time they are
# also read by the next line. Beside them queries, keys, values and output are small. A mask adds
# more such lines.
#
# The course's `masked_attention` writes two of them. It divides the queries by the root, not the
# scores, and `torch.softmax` shifts, exponentiates and divides in one pass. For the backward pass
# it keeps the weights alone. (If your own is used here, the count is yours.)
#
# SDPA writes none. It is one operation, here a CPU version of *FlashAttention*
# ([Dao et al. 2022](https://arxiv.org/abs/2205.14135)). It works on small tiles: some queries
# against some keys, their scores, their exponentials, added to a running sum, and the tile is
# forgotten. For the backward pass it keeps, beside its inputs and its output, one number per
# query, and computes the tiles again. That is also why SDPA cannot return the weights: they never
# exist as a whole.
#
# ### Timed
#
# We time *per score*: the time divided by `B * H * L * L`. If time grew like the number of scores,
# the curves would be level.
#
# To find out what makes the difference we add a third version. It does the same five steps, each
# over the whole tensor (a *pass* over memory), but writes all of them into *one buffer* that it is
# given. So it has the passes, and no new tensors. (`out=` and the operations that end in `_` write
# into a tensor that is there already. In training this is not possible: three of the five are
# needed for the backward pass.)
#
# **Predict.** Which of these three versions has the highest time per score at `L = 1024`? Is the
# one with the buffer nearer to the first, or to SDPA?


# %%
def in_one_buffer(q, k, v, buffer):
    torch.matmul(q, k.transpose(-2, -1), out=buffer)  # (B, H, L_q, L_k)
    buffer.div_(math.sqrt(q.shape[-1]))
    buffer.sub_(buffer.amax(dim=-1, keepdim=True)).exp_()
    buffer.div_(buffer.sum(dim=-1, keepdim=True))
    return buffer @ v  # (B, H, L_q, d_head)


lengths = (64, 128, 256, 512, 1024)
per_score = {}
for length in lengths:
    qkv = torch.randn(3, 1, 8, length, 32).unbind(0)  # each (B, H, L, d_head)
    buffer = torch.zeros(1, 8, length, length)  # (B, H, L_q, L_k)
    timed = {
        ("line by line", "forward"): forward(line_by_line, *qkv),
        ("in one buffer", "forward"): forward(in_one_buffer, *qkv, buffer),
        ("masked_attention", "forward"): forward(taught, *qkv),
        ("SDPA", "forward"): forward(sdpa, *qkv),
        ("line by line", "forward + backward"): forward_backward(line_by_line, *qkv),
        ("masked_attention", "forward + backward"): forward_backward(taught, *qkv),
        ("SDPA", "forward + backward"): forward_backward(sdpa, *qkv),
    }
    for name, value in medians(timed, repeats=5 if length > 256 else 15).items():
        per_score.setdefault(name, []).append(1e9 * value / (8 * length * length))
table(
    [[*name, *(f"{value:.1f}" for value in values)] for name, values in per_score.items()],
    ["core", "measured", *(f"L = {length}" for length in lengths)],
    caption="Nanoseconds per score",
)

# %%
fig, axes = plt.subplots(1, 2, figsize=(10.4, 3.9))
looks = {
    "line by line": {"marker": "o", "color": COLOURS["blue"], "linestyle": "-"},
    "in one buffer": {"marker": "^", "color": COLOURS["green"], "linestyle": "-."},
    "masked_attention": {"marker": "D", "color": COLOURS["purple"], "linestyle": ":"},
    "SDPA": {"marker": "s", "color": COLOURS["orange"], "linestyle": "--"},
}
for ax, title in zip(axes, ("forward", "forward + backward"), strict=True):
    for (core, kind), values in per_score.items():
        if kind == title:
            ax.plot(lengths, values, label=core, **looks[core])
    ax.set(xscale="log", ylim=(0, None), xlabel="length L", title=title)
    ax.set_xticks(lengths, lengths)
    ax.minorticks_off()
axes[0].set_ylabel("nanoseconds per score")
axes[0].legend()
fig.suptitle("At long lengths a score is dearest where new tensors are made")
show(
    fig,
    f"Nanoseconds per score at L = {', '.join(map(str, lengths))}. "
    + "; ".join(
        f"{core}, {kind}: {', '.join(f'{value:.1f}' for value in values)}"
        for (core, kind), values in per_score.items()
    ),
)

# %% [markdown]
# - **SDPA** is the cheapest forward, and its time per score does not grow with the length.
# - **In one buffer** is, at `L = 1024`, much nearer to SDPA than to *line by line*. It has five
#   passes over memory more than SDPA. (The two also compute in different code, so not all of the
#   gap need be passes.)
# - **Line by line** is the dearest, at long lengths by far. It has the arithmetic and the passes of
#   the buffer version. What it has beyond that is *new tensors*.
# - **`masked_attention`**, with two new tensors for five, stays near SDPA up to some length, in
#   training even level with it, and rises where its tensors are large.
#
# So reading and writing the weights costs time, and getting memory for them can cost even more.
# Small tensors reuse what was freed a moment ago. Large ones are asked from the operating system
# each time, which hands out memory in small pages and fills each with zeros first; the manual of
# Linux's allocator calls that expensive
# ([mallopt(3)](https://man7.org/linux/man-pages/man3/mallopt.3.html), under `M_MMAP_THRESHOLD`).
# From which length on this happens depends on the machine, and on what the program did before.
#
# SDPA pays neither the passes nor the new memory, forward or backward, because it has no such
# tensors.
#
# This also explains the puzzle of section 10. The loop makes the weights of *one head* at a time,
# tensors H times smaller. The fused form makes those of all heads at once. With SDPA in its place
# the puzzle should go away.
#
# **Predict.** The large size with 16 heads again: the loop, the fused form, and the fused form
# with SDPA.

# %%
batch_size, length, width = sizes["large"]
w, _, forms = both_forms(width, 16)
forms = {
    "loop": forms["loop"],
    "fused, taught core": forms["fused"],
    "fused, SDPA": lambda x: fused(w, x, x, None, 16, sdpa),
}
x = torch.randn(batch_size, length, width)  # (B, L, d_model)
kinds_of_run = {"forward (ms)": forward, "forward + backward (ms)": forward_backward}
columns = [
    medians({name: way(form, x) for name, form in forms.items()}, repeats=5)
    for way in kinds_of_run.values()
]
largest = batch_size * length * length * 4 / 2**20
table(
    [
        [name, f"{largest * factor:.0f}", *(f"{1e3 * column[name]:.0f}" for column in columns)]
        for name, factor in zip(forms, (1, 16, 0), strict=True)
    ],
    ["B=4, L=256, d_model=512, H=16", "weights at a time (MiB)", *kinds_of_run],
)

# %% [markdown]
# One line changed, `masked_attention(q, k, v, mask)` to SDPA, and the fused form is the fastest.
# Both changes belong together: fewer and larger products for the projections, and no weights in
# memory.
#
# (Measured on one core of one machine, at this size. On another one the curves part elsewhere. On a
# GPU memory is kept for reuse by PyTorch itself; there the passes are what counts, and they are the
# reason that Dao et al. give.)
#
# ### Beside PyTorch's own module
#
# How good is that, measured against `nn.MultiheadAttention`? `make bench` times the same weights in
# four forms, in turns, at five sizes. It does so twice. In the second run an environment variable
# tells the C library to *keep* freed memory instead of handing it back to the system
# (`MALLOC_TRIM_THRESHOLD_` and `MALLOC_MMAP_MAX_`, in the manual above). Nothing else changes. The
# next cell shows the kept results: a time divided by that of PyTorch's module, so 2 means twice as
# slow.
#
# **Predict.** If new memory is what makes the taught core slow, what happens to its column in the
# second run? And to SDPA's? (*eval forward* is a forward pass without gradients, *train
# forward+backward* one with them, and back.)

# %%
results = Path(attnlab.__file__).parents[2] / "tests" / "benchmarks" / "results"
kept = json.loads((results / "multi_head_speed.json").read_text(encoding="utf-8"))
usual, reusing = kept["memory"]["as usual"], kept["memory"]["kept"]
rows = []
for a, b in zip(usual, reusing, strict=True):
    if a["mode"] == "train forward":
        continue
    each = [run["ratio_to_torch"][name][1] for name in ("taught", "sdpa", "loop") for run in (a, b)]
    rows.append([", ".join(map(str, a["size"].values())), a["mode"], *(f"{n:.2f}" for n in each)])
machine = kept["machine"]
table(
    rows,
    ["B, L, d_model, H", "what", "taught", "memory kept", "SDPA", "memory kept", "loop",
     "memory kept"],
    caption=f"Time divided by that of nn.MultiheadAttention(need_weights=False); medians. "
    f"{machine['cpu']}, {machine['threads']} threads, torch {machine['torch']}; {kept['date']}",
)  # fmt: skip

# %% [markdown]
# - **With SDPA in its one line the course's module is as fast as PyTorch's, or faster,** in every
#   row and with either kind of memory.
# - **The taught core** is up to about twice as slow. With memory kept it is close to 1 as soon as
#   the tensors are not tiny. So what it loses there is the price of *new* memory, and hardly that
#   of computing with weights.
# - **In the smallest rows** memory does not matter. A pass takes a fraction of a millisecond, and
#   the taught core makes more calls: it looks for the right dtype, divides, multiplies, takes a
#   softmax. PyTorch's module does it all in one call when no gradients are needed.
# - **The loop** loses most where everything is small. At large sizes it can even win forward, in
#   memory as usual: its weights are those of one head at a time, H times smaller, and the memory of
#   one head is used again for the next. With memory kept this advantage is gone.
#
# ## 12. Before you start the exercises
#
# There are six.
#
# | exercise | what to remember | section |
# |---|---|---|
# | `split_heads(x, num_heads)` | cut the last axis into (H, d_head), then exchange L and H | 2 |
# | `merge_heads(x)` | exchange, then join; `view` refuses, `reshape` copies | 3 |
# | `MultiHeadAttention(...)` | four projections; `masked_attention` on all heads at once | 1, 5 |
# | `multi_head_einsum(...)` | one letter per axis; what is missing on the right is summed | 6 |
# | `fuse_heads(loop)` | rows of head 0 first; biases only if there are any | 1, 7 |
# | `from_torch(mha)` | q, k, v in three blocks of rows; `out_proj` is `o_proj` | 7 |
#
# - `MultiHeadAttention(d_model, num_heads, d_head=None, bias=True)` takes the arguments of
#   `MultiHeadLoop`, in the same meaning: `d_head=None` is `d_model // num_heads`, with a
#   `ValueError` if that does not divide; a given `d_head` is free. `o_proj` goes from
#   `num_heads * d_head` to `d_model`.
# - `forward(x, context=None, mask=None, return_weights=False)` returns the output, or
#   `(output, weights)` with the weights of *every* head, `(B, H, L_q, L_k)`.
# - The transfer functions return a dictionary and leave the module they are given as it was.
#
# Ways to find out by yourself whether your answer is right:
#
# - **Named numbers:** `10 * token + slot` through `split_heads`, by eye.
# - **Not the round trip:** it passes for wrong pairs.
# - **One head at a time:** change the keys of head 1; only head 1's output may move.
# - **Future:** with a causal mask, change a later token; earlier outputs must not move.
# - **Sizes:** `B`, `H`, `L_q`, `L_k`, `d_head`, `d_model` all different, and
#   `num_heads * d_head` not `d_model`.
# - **Biases:** random ones, before you compare two modules.
#
# ## Check yourself
#
# Answer first, then open.
#
# <details><summary>1. <code>x</code> is <code>(B, L, H * d_head)</code>. What is wrong with
# <code>x.reshape(B, H, L, d_head)</code>?</summary>
#
# It reads memory in order: head 0 gets all numbers of the first L / H tokens. The shape is right,
# the heads hold pieces of text instead of pieces of vectors.
# </details>
#
# <details><summary>2. A colleague's test: <code>merge(split(x)) == x</code>. It passes. What do
# you know?</summary>
#
# That the two undo each other. Both may be wrong in the same way.
# </details>
#
# <details><summary>3. Where in <code>o_proj.weight</code> is head 2, with
# <code>d_head = 4</code>?</summary>
#
# In the columns 8 to 11. The input of o_proj is the joined heads, and the input of nn.Linear is
# the second axis of its weight.
# </details>
#
# <details><summary>4. <code>bhle,hed->bld</code>: which letters are summed, and what do the two
# sums do?</summary>
#
# e: each head's result times its own block of o_proj. h: the heads' contributions are added up.
# </details>
#
# <details><summary>5. You copy weights from <code>nn.MultiheadAttention</code>, forget the biases,
# and the comparison passes. How?</summary>
#
# The module is fresh, and its biases are zero.
# </details>
#
# <details><summary>6. Loop and fused have the same FLOPs. Name two reasons why their times
# differ.</summary>
#
# Calls: the loop makes H times as many, each with a fixed cost. Width: its products are narrow,
# and narrow products use the machine less well. At large sizes a third one can point the other
# way: the fused form makes the weights of all heads at once, and large new tensors are dear.
# </details>
#
# ## Summary
#
# | question | answer |
# |---|---|
# | one matrix | rows of head 0, head 1, ... below each other; biases in the same order |
# | cut | last axis into `(H, d_head)`, then exchange `L` and `H` |
# | join | exchange back, then join the last two axes: `reshape`, not `view` |
# | `view` alone | right shape, half a text per head; leaks or blinds |
# | einsum | a letter missing on the right is summed; `w_q[h]`, `w_o[h]` are transposed blocks |
# | the chain | loop = fused = einsum = `nn.MultiheadAttention` = SDPA, gradients too |
# | order of heads | free inside a model, fixed between models |
# | cost | same parameters, same FLOPs; fewer calls, wider products; SDPA keeps no weights |
#
# Next: the exercises, in `workspace/04_multi_head/04_multi_head.ipynb`. Then lesson 05, on what
# the heads of trained models do.
