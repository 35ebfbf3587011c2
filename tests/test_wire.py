"""The table of codecs: what each kind of value is on the wire, and what is refused."""

import json
import math
import re
from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograder.sandbox.inside import wire

PROTOCOL = Path(wire.__file__).parent.parent / "PROTOCOL.md"


def packed(value) -> tuple[object, dict]:
    """What stands in the text of a frame, and the tensors beside it."""
    tensors: dict = {}
    return json.loads(json.dumps(wire.pack(value, tensors))), tensors


def content(value):
    """``value`` with all that can be compared by ``==``: types, bits and attributes."""
    if isinstance(value, torch.Tensor):
        bits = value.detach().contiguous().reshape(-1).view(torch.uint8).tolist()
        return value.dtype, value.shape, value.stride(), bits, value.requires_grad
    if isinstance(value, (list, tuple)):
        return type(value), [content(item) for item in value]
    if isinstance(value, dict):
        return dict, [(type(key), key, content(item)) for key, item in value.items()]
    if isinstance(value, (wire.Handle, wire.Callback, wire.Elsewhere, wire.Foreign)):
        return type(value), vars(value)
    return type(value), repr(value)


class Named(tuple):
    """A subclass, as a named tuple is one."""


ON_THE_WIRE = {
    "nothing": (None, None),
    "a number": (-3, -3),
    "a float": (0.5, 0.5),
    "no number": (math.nan, {"float": "nan"}),
    "minus infinity": (-math.inf, {"float": "-inf"}),
    "a dtype": (torch.bfloat16, {"dtype": "bfloat16"}),
    "the processor": (torch.device("cpu"), {"device": "cpu"}),
    "a tensor": (torch.ones(2, 3), {"tensor": "t0", "grad": False}),
    "a parameter": (torch.nn.Parameter(torch.ones(2)), {"tensor": "t0", "grad": True}),
    "a transposed tensor": (
        torch.ones(2, 3).T,
        {"tensor": "t0", "grad": False, "order": [1, 0]},
    ),
    "a tensor elsewhere": (
        wire.Elsewhere((2, 5), torch.float32),
        {"elsewhere": [2, 5], "dtype": "float32"},
    ),
    "an object": (wire.Handle(3, "Thing"), {"handle": 3, "kind": "Thing"}),
    "a function": (wire.Callback(0), {"callback": 0}),
    "a list": ([1, (2,)], {"list": [1, {"tuple": [2]}]}),
    "a subclass of tuple": (Named((1,)), {"tuple": [1]}),
    "a dict": (
        {1: "a", "b": [], False: None},
        {"dict": [[1, "a"], ["b", {"list": []}], [False, None]]},
    ),
    "a dict with an odd key": ({None: 1}, {"dict": [["None", 1]]}),
    "a set": ({1}, {"foreign": "set"}),
    "a foreign value": (wire.Foreign("Odd"), {"foreign": "Odd"}),
    "a number of many digits": (1 << 4096, {"foreign": "int"}),
    "a complex tensor": (
        torch.ones(2, dtype=torch.complex64),
        {"foreign": "Tensor (complex64, torch.strided, cpu)"},
    ),
}


@pytest.mark.parametrize("name", ON_THE_WIRE)
def test_each_kind_of_value_has_its_form_on_the_wire(name):
    value, form = ON_THE_WIRE[name]
    text, tensors = packed(value)
    assert text == form
    back = wire.unpack(text, tensors)
    assert not tensors
    assert packed(back)[0] == form


def test_the_protocol_lists_every_tag_and_no_other():
    forms = [form for _, form in ON_THE_WIRE.values() if isinstance(form, dict)]
    tags = {next(iter(form)) for form in forms}
    frames = PROTOCOL.read_text(encoding="utf-8").split("## Frames")[1].split("\n## ")[0]
    assert tags == set(wire._CODECS) == set(re.findall(r'`\{"(\w+)":', frames))


