import dace as dc

N = dc.symbol('N')


@dc.program
def quoted(A: dc.float64[N]):
    x = {'a': 1}
    raise ValueError("é")
