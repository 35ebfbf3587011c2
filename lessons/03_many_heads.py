# %% [markdown]
# # 3. Many heads: several lookups at once
#
# A head of lesson 01 does one lookup for each query. Some questions need two: *who* did it, and
# *where*. This lesson shows what happens to one softmax that has to answer both, and what two
# softmaxes do instead. Then it builds them, as a loop.
#
# This lesson answers eight questions.
#
# 1. What can one softmax not deliver, however wide its values are?
# 2. What do two heads change?
# 3. Does training find that out? One head against 2, 4, 8 and 16 heads with as many parameters.
# 4. Which head took over which lookup?
# 5. Was the task rigged against one head? What else would help it?
# 6. Can there be too many heads?
# 7. How is the loop of heads built, and what does the output projection do with it?
# 8. What becomes of masks, context, empty rows and the number of parameters?
#
# You need lessons 01 and 02: scores, softmax, weights, `nn.Linear`, `nn.Module`, masks. Plan
# about 75 minutes. Where it says **Predict**, write your answer down before you run the next
# cell.

# %%
import copy
import math

import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F
from torch import nn

from attnlab import COLOURS, heatmap, heatmaps, show, table, trace_shapes
from autograder import mine

torch.manual_seed(0)
torch.set_printoptions(precision=3, sci_mode=False)
torch.set_num_threads(1)  # everything here is tiny: more threads only get in each other's way
print("torch", torch.__version__)

# %% [markdown]
# ## 1. What one softmax delivers
#
# Three drawers, A, B and C. Each holds one thing: a coin, a ring or a key. A question names two
# drawers, and wants two answers **in order**:
#
# > What is in A, and what is in C?
#
# The question is the query. The drawers are what it looks at. A softmax gives one weight to each
# drawer, and the output is the weighted average of the values. The fair choice is half and half.
#
# Let the value of a thing be one number first: coin 2, ring 5, key 8.
#
# **Predict.** A holds the coin (2) and C the key (8). What is the output? Name other contents of
# A and C that give the same output.

# %%
weights = torch.tensor([0.5, 0.0, 0.5])  # (L_k,)   half on A, none on B, half on C
number = {"coin": 2.0, "ring": 5.0, "key": 8.0}
rows = []
for a, c in [("coin", "key"), ("key", "coin"), ("ring", "ring")]:
    values = torch.tensor([number[a], number["ring"], number[c]])  # (L_k,)   B holds a ring
    rows.append([a, c, (weights @ values).item()])
table(rows, ["in A", "in C", "output"])

# %% [markdown]
# Three different contents, one output. Whoever gets the 5 cannot know which of the three it was.
# Such a meeting of different inputs in one output is called a **collision**. What collides is
# lost for everything that comes after.
#
# One number is a poor value. Give each thing a direction of its own: coin (1, 0, 0), ring
# (0, 1, 0), key (0, 0, 1). Then the output at least says *what* is in the mixture.
#
# **Predict.** With these values, which two of the three contents still collide?

# %%
things = ["coin", "ring", "key"]
direction = dict(zip(things, torch.eye(3), strict=True))  # torch.eye(3): the identity matrix
rows = []
for a, c in [("coin", "key"), ("key", "coin"), ("ring", "ring")]:
    values = torch.stack([direction[a], direction["ring"], direction[c]])  # (L_k, d_head)
    rows.append([a, c, (weights @ values).tolist()])
table(rows, ["in A", "in C", "output (coin, ring, key)"])

# %% [markdown]
# `ring, ring` is now apart. "Coin in A, key in C" and "key in A, coin in C" still collide. The
# output says *a coin and a key*. It does not say which is where.
#
# Is three numbers too narrow? **Predict.** Values of 512 random numbers. How large is the
# difference between the two outputs now?

# %%
wide = dict(zip(things, torch.randn(3, 512), strict=True))  # each (d_head,)
one_way = weights @ torch.stack([wide["coin"], wide["ring"], wide["key"]])  # (d_head,)
other_way = weights @ torch.stack([wide["key"], wide["ring"], wide["coin"]])  # (d_head,)
print("largest difference of 512 numbers:", (one_way - other_way).abs().max().item())

# %% [markdown]
# None. Half of the one plus half of the other is the same sum in either order. **No width mends
# this: the order is lost by the weights, not by the values.** (Vaswani et al. 2017, section 3.2.2,
# on attending to several positions at once: "With a single attention head, averaging inhibits
# this.")
#
# ### Unequal weights
#
# There is a way around, and you should know it. Why half and half?
#
# **Predict.** Weights 2/3 on A and 1/3 on C, directions as values. Do "coin, key" and "key, coin"
# still collide?

# %%
uneven = torch.tensor([2 / 3, 0.0, 1 / 3])  # (L_k,)
for a, c in [("coin", "key"), ("key", "coin")]:
    values = torch.stack([direction[a], direction["ring"], direction[c]])  # (L_k, d_head)
    print(f"{a} in A, {c} in C:", (uneven @ values))

# %% [markdown]
# They do not. The *amount* now carries the order: the larger part comes from A. Here are all nine
# contents of A and C, as points. The corners of the triangle are the values of the three things.

# %%
corner = torch.tensor([[0.0, 0.0], [2.0, 0.0], [1.0, 1.73]])  # (things, 2)   coin, ring, key
fig, axes = plt.subplots(1, 2, figsize=(10.5, 4.6))
seen = {}
for ax, (name, w) in zip(axes, {"1/2 and 1/2": 1 / 2, "2/3 and 1/3": 2 / 3}.items(), strict=True):
    places = {}
    for i, a in enumerate(things):
        for j, c in enumerate(things):
            point = w * corner[i] + (1 - w) * corner[j]  # (2,)
            places.setdefault(tuple(round(x, 3) for x in point.tolist()), []).append(f"{a}, {c}")
    for (x, y), names in places.items():
        ax.plot(x, y, "o", color=COLOURS["orange" if len(names) > 1 else "blue"], ms=9)
        ax.annotate("\n".join(names), (x, y), (x, y - 0.09), ha="center", va="top", fontsize=10)
    ax.set(title=f"weights {name}: {len(places)} points", xlim=(-0.5, 2.5), ylim=(-0.5, 2.0))
    ax.set_axis_off()
    seen[name] = len(places)
fig.suptitle("Equal weights let the order collide (orange), unequal ones keep it")
show(
    fig,
    "Nine ordered contents of drawers A and C as blends in a triangle. "
    + "; ".join(f"weights {name}: {count} different points" for name, count in seen.items())
    + ". With equal weights every pair of different things shares its point with the reverse pair.",
)

# %% [markdown]
# On the right nothing collides. So one softmax *can* hand over two answers, packed into one
# vector. But somebody has to unpack them:
#
# - The first answer is the thing with the **largest** amount. A linear layer can find that: one
#   score for each thing, the largest wins.
# - The second answer is the thing with the **smaller** amount, or the only thing there is. A
#   linear layer cannot find that.
#
# Why not? Walk along the left edge of the right-hand triangle, from `coin, coin` up to
# `key, key`. The second answers on the way are coin, key, coin, key: they change three times. A
# linear layer gives coin one score and key another. Along a straight line the difference of the
# two is a straight line too, and that crosses zero only once. A layer with a bend in it can turn
# back. The usual bend is *ReLU*: it replaces negative numbers by 0 and leaves the others.
#
# Keep this in mind. Section 5 comes back to it.
#
# ## 2. What two heads deliver
#
# Two softmaxes, each with weights of its own. Their outputs are not added: they are put **side by
# side**. `torch.cat` joins tensors along an axis; `dim=-1` is the last one.
#
# **Predict.** Head 0 looks at A only, head 1 at C only. What are the two joined outputs for
# "coin, key" and "key, coin"?

