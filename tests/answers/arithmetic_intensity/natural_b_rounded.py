# mistake: rounds to one decimal place, so small intensities lose their digits or become 0
# why: made it look like the table in the lesson
def arithmetic_intensity(flops, bytes_moved):
    return round(flops / bytes_moved, 1)
