"""Talking to SmolLM2 in a notebook: text that streams, and buttons that break the model."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import torch

from attnlab.decoder import Decoder, generate
from attnlab.faults import FAULTS, fault
from autograder import course

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_FORM = "<|im_start|>user\n{}<|im_end|>\n<|im_start|>assistant\n"
_END = "<|im_end|>"
HEALTHY = "as trained"


def reply(
    model: Decoder,
    tokenizer: Tokenizer,
    cache_class: Callable[..., Any],
    question: str,
    limit: int = 60,
) -> Iterator[tuple[str, int]]:
    """The model's answer as it grows, until its end token or ``limit`` tokens.

    Args:
        model, tokenizer: from ``smollm2.load``.
        cache_class: ``KVCache`` of unit 06.
        question: what the user says; it is put into the form that the model was tuned on.
        limit: tokens at most.

    Yields:
        ``(text so far, bytes of keys and values that the next step reads)``.
    """
    tokens = torch.tensor([tokenizer.encode(_FORM.format(question)).ids])
    caches = model.new_caches(cache_class, batch=1, max_len=tokens.shape[1] + limit)
    shape = model.shape
    per_token = 2 * shape.num_layers * shape.num_kv_heads * shape.d_head * 4  # float32
    written: list[int] = []
    for token, _ in generate(model, tokens, limit, caches):
        if token == tokenizer.token_to_id(_END):
            return
        written.append(token)
        yield tokenizer.decode(written), per_token * (tokens.shape[1] + len(written))


def chat_box(
    model: Decoder,
    tokenizer: Tokenizer,
    cache_class: Callable[..., Any],
    question: str = "What is the capital of France?",
) -> object:
    """A field for questions, a choice of faults, and the answer with its speed and cache.

    Without a live kernel: the answers to ``question``, a fault each.
    """
    if course.is_static():
        for name in (HEALTHY, *FAULTS):
            with fault(model, None if name == HEALTHY else name):
                grown = list(reply(model, tokenizer, cache_class, question, limit=10))
            print(f"{name:12}  {grown[-1][0] if grown else ''!r}")
        return None
    from ipywidgets import HTML, Button, Dropdown, HBox, Text, VBox

    asked = Text(value=question, description="You")
    broken = Dropdown(options=[HEALTHY, *FAULTS], description="Model")
    ask = Button(description="Ask")
    said, told = HTML(), HTML()

    def answer(_: object) -> None:
        from html import escape

        said.value, told.value = "", "(reading the question)"
        begun, count = time.perf_counter(), 0
        with fault(model, None if broken.value == HEALTHY else broken.value):
            for count, (text, held) in enumerate(
                reply(model, tokenizer, cache_class, asked.value), 1
            ):
                said.value = f"<pre style='white-space:pre-wrap'>{escape(text)}</pre>"
                rate = count / (time.perf_counter() - begun)
                told.value = f"{rate:.1f} tokens a second; cache {held / 2**20:.1f} MiB"
        if not count:
            told.value = "(no answer: the end token came first)"

    ask.on_click(answer)
    asked.continuous_update = False
    return VBox([HBox([asked, broken, ask]), said, told])
