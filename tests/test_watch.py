"""Forbidden calls are seen however they are spelled, and allowed ones are not."""

import sys
import threading
import types

import pytest
import torch

from autograder.grading.student import LocalStudent, RemoteStudent, StudentProblem
from autograder.sandbox.inside import cells
from autograder.sandbox.link import Link
from autograder.sandbox.processes import Limits

BEFORE = """
import functools
import threading
from concurrent.futures import ThreadPoolExecutor

import torch
import torch.masked
import torch.nn.functional as F
from torch import nn
from torch import softmax as s
from torch.nn.functional import scaled_dot_product_attention as fused

x = torch.randn(2, 3, 4)
q = torch.randn(2, 2, 5, 8)
z = torch.randn(2, 5, 8)
visible = torch.ones(5, 5, dtype=torch.bool)
empty = lambda: torch.empty(2, 3, 4)
method = getattr(torch, "soft" + "max")
partial = functools.partial(torch.softmax, dim=-1)
layer = nn.Softmax(-1)
heads = nn.MultiheadAttention(8, 2, batch_first=True).eval()
block = nn.TransformerEncoderLayer(8, 2, batch_first=True).eval()


@torch.jit.script
def scripted(x):
    return torch.softmax(x, -1)


@torch.jit.script
def scripted_fused(q, visible):
    return torch.nn.functional.scaled_dot_product_attention(q, q, q, visible)


@torch.jit.script
def scripted_dropout(q):
    return torch.nn.functional.scaled_dot_product_attention(q, q, q, None, 0.1)


class Own(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return torch.softmax(x, -1)

    @staticmethod
    def backward(ctx, g):
        return g


class Thread(threading.Thread):
    def run(self):
        torch.softmax(x, -1)


def in_thread(thread):
    thread.start()
    thread.join()


def in_pool(function, *args):
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(function, *args).result()


def without_grad(function, *args):
    with torch.no_grad():
        return function(*args)


def in_inference_mode(function, *args):
    with torch.inference_mode():
        return function(*args)


def checkpointed(function, *args):
    from torch.utils.checkpoint import checkpoint

    return checkpoint(function, *args, use_reentrant=True)


def flex(q):
    from torch.nn.attention.flex_attention import flex_attention

    return flex_attention(q, q, q)


def by_onnx(q):
    from torch.onnx import ops

    return ops.attention(q, q, q)


def by_hand(q):
    from torch.nn.attention import SDPBackend, sdpa_kernel

    with sdpa_kernel(SDPBackend.MATH):
        return scripted_dropout(q)
"""

