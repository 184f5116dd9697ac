//! Export in the schema of Python DaCe's `.sdfg` files (version 1), so that its viewers open our programs and Python DaCe can run them.
//!
//! What differs: a map is a pair of entry and exit here, with its body between them where that is one state of computations, else in a
//! nested SDFG over whole containers. Returned containers are called `__return`, `__return_0`, …. Checks have no counterpart: bounds of
//! assignments and of indices are not exported. `argmin` and `argmax` have no library node there; they are tasklets, to look at only;
//! nor does its `Solve` take a right-hand side of rank 1.

mod code;
mod dataflow;
mod region;
mod scope;

use super::{DType, DataDesc, DataId, ParamKind, Schedule, Sdfg, Storage};
use crate::symbolic::{Dim, Expr, Subset};
use serde_json::{Map as Object, Value, json};
use std::collections::BTreeSet;

/// The contents of a `.sdfg` file.
pub fn export(sdfg: &Sdfg) -> Value {
    let mut exporter = Exporter {
        lists: 0,
        states: 0,
    };
    exporter.sdfg(sdfg, &Names::outermost(sdfg), None)
}

/// What is the same for all SDFGs of a file.
struct Exporter {
    /// Control-flow regions numbered so far.
    lists: usize,
    /// States and blocks named so far.
    states: usize,
}

/// Names and element types of containers, and how they are reached from here.
struct Names {
    identifiers: Vec<String>,
    dtypes: Vec<DType>,
    /// Numbers that are arrays of one element there: what a program returns.
    arrays: BTreeSet<DataId>,
}

impl Names {
    /// Identifiers, unique; returned containers as Python DaCe calls them.
    fn outermost(sdfg: &Sdfg) -> Self {
        let is_param = |d: DataId| sdfg.params.iter().any(|p| p.kind == ParamKind::Data(d));
        let single = sdfg.returns.len() == 1;
        let mut arrays = BTreeSet::new();
        Self {
            identifiers: unique(sdfg, |id| {
                let k = sdfg
                    .returns
                    .iter()
                    .position(|r| *r == id)
                    .filter(|_| !is_param(id))?;
                arrays.insert(id);
                Some(if single {
                    "__return".to_owned()
                } else {
                    format!("__return_{k}")
                })
            }),
            dtypes: sdfg.data.iter().map(|d| d.dtype).collect(),
            arrays,
        }
    }

    /// Identifiers, unique.
    fn plain(sdfg: &Sdfg) -> Self {
        Self {
            identifiers: unique(sdfg, |_| None),
            dtypes: sdfg.data.iter().map(|d| d.dtype).collect(),
            arrays: BTreeSet::new(),
        }
    }

    fn name(&self, data: DataId) -> &str {
        &self.identifiers[data.0 as usize]
    }

    fn dtype(&self, data: DataId) -> DType {
        self.dtypes[data.0 as usize]
    }
}

fn unique(sdfg: &Sdfg, mut special: impl FnMut(DataId) -> Option<String>) -> Vec<String> {
    let mut names = super::Names::default();
    sdfg.ids()
        .map(|id| {
            let wished = special(id).unwrap_or_else(|| identifier(&sdfg.desc(id).name));
            names.unique(&wished)
        })
        .collect()
}

fn identifier(name: &str) -> String {
    let mut text: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || c == '_' {
                c
            } else {
                '_'
            }
        })
        .collect();
    if !text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
        text.insert(0, '_');
    }
    text
}

fn texts(exprs: &[Expr]) -> Vec<String> {
    exprs.iter().map(ToString::to_string).collect()
}

fn storage(s: Storage) -> &'static str {
    match s {
        Storage::Default => "Default",
        Storage::Heap => "CPU_Heap",
        Storage::Register => "Register",
        Storage::DeviceGlobal => "GPU_Global",
        Storage::DeviceShared => "GPU_Shared",
    }
}

fn schedule(s: Schedule) -> &'static str {
    match s {
        Schedule::Default | Schedule::Rank => "Default",
        Schedule::Sequential | Schedule::Pipeline => "Sequential",
        Schedule::Multicore => "CPU_Multicore",
        Schedule::Device => "GPU_Device",
        Schedule::DeviceBlock => "GPU_ThreadBlock",
        Schedule::Unrolled => "Unrolled",
    }
}