# %%
head_0 = torch.tensor([1.0, 0.0, 0.0])  # (L_k,)   all on A
head_1 = torch.tensor([0.0, 0.0, 1.0])  # (L_k,)   all on C
for a, c in [("coin", "key"), ("key", "coin"), ("ring", "ring")]:
    values = torch.stack([direction[a], direction["ring"], direction[c]])  # (L_k, d_head)
    joined = torch.cat([head_0 @ values, head_1 @ values], dim=-1)  # (2 * d_head,)
    print(f"{a + ', ' + c:11}", joined.tolist())

# %% [markdown]
# No collision, and nothing to unpack. The first three numbers are the first answer, the last
# three the second. The plainest linear layer can read each of them.
#
# Is that paid for with a larger model? The usual deal is: **H heads of width `d_model / H`**
# instead of one head of width `d_model`. Each head gets narrower, the total stays. Whether that
# is a good deal is an empirical question. So we train.
#
# ## 3. One head against several
#
# **The task.** Eight drawers, A to H, each with one of eight things. A question names two
# different drawers. The answer is what they hold, in order. Contents and questions are drawn
# anew for every training step, so nothing can be learned by heart, and the training loss is as
# honest as a test loss.
#
# Ten runs are trained for each number of heads, with ten random starts and ten streams of
# questions, so that no lucky run can fool us. They do not differ in anything else, so they can be
# computed at once: **every tensor of this section has a leading axis `S`, one place for each
# run.** The runs never meet.

# %%
S, N = 10, 8  # runs; drawers, and as many kinds of things
drawers = list("ABCDEFGH")
kinds = ["coin", "ring", "key", "nail", "cork", "bead", "shell", "stamp"]


def draw_questions(count, generator):
    """Contents (S, B, N), asked drawers (S, B, 2), and the answers (S, B, 2), as numbers."""
    contents = torch.randint(N, (S, count, N), generator=generator)
    order = torch.rand(S, count, N, generator=generator).argsort(-1)  # a shuffle of 0 .. N-1
    asked = order[..., :2]  # two different drawers
    return contents, asked, contents.gather(-1, asked)


contents, asked, answers = draw_questions(3, torch.Generator().manual_seed(1))
for each, pair, answer in zip(contents[0], asked[0], answers[0], strict=True):
    print(" ".join(f"{d}:{kinds[t]:5}" for d, t in zip(drawers, each, strict=True)), end="  ")
    print(" ".join(drawers[i] for i in pair), "?", " ".join(kinds[i] for i in answer))

# %% [markdown]
# (`argsort` of random numbers is a shuffle. `contents.gather(-1, asked)` picks from the last axis
# of `contents` the places that `asked` names.)
#
# **The model.** It is cross-attention with a single query: the question looks at the drawers.
#
# - The vector of a drawer is the sum of two learned vectors, one for its letter and one for what
#   it holds. The vector of a question is the sum of one for "asked first" and one for "asked
#   second".
# - One layer of attention: the loop of heads. Its result is added to the question's vector, as in
#   lesson 02. Section 7 goes through the loop line by line.
# - A linear **read-out**: 16 numbers, a score for each of 8 things, for each of 2 answers.
#
# First `nn.Linear` and `nn.Embedding` for S runs at once. `flatten(1, -2)` makes one axis of all
# axes between the first and the last, so that `@` multiplies one matrix for each run; `unflatten`
# undoes it. A row with a single 1, times a matrix, picks out one row of the matrix: that is how
# `Vectors` finds the learned vector of a number.


# %%
class Linears(nn.Module):
    """One linear layer for each run: x (S, ..., d_in) -> (S, ..., d_out)."""

    def __init__(self, d_in, d_out):
        super().__init__()
        bound = 1 / math.sqrt(d_in)
        self.weight = nn.Parameter(torch.empty(S, d_in, d_out).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.zeros(S, 1, d_out))

    def forward(self, x):
        rows = x.flatten(1, -2) @ self.weight + self.bias  # (S, rows, d_out)
        return rows.unflatten(1, x.shape[1:-1])


class Vectors(nn.Module):
    """A learned vector for each number and each run: numbers (S, ...) -> (S, ..., d_model)."""

    def __init__(self, d_model):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(S, N, d_model))

    def forward(self, numbers):
        ones = torch.eye(N)[numbers]  # (S, ..., N)   a single 1 in each row
        return (ones.flatten(1, -2) @ self.weight).unflatten(1, numbers.shape[1:])


# %% [markdown]
# (`nn.Parameter` marks a tensor as a weight to be learned; `nn.Linear` and `nn.Embedding` do so
# inside. They also start from such random numbers.)


# %%
class Lookups(nn.Module):
    """H heads of width d_model / H, their outputs side by side, mixed by one linear layer."""

    def __init__(self, d_model, num_heads):
        super().__init__()
        d_head = d_model // num_heads
        self.heads = nn.ModuleList(
            nn.ModuleList(Linears(d_model, d_head) for _ in ("q", "k", "v"))
            for _ in range(num_heads)
        )
        self.o_proj = Linears(num_heads * d_head, d_model)

    def forward(self, x, context):
        outputs, self.weights = [], []
        for q_proj, k_proj, v_proj in self.heads:
            q, k, v = q_proj(x), k_proj(context), v_proj(context)  # (S, B, 1 or N, d_head)
            scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])  # (S, B, 1, N)
            weights = scores.softmax(-1)  # (S, B, 1, N)
            self.weights.append(weights.detach())  # kept for the pictures
            outputs.append(weights @ v)  # (S, B, 1, d_head)
        return self.o_proj(torch.cat(outputs, dim=-1))  # (S, B, 1, d_model)


# %% [markdown]
# The whole model puts the vectors in front of it and the read-out behind it.


# %%
class Reader(nn.Module):
    """The whole model: vectors of drawers and questions, one layer of lookups, a read-out."""

    def __init__(self, num_heads, d_model=16):
        super().__init__()
        self.drawer, self.content = Vectors(d_model), Vectors(d_model)
        self.first, self.second = Vectors(d_model), Vectors(d_model)
        self.attend = Lookups(d_model, num_heads)
        self.read_out = Linears(d_model, 2 * N)

    def vectors(self, contents, asked):
        letters = self.drawer(torch.arange(N).expand(S, 1, N))  # (S, 1, N, d_model)
        context = letters + self.content(contents)  # (S, B, N, d_model)
        x = self.first(asked[..., :1]) + self.second(asked[..., 1:])  # (S, B, 1, d_model)
        return x, context

    def forward(self, contents, asked):
        x, context = self.vectors(contents, asked)
        y = x + self.attend(x, context)  # (S, B, 1, d_model)
        return self.read_out(y).unflatten(-1, (2, N))[:, :, 0]  # (S, B, 2, N)


