//! D015: attributes that are misspelt or misplaced.

use dace::dace;

dace! {
    #[optimise]
    #[auto_optimize(perhaps)]
    def attribute(A: float64[N]):
        #[strict_fp]
        A[:] = 1
}

dace! {
    #[transform(map_tiling(tile_sizes = ))]
    def no_value(A: float64[N]):
        A[:] = 1
}

fn main() {}
