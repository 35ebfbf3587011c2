# names: bits_for_bytes
# The traffic is counted in bits first.
_BITS = {"byte": 2**3}


def arithmetic_intensity(flops, bytes_moved):
    traffic = _BITS["byte"] * bytes_moved
    return flops / traffic
