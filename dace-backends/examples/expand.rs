//! Prints the Rust text of the programs in a Python module: `cargo run -p dace-backends --example expand -- FILE`.

fn main() {
    let Some(path) = std::env::args().nth(1) else {
        eprintln!("usage: expand FILE");
        return;
    };
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) => return eprintln!("{path}: {error}"),
    };
    match dace_core::compile(&text, dace_core::syntax::Form::Module) {
        Ok(programs) => {
            for program in &programs {
                println!("{}", dace_backends::rust::pretty(program));
            }
        }
        Err(mistakes) => mistakes.iter().for_each(|m| eprintln!("{path}: {m}")),
    }
}
