//! Rows that an innermost loop writes, handed to the loop as parameters of a closure.
//!
//! ```text
//! for j in 0..n { a.set(i*n + j, …); b.set(i*n + j, …) }
//!
//! (|a: &mut [Slot], b: &mut [Slot]| { … the same loop … })(a.row(i*n, n), b.row(i*n, n))
//! ```
//!
//! Containers share no memory, but raw pointers do not say so: before a vectorised loop LLVM compares the addresses of each pair of arrays
//! of which one is written, and keeps the loop scalar where there are too many pairs. A mutable reference among the
//! parameters says it.

use super::access::{Index, Place};
use super::emit::{Binding, Emit, Stride, inner_symbols, is_fallible};
use super::map::{Level, is_leaf};
use super::placement::key;
use super::token::rust_type;
use dace_core::sdfg::{DataId, Map, Region, accesses_of_region};
use dace_core::symbolic::Subset;
use proc_macro2::{Ident, TokenStream};
use quote::quote;
use std::collections::{BTreeMap, BTreeSet};

/// LLVM compares up to eight pairs; a loop that is entered often does not want many either.
const PAIRS: usize = 4;

/// A row that a loop over its last index writes.
pub(super) struct Row {
    base: Ident,
    /// Offset of the element of the first iteration.
    at: TokenStream,
    ty: TokenStream,
}

impl Emit<'_> {
    /// The rows that the loop writes, where telling them apart is worth it. To be asked inside the loop.
    pub(super) fn rows(
        &mut self,
        level: &Level,
        rest: &[Level],
        body: &Region,
        inner: &TokenStream,
        map: Option<&Map>,
    ) -> Vec<Row> {
        let Some(map) = map else {
            return Vec::new();
        };
        let shape = rest.is_empty() && level.range.step.as_int() == Some(1) && is_leaf(body);
        if !shape || self.place.late.contains(&level.var) || is_fallible(inner) {
            return Vec::new();
        }
        let mut subsets: BTreeMap<DataId, BTreeSet<&Subset>> = BTreeMap::new();
        let mut written = BTreeSet::new();
        let mut resolved = BTreeSet::new();
        accesses_of_region(body, &mut |a| {
            let data = a.memlet.data;
            if self.sdfg.desc(data).is_scalar() || self.place.is_private(data, key(map)) {
                return;
            }
            subsets.entry(data).or_default().insert(&a.memlet.subset);
            if a.write {
                written.insert(data);
            }
            if a.memlet.wcr.is_some() {
                resolved.insert(data);
            }
        });
        let others = |data: &DataId| -> usize {
            let mut count = 0;
            for (other, places) in &subsets {
                // A pair of written ones counts once.
                if other != data && (!written.contains(other) || other > data) {
                    count += places.len();
                }
            }
            count
        };
        let pairs: usize = written.iter().map(|d| others(d) * subsets[d].len()).sum();
        if pairs <= PAIRS {
            return Vec::new();
        }
        let inner_symbols = inner_symbols(body);
        let mut rows = Vec::new();
        for data in written.difference(&resolved) {
            // One element for each iteration, next to each other.
            let mut places = subsets[data].iter();
            let (Some(subset), None) = (places.next(), places.next()) else {
                continue;
            };
            let Some((last, outer)) = subset
                .as_point()
                .and_then(|p| p.split_last().map(|(l, o)| (*l, o.to_vec())))
            else {
                continue;
            };
            let along = last
                .linear_in(&level.var)
                .is_some_and(|(c, _)| c.as_int() == Some(1))
                && !outer.iter().any(|e| e.contains(&level.var));
            let fixed =
                |e: &dace_core::symbolic::Expr| !inner_symbols.iter().any(|s| e.contains(s));
            let shape = &self.sdfg.desc(*data).shape;
            let inside = outer
                .iter()
                .copied()
                .chain([last])
                .zip(shape)
                .all(|(e, n)| fixed(e) && self.is_proved(e, n));
            let dense = matches!(
                &self.bindings[data.0 as usize],
                Some(Binding::Array { strides, .. }) if matches!(strides.last(), Some(Stride::One))
                    || matches!(strides.last(), Some(Stride::Expr(e)) if e.as_int() == Some(1))
            );
            if !along || !inside || !dense {
                continue;
            }
            let begin = subset.subs(&|s| (*s == level.var).then(|| level.range.begin.clone()));
            let Some(index) = begin.as_point() else {
                continue;
            };
            // The loop's own accesses are proved, and an empty row has no place.
            let index = index
                .into_iter()
                .map(|e| Index::Checked(self.symbols.index(e)))
                .collect();
            if let Place::Element(_, at) = self.element(*data, index, false)
                && let Some(Binding::Array { base, .. }) = &self.bindings[data.0 as usize]
            {
                rows.push(Row {
                    base: base.clone(),
                    at,
                    ty: rust_type(self.sdfg.desc(*data).dtype),
                });
            }
        }
        rows
    }
}

/// The loop as a closure over the rows; `shift` is added to their begin, `count` is how many elements they have.
pub(super) fn over_rows(
    rows: &[Row],
    shift: Option<&Ident>,
    count: &TokenStream,
    looped: TokenStream,
) -> TokenStream {
    if rows.is_empty() {
        return looped;
    }
    let bases: Vec<_> = rows.iter().map(|r| &r.base).collect();
    let types = rows.iter().map(|r| &r.ty);
    let begins: Vec<_> = rows
        .iter()
        .map(|r| {
            let at = &r.at;
            match shift {
                Some(shift) => quote!(#at + #shift),
                None => at.clone(),
            }
        })
        .collect();
    quote! {
        (|#(#bases: &mut [rt::Slot<#types>]),*| {
            #(let #bases = rt::Ptr::of_row(#bases, #begins);)*
            #looped
        })(#(#bases.row(#begins, #count)),*);
    }
}
