"""Records what glassllm's own numpy code computes, for the course's decoder to be compared with.

An independent implementation: its tokenizer, its model and its rotary positions are its own. To
record anew::

    python -m autograder models
    python tests/record_glassllm_logits.py
"""

import json

import glassllm
from attnlab.glassllm import RECORDED

PROMPTS = (
    "Alice was beginning to get very tired of sitting by her sister on the bank,\nand",
    "“Would you tell me, please,” said the  Cat: 12 o’clock?",
)
LARGEST = 10


def main():
    """Write ``lessons/data/glassllm_logits.json``."""
    model, tokenizer = glassllm.load_pretrained("en")
    kept = {
        "command": "python tests/record_glassllm_logits.py",
        "implementation": f"glassllm {glassllm.__version__}, GlassLM",
        "prompts": [record(model, tokenizer, prompt) for prompt in PROMPTS],
    }
    RECORDED.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


def record(model, tokenizer, prompt):
    """The largest logits at every position."""
    tokens = tokenizer.encode(prompt)
    logits = model(tokens).data[0]  # (L, vocabulary)
    ids = (-logits).argsort(-1)[:, :LARGEST]
    return {
        "prompt": prompt,
        "tokens": tokens,
        "ids": ids.tolist(),
        "logits": [
            [round(float(row[i]), 5) for i in best] for row, best in zip(logits, ids, strict=True)
        ],
    }


if __name__ == "__main__":
    main()
