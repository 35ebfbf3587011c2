# %% [markdown]
# # 0. Start here
#
# This course leads from a single attention head to the heads of today's language models. You
# write each piece yourself, and a check tells you what is right and what is not yet. This page
# takes ten minutes and shows how, on one small exercise.
#
# A notebook is made of cells. Click into a cell and press **Shift+Enter** to run it, from top to
# bottom. You cannot break anything: this copy is yours, so change what you like and try.

# %%
import torch

from autograder import check, hint, predict, status

# %% [raw]
# exercise: weighted_average
# title: A weighted average
# minutes: 5
# difficulty: 1
# points: 1
# prerequisites: []
# forbidden: []
# hints:
#   - >-
#     Try the weights 1, 0 and 0. Which row should come back, and which numbers does your code
#     return?
#   - >-
#     A weight belongs to a whole row. As a column, `weights[:, None]`, each weight multiplies its
#     own row of `values`. Then add up the rows.
#   - |-
#     products = each row of values times its weight: which shape must the weights have?    # (n, d)
#     return their sum: over which of the two axes?                                         # (d,)

# %% [markdown]
# ## The task
#
# Three weather stations report temperature and wind. You live nearest to the first, so you give it
# a weight of 0.5 and the other two 0.25 each.

# %%
values = torch.tensor(
    [
        [18.0, 4.0],  # harbour: degrees, metres per second
        [10.0, 12.0],  # hill
        [14.0, 20.0],  # airport
    ]
)  # (n, d)
weights = torch.tensor([0.5, 0.25, 0.25])  # (n,), they add up to 1

# %% [markdown]
# The **weighted average** takes each row of `values` times its weight and adds up the results. For
# the temperature: 0.5 x 18 + 0.25 x 10 + 0.25 x 14 = 9 + 2.5 + 3.5 = 15.
#
# Before most cells you are asked what they will show. Choose first, then run: a wrong prediction
# teaches more than a skipped one. Your first answers are kept on your machine, for you alone.

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "start_wind",
    "What is the weighted average of the wind?",
    {
        "12": "That is the plain average: all three weigh the same.",
        "10": "0.5 x 4 + 0.25 x 12 + 0.25 x 20 = 2 + 3 + 5.",
        "36": "That is the plain sum.",
    },
    right="10",
)

# %% [markdown]
# The exercise: write `weighted_average(weights, values)` for any number of rows `n` and columns
# `d`. Every exercise begins with a name, a *docstring* (what goes in, what comes out), and a line
# that says that nothing is there yet. `help` prints the docstring. (`weights[:, None]` makes a
# column of the weights, with the shape `(n, 1)`.)


# %%
def weighted_average(weights, values):
    """The rows of ``values``, each times its weight, added up.

    Args:
        weights: ``(n,)``, they add up to 1.
        values: ``(n, d)``, one row for each weight.

    Returns:
        ``(d,)``.
    """
    raise NotImplementedError


help(weighted_average)

# %%
check("weighted_average", seed=1)

# %% [markdown]
# `check` gives a verdict, with the points in its first line. (It draws its inputs anew in each
# session, and once more before an answer passes, so that few wrong ones pass by luck. Here `seed=1`
# keeps them the same; leave it out in your own work.)
#
# ## A first attempt
#
# "Average" sounds like PyTorch's `mean`. `dim=0` is the axis of the rows, the one that disappears.


# %%
def weighted_average(weights, values):
    return values.mean(dim=0)  # (n, d) -> (d,)


print("where you live:", weighted_average(weights, values).tolist())

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "start_mean",
    "14 degrees and 12 m/s: two numbers, nothing absurd. For which weights would `mean` be right?",
    {
        "for none: it never looks at them": "It does not, and still it is right where all are "
        "equal.",
        "for equal weights only": "Then the weighted average is the plain one. Equal test weights "
        "would hide the mistake; the check draws others.",
        "for all that add up to 1": "Ours do, and the answer should have been 15 and 10.",
    },
    right="for equal weights only",
)

# %%
check("weighted_average", seed=1)

