"""The property kit: silent on what is right, of every kind, and loud about what is broken."""

import math
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from attnlab import properties, smollm2
from attnlab.properties import Cases, Heads, Session, Tokens, Vectors
from broken_attention import BROKEN, BUILDERS
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.nn.functional import scaled_dot_product_attention

from autograder import course

NAMES = course.reference_namespace("07_grouped_query")
NAMES["CachedAttention"] = course.reference_namespace("06_kv_cache")["CachedAttention"]
MHA = course.reference_namespace("04_multi_head")["MultiHeadAttention"]
causal_mask, KVCache = NAMES["causal_mask"], NAMES["KVCache"]
WIDTH, ROOM = 12, 16
VECTORS = Vectors(WIDTH)


def identity(bug):
    return f"{bug[0].__name__}-{bug[1]}" if isinstance(bug, tuple) else bug.__name__


@pytest.mark.parametrize("case", BROKEN, ids=identity)
@pytest.mark.parametrize("seeds", [(0, 1), (2, 3), (4, 5)], ids=str)
def test_what_is_broken_is_seen(case, seeds):
    builder, bug, _ = case
    verdict = builder(bug, Cases(seeds=seeds))
    assert not verdict
    with pytest.raises(properties.PropertyViolated, match=re.escape(str(verdict))):
        verdict.expect()


@pytest.mark.parametrize("builder", BUILDERS, ids=identity)
def test_the_same_without_the_bug_is_not(builder):
    verdict = builder(None, Cases(seeds=tuple(range(20))))
    assert verdict, verdict
    verdict.expect()


# The course's own modules, and PyTorch's


def cached(module, heads):
    """How sessions of a module with a ``KVCache`` begin; ``fill`` is what its memory holds."""

    def start(batch, fill=0.0):
        cache = KVCache(batch, heads, ROOM, module.k_proj.out_features // heads, torch.float64)
        cache.keys.fill_(fill)
        cache.values.fill_(fill)

        def trim(length):
            cache.length = length

        def select(rows):
            cache.keys, cache.values = cache.keys[rows], cache.values[rows]

        def read():
            return torch.cat((cache.keys, cache.values), dim=1)[:, :, : cache.length]

        return Session(lambda x: module(x, cache=cache), trim, select, read)

    return start


def made(name):
    torch.manual_seed(3)
    if name == "CachedAttention":
        return NAMES[name](WIDTH, 6, rope_base=100.0).double(), 6
    return NAMES[name](WIDTH, 6, 2, d_head=4, bias=True, rope_base=100.0).double(), 2


@pytest.fixture(params=["CachedAttention", "GroupedQueryAttention"])
def module(request):
    return made(request.param)


def whole(module):
    """The module as it reads a whole sequence."""
    if isinstance(module, NAMES["GroupedQueryAttention"]):
        return lambda x: module(x, mask=causal_mask(x.shape[1]))
    return module


def test_modules_with_a_cache_hold_all_that_concerns_them(module):
    module, heads = module
    run, start = whole(module), cached(module, heads)
    properties.causality(run, VECTORS).expect()
    properties.rows_are_independent(run, VECTORS).expect()
    properties.chunks_equal_the_whole(run, start, VECTORS).expect()
    properties.unwritten_slots_are_irrelevant(start, VECTORS).expect()
    verdict = properties.manipulated_cache_equals_fresh(start, VECTORS)
    assert verdict.left_out == ()
    verdict.expect()


def masked_module(name):
    """``run(x, mask)`` of a module of the course, or of PyTorch's (eval, another fast path)."""
    torch.manual_seed(3)
    if name == "torch":
        module = torch.nn.MultiheadAttention(WIDTH, 6, batch_first=True, dtype=torch.float64)
        module = module.eval()

        def run(x, mask):
            every = (~mask).expand(len(x), len(mask[0]), -1).repeat_interleave(6, dim=0)
            return module(x, x, x, attn_mask=every, need_weights=False)[0]

        return run
    module = MHA(WIDTH, 6).double() if name == "MHA" else made(name)[0]
    return lambda x, mask: module(x, mask=mask[:, None])


@pytest.mark.parametrize("name", ["MHA", "GroupedQueryAttention", "torch"])
@pytest.mark.parametrize("side", ["right", "left"])
def test_modules_with_a_mask_hold_all_that_concerns_them(name, side):
    run = masked_module(name)

    def causal(x):
        return causal_mask(x.shape[1])[None]

    properties.causality(lambda x: run(x, causal(x)), VECTORS).expect()
    properties.rows_are_independent(lambda x: run(x, causal(x)), VECTORS).expect()
    properties.padding_changes_nothing(
        lambda x, real: run(x, causal(x) & real[:, None]), VECTORS, side=side
    ).expect()
    properties.padding_changes_nothing(
        lambda x, real: run(x, real[:, None].expand(-1, x.shape[1], -1)), VECTORS, side=side
    ).expect()
    properties.documents_are_isolated(
        lambda x, document: run(x, causal(x) & (document[:, None] == document[..., None])), VECTORS
    ).expect()


def fused(backend, **arguments):
    """SDPA on one backend."""

    def attend(q, k, v, mask=None):
        with sdpa_kernel(backend):
            return scaled_dot_product_attention(
                q, k, v, attn_mask=mask, enable_gqa=q.shape[1] != k.shape[1], **arguments
            )

    return attend


def there(backend):
    try:
        fused(backend)(*[torch.zeros(1, 1, 2, 4)] * 3)
    except RuntimeError as problem:
        assert "No viable backend" in str(problem)
        return False
    return True


KERNELS = (SDPBackend.MATH, SDPBackend.FLASH_ATTENTION, SDPBackend.EFFICIENT_ATTENTION)
BACKENDS = [backend for backend in KERNELS if there(backend)]


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16, torch.float16])
@pytest.mark.parametrize("backend", BACKENDS, ids=lambda backend: backend.name)
def test_every_backend_of_sdpa_holds_what_concerns_it(backend, dtype):
    attend, heads = fused(backend), Heads(dtype=dtype)
    fill = 100.0 if dtype == torch.float16 else 1e6
    properties.masked_content_is_irrelevant(attend, heads, fill=fill).expect()

    def by_hand(q, k, v):
        mask = causal_mask(q.shape[2])
        return NAMES["grouped_attention"](q.double(), k.double(), v.double(), mask)

    paths = {"by hand, in float64": by_hand, "SDPA": fused(backend, is_causal=True)}
    properties.paths_agree(paths, heads).expect()


