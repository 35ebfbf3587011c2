"""Misconceptions of ``choose_kv_heads``."""

from autograder.grading.misconceptions import edit, misconception
from autograder.grading.pieces import swap
from autograder.units.shared.misconceptions.wrappers import changes

_CONFIG = 'config = card["config"] | {"num_key_value_heads": kv_heads, "torch_dtype": dtype}'
_RANKS = 'ranks=card["ranks"]'
_IF = 'if quality >= card["least_quality"] and fits >= card["users"]:'
_LEFT = "left.append((-quality, bytes_per_token(config), (kv_heads, dtype)))"
_CHOSEN = "chosen[name] = min(left)[-1] if left else None"
_NOTEBOOK = "chooses_for_the_notebook"
_BEST, _LIMITS, _TIES = "takes_the_best", "obeys_the_limits", "breaks_ties_by_bytes"
_CARD = "counts_with_the_card"


def _orders(key):
    return edit(_LEFT, f"left.append(({key}, (kv_heads, dtype)))", fails=_BEST)


misconception(
    "smallest_cache_wins",
    says="of what is good enough, the option with the smallest cache is taken",
    asks="All users are served. What does the better option cost them?",
    choose_kv_heads=[
        _orders("bytes_per_token(config), -quality"),
        _orders("kv_heads, bytes_per_token(config), -quality"),
    ],
)
misconception(
    "most_heads_win",
    says="the option with the most KV heads is taken, not the best one",
    asks="Is the quality that was measured always higher with more KV heads?",
    choose_kv_heads=_orders("-kv_heads, bytes_per_token(config)"),
)
misconception(
    "first_that_will_do",
    says="the first option that will do is taken",
    asks="Is the order of the options one of quality?",
    choose_kv_heads=[
        edit(_CHOSEN, swap(_CHOSEN, "min(left)", "left[0]"), fails=_BEST),
        edit(_CHOSEN, swap(_CHOSEN, "min(left)", "left[-1]"), fails=_BEST),
    ],
)
misconception(
    "worst_that_will_do",
    says="the worst option that will do is taken",
    asks="In which direction is quality good?",
    choose_kv_heads=[
        edit(_CHOSEN, swap(_CHOSEN, "min", "max"), fails=_BEST),
        _orders("quality, bytes_per_token(config)"),
    ],
)
misconception(
    "users_not_counted",
    says="whether all users fit is not looked at",
    asks="What does the card say of users?",
    choose_kv_heads=edit(_IF, 'if quality >= card["least_quality"]:', fails=_BEST),
)
misconception(
    "quality_not_demanded",
    says="options below least_quality are not left out",
    asks="What if the only option with enough room is a poor one?",
    choose_kv_heads=edit(_IF, 'if fits >= card["users"]:', fails=_LIMITS),
)
misconception(
    "limits_are_left_out",
    says="an option that just reaches a limit is left out",
    asks="Ten users, and exactly ten fit. Is anybody turned away?",
    choose_kv_heads=[
        edit(_IF, swap(_IF, "quality >=", "quality >"), fails=_LIMITS),
        edit(_IF, swap(_IF, "fits >=", "fits >"), fails=_LIMITS),
        edit(_IF, 'if quality > card["least_quality"] and fits > card["users"]:', fails=_LIMITS),
    ],
)
misconception(
    "best_of_what_fails",
    says="where no option will do, one comes back all the same",
    asks="What does a team do with a choice that serves nobody?",
    choose_kv_heads=[
        edit(
            _CHOSEN,
            f"chosen[name] = min(left)[-1] if left else {other}",
            fails=_LIMITS,
        )
        for other in (
            'card["options"][0][:2] if card["options"] else None',
            'card["options"][-1][:2] if card["options"] else None',
            "(1, 'bfloat16')",
        )
    ],
)
misconception(
    "impossible_left_out",
    says="a card for which nothing will do has no entry in the answer",
    asks="What does the task say comes back for such a card?",
    choose_kv_heads=edit(_CHOSEN, "if left: chosen[name] = min(left)[-1]", fails=_LIMITS),
)
misconception(
    "ties_by_heads",
    says="of equal quality the one with fewer KV heads is taken, whatever its dtype is",
    asks="3 heads in float32, or 5 in 8 bits: which takes fewer bytes?",
    choose_kv_heads=edit(_LEFT, swap(_LEFT, "bytes_per_token(config)", "kv_heads"), fails=_TIES),
)
misconception(
    "ties_to_the_larger",
    says="of equal quality the one with more bytes is taken",
    asks="Equally good: what speaks for the larger cache?",
    choose_kv_heads=edit(
        _LEFT, swap(_LEFT, "bytes_per_token(config)", "-bytes_per_token(config)"), fails=_TIES
    ),
)
misconception(
    "ties_by_order",
    says="of equal quality the one that stands first is taken, or last",
    asks="What does the task say about options of equal quality?",
    choose_kv_heads=[
        edit(
            _CHOSEN, swap(_CHOSEN, "min(left)", "min(left, key=lambda each: each[0])"), fails=_TIES
        ),
        edit(
            _CHOSEN,
            swap(_CHOSEN, "min(left)", "min(left[::-1], key=lambda each: each[0])"),
            fails=_TIES,
        ),
    ],
)
misconception(
    "dtype_of_the_card",
    says="room is counted in the card's dtype, not in the option's",
    asks="An option in 8 bits: where in your configuration does that stand?",
    choose_kv_heads=edit(_CONFIG, swap(_CONFIG, ', "torch_dtype": dtype', ""), fails=_CARD),
)
misconception(
    "heads_of_the_card",
    says="room is counted with the card's KV heads, not with the option's",
    asks="Which two entries of the configuration does an option change?",
    choose_kv_heads=edit(
        _CONFIG, swap(_CONFIG, '"num_key_value_heads": kv_heads, ', ""), fails=_BEST
    ),
)
misconception(
    "ranks_not_passed_on",
    says="room is counted on one GPU, though the card has several",
    asks="What does the card say of its machine? Does all of it reach max_concurrent_sequences?",
    choose_kv_heads=edit(_RANKS, "ranks=1", fails=_CARD),
)
misconception(
    "heads_only",
    says="the number of KV heads comes back without the dtype",
    asks="What makes an option? What comes back for each card?",
    choose_kv_heads=edit(_CHOSEN, swap(_CHOSEN, "min(left)[-1]", "min(left)[-1][0]"), fails=_BEST),
)
misconception(
    "changes_inputs",
    says="the cards that were passed in are changed",
    asks="Whose dictionary is `card['config']`, and what stands in it after your loop?",
    choose_kv_heads=[
        edit(
            _CONFIG,
            'config = card["config"]; config |= {"num_key_value_heads": kv_heads, '
            '"torch_dtype": dtype}',
            fails=_NOTEBOOK,
        ),
        changes("cards", _NOTEBOOK, ".clear()"),
    ],
)
