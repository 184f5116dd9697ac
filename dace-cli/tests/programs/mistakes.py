import dace as dc

N = dc.symbol('N', dtype=dc.int64)


@dc.program
def one(A: dc.float64[N]):
    A[:] = unknown + 1


@dc.program
def two(A: dc.float64[N]):
    yield A
