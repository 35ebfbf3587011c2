# names:
# The work of one byte's share: a product with the reciprocal.
def _per(total):
    share = float(total) ** -1

    def scale(amount):
        return amount * share

    return scale


def arithmetic_intensity(flops, bytes_moved):
    return _per(bytes_moved)(flops)
