"""Caches of keys and values, right and wrong, for tests to tell apart.

``make_cache()`` gives ``(append, read, trim)``. Each cache below is a class with these methods.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from .tested import Allowance, Tested, is_floats

LONGEST = 64
Pair = tuple[Tensor, Tensor]


class _Joined:
    """Right: chunks are joined."""

    def __init__(self) -> None:
        self.stored: Tensor | None = None  # (2, B, H, L, d_head)

    def write(self, new: Tensor) -> None:
        self.stored = new if self.stored is None else torch.cat((self.stored, new), dim=3)

    def append(self, new: Tensor) -> Tensor:
        self.write(new)
        return self.read()

    def read(self) -> Tensor:
        assert self.stored is not None
        return self.stored

    def trim(self, length: int) -> None:
        assert self.stored is not None
        self.stored = self.stored[:, :, :, :length]


class _Reserved(_Joined):
    """Right: memory is made in advance, and a length says how much of it counts."""

    def __init__(self) -> None:
        super().__init__()
        self.length = 0

    def write(self, new: Tensor) -> None:
        if self.stored is None:
            self.stored = new.new_full((*new.shape[:3], 4 * LONGEST, new.shape[4]), torch.nan)
        end = self.length + new.shape[3]
        self.stored[:, :, :, self.length : end] = new
        self.length = end

    def read(self) -> Tensor:
        return super().read()[:, :, :, : self.length]

    def trim(self, length: int) -> None:
        self.length = length


class _Tokens(_Joined):
    """Right: a list of tokens."""

    def __init__(self) -> None:
        super().__init__()
        self.tokens: list[Tensor] = []

    def write(self, new: Tensor) -> None:
        self.stored = new[:, :, :, :0]
        self.tokens += new.unbind(dim=3)

    def read(self) -> Tensor:
        return torch.stack(self.tokens, dim=3) if self.tokens else super().read()

    def trim(self, length: int) -> None:
        del self.tokens[length:]


class _Paged(_Joined):
    """Right: pages of a few positions, found by a table."""

    size = 4

    def __init__(self) -> None:
        super().__init__()
        self.pages: list[Tensor] = []
        self.length = 0

    def write(self, new: Tensor) -> None:
        self.stored = new[:, :, :, :0]
        for token in new.unbind(dim=3):
            page, place = divmod(self.length, self.size)
            if page == len(self.pages):
                self.pages.append(torch.stack([torch.zeros_like(token)] * self.size, dim=3))
            self.pages[page][:, :, :, place] = token
            self.length += 1

    def read(self) -> Tensor:
        pages = torch.cat([super().read(), *self.pages], dim=3)
        return pages[:, :, :, : self.length]

    def trim(self, length: int) -> None:
        self.length = length
        del self.pages[-(-length // self.size) :]


class _PositionsFirst(_Joined):
    """Right: memory in another order."""

    def read(self) -> Tensor:
        return super().read().permute(3, 0, 1, 2, 4).contiguous().permute(1, 2, 3, 0, 4)


class _Lazy(_Joined):
    """Right: what is trimmed goes when the next one comes or somebody reads."""

    kept: int | None = None

    def write(self, new: Tensor) -> None:
        self._forget()
        super().write(new)

    def read(self) -> Tensor:
        self._forget()
        return super().read()

    def trim(self, length: int) -> None:
        self._forget()
        self.kept = length

    def _forget(self) -> None:
        if self.kept is not None:
            super().trim(self.kept)
        self.kept = None


class _Overwrites(_Joined):
    def write(self, new: Tensor) -> None:
        self.stored = new


class _NewestFirst(_Joined):
    def write(self, new: Tensor) -> None:
        self.stored = new if self.stored is None else torch.cat((new, self.stored), dim=3)


class _LastOfChunk(_Joined):
    def write(self, new: Tensor) -> None:
        super().write(new if self.stored is None else new[:, :, :, -1:])


class _FirstRow(_Joined):
    def write(self, new: Tensor) -> None:
        super().write(new[:, :1].expand_as(new))


class _KeysAsValues(_Joined):
    def write(self, new: Tensor) -> None:
        super().write(new[:1].expand_as(new))


class _Wraps(_Reserved):
    size = 16

    def write(self, new: Tensor) -> None:
        for token in new.split(1, dim=3):
            if self.length >= self.size and self.stored is not None:
                self.stored[:, :, :, self.length % self.size] = token[:, :, :, 0]
            super().write(token)


class _NoTrim(_Joined):
    def trim(self, length: int) -> None:
        pass


class _TrimEmpties(_Joined):
    def trim(self, length: int) -> None:
        super().trim(0)


class _OneTooMany(_Joined):
    def trim(self, length: int) -> None:
        super().trim(length + 1)


class _OneTooFew(_Joined):
    def trim(self, length: int) -> None:
        super().trim(max(length - 1, 0))


class _ZeroIsNothing(_Joined):
    def trim(self, length: int) -> None:
        if length:
            super().trim(length)


class _KeepsTheEnd(_Joined):
    def trim(self, length: int) -> None:
        self.stored = self.read()[:, :, :, self.read().shape[3] - length :]


class _TrimOnce(_Joined):
    done = False

    def trim(self, length: int) -> None:
        if not self.done:
            super().trim(length)
        self.done = True


class _WritesBehind(_Joined):
    """The next token goes where it would have gone without the trim, out of sight."""

    gap = 0

    def write(self, new: Tensor) -> None:
        if self.stored is None or not self.gap:
            super().write(new)
            return
        length = self.stored.shape[3] + new.shape[3]
        hole = torch.zeros_like(self.stored[:, :, :, :1]).repeat_interleave(self.gap, dim=3)
        self.stored = torch.cat((self.stored, hole, new), dim=3)[:, :, :, :length]

    def trim(self, length: int) -> None:
        self.gap = min(self.read().shape[3] - length, 1)
        super().trim(length)


class _ValuesStay(_Joined):
    """Values are trimmed at the other end: shapes are right, and keys meet others' values."""

    def trim(self, length: int) -> None:
        keys, values = self.read()
        behind = values.shape[2] - length
        self.stored = torch.stack((keys[:, :, :length], values[:, :, behind:]))


