# %% [markdown]
# # 5. What heads learn
#
# Nobody tells a head what to look for. What do heads of trained models do? You look at real ones,
# measure what you think you see, and then switch heads off to find out whether they matter.
#
# Three rules run through the unit:
#
# > A pattern is a hypothesis. An ablation is evidence. A score that was chosen and tested on the
# > same sentences is neither.
#
# Plan 150 minutes in four sittings: sections 1 and 2; 3 and 4; 5 and 6; 7 and 8. You need lessons
# 01 to 04. Each section names the exercises that it prepares; solve them before you go on.

# %%
import matplotlib.pyplot as plt
import torch

from attnlab import glassllm, head_study, heatmap, minilm, relations, repeats, show, smollm2, table
from attnlab.head_study import found
from attnlab.head_views import draw_guesses, draw_maps, draw_pruning, draw_scores
from attnlab.traces import attention_weights
from attnlab.viewer import attention_viewer
from attnlab.weights import MissingWeights
from autograder import mine, predict

torch.manual_seed(0)
torch.set_printoptions(precision=3, sci_mode=False)

# %% [markdown]
# ## 1. Look first
#
# **Goal:** describe six real heads. *15 minutes.*
#
# MiniLM (all-MiniLM-L6-v2) turns a sentence into a vector, so that sentences that mean alike lie
# near each other. It is an *encoder*: every token sees all others. 6 layers with 12 heads each, the
# multi-head attention of lesson 04, and indeed it runs on yours. Its texts begin with a token
# `[CLS]` and end with `[SEP]`.

# %%
MultiHeadAttention = mine("MultiHeadAttention")
try:
    encoder, words_of = minilm.load(MultiHeadAttention)
except MissingWeights as missing:
    encoder = None
    print(missing)
else:
    first, second = minilm.vectors(
        encoder, words_of, ["The new movie is awesome", "The new movie is so great"]
    )
    print(f"similarity of two sentences: {float(first @ second):.4f}")

# %% [markdown]
# sentence-transformers, the model's own library, prints 0.8939 too. Now one sentence, and six of
# the 72 heads. Each row is a token that looks; bright is where it looks.

# %%
picture = None
if encoder:
    encoded = words_of.encode("the farmer fed the horses because they were hungry .")
    maps = attention_weights(encoder, torch.tensor(encoded.ids))  # (layers, H, L, L)
    places = {"A": (2, 0), "B": (0, 2), "C": (4, 5), "D": (2, 8), "E": (0, 11), "F": (1, 8)}
    picture = draw_maps(
        {name: maps[place] for name, place in places.items()},
        encoded.tokens,
        "Six maps, A to F. A: 'horses' and the second 'the' look at 'fed', most others at [CLS]. "
        "B: each token at the one before. C: all at [CLS]. D: 'the' at the noun behind it, 'they' "
        "and 'were' at 'hungry', many at [CLS]. E: [CLS] gets a third, all others small and alike. "
        "F: most at the next token.",
    )
picture

# %% [markdown]
# Six descriptions, in another order: the next token; the token before; all alike but `[CLS]`;
# `[CLS]`, whatever the token; an article finds its noun; an object finds its verb. **Match them on
# paper.**

# %% jupyter={"source_hidden": true}
predict(
    "learn_first_look",
    "Which letter could be *an object finds its verb*?",
    {
        "A": "'horses' and its article look at 'fed'. But 'fed' is also simply near, one or two "
        "tokens back: one sentence cannot tell.",
        "D": "'the' looks at the noun behind it, and 'were' at 'hungry': to what comes and "
        "completes it.",
        "F": "'fed' looks at 'the', 'the' at 'horses': always one to the right.",
    },
    right="A",
)

# %%
said = {
    "A": "object to its verb?",
    "B": "the token before",
    "C": "[CLS], a resting place",
    "D": "article to its noun?",
    "E": "all alike but [CLS]",
    "F": "the next token",
}
rows = [
    (name, f"layer {layer}, head {head}", said[name])
    for name, (layer, head) in (places if encoder else {}).items()
]
table(rows, ["picture", "place", "our description"])

# %% [markdown]
# The question marks are honest. A and D could follow grammar, or just count tokens. All 72:

