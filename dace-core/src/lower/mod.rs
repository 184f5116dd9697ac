//! Stage 2: the tree of Python to an SDFG, with NumPy's types, shapes, views and control flow.
//!
//! - `signature.rs`: annotations, parameters, module level; `control.rs`: statements; `bind.rs`: names, branches and loops that rebind them
//! - `expr.rs`: expressions; `elementwise.rs`: promotion and broadcasting; `index.rs`: subscripts and views; `store.rs`: from values to states
//! - `typing.rs`: scalars whose type depends on a condition; `selection.rs`: arrays whose size is known at run time only
//! - `call.rs`: calls of helpers and programs; `numpy/`: the functions of NumPy, one table
//!
//! Every statement with an array on its right-hand side becomes one state with one map; temporaries appear only where NumPy's meaning needs
//! them (operands that the statement overwrites) or where the value is wanted by something that is not elementwise.

mod bind;
mod call;
mod control;
mod elementwise;
mod expr;
mod fits;
mod index;
mod limits;
mod numpy;
mod returns;
mod selection;
mod signature;
mod store;
mod typing;
mod value;

use crate::diag::{Diagnostic, ErrorCode, Span};
use crate::sdfg::{
    Assign, Block, Code, Const, DType, DataDesc, DataId, Eval, Memlet, Region, Role, Sdfg,
};
use crate::symbolic::{Expr, Facts, MAX_SIZE, Sym};
use crate::syntax::ast;
use bind::Frame;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use value::{Elem, Value};

/// An error has been reported (or belongs to one reported before); lowering goes on with the next statement.
#[derive(Clone, Copy, Debug)]
struct Stop;

type R<T> = Result<T, Stop>;

/// A lowered program and the function it came from.
#[derive(Clone, Debug)]
pub struct Lowered {
    pub sdfg: Sdfg,
    pub function: Rc<ast::Function>,
}

/// Lowers all programs of a module: functions that are decorated as programs, or whose parameters are all annotated. Other functions are helpers, lowered
/// where they are called. All mistakes are reported at once.
pub fn lower(module: &ast::Module) -> Result<Vec<Lowered>, Vec<Diagnostic>> {
    let mut diagnostics = Vec::new();
    let globals = signature::globals(module, &mut diagnostics);
    let mut programs = Vec::new();
    for function in &globals.functions {
        if !signature::is_program(function, &globals) {
            continue;
        }
        let mut lowerer = Lowerer::new(&globals, function);
        lowerer.program(function);
        diagnostics.append(&mut lowerer.diagnostics);
        let mut sdfg = lowerer.sdfg;
        crate::sdfg::propagate(&mut sdfg);
        programs.push(Lowered {
            sdfg,
            function: function.clone(),
        });
    }
    if programs.is_empty() && diagnostics.is_empty() {
        let (span, hint) = globals.functions.first().map_or(
            (
                Span::default(),
                "write a function: `def f(A: float64[N]): …`",
            ),
            |f| {
                (
                    f.name_span,
                    "annotate its parameters, e.g. `A: float64[N, M]`",
                )
            },
        );
        diagnostics.push(
            Diagnostic::new(
                ErrorCode::Annotation,
                span,
                "there is no program here: no function with annotated parameters",
            )
            .hint(hint),
        );
    }
    diagnostics.sort_by_key(|d| d.span);
    diagnostics.dedup();
    if diagnostics.is_empty() {
        Ok(programs)
    } else {
        Err(diagnostics)
    }
}

/// What the module level defines.
struct Globals {
    functions: Vec<Rc<ast::Function>>,
    values: BTreeMap<String, Value>,
    /// Names of the text that symbols of the compiler must not have.
    numbered: BTreeSet<String>,
}

struct Lowerer<'a> {
    globals: &'a Globals,
    diagnostics: Vec<Diagnostic>,
    sdfg: Sdfg,
    /// What is known of symbols here.
    facts: Facts,
    /// The regions being filled, innermost last.
    regions: Vec<Vec<Block>>,
    /// The function calls being inlined, the program itself first.
    frames: Vec<Frame>,
    /// How often each container has been written.
    versions: Vec<u32>,
    /// Symbols assigned from data that is unchanged since: the same value gets the same symbol.
    assigned: Vec<Assigned>,
    /// Masks computed in this statement: the same condition on unchanged data selects by the same array.
    masks: Vec<HeldMask>,
    /// Numbers of elements that boolean arrays select.
    counts: Vec<(value::Mask, Expr)>,
    /// Containers of variables that become smaller: where their sizes are, for the dimensions that change.
    varying: BTreeMap<DataId, Vec<Option<DataId>>>,
    /// Containers of scalar variables: all types that they are given.
    held: BTreeMap<DataId, Vec<value::Typing>>,
    /// The types of what they have been given, in the order of the text.
    given: Vec<(DataId, value::Typing)>,
    counter: u32,
    /// What a `return` of the program writes to, once one has been seen.
    returned: Option<Vec<Value>>,
    /// Loops around the current statement in the current frame; false for a `dace.map`.
    loops: Vec<bool>,
    /// Variables whose type turned out wider than their container's.
    promotions: Vec<bind::Promotion>,
    /// What is being assigned is an array for NumPy, though it may have no dimensions.
    array_assigned: bool,
    /// Uses of values that are not computed yet: container, version, place.
    pinned: Vec<(DataId, u32, Span)>,
    /// Expressions and statements lowered, and blocks made; where there were too many (`limits.rs`).
    steps: u32,
    blocks: u32,
    exhausted: Option<Span>,
    names: crate::sdfg::Names,
}