class _ReadsArrays(_Joined):
    """Lowers a length, which read does not look at."""

    length: int | None = None

    def append(self, new: Tensor) -> Tensor:
        if self.length is not None:
            super().trim(self.length)
        self.length = None
        return super().append(new)

    def trim(self, length: int) -> None:
        self.length = length


class _ReadForgets(_Joined):
    def __init__(self) -> None:
        super().__init__()
        self.reads = 0

    def append(self, new: Tensor) -> Tensor:
        self.write(new)
        return super().read()

    def read(self) -> Tensor:
        self.reads += 1
        return super().read() if self.reads % 2 else super().read()[:, :, :, :0]


class _ReadsLastChunk(_Joined):
    new = 0

    def append(self, new: Tensor) -> Tensor:
        self.new = new.shape[3]
        self.write(new)
        return super().read()

    def read(self) -> Tensor:
        whole = super().read()
        return whole[:, :, :, max(whole.shape[3] - self.new, 0) :]


class _ReadLagsBehind(_Joined):
    """What read gives was made at the append before."""

    old: Tensor | None = None

    def append(self, new: Tensor) -> Tensor:
        self.old = new if self.stored is None else self.stored
        self.write(new)
        return super().read()

    def read(self) -> Tensor:
        return super().read() if self.old is None else self.old

    def trim(self, length: int) -> None:
        super().trim(length)
        self.old = None


class _Answers(_Joined):
    """append gives what is new, not what is stored."""

    def append(self, new: Tensor) -> Tensor:
        self.write(new)
        return new


def _one_for_all() -> type[_Joined]:
    """A class for one run of a test: all its caches are one."""
    memory: list[Tensor] = []

    class Shared(_Joined):
        def write(self, new: Tensor) -> None:
            self.stored = memory[0] if memory and _fits(memory[0], new) else None
            super().write(new)
            memory[:] = [super().read()]

        def read(self) -> Tensor:
            return memory[0]

        def trim(self, length: int) -> None:
            memory[:] = [memory[0][:, :, :, :length]]

    return Shared


def _lent() -> type[_Joined]:
    """Memory is shared; each cache has its own length."""
    memory: list[Tensor] = []

    class Lent(_Reserved):
        def write(self, new: Tensor) -> None:
            if self.stored is None and memory and _fits(memory[0], new):
                self.stored = memory[0]
            super().write(new)
            assert self.stored is not None
            memory[:] = [self.stored]

    return Lent


def _known_by_length() -> type[_Joined]:
    """What begins a cache is looked up by its size: the first text of that size is taken."""
    memory: list[Tensor] = []

    class Known(_Joined):
        def write(self, new: Tensor) -> None:
            if self.stored is None:
                same = [each for each in memory if each.shape == new.shape]
                new = same[0].to(new.dtype) if same else new
                memory.append(new)
            super().write(new)

    return Known


def _fits(stored: Tensor, new: Tensor) -> bool:
    """Whether the two are alike but for the number of positions."""
    alike = stored.shape[:3] == new.shape[:3] and stored.shape[4] == new.shape[4]
    return alike and stored.dtype == new.dtype


