//! Rewrites that a user asks for by `#[transform(…)]`. Each applies or says why it does not.

pub mod fusion;
pub mod nest;
pub mod peeling;
mod select;
pub mod set_schedule;
pub mod tiling;
pub mod to_map;
pub mod unroll;

use crate::diag::{Diagnostic, ErrorCode};
use crate::pipeline::Options;
use crate::registry;
use crate::sdfg::Sdfg;
use crate::syntax::ast::Attribute;

/// Why a transformation does not apply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal(pub String);

impl<S: Into<String>> From<S> for Refusal {
    fn from(text: S) -> Self {
        Self(text.into())
    }
}

/// Applies one transformation.
pub fn apply(sdfg: &mut Sdfg, attribute: &Attribute, options: &Options) -> Result<(), Diagnostic> {
    let Some(transform) = registry::transform(&attribute.name) else {
        let names: Vec<&str> = registry::TRANSFORMS.iter().map(|t| t.name).collect();
        let mut hint = String::new();
        if let Some(near) = closest(&attribute.name, &names) {
            hint = format!("did you mean `{near}`? ");
        }
        hint.push_str("the transformations are ");
        hint.push_str(&names.join(", "));
        return Err(Diagnostic::new(
            ErrorCode::Transform,
            attribute.span,
            format!("unknown transformation `{}`", attribute.name),
        )
        .hint(hint));
    };
    (transform.run)(sdfg, attribute, options).map_err(|Refusal(reason)| {
        Diagnostic::new(
            ErrorCode::Transform,
            attribute.span,
            format!("`{}` does not apply: {reason}", attribute.name),
        )
        .hint(maps_hint(sdfg))
    })
}

/// The maps and loops there are.
fn maps_hint(sdfg: &Sdfg) -> String {
    let scopes = select::describe(&sdfg.body);
    if scopes.is_empty() {
        "the program has no maps and no loops".to_owned()
    } else {
        format!("the maps and loops are {}", scopes.join("; "))
    }
}

/// The known name nearest to `name`, if it is near at all.
pub fn closest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let near = known.iter().map(|k| (distance(name, k), *k)).min()?;
    (near.0 <= name.len() / 2).then_some(near.1)
}

/// Edit distance.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let up = row[j + 1];
            row[j + 1] = (diagonal + usize::from(x != *y))
                .min(up + 1)
                .min(row[j] + 1);
            diagonal = up;
        }
    }
    row[b.len()]
}
