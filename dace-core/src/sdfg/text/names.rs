//! How operators, schedules and storage are written.

use crate::sdfg::{BinOp, Lifetime, Schedule, Storage, UnOp, Wcr};

/// One table for both directions: the match is exhaustive, so that a new variant cannot be forgotten.
macro_rules! names {
    ($($(#[$doc:meta])* $type:ident, $name:ident, $find:ident: $($variant:ident $text:literal,)*;)*) => {$(
        $(#[$doc])*
        pub(crate) fn $name(value: $type) -> &'static str {
            match value { $($type::$variant => $text,)* }
        }
        pub(crate) fn $find(text: &str) -> Option<$type> {
            match text { $($text => Some($type::$variant),)* _ => None }
        }
    )*};
}

names! {
    /// NumPy's names; signs for those that have one.
    UnOp, un_name, find_un:
        Neg "-", Not "not", Invert "~", Abs "abs", Sqrt "sqrt", Cbrt "cbrt", Exp "exp", Exp2 "exp2", Expm1 "expm1",
        Log "log", Log2 "log2", Log10 "log10", Log1p "log1p", Sin "sin", Cos "cos", Tan "tan", Asin "arcsin",
        Acos "arccos", Atan "arctan", Sinh "sinh", Cosh "cosh", Tanh "tanh", Asinh "arcsinh", Acosh "arccosh",
        Atanh "arctanh", Floor "floor", Ceil "ceil", Trunc "trunc", Rint "rint", Sign "sign", Real "real",
        Imag "imag", Conj "conj", IsNan "isnan", IsInf "isinf", IsFinite "isfinite", SignBit "signbit",;
    BinOp, bin_name, find_bin:
        Add "+", Sub "-", Mul "*", Div "/", FloorDiv "//", Mod "%", Fmod "fmod", Pow "**", BitAnd "&", BitOr "|",
        BitXor "^", Shl "<<", Shr ">>", Eq "==", Ne "!=", Lt "<", Le "<=", Gt ">", Ge ">=", And "and", Or "or",
        Min "minimum", Max "maximum", Fmin "fmin", Fmax "fmax", Atan2 "arctan2", Hypot "hypot",
        Copysign "copysign",;
    /// Write-conflict resolutions as assignment operators.
    Wcr, wcr_name, find_wcr:
        Sum "+=", Product "*=", Min "min=", Max "max=", And "and=", Or "or=", BitAnd "&=", BitOr "|=", BitXor "^=",;
    Schedule, schedule_name, find_schedule:
        Default "default", Sequential "sequential", Multicore "multicore", Device "device",
        DeviceBlock "device_block", Pipeline "pipeline", Unrolled "unrolled", Rank "rank",;
    Storage, storage_name, find_storage:
        Default "default", Heap "heap", Register "register", DeviceGlobal "device_global",
        DeviceShared "device_shared",;
    Lifetime, lifetime_name, find_lifetime:
        Scope "scope", Program "program",;
}

/// All assignment operators, longest first.
pub(super) const ASSIGNMENTS: [&str; 10] = [
    "and=", "min=", "max=", "or=", "+=", "*=", "&=", "|=", "^=", "=",
];

/// How tight an infix operator binds; `None` for those written as functions. Python's order.
pub(super) fn precedence(op: BinOp) -> Option<u8> {
    use BinOp::*;
    Some(match op {
        Or => 1,
        And => 2,
        Eq | Ne | Lt | Le | Gt | Ge => 3,
        BitOr => 4,
        BitXor => 5,
        BitAnd => 6,
        Shl | Shr => 7,
        Add | Sub => 8,
        Mul | Div | FloorDiv | Mod => 9,
        Pow => 10,
        Fmod | Min | Max | Fmin | Fmax | Atan2 | Hypot | Copysign => return None,
    })
}

/// Infix operators, longest first so that `<` does not hide `<=`.
pub(super) const INFIX: [&str; 20] = [
    "and", "or", "==", "!=", "<=", ">=", "<<", ">>", "**", "//", "<", ">", "|", "^", "&", "+", "-",
    "*", "/", "%",
];

/// Words that begin a line or a memlet; such a name stands in back quotes.
pub(super) const KEYWORDS: [&str; 21] = [
    "state", "for", "while", "if", "else", "assign", "break", "continue", "return", "pass", "map",
    "explicit", "call", "order", "access", "reads", "writes", "sdfg", "dynamic", "symbols", "to",
];

/// The names of maps and tasklets that lines do not give: what lowering calls most of them.
pub(super) const MAP: &str = "map";
pub(super) const TASKLET: &str = "compute";
