//! Calls of other programs: the callee's body in place, on views of the caller's containers.

use super::emit::{Binding, Emit, Stride, inner_symbols};
use super::placement::Placement;
use super::token::rust_type;
use dace_core::sdfg::{Memlet, Nested, ParamKind};
use dace_core::symbolic::{Expr, MAX_SIZE, Sym};
use proc_macro2::TokenStream;
use quote::quote;
use std::collections::{BTreeMap, BTreeSet};

impl Emit<'_> {
    /// `edges` are the connectors with their memlets.
    pub(super) fn nested(&mut self, n: &Nested, edges: &[(usize, &Memlet)]) -> TokenStream {
        let mut before = TokenStream::new();
        let mut after = TokenStream::new();
        let inner_written = dace_core::analysis::signature::writes_of(&n.sdfg);
        let mut bindings: Vec<Option<Binding>> = vec![None; n.sdfg.data.len()];
        let mut regions: BTreeMap<usize, &Memlet> = BTreeMap::new();
        for (conn, m) in edges {
            regions.entry(*conn).or_insert(m);
        }
        for (conn, m) in regions {
            let Some(inner) = n.args.get(conn).copied() else {
                continue;
            };
            let desc = n.sdfg.desc(inner);
            let ty = rust_type(desc.dtype);
            let name = self.local(&format!("{}_{}", n.sdfg.name, desc.name));
            if desc.is_scalar() {
                let place = self.place(m, true);
                let value = place.get();
                before.extend(quote!(let mut #name: #ty = #value;));
                if inner_written.contains(&inner) {
                    after.extend(place.set(quote!(#name)));
                }
                bindings[inner.0 as usize] = Some(Binding::Scalar(name));
                continue;
            }
            let region = self.region_of(m);
            // What the callee believes of the sizes has to be so.
            let value_of = |s: &Sym| {
                n.symbols
                    .iter()
                    .find(|(t, _)| t == s)
                    .map(|(_, e)| e.clone())
            };
            for (dim, (inner_size, (count, _))) in desc.shape.iter().zip(&region.dims).enumerate() {
                let believed = inner_size.subs(&value_of);
                if !self.facts.eq(&believed, count) {
                    let (found, value, label) = (
                        self.symbols.exact(count).ts,
                        self.symbols.wide(&believed).ts,
                        desc.name.as_str(),
                    );
                    let expected = inner_size.to_string();
                    before.extend(quote!(rt::same(#found, #value, #label, #dim, #expected)?;));
                }
            }
            let (checks, address) = (&region.checks, &region.address);
            before.extend(quote!(#checks let #name = rt::Ptr::<#ty>::new(#address);));
            let mut strides = Vec::new();
            for (_, stride) in &region.dims {
                let s = self.local("stride");
                before.extend(quote!(let #s: i64 = #stride;));
                strides.push(Stride::Var(s));
            }
            bindings[inner.0 as usize] = Some(Binding::Array {
                base: name,
                strides,
            });
        }
        // The callee's symbols under names of their own.
        let bound: BTreeSet<_> = n.args.iter().copied().collect();
        let facts = self.facts.clone();
        let mut inner = Emit {
            sdfg: &n.sdfg,
            options: self.options,
            names: std::mem::take(&mut self.names),
            symbols: super::expr::Symbols::default(),
            place: Placement::default(),
            bindings,
            facts: dace_core::symbolic::Facts::new(),
            scopes: Vec::new(),
            depth: std::collections::HashMap::new(),
            accumulators: Vec::new(),
            idents: std::collections::HashMap::new(),
            locals: std::mem::take(&mut self.locals),
            parallel: self.parallel,
            // It has another name inside.
            divided: None,
            stack: self.stack,
        };
        let mut given: Vec<(Sym, bool)> =
            n.sdfg.symbols.iter().map(|s| (s.clone(), true)).collect();
        given.extend(n.sdfg.params.iter().filter_map(|p| {
            if let ParamKind::Symbol(s, _) = &p.kind {
                Some((s.clone(), false))
            } else {
                None
            }
        }));
        for (sym, size) in given {
            let Some((_, value)) = n.symbols.iter().find(|(s, _)| *s == sym) else {
                continue;
            };
            let value_ts = self.symbols.exact(value).ts;
            let magnitude = self.symbols.magnitude(value);
            let size = size && facts.is_nonneg(value);
            let small = facts
                .interval(value)
                .is_some_and(|(_, high)| high <= i128::from(MAX_SIZE));
            let ident = inner.define(&sym, magnitude);
            if size && small {
                inner.facts.size(&sym);
            } else if size {
                inner.facts.bound(&sym, Some(Expr::zero()), None);
            } else {
                inner.facts.bound(
                    &sym,
                    value.as_int().map(Expr::int),
                    value.as_int().map(Expr::int),
                );
            }
            before.extend(quote!(let #ident: i64 = #value_ts;));
        }
        inner.place = Placement::new(
            &n.sdfg,
            &bound,
            &inner.facts,
            self.parallel,
            &mut inner.stack,
        );
        inner.bind_transients();
        let late: Vec<_> = inner_symbols(&n.sdfg.body)
            .into_iter()
            .filter(|s| inner.place.late.contains(s))
            .collect();
        let late: Vec<_> = late.iter().map(|s| inner.symbol_ident(s)).collect();
        let list = inner.place.function.clone();
        let declared = inner.declare(&list);
        let body = inner.region(&n.sdfg.body);
        let body = if inner.place.has_return {
            quote!('program: { #body })
        } else {
            body
        };
        self.stack = inner.stack;
        self.names = std::mem::take(&mut inner.names);
        self.locals = std::mem::take(&mut inner.locals);
        quote!({ #before #(let mut #late: i64 = 0;)* #declared #body #after })
    }
}
