# names:
"""A model class does the same steps; float64, numbers that count up."""

import torch


class _Model:
    def __init__(self, functions, first):
        self.functions, self.next = functions, first
        self.k = self.v = torch.zeros(3, 1, 0, 2).double()

    def same(self, pair):
        return torch.equal(pair[0], self.k) and torch.equal(pair[1], self.v)

    def append(self, length):
        many = 3 * length * 2
        new = torch.arange(self.next, self.next + 2 * many).double().reshape(2, 3, 1, length, 2)
        self.next += 2 * many
        self.k, self.v = torch.cat((self.k, new[0]), 2), torch.cat((self.v, new[1]), 2)
        return self.same(self.functions[0](new[0], new[1]))

    def trim(self, length):
        self.functions[2](length)
        self.k, self.v = self.k[:, :, :length], self.v[:, :, :length]
        return True

    def read(self):
        return self.same(self.functions[1]()) and self.same(self.functions[1]())


def cache_test(make_cache):
    models = [_Model(make_cache(), first) for first in (0, 10**6)]
    steps = ["a4", "a1", "t3", "a2", "t4", "a17", "a3", "t24", "t1", "a5", "t0", "a2", "t2", "a1"]
    for step in steps:
        for model in models:
            work = model.append if step[0] == "a" else model.trim
            if not work(int(step[1:])):
                return False
        if not all(model.read() for model in models):
            return False
    return True