/// A condition on arrays, and where its values are.
struct HeldMask {
    code: Code,
    inputs: Vec<Memlet>,
    shape: Vec<Expr>,
    versions: Vec<u32>,
    view: value::View,
}

#[derive(Clone)]
struct Assigned {
    code: Code,
    inputs: Vec<Memlet>,
    versions: Vec<u32>,
    low: Option<Expr>,
    high: Option<Expr>,
    sym: Sym,
}

impl<'a> Lowerer<'a> {
    fn new(globals: &'a Globals, function: &ast::Function) -> Self {
        Self {
            globals,
            diagnostics: Vec::new(),
            sdfg: Sdfg {
                name: function.name.clone(),
                params: Vec::new(),
                symbols: Vec::new(),
                data: Vec::new(),
                returns: Vec::new(),
                body: Region::default(),
                span: function.name_span,
            },
            facts: Facts::new(),
            regions: vec![Vec::new()],
            frames: Vec::new(),
            versions: Vec::new(),
            assigned: Vec::new(),
            array_assigned: false,
            masks: Vec::new(),
            counts: Vec::new(),
            varying: BTreeMap::new(),
            held: BTreeMap::new(),
            given: Vec::new(),
            counter: 0,
            returned: None,
            loops: Vec::new(),
            promotions: Vec::new(),
            pinned: Vec::new(),
            steps: 0,
            blocks: 0,
            exhausted: None,
            names: crate::sdfg::Names::default(),
        }
    }

    // Diagnostics.