# spelling -> the name under which it must be seen first
SOFTMAX = {
    "torch.softmax(x, -1)": "softmax",
    "x.softmax(-1)": "softmax",
    "torch.Tensor.softmax(x, -1)": "softmax",
    "F.softmax(x, dim=-1)": "softmax",
    "F.softmax(x, dim=-1, dtype=torch.float64)": "softmax",
    "nn.Softmax(-1)(x)": "softmax",
    "layer(x)": "softmax",
    "nn.Softmax2d()(x)": "softmax",
    "nn.Softmin(-1)(x)": "softmin",
    "F.softmin(x, dim=-1)": "softmin",
    "torch.special.softmax(x, -1)": "special_softmax",
    "torch.log_softmax(x, -1).exp()": "log_softmax",
    "x.log_softmax(-1).exp()": "log_softmax",
    "F.log_softmax(x, -1).exp()": "log_softmax",
    "nn.LogSoftmax(-1)(x).exp()": "log_softmax",
    "torch.special.log_softmax(x, -1).exp()": "special_log_softmax",
    "F.cross_entropy(x[0], torch.tensor([0, 1, 2]))": "log_softmax",
    "F.gumbel_softmax(x)": "gumbel_softmax",
    "torch.sparse.softmax(x.to_sparse(), -1)": "sparse_softmax",
    "torch.masked.softmax(x, -1, mask=torch.ones_like(x).bool())": "softmax",
    "torch._masked_softmax(x, torch.zeros_like(x).bool(), -1)": "masked_softmax",
    "torch._safe_softmax(x, -1)": "safe_softmax",
    "torch._softmax(x, -1, False)": "softmax",
    "torch._C._VariableFunctions.softmax(x, -1)": "softmax",
    "torch.ops.aten.softmax(x, -1)": "softmax",
    "torch.ops.aten.softmax.int(x, -1)": "softmax",
    "torch.ops.aten._softmax(x, -1, False)": "softmax",
    "torch.ops.aten._softmax.out(x, -1, False, out=empty())": "softmax",
    "torch.ops.aten._log_softmax.default(x, -1, False)": "log_softmax",
    "torch.softmax(x, -1, out=empty())": "softmax",
    "s(x, -1)": "softmax",
    "method(x, -1)": "softmax",
    "partial(x)": "softmax",
    "getattr(x, 'soft' + 'max')(-1)": "softmax",
    "torch.__dict__['softmax'](x, -1)": "softmax",
    "list(map(partial, [x]))": "softmax",
    "scripted(x)": "softmax",
    "without_grad(scripted, x)": "softmax",
    "in_inference_mode(scripted, x)": "softmax",
    "torch.func.vmap(partial)(x)": "softmax",
    "torch.func.jacrev(partial)(x[0, 0])": "softmax",
    "Own.apply(x)": "softmax",
    "checkpointed(partial, x.clone().requires_grad_())": "softmax",
    "torch.softmax(torch.nested.nested_tensor([x[0], x[1]]), -1)": "softmax",
    "in_thread(threading.Thread(target=torch.softmax, args=(x, -1)))": "softmax",
    "in_thread(Thread())": "softmax",
    "in_pool(partial, x)": "softmax",
}
ATTENTION = {
    "F.scaled_dot_product_attention(q, q, q)": "scaled_dot_product_attention",
    "F.scaled_dot_product_attention(q, q, q, visible)": "scaled_dot_product_attention",
    "fused(q, q, q, is_causal=True)": "scaled_dot_product_attention",
    "torch._C._nn.scaled_dot_product_attention(q, q, q)": "scaled_dot_product_attention",
    "torch.ops.aten.scaled_dot_product_attention(q, q, q)": "scaled_dot_product_attention",
    "torch.ops.aten._scaled_dot_product_flash_attention_for_cpu(q, q, q)": (
        "scaled_dot_product_flash_attention_for_cpu"
    ),
    "torch.ops.aten._scaled_dot_product_attention_math(q, q, q)": (
        "scaled_dot_product_attention_math"
    ),
    "torch._scaled_dot_product_attention_math(q, q, q)": "scaled_dot_product_attention_math",
    "functools.partial(fused, q)(q, q)": "scaled_dot_product_attention",
    "torch.func.vmap(lambda t: fused(t, t, t))(q)": "scaled_dot_product_attention",
    "scripted_fused(q, visible)": "scaled_dot_product_flash_attention_for_cpu",
    "without_grad(scripted_fused, q, visible)": "scaled_dot_product_flash_attention_for_cpu",
    "in_inference_mode(scripted_fused, q, visible)": "scaled_dot_product_attention",
    "scripted_dropout(q)": "safe_softmax",
    "by_hand(q)": "safe_softmax",
    "in_pool(fused, q, q, q)": "scaled_dot_product_attention",
    "heads(z, z, z)": "multi_head_attention_forward",
    "heads(z, z, z, need_weights=False)": "multi_head_attention_forward",
    "without_grad(heads, z, z, z)": "multi_head_attention_forward",
    "F.multi_head_attention_forward(z, z, z, 8, 2, heads.in_proj_weight, heads.in_proj_bias, None,"
    " None, False, 0.0, heads.out_proj.weight, heads.out_proj.bias)": (
        "multi_head_attention_forward"
    ),
    "torch._native_multi_head_attention(z, z, z, 8, 2, heads.in_proj_weight, heads.in_proj_bias,"
    " heads.out_proj.weight, heads.out_proj.bias)": "native_multi_head_attention",
    "block(z)": "multi_head_attention_forward",
    "without_grad(block, z)": "multi_head_attention_forward",
    "in_inference_mode(block, z)": "multi_head_attention_forward",
    "nn.TransformerEncoder(block, 2)(z)": "multi_head_attention_forward",
    "nn.TransformerDecoderLayer(8, 2, batch_first=True)(z, z)": "multi_head_attention_forward",
    "flex(q)": "flex_attention",
    "by_onnx(q)": "onnx::Attention",
}
ALLOWED = {
    "torch.logsumexp(x, -1)": "softmax",
    "torch.logcumsumexp(x, -1)": "softmax",
    "torch.special.logsumexp(x, -1)": "softmax",
    "torch.exp(x) / torch.exp(x).sum(-1, keepdim=True)": "softmax",
    "(x - x.logsumexp(-1, keepdim=True)).exp()": "softmax",
    "torch.sigmoid(x) + torch.logaddexp(x, x)": "softmax",
    "softmax(x)": "softmax",
    "my_attention(q)": "softmax",
    "torch.jit.script(nn.Linear(4, 4))(x)": "softmax",
    "nn.Linear(4, 4)(x) @ x.mT": "softmax",
    "torch.func.vmap(softmax)(x)": "softmax",
    "torch.autograd.grad(softmax(x.requires_grad_()).sum(), x)": "softmax",
    "checkpointed(softmax, x.clone().requires_grad_()).sum().backward()": "softmax",
    "in_pool(softmax, x)": "softmax",
    "torch.softmax(x, -1)": "attention",
    "my_attention(q) + F.softmax(q, -1)": "attention",
    "torch.autograd.grad(x.requires_grad_().softmax(-1).sum(), x)": "attention",
    "torch.matmul(q, q.mT).softmax(-1) @ q": "attention",
    "torch.einsum('bhqd,bhkd->bhqk', q, q)": "attention",
    "torch.baddbmm(torch.zeros(2, 5, 5), z, z.mT).softmax(-1) @ z": "attention",
    "F.dropout(x.softmax(-1), 0.1)": "attention",
    "nn.LayerNorm(8)(z) + F.gelu(z)": "attention",
}
OWN = """
def softmax(scores):
    weights = torch.exp(scores - scores.amax(-1, keepdim=True))
    return weights / weights.sum(-1, keepdim=True)


def my_attention(q, scaled_dot_product_attention=None):
    return softmax(q @ q.mT) @ q
"""
CASES = [
    *((spelling, "softmax", name) for spelling, name in SOFTMAX.items()),
    *((spelling, "attention", name) for spelling, name in ATTENTION.items()),
    *((spelling, "softmax", name) for spelling, name in ATTENTION.items()),
    *((spelling, family, None) for spelling, family in ALLOWED.items()),
]
SPELLINGS = list(dict.fromkeys(spelling for spelling, _, _ in CASES))


