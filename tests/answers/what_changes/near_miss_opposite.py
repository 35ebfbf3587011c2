# names:
# More and less are taken for each other.
TEXT = """
one_head same same same more
GQA more more same same
MQA more more same same
window same more more more
cross same more more more
8_bits same more same same
additive less same less same
wide_heads less less less same
long_text same less less less
"""


def what_changes():
    table = {}
    for line in TEXT.split("\n")[1:-1]:
        name, *words = line.split()
        table[name.replace("_", " ")] = dict(
            zip(("parameters", "cache", "flops", "weights"), words, strict=True)
        )
    return table
