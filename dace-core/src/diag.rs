//! Diagnostics: what is wrong, where in the Python text, and what to do.

use std::fmt;

/// A byte range of the source text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    pub start: u32,
    pub end: u32,
}

impl Span {
    pub fn new(start: usize, end: usize) -> Self {
        Self {
            start: start as u32,
            end: end as u32,
        }
    }
    /// The smallest span over both.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self {
            start: self.start.min(other.start),
            end: self.end.max(other.end),
        }
    }
}

/// The table of diagnostics: code, and what the class of mistake is called.
macro_rules! codes {
    ($($(#[doc = $doc:literal])* $name:ident = $code:literal, $title:literal;)*) => {
        /// The classes of mistakes. One compile-fail test stands for each.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum ErrorCode { $($(#[doc = $doc])* $name,)* }
        impl ErrorCode {
            pub const ALL: &[Self] = &[$(Self::$name,)*];
            /// The stable code, `D001`.
            pub fn code(self) -> &'static str { match self { $(Self::$name => $code,)* } }
            pub fn title(self) -> &'static str { match self { $(Self::$name => $title,)* } }
        }
    };
}

codes! {
    Syntax = "D001", "Python syntax error";
    Unsupported = "D002", "unsupported Python";
    UnknownName = "D003", "unknown name";
    UnknownFunction = "D004", "unknown function";
    BadCall = "D005", "wrong arguments of a call";
    Type = "D006", "type error";
    Shape = "D007", "shape error";
    Index = "D008", "index error";
    Annotation = "D009", "bad annotation";
    NotDefined = "D010", "variable may be undefined";
    DataRace = "D011", "conflicting writes in a map";
    Alias = "D012", "view that cannot be followed";
    Recursion = "D013", "recursion";
    Module = "D014", "unsupported at module level";
    Attribute = "D015", "bad attribute";
    Transform = "D016", "transformation does not apply";
    Text = "D017", "text of the program not available";
    Value = "D018", "bad value";
    Internal = "D999", "internal compiler error";
}

/// One mistake.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnostic {
    pub code: ErrorCode,
    pub message: String,
    pub span: Span,
    /// What to do about it.
    pub hint: Option<String>,
    /// Other places that matter, with what to say of each.
    pub notes: Vec<(Span, String)>,
}

impl Diagnostic {
    pub fn new(code: ErrorCode, span: Span, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            span,
            hint: None,
            notes: Vec::new(),
        }
    }
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
    #[must_use]
    pub fn note(mut self, span: Span, text: impl Into<String>) -> Self {
        self.notes.push((span, text.into()));
        self
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.code(), self.message)?;
        if let Some(hint) = &self.hint {
            write!(f, "\n{hint}")?;
        }
        Ok(())
    }
}
