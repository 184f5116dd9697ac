//! Programs as users write them, against NumPy: the folder `collection`, by topic.

use dace_oracle::oracle::{agree, collection};

macro_rules! topics {
    ($($topic:ident)*) => {
        $(
            #[test]
            fn $topic() {
                agree(&collection(include_str!(concat!(
                    "../collection/",
                    stringify!($topic),
                    ".py"
                ))));
            }
        )*
    };
}

topics! {
    applications
    arrays
    dynamic_programming
    graphs
    language
    modules
    numbers
    solvers
    stencils
}
