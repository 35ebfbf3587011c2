# %% [markdown]
# # 0. Start here
#
# This course leads from a single attention head to the heads of today's language models. You
# write each piece yourself, and a check tells you what is right and what is not yet.
#
# This page takes ten minutes. It shows how the checks talk, on one small exercise that is solved
# here before your eyes: first not at all, then wrongly, then right.
#
# A notebook is made of cells. Click into a cell and press **Shift+Enter** to run it. Run the
# cells from top to bottom. Nothing can break: in `make lab` the lessons are read-only, so you may
# change every cell, and closing the page without saving brings the old one back.

# %%
import torch

from autograder import check, hint, status

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
#     A weight belongs to a whole row. `weights[:, None]` stands the weights up as a column, with
#     the shape `(n, 1)`: times `values`, each of them multiplies its own row. Then add up the rows.
#   - |-
#     products = the weights as a column, times values
#     return the sum of products over the axis of the rows

# %% [markdown]
# ## The task
#
# Three weather stations report temperature and wind. You live between them, and nearest to the
# first. So you trust the first with a weight of 0.5 and the other two with 0.25 each.

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
# The **weighted average** takes each row of `values` times its weight, and adds up the results.
# For the temperature: 0.5 x 18 + 0.25 x 10 + 0.25 x 14 = 9 + 2.5 + 3.5 = 15.
#
# **Predict.** What is the weighted average of the wind? Work it out before you read on. Most
# cells of this course follow such a question. A wrong prediction is worth more than a skipped one.
#
# The exercise: write `weighted_average(weights, values)` for any number of rows `n` and any
# number of columns `d`.
#
# ## Not started
#
# Every exercise begins like this: a name, a *docstring* that says what goes in and what comes
# out, and a line that says that nothing is there yet. `help` prints the docstring.


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

# %% [markdown]
# `check` asks the course what it thinks of your answer. It shows a verdict and, in the last line,
# the points.

# %%
check("weighted_average", seed=1)

# %% [markdown]
# (A check draws new inputs each time, so no answer passes by luck. Here `seed=1` draws the same
# ones always, so that you see what this page talks about. In your own work leave it out.)
#
# ## A first attempt
#
# "Average" sounds like PyTorch's `mean`. `dim=0` is the axis of the rows: it is the one that
# disappears.


# %%
def weighted_average(weights, values):
    return values.mean(dim=0)  # (n, d) -> (d,)


print("where you live:", weighted_average(weights, values).tolist())

# %% [markdown]
# **Predict.** 14 degrees and 12 m/s: two numbers, as it should be, and nothing absurd. The check
# looks at four properties: the values are right; all the weight on one row gives that
# row; it works with as many rows as columns; it leaves its arguments alone. Which of them does
# this attempt have?

# %%
check("weighted_average", seed=1)

# %% [markdown]
# Only the last. Read a failed check from top to bottom. It says three things.
#
# 1. **Which property broke.** That is the line with the ✗.
# 2. **The smallest example of it.** The check failed on large inputs and then looked for small
#    ones. It shows what was *expected* and what it *got*, side by side, and frames the first
#    number that differs. `d 0` is the place: number 0 along the axis `d`. Python counts from 0.
# 3. **What to think about next.** If the mistake is a known one, it is named in bold. A question
#    follows. It is meant literally: answer it, and you mostly know what to do.
#
# The same cause is told once, even if it breaks several properties.
#
# **Try it.** Take the weights and the rows from the message above, and work out the first number
# by hand. Is it the expected one?
#
# ## Hints
#
# Every exercise has three hints: a nudge, the idea, the steps in plain words. None of them costs
# points.

# %%
hint("weighted_average", step=1)

# %% [markdown]
# With the weights 1, 0, 0 the first row should come back, and `mean` does not even look at the
# weights. If that is enough, stop here and try. If not:

# %%
hint("weighted_average", step=2)

# %% [markdown]
# (In your own work leave `step` out: each call then gives the next hint.)
#
# ## The repaired answer