NOT_UNDER = {
    "tensor": (None, 0, "t9", ["t0"]),
    "float": (1.0, "1", "NaN", None),
    "dtype": (None, "complex64", "float", "torch.float32", ["float32"]),
    "device": (None, "cuda", "cpu:0", 0),
    "elsewhere": (None, 2, [-1], [2**31], [True], [1.0], [[1]], [1] * 33),
    "handle": (None, "0", 1.0, [0]),
    "callback": (None, "0", 1.0, {}),
    "tuple": (None, 1, "ab", {}, {"list": []}),
    "list": (None, 1, "ab", {}, {"list": []}),
    "dict": (None, {}, [1], [[]], [["a"]], [["a", 1, 2]], [[1.5, 1]], [[None, 1]], ["ab"]),
    "foreign": (None, 1, ["a"]),
}


@pytest.mark.parametrize("tag", wire._CODECS)
def test_what_cannot_stand_under_a_tag_is_refused(tag):
    beside = {"dtype": "float32"} if tag == "elsewhere" else {}
    for wrong in NOT_UNDER[tag]:
        with pytest.raises(wire.ProtocolError):
            wire.unpack({tag: wrong} | beside, {"t0": torch.ones(2)})


@pytest.mark.parametrize("dtype", [None, 1, "complex64", ["float32"]])
def test_a_tensor_elsewhere_has_a_known_dtype(dtype):
    with pytest.raises(wire.ProtocolError):
        wire.unpack({"elsewhere": [2], "dtype": dtype}, {})


@pytest.mark.parametrize("tag", ["__class__", "encode", "os.system", "Tensor", "", "pack"])
def test_a_tag_is_looked_up_in_the_table_alone(tag):
    with pytest.raises(wire.ProtocolError):
        wire.unpack({tag: 1}, {})


@pytest.mark.parametrize("around", [lambda x: [x], lambda x: (x,), lambda x: {"a": x}])
def test_values_are_nested_at_most_so_deep(around):
    value = 1
    for _ in range(wire.MAX_DEPTH):
        value = around(value)
    assert content(wire.unpack(*packed(value))) == content(value)
    deepest = wire.unpack(*packed(around(value)))
    for _ in range(wire.MAX_DEPTH + 1):
        (deepest,) = deepest.values() if isinstance(deepest, dict) else deepest
    assert deepest.kind == "deeply nested int"


@pytest.mark.parametrize("tag", ["list", "tuple"])
def test_what_is_nested_deeper_than_pack_nests_is_refused(tag):
    text: object = 1
    for _ in range(wire.MAX_DEPTH + 2):
        text = {tag: [text]}
    with pytest.raises(wire.ProtocolError):
        wire.unpack(text, {})


TAGS = st.sampled_from([*wire._CODECS, "grad", "order", "kind", "other"])
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 3),
    st.integers(),
    st.floats(),
    st.text(max_size=4),
    st.sampled_from(["t0", "t1", "nan", "-inf", "cpu", "float32", "int8", "complex64"]),
    st.lists(st.integers(0, 2), max_size=3),
)
TEXTS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(TAGS, inner, max_size=3),
        st.builds(
            lambda tag, items: {tag: items},
            st.sampled_from(["list", "tuple"]),
            st.lists(inner, max_size=3),
        ),
        st.builds(
            lambda pairs: {"dict": [list(pair) for pair in pairs]},
            st.lists(st.tuples(st.one_of(st.integers(), st.text(max_size=3)), inner), max_size=3),
        ),
        st.builds(
            lambda name, order, grad: {"tensor": name, "order": order, "grad": grad},
            st.sampled_from(["t0", "t1"]),
            st.sampled_from([None, [0, 1], [1, 0], [0], [1, 1], ["0"]]),
            st.sampled_from([True, False, 1]),
        ),
        st.builds(
            lambda shape, dtype: {"elsewhere": shape, "dtype": dtype},
            st.lists(st.integers(-1, 2), max_size=3),
            st.sampled_from(["float32", "int8", "object"]),
        ),
    ),
    max_leaves=12,
)


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(TEXTS)
def test_any_text_is_refused_or_is_a_value_that_goes_out_again(text):
    beside = {"t0": torch.arange(6.0).view(2, 3), "t1": torch.arange(3)}
    try:
        value = wire.unpack(text, dict(beside))
    except wire.ProtocolError:
        return
    assert content(wire.unpack(*packed(value))) == content(value)
