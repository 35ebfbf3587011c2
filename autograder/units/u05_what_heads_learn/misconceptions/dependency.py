"""Misconceptions of ``dependency_accuracy`` and ``choose_and_test``."""

from autograder.grading.misconceptions import edit, misconception
from autograder.grading.pieces import swap
from autograder.units.shared.misconceptions.wrappers import changes, returns, returns_zeros, takes

_LABELLED = "labelled = head_index >= 0"
_TOTAL = "total = max(1, int(labelled.sum()))"
_HEAVIEST = "heaviest = weights.argmax(dim=-1)"
_HITS = "hits = (heaviest == head_index[:, None]) & labelled[:, None]"
_ACCURACY = "accuracy = hits.sum(dim=(0, 2)).to(weights.dtype) / total"
_OFFSETS = "offsets = (head_index - torch.arange(head_index.shape[1]))[labelled]"
_BASELINE = "baseline = int(counts.max()) / total if len(counts) else 0.0"
_COUNTS, _BEST = "counts_heaviest_keys", "takes_the_best_offset"
_OTHER, _TIES = "other_shapes", "other_counts"

misconception(
    "rows_and_columns_swapped",
    dependency_accuracy=[
        edit(_HEAVIEST, "heaviest = weights.argmax(dim=-2)", fails=_COUNTS),
        takes(_COUNTS, weights='given["weights"].mT'),
    ],
)
misconception(
    "root_counted",
    says="tokens without a label are counted as wrong",
    asks="What does -1 say about a token? By how many tokens do you divide?",
    dependency_accuracy=[
        edit(_TOTAL, "total = labelled.numel()", fails=_COUNTS),
        edit(_ACCURACY, "accuracy = hits.to(weights.dtype).mean(dim=(0, 2))", fails=_COUNTS),
    ],
)
misconception(
    "minus_one_as_an_index",
    says="the label -1 is used as an index: the last key counts as the head of words without one",
    asks="Which key does index -1 pick? Is that what a label of -1 means?",
    dependency_accuracy=edit(
        _LABELLED,
        "head_index = head_index % head_index.shape[1]\nlabelled = head_index >= 0",
        fails=_COUNTS,
    ),
)
misconception(
    "position_0_taken_for_none",
    says="words whose head is the first word, at position 0, are left out",
    asks="What does the task write where there is no head? Is 0 a position?",
    dependency_accuracy=edit(_LABELLED, "labelled = head_index > 0", fails=_COUNTS),
)
misconception(
    "weight_for_hit",
    says="the weight on the head is averaged, not how often it is the heaviest",
    asks="The head gets .4, and another key .5. Is that a hit?",
    dependency_accuracy=edit(
        _ACCURACY,
        "place = head_index.clamp(min=0)[:, None, :, None].expand(*weights.shape[:3], 1)\n"
        "accuracy = (weights.gather(-1, place)[..., 0] * labelled[:, None]).sum((0, 2)) / total",
        fails=_COUNTS,
    ),
)
misconception(
    "sentences_count_alike",
    dependency_accuracy=edit(
        _ACCURACY,
        "accuracy = (hits.sum(2) / labelled.sum(1, keepdim=True).clamp(min=1)).mean(0)"
        ".to(weights.dtype)",
        fails=_COUNTS,
    ),
)
misconception(
    "hits_counted_not_shared",
    says="hits are counted, and not divided by the tokens that count",
    asks="What is a share? Of what?",
    dependency_accuracy=edit(_ACCURACY, swap(_ACCURACY, " / total", ""), fails=_COUNTS),
)
misconception(
    "one_number_for_all_heads",
    dependency_accuracy=edit(
        _ACCURACY,
        "accuracy = (hits.sum(dim=(0, 2)).to(weights.dtype) / total).mean().expand(hits.shape[1])",
        fails=_COUNTS,
    ),
)
misconception(
    "best_offset_of_each_sentence",
    says="the best offset is chosen anew for each sentence",
    asks="Can a head that looks a fixed distance away know which sentence it is in?",
    dependency_accuracy=edit(
        _BASELINE,
        "baseline = sum(\n"
        "    int((heads - torch.arange(len(heads)))[heads >= 0].mode()[0].eq(\n"
        "        (heads - torch.arange(len(heads)))[heads >= 0]\n"
        "    ).sum())\n"
        "    for heads in head_index\n"
        "    if (heads >= 0).any()\n"
        ") / total",
        fails=_BEST,
    ),
)
misconception(
    "next_or_previous_for_best",
    says="the baseline is one offset that was thought of, not the best one",
    asks="Which offsets occur? How often does each of them?",
    dependency_accuracy=[
        edit(_BASELINE, f"baseline = int((offsets == {step}).sum()) / total", fails=_BEST)
        for step in (-1, 1)
    ],
)
misconception(
    "offsets_to_one_side",
    says="the baseline knows offsets to one side only: back, or ahead",
    asks="An article stands before its noun. Does a head that looks back find it?",
    dependency_accuracy=[
        edit(
            _OFFSETS,
            f"{_OFFSETS}\noffsets = offsets[offsets {side} 0]",
            fails=_BEST,
        )
        for side in ("<=", ">=", "<", ">")
    ],
)
misconception(
    "offset_without_direction",
    says="distances are counted without direction: two before and two behind are one",
    asks="A head that looks two words back: does it find what is two words ahead?",
    dependency_accuracy=edit(_OFFSETS, f"{_OFFSETS}.abs()", fails=_BEST),
)
misconception(
    "most_frequent_position",
    says="the most frequent position is taken for the most frequent offset",
    asks="An offset is counted from where?",
    dependency_accuracy=edit(_OFFSETS, "offsets = head_index[labelled]", fails=_BEST),
)
misconception(
    "baseline_from_the_maps",
    says="the baseline is the best head's accuracy, not that of a fixed offset",
    asks="Which of the two arguments does the baseline need?",
    dependency_accuracy=edit(_BASELINE, "baseline = accuracy.max().item()", fails=_BEST),
)
misconception(
    "own_position_left_out",
    says="words that are labelled with their own position are left out",
    asks="The root of a sentence is labelled with its own position. Which offset is that?",
    dependency_accuracy=[
        edit(_OFFSETS, f"{_OFFSETS}\noffsets = offsets[offsets != 0]", fails=_BEST),
        edit(
            _LABELLED,
            f"{_LABELLED}\nlabelled &= head_index != torch.arange(head_index.shape[1])",
            fails=_BEST,
        ),
    ],
)
misconception(
    "last_of_equals",
    says="of equally heavy keys the last counts, or any of them",
    asks="What does the task say about keys that are equally heavy?",
    dependency_accuracy=[
        edit(
            _HEAVIEST,
            "heaviest = weights.shape[-1] - 1 - weights.flip(-1).argmax(dim=-1)",
            fails=_TIES,
        ),
        edit(
            _HITS,
            "at = head_index.clamp(min=0)[:, None, :, None].expand(*weights.shape[:3], 1)\n"
            "is_heaviest = weights.gather(-1, at)[..., 0] == weights.amax(-1)\n"
            "hits = is_heaviest & labelled[:, None]",
            fails=_TIES,
        ),
    ],
)
misconception(
    "all_labels_in_the_baseline",
    says="the baseline counts tokens without a label as well",
    asks="What is -1 minus a token's own position?",
    dependency_accuracy=edit(
        _OFFSETS,
        "offsets = (head_index - torch.arange(head_index.shape[1])).flatten()",
        fails=_BEST,
    ),
)
misconception("returns_zeros", dependency_accuracy=returns_zeros(_COUNTS))
misconception(
    "changes_inputs",
    dependency_accuracy=[
        changes("weights", _OTHER, ".data.mul_(0.5)"),
        changes("head_index", _OTHER, ".clamp_(min=0)"),
    ],
    choose_and_test=changes("scores_by_sentence", "at_the_ends"),
)
misconception(
    "wrong_dtype",
    dependency_accuracy=returns("output.float()", _OTHER),
)

