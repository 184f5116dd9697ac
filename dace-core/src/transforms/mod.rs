//! Rewrites that a user asks for by `#[transform(…)]`. Each applies or says why it does not.

use crate::diag::{Diagnostic, ErrorCode};
use crate::pipeline::Options;
use crate::registry;
use crate::sdfg::{Map, Node, Region, Sdfg};
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
        hint.push_str(&format!("the transformations are {}", names.join(", ")));
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

fn maps_hint(sdfg: &Sdfg) -> String {
    let mut maps = Vec::new();
    for_each_map(&sdfg.body, &mut |map| maps.push(describe(map)));
    if maps.is_empty() {
        "the program has no maps".to_owned()
    } else {
        format!("the maps are {}", maps.join("; "))
    }
}

/// `name [i = 0:N, j = 0:M]`
pub fn describe(map: &Map) -> String {
    let ranges: Vec<String> = map
        .params
        .iter()
        .zip(&map.ranges)
        .map(|(p, r)| format!("{p} = {r}"))
        .collect();
    format!("{} [{}]", map.name, ranges.join(", "))
}

/// Visits every map, outer ones first.
pub fn for_each_map<'a>(region: &'a Region, f: &mut dyn FnMut(&'a Map)) {
    use crate::sdfg::Block;
    for block in &region.blocks {
        match block {
            Block::State(state) => {
                for node in state.computations() {
                    if let Node::Map(map) = &state.graph[node] {
                        f(map);
                        for_each_map(&map.body, f);
                    }
                }
            }
            Block::Loop(l) => for_each_map(&l.body, f),
            Block::Branch(b) => {
                for_each_map(&b.then, f);
                for_each_map(&b.otherwise, f);
            }
            _ => {}
        }
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