# %%
def weighted_average(weights, values):
    """The rows of ``values``, each times its weight, added up."""
    ### BEGIN SOLUTION
    products = weights[:, None] * values  # (n, d)
    return products.sum(dim=0)  # (d,)
    ### END SOLUTION


# %%
print("where you live:", weighted_average(weights, values).tolist())

# %%
check("weighted_average", seed=1)

# %% [markdown]
# 15 degrees, as by hand, and 10 m/s of wind: 2 + 3 + 5. All four properties hold.
#
# **Your turn.** Break it. In the repaired answer, write `weights` in place of `weights[:, None]`,
# or `dim=1` in place of `dim=0`. Predict what the check will say. Run both cells again. Some
# mistakes stop with an error, others run and deliver wrong numbers. Then repair it.
#
# `status()` lists all exercises, with your best points so far and the hints you took. It is kept
# on your own machine, in `workspace/`. What stands under the next cell before you run it comes
# from the machine on which this page was made.

# %%
status()

# %% [markdown]
# ## The rhythm
#
# Every unit has a lesson and a notebook of exercises.
#
# 1. Open the lesson: `lessons/01_single_head.ipynb`. Predict, then run, cell by cell.
# 2. Open the exercises: `workspace/01_single_head/01_single_head.ipynb`. This copy is yours. No
#    update of the course writes over it.
# 3. Write your answer where it says `YOUR CODE HERE`. Run the cell, then the check below it.
# 4. If it fails, read the three things. Change one thing. Run both cells again.
# 5. If you are stuck, call `hint("softmax")`.
#
# | if you want to ... | do this |
# |---|---|
# | ask for the next hint | `hint("softmax")` in a cell |
# | see an earlier hint again | `hint("softmax", step=1)` |
# | see the same inputs again | `check("softmax", seed=...)`: a failed check tells you its seed |
# | start one exercise anew | `python -m autograder reset softmax` in a terminal |
# | start a lesson anew | close it without saving and open it again |
# | keep your notes in a lesson | *File > Save Notebook As...*, e.g. `workspace/my_01.ipynb` |
#
# A terminal is under *File > New > Terminal*. `reset` brings back only the one exercise. Your old
# answer is kept in `old_answers/`, beside the notebook.
#
# Later notebooks use what you wrote before. `softmax = mine("softmax")` at the top of unit 02
# fetches *your* softmax from unit 01. If yours does not pass its check yet, you get the course's
# instead, and it says so. So one unsolved exercise never blocks the rest.
#
# ## Words and letters of this course
#
# You need not learn these now. Every lesson explains them when they come up; this is the place to
# look them up.
#
# | name | meaning |
# |---|---|
# | `B` | batch size: how many sequences are computed at once |
# | `L_q`, `L_k` | number of query positions, number of key positions |
# | `d_model` | width of a token's vector in the model |
# | `d_head` | width of one head |
# | `num_heads` (H) | number of heads that work side by side, from unit 03 on |
# | `num_kv_heads` (H_kv) | number of key/value heads, from unit 06 on |
# | mask | boolean, `True` = may attend |
# | `# (n, d)` | at the end of a line: the shape of what the line makes |
# | `...` in a shape | any axes in front, also none |
#
# ## What comes
#
# | unit | lesson | you write | time |
# |---|---|---|---|
# | 01 | one attention head: by hand, then as a matrix product | four exercises | two hours |
# | 02 | masks: which key may be seen by which query | three exercises | two hours |
# | 03 | many heads: what one softmax cannot do, and the loop of heads | two exercises | two hours |
# | 04 | multi-head attention without the loop | six exercises | four hours |
# | 06 | the KV cache: writing token by token | four exercises | four hours |
# | 07 | grouped queries, and your module in a real model | five exercises | four hours |
# | 08 | measuring: what fewer KV heads gain and cost | seven exercises | four hours |
#
# Units 05 and 09 follow: what heads learn, and attention in a live system.
#
# Next: `lessons/01_single_head.ipynb`.
