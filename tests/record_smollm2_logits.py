"""Records what transformers computes with SmolLM2, for the course to be compared with.

An independent implementation: transformers reads and dequantises the GGUF file itself, and has its
own tokenizer, model and rotary positions. It is not among the course's requirements; to record
anew, in an environment of its own::

    pip install -r requirements.txt transformers accelerate
    python tests/record_smollm2_logits.py
"""

import json
import platform

import torch
import transformers
from attnlab import smollm2
from attnlab.weights import files_of

PROMPTS = (
    "The capital of France is",
    "Attention lets every position of a sequence look at all the others. A model with several "
    "heads can look at several things at once, because",
    "def mean(numbers):\n    return",
)
LARGEST = 10
STEPS = 20


def main():
    """Write ``lessons/data/smollm2_logits.json``."""
    (path,) = files_of(smollm2.NAME)
    source = {"pretrained_model_name_or_path": str(path.parent), "gguf_file": path.name}
    model = transformers.AutoModelForCausalLM.from_pretrained(**source, dtype=torch.float32).eval()
    tokenizer = transformers.AutoTokenizer.from_pretrained(**source)
    kept = {
        "command": "python tests/record_smollm2_logits.py",
        "implementation": f"transformers {transformers.__version__}, {type(model).__name__}",
        "torch": torch.__version__,
        "machine": platform.machine(),
        "prompts": [record(model, tokenizer, prompt) for prompt in PROMPTS],
    }
    smollm2.RECORDED.parent.mkdir(exist_ok=True)
    smollm2.RECORDED.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


@torch.no_grad()
def record(model, tokenizer, prompt):
    """Largest logits at every position, and the greedy text."""
    tokens = tokenizer(prompt, return_tensors="pt").input_ids
    logits = model(tokens, use_cache=False).logits[0]  # (L, vocabulary)
    values, ids = logits.topk(LARGEST)
    written, gaps = [], []
    for _ in range(STEPS):
        last = model(torch.cat((tokens, torch.tensor([written], dtype=tokens.dtype)), 1)).logits
        best = last[0, -1].topk(2)
        written.append(int(best.indices[0]))
        gaps.append(round(float(best.values[0] - best.values[1]), 5))
    return {
        "prompt": prompt,
        "tokens": tokens[0].tolist(),
        "ids": ids.tolist(),
        "logits": [[round(each, 5) for each in row] for row in values.tolist()],
        "largest_absolute": round(float(logits.abs().max()), 5),
        "text": tokenizer.decode(written),
        "text_tokens": written,
        "gaps": gaps,
    }


if __name__ == "__main__":
    main()
