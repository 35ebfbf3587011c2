"""Misconceptions that show in what comes back or in the arguments, whatever the solution is.

Each is source that goes behind the solution and puts a function around what that defines, so it
does not depend on the solution's text and combines with every edit.
"""

from __future__ import annotations

from textwrap import indent

from autograder.grading.misconceptions import Edit

_AROUND = """\
import functools{imported}


def {name}(right):
    @functools.wraps(right)
    def wrong(*args, **kwargs):
{body}

    return wrong


{{target}} = {name}({{target}})
"""
_ARGUMENTS = """\
bound = inspect.signature(right).bind(*args, **kwargs)
given = bound.arguments
"""
_FIRST_OF_RESULTS = """\
output = right(*args, **kwargs)
if isinstance(output, tuple):
    output, *rest = output
    return {expression}, *rest
return {expression}"""
_EVERY_RESULT = """\
return tuple({expression} for output in right(*args, **kwargs))"""
_ARGUMENTS_BEFORE = """\
given.update({arguments})
return right(*bound.args, **bound.kwargs)"""
_ARGUMENT_AFTER = """\
output = right(*args, **kwargs)
if given.get("{argument}") is not None:
    {statement}
return output"""

# Of the misconception changes_inputs, which units explain that need not all be there.
CHANGES_INPUTS = (
    "an argument is written into, so it changes for the caller as well",
    "Which line writes into an argument, or into a second name of it: with `/=`, `[...] =` or a "
    "method that ends in `_`?",
)


def _around(name: str, body: str, fails: str, method: str = "forward") -> Edit:
    imported = ""
    if "given" in body:
        body, imported = _ARGUMENTS + body, "\nimport inspect"
    source = _AROUND.format(imported=imported, name=name, body=indent(body, " " * 8))
    return Edit((), fails, behind=source, method=method)


def returns(expression: str, fails: str, name: str = "changes_output", every: bool = False) -> Edit:
    """Another result.

    Args:
        expression: in terms of ``output``, the right result, and ``given``, the arguments by name.
            Of several results it is the first.
        fails: as in ``edit``.
        name: what the wrapper is called in the source.
        every: whether each of several results is changed.
    """
    body = _EVERY_RESULT if every else _FIRST_OF_RESULTS
    return _around(name, body.format(expression=expression), fails)


def takes(fails: str, **arguments: str) -> Edit:
    """Other arguments than are given, as expressions of ``given``, the arguments by name."""
    changed = ", ".join(f"{name}={expression}" for name, expression in arguments.items())
    return _around("takes_others", _ARGUMENTS_BEFORE.format(arguments=changed), fails)


def returns_zeros(fails: str, every: bool = False) -> Edit:
    """The result times 0, or each of several."""
    return returns("output * 0", fails, "returns_zeros", every)


def returns_fresh_zeros(fails: str, every: bool = False) -> Edit:
    """Zeros of the result's shape through which no gradient flows."""
    return returns("torch.zeros_like(output)", fails, "returns_zeros", every)


def returns_argument(argument: str, fails: str) -> Edit:
    """A copy of an argument comes back."""
    return returns(f'given["{argument}"].clone()', fails, "returns_argument")


def returns_float32(fails: str) -> Edit:
    """The result comes back in float32, whatever the input's dtype is."""
    return returns("output.float()", fails, "returns_float32")


def returns_half_as_float32(fails: str) -> Edit:
    """Half precision comes back in float32; other dtypes stay."""
    wide = "output.to(torch.promote_types(output.dtype, torch.float32))"
    return returns(wide, fails, "returns_half_as_float32")


def needs_the_cpu(fails: str, where: str = "True") -> Edit:
    """A tensor made on the CPU is added to the result, wherever that is.

    Args:
        fails: as in ``edit``.
        where: a condition, in terms of ``given``, the arguments by name.
    """
    zeros = "torch.zeros(output.shape[-1], dtype=output.dtype)"
    return returns(f"output + {zeros} if {where} else output", fails, "needs_the_cpu")


def changes(
    argument: str, fails: str, how: str = ".data.add_(1.0)", method: str = "forward"
) -> Edit:
    """A tensor of the caller's is changed once the result is there.

    Args:
        argument: its name.
        fails: as in ``edit``.
        how: what follows the argument in the statement that changes it.
        method: of a class, the method that gets the argument.
    """
    statement = f'given["{argument}"]{how}'
    body = _ARGUMENT_AFTER.format(argument=argument, statement=statement)
    return _around("changes_argument", body, fails, method)


def hides_parameters(fails: str) -> Edit:
    """A module keeps its weights as buffers."""
    how = (
        ".apply(lambda module: [module.register_buffer(name, module._parameters.pop(name).data) "
        "for name in list(module._parameters)])"
    )
    return changes("self", fails, how, "__init__")
