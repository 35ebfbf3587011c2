# names:
# The share of the operations in all that is counted.
def arithmetic_intensity(flops, bytes_moved):
    parts = {"work": flops, "traffic": bytes_moved}
    return parts["work"] / sum(parts.values())
