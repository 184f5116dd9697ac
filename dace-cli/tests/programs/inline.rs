use dace::dace;

mod inner {
    dace! {
        # doubles
        def double(x: float64[N]):
            x[:] = 2.0 * x
    }
}

dace!(r#"
def halve(x: float64[N]):
    x[:] = x / nothing
"#);

dace!(file = "kernels/other.py");

fn main() {}
