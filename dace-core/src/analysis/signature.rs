//! How a program is called: which symbols the shapes of the arguments give, which become trailing arguments, what is
//! to be checked, and what is written.

use crate::sdfg::{DataId, ParamKind, Sdfg, accesses_of_region};
use crate::symbolic::{Expr, Sym};
use std::collections::BTreeSet;

/// The calling convention of a program.
///
/// A caller first knows the values of the symbol parameters. It then takes the entries of [`Signature::solved`] in order, the
/// trailing arguments, requires every free symbol to be at least 0, and last compares every entry of [`Signature::checks`].
#[derive(Clone, Debug, PartialEq)]
pub struct Signature {
    /// Free symbols that shapes give, in an order in which each needs only symbol parameters and symbols solved before.
    pub solved: Vec<Solved>,
    /// Free symbols that no shape gives, in the order of [`Sdfg::symbols`]: arguments after the parameters.
    pub trailing: Vec<Sym>,
    /// Every dimension of every array parameter, in order; those that were solved from hold by construction.
    pub checks: Vec<Check>,
    /// Parameters (indices in [`Sdfg::params`]) that are arrays and are written.
    pub written: BTreeSet<usize>,
}

/// `sym = (size of dimension dim of parameter param - offset) / factor`; a division that leaves a rest is a shape error.
#[derive(Clone, Debug, PartialEq)]
pub struct Solved {
    pub sym: Sym,
    /// Index in [`Sdfg::params`].
    pub param: usize,
    pub dim: usize,
    /// Not zero.
    pub factor: i64,
    pub offset: Expr,
}

/// Dimension `dim` of parameter `param` has to be `expected`.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    /// Index in [`Sdfg::params`].
    pub param: usize,
    pub dim: usize,
    pub expected: Expr,
}

impl Solved {
    /// The symbol's value for a dimension of size `found`, in terms of the symbols known before; `None` when there is none (a rest,
    /// or an offset without a value).
    pub fn value(&self, found: i64, value_of: &dyn Fn(&Sym) -> Option<i64>) -> Option<i64> {
        let span = found.checked_sub(self.offset.eval(value_of)?)?;
        (span.checked_rem(self.factor)? == 0).then(|| span / self.factor)
    }
}

impl Signature {
    /// Whether the check compares the very dimension a symbol was solved from.
    pub fn is_solved_from(&self, check: &Check) -> bool {
        self.solved
            .iter()
            .any(|s| s.param == check.param && s.dim == check.dim)
    }
}

/// The calling convention of a program.
pub fn signature(sdfg: &Sdfg) -> Signature {
    let mut checks = Vec::new();
    for (param, p) in sdfg.params.iter().enumerate() {
        if let ParamKind::Data(id) = p.kind {
            for (dim, expected) in sdfg.desc(id).shape.iter().enumerate() {
                checks.push(Check {
                    param,
                    dim,
                    expected: expected.clone(),
                });
            }
        }
    }
    let mut unknown: BTreeSet<Sym> = sdfg.symbols.iter().cloned().collect();
    let mut solved = Vec::new();
    for check in &checks {
        if let Some(sym) = check.expected.as_sym()
            && unknown.remove(sym)
        {
            solved.push(Solved {
                sym: sym.clone(),
                param: check.param,
                dim: check.dim,
                factor: 1,
                offset: Expr::zero(),
            });
        }
    }
    // A solved symbol may make another dimension solvable.
    while let Some(next) = checks
        .iter()
        .find_map(|check| solve_linear(check, &unknown))
    {
        unknown.remove(&next.sym);
        solved.push(next);
    }
    let trailing = sdfg
        .symbols
        .iter()
        .filter(|s| unknown.contains(s))
        .cloned()
        .collect();
    let writes = writes_of(sdfg);
    let written = sdfg.params.iter().enumerate();
    let written = written.filter(|(_, p)| matches!(p.kind, ParamKind::Data(id) if writes.contains(&id) && !sdfg.desc(id).is_scalar()));
    let written = written.map(|(index, _)| index).collect();
    Signature {
        solved,
        trailing,
        checks,
        written,
    }
}

/// A dimension that names one unknown symbol, linearly and with a constant factor.
fn solve_linear(check: &Check, unknown: &BTreeSet<Sym>) -> Option<Solved> {
    let symbols = check.expected.symbols();
    let mut open = symbols.iter().filter(|s| unknown.contains(s));
    let (sym, None) = (open.next()?, open.next()) else {
        return None;
    };
    let (factor, offset) = check.expected.linear_in(sym)?;
    let factor = factor.as_int().filter(|f| *f != 0)?;
    Some(Solved {
        sym: sym.clone(),
        param: check.param,
        dim: check.dim,
        factor,
        offset,
    })
}

