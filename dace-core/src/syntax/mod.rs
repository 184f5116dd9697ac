//! Stage 1: Python text to a tree. The only room that names the parser crate.

pub mod ast;