# %%
picture = None
if encoder:
    fig, axes = plt.subplots(6, 12, figsize=(10.2, 5.6))
    for layer, row in enumerate(axes):
        for head, ax in enumerate(row):
            ax.imshow(maps[layer, head], vmin=0, vmax=1, cmap="cividis")
            ax.set(xticks=[], yticks=[])
        row[0].set_ylabel(f"layer {layer}")
    fig.suptitle("MiniLM's 72 heads on one sentence; the left column of a map is [CLS]")
    picture = show(
        fig,
        "72 small maps. In layers 1 to 4 most have a bright left column, [CLS]; layers 0 to 2 have "
        "diagonals beside the main one; layer 5 has several bright columns.",
        "",
    )
picture

# %% [markdown]
# A column of bright cells on the left stands in most maps of layers 1 to 4: section 3 asks why.
# Choose a layer, click a map, and point at a token.

# %%
attention_viewer(maps, encoded.tokens, layer=2) if encoder else None

# %% [markdown]
# ## 2. From a picture to a number
#
# **Goal:** score a head, and know what the score must be compared with. *20 minutes.*
#
# "Looks one token back" as a number: the mean weight on the previous token. By hand, on four
# tokens:

# %%
small = torch.tensor(
    [[1.0, 0.0, 0.0, 0.0], [0.9, 0.1, 0.0, 0.0], [0.0, 0.8, 0.2, 0.0], [0.1, 0.0, 0.7, 0.2]]
)
heatmap(small, list("abcd"), list("abcd"), "A head on four tokens", caption="")

# %% jupyter={"source_hidden": true}
predict(
    "learn_previous",
    "What is the mean weight on the previous token?",
    {
        "0.60": "That divides by 4. But `a` has no previous token: three rows count.",
        "0.80": "(0.9 + 0.8 + 0.7) / 3.",
        "0.85": "The 1.0 of `a` is its weight on itself.",
    },
    right="0.80",
)

# %%
print("three rows:", (small[1, 0] + small[2, 1] + small[3, 2]) / 3)
print("rows and columns swapped:", (small[0, 1] + small[1, 2] + small[2, 3]) / 3)

# %% [markdown]
# Swapped, it is the score of the *next* token, 0 here; on an encoder it would be a plausible number
# of the wrong head. The **entropy** of a row, $-\sum_j w_j \ln w_j$ in nats, says how spread out
# it is: 0 if one token gets all, $\ln 4 = 1.39$ if four share alike. (`0 ln 0` counts as 0.)
#
# One sentence proves nothing. So: 240 sentences of Wikipedia, cut in two halves. Choose heads on
# one half; believe only what the *other* says.

# %%
kept = found("positions", minilm.NAME)
names = {"previous": "previous token", "next": "next token", "first": "[CLS]", "last": "[SEP]"}
rows = []
for key, name in names.items():
    even, odd = (torch.tensor(half) for half in kept[key])  # (layers * H,) each
    best = int(even.argmax())
    rows.append((name, divmod(best, 12), even[best], odd[best], odd.median()))
table(
    rows,
    ["attention to", "best (layer, head)", "chosen half", "other half", "median head"],
    caption="MiniLM, 120 sentences a half (python -m attnlab.head_study)",
)

# %% [markdown]
# These hold (and say that no head looks for `[SEP]`): a head that always looks to the left does so
# in any sentence. B was such a head, F nearly so. Heads for *places* are real, and easy.
#
# **Exercises:** `previous_token_score`, `sink_mass`, `head_entropy`. Then run the next cell: it
# measures 40 sentences here, with your functions where they pass.

# %%
previous_token_score, sink_mass, head_entropy = mine(
    "previous_token_score", "sink_mass", "head_entropy"
)
picture = None
if encoder:
    scores = {"previous token": [], "[CLS]": [], "entropy / 3": []}
    for sentence in relations.sentences()[:40]:
        ids = torch.tensor(words_of.encode(" ".join(sentence.words)).ids)
        every = attention_weights(encoder, ids).flatten(0, 1)  # (layers * H, L, L)
        scores["previous token"].append(previous_token_score(every))
        scores["[CLS]"].append(sink_mass(every))
        scores["entropy / 3"].append(head_entropy(every) / 3)
    scores = {name: torch.stack(each).mean(0).view(6, 12) for name, each in scores.items()}
    back, first = (divmod(int(scores[name].argmax()), 12) for name in ("previous token", "[CLS]"))
    picture = draw_scores(
        scores,
        "Three scores of MiniLM's heads, 40 sentences",
        f"Previous token: highest at layer {back[0]}, head {back[1]}. [CLS]: highest at layer "
        f"{first[0]}, head {first[1]}; high in layers 1 to 4. Entropy: highest in layer 0.",
    )