def _program() -> str:
    functions = (f"def f{i}():\n    {spelling}\n" for i, spelling in enumerate(SPELLINGS))
    return BEFORE + OWN + "\n".join(functions)


def _cell() -> dict:
    return {"id": "answer", "code": _program(), "define_only": False}


@pytest.fixture(scope="module")
def local():
    """The names of the program, in this process."""
    namespace = {"__name__": "submission"}
    assert cells.run([_cell()], namespace, {}, "") == [None]
    return namespace


@pytest.fixture(scope="module")
def link():
    """The same program in a process apart."""
    with Link(Limits(seconds=120, megabytes=4096)) as link:
        assert link.begin([_cell()], {}, "") == [None]
        yield link


def _calls(student, spelling) -> list[str]:
    try:
        getattr(student, f"f{SPELLINGS.index(spelling)}")()
    except StudentProblem as problem:
        assert problem.kind == "forbidden", problem.details
        return problem.details["calls"]
    return []


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("spelling", "family", "name"), CASES)
def test_seen_under_its_name_or_not_at_all(local, link, spelling, family, name):
    link.forbidden = [family]
    for student in (LocalStudent(local, (family,)), RemoteStudent(link)):
        seen = _calls(student, spelling)
        assert seen[:1] == ([name] if name else [])


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("spelling", ["torch.softmax(x, -1)", "fused(q, q, q, is_causal=True)"])
def test_nothing_is_seen_where_nothing_is_forbidden(local, link, spelling):
    link.forbidden = []
    assert _calls(LocalStudent(local), spelling) == []
    assert _calls(RemoteStudent(link), spelling) == []


def test_nothing_is_left_behind(local):
    before = threading.Thread._bootstrap_inner, sys.getprofile()
    assert _calls(LocalStudent(local, ("softmax",)), "x.softmax(-1)") == ["softmax"]
    assert (threading.Thread._bootstrap_inner, sys.getprofile()) == before
    assert torch.overrides._get_current_function_mode() is None


