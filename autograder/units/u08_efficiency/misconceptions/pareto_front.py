"""Misconceptions of ``pareto_front``."""

from autograder.grading.misconceptions import edit, misconception
from autograder.grading.pieces import swap

_FRONT = "keeps_what_nothing_beats"
_TIES = "settles_ties"
_KEY = "key=lambda i: (points[i][0], -points[i][1], i)"
_BETTER = "if best is None or quality > best[1] or (cost, quality) == best:"
_KEEP = "kept.append(i)"
_GIVE = "return kept"
misconception(
    "high_cost_good",
    says="a high cost counts as good",
    asks="Which end of the cost axis would you rather pay?",
    pareto_front=edit(
        _KEY,
        "key=lambda i: (-points[i][0], -points[i][1], i)",
        _GIVE,
        "return sorted(kept, key=lambda i: (points[i][0], i))",
        fails=_FRONT,
    ),
)
misconception(
    "low_quality_good",
    says="a low quality counts as good",
    asks="Which end of the quality axis would you rather have?",
    pareto_front=edit(
        _KEY,
        "key=lambda i: (points[i][0], points[i][1], i)",
        _BETTER,
        swap(_BETTER, "quality >", "quality <"),
        fails=_FRONT,
    ),
)
misconception(
    "pair_swapped",
    says="the points are read as (quality, cost)",
    asks="Which of the two numbers of a point is the cost?",
    pareto_front=[
        edit(
            "    kept = []",
            "    points = [(cost, quality) for quality, cost in points]\n    kept = []",
            fails=_FRONT,
        ),
        edit(
            "    kept = []",
            "    given = points\n"
            "    points = [(cost, quality) for quality, cost in points]\n    kept = []",
            _GIVE,
            "return sorted(kept, key=lambda i: (given[i][0], i))",
            fails=_FRONT,
        ),
    ],
)
misconception(
    "input_order",
    says="the indices stand in the order of the points, not by rising cost",
    asks="In which order would you show them to somebody who pays?",
    pareto_front=edit(_GIVE, "return sorted(kept)", fails=_FRONT),
)
misconception(
    "falling_cost",
    says="the indices stand by falling cost",
    asks="Where do the cheap ones stand?",
    pareto_front=[
        edit(_GIVE, "return kept[::-1]", fails=_FRONT),
        edit(
            _GIVE,
            "return sorted(kept, key=lambda i: (-points[i][0], i))",
            fails=_FRONT,
        ),
    ],
)
misconception(
    "positions_after_sorting",
    says="the numbers are places in the sorted list, not in `points`",
    asks="Who gets your result has `points`, not your sorted list. What can they look up?",
    pareto_front=edit(_KEEP, "kept.append(order.index(i))", fails=_FRONT),
)
misconception(
    "points_not_indices",
    says="the points themselves come back, not their indices",
    asks="What does the task ask for: which points, or where they are?",
    pareto_front=edit(_GIVE, "return [points[i] for i in kept]", fails=_FRONT),
)
misconception(
    "neighbour_only",
    says="each point is compared with the next cheaper one only",
    asks="A good point, a bad one, a middling one, by cost: who beats the middling one?",
    pareto_front=edit(
        "            best = (cost, quality)\n",
        "        best = (cost, quality)\n",
        fails=_FRONT,
    ),
)
misconception(
    "convex_hull",
    says="points below the straight line between two others are dropped as well",
    asks="Can you buy half of one model and half of another?",
    pareto_front=edit(
        _GIVE,
        "hull = []\n"
        "for i in kept:\n"
        "    while len(hull) > 1:\n"
        "        (x0, y0), (x1, y1), (x2, y2) = (points[j] for j in (hull[-2], hull[-1], i))\n"
        "        if (y1 - y0) * (x2 - x0) >= (y2 - y0) * (x1 - x0):\n"
        "            break\n"
        "        hull.pop()\n"
        "    hull.append(i)\n"
        "return hull",
        fails=_FRONT,
    ),
)
misconception(
    "ties_kept",
    says="a point has to be worse in both to be beaten",
    asks="Same cost, less quality: would you ever choose it?",
    pareto_front=edit(
        _GIVE,
        "return [\n"
        "    i\n"
        "    for i in sorted(order, key=lambda i: (points[i][0], i))\n"
        "    if not any(c < points[i][0] and q > points[i][1] for c, q in points)\n"
        "]",
        fails=_TIES,
    ),
)