    fn error(&mut self, code: ErrorCode, span: Span, message: impl Into<String>) -> Stop {
        self.diagnostics.push(Diagnostic::new(code, span, message));
        Stop
    }
    fn error_hint(
        &mut self,
        code: ErrorCode,
        span: Span,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Stop {
        self.diagnostics
            .push(Diagnostic::new(code, span, message).hint(hint));
        Stop
    }
    fn undefined(&mut self, value: &Value, span: Span) -> Stop {
        if let Value::Undefined(at, why) = value {
            self.diagnostics.push(
                Diagnostic::new(
                    ErrorCode::NotDefined,
                    span,
                    format!("this variable may have no value here: {why}"),
                )
                .hint("give it a value on every path before")
                .note(*at, "assigned here"),
            );
        }
        Stop
    }

    // Names and symbols.

    fn fresh(&mut self, base: &str) -> Sym {
        loop {
            self.counter += 1;
            let name = format!("{base}_{}", self.counter);
            if !self.globals.numbered.contains(&name) {
                return Sym::new(&name);
            }
        }
    }

    // Blocks.

    fn push(&mut self, block: Block) {
        self.blocks += 1;
        if let Some(region) = self.regions.last_mut() {
            region.push(block);
        }
    }
    /// Runs `f` with a new region as the place to put blocks; gives that region.
    fn in_region<T>(&mut self, f: impl FnOnce(&mut Self) -> T) -> (Region, T) {
        self.regions.push(Vec::new());
        let facts = self.facts.mark();
        // What is assigned in the region is not in scope after it.
        let assigned = self.assigned.clone();
        let masks = std::mem::take(&mut self.masks);
        let counts = self.counts.clone();
        let result = f(self);
        self.counts = counts;
        self.masks = masks;
        self.facts.truncate(facts);
        self.assigned = assigned;
        (Region::new(self.regions.pop().unwrap_or_default()), result)
    }

    fn new_data(&mut self, mut desc: DataDesc) -> DataId {
        if !limits::may_be_shape(&desc.shape) {
            self.error_hint(
                ErrorCode::Shape,
                desc.span,
                format!("the sizes of `{}` are too long an expression", desc.name),
                "give a name to a size: an array's parameter `A: float64[N, M]` has sizes of its own",
            );
            let rank = desc.shape.len();
            desc.shape = vec![Expr::one(); rank];
            desc.strides = vec![Expr::one(); rank];
        }
        desc.name = self.names.unique(&desc.name);
        let id = DataId(self.sdfg.data.len() as u32);
        self.sdfg.data.push(desc);
        self.versions.push(0);
        id
    }
    fn new_transient(&mut self, name: &str, dtype: DType, shape: Vec<Expr>, span: Span) -> DataId {
        // The strides are products of the sizes, which may be too long to be formed.
        let strides = if limits::may_be_shape(&shape) {
            crate::sdfg::row_major(&shape)
        } else {
            shape.clone()
        };
        self.new_data(DataDesc {
            shape,
            strides,
            span,
            ..DataDesc::transient(name, dtype, Vec::new())
        })
    }
    fn written(&mut self, data: DataId) {
        self.versions[data.0 as usize] += 1;
    }
    fn version(&self, data: DataId) -> u32 {
        self.versions[data.0 as usize]
    }

    /// The value of an integer scalar as a symbolic expression: a new symbol is assigned from data where needed.
    fn symbolize(&mut self, e: &Elem, span: Span) -> R<Expr> {
        if let Some(Const::Int(v, _)) = e.constant()
            && i64::try_from(v).is_err()
        {
            return Err(self.error(
                ErrorCode::Value,
                span,
                format!("{v} does not fit into int64, in which sizes and indices are computed"),
            ));
        }
        if let Some(known) = e.symbolic(&self.facts) {
            return Ok(known);
        }
        if !(e.dtype.is_int() || e.dtype == DType::Bool) {
            return Err(self.error_hint(
                ErrorCode::Type,
                span,
                format!("expected an integer, found {}", e.dtype),
                "Python does not take a float here; convert with int(…) or use //",
            ));
        }
        let code = e.code.clone().cast(e.dtype, DType::Int64);
        Ok(Expr::from(self.assign(
            "s",
            code,
            e.inputs.clone(),
            None,
            None,
            span,
        )))
    }

    /// The same size or index, without the wrapping where that makes no difference: what does not fit comes out of it, by less than 2^64, as a number that is
    /// no size and no index either.
    fn unwrapped(&self, e: Expr) -> Expr {
        const FAR: i128 = (1 << 64) - 2 * MAX_SIZE as i128;
        match e.as_wrapped() {
            Some(inner)
                if self
                    .facts
                    .interval(inner)
                    .is_some_and(|(low, high)| -FAR <= low && high <= FAR) =>
            {
                inner.clone()
            }
            _ => e,
        }
    }

    /// A symbol with the value of a computation (`int64`), checked to lie within the bounds.
    fn assign(
        &mut self,
        base: &str,
        code: Code,
        inputs: Vec<Memlet>,
        low: Option<Expr>,
        high: Option<Expr>,
        span: Span,
    ) -> Sym {
        self.assign_as(base, code, inputs, low, high, None, span)
    }

    /// As [`Self::assign`], and what the value is for.
    fn assign_as(
        &mut self,
        base: &str,
        code: Code,
        inputs: Vec<Memlet>,
        low: Option<Expr>,
        high: Option<Expr>,
        role: Option<Role>,
        span: Span,
    ) -> Sym {
        let versions: Vec<u32> = inputs.iter().map(|m| self.version(m.data)).collect();
        if let Some(known) = self.assigned.iter().find(|a| {
            a.code == code
                && a.inputs == inputs
                && a.versions == versions
                && a.low == low
                && a.high == high
        }) {
            return known.sym.clone();
        }
        let sym = self.fresh(base);
        self.facts.bound(&sym, low.clone(), high.clone());
        self.push(Block::Assign(Assign {
            sym: sym.clone(),
            value: Eval {
                code: code.clone(),
                inputs: inputs.clone(),
            },
            low: low.clone(),
            high: high.clone(),
            role,
            span,
        }));
        self.assigned.push(Assigned {
            code,
            inputs,
            versions,
            low,
            high,
            sym: sym.clone(),
        });
        sym
    }

    /// Checks at run time that two sizes are equal (an index error otherwise).
    fn check_equal(&mut self, a: &Expr, b: &Expr, span: Span) {
        self.assign(
            "size",
            Code::Sym(a.clone()),
            Vec::new(),
            Some(b.clone()),
            Some(b.clone()),
            span,
        );
        self.facts.assume_nonneg(a - b);
        self.facts.assume_nonneg(b - a);
    }
    /// Checks at run time that an expression is at least a constant.
    fn check_at_least(&mut self, e: &Expr, least: i64, span: Span) {
        if !self.facts.le(&Expr::int(least), e) {
            self.assign(
                "size",
                Code::Sym(e.clone()),
                Vec::new(),
                Some(Expr::int(least)),
                None,
                span,
            );
            self.facts.assume_nonneg(e - least);
        }
    }
}