/// A container; what a program returns is an array even if it is one number.
fn descriptor(desc: &DataDesc, transient: bool, array: bool) -> Value {
    let dtype = desc.dtype.name();
    if desc.is_scalar() && !array {
        return json!({"type": "Scalar", "attributes": {"dtype": dtype, "shape": ["1"], "transient": transient}});
    }
    let one = [Expr::one()];
    let (shape, strides) = if desc.is_scalar() {
        (&one[..], &one[..])
    } else {
        (&desc.shape[..], &desc.strides[..])
    };
    // Elements from the first to the last.
    let size = shape
        .iter()
        .zip(strides)
        .fold(Expr::one(), |size, (n, s)| size + (n - 1) * s);
    json!({"type": "Array", "attributes": {
        "dtype": dtype, "shape": texts(shape), "strides": texts(strides), "total_size": size.to_string(),
        "offset": vec!["0"; shape.len()], "storage": storage(desc.storage), "transient": transient,
        "lifetime": if desc.lifetime == super::Lifetime::Program { "SDFG" } else { "Scope" },
    }})
}

/// Ranges end with their last element there.
fn range(subset: &Subset) -> Value {
    let one = |begin: &Expr, end: &Expr, step: &Expr| json!({"start": begin.to_string(), "end": end.to_string(), "step": step.to_string(), "tile": "1"});
    let mut ranges: Vec<Value> = subset
        .0
        .iter()
        .map(|dim| match dim {
            Dim::Index(e) => one(e, e, &Expr::one()),
            Dim::Range(r) if r.step.as_int().is_some_and(|s| s < 0) => {
                one(&r.begin, &(&r.end + 1), &r.step)
            }
            Dim::Range(r) => one(&r.begin, &(&r.end - 1), &r.step),
        })
        .collect();
    if ranges.is_empty() {
        ranges.push(one(&Expr::zero(), &Expr::zero(), &Expr::one()));
    }
    json!({"type": "Range", "ranges": ranges})
}

fn code_block(text: &str) -> Value {
    json!({"string_data": text, "language": "Python"})
}

impl Exporter {
    /// `bound`: the containers that connectors of a nested SDFG bind, and symbols with their types; `None` for the outermost.
    fn sdfg(&mut self, sdfg: &Sdfg, names: &Names, bound: Option<&BTreeSet<DataId>>) -> Value {
        let cfg_list_id = self.lists;
        self.lists += 1;
        let mut arrays = Object::new();
        for id in sdfg.ids() {
            let param = sdfg.params.iter().any(|p| p.kind == ParamKind::Data(id));
            let visible = bound.map_or(param || sdfg.returns.contains(&id), |b| b.contains(&id));
            arrays.insert(
                names.name(id).to_owned(),
                descriptor(sdfg.desc(id), !visible, names.arrays.contains(&id)),
            );
        }
        let mut symbols = Object::new();
        for symbol in &sdfg.symbols {
            symbols.insert(symbol.to_string(), json!("int64"));
        }
        let mut arguments = Vec::new();
        for param in &sdfg.params {
            match &param.kind {
                ParamKind::Data(id) => arguments.push(names.name(*id).to_owned()),
                ParamKind::Symbol(symbol, dtype) => {
                    symbols.insert(symbol.to_string(), json!(dtype.name()));
                    arguments.push(symbol.to_string());
                }
            }
        }
        region::defined(&sdfg.body, &mut |symbol| {
            symbols.insert(symbol.to_string(), json!("int64"));
        });
        let (nodes, edges) = self.region(sdfg, names, &sdfg.body);
        json!({
            "type": "SDFG",
            "attributes": {"name": identifier(&sdfg.name), "arg_names": arguments, "_arrays": arrays, "symbols": symbols},
            "nodes": nodes, "edges": edges, "collapsed": false, "label": identifier(&sdfg.name), "id": Value::Null,
            "cfg_list_id": cfg_list_id, "start_block": 0, "dace_version": "1.0.2",
        })
    }
}
