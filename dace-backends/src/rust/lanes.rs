//! Reductions in vector registers.

use super::code::operate;
use super::emit::{Binding, Emit, is_fallible};
use super::map::{Level, is_leaf};
use super::parallel::Target;
use super::placement::key;
use super::region::identity;
use super::token::{Tok, constant, rust_type};
use dace_core::sdfg::{Block, Code, Const, Map, Memlet, Node, Region, Wcr, accesses_of_region};
use dace_core::symbolic::{Expr, Range, Sym};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};
use std::collections::BTreeSet;

/// Accumulators side by side of 8 bytes each.
const LANES: usize = 16;

impl Emit<'_> {
    /// The innermost loop as a reduction in lanes, if all it does is accumulate floating-point numbers into variables.
    pub(super) fn in_lanes(
        &mut self,
        level: &Level,
        rest: &[Level],
        body: &Region,
        inner: &TokenStream,
        straight: bool,
        map: Option<&Map>,
    ) -> Option<TokenStream> {
        let shape =
            rest.is_empty() && straight && level.range.step.as_int() == Some(1) && is_leaf(body);
        if !shape
            || self.options.strict_fp
            || self.place.late.contains(&level.var)
            || is_fallible(inner)
        {
            return None;
        }
        let local = |m: &Memlet| map.is_some_and(|map| self.place.is_private(m.data, key(map)));
        let mut writes: Vec<&Memlet> = Vec::new();
        let mut only = true;
        accesses_of_region(body, &mut |a| {
            let m = a.memlet;
            if a.write && !local(m) {
                only &= m.wcr.is_some();
                match writes.iter().find(|w| w.data == m.data) {
                    Some(w) => only &= w.wcr == m.wcr && w.subset == m.subset,
                    None => writes.push(m),
                }
            }
        });
        let arrays = map.is_some_and(|map| {
            self.place
                .iteration
                .get(&key(map))
                .is_some_and(|l| l.iter().any(|d| !self.sdfg.desc(*d).is_scalar()))
        });
        let floats = writes.iter().any(|m| {
            !self.sdfg.desc(m.data).dtype.is_int() && self.sdfg.desc(m.data).dtype.size() >= 4
        });
        if !only || arrays || !floats || writes.len() > 4 {
            return None;
        }
        let mut reads = false;
        accesses_of_region(body, &mut |a| {
            reads |= !a.write && writes.iter().any(|w| w.data == a.memlet.data);
        });
        if reads {
            return None;
        }
        // What is accumulated has to be variables.
        let mut variables: Vec<Ident> = Vec::new();
        let mut types = Vec::new();
        let mut identities = Vec::new();
        let mut sizes = Vec::new();
        for m in &writes {
            variables.push(
                match self
                    .accumulators
                    .iter()
                    .rev()
                    .find(|a| a.target.data == m.data)
                {
                    Some(a) => a.ident.clone(),
                    None => match &self.bindings[m.data.0 as usize] {
                        Some(Binding::Scalar(name)) => name.clone(),
                        _ => return None,
                    },
                },
            );
            let dtype = self.sdfg.desc(m.data).dtype;
            types.push(rust_type(dtype));
            identities.push(match (m.wcr?, dtype) {
                // What is added to -0.0 keeps its sign.
                (Wcr::Sum, d) if d.is_float() => constant(Const::Float(-0.0, d)).ts,
                (wcr, d) => identity(wcr, d),
            });
            sizes.push(dtype.size());
        }
        let lanes = Literal::usize_unsuffixed(match sizes.iter().max() {
            Some(0..=4) => 2 * LANES,
            Some(5..=8) => LANES,
            _ => LANES / 2,
        });
        let op = |k: usize, a: TokenStream, b: TokenStream| -> Option<TokenStream> {
            let m = writes.get(k)?;
            Some(
                operate(
                    m.wcr?.op(),
                    self.sdfg.desc(m.data).dtype,
                    &Tok::atom(a),
                    &Tok::atom(b),
                )
                .ts,
            )
        };
        let var = self.idents.get(&level.var)?.clone();
        let (begin, end) = (
            self.symbols.exact(&level.range.begin).ts,
            self.symbols.exact(&level.range.end).ts,
        );
        if !branches(body)
            && let ([variable], [ty], [identity]) = (
                variables.as_slice(),
                types.as_slice(),
                identities.as_slice(),
            )
        {
            let combine = op(0, quote!(a), quote!(b))?;
            let lane = quote! {
                rt::lanes::<#lanes, #ty>(#begin, #end, #identity, |#var, #variable| { let mut #variable = #variable; #inner #variable }, |a, b| #combine)
            };
            let total = op(0, quote!(#variable), lane)?;
            return Some(quote!(#variable = #total;));
        }
        let function = format_ident!("lanes{}", variables.len());
        let (mut combined, mut totals) = (Vec::new(), TokenStream::new());
        for (k, variable) in variables.iter().enumerate() {
            let at = Literal::usize_unsuffixed(k);
            combined.push(op(k, quote!(a.#at), quote!(b.#at))?);
            let total = op(k, quote!(#variable), quote!(total.#at))?;
            totals.extend(quote!(#variable = #total;));
        }
        Some(quote! {
            let total = rt::#function::<#lanes, #(#types),*>(
                #begin,
                #end,
                (#(#identities,)*),
                |#var| { #(let mut #variables: #types = #identities;)* #inner (#(#variables,)*) },
                |a, b| (#(#combined,)*),
            );
            #totals
        })
    }

    /// The loop over a chunk of a parallel map in lanes.
    pub(super) fn chunk_lanes(
        &mut self,
        level: &Level,
        rest: &[Level],
        map: &Map,
        body: &Region,
        inner: &TokenStream,
        (lo, hi): (&Ident, &Ident),
    ) -> Option<TokenStream> {
        // Names that no program has.
        let (lo_sym, hi_sym) = (Sym::new("\u{1}lo"), Sym::new("\u{1}hi"));
        self.symbols
            .define(&lo_sym, lo.clone(), super::expr::MAX_SIZE);
        self.symbols
            .define(&hi_sym, hi.clone(), super::expr::MAX_SIZE);
        let begin = &level.range.begin;
        let range = Range::new(
            begin + &Expr::sym(lo_sym),
            begin + &Expr::sym(hi_sym),
            level.range.step.clone(),
        );
        self.in_lanes(
            &Level {
                var: level.var.clone(),
                range,
            },
            rest,
            body,
            inner,
            true,
            Some(map),
        )
    }

    /// Divides the body of a map's innermost loop into what writes arrays and what accumulates, in the order in which they are to be run: each
    /// vectorises, both together do not. Iterations of a map are independent, so that only variables of one iteration stand in the way.
    /// `opened`: the elements that this loop is about to keep in variables.
    pub(super) fn distribute(
        &self,
        map: &Map,
        body: &Region,
        opened: &[Target],
    ) -> Option<(Region, Region)> {
        if self.options.strict_fp || !is_leaf(body) {
            return None;
        }
        let mut accumulates: BTreeSet<(usize, u32)> = BTreeSet::new();
        let (mut used_by_first, mut used_by_second) = (BTreeSet::new(), BTreeSet::new());
        let (mut stores, mut reduced) = (false, BTreeSet::new());
        // What stores write and what sums read, each with its place in the body.
        let (mut written, mut summed) = (Vec::new(), Vec::new());
        let mut place = 0;
        for (index, block) in body.blocks.iter().enumerate() {
            let Block::State(state) = block else {
                return None;
            };
            if self.place.make_block.contains_key(&(key(body), index)) {
                return None;
            }
            for node in state.computations() {
                if !matches!(state.graph[node], Node::Tasklet(_)) {
                    return None;
                }
                place += 1;
                let outputs = state.outputs(node);
                let out = outputs.first()?;
                let variable = self.accumulators.iter().any(|a| a.target.data == out.data)
                    || opened.iter().any(|t| t.data == out.data)
                    || self.sdfg.desc(out.data).is_scalar();
                let dtype = self.sdfg.desc(out.data).dtype;
                let is_reduction = out.wcr.is_some()
                    && variable
                    && !self.place.is_private(out.data, key(map))
                    && (dtype.is_float() || dtype.is_complex());
                let used = if is_reduction {
                    accumulates.insert((index, node.index() as u32));
                    reduced.insert(out.data);
                    summed.extend(state.inputs(node).into_iter().map(|m| (m.data, place)));
                    &mut used_by_second
                } else {
                    written.push((out.data, place));
                    stores |= !self.sdfg.desc(out.data).is_scalar();
                    &mut used_by_first
                };
                used.extend(
                    state
                        .inputs(node)
                        .into_iter()
                        .chain(outputs)
                        .map(|m| m.data),
                );
            }
        }
        let of_iteration = self
            .place
            .iteration
            .get(&key(map))
            .cloned()
            .unwrap_or_default();
        let carried = of_iteration
            .iter()
            .any(|d| used_by_first.contains(d) && used_by_second.contains(d));
        if accumulates.is_empty()
            || !stores
            || carried
            || used_by_first.iter().any(|d| reduced.contains(d))
        {
            return None;
        }
        // Sums of what is stored come after, sums of what was there before.
        let meet = |after: bool| {
            written
                .iter()
                .any(|(d, w)| summed.iter().any(|(e, s)| d == e && (s > w) == after))
        };
        let (after, before) = (meet(true), meet(false));
        if after && before {
            return None;
        }
        let keep = |second: bool| -> Region {
            let mut part = body.clone();
            for (index, block) in part.blocks.iter_mut().enumerate() {
                if let Block::State(state) = block {
                    state.graph.retain_nodes(|graph, node| match &graph[node] {
                        Node::Access(_) => true,
                        _ => accumulates.contains(&(index, node.index() as u32)) == second,
                    });
                }
            }
            part
        };
        Some((keep(before), keep(!before)))
    }
}

/// Whether a body has conditions.
fn branches(body: &Region) -> bool {
    let selects = |c: &Code| {
        let mut found = false;
        c.visit(&mut |c| found |= matches!(c, Code::Select(..)));
        found
    };
    body.blocks.iter().any(|b| match b {
        Block::State(state) => state
            .graph
            .node_weights()
            .any(|n| matches!(n, Node::Tasklet(t) if t.guard.is_some() || selects(&t.code))),
        Block::Branch(_) => true,
        _ => false,
    })
}