# %% [markdown]
# Read a failed check from top to bottom. It says three things.
#
# 1. **Which property broke**, in the line with the ✗.
# 2. **The smallest example of it**: what was *expected* and what it *got*, side by side, with a
#    frame around the number that is furthest off. `d 0` means number 0 along the axis `d`.
# 3. **What to think about next.** A known mistake is named in bold. A question follows, and it is
#    meant literally.
#
# **Try it.** Work out the framed number by hand, from the weights and rows in the message.
#
# ## Hints
#
# Every exercise has three: a nudge, the idea, and a plan with questions left in it. They cost no
# points. Without `step`, each call gives the next one.

# %%
hint("weighted_average", step=1)

# %%
hint("weighted_average", step=2)

# %% [markdown]
# ## The repaired answer


# %%
def weighted_average(weights, values):
    """The rows of ``values``, each times its weight, added up."""
    ### BEGIN SOLUTION
    products = weights[:, None] * values  # (n, d)
    return products.sum(dim=0)  # (d,)
    ### END SOLUTION


# %%
check("weighted_average", seed=1)

# %%
print("where you live:", weighted_average(weights, values).tolist())

# %% tags=["predict"] jupyter={"source_hidden": true}
predict(
    "start_break",
    "PyTorch lines shapes up from the right, and sizes that meet must be equal, or one of them 1. "
    "In the repaired answer, write `weights` in place of `weights[:, None]`. What happens with our "
    "three stations, `(3,)` times `(3, 2)`?",
    {
        "wrong numbers, no error": "That needs as many columns as rows, which is why one property "
        "tests that.",
        "an error": "From the right, 3 weights meet 2 columns.",
        "the same result": "Each weight belongs to a row, and here they meet the columns.",
    },
    right="an error",
)

# %% [markdown]
# **Your turn.** Make that change, run its cell and the check, read the verdict, and undo it. Some
# mistakes stop with an error, others deliver wrong numbers.
#
# ## The rhythm
#
# Each unit has a folder in your workspace with a lesson and a notebook of exercises. No update
# writes over them.
#
# 1. Work through the lesson: predict, run, read on.
# 2. In the exercises, write your answer where it says `YOUR CODE HERE`, run the cell, then the
#    check below it.
# 3. If it fails, read the three things and change one thing. With all points you also get an
#    explanation: why it is right, the usual wrong turns, what production code does.
#
# | if you want to ... | do this |
# |---|---|
# | ask for the next hint | `hint("softmax")` |
# | see an earlier one again | `hint("softmax", step=1)` |
# | see the same inputs again | `check("softmax", seed=...)`; a failed check tells you its seed |
# | see how far you are | `status()`: points, hints, predictions |
# | start one exercise over | `python -m autograder reset softmax` in a terminal |
#
# (A terminal is under *File > New > Terminal*. What you wrote before a `reset` is kept in
# `old_answers/`, beside the notebook.)

# %%
status()

# %% [markdown]
# Later notebooks use what you wrote before: `softmax = mine("softmax")` in unit 02 fetches *your*
# softmax, or the course's if yours does not pass yet. So one unsolved exercise blocks nothing.
#
# ## What comes
#
# | unit | lesson | you write | time |
# |---|---|---|---|
# | 00 | [where attention sits](00_where_attention_sits.ipynb) in a model | nothing | 15 minutes |
# | 01 | one attention head: by hand, then as a module | four exercises | two and a half hours |
# | 02 | masks: which query may see which key | three exercises | two and a half hours |
# | 03 | many heads: what one softmax cannot do | three exercises | two and a half hours |
# | 04 | multi-head attention without the loop | six exercises | four hours |
# | 05 | what heads learn, in three real models | ten exercises | five and a half hours |
# | 06 | the KV cache: writing token by token | five exercises | four hours |
# | 07 | grouped queries, and your module in a real model | five exercises | four hours |
# | 08 | measuring: what fewer KV heads gain and cost | eight exercises | five hours |
# | 09 | choosing and operating attention in production | seventeen exercises | eight hours |
#
# About 38 hours in all.
#
# Every lesson begins with the letters it uses for sizes, such as `B` and `L_q`; `...` in a shape
# stands for any axes in front, or none.
#
# Next: [where attention sits](00_where_attention_sits.ipynb).
