# mistake: takes the arithmetic's time where memory decides and the other way round
# why: mixes up on which side of the ridge one waits for bytes
def roofline_seconds(flops, bytes_moved, peak_flops, bandwidth):
    intensity = flops / bytes_moved
    ridge = peak_flops / bandwidth
    if intensity < ridge:
        return flops / peak_flops
    return bytes_moved / bandwidth