def _unless(worse, fails=_FRONT):
    """The front of points of which no other point ``(c, q)`` says that this is ``worse``."""
    return edit(
        _GIVE,
        "return [\n"
        "    i\n"
        "    for i in sorted(order, key=lambda i: (points[i][0], i))\n"
        "    for cost, quality in [points[i]]\n"
        f"    if not any({worse} for c, q in points)\n"
        "]",
        fails=fails,
    )


misconception(
    "dearer_and_equal_kept",
    says="a point is kept that costs more than another and is only as good",
    asks="Same quality, higher cost: would you ever choose it?",
    pareto_front=_unless("c <= cost and q > quality", _TIES),
)
misconception(
    "same_cost_worse_kept",
    says="a point is kept that costs as much as another and is worse",
    asks="Same cost, less quality: would you ever choose it?",
    pareto_front=_unless("c < cost and q >= quality", _TIES),
)
misconception(
    "beaten_in_one",
    says="a point is dropped as soon as another one is better in one of the two",
    asks="A cheap point is worse, a good one dearer. Does one of them beat the other?",
    pareto_front=_unless("c < cost or q > quality"),
)
misconception(
    "index_finds_first",
    says="points are looked up by their values, which finds the first of equal points each time",
    asks="What does [7, 7].index(7) give, both times?",
    pareto_front=[
        edit(_GIVE, "return [points.index(points[i]) for i in kept]", fails=_TIES),
        edit(_GIVE, "return sorted(points.index(points[i]) for i in kept)", fails=_FRONT),
    ],
)
misconception(
    "nothing_kept",
    says="no point is kept at all, as if each were beaten by itself",
    asks="Is a point compared with itself? Would equal points beat each other?",
    pareto_front=edit(_GIVE, "return []", fails=_FRONT),
)
misconception(
    "nothing_dropped",
    says="all points are kept",
    asks="Which of your points beats another one, and where do you drop that?",
    pareto_front=[
        edit(_GIVE, f"return {everything}", fails=_FRONT)
        for everything in (
            "[*range(len(points))]",
            "sorted(order, key=lambda i: (points[i][0], i))",
        )
    ],
)
misconception(
    "same_cost_not_sorted",
    says="of points that cost the same the first one is kept, also if a later one is better",
    asks="Two points cost the same. In which order does your loop meet them?",
    pareto_front=[
        edit(
            _KEY,
            "key=lambda i: points[i][0]",
            _BETTER,
            f"if best is None or quality {better} best[1]:",
            fails=_TIES,
        )
        for better in (">", ">=")
    ],
)
misconception(
    "twins_dropped",
    says="of equal points only one is kept, or none",
    asks="Which of two equal points beats the other?",
    pareto_front=[
        edit(_BETTER, "if best is None or quality > best[1]:", fails=_TIES),
        edit(
            _GIVE,
            "last = {points[i]: i for i in kept}\nreturn [i for i in kept if last[points[i]] == i]",
            fails=_TIES,
        ),
        edit(
            _GIVE,
            "return [i for i in kept if points.count(points[i]) == 1]",
            fails=_TIES,
        ),
    ],
)
misconception(
    "best_ratio_only",
    says="only the point with the best quality for its cost is kept",
    asks="Somebody needs more quality than that, and can pay. What do you offer?",
    pareto_front=edit(
        _GIVE,
        "rate = max((points[i][1] / points[i][0] for i in kept), default=0)\n"
        "return [i for i in kept if points[i][1] / points[i][0] == rate]",
        fails=_FRONT,
    ),
)