picture

# %% [markdown]
# ## 3. Sinks
#
# **Goal:** say why heads stare at a token that means nothing, and what happens without it.
# *15 minutes.*
#
# The second model writes text. SmolLM2-135M is a *decoder*: 30 layers, 9 query heads each. (They
# share 3 key/value heads; that is unit 07.) Its first token is an ordinary word.

# %% jupyter={"source_hidden": true}
predict(
    "learn_sinks",
    "How many of its 270 heads give the first token more than .3 of their weight, on average?",
    {
        "under 10 %": "The first token is one of about 20, and an ordinary word, but it gets far "
        "more than its share.",
        "about a third": "Count again below: it is more.",
        "more than two thirds": "The table says how many. What is so interesting about it?",
    },
    right="more than two thirds",
)

# %%
rows = []
for model, heads in ((minilm.NAME, 12), (smollm2.NAME, 9)):
    odd = torch.tensor(found("positions", model)["first"][1])
    best = int(odd.argmax())
    share = f"{float((odd > 0.3).float().mean()):.0%}"
    rows.append((model, len(odd), odd.mean(), share, divmod(best, heads), odd[best]))
table(
    rows,
    ["model", "heads", "mean weight on the first token", "heads above .3", "largest", "its mean"],
    caption="120 sentences",
)

# %% [markdown]
# Why? **A row of a softmax sums to 1.** A head that looks for an object has nothing to find at most
# tokens, yet must put its weight somewhere. So models learn a resting place, a token that is always
# visible: `[CLS]` in MiniLM, and in a decoder the first token, the only one that all can see.
# [Xiao et al. 2023](https://arxiv.org/abs/2309.17453) call it an **attention sink**.
#
# That predicts something. A sliding window of the last 64 tokens saves memory, but from token 65 on
# the sink is out of sight.

# %% jupyter={"source_hidden": true}
predict(
    "learn_window",
    "Loss on tokens from 200 on, if each sees only the last 64? And the last 60 *and* the first 4?",
    {
        "both a little worse": "So it would be if the far tokens were missed for what they say.",
        "both much worse": "The first four tokens say nothing about token 300, yet they save it.",
        "the window much worse, the other a little": "What is missed is not the text far back, but "
        "the sink.",
    },
    right="the window much worse, the other a little",
)

# %%
kept = found("windows", smollm2.NAME)
rows = [(name, head_study.spread(losses)) for name, losses in kept.items()]
table(
    rows,
    ["each token sees", "loss"],
    caption="SmolLM2, nats per token from 200 on; 4 passages of Python's manual: median, range",
)

# %% [markdown]
# In Xiao et al.'s Table 1, Llama-2-13B goes from a perplexity ($e^{loss}$) of 5158.07 with a plain
# window to 5.40 with four sink tokens kept.
#
# **What models do about it.** Two cures keep the softmax and take its compulsion away:
#
# - **A learned sink.** [gpt-oss][oss] gives each head one more score, a learned number, which joins
#   the softmax and is then dropped: weights may sum to less than 1. By hand: scores 0 and 0 and a
#   sink of 2 give weights $1 / (1 + 1 + e^2) = .11$ each. No token is needed to rest on.
# - **A gate.** ["Gated Attention"][gated] (Qiu et al. 2025) multiplies each head's output by a
#   number from 0 to 1 computed from the token (a sigmoid): a head that found nothing is closed.
#   They report better loss, steadier training, and that the sinks go away.
#
# Whoever drops old tokens to save memory, or measures "what the model looks at" has to know of
# sinks: weight is not interest.
#
# [oss]: https://github.com/openai/gpt-oss/blob/main/gpt_oss/torch/model.py
# [gated]: https://arxiv.org/abs/2505.06708

# %%
scores = torch.tensor([0.0, 0.0, 2.0])  # two tokens and the sink
print("weights of the two tokens:", scores.softmax(-1)[:2])

