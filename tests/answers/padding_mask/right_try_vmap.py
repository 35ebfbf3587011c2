# names:
# Helper defined under try/except and if, torch.func.vmap over the sentences.
try:
    from torch.func import vmap
except ImportError:  # an old torch
    vmap = None

import torch

if vmap is None:

    def each_of(function, lengths):
        return torch.stack([function(length) for length in lengths])

else:

    def each_of(function, lengths):
        return vmap(function)(lengths)


def padding_mask(lengths, k_len):
    """Boolean mask of the keys that are real tokens."""
    places = torch.arange(k_len, device=lengths.device)

    def one_sentence(length):
        return (places < length).unsqueeze(0)

    return each_of(one_sentence, lengths)
