//! Which maps and loops a transformation is about, and its arguments.

use super::Refusal;
use crate::sdfg::{Block, LoopKind, Map, Node, Region, Sdfg};
use crate::symbolic::Sym;
use crate::syntax::ast::{Attribute, AttributeValue};

/// A map (by its first parameter) or a loop (by its variable): names are unique, and stay while others are transformed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    pub sym: Sym,
    /// Which of the map's parameters was named; 0 for a map named by its own name.
    pub param: usize,
    pub is_map: bool,
}

struct Scope {
    target: Target,
    map: Option<String>,
    params: Vec<Sym>,
    text: String,
}

/// All maps and `for` loops, outer ones first.
fn scopes(region: &Region, found: &mut Vec<Scope>) {
    for block in &region.blocks {
        match block {
            Block::State(state) => {
                for node in state.computations() {
                    let Node::Map(map) = &state.graph[node] else {
                        continue;
                    };
                    if let Some(sym) = map.params.first() {
                        let ranges: Vec<String> = map
                            .params
                            .iter()
                            .zip(&map.ranges)
                            .map(|(p, r)| format!("{p} in {r}"))
                            .collect();
                        found.push(Scope {
                            target: Target {
                                sym: sym.clone(),
                                param: 0,
                                is_map: true,
                            },
                            map: Some(map.name.clone()),
                            params: map.params.clone(),
                            text: format!("map `{}` ({})", map.name, ranges.join(", ")),
                        });
                    }
                    scopes(&map.body, found);
                }
            }
            Block::Loop(l) => {
                if let LoopKind::For { var, range } = &l.kind {
                    found.push(Scope {
                        target: Target {
                            sym: var.clone(),
                            param: 0,
                            is_map: false,
                        },
                        map: None,
                        params: vec![var.clone()],
                        text: format!("loop `{var}` ({range})"),
                    });
                }
                scopes(&l.body, found);
            }
            Block::Branch(b) => {
                scopes(&b.then, found);
                scopes(&b.otherwise, found);
            }
            _ => {}
        }
    }
}

/// All maps and loops in words.
pub(super) fn describe(region: &Region) -> Vec<String> {
    let mut found = Vec::new();
    scopes(region, &mut found);
    found.into_iter().map(|s| s.text).collect()
}

/// The name as the program has it: without the number that lowering gave it.
fn stem(sym: &Sym) -> &str {
    let name = sym.as_str();
    let bare = name.trim_end_matches(|c: char| c.is_ascii_digit());
    if bare.len() < name.len() {
        bare.strip_suffix('_')
            .filter(|b| !b.is_empty())
            .unwrap_or(name)
    } else {
        name
    }
}

/// The maps and loops of this name: by the map's name or a parameter exactly, else by the name that the variable has in the Python text.
pub(super) fn find(sdfg: &Sdfg, name: &str) -> Result<Vec<Target>, Refusal> {
    let mut all = Vec::new();
    scopes(&sdfg.body, &mut all);
    let by = |test: &dyn Fn(&Scope) -> Option<usize>| -> Vec<Target> {
        all.iter()
            .filter_map(|s| {
                test(s).map(|param| Target {
                    param,
                    ..s.target.clone()
                })
            })
            .collect()
    };
    let exact = by(&|s| {
        s.params
            .iter()
            .position(|p| p.as_str() == name)
            .or_else(|| (s.map.as_deref() == Some(name)).then_some(0))
    });
    if !exact.is_empty() {
        return Ok(exact);
    }
    let alike = by(&|s| s.params.iter().position(|p| stem(p) == name));
    if !alike.is_empty() {
        return Ok(alike);
    }
    let known: Vec<&str> = all
        .iter()
        .flat_map(|s| s.params.iter().map(stem).chain(s.map.as_deref()))
        .collect();
    let near = super::closest(name, &known)
        .map(|n| format!(", did you mean `{n}`?"))
        .unwrap_or_default();
    Err(format!("there is no map or loop `{name}`{near}").into())
}

/// The maps that the argument `map` (or the first one without a key) names.
pub(super) fn maps(sdfg: &Sdfg, attribute: &Attribute) -> Result<Vec<Target>, Refusal> {
    let name = text(attribute, &["map"], Some(0))?.ok_or("it needs the argument `map = \"…\"`")?;
    let found = find(sdfg, &name)?;
    if let Some(l) = found.iter().find(|t| !t.is_map) {
        return Err(format!(
            "`{}` is a loop: make it a map first, by `loop_to_map(loop = \"{name}\")`",
            l.sym
        )
        .into());
    }
    Ok(found)
}

/// The maps or loops that the argument `loop` or `map` names.
pub(super) fn any(sdfg: &Sdfg, attribute: &Attribute) -> Result<Vec<Target>, Refusal> {
    let name = text(attribute, &["loop", "map"], Some(0))?
        .ok_or("it needs the argument `loop = \"…\"` or `map = \"…\"`")?;
    find(sdfg, &name)
}

/// Refuses arguments that the transformation does not have.
pub(super) fn only(attribute: &Attribute, keys: &[&str]) -> Result<(), Refusal> {
    match attribute
        .args
        .iter()
        .filter_map(|a| a.key.as_deref())
        .find(|k| !keys.contains(k))
    {
        Some(unknown) => Err(format!(
            "it has no argument `{unknown}`; its arguments are {}",
            keys.join(", ")
        )
        .into()),
        None => Ok(()),
    }
}

