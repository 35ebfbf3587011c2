# names: flops_doubled
# The operations are taken for multiply-adds and doubled.
def arithmetic_intensity(flops, bytes_moved):
    operations = sum([flops] * 2)
    return operations / bytes_moved