def test_scipy_where_it_is_loaded(monkeypatch):
    special = types.ModuleType("scipy.special")
    for name in ("softmax", "log_softmax", "logsumexp"):
        exec(f"def {name}(x): return x", special.__dict__)
    monkeypatch.setitem(sys.modules, "scipy.special", special)
    captured = {"f": special.softmax, "g": special.log_softmax, "h": special.logsumexp}
    student = LocalStudent(captured, ("softmax",))
    for name, seen in (("f", "softmax"), ("g", "log_softmax")):
        with pytest.raises(StudentProblem) as problem:
            getattr(student, name)([1.0, 2.0])
        assert problem.value.details["calls"][0] == seen
    student.h([1.0, 2.0])


LATER = """
import torch
from torch.nn.functional import scaled_dot_product_attention as fused


class Later(list):
    def __iter__(self):
        yield fused(*self.given)


class Own:
    @property
    def out(self):
        return fused(*self.given)


class Gradient(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 1

    @staticmethod
    def backward(ctx, g):
        return fused(g, g, g)


def in_a_list(x):
    made = Later([x])
    made.given = x, x, x
    return made


class Changes(list):
    def __iter__(self):
        self.given.add_(1)
        return super().__iter__()


def changes_later(x):
    made = Changes([x.clone()])
    made.given = x
    return made


def in_a_property(x):
    made = Own()
    made.given = x, x, x
    return made


def in_a_gradient(x):
    return Gradient.apply(x)


class LaterTensor(torch.Tensor):
    def detach(self):
        return self.made() if hasattr(self, "made") else super().detach()


def in_a_method(x):
    made = torch.zeros_like(x).as_subclass(LaterTensor)
    made.made = lambda: torch.ones_like(x)
    return made
"""


@pytest.fixture
def later():
    """A submission that computes when its answers are read."""
    with Link(Limits(seconds=120), ("attention",)) as link:
        cell = {"id": "answer", "code": LATER, "define_only": False}
        assert link.begin([cell], {}, "") == [None]
        yield RemoteStudent(link)


@pytest.mark.parametrize(
    "ask",
    [
        lambda student, x: student.in_a_list(x),
        lambda student, x: student.in_a_property(x).out,
        lambda student, x: student.gradients(student.in_a_gradient(x), [x], torch.ones(1, 3, 4)),
    ],
)
def test_what_is_computed_when_an_answer_is_read_is_seen(later, ask):
    with pytest.raises(StudentProblem) as problem:
        ask(later, torch.randn(1, 3, 4, requires_grad=True))
    assert problem.value.kind == "forbidden"
    # In a gradient, Python's own calls are not seen, what they turn into is.
    assert {"scaled_dot_product_attention", "safe_softmax"} & {*problem.value.details["calls"]}


def test_an_input_that_changes_when_the_answer_is_read_has_changed(later):
    later.changes_later(torch.zeros(2, 3))
    assert later.changed == [True]


def test_a_tensor_is_sent_as_it_is_whatever_its_methods_say(later):
    assert later.in_a_method(torch.randn(2, 3)).equal(torch.zeros(2, 3))


EARLIER = {
    "when it is read": """
plain, kept = torch.Tensor.requires_grad_, []


def requires_grad_(self, flag=True):
    kept[:] = [fused(self, self, self)]
    return plain(self, flag)


torch.Tensor.requires_grad_ = requires_grad_


def answer(x):
    return kept[0]
""",
    "in a thread": """
import queue
import threading

asked, answered = queue.Queue(), queue.Queue()


def work():
    while True:
        x = asked.get()
        answered.put(fused(x, x, x))


threading.Thread(target=work, daemon=True).start()


def answer(x):
    asked.put(x)
    return answered.get()
""",
}


@pytest.mark.parametrize("code", EARLIER.values(), ids=EARLIER)
def test_what_is_computed_from_a_question_before_the_call_is_seen(code):
    head = "import torch\nfrom torch.nn.functional import scaled_dot_product_attention as fused\n"
    with Link(Limits(seconds=120), ("attention",)) as link:
        link.begin([{"id": "answer", "code": head + code, "define_only": False}], {}, "")
        with pytest.raises(StudentProblem) as problem:
            RemoteStudent(link).answer(torch.randn(1, 3, 4))
    assert problem.value.kind == "forbidden", problem.value.details
