//! NPBench (Ziogas et al., "NPBench: a benchmarking suite for high-performance NumPy", ICS 2021) on dace for Rust.
//!
//! The way of a measurement: [`programs`] (entries and arguments) and `kernels` (texts) → [`worker`] (runs a program in a
//! process of its own; `runner.py` does so for NumPy) ← [`session`] (talks to such a process) ← [`measure`] (both frameworks by
//! turns, comparison) → [`report`]. [`stored`] holds samples of NumPy's results for machines without it.

pub mod kernels;
pub mod measure;
pub mod programs;
pub mod random;
pub mod report;
pub mod session;
pub mod stored;
pub mod text;
pub mod value;
pub mod worker;
