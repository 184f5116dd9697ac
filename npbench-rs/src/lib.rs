//! NPBench (Ziogas et al., "NPBench: a benchmarking suite for high-performance NumPy", ICS 2021) on dace for Rust.
//!
//! The way of a measurement: [`programs`] (entries and arguments) and [`npbench_kernels`] (texts) → [`worker`] (runs a
//! program in a process of its own; `peers/runner/` does so for the other [`frameworks`], which [`peers`] installs) ←
//! [`session`] (talks to such a process) ← [`measure`] (all frameworks by turns, comparison) → [`mod@record`] → [`table`] and
//! [`database`]. [`stored`] holds samples of NumPy's results for machines without it.
//!
//! The way of what is kept: [`database`] → [`compare`] (two of them), [`matrix`] (programs by frameworks) → [`plot`] and
//! [`report`]. [`ceilings`] measures what the machine can do at the most.

#![deny(clippy::print_stdout, clippy::print_stderr)]

pub mod allocator;
pub mod ceilings;
pub mod compare;
pub mod database;
pub mod frameworks;
pub mod interrupt;
pub mod machine;
pub mod matrix;
pub mod measure;
pub mod memory;
pub mod peers;
pub mod plot;
pub mod programs;
pub mod random;
pub mod record;
pub mod report;
pub mod session;
pub mod statistics;
pub mod stored;
pub mod table;
pub mod text;
pub mod value;
pub mod worker;

#[global_allocator]
static ALLOCATOR: allocator::HugePages = allocator::HugePages;