fn value<'a>(
    attribute: &'a Attribute,
    keys: &[&str],
    position: Option<usize>,
) -> Option<&'a AttributeValue> {
    let keyed = attribute
        .args
        .iter()
        .find(|a| a.key.as_deref().is_some_and(|k| keys.contains(&k)));
    let placed = || {
        attribute
            .args
            .iter()
            .filter(|a| a.key.is_none())
            .nth(position?)
    };
    keyed.or_else(placed).map(|a| &a.value)
}

/// A text argument. A bare word is one too.
pub(super) fn text(
    attribute: &Attribute,
    keys: &[&str],
    position: Option<usize>,
) -> Result<Option<String>, Refusal> {
    match value(attribute, keys, position) {
        None => Ok(None),
        Some(AttributeValue::Str(s)) => Ok(Some(s.clone())),
        Some(AttributeValue::Call(c)) if c.args.is_empty() => Ok(Some(c.name.clone())),
        Some(_) => Err(format!("the argument `{}` is a name", keys[0]).into()),
    }
}

/// A positive integer argument.
pub(super) fn integer(
    attribute: &Attribute,
    key: &str,
    position: Option<usize>,
) -> Result<Option<i64>, Refusal> {
    match value(attribute, &[key], position) {
        None => Ok(None),
        Some(AttributeValue::Int(n)) if *n >= 1 => Ok(Some(*n)),
        Some(_) => Err(format!("the argument `{key}` is a positive integer").into()),
    }
}

/// A list of positive integers; one alone is a list of one.
pub(super) fn integers(
    attribute: &Attribute,
    key: &str,
    position: Option<usize>,
) -> Result<Option<Vec<i64>>, Refusal> {
    let wrong = || {
        Refusal(format!(
            "the argument `{key}` is a list of positive integers"
        ))
    };
    let one = |v: &AttributeValue| {
        if let AttributeValue::Int(n) = v {
            Some(*n).filter(|n| *n >= 1)
        } else {
            None
        }
    };
    match value(attribute, &[key], position) {
        None => Ok(None),
        Some(AttributeValue::List(list)) if !list.is_empty() => list
            .iter()
            .map(one)
            .collect::<Option<Vec<_>>>()
            .map(Some)
            .ok_or_else(wrong),
        Some(other) => one(other).map(|n| Some(vec![n])).ok_or_else(wrong),
    }
}

/// A list of names.
pub(super) fn names(
    attribute: &Attribute,
    key: &str,
    position: Option<usize>,
) -> Result<Option<Vec<String>>, Refusal> {
    let one = |v: &AttributeValue| match v {
        AttributeValue::Str(s) => Some(s.clone()),
        AttributeValue::Call(c) if c.args.is_empty() => Some(c.name.clone()),
        _ => None,
    };
    match value(attribute, &[key], position) {
        None => Ok(None),
        Some(AttributeValue::List(list)) => list
            .iter()
            .map(one)
            .collect::<Option<Vec<_>>>()
            .map(Some)
            .ok_or_else(|| Refusal(format!("the argument `{key}` is a list of names"))),
        Some(_) => Err(format!("the argument `{key}` is a list of names").into()),
    }
}

/// Whether a name that a user gives means this symbol.
pub(super) fn means(name: &str, sym: &Sym) -> bool {
    sym.as_str() == name || stem(sym) == name
}

type Change<'a> = dyn FnMut(&mut Region, usize) -> Result<(), Refusal> + 'a;

/// Calls `f` with the region that holds the target, and its block there.
pub(super) fn at(region: &mut Region, target: &Target, f: &mut Change<'_>) -> Result<(), Refusal> {
    visit(region, target, f).unwrap_or_else(|| Err(format!("`{}` is gone", target.sym).into()))
}

fn visit(region: &mut Region, target: &Target, f: &mut Change<'_>) -> Option<Result<(), Refusal>> {
    let here = region.blocks.iter().position(|b| match b {
        Block::State(state) => {
            target.is_map
                && state
                    .graph
                    .node_weights()
                    .any(|n| matches!(n, Node::Map(m) if m.params.first() == Some(&target.sym)))
        }
        Block::Loop(l) => {
            !target.is_map && matches!(&l.kind, LoopKind::For { var, .. } if *var == target.sym)
        }
        _ => false,
    });
    if let Some(k) = here {
        return Some(f(region, k));
    }
    region.blocks.iter_mut().find_map(|b| match b {
        Block::State(state) => state.graph.node_weights_mut().find_map(|n| {
            if let Node::Map(m) = n {
                visit(&mut m.body, target, f)
            } else {
                None
            }
        }),
        Block::Loop(l) => visit(&mut l.body, target, f),
        Block::Branch(b) => {
            visit(&mut b.then, target, f).or_else(|| visit(&mut b.otherwise, target, f))
        }
        _ => None,
    })
}

/// Calls `f` with the target's map.
pub(super) fn on_map(
    sdfg: &mut Sdfg,
    target: &Target,
    f: &mut dyn FnMut(&mut Map) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    at(&mut sdfg.body, target, &mut |region, k| {
        let Some(Block::State(state)) = region.blocks.get_mut(k) else {
            return Ok(());
        };
        let map = state.graph.node_weights_mut().find_map(|n| match n {
            Node::Map(m) if m.params.first() == Some(&target.sym) => Some(m),
            _ => None,
        });
        map.map_or(Ok(()), |m| f(m))
    })
}