_CHOSEN = "chosen = scores_by_sentence[0::2].mean(dim=0)"
_HELD_OUT = "held_out = scores_by_sentence[1::2].mean(dim=0)"
_HEAD = "head = int(chosen.argmax())"
_RETURN = "return head, chosen[head].item(), held_out[head].item()"
_HOLDS_OUT, _REPORTS, _ENDS = "holds_out", "reports_the_chosen", "at_the_ends"

misconception(
    "tested_on_what_it_chose_on",
    says="the head is tested on sentences that it was chosen on",
    asks="Which sentences has the choice seen? Are some of them in the score you report?",
    choose_and_test=[
        edit(_RETURN, swap(_RETURN, "held_out[head]", "chosen[head]"), fails=_HOLDS_OUT),
        edit(_HELD_OUT, "held_out = scores_by_sentence.mean(dim=0)", fails=_HOLDS_OUT),
    ],
)
misconception(
    "chosen_on_everything",
    says="the head is chosen on all sentences, those that test it among them",
    asks="May the held-out sentences have a say in the choice?",
    choose_and_test=[
        edit(_HEAD, "head = int(scores_by_sentence.mean(dim=0).argmax())", fails=_HOLDS_OUT),
        edit(_CHOSEN, "chosen = scores_by_sentence.mean(dim=0)", fails=_HOLDS_OUT),
    ],
)
misconception(
    "best_of_each_half",
    says="the held-out score is that of the best head there, not of the chosen one",
    asks="Which head was chosen? Whose score do you report?",
    choose_and_test=edit(
        _RETURN, swap(_RETURN, "held_out[head].item()", "held_out.max().item()"), fails=_HOLDS_OUT
    ),
)
misconception(
    "halves_swapped",
    says="the odd sentences choose, and the even ones test",
    asks="Which sentences choose, says the task: 0, 2, 4, ... or 1, 3, 5, ...?",
    choose_and_test=edit(
        _CHOSEN,
        _CHOSEN.replace("[0::2]", "[1::2]"),
        _HELD_OUT,
        _HELD_OUT.replace("[1::2]", "[0::2]"),
        fails=_HOLDS_OUT,
    ),
)
misconception(
    "first_half_chooses",
    says="the first half of the sentences chooses, and the second tests",
    asks="Which sentences have an even index?",
    choose_and_test=edit(
        _CHOSEN,
        _CHOSEN.replace("[0::2]", "[: len(scores_by_sentence) // 2]"),
        _HELD_OUT,
        _HELD_OUT.replace("[1::2]", "[len(scores_by_sentence) // 2 :]"),
        fails=_HOLDS_OUT,
    ),
)
misconception(
    "sum_for_mean",
    choose_and_test=edit(
        _CHOSEN,
        _CHOSEN.replace("mean", "sum"),
        _HELD_OUT,
        _HELD_OUT.replace("mean", "sum"),
        fails=_HOLDS_OUT,
    ),
)
misconception(
    "sentence_for_head",
    says="the mean runs over the heads, so a sentence is chosen",
    asks="Which axis of the scores has one entry for each head?",
    choose_and_test=edit(
        _CHOSEN,
        _CHOSEN.replace("dim=0", "dim=1"),
        _HELD_OUT,
        _HELD_OUT.replace("dim=0", "dim=1"),
        fails=_HOLDS_OUT,
    ),
)
misconception(
    "largest_single_score",
    says="the head with the largest score on one sentence is chosen, not the best mean",
    asks="Does one lucky sentence make a good head?",
    choose_and_test=edit(
        _HEAD, "head = int(scores_by_sentence[0::2].amax(dim=0).argmax())", fails=_ENDS
    ),
)
misconception(
    "worst_head",
    says="the worst head is chosen",
    asks="Is a high score good here, or a low one?",
    choose_and_test=edit(_HEAD, swap(_HEAD, "argmax", "argmin"), fails=_HOLDS_OUT),
)
misconception(
    "last_of_equals",
    says="of equally good heads the last is chosen",
    asks="What does the task say about heads that are equally good?",
    choose_and_test=edit(_HEAD, "head = int((chosen == chosen.max()).nonzero()[-1])", fails=_ENDS),
)
misconception(
    "counts_heads_from_one",
    says="heads are counted from 1",
    asks="What is the index of the first head?",
    choose_and_test=edit(
        _RETURN, swap(_RETURN, "return head,", "return head + 1,"), fails=_HOLDS_OUT
    ),
)
misconception(
    "reported_in_the_other_order",
    says="the two scores stand in the other order",
    asks="Which of the two comes first in what the task asks for?",
    choose_and_test=edit(
        _RETURN, "return head, held_out[head].item(), chosen[head].item()", fails=_HOLDS_OUT
    ),
)
