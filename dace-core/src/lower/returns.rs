//! `return` inside a loop of a helper: helpers are lowered where they are called, so that a return may leave the loop only.
//!
//! ```text
//! for i in range(N):                       returned = False
//!     if A[i] > x:                         for i in range(N):
//!         return i                             if A[i] > x:
//! return -1                                        value = i
//!                                    ->            returned = True
//!                                                  break
//!                                          if returned:
//!                                              return value
//!                                          return -1
//! ```

use crate::diag::Span;
use crate::syntax::ast::{Expr, ExprKind, Stmt, StmtKind};

/// No program has names like these.
const RETURNED: &str = "returned?";
const VALUE: &str = "returned value";

/// The body with no `return` inside of a loop; `None` if it has none already.
pub(super) fn out_of_loops(body: &[Stmt]) -> Option<Vec<Stmt>> {
    if !any(body, false) {
        return None;
    }
    let mut counts = Vec::new();
    find(body, &mut counts);
    let first = counts.first().copied().flatten();
    let count = first.filter(|_| counts.iter().all(|c| *c == first));
    Some(outside(body, count))
}

/// Whether there is a `return` inside of a loop.
fn any(body: &[Stmt], in_loop: bool) -> bool {
    body.iter().any(|s| match &s.kind {
        StmtKind::Return(_) => in_loop,
        StmtKind::If { then, orelse, .. } => any(then, in_loop) || any(orelse, in_loop),
        StmtKind::For { iter, body, .. } => !is_map(iter) && any(body, true),
        StmtKind::While { body, .. } => any(body, true),
        _ => false,
    })
}

/// The iterations of a `dace.map` have no order that a return could end.
fn is_map(iter: &Expr) -> bool {
    match &iter.kind {
        ExprKind::Subscript { value, .. } => match &value.kind {
            ExprKind::Attribute { attr, .. } => attr == "map",
            ExprKind::Name(name) => name == "map",
            _ => false,
        },
        // `dace.map[...] @ Schedule`
        ExprKind::Binary { left, .. } => is_map(left),
        _ => false,
    }
}

/// For each return of a value, how many items it has if it is a tuple.
fn find(body: &[Stmt], counts: &mut Vec<Option<usize>>) {
    for s in body {
        match &s.kind {
            StmtKind::Return(Some(value)) => {
                counts.push(match &value.kind {
                    ExprKind::Tuple(items) => Some(items.len()),
                    _ => None,
                });
            }
            StmtKind::If { then, orelse, .. } => {
                find(then, counts);
                find(orelse, counts);
            }
            StmtKind::For { body, .. } | StmtKind::While { body, .. } => find(body, counts),
            _ => {}
        }
    }
}

fn name(name: &str, span: Span) -> Expr {
    Expr {
        kind: ExprKind::Name(name.to_owned()),
        span,
    }
}

/// What holds the value from the return to the end of the loop.
fn value(count: Option<usize>, span: Span) -> Expr {
    match count {
        None => name(VALUE, span),
        Some(n) => Expr {
            kind: ExprKind::Tuple(
                (0..n)
                    .map(|k| name(&format!("{VALUE} {k}"), span))
                    .collect(),
            ),
            span,
        },
    }
}

fn assign(target: Expr, value: Expr) -> Stmt {
    let span = target.span;
    Stmt {
        kind: StmtKind::Assign {
            targets: vec![target],
            value,
        },
        span,
    }
}

fn flag(holds: bool, span: Span) -> Stmt {
    let holds = Expr {
        kind: ExprKind::Bool(holds),
        span,
    };
    assign(name(RETURNED, span), holds)
}

/// `if returned:` and what then is to be done.
fn if_returned(then: Stmt) -> Stmt {
    let span = then.span;
    Stmt {
        kind: StmtKind::If {
            test: name(RETURNED, span),
            then: vec![then],
            orelse: Vec::new(),
        },
        span,
    }
}

/// Statements that stand in no loop.
fn outside(body: &[Stmt], count: Option<usize>) -> Vec<Stmt> {
    let mut out = Vec::new();
    for s in body {
        let span = s.span;
        if !any(std::slice::from_ref(s), false) {
            out.push(s.clone());
            continue;
        }
        if let StmtKind::If { test, then, orelse } = &s.kind {
            out.push(Stmt {
                kind: StmtKind::If {
                    test: test.clone(),
                    then: outside(then, count),
                    orelse: outside(orelse, count),
                },
                span,
            });
            continue;
        }
        let with_value = has_value(std::slice::from_ref(s));
        if with_value {
            // Of the narrowest type, so that the value decides its own.
            for target in match value(count, span).kind {
                ExprKind::Tuple(items) => items,
                kind => vec![Expr { kind, span }],
            } {
                let nothing = Expr {
                    kind: ExprKind::Bool(false),
                    span,
                };
                out.push(assign(target, nothing));
            }
        }
        out.push(flag(false, span));
        out.extend(inside(std::slice::from_ref(s), count));
        // The last statement of `inside` leaves the loop around; here there is none.
        out.pop();
        out.push(if_returned(Stmt {
            kind: StmtKind::Return(with_value.then(|| value(count, span))),
            span,
        }));
    }
    out
}

fn has_value(body: &[Stmt]) -> bool {
    body.iter().any(|s| match &s.kind {
        StmtKind::Return(value) => value.is_some(),
        StmtKind::If { then, orelse, .. } => has_value(then) || has_value(orelse),
        StmtKind::For { body, .. } | StmtKind::While { body, .. } => has_value(body),
        _ => false,
    })
}

/// Statements that stand in a loop: a `return` leaves it, and where it was that of an inner loop the outer one, too.
fn inside(body: &[Stmt], count: Option<usize>) -> Vec<Stmt> {
    let mut out = Vec::new();
    for s in body {
        let span = s.span;
        let leave = Stmt {
            kind: StmtKind::Break,
            span,
        };
        let again = |kind: StmtKind| Stmt { kind, span };
        match &s.kind {
            StmtKind::Return(result) => {
                if let Some(result) = result {
                    out.push(assign(value(count, span), result.clone()));
                }
                out.push(flag(true, span));
                out.push(leave);
            }
            StmtKind::If { test, then, orelse } => out.push(again(StmtKind::If {
                test: test.clone(),
                then: inside(then, count),
                orelse: inside(orelse, count),
            })),
            StmtKind::For {
                target,
                iter,
                body,
                orelse,
            } if any(std::slice::from_ref(s), false) => {
                out.push(again(StmtKind::For {
                    target: target.clone(),
                    iter: iter.clone(),
                    body: inside(body, count),
                    orelse: orelse.clone(),
                }));
                out.push(if_returned(leave));
            }
            StmtKind::While { test, body, orelse } if any(std::slice::from_ref(s), false) => {
                out.push(again(StmtKind::While {
                    test: test.clone(),
                    body: inside(body, count),
                    orelse: orelse.clone(),
                }));
                out.push(if_returned(leave));
            }
            _ => out.push(s.clone()),
        }
    }
    out
}
