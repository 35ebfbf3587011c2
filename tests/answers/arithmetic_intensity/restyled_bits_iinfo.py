# names: bits_for_bytes
# The width of a byte comes from torch, in bits.
import torch


def arithmetic_intensity(flops, bytes_moved):
    per_byte = flops / bytes_moved
    return per_byte / torch.iinfo(torch.uint8).bits