# %% [markdown]
# *A good place to stop.*
#
# ## 4. Induction
#
# **Goal:** find the heads that continue a pattern. *20 minutes.*
#
# A text in random tokens: `7 3 9 5 | 7 3 9 5`. Nothing but the first copy helps to guess the
# second. At the second `3`, a head that looks at what came *after* the first `3` finds the answer,
# `9`: an **induction head** ([Olsson et al. 2022](https://arxiv.org/abs/2209.11895)).

# %% jupyter={"source_hidden": true}
predict(
    "learn_induction_offset",
    "The pattern comes again every 4 tokens: its period is 4. How far back does an induction head "
    "look?",
    {
        "4": "There stands the same token once more. That is a duplicate-token head.",
        "3": "One behind the copy: `period - 1` back.",
        "5": "There stands what came *before* the copy.",
    },
    right="3",
)

# %%
attention = mine("GroupedQueryAttention")  # of unit 07: the course's, until you get there
decoder = little = None
try:
    decoder, tokens_of = smollm2.load(attention)
    little, carroll = glassllm.load(attention)
except MissingWeights as missing:
    print(missing)

picture = None
if decoder:
    random_tokens = repeats.repeated(vocabulary=49152, period=12, batch=1, seed=5)  # (1, 24)
    maps = attention_weights(decoder, random_tokens)[:, 0]  # (layers, H, L, L)
    panels = {"an induction head": maps[18, 6], "looks one back": maps[16, 0], "rests": maps[18, 8]}
    picture = draw_maps(
        panels,
        [str(i % 12) for i in range(24)],
        "Three heads of SmolLM2 on 12 random tokens, twice. The first has a bright line eleven "
        "back in the second copy, and rests on token 0 before; the second a line one back; the "
        "third a bright first column.",
    )
picture

# %% [markdown]
# Numbers name the places in the period. Does the model *profit*? The loss on either copy, and the
# mean weight `period - 1` back, for several periods. (Several, because a head that always looks 11
# back has a perfect score at period 12.)

# %%
rows = []
for model, heads in ((smollm2.NAME, 9), (glassllm.NAME, 4)):
    for each in found("induction", model):
        scored = torch.tensor(each["scores"])
        best = int(scored.argmax())
        copies = each["first_copy"], each["second_copy"]
        rows.append((model, each["period"], *copies, divmod(best, heads), scored[best]))
table(
    rows,
    ["model", "period", "loss, first copy", "loss, second copy", "best head", "its score"],
    caption="random tokens, 4 texts each",
)

# %% [markdown]
# (Guessing among 49152 tokens would cost ln 49152 = 10.8: the model is sure of language, and this
# is none.) SmolLM2 reads the second copy off the first.
# [glassllm](https://pypi.org/project/glassllm/), a decoder of 4 layers made from a text of 229,000
# tokens, does not: its second copy is no easier than the first, and no head scores more than .08.
# Its other heads, on a text that it knows:

# %%
result = None
if little:
    alice = (
        "Alice was beginning to get very tired of sitting by her sister on the bank, and of having "
        "nothing to do: once or twice she had peeped into the book her sister was reading, but it "
        "had no pictures or conversations in it"
    )
    text = torch.tensor([carroll.encode(alice).ids])  # (1, L)
    every = attention_weights(little, text[0]).flatten(0, 1)  # (layers * H, L, L)
    rows = []
    for name, score in (("previous", previous_token_score), ("first", sink_mass)):
        best = int(score(every).argmax())
        rows.append((f"{name} token", divmod(best, 4), score(every)[best]))
    result = table(rows, ["attention to", "best (layer, head)", "mean weight"])
result

# %% [markdown]
# It has a head that looks one back, and no sink. So a decoder may be trained and have neither sink
# nor induction head. Olsson et al. see induction heads appear in a short stretch of training;
# before it, there are none.
#
# Which of SmolLM2's heads? The mean over the four periods:

# %%
scored = torch.tensor([each["scores"] for each in found("induction", smollm2.NAME)]).mean(0)
order = scored.argsort(descending=True)[:8].tolist()
rows = [(*divmod(head, 9), head % 9 // 3, scored[head]) for head in order]
table(rows, ["layer", "head", "KV head that it reads", "induction score"])

# %% [markdown]
# Three heads of layer 17 share one KV head. They look for the same thing, and one set of keys
# serves them: that is what unit 07 bets on. (Whether sharing made them alike, or being alike let
# them share, this cannot tell: they were trained so.)
#
# **Exercises:** `predict_role`, six heads of this model on a text that comes twice, and
# `induction_score`. Then, live, on tokens that were not drawn before:

# %%
induction_score = mine("induction_score")
result = None
if decoder:
    fresh = repeats.repeated(vocabulary=49152, period=17, batch=3, seed=99)  # (3, 34)
    live = repeats.scores(decoder, fresh, induction_score)  # (layers, H)
    chosen = live.flatten().argsort(descending=True)[:8].tolist()
    once, twice = repeats.by_copy(decoder, fresh)
    print(f"loss {once:.2f} on the first copy, {twice:.2f} on the second")
    result = table([(*divmod(i, 9), live.flatten()[i]) for i in chosen], ["layer", "head", "score"])
result

# %% [markdown]
# *A good place to stop.*
#
# ## 5. Grammar, meaning, and how to fool yourself
#
# **Goal:** test a claim about grammar against the best dumb rule, on sentences it was not chosen
# on. *30 minutes.*
#
# 600 sentences carry labels: which word depends on which, and how. (Labels by a program,
# spaCy, so not free of errors. The sentences are Wikipedia's, CC BY-SA.) A head *follows* a
# relation if, among the other words (`[CLS]` left out), the right one gets most weight ([Clark et
# al. 2019](https://arxiv.org/abs/1906.04341)).

# %%
sentence = next(each for each in relations.sentences() if len(each.words) == 8)
rows = [
    (word, relation, sentence.words[head] if relation != "ROOT" else "")
    for word, head, relation in zip(sentence.words, sentence.head, sentence.dep, strict=True)
]
table(rows, ["word", "relation", "depends on"])

# %% jupyter={"source_hidden": true}
predict(
    "learn_baseline",
    "A head finds the noun of an adjective in 77 of 100 cases. Does it know grammar?",
    {
        "yes, chance is far lower": "Chance is the wrong rival. In English the noun often stands "
        "right behind.",
        "not shown: 'the next word' may do as well": "It does: about 75 of 100.",
        "no, heads cannot know grammar": "Some do, as the table shows. It takes a rival to tell.",
    },
    right="not shown: 'the next word' may do as well",
)

# %% [markdown]
# So every relation gets the best **fixed offset** as its rival ("always two back"). Head and offset
# are chosen on the sentences with even numbers and scored on the odd ones.

# %%
SHORT = {minilm.NAME: "MiniLM", smollm2.NAME: "SmolLM2"}
shown = {
    minilm.NAME: (
        "object to its verb",
        "preposition to its noun",
        "article to its noun",
        "adjective to its noun",
        "verb to its subject",
        "second of two to the first",
        "'is' to what something is",
    ),
    smollm2.NAME: (
        "object to its verb",
        "noun to its article",
        "verb to its subject",
        "noun to its adjective",
        "second of two to the first",
        "what something is to 'is'",
    ),
}
rows = []
for model, names in shown.items():
    for each in found("relations", model):
        if each["relation"] in names and each["chosen_on"] == "even":
            place = each["layer"], each["head"]
            numbers = each["chosen"], each["held_out"], each["baseline"]
            rows.append((SHORT[model], each["relation"], place, *numbers, each["count"]))
table(
    rows,
    ["model", "relation", "head", "chosen half", "other half", "best offset there", "words"],
    caption="share of words whose target is found",
)

# %% [markdown]
# MiniLM's (2, 0) finds the verb of an object, and (2, 8) the noun of an article and of a
# preposition, far beyond any offset: pictures A and D were right. SmolLM2, which sees only what
# came before, has such heads too, and (12, 8) for two words joined by "and", where MiniLM loses to
# the offset. For adjectives MiniLM's gain is small (chosen on odd and tested on even, .772 against
# .747), and SmolLM2's head, by .886 against .883, is the one that looks one token back.
#
# "'is' to what something is" is the warning: .596 on the half it was chosen on, .391 on the other.
# It still beats the offset, .217: weaker than it looked, not nothing. The best of 72 heads on a few
# words is partly a *lucky* one. Try it: 72 coins, tossed for 20 words.

# %%
tosses = torch.rand(72, 40, generator=torch.Generator().manual_seed(1)) < 0.5  # (heads, words)
best = int(tosses[:, :20].float().mean(1).argmax())
print(f"best of 72 coins on 20 words: {tosses[best, :20].float().mean():.2f}")
print(f"the same coin on 20 others:   {tosses[best, 20:].float().mean():.2f}")

# %% [markdown]
# **Meaning.** "The doctor and the pilot talked about the hospital": does any head give `hospital`
# more of `doctor` than of `pilot`? Every pair stands in both orders, so place tells nothing, and 50
# % is chance. The same with names and `she` or `he`.

# %%
rows = []
for model in (minilm.NAME, smollm2.NAME):
    for each in found("meanings", model):
        if each["chosen_on"] == "even":
            place = each["layer"], each["head"]
            numbers = each["chosen"], each["held_out"], each["baseline"]
            rows.append((SHORT[model], each["relation"], place, *numbers, each["count"]))
table(rows, ["model", "relation", "head", "chosen half", "other half", "best offset", "questions"])

# %% [markdown]
# Some heads answer every question, on words that were not asked when they were chosen. MiniLM's
# (0, 1) does so in layer 0, where tokens have not yet seen each other: it compares the words
# themselves. Few questions, all of one form: a start, no proof that it "understands".
#
# **Exercises:** `dependency_accuracy`, `choose_and_test`.
#
# ## 6. Switch it off
#
# **Goal:** tell a head that matters from one that only looks like it. *20 minutes.*
#
# What a head *attends to* says nothing about whether anyone uses what it brings. The test is an
# **ablation**: multiply its output by 0 before `o_proj`, and see what breaks. A **gate** of 1
# leaves a head as it is. Where the gate stands matters. By hand, two heads of width 1 and an
# `o_proj` that adds them with a bias of 1:

# %%
heads = torch.tensor([2.0, 5.0])  # what the two heads found
o_proj, bias, gates = torch.tensor([1.0, 1.0]), 1.0, torch.tensor([1.0, 0.0])
print("whole:              ", float(heads @ o_proj + bias))
print("head 1 off:         ", float((gates * heads) @ o_proj + bias))
print("gate after o_proj:  ", float((heads @ o_proj + bias) * gates[1]), "(wrong: all is gone)")

# %% [markdown]
# And a **control**: as many heads of the same layers, not chosen. Without it, "the loss went up"
# shows only that the model needs heads.

# %% jupyter={"source_hidden": true}
predict(
    "learn_ablation",
    "Without its 8 best induction heads (of 270): what does SmolLM2 lose?",
    {
        "a little, everywhere": "On the second copy it loses most of what it had.",
        "the copy, and little on ordinary text": "Copying falls apart. On ordinary text see "
        "whether the controls hurt as much.",
        "everything": "Text that does not repeat is written nearly as before.",
    },
    right="the copy, and little on ordinary text",
)

# %%
kept = found("ablation", smollm2.NAME)
rows = [(name, *kept[name].values()) for name in kept["heads"]]
table(rows, ["heads taken out", *kept["none"]], caption="SmolLM2, loss in nats per token")

# %% [markdown]
# The copy is gone, and only the copy: 12.2, not far from a text that was never seen (14.6 above).
# Controls cost 0.5 at most. On ordinary text nothing specific is left to see: three draws of
# controls cost as much. So these heads *do* copy, and on these texts copying is a small part of the
# work. "Induction heads are what makes the model good" does not follow.
#
# One at a time? Layer 17 on the same repeat; its heads 3 to 5 are the three induction heads:

# %%
kept = found("one layer", smollm2.NAME)
rows = [
    (
        i,
        *(f"{head}: {kept['alone'][head]:.2f}" for head in range(3 * i, 3 * i + 3)),
        f"{together:.2f}",
    )
    for i, together in enumerate(kept["together"])
]
table(
    rows,
    ["KV head", "one head out", "another", "the third", "all three"],
    caption=f"SmolLM2, loss on the second copy; {kept['none'][0]:.2f} with all heads",
)

# %% [markdown]
# Together the three cost 1.3, the controls of KV heads 0 and 2 cost .4 and .3. Alone, only (17, 3)
# costs much: (17, 4) scores higher, and nothing happens without it. A score says where a head
# looks, an ablation whether it is missed. Perhaps others bring the same: all eight together cost 9.
#
# Live, with the heads that your score chose in section 4, on other tokens:

# %%
result = None
if decoder:
    other = repeats.repeated(vocabulary=49152, period=14, batch=3, seed=123)  # (3, 28)
    control = head_study.controls(chosen, num_heads=9, seed=7)
    rows = [
        (name, repeats.without(decoder, heads, other)[:, 14:].mean())
        for name, heads in {"none": [], "8 induction": chosen, "8 controls": control}.items()
    ]
    result = table(rows, ["heads taken out", "loss, second copy"])
result

# %% [markdown]
# **Exercise:** `ablate_heads`.
#
# *A good place to stop.*
#
# ## 7. Which heads can go?
#
# **Goal:** rank heads by one backward pass, and check the ranking. *15 minutes.*
#
# Ablating 270 heads one at a time takes 270 passes. [Michel et al.
# 2019](https://arxiv.org/abs/1905.10650) take one: the gradient of the loss by each gate, at gates
# of 1, in absolute value. A slope of 2 says: closing the gate a little, by 0.1, moves the loss by
# 0.2. It guesses what happens at 0 from the slope at 1.
#
# By hand: $loss(g) = (g - 0.5)^2$.

# %% jupyter={"source_hidden": true}
predict(
    "learn_gradient",
    "What does the slope at g = 1 guess for the ablation, and what is true?",
    {
        "guess 1, truth 0": "The slope is 2 (1 - 0.5) = 1. But loss(1) and loss(0) are both 0.25.",
        "both 1": "loss(0) - loss(1) = 0.25 - 0.25.",
        "guess 0, truth 0.25": "The slope at 1 is not 0; that is at 0.5.",
    },
    right="guess 1, truth 0",
)

# %%
gate = torch.tensor(1.0, requires_grad=True)
((gate - 0.5) ** 2).backward()
print("slope at 1:", float(gate.grad), " ablation:", 0.5**2 - 0.5**2)

# %% [markdown]
# On glassllm both can be done: one backward pass, and all 16 heads taken out one at a time.

# %%
picture = None
if little:
    slopes = head_study.slopes(little, text[0]).flatten()  # (layers * H,)
    picture = draw_guesses(slopes, head_study.one_at_a_time(little, text), num_heads=4)
picture

# %% [markdown]
# Each point keeps the sign of its slope; Michel et al. drop it, since heads that help on one text
# and hurt on another would cancel. The slope is close for most heads and furthest off for two: for
# (0, 1) and (1, 0) it guesses a gain, and taking them out costs. (1, 0) is the head that looks one
# token back. A ranking made of slopes is one more hypothesis.
#
# On SmolLM2: ranked on one half of the Wikipedia sentences, pruned, tested on the other
# half; against random orders, and against the *most* important first.

# %%
kept = found("pruning", smollm2.NAME)
curves = {name: kept[name] for name in kept if name not in ("importance", "pruned")}
draw_pruning(kept["pruned"], curves, "With a ranking, a third of the heads goes for 0.3 nats")

# %% [markdown]
# Ninety heads, a third of them, can go for 0.3 nats if the ranking picks them; at random they cost
# three to ten times as much. And the ten *most* important cost 3 nats. So the slopes, wrong as
# they may be on one head, rank well enough on the whole. Pruned heads save time only where whole
# rows of `q_proj` and columns of `o_proj` are cut out.
#
# In translation, [Voita et al. 2019](https://arxiv.org/abs/1905.09418) pruned 38 of 48 encoder
# heads for 0.15 BLEU, but they trained while pruning. Here nothing is trained afterwards.
#
# **Exercise:** `head_importance`.
#
# ## 8. Which heads are alike?
#
# **Goal:** ask the question of unit 07 with a measurement. *15 minutes.*
#
# Unit 07 lets several heads share keys and values, and pools *neighbours*. Would heads that *look
# alike* be better company? Alike, for two maps: the **Jensen-Shannon divergence** of their rows,
# with the average $m = (p + q) / 2$:
#
# $$\mathrm{JS}(p, q) = \tfrac12 \sum_j p_j \ln \frac{p_j}{m_j}
# + \tfrac12 \sum_j q_j \ln \frac{q_j}{m_j}$$

# %% jupyter={"source_hidden": true}
predict(
    "learn_js",
    "p = (1, 0) and q = (0, 1): no token in common. What is JS?",
    {
        "infinite": "That is the plain divergence of p from q: it divides by 0. The average has no "
        "zero where p has none.",
        "ln 2 = 0.69": "Each half is 1 * ln(1 / 0.5).",
        "1": "In bits, with a logarithm to base 2. Ours are nats.",
    },
    right="ln 2 = 0.69",
)

# %%
p, q = torch.tensor([1.0, 0.0]), torch.tensor([0.0, 1.0])
middle = (p + q) / 2
print("half of each:", 0.5 * torch.log(p[0] / middle[0]) + 0.5 * torch.log(q[1] / middle[1]))

# %% [markdown]
# 0 is alike, 0.69 is nothing in common. MiniLM has a KV head for every head, so it can be converted
# in any grouping: reorder the heads, pool with unit 07's `pool_kv_heads`, no training. Test: does
# the first half of a paragraph of Python's manual still find its own second half, among 150?

# %%
kept = found("grouping", minilm.NAME)
ways = ("neighbours", "alike", "unlike")
rows = [("12, as trained", f"{kept[0]['reciprocal']:.3f}", "", "", "")]
for count in (6, 4, 3, 2, 1):
    own = {each["how"]: each["reciprocal"] for each in kept if each["kv_heads"] == count}
    drawn = [value for how, value in own.items() if how.startswith("random")]
    spread = f"{min(drawn):.3f} to {max(drawn):.3f}" if drawn else ""
    rows.append((count, *(f"{own[how]:.3f}" if how in own else "" for how in ways), spread))
table(
    rows,
    ["KV heads", *ways, "random, 3 draws"],
    caption="mean of 1 / place of the right half: 1 is always first; one KV head is one group",
)

# %% [markdown]
# No. With 6 and with 4 KV heads, alike heads are the *worst* company, below each random draw; with
# 3 and 2 no way differs by more than .02. Nor is much proved: draws differ by up to .05, and one KV
# head for all does as well as four, so this task can hardly tell one way from another. Why might
# alike not help? Two heads can look at the same tokens by different keys: turn the queries and keys
# of one head together, and no weight changes.

# %%
q, k, turn = (
    torch.randn(5, 4),
    torch.randn(5, 4),
    torch.linalg.qr(torch.randn(4, 4)).Q,
)  # a rotation
same = torch.allclose((q @ turn) @ (k @ turn).T, q @ k.T, atol=1e-5)
print("weights the same:", same, " keys the same:", torch.allclose(k @ turn, k))
print("queries with the mean of both keys:", torch.allclose(q @ ((k + k @ turn) / 2).T, q @ k.T))

# %% [markdown]
# The mean of two such keys fits neither head. So "these heads do the same" is no reason to average
# their weights; unit 07 shows that training on mends it.
#
# **Exercise:** `head_similarity`.
#
# ## Check yourself

# %% jupyter={"source_hidden": true}
predict(
    "quiz_learn_claim",
    "'Head (3, 7) finds subjects: 71 % of our 40 sentences.' What do you ask first?",
    {
        "on which sentences it was chosen": "And then: what does the best fixed offset score?",
        "which layer comes next": "That does not touch the claim.",
        "its entropy": "A sharp head can be sharp in the wrong place.",
    },
    right="on which sentences it was chosen",
)
predict(
    "quiz_learn_sink",
    "A head puts .9 on the first token of a decoder. What does it tell about that token?",
    {
        "that it matters to the text": "84 % of the heads do so, whatever the text begins with.",
        "nothing: the head rests": "The softmax must put its mass somewhere.",
        "that the head is broken": "It may be idle here and busy elsewhere.",
    },
    right="nothing: the head rests",
)
predict(
    "quiz_learn_control",
    "Ablating 5 chosen heads raises the loss by 0.4. What is missing?",
    {
        "a longer text": "It narrows the number, and does not say what it means.",
        "5 other heads of the same layers": "If they cost 0.4 too, the choice was worth nothing.",
        "the entropy of the 5": "It says nothing on what they are used for.",
    },
    right="5 other heads of the same layers",
)

# %% [markdown]
# ## Summary
#
# | claim | evidence it takes |
# |---|---|
# | "it looks one token back" | the mean weight there, over many sentences |
# | "it follows grammar" | more than the best fixed offset, on sentences it was not chosen on |
# | "it continues patterns" | random tokens, several periods |
# | "it matters" | an ablation, beside controls |
# | "it can go" | the loss on other text, beside random pruning |
# | "its weight shows interest" | not enough: sinks |
#
# Next: the exercises of unit 05 that are left, then lesson 06, the KV cache.
