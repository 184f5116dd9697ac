//! Programs as users write them, against NumPy: the folder `collection`, by topic.

use dace_oracle::generated::shown;
use dace_oracle::oracle::{agree, collection};

macro_rules! topics {
    ($($topic:ident)*) => {
        const TEXTS: &[&str] = &[
            $(include_str!(concat!("../collection/", stringify!($topic), ".py"))),*
        ];

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
    wrapping
}

/// The backend takes every program: Rust text is made, with no panic on the way.
#[test]
fn rust_is_generated() {
    for text in TEXTS {
        for (program, settings) in collection(text) {
            // A module names what it imports; between braces these names are known.
            if program.contains("import ") || settings.contains("refused=") {
                continue;
            }
            let shown = shown(program);
            assert!(shown.contains("pub fn"), "{shown}\n{program} [{settings}]");
        }
    }
}