# %% [markdown]
# **Is the comparison fair?** Same data, same number of steps, same optimizer. And the same number
# of parameters?
#
# **Predict.** `d_model` is 16. One head of width 16, or 16 heads of width 1: which layer has more
# weights?

# %%
rows = []
for num_heads in (1, 2, 4, 8, 16):
    reader = Reader(num_heads)
    in_attention = sum(p.numel() for p in reader.attend.parameters()) // S  # of one run
    in_all = sum(p.numel() for p in reader.parameters()) // S
    rows.append([num_heads, 16 // num_heads, 16, in_attention, in_all])
table(
    rows,
    ["heads", "width of a head", "heads x width", "parameters in the attention layer", "in all"],
)

# %% [markdown]
# The same for all. Cutting the width into heads costs no parameter and saves none (section 9
# counts them by hand).
#
# The training is plain. The loss is the cross-entropy of both answers, averaged, in nats: 0 is
# perfect, and guessing one of eight things costs `ln(8)`, about 2.08. (`fused=True` lets Adam
# update all weights in one go; it only saves time.)


# %%
def loss_of(logits, answers):
    """Cross-entropy of each run, averaged over its questions and both answers: (S,)."""
    losses = F.cross_entropy(logits.flatten(0, 2), answers.flatten(), reduction="none")
    return losses.view(S, -1).mean(1)


def train(model, steps=300):
    """Train S runs at once; the loss of each step and run (steps, S)."""
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2, fused=True)
    generator = torch.Generator().manual_seed(0)  # the same questions for every model
    curve = []
    for _ in range(steps):
        contents, asked, answers = draw_questions(64, generator)
        losses = loss_of(model(contents, asked), answers)  # (S,)
        optimizer.zero_grad()
        losses.sum().backward()  # a run's loss depends on its own weights only
        optimizer.step()
        curve.append(losses.detach())
    return torch.stack(curve)


# %% [markdown]
# **Predict.** Write down for 1, 2 and 4 heads: will all questions be answered right in the end?
# Which number of heads will learn fastest? (All five numbers of heads are trained here, which
# takes some seconds. 8 and 16 are for section 6.)

# %%
readers, curves = {}, {}
for num_heads in (1, 2, 4, 8, 16):
    torch.manual_seed(num_heads)
    readers[num_heads] = Reader(num_heads)
    curves[num_heads] = train(readers[num_heads])  # (steps, S)

# %%
one_guessed, order_unknown = math.log(8) / 2, 7 / 8 * math.log(2)
styles = {
    1: ("orange", "--"),
    2: ("blue", "-"),
    4: ("green", "-."),
    8: ("purple", "-"),
    16: ("black", ":"),
}


def draw_curves(numbers, title):
    """Median and range over the runs, averaged over ten steps at a time."""
    fig, ax = plt.subplots(figsize=(7.6, 4.2))
    for num_heads in numbers:
        smooth = curves[num_heads].view(-1, 10, S).mean(1)  # (steps / 10, S)
        steps = 10 * torch.arange(len(smooth)) + 5
        colour, line = COLOURS[styles[num_heads][0]], styles[num_heads][1]
        ax.fill_between(steps, smooth.amin(1), smooth.amax(1), color=colour, alpha=0.2, lw=0)
        name = f"{num_heads} head{'s' if num_heads > 1 else ''} of width {16 // num_heads}"
        ax.plot(steps, smooth.median(1).values, color=colour, linestyle=line, label=name)
    for loss, words in [(one_guessed, "one right, one guessed"), (order_unknown, "order unknown")]:
        ax.axhline(loss, color="0.4", lw=1)
        ax.text(313, loss, words, va="center")
    ax.set(xlabel="training step", ylabel="loss (nats per answer)", xlim=(0, 308), ylim=(0, 2.5))
    ax.set_title(title)
    ax.legend()
    ends = {n: curves[n][-50:].mean(0) for n in numbers}  # each (S,)
    return show(
        fig,
        "Loss over 300 training steps, median and range of 10 runs. Mean of the last 50 steps: "
        + "; ".join(
            f"{n} head(s) {e.median().item():.2f} ({e.min().item():.2f} to {e.max().item():.2f})"
            for n, e in ends.items()
        )
        + f". Lines mark two losses: one answer right and the other guessed {one_guessed:.2f}, "
        f"both things known but not their order {order_unknown:.2f}.",
    )


draw_curves((1, 2, 4), "One head gets stuck, two and four heads solve the task")

# %% [markdown]
# All start alike. Two and four heads go to zero. One head gets stuck, somewhere between two thin
# lines. Both are losses that we can work out:
#
# - **One answer right, the other guessed.** The right one costs 0, the guess `ln(8)`. On average
#   that is `ln(8) / 2`, about 1.04.
# - **Both things known, but not which is where.** If they differ (7 of 8 questions), each gets a
#   probability of one half, which costs `ln(2)`. If they are the same, nothing is left to guess.
#   Together `7/8 * ln(2)`, about 0.61. This is what the collision of section 1 predicts for half
#   and half.
#
# Now on 2000 fresh questions for each run: how many does it get right, both answers together?


# %%
@torch.no_grad()
def examine(model, count=2000, seed=99):
    """The given answers and the right ones, (S, count, 2) each, and the questions."""
    contents, asked, answers = draw_questions(count, torch.Generator().manual_seed(seed))
    return model(contents, asked).argmax(-1), answers, contents, asked


def both_right(model):
    given, answers, _, _ = examine(model)
    return (given == answers).all(-1).double().mean(1)  # (S,)


def row_of_runs(shares):
    return [*(f"{share:.2f}" for share in shares.tolist()), f"{shares.median().item():.2f}"]


run_names = [*(str(i) for i in range(S)), "median"]
table(
    [[n, 16 // n, *row_of_runs(both_right(readers[n]))] for n in (1, 2, 4)],
    ["heads", "width of a head", *run_names],
    caption="Share of questions with both answers right, run 0 to run 9",
)

# %% [markdown]
# What does one head say, then? Guessing both would be right in 1 of 64 questions (0.02), and it
# is better than that.
#
# We ask each run: how often is its first answer right, how often its second, how often does it
# give the *same* answer twice? (Only questions whose two things differ. There, one right and one
# guessed would be 1.00 and about 0.12.) And we look at the weights: how much is on the drawer
# asked first, and how much on the one asked second, on average?
#
# **Predict.** Will all ten runs of one head do the same?


# %%
def weight_on_asked(model):
    """Mean weight on the drawer asked first and on the one asked second: (S, H, 2)."""
    _, _, _, asked = examine(model)
    per_head = []
    for weights in model.attend.weights:  # (S, B, 1, N)
        on_asked = weights[:, :, 0].gather(-1, asked)  # (S, B, 2)
        per_head.append(on_asked.mean(1))
    return torch.stack(per_head, dim=1)


rows, one_head = [], weight_on_asked(readers[1])[:, 0]  # (S, 2)
given, answers, _, _ = examine(readers[1])
for run in range(S):
    differ = answers[run, :, 0] != answers[run, :, 1]  # (count,)
    said, right = given[run][differ], answers[run][differ]  # (questions, 2)
    shares = [said[:, 0] == right[:, 0], said[:, 1] == right[:, 1], said[:, 0] == said[:, 1]]
    shares = [share.double().mean() for share in shares]
    rows.append([run, *(f"{n:.2f}" for n in (*shares, *one_head[run]))])
table(
    rows,
    ["run", "first right", "second right", "same answer twice", "weight on first", "on second"],
    caption="One head, questions whose two things differ",
)

# %% [markdown]
# There are two ways to get stuck, and which one a run takes is an accident of its start.
#
# - **One drawer only.** Most of the weight goes to one of the two drawers. That answer is right
#   (nearly) always. The other is a guess.
# - **Both drawers in a blend.** The weight is shared. Then the head mostly gives **the same answer
#   twice**: the thing with the larger part in the blend. One answer is mostly right, the other
#   mostly wrong.
#
# Some runs lie between the two.
#
# Here is one run of either kind: the one with the most even weights, and the one with the most
# uneven. Rows are four questions, not the same in both pictures; columns are drawers.

# %%
_, _, _, asked = examine(readers[1], count=4, seed=6)  # keeps the weights of these questions
gap = (one_head[:, 0] - one_head[:, 1]).abs()  # (S,)
panels, names = {}, {}
for kind, run in {"both drawers": gap.argmin().item(), "one drawer": gap.argmax().item()}.items():
    panels[f"{kind} (run {run})"] = readers[1].attend.weights[0][run, :, 0]  # (questions, N)
    names[run] = [f"{drawers[i]}, then {drawers[j]}" for i, j in asked[run].tolist()]
fig, axes = plt.subplots(1, 2, figsize=(11, 3.2))
for ax, (title, weights), questions in zip(axes, panels.items(), names.values(), strict=True):
    heatmap(weights, questions, drawers, title, ax=ax)
fig.suptitle("One head: a blend of two drawers, or one of them")
show(
    fig,
    "Weights of one head on eight drawers, four questions each. "
    + "; ".join(
        f"{title}, largest weight for each question {[round(w, 2) for w in m.amax(-1).tolist()]}"
        for title, m in panels.items()
    ),
)

# %% [markdown]
# ## 4. What did each head take over?
#
# Now the model with two heads, run 0. **Predict.** Where will the weights of each head be?

# %%
_, _, _, asked = examine(readers[2], count=4, seed=6)
panels = {f"head {i}": readers[2].attend.weights[i][0, :, 0] for i in range(2)}  # (questions, N)
questions = [f"{drawers[i]}, then {drawers[j]}" for i, j in asked[0].tolist()]
heatmaps(panels, questions, drawers, title="Two heads: each goes to one of the two drawers")

# %% [markdown]
# A picture of four questions is an impression. The number is the mean weight over 2000 questions,
# for every run.

# %%
rows = []
for run, (h0, h1) in enumerate(weight_on_asked(readers[2])):
    first = "head 0" if h0[0] > h1[0] else "head 1"
    rows.append([run, *(f"{w:.2f}" for w in (*h0.tolist(), *h1.tolist())), first])
table(
    rows,
    ["run", "head 0: first", "head 0: second", "head 1: first", "head 1: second", "first is with"],
    caption="Two heads: mean weight on the drawer asked first and on the one asked second",
)

# %% [markdown]
# One head looks up the first drawer and the other one the second, run after run. Which is which
# differs between runs. Nobody told them: the loss alone divided the work.
#
# Is a large weight proof that the answer comes from there? We take one head out: its `v_proj` is
# set to zero, so it hands over nothing. (`copy.deepcopy` makes an independent copy of a model.)
#
# **Predict.** In run 0, which answer breaks when head 0 is silent?

# %%
rows = []
for silent in (None, 0, 1):
    model = copy.deepcopy(readers[2])
    if silent is not None:
        v_proj = model.attend.heads[silent][2]
        with torch.no_grad():
            v_proj.weight.zero_()
            v_proj.bias.zero_()
    given, answers, _, _ = examine(model)
    right = (given == answers)[0].double().mean(0)  # (2,)   run 0
    rows.append(["none" if silent is None else f"head {silent}", *(f"{r:.2f}" for r in right)])
table(rows, ["silent", "first answer right", "second answer right"], caption="Run 0 of two heads")

# %% [markdown]
# Each head carries its own answer, and only that one. Unit 05 does the same with real models,
# where things are less tidy. Four heads are less tidy already:

# %%
roles = weight_on_asked(readers[4])[0]  # (H, 2)   run 0
table(
    [[f"head {i}", *(f"{w:.2f}" for w in role.tolist())] for i, role in enumerate(roles)],
    ["run 0 of four heads", "weight on the first", "weight on the second"],
)

# %% [markdown]
# Four heads for two lookups: some share a job. The result is as good.
#
# ## 5. Was the task rigged?
#
# The task was chosen so that one head has a hard time. What exactly makes it hard? Section 1 said
# that a blend with unequal weights keeps both answers, but a linear layer cannot unpack it. Our
# read-out *is* linear. So we give the one head some help, one thing at a time:
#
# - **four times the steps**, 1200 instead of 300;
# - **twice the width**: `d_model` 32, which is about four times the weights in the attention
#   layer;
# - **a read-out with a bend**: a hidden layer of 64 with ReLU before the 16 numbers. In a
#   transformer such a small network follows every attention layer;
# - **two layers**: a second attention layer with one head. Its query is the question *plus* what
#   the first layer found.
#
# **Predict.** Which of the four will help?


# %%
class TwoLayers(Reader):
    """One head, then one head again, which knows what the first one found."""

    def __init__(self):
        super().__init__(num_heads=1)
        self.attend_before = Lookups(16, 1)

    def vectors(self, contents, asked):
        x, context = super().vectors(contents, asked)
        return x + self.attend_before(x, context), context


def with_bend(num_heads):
    reader = Reader(num_heads)
    reader.read_out = nn.Sequential(Linears(16, 64), nn.ReLU(), Linears(64, 2 * N))
    return reader


helped = {
    "1 head, four times the steps": (lambda: Reader(1), 1200),
    "1 head, d_model 32": (lambda: Reader(1, d_model=32), 300),
    "1 head, bend": (lambda: with_bend(1), 300),
    "1 head, bend, four times the steps": (lambda: with_bend(1), 1200),
    "2 heads, bend": (lambda: with_bend(2), 300),
    "2 layers of 1 head": (TwoLayers, 300),
}
rows, trained = [["1 head, as before", *row_of_runs(both_right(readers[1]))]], {}
for name, (build, steps) in helped.items():
    torch.manual_seed(1)
    trained[name] = build()
    train(trained[name], steps)
    rows.append([name, *row_of_runs(both_right(trained[name]))])
table(
    rows,
    ["model", *run_names],
    caption="Share of questions with both answers right, run 0 to run 9",
)

# %% [markdown]
# - More steps and more width: next to nothing. The average stays an average.
# - The bend: **with one head some runs get far, and with four times the steps many solve the
#   task.** Others stay stuck with one drawer even then.
# - Two heads with the bend: solved, and in a quarter of the steps.
# - A second layer: solved. One lookup after the other instead of side by side.
#
# How do the successful runs with one head do it? **Predict** their weights on the two drawers.

# %%
bent = trained["1 head, bend, four times the steps"]
roles, success = weight_on_asked(bent)[:, 0], both_right(bent)  # (S, 2), (S,)
table(
    [
        [run, f"{success[run].item():.2f}", *(f"{w:.2f}" for w in roles[run].tolist())]
        for run in success.argsort(descending=True).tolist()
    ],
    ["run", "both right", "weight on the first", "weight on the second"],
    caption="One head, read-out with a bend, four times the steps, best runs first",
)

# %% [markdown]
# The successful runs share the weight **unequally**, roughly two to one: the trick of section 1.
# Training found it by itself. Runs that failed have put nearly all of it on one drawer.
#
# So this much is true, and no more. One softmax delivers **one** weighted average. It cannot hand
# over two things *apart from each other*. It can hand them over packed into one vector. Then a
# network after it has to unpack them (64 blends here, and more lookups or more things mean finer
# differences), and training has to find the trick. Two heads deliver the answers ready to read,
# and training finds them quickly. Two layers do so too, one after the other and with twice the
# attention weights. Several lookups in one layer, at no extra parameters: that is why multi-head
# attention is the usual choice.
#
# ## 6. Too many heads?
#
# If two are better than one, are sixteen better still? The total width stays 16, so sixteen heads
# are 1 wide.
#
# **Predict.** A key of width 1 is one number. Let the eight keys be 1, 2, ... 8. A query is one
# number as well, and the score is the product. Which drawers can get the highest score?

# %%
keys_1 = torch.arange(1.0, 9.0)[:, None]  # (N, d_head)   one number for each drawer
queries_1 = torch.linspace(-5, 5, 1000)[:, None]  # (L_q, d_head)
winners = (queries_1 @ keys_1.T).argmax(-1)  # (L_q,)   the drawer with the highest score
print("d_head = 1, drawers that can win:", [drawers[i] for i in winners.unique().tolist()])

angles = torch.arange(8) * 2 * math.pi / 8
keys_2 = torch.stack([angles.cos(), angles.sin()], dim=-1)  # (N, d_head)   on a circle
winners = (keys_2 @ keys_2.T).argmax(-1)  # (L_q,)   one query in each direction
print("d_head = 2, drawers that can win:", [drawers[i] for i in winners.unique().tolist()])

# %% [markdown]
# With one number only the two ends can win: a positive query prefers the largest key, a negative
# one the smallest. A head of width 1 cannot pick a drawer from the middle. With two numbers the
# keys can lie on a circle, and each is the best match for its own direction. But neighbours score
# nearly as high, so it takes long vectors to pick one sharply.
#
# A value of width 1 is just as narrow. So a head can be too thin to do its own lookup. What does
# training say?

# %%
draw_curves((2, 4, 8, 16), "The thinner the heads, the later they learn")

# %%
toy = {n: both_right(readers[n]) for n in (1, 2, 4, 8, 16)}  # each (S,)
table(
    [[n, 16 // n, *row_of_runs(shares)] for n, shares in toy.items()],
    ["heads", "width of a head", *run_names],
    caption="Share of questions with both answers right, run 0 to run 9, total width 16",
)

# %% [markdown]
# Two and four heads are best. Eight heads of width 2 come later, and nearly get there. Sixteen
# heads of width 1 are still falling, but after the same number of steps they are far behind. (Their
# loss ends near that of one head, though more of their answers are right. A loss counts how sure
# each guess was; the share counts only whether both were right.) That
# keys and values can be too narrow for what they have to tell apart has been studied as the
# *low-rank bottleneck* of multi-head attention ([Bhojanapalli et al. 2020, *Low-Rank Bottleneck in
# Multi-head Attention Models*](https://arxiv.org/abs/2002.07028)).
#
# ### The same question in a real model
#
# The paper that introduced multi-head attention made this comparison for translation from English
# to German: Vaswani et al. 2017, Table 3, rows (A). The number of heads varies, the total width
# is 512 throughout. BLEU measures how well translations agree with those of humans (higher is
# better), perplexity how surprised the model is by the right next token (lower is better).

# %%
paper = {
    "heads": [1, 4, 8, 16, 32],
    "width of a head": [512, 128, 64, 32, 16],
    "BLEU": [24.9, 25.5, 25.8, 25.8, 25.4],
    "perplexity": [5.29, 5.00, 4.92, 4.91, 5.01],
}
table(
    {
        "heads": paper["heads"],
        "width of a head": paper["width of a head"],
        "BLEU": paper["BLEU"],
        "perplexity": [f"{x:.2f}" for x in paper["perplexity"]],
    },
    caption="Vaswani et al. 2017, Table 3 (A), development set",
)

# %%
fig, axes = plt.subplots(1, 2, figsize=(10.5, 4.0))
for run in range(S):
    axes[0].plot(list(toy), [s[run] for s in toy.values()], "o", color=COLOURS["sky"], ms=5)
medians = [shares.median() for shares in toy.values()]
axes[0].plot(list(toy), medians, "-", color=COLOURS["blue"], label="median of 10 runs (dots)")
axes[0].set(title="our drawers, total width 16", ylabel="both answers right", ylim=(0, 1.12))
axes[0].legend(loc="lower center")
axes[1].plot(paper["heads"], paper["BLEU"], "s-", color=COLOURS["orange"])
axes[1].set(title="translation, total width 512", ylabel="BLEU", ylim=(24.6, 26.1))
for ax, heads in zip(axes, (list(toy), paper["heads"]), strict=True):
    ax.set_xscale("log", base=2)
    ax.set_xticks(heads, heads)
    ax.set_xlabel("number of heads")
fig.suptitle("Too few heads and too thin heads are both worse")
show(
    fig,
    "Left, share of questions with both answers right over the number of heads, median of 10 runs: "
    + ", ".join(f"{n}: {m.item():.2f}" for n, m in zip(toy, medians, strict=True))
    + ". Right, BLEU of Vaswani et al. 2017, Table 3 (A): "
    + ", ".join(f"{n}: {b}" for n, b in zip(paper["heads"], paper["BLEU"], strict=True))
    + ". The scale on the right does not begin at zero.",
)

# %% [markdown]
# What carries over:
#
# - The comparison is of the same kind: total width constant, only its division into heads varies.
# - One head is worse, and at the other end too many heads are worse again.
#
# What does not:
#
# - **The size of the effect.** One head loses 0.9 BLEU in the paper, and nearly everything here.
#   Our task needs two lookups in one layer and has a linear read-out. A translation model has six
#   layers on each side, with a network with a bend in each. Section 5 showed that both help.
# - **The best number.** Two lookups are best served by 2 or 4 heads, 16 wide together; in the
#   paper 8 and 16 are equally good. There is no number that is best everywhere.
# - **The spread.** We have ten runs of each. The table in the paper gives one number for each.
#
# ## 7. The loop, step by step
#
# Now the part you will write. From here on there are no runs any more, and the layers are
# `nn.Linear`.
#
# `masked_attention` is the function of unit 02. `mine` brings your own, or the course's where
# yours does not pass yet.

# %%
masked_attention = mine("masked_attention")

# %% [markdown]
# ### One head, then two
#
# A head is three projections from `d_model` to `d_head`, and one call of `masked_attention`. The
# next head is the same with weights of its own. To see that these are two different widths, we
# take `d_model = 7`, two heads and `d_head = 3`: nothing forces `H * d_head` to equal `d_model`.
#
# **Predict.** Each head gives `(B, L, 3)`. What is the shape of the joined outputs? What must
# `o_proj` be, so that the result has the shape of `x`?

# %%
torch.manual_seed(2)
x = torch.randn(4, 5, 7)  # (B, L, d_model)
two_heads = [[nn.Linear(7, 3) for _ in range(3)] for _ in range(2)]
o_proj = nn.Linear(6, 7)  # from H * d_head back to d_model
outputs = []
for number, (q_proj, k_proj, v_proj) in enumerate(two_heads):
    print(f"head {number}")
    with trace_shapes(B=4, L=5, d_model=7, d_head=3):
        q, k, v = q_proj(x), k_proj(x), v_proj(x)
    output, weights = masked_attention(q, k, v)  # (B, L, d_head), (B, L, L)
    outputs.append(output)
print("together")
with trace_shapes(B=4, L=5, d_model=7, d_head=3, **{"H*d_head": 6}):
    joined = torch.cat(outputs, dim=-1)
    result = o_proj(joined)

# %% [markdown]
# Note what the heads share: `x`, and in the end `o_proj`. Nothing else. Inside a head the scale
# is $\sqrt{d_\mathrm{head}}$, with *its* width 3, not 7 and not 6; `masked_attention` takes it
# from `q`.
#
# ### Four ways to bring outputs together
#
# **Predict.** Which of these have a shape that `o_proj` (6 in) accepts?

# %%
ways = {
    "torch.cat(outputs, dim=-1)": torch.cat(outputs, dim=-1),
    "torch.cat(outputs, dim=1)": torch.cat(outputs, dim=1),
    "torch.stack(outputs)": torch.stack(outputs),
    "outputs[0] + outputs[1]": outputs[0] + outputs[1],
}
rows = [[way, tuple(t.shape), "yes" if t.shape[-1] == 6 else "no"] for way, t in ways.items()]
table(rows, ["", "shape", "o_proj accepts it"])

# %% [markdown]
# - `cat` along the last axis: each position keeps its place and gets the numbers of all heads,
#   head 0 first. That is the one.
# - `cat` along axis 1 makes twice as many *positions*. `stack` makes a new axis.
# - Adding has the collision of section 1 again: head 0's part and head 1's part become one sum.
#
# ### What `o_proj` reads
#
# By hand. One position, two heads of width 2, `d_model` 3. Head 0 says (1, 2), head 1 says
# (3, -1). The weight of `o_proj` has one row for each number of the result and one column for
# each number of the joined vector.
#
# **Predict.** Compute the result: three dot products with (1, 2, 3, -1), plus the bias.

# %%
head_0, head_1 = torch.tensor([1.0, 2.0]), torch.tensor([3.0, -1.0])  # (d_head,) each
small = nn.Linear(4, 3)
with torch.no_grad():
    small.weight.copy_(
        torch.tensor([[1.0, 0.0, 0.0, 2.0], [0.0, 1.0, 1.0, 0.0], [1.0, 1.0, 0.0, 0.0]])
    )  # (d_model, H * d_head)
    small.bias.copy_(torch.tensor([0.0, 0.0, 0.5]))  # (d_model,)
    whole = small(torch.cat([head_0, head_1]))  # (d_model,)
print("o_proj of the joined vector:", whole.tolist())

# %% [markdown]
# Columns 0 and 1 of the weight only ever meet head 0. Columns 2 and 3 only ever meet head 1. So
# the weight falls into **blocks of columns, one for each head**, and the result is a sum.
#
# **Predict.** What does each block make of its own head?

# %%
with torch.no_grad():
    blocks = small.weight.split(2, dim=1)  # pieces of 2 columns, each (d_model, d_head)
    parts = [block @ head for block, head in zip(blocks, (head_0, head_1), strict=True)]
table(
    [["head 0", *parts[0]], ["head 1", *parts[1]], ["bias", *small.bias], ["sum", *whole]],
    ["from", "number 0", "number 1", "number 2"],
)

# %% [markdown]
# `o_proj` of the joined vector is the sum over heads of *its block times its head*, plus one
# bias. This is how heads contribute to a model: each adds its own piece.
#
# (An own projection in each head, with the results added, would thus be the same computation. But
# it would have other names and H biases instead of one, so weights trained with one layout could
# not be loaded into the other. The course has one shared `o_proj`, as PyTorch does.)
#
# ### The order of the heads
#
# Columns `0 .. d_head-1` belong to head 0. So the order of joining is part of what the weights
# mean.
#
# **Predict.** We join head 1 first. Does the result change? And if we also exchange the two
# blocks of columns?

# %%
with torch.no_grad():
    swapped_heads = torch.cat([head_1, head_0])  # (H * d_head,)
    swapped_weight = torch.cat([blocks[1], blocks[0]], dim=1)  # (d_model, H * d_head)
    rows = [
        ["as they were", *whole],
        ["heads exchanged, weight not", *small(swapped_heads)],
        ["heads and column blocks exchanged", *(swapped_weight @ swapped_heads + small.bias)],
    ]
table(rows, ["", "number 0", "number 1", "number 2"])

# %% [markdown]
# The wrong order gives right shapes and wrong numbers. With the columns moved along, nothing
# changes: heads have no natural order. That is why training may give the first drawer to head 0
# in one run and to head 1 in another (section 4), and why two equally trained models cannot be
# compared head by head. But *within* one model the order is fixed.
#
# ### Holding the heads
#
# A module finds its weights through its attributes (lesson 01, section 7). With a number of parts
# that is known only at run time, the first idea is a Python list.
#
# **Predict.** Three modules hold two `nn.Linear(7, 3)`, that is 2 x (21 + 3) = 48 numbers. Which
# of them reports 48?


# %%
class Holder(nn.Module):
    """Two parts in the given container, and one layer behind them."""

    def __init__(self, parts):
        super().__init__()
        self.parts = parts
        self.last = nn.Linear(6, 7)


def new_part():
    return nn.Linear(7, 3)


holders = {
    "[new_part(), new_part()]": Holder([new_part(), new_part()]),
    "nn.ModuleList([new_part()] * 2)": Holder(nn.ModuleList([new_part()] * 2)),
    "nn.ModuleList([new_part(), new_part()])": Holder(nn.ModuleList([new_part(), new_part()])),
}
rows = []
for name, holder in holders.items():
    in_parts = [p.numel() for n, p in holder.named_parameters() if n.startswith("parts")]
    outcome = torch.equal(holder.parts[0](x), holder.parts[1](x))
    rows.append([name, sum(in_parts), "yes" if outcome else "no"])
table(rows, ["self.parts =", "numbers found in the parts", "both parts give the same"])

# %% [markdown]
# - **A plain list** hides its contents. `parameters()` does not find them: the optimizer never
#   updates them, and they are not saved with the model. There is no error, because `last` is
#   found and learns.
# - **`[part] * 2`** is one part, listed twice. It is found once, and both "heads" are the same
#   head for ever: they have the same weights and get the same gradients.
# - **`nn.ModuleList`** of parts that were *made* one by one is right. It behaves like a list, and
#   the module knows its contents.
#
# A part with several named layers fits into an `nn.ModuleDict`, which behaves like a dictionary.
# **Predict** the names of the weights: what stands between the dots?

# %%
part = nn.ModuleDict({"left_proj": nn.Linear(7, 3), "right_proj": nn.Linear(7, 3)})
holder = Holder(nn.ModuleList([part]))
for name, parameter in holder.named_parameters():
    print(f"{name:27}", tuple(parameter.shape))
print("used as holder.parts[0]['left_proj']:", tuple(holder.parts[0]["left_proj"](x).shape))

# %% [markdown]
# Attribute, place in the list, key of the dictionary, and then what `nn.Linear` calls its own.
# The exercise asks for `heads.0.q_proj`, `heads.0.k_proj` and so on; now you can read off how it
# must be built.
#
# ## 8. Masks, context, empty rows
#
# ### A mask has an axis of heads
#
# In lesson 02 a mask broadcast to `(B, L_q, L_k)`. With several heads the scores are
# `(B, H, L_q, L_k)`, and so is the mask: **each head may have a mask of its own.** If the heads
# share one, its axis of heads has size 1 or is not there at all.
#
# `mask.broadcast_to(shape)` stretches it. It copies nothing, and it raises an error where the
# shapes do not fit. Then head `i` takes its own piece, `mask[:, i]`.
#
# **Predict.** Head 0 may look at the past and itself, head 1 at everything. The mask has shape
# `(H, L, L)`. What shape has it after `broadcast_to`? What shape has `mask[:, 0]`?

# %%
everything = torch.ones(5, 5, dtype=torch.bool)  # (L_q, L_k)
per_head = torch.stack([everything.tril(), everything])  # (H, L_q, L_k)
mask = per_head.broadcast_to((4, 2, 5, 5))  # (B, H, L_q, L_k)
print("before", tuple(per_head.shape), " after", tuple(mask.shape), " one", tuple(mask[:, 0].shape))
panels, panel_masks = {}, {}
with torch.no_grad():
    for i, (q_proj, k_proj, v_proj) in enumerate(two_heads):
        name = f"head {i}: {('causal', 'everything')[i]}"
        _, weights = masked_attention(q_proj(x), k_proj(x), v_proj(x), mask[:, i])  # (B, L_q, L_k)
        panels[name], panel_masks[name] = weights[0], mask[0, i]
heatmaps(panels, title="Each head obeys its own mask", mask=panel_masks)

# %% [markdown]
# A causal mask for all heads, `(L_q, L_k)`, needs nothing: lined up from the right it fits.
#
# ### The padding trap
#
# A padding mask is `(B, 1, L_k)`. **Predict.** Lined up from the right with `(B, H, L_q, L_k)`,
# which axis does its `B` stand under? What happens for `B = 3`, `H = 2`? And for `B = 2`,
# `H = 2`?


# %%
def padding_of(lengths):
    return torch.stack([torch.arange(5) < n for n in lengths])[:, None]  # (B, 1, L_k)


for lengths in ([5, 3, 4], [5, 3]):
    padding = padding_of(lengths)
    shape = (len(lengths), 2, 4, 5)  # (B, H, L_q, L_k)
    for name, each in {"padding": padding, "padding[:, None]": padding[:, None]}.items():
        try:
            keys_allowed = each.broadcast_to(shape).sum(-1)[:, :, 0].tolist()  # (B, H)
        except RuntimeError:
            keys_allowed = "error: the shapes do not fit"
        print(f"lengths {lengths!s:10} {name:17} {tuple(each.shape)!s:13} {keys_allowed}")

# %% [markdown]
# `[:, None]` puts in the axis of heads: `(B, 1, 1, L_k)`. Each inner list is one sentence, with
# the keys that head 0 and head 1 may see.
#
# Without it, `B` stands under `H`. With `B = 3` and `H = 2` PyTorch refuses. With `B = 2` there
# is **no error**, and the mask means something else:

# %%
sentences = {"right: padding[:, None]": padding[:, None], "trap: padding": padding}
fig, axes = plt.subplots(1, 2, figsize=(10.5, 3.6))
names = [f"sentence {b}, head {h}" for b in range(2) for h in range(2)]
counts = []
for ax, (name, each) in zip(axes, sentences.items(), strict=True):
    shown = each.broadcast_to((2, 2, 4, 5))[:, :, 0].flatten(0, 1)  # (B * H, L_k)
    heatmap(shown.double(), names, None, name, ax=ax, mask=shown, digits=0, limits=None)
    ax.set_ylabel("")
    counts.append(f"{name}: {shown.sum(-1).tolist()}")
fig.suptitle("B = H = 2, lengths 5 and 3: the trap masks heads instead of sentences")
show(
    fig,
    "Keys allowed for sentence 0 head 0, sentence 0 head 1, sentence 1 head 0, sentence 1 head 1. "
    + "; ".join(counts),
)

# %% [markdown]
# In the trap, head 0 gets the length of sentence 0 and head 1 that of sentence 1, in both
# sentences. Sentence 1 reads its padding through head 0, and head 1 cannot see all of sentence 0.
# This is the trap of lesson 02, one axis further. The course's checks bring `B == H` on purpose.
#
# Joined with a causal mask: `padding[:, None] & causal`, which is `(B, 1, L_q, L_k)`.
#
# ### Context
#
# Cross-attention is as in lesson 01: every head takes its queries from `x` and its keys and
# values from the context. Then `L_q` and `L_k` differ, and the mask must be broadcast with the
# length of *each* in its place.
#
# **Predict.** `x` is `(4, 5, 7)`, the context `(4, 9, 7)`, `H = 2`. To which shape is a mask
# broadcast? What shape has the output of the whole layer?

# %%
context = torch.randn(4, 9, 7)  # (B, L_k, d_model)
outputs = []
for q_proj, k_proj, v_proj in two_heads:
    output, weights = masked_attention(q_proj(x), k_proj(context), v_proj(context))
    outputs.append(output)  # (B, L_q, d_head)
print("mask broadcast to", (x.shape[0], len(two_heads), x.shape[1], context.shape[1]))
print("weights of a head", tuple(weights.shape))
print("output           ", tuple(o_proj(torch.cat(outputs, dim=-1)).shape))

# %% [markdown]
# ### A query with nothing to look at
#
# `masked_attention` gives an output of zeros for a query without a key (lesson 02, section 7).
# `o_proj` comes after it.
#
# **Predict.** Query 0 may look at nothing, in both heads. What comes out of `o_proj`? And if only
# head 0 has nothing to look at?

# %%
with torch.no_grad():
    rows = []
    for name, blind in {"in both heads": (0, 1), "in head 0 only": (0,)}.items():
        mask = torch.ones(4, 2, 5, 5, dtype=torch.bool)  # (B, H, L_q, L_k)
        mask[:, list(blind), 0] = False  # query 0 sees nothing in these heads
        outputs = [
            masked_attention(q_proj(x), k_proj(x), v_proj(x), mask[:, i])[0]
            for i, (q_proj, k_proj, v_proj) in enumerate(two_heads)
        ]
        joined = torch.cat(outputs, dim=-1)  # (B, L_q, H * d_head)
        is_bias = torch.allclose(o_proj(joined)[:, 0], o_proj.bias)
        rows.append([name, str([round(v, 2) + 0.0 for v in joined[0, 0].tolist()]), is_bias])
table(rows, ["query 0 sees nothing", "joined outputs of query 0", "result is o_proj's bias"])

# %% [markdown]
# Zero times every column leaves the bias. If one head is blind, its block adds nothing and the
# others speak as usual.
#
# ## 9. What the heads cost
#
# Count for the layer of section 7: `d_model = 7`, two heads, `d_head = 3`. A layer
# `nn.Linear(a, b)` holds `a * b` weights and `b` biases.
#
# - One head: three projections from 7 to 3, so 3 x (21 + 3) = 72.
# - Two heads: 144.
# - `o_proj` from 6 to 7: 42 weights and 7 biases, so 49.
#
# **Predict.** What is the sum? How many of these are biases?

# %%
layers = [layer for head in two_heads for layer in head] + [o_proj]
total = sum(p.numel() for layer in layers for p in layer.parameters())
biases = sum(layer.bias.numel() for layer in layers)
print("in all:", total, " biases:", biases, " weights:", total - biases)
print("4 * d_model * H * d_head =", 4 * 7 * 2 * 3)

# %% [markdown]
# The weights are `4 * d_model * H * d_head`: three projections *to* the width `H * d_head`, and
# one *back*. The biases are three times that width, and `d_model` for `o_proj`.
#
# If `d_head = d_model / H`, then `H * d_head` is `d_model` and H drops out. That is why the table
# in section 3 showed the same number five times.
#
# Real models do not always follow this rule. Llama-2-7B does: 32 heads of 128, `d_model` 4096.
# Gemma-7B does not: 16 heads of 256, `d_model` 3072. (Both from the published configurations.)
#
# **Predict.** By how much is `4 * d_model * d_model` wrong for one attention layer of Gemma-7B?

# %%
rows = []
for name, d_model, num_heads, d_head in [
    ("Llama-2-7B", 4096, 32, 128),
    ("Gemma-7B", 3072, 16, 256),
]:
    weights = 4 * d_model * num_heads * d_head
    rows.append([name, d_model, num_heads * d_head, f"{weights:,}", f"{4 * d_model**2:,}"])
table(rows, ["model", "d_model", "H * d_head", "weights (no biases)", "4 * d_model * d_model"])

# %% [markdown]
# A quarter of the weights would be missing. So in this course `d_head` is a number of its own. If
# it is not given (`None`), it is `d_model // num_heads`.
#
# ### When it does not divide
#
# **Predict.** `d_model = 64`, 10 heads. What does `64 // 10` give, and how wide are the ten heads
# together?

# %%
print("width of a head:", 64 // 10, "  of ten heads:", 10 * (64 // 10), "  left over:", 64 % 10)

# %% [markdown]
# `//` drops the remainder without a word: heads of 6, together 60. The layer would run. It is
# just not the one that was asked for. Better to say so at once: `raise` stops the program with an
# error, and `ValueError` is Python's error for an argument that makes no sense. An example from
# another field:


# %%
def pieces_each(cake, people):
    """How many whole pieces everybody gets."""
    if cake % people != 0:
        raise ValueError(f"{cake} pieces cannot be shared by {people} without a rest")
    return cake // people


print(pieces_each(12, 4))
try:
    pieces_each(12, 5)
except ValueError as error:
    print("ValueError:", error)

# %% [markdown]
# If `d_head` *is* given, nothing has to divide: 10 heads of 6 on a `d_model` of 64 are fine then,
# because somebody wanted them.
#
# ## 10. Before you start the exercises
#
# There are two.
#
# | exercise | what to remember | section |
# |---|---|---|
# | `MultiHeadLoop(d_model, num_heads, d_head=None, bias=True)` | names; `cat`; one `o_proj` | 7 |
# | its `forward(x, context=None, mask=None)` | `broadcast_to`, `mask[:, i]`, context | 8 |
# | its `ValueError` | only if `d_head` is not given | 9 |
# | `parameter_count(d_model, num_heads, d_head, bias=True)` | weights and biases; an `int` | 9 |
#
# - `bias` goes to *all* projections: all have one, or none.
# - `mask=None` means that everything is allowed, and `masked_attention` takes `None` as well.
# - The result has the shape of `x`: `(B, L_q, d_model)`.
#
# Ways to find out by yourself whether your answer is right:
#
# - **Count:** the sum of `p.numel()` over `parameters()` agrees with your `parameter_count`. A
#   plain list or `[head] * H` shows here.
# - **Order:** exchange the weights of two heads, and the two column blocks of `o_proj`: nothing
#   changes. Exchange only the first: it does.
# - **Silence:** set the block of one head in `o_proj` to zero. That head's weights no longer
#   matter, and all the others do.
# - **Mask per head:** forbid a key in one head only. The result must change, but less than
#   everything.
# - **B = H:** try a padding mask with as many sentences as heads.
# - **Sizes:** `d_model`, `H`, `d_head`, `L_q`, `L_k`, `B` all different, and `H * d_head` not
#   equal to `d_model`.
#
# ## Check yourself
#
# Answer first, then open.
#
# <details><summary>1. One head puts 0.5 on each of two tokens. What can a layer after it know
# about them, and what not?</summary>
#
# The sum of their values: at best, which two values they were. Not which token had which, because
# the sum is the same in both orders.
# </details>
#
# <details><summary>2. Somebody doubles <code>d_model</code> and keeps one head. Does the collision
# go away?</summary>
#
# No. It comes from the equal weights, however wide the values are. (In the experiment, twice
# the width did not help.)
# </details>
#
# <details><summary>3. A single head with a ReLU network after it solved the task in many runs.
# Why are several heads the usual choice all the same?</summary>
#
# With one head the two answers are packed into one blend that the network has to take apart.
# Training needed more steps to find that, and not every run did. Several heads hand the answers
# over apart, with the same number of attention weights.
# </details>
#
# <details><summary>4. A model with 8 heads has 1,048,576 weights in one attention layer, d_model
# 512, d_head 64, no biases. How many has it with 16 heads of 32?</summary>
#
# As many: 4 x 512 x (8 x 64) = 4 x 512 x (16 x 32). Only the product of heads and width counts.
# </details>
#
# <details><summary>5. All shapes are right and the loss falls, but slowly. The number of
# parameters is far below the formula, and the heads' weights never change. What
# happened?</summary>
#
# The heads are in a plain Python list. Only <code>o_proj</code> is found and trained.
# </details>
#
# <details><summary>6. A batch of 8 sentences, 8 heads, a padding mask of shape (8, 1, 20). It
# runs. What is wrong?</summary>
#
# It is read as one mask for each head: head 3 is cut off at the length of sentence 3, in every
# sentence. It needs <code>[:, None]</code>.
# </details>
#
# ## Summary
#
# | question | answer |
# |---|---|
# | one softmax | one weighted average for each query; with equal weights the order is lost |
# | unequal weights | keep the order, packed; a layer with a bend can unpack it, a linear one not |
# | several heads | several averages side by side, ready to be read |
# | same total width | same number of parameters, for every number of heads |
# | too many heads | each too thin for its own lookup |
# | the loop | three projections and `masked_attention` for each head; `cat` along the last axis |
# | `o_proj` | one block of columns for each head, head 0 first; the sum of what they add |
# | containers | `nn.ModuleList`, made one by one; no plain list, no `[head] * H` |
# | masks | `(B, H, L_q, L_k)`; padding comes as `padding[:, None]` |
# | nothing to look at | zeros from the heads, so `o_proj`'s bias |
# | parameters | `4 * d_model * H * d_head`, and biases `3 * H * d_head + d_model` |
#
# Next: the exercises, in `workspace/03_many_heads/03_many_heads.ipynb`. Then lesson 04, which
# gets rid of the loop.
