//! What a conflict between iterations is, in words.

use super::dependence::{Conflict, Touch, primed};
use super::presburger::{Fact, Verdict, solve};
use crate::sdfg::Sdfg;
use crate::symbolic::{Dim, Expr, Sym};
use std::collections::BTreeMap;

impl Conflict {
    /// The reason in words: "`A[i + 1]` written in iteration `i` is `A[i]` read in iteration `i + 1`".
    pub fn explain(&self, sdfg: &Sdfg) -> String {
        let name = &sdfg.desc(self.data).name;
        let names = self.names();
        let text = |touch: &Touch| {
            let dims: Vec<String> = touch
                .memlet
                .subset
                .0
                .iter()
                .map(|dim| shown(dim, &names))
                .collect();
            if dims.is_empty() {
                format!("`{name}`")
            } else {
                format!("`{name}[{}]`", dims.join(", "))
            }
        };
        let verb = |touch: &Touch| match (touch.write, touch.memlet.wcr) {
            (true, None) => "written",
            (true, Some(_)) => "updated",
            (false, _) => "read",
        };
        let here = self
            .params
            .iter()
            .map(|p| rename(&p.into(), &names).to_string())
            .collect::<Vec<_>>()
            .join(", ");
        let there = self
            .sample(&names)
            .unwrap_or_else(|| "another iteration".to_owned());
        let is = if self.certain { "is" } else { "may be" };
        let (first, second) = (text(&self.first), text(&self.second));
        let again = if first == second && self.first.memlet.subset == self.second.memlet.subset {
            String::new()
        } else {
            format!("{second} ")
        };
        format!(
            "{first} {} in iteration `{here}` {is} {again}{} in {there}",
            verb(&self.first),
            verb(&self.second)
        )
    }

    /// The names that the program has for the symbols, which carry numbers to be different; none for those of the body that
    /// cannot be told from others then.
    fn names(&self) -> Names {
        let mut names = Names::new();
        let mut taken = Vec::new();
        for param in &self.params {
            let plain = Sym::new(without_number(param.as_str()));
            let name = if taken.contains(&plain) {
                param.clone()
            } else {
                plain
            };
            taken.push(name.clone());
            names.insert(param.clone(), Some(name));
        }
        for local in &self.locals {
            let plain = Sym::new(without_number(local.as_str()));
            let name = (!taken.contains(&plain)).then_some(plain);
            taken.extend(name.clone());
            names.insert(local.clone(), name);
        }
        names
    }

    /// A second iteration, near the first, that conflicts with it.
    fn sample(&self, names: &Names) -> Option<String> {
        for distance in [1i64, -1, 2, -2, 3, -3] {
            for moved in (0..self.params.len()).rev() {
                let step = self.steps[moved].as_int()?;
                let mut facts = self.facts.clone();
                let mut there = Vec::new();
                for (k, param) in self.params.iter().enumerate() {
                    let by = if k == moved { distance * step } else { 0 };
                    let value = Expr::from(param) + by;
                    facts.push(Fact::eq(&Expr::from(primed(param)), &value));
                    there.push(rename(&value, names).to_string());
                }
                if solve(&facts) != Verdict::Infeasible {
                    return Some(format!("iteration `{}`", there.join(", ")));
                }
            }
        }
        None
    }
}

/// How symbols are shown; `None`: not at all.
type Names = BTreeMap<Sym, Option<Sym>>;

fn rename(e: &Expr, names: &Names) -> Expr {
    e.subs(&|s| names.get(s).cloned().flatten().map(Expr::from))
}

/// A dimension as the program has it, `…` where it speaks of something that has no name there.
fn shown(dim: &Dim, names: &Names) -> String {
    let nameless = names.iter().any(|(symbol, name)| {
        name.is_none()
            && match dim {
                Dim::Index(e) => e.contains(symbol),
                Dim::Range(r) => r.contains_sym(symbol),
            }
    });
    if nameless {
        return "…".to_owned();
    }
    dim.map(&mut |e| e.subs(&|s| names.get(s).cloned().flatten().map(Expr::from)))
        .to_string()
}

/// `i` of `i_12`.
fn without_number(name: &str) -> &str {
    match name.rsplit_once('_') {
        Some((base, number))
            if !base.is_empty()
                && !number.is_empty()
                && number.bytes().all(|b| b.is_ascii_digit()) =>
        {
            base
        }
        _ => name,
    }
}
