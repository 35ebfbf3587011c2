# mistake: adds the two times instead of taking the larger one
# why: first everything is read, then it is computed: that is how the student's own loops work
def roofline_seconds(flops, bytes_moved, peak_flops, bandwidth):
    reading = bytes_moved / bandwidth
    computing = flops / peak_flops
    return reading + computing