def right_ones() -> list[Tested]:
    """Right caches, of every kind."""
    return [
        _tested("chunks joined", True, lambda: _Joined),
        _tested("memory made in advance, unused places hold NaN", True, lambda: _Reserved),
        _tested("a list of tokens", True, lambda: _Tokens),
        _tested("pages and a table", True, lambda: _Paged),
        _tested("positions first in memory", True, lambda: _PositionsFirst),
        _tested("trimmed at the next append or read", True, lambda: _Lazy),
    ]


def tame_ones() -> list[Tested]:
    """Two right ones that hardly any test rejects."""
    return [
        _tested("chunks joined", True, lambda: _Joined),
        _tested("a list of tokens", True, lambda: _Tokens),
    ]


def writing_ones() -> list[Tested]:
    """Wrong: what is appended is not what is stored."""
    return [
        _tested("each append overwrites the one before", False, lambda: _Overwrites),
        _tested("the newest tokens come first", False, lambda: _NewestFirst),
        _tested("of a later chunk only the last token is stored", False, lambda: _LastOfChunk),
        _tested("the first sequence is stored for all", False, lambda: _FirstRow),
        _tested("keys are stored as values", False, lambda: _KeysAsValues),
        _tested("after 16 positions the oldest are overwritten", False, lambda: _Wraps),
    ]


def trimming_ones() -> list[Tested]:
    """Wrong: what is trimmed is not what was asked for."""
    return [
        _tested("trim does nothing", False, lambda: _NoTrim),
        _tested("trim drops everything", False, lambda: _TrimEmpties),
        _tested("trim keeps one too many", False, lambda: _OneTooMany),
        _tested("trim keeps one too few", False, lambda: _OneTooFew),
        _tested("trim(0) does nothing", False, lambda: _ZeroIsNothing),
        _tested("trim keeps the last ones", False, lambda: _KeepsTheEnd),
        _tested("the second trim does nothing", False, lambda: _TrimOnce),
        _tested("what follows a trim is written behind the gap", False, lambda: _WritesBehind),
        _tested("trim keeps the first keys and the last values", False, lambda: _ValuesStay),
    ]


def reading_ones() -> list[Tested]:
    """Wrong: append and read do not tell the same."""
    return [
        _tested("read gives what was stored before the trim", False, lambda: _ReadsArrays),
        _tested("every second read is empty", False, lambda: _ReadForgets),
        _tested("read gives the last chunk", False, lambda: _ReadsLastChunk),
        _tested("read gives what the append before left", False, lambda: _ReadLagsBehind),
        _tested("append gives the new tokens only", False, lambda: _Answers),
    ]


def sharing_ones() -> list[Tested]:
    """Wrong: caches are not apart."""
    return [
        _tested("all caches are one", False, _one_for_all),
        _tested("caches have lengths of their own in one memory", False, _lent),
        _tested("a prompt of equal length is taken for the same", False, _known_by_length),
    ]


def _tested(name: str, is_right: bool, kind: Callable[[], type[_Joined]]) -> Tested:
    """A cache with its limits.

    Args:
        name, is_right: as in ``Tested``.
        kind: gives the class, anew for each run of a test.
    """

    def make() -> Callable[[], tuple[Callable[..., Any], ...]]:
        cache_class, allowance = kind(), Allowance()

        def make_cache() -> tuple[Callable[..., Any], ...]:
            allowance.spend()
            return _functions(cache_class(), allowance)

        return make_cache

    return Tested(name, is_right, make)


def _functions(cache: _Joined, allowance: Allowance) -> tuple[Callable[..., Any], ...]:
    """``(append, read, trim)``, which refuse what the task does not allow."""
    size: list[tuple[int, ...]] = []
    length = 0

    def append(k: Tensor, v: Tensor) -> Pair:
        nonlocal length
        if not (is_floats(k, 4, LONGEST) and is_floats(v, 4, LONGEST)):
            raise ValueError(f"append takes floats (B, H, L, d_head), each axis 1 to {LONGEST}")
        if k.shape != v.shape or k.dtype != v.dtype or length + k.shape[2] > LONGEST:
            raise ValueError(f"k and v are of one shape and dtype, {LONGEST} positions in all")
        other = (*k.shape[:2], k.shape[3])
        if size and size[0] != other:
            raise ValueError("another batch, number of heads or d_head than before")
        size[:] = [other]
        allowance.spend(k, v)
        length += k.shape[2]
        return _pair(cache.append(torch.stack((k, v)).detach()))

    def read() -> Pair:
        if not size:
            raise ValueError("nothing was ever appended to this cache")
        allowance.spend()
        return _pair(cache.read())

    def trim(kept: int) -> None:
        nonlocal length
        if type(kept) is not int or not 0 <= kept <= length or not size:
            raise ValueError("trim takes an int from 0 to the number of positions stored")
        allowance.spend()
        length = kept
        cache.trim(kept)

    return append, read, trim


def _pair(stored: Tensor) -> Pair:
    return stored[0].clone(), stored[1].clone()
