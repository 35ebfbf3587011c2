# mistake: multiplies by 2 although the FLOPs are already counted that way
# why: read "one multiply-add is two" as something still to be done
def arithmetic_intensity(flops, bytes_moved):
    return 2 * flops / bytes_moved
