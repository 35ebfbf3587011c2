"""Misconceptions of ``head_similarity``."""

from autograder.grading.misconceptions import edit, misconception
from autograder.units.shared.misconceptions.wrappers import (
    changes,
    returns,
    returns_float32,
    returns_zeros,
    takes,
)

_BATCH = "weights, mask = as_batch(weights, mask)"
_ENTROPY = "entropy = -torch.special.xlogy(weights, weights).sum(-1)"
_MIXTURE = "mixture = (weights[:, i : i + 1] + weights) / 2"
_OF_MIXTURE = "of_mixture = -torch.special.xlogy(mixture, mixture).sum(-1)"
_DIVERGENCE = "divergence = of_mixture - (entropy[:, i : i + 1] + entropy) / 2"
_TOTAL = "total = (divergence * mask[:, None]).sum(dim=(0, 2))"
_ROW = "rows.append(total / mask.sum().clamp(min=1))"
_RETURN = "return torch.stack(rows).clamp(min=0)"
_LOG_2 = 0.6931471805599453
_ROWS, _ZEROS, _PADDING = "jensen_shannon_of_rows", "copes_with_zeros", "padding_of_maps"

misconception(
    "js_without_the_half",
    says="the two divergences are added up, without the half",
    asks="JS is a mean of two numbers. How far apart can two maps be at most?",
    head_similarity=edit(
        _DIVERGENCE,
        "divergence = 2 * of_mixture - (entropy[:, i : i + 1] + entropy)",
        fails=_ROWS,
    ),
)
misconception(
    "distance_for_divergence",
    says="the square root is taken: that is the distance, not the divergence",
    asks="Which of the two does the task ask for?",
    head_similarity=[
        returns("output.sqrt()", _ROWS),
        edit(
            _DIVERGENCE, f"{_DIVERGENCE.replace('= of', '= (of')}).clamp(min=0).sqrt()", fails=_ROWS
        ),
    ],
)
misconception(
    "in_bits",
    head_similarity=edit(
        _ENTROPY, f"{_ENTROPY} / {_LOG_2}", _OF_MIXTURE, f"{_OF_MIXTURE} / {_LOG_2}", fails=_ROWS
    ),
)
misconception(
    "kl_for_js",
    says="it is the Kullback-Leibler divergence of one map from the other, without the mixture",
    asks="What is KL where one head looks and the other does not? Is it the same both ways round?",
    head_similarity=edit(
        _DIVERGENCE,
        "own = weights[:, i : i + 1]\n"
        "divergence = (torch.special.xlogy(own, own) - torch.special.xlogy(own, weights)).sum(-1)",
        fails=_ROWS,
    ),
)
misconception(
    "symmetric_kl_for_js",
    says="it is the mean of the two Kullback-Leibler divergences, without the mixture",
    asks="From what are both rows measured: from each other, or from the mixture?",
    head_similarity=edit(
        _DIVERGENCE,
        "own = weights[:, i : i + 1]\n"
        "log = weights.log() - own.log()\n"
        "divergence = ((weights - own) * log).sum(-1) / 2",
        fails=_ROWS,
    ),
)
misconception(
    "divergence_of_the_mixture",
    says="it is the divergence of the mixture from the rows, not of the rows from the mixture",
    asks="KL(p, m) weighs with p. Which of two distributions does `kl_div` weigh with?",
    head_similarity=[
        edit(
            _DIVERGENCE,
            f"own = weights[:, i : i + 1]\nterms = {terms}\ndivergence = terms.sum(-1)",
            fails=_ROWS,
        )
        for terms in (
            "mixture * (mixture.log() - (own.log() + weights.log()) / 2)",
            "torch.where(\n"
            "    mixture > 0, mixture * (mixture.log() - (own.log() + weights.log()) / 2), 0\n"
            ")",
        )
    ],
)
misconception(
    "mixture_without_the_half",
    says="the mixture is the sum of the two rows, which adds up to 2",
    asks="What does a distribution add up to?",
    head_similarity=edit(_MIXTURE, "mixture = weights[:, i : i + 1] + weights", fails=_ROWS),
)
misconception(
    "mean_maps_compared",
    says="maps are averaged over sentences or rows first, and compared then",
    asks="Two heads agree on average and in no single row. Are they alike?",
    head_similarity=[
        takes(_ROWS, weights='given["weights"].reshape(-1, *given["weights"].shape[-3:]).mean(0)'),
        takes(
            _ROWS,
            weights='given["weights"].mean(dim=-2, keepdim=True).expand(given["weights"].shape)',
        ),
        edit(
            _BATCH,
            f"{_BATCH}\n"
            "counts = mask[:, None, :, None]\n"
            "weights = ((weights * counts).sum((0, 2)) / mask.sum())[None, :, None]\n"
            "mask = mask.new_ones(1, 1)",
            fails=_ROWS,
        ),
    ],
)
misconception(
    "log_of_zero",
    head_similarity=edit(
        _ENTROPY,
        "entropy = -(weights * weights.log()).sum(-1)",
        _OF_MIXTURE,
        "of_mixture = -(mixture * mixture.log()).sum(-1)",
        fails=_ZEROS,
    ),
)
misconception(
    "padding_counted",
    head_similarity=[
        edit(
            _TOTAL,
            "total = divergence.sum(dim=(0, 2))",
            _ROW,
            "rows.append(total / mask.numel())",
            fails=_PADDING,
        ),
        edit(_ROW, "rows.append(total / mask.numel())", fails=_PADDING),
    ],
)
misconception(
    "sum_for_mean",
    head_similarity=edit(_ROW, "rows.append(total)", fails=_ROWS),
)
misconception(
    "rows_and_columns_swapped",
    head_similarity=takes(_PADDING, weights='given["weights"].mT'),
)
misconception(
    "likeness_for_divergence",
    says="alike heads get a high number, where 0 should mean alike",
    asks="What should stand on the diagonal?",
    head_similarity=[
        returns("1 - output", _ROWS),
        returns("torch.log(torch.tensor(2.0, dtype=output.dtype)) - output", _ROWS),
    ],
)
misconception("returns_zeros", head_similarity=returns_zeros(_ROWS))
misconception("wrong_dtype", head_similarity=returns_float32("large_maps_of_heads"))
misconception("changes_inputs", head_similarity=changes("weights", _PADDING, ".data.mul_(0.5)"))