/// The containers that a program writes, by nested programs too.
pub fn writes_of(sdfg: &Sdfg) -> BTreeSet<DataId> {
    let mut writes = BTreeSet::new();
    accesses_of_region(&sdfg.body, &mut |access| {
        if access.write {
            writes.insert(access.memlet.data);
        }
    });
    writes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Span;
    use crate::sdfg::{Block, Code, DType, DataDesc, Memlet, Param, Region, State, Tasklet};

    fn sym(name: &str) -> Expr {
        Expr::sym(name)
    }

    /// A program with array parameters of these shapes, symbol parameters and free symbols, in this order; it writes the first array.
    fn program(arrays: &[Vec<Expr>], ints: &[&str], symbols: &[&str]) -> Sdfg {
        let mut sdfg = Sdfg {
            name: "f".into(),
            params: Vec::new(),
            symbols: symbols.iter().map(|s| Sym::new(s)).collect(),
            data: Vec::new(),
            returns: Vec::new(),
            body: Region::default(),
            span: Span::default(),
        };
        for (index, shape) in arrays.iter().enumerate() {
            let name = format!("a{index}");
            let id = sdfg.add(DataDesc {
                transient: false,
                ..DataDesc::transient(&name, DType::Float64, shape.clone())
            });
            sdfg.params.push(Param {
                name,
                kind: ParamKind::Data(id),
                default: None,
                span: Span::default(),
            });
        }
        for name in ints {
            let kind = ParamKind::Symbol(Sym::new(name), DType::Int64);
            sdfg.params.push(Param {
                name: (*name).into(),
                kind,
                default: None,
                span: Span::default(),
            });
        }
        let index = vec![Expr::zero(); arrays[0].len()];
        let code = Code::Const(crate::sdfg::Const::zero(DType::Float64));
        let out = Memlet::point(DataId(0), index);
        sdfg.body.blocks.push(Block::State(State::of_tasklet(
            Tasklet::new("t", code, Span::default()),
            vec![],
            out,
        )));
        sdfg
    }

    #[test]
    fn plain_before_linear_before_trailing() {
        let arrays = [
            vec![sym("N") + 1, sym("M") * 2 + sym("N")],
            vec![sym("N") * sym("K"), sym("N")],
        ];
        let s = signature(&program(&arrays, &[], &["N", "M", "K"]));
        assert_eq!(s.solved.len(), 2);
        assert_eq!(
            s.solved[0],
            Solved {
                sym: "N".into(),
                param: 1,
                dim: 1,
                factor: 1,
                offset: Expr::zero()
            }
        );
        assert_eq!(
            s.solved[1],
            Solved {
                sym: "M".into(),
                param: 0,
                dim: 1,
                factor: 2,
                offset: sym("N")
            }
        );
        assert_eq!(s.trailing, vec![Sym::new("K")]);
        assert_eq!(s.checks.len(), 4);
        assert!(s.is_solved_from(&s.checks[3]) && !s.is_solved_from(&s.checks[0]));
        assert_eq!(s.written, BTreeSet::from([0]));
        let n = |x: &Sym| (x.as_str() == "N").then_some(3);
        assert_eq!(s.solved[1].value(9, &n), Some(3));
        assert_eq!(s.solved[1].value(10, &n), None, "a rest");
        assert_eq!(s.solved[1].value(10, &|_| None), None, "an unknown offset");
    }

    #[test]
    fn symbol_parameters_are_known() {
        let s = signature(&program(
            &[vec![sym("n") + sym("M"), sym("n")]],
            &["n"],
            &["M"],
        ));
        assert_eq!(
            s.solved,
            vec![Solved {
                sym: "M".into(),
                param: 0,
                dim: 0,
                factor: 1,
                offset: sym("n")
            }]
        );
        assert!(s.trailing.is_empty());
        assert_eq!(s.checks[1].expected, sym("n"));
    }

    #[test]
    fn what_two_unknowns_share_is_not_solved() {
        let s = signature(&program(
            &[
                vec![sym("N") + sym("M")],
                vec![sym("K").floor_div(&Expr::int(2))],
            ],
            &[],
            &["N", "M", "K"],
        ));
        assert!(s.solved.is_empty());
        assert_eq!(
            s.trailing,
            vec![Sym::new("N"), Sym::new("M"), Sym::new("K")]
        );
    }
}