def test_a_weight_of_zero_times_nan_is_seen():
    verdict = properties.masked_content_is_irrelevant(
        fused(SDPBackend.MATH), Heads(), fill=math.nan
    )
    assert math.isinf(verdict.counterexample.mismatch.difference)


@pytest.mark.slow
def test_the_real_model_holds_all_that_concerns_it():
    model, _ = smollm2.load(NAMES["GroupedQueryAttention"])

    def start(batch, fill=0.0):
        caches = model.new_caches(KVCache, batch, 32)
        for cache in caches:
            cache.keys.fill_(fill)
            cache.values.fill_(fill)

        def trim(length):
            for cache in caches:
                cache.length = length

        def select(rows):
            for cache in caches:
                cache.keys, cache.values = cache.keys[rows], cache.values[rows]

        return Session(lambda tokens: model(tokens, caches), trim, select)

    tokens = Tokens(model.shape.vocabulary)
    cases = Cases(lengths=(7,), batches=(2,), seeds=(0,), tolerance=1e-4)
    properties.causality(model, tokens, cases=cases).expect()
    properties.rows_are_independent(model, tokens, cases=cases).expect()
    properties.chunks_equal_the_whole(model, start, tokens, cases=cases).expect()
    properties.unwritten_slots_are_irrelevant(start, tokens, cases=cases).expect()
    properties.manipulated_cache_equals_fresh(start, tokens, cases=cases).expect()


# Verdicts


def leaks(x):
    return x.flip(1).cumsum(1).flip(1)


def test_the_counterexample_is_the_smallest():
    verdict = properties.causality(leaks, VECTORS, cases=Cases(lengths=(9,), batches=(4,)))
    found = verdict.counterexample
    assert (found.case.batch, found.case.length) == (1, 2)
    assert found.mismatch.where == {"row": 0, "position": 0}
    assert found.mismatch.when == "position 1 and later were changed"
    assert found.mismatch.difference > 0.1 > found.mismatch.allowed


def test_a_bug_beyond_the_window_is_brought_back_to_its_border():
    def run(x):
        return leaks(x) if x.shape[1] > 6 else x

    assert properties.causality(run, VECTORS, cases=Cases(lengths=(1, 5)))
    verdict = properties.causality(run, VECTORS, cases=Cases(lengths=(1, 5, 12)))
    assert verdict.counterexample.case.length == 7


def test_a_verdict_says_what_was_not_tried():
    def start(batch):
        return Session(lambda x: x)

    verdict = properties.manipulated_cache_equals_fresh(start, VECTORS)
    assert verdict.left_out == ("trim", "select", "read")
    assert str(verdict).endswith("; not tried: trim, select, read.")


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_what_is_not_finite_is_no_agreement(bad):
    verdict = properties.rows_are_independent(lambda x: x * bad, VECTORS)
    assert not verdict and math.isinf(verdict.counterexample.mismatch.difference)


def test_another_shape_is_a_mismatch():
    def run(x):
        return x if len(x) > 1 else x[..., :1]

    assert "the shape differs" in str(properties.rows_are_independent(run, VECTORS))


def test_no_case_is_an_error_not_a_success():
    with pytest.raises(ValueError, match="no case of length 2 or more"):
        properties.causality(leaks, VECTORS, cases=Cases(lengths=(1,)))


# The documentation

GUIDE = (course.ROOT / "docs" / "properties.md").read_text(encoding="utf-8")


(EXAMPLE,) = re.findall(r"```python\n(# test_my_model.py\n.*?)```", GUIDE, re.DOTALL)


def test_the_example_of_the_guide_runs():
    namespace = {}
    exec(compile(EXAMPLE, "test_my_model.py", "exec"), namespace)
    tests = [each for name, each in namespace.items() if name.startswith("test_")]
    for each in tests:
        each()
    assert len(tests) >= 2


def test_a_copied_folder_needs_nothing_of_the_course(tmp_path):
    shutil.copytree(Path(properties.__file__).parent, tmp_path / "properties")
    code = EXAMPLE.replace("attnlab.properties", "properties") + "test_no_token_sees_the_future()\n"
    no_course = "import sys\nsys.modules.update(attnlab=None, autograder=None)\n"
    (tmp_path / "my_model.py").write_text(no_course + code)
    done = subprocess.run([sys.executable, "my_model.py"], cwd=tmp_path, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()


def test_the_guide_names_every_property_and_every_report():
    for name in properties.__all__:
        if name[0].islower():
            assert f"`{name}`" in GUIDE
    for _, _, report in BROKEN:
        repository, _, number = report.partition("#")
        link = rf"https://github\.com/{repository}/issues/{number}\)"
        assert not report or re.search(link, GUIDE), report
