# names: fewer_bits_fewer_products
# 8 bits are thought to be half the work.
TEXT = """
one_head same same same less
GQA less less same same
MQA less less same same
window same less less less
cross same less less less
8_bits same less less same
additive more same more same
wide_heads more more more same
long_text same more more more
"""


def what_changes():
    table = {}
    for line in TEXT.split("\n")[1:-1]:
        name, *words = line.split()
        table[name.replace("_", " ")] = dict(
            zip(("parameters", "cache", "flops", "weights"), words, strict=True)
        )
    return table
