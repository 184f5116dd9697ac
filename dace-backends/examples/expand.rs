//! Prints the Rust text of the programs in a Python module: `cargo run -p dace-backends --example expand -- FILE`.

#[path = "../tests/common/mod.rs"]
mod common;

fn main() {
    let mut args = std::env::args().skip(1);
    let (Some(path), plain) = (args.next(), args.next().is_some()) else {
        eprintln!("usage: expand FILE [plain]");
        return;
    };
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) => return eprintln!("{path}: {error}"),
    };
    match dace_core::compile(&text, dace_core::syntax::Form::Module) {
        Ok(programs) if plain => println!("{}", dace_backends::rust::generate(&programs)),
        Ok(programs) => {
            for program in &programs {
                let options = dace_backends::rust::Options {
                    strict_fp: program.options.strict_fp,
                };
                println!(
                    "{}",
                    common::pretty(dace_backends::rust::generate_function(
                        &program.sdfg,
                        options
                    ))
                );
            }
        }
        Err(mistakes) => mistakes.iter().for_each(|m| eprintln!("{path}: {m}")),
    }
}
