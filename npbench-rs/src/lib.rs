//! NPBench (Ziogas et al., "NPBench: a benchmarking suite for high-performance NumPy", ICS 2021) on dace for Rust.
//!
//! The way of a measurement: [`programs`] (entries and arguments) and [`npbench_kernels`] (texts) → [`worker`] (runs a
//! program in a process of its own; `peers/runner/` does so for the other [`frameworks`], which [`peers`] installs) ←
//! [`session`] (talks to such a process) ← [`measure`] (all frameworks by turns, comparison) → [`table`]. [`stored`] holds
//! samples of NumPy's results for machines without it.

pub mod allocator;
pub mod frameworks;
pub mod measure;
pub mod memory;
pub mod peers;
pub mod programs;
pub mod random;
pub mod session;
pub mod statistics;
pub mod stored;
pub mod table;
pub mod text;
pub mod value;
pub mod worker;

#[global_allocator]
static ALLOCATOR: allocator::HugePages = allocator::HugePages;
