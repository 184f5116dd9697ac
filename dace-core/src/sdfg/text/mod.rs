//! The text form of an SDFG: made to be read by a person, and read back without loss (but for source spans).
//!
//! ```text
//! sdfg gemv(alpha, A, x, n: int64 = 4i64) -> y:
//!     symbols N, M
//!     data alpha: float64
//!     data A: float64[N, M]
//!     data x: float64[M]
//!     transient y: float64[N] strides [2] storage heap lifetime program
//!     state:
//!         init: map i in 0:N @ multicore:
//!             y[i] = 0.0
//!     for t in range(0, n):
//!         map i in 0:N, j in 0:M:
//!             y[i] += alpha*A[i, j]*x[j]
//! ```
//!
//! - `data` is a container that the caller owns, `transient` one that the program makes; they stand in the order of
//!   their numbers. Row-major strides, default storage and lifetime are left out.
//! - A parameter with a type is an integer, a symbol; without one it names its container (`a as b`: container or symbol `b`).
//! - Blocks of a region: `state:`, `for`, `while`, `if`/`else`, `assign s = code with low <= s <= high`, `break`, `continue`, `return`.
//!   The only state of a loop's, branch's or map's body needs no `state:`. `pass` is an empty region or state.
//! - Lines of a state: `name: out = code` (tasklet), `name: map …:`, `out = matmul(a, b)` (library node), `call …:` (nested SDFG).
//!   A tasklet without a name is called `compute`, a map `map`.
//!   `+=`, `*=`, `min=`, `max=`, `and=`, `or=`, `&=`, `|=`, `^=` are write-conflict resolutions, `dynamic` before a memlet says that it is a bound.
//! - Code is Python with explicit types: `2.5` is a `float64`, `2.5f32` a `float32`, `2i64` a constant, `2` a symbolic integer like `i` or
//!   `{i + 1}`; `float32(x)` converts. Elements are read in place, `A[i]`, or named, where code reads one twice or indexes into it:
//!   `in0*in0 where in0 = A[i]`, `in0[in1] where in0 = x[0:N], in1 = ind[i]`. `… when guard` writes only where the guard holds;
//!   `out[0:N][index] = …` writes at a computed index.
//! - Access nodes: a read takes the container's latest node of the state (or makes the first), a write makes a new one. `A@2` names the second
//!   node of `A` in the state where this is not so. Reads of a line come before its writes.
//! - The memlets on the edges of a map are those that propagation gives, unless `reads` and `writes` list them;
//!   `from A@2` and `to A@3` name only the access nodes.
//! - `order 1 -> 3`: an edge without a memlet, from the first line of the state to the third, or between access nodes such as `A@1`;
//!   `access A` is an access node without memlets.
//! - `#` begins a comment.

mod code;
mod cursor;
mod edges;
pub(crate) mod names;
mod print;
mod read;
mod state;
#[cfg(test)]
mod tests;

pub use code::code_text;
pub use print::{computation_text, eval_text, memlet_text, print};
pub use read::read;

use std::fmt;

/// Why a text is not an SDFG.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadError {
    /// Counted from 1.
    pub line: usize,
    pub message: String,
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

impl std::error::Error for ReadError {}
