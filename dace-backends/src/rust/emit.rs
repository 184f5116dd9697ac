//! The state of the generator: what is bound to which names, and what is known.

use super::Options;
use super::expr::{ANY, MAX_SIZE, Symbols};
use super::names::{Names, companion};
use super::parallel::{Divided, Target};
use super::placement::{Kind, Placement};
use super::token::rust_type;
use dace_core::analysis::presburger::Fact;
use dace_core::analysis::scope::range_facts;
use dace_core::sdfg::{Block, Const, DataId, LoopKind, Node, Region, Sdfg};
use dace_core::symbolic::{Expr, Facts, Range, Sym};
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{format_ident, quote};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// How generated code reaches a container.
#[derive(Clone, Debug)]
pub(super) enum Binding {
    /// A local variable.
    Scalar(Ident),
    /// A base pointer and a stride for each dimension.
    Array { base: Ident, strides: Vec<Stride> },
}

#[derive(Clone, Debug)]
pub(super) enum Stride {
    One,
    Expr(Expr),
    Var(Ident),
}

/// A loop around the place of generation, or a place that may not be reached.
pub(super) enum Scope {
    Loop {
        var: Sym,
        range: Range,
        /// Checks to stand before the loop.
        checks: BTreeMap<String, TokenStream>,
    },
    Barrier,
}

impl Scope {
    /// What holds inside.
    pub(super) fn facts(&self) -> Vec<Fact> {
        match self {
            Self::Loop { var, range, .. } => range_facts(var, range, false),
            Self::Barrier => Vec::new(),
        }
    }
}

/// A variable that stands for one element.
pub(super) struct Accumulator {
    pub(super) target: Target,
    pub(super) ident: Ident,
}

pub(super) struct Emit<'a> {
    pub(super) sdfg: &'a Sdfg,
    pub(super) options: Options,
    pub(super) names: Names,
    pub(super) symbols: Symbols,
    pub(super) bindings: Vec<Option<Binding>>,
    pub(super) facts: Facts,
    pub(super) scopes: Vec<Scope>,
    /// How many scopes stood around a symbol's definition.
    pub(super) depth: HashMap<Sym, usize>,
    pub(super) place: Placement,
    pub(super) accumulators: Vec<Accumulator>,
    /// Identifier of each symbol, given out once.
    pub(super) idents: HashMap<Sym, Ident>,
    /// Locals that closures copy.
    pub(super) locals: BTreeSet<String>,
    /// Inside a parallel chunk.
    pub(super) parallel: bool,
    /// The map that is divided among the threads.
    pub(super) divided: Option<Divided>,
    /// Bytes that local arrays may still take.
    pub(super) stack: usize,
}

/// Symbols that are defined in a region.
pub(super) fn inner_symbols(region: &Region) -> BTreeSet<Sym> {
    fn walk(region: &Region, into: &mut BTreeSet<Sym>) {
        for block in &region.blocks {
            match block {
                Block::State(state) => {
                    for node in state.graph.node_weights() {
                        if let Node::Map(map) = node {
                            into.extend(map.params.iter().cloned());
                            walk(&map.body, into);
                        }
                    }
                }
                Block::Loop(l) => {
                    if let LoopKind::For { var, .. } = &l.kind {
                        into.insert(var.clone());
                    }
                    walk(&l.body, into);
                }
                Block::Branch(b) => {
                    walk(&b.then, into);
                    walk(&b.otherwise, into);
                }
                Block::Assign(a) => {
                    into.insert(a.sym.clone());
                }
                Block::Break | Block::Continue | Block::Return => {}
            }
        }
    }
    let mut all = BTreeSet::new();
    walk(region, &mut all);
    all
}

/// Whether tokens hold a `?`: they may leave the function, so they cannot stand in an ordinary closure.
pub(super) fn is_fallible(ts: &TokenStream) -> bool {
    ts.clone().into_iter().any(|t| match t {
        TokenTree::Punct(p) => p.as_char() == '?',
        TokenTree::Group(g) => is_fallible(&g.stream()),
        _ => false,
    })
}

fn idents(ts: &TokenStream, into: &mut BTreeSet<String>) {
    for t in ts.clone() {
        match t {
            TokenTree::Ident(i) => {
                into.insert(i.to_string());
            }
            TokenTree::Group(g) => idents(&g.stream(), into),
            _ => {}
        }
    }
}

impl Emit<'_> {
    /// The identifier of a symbol; the same each time.
    pub(super) fn symbol_ident(&mut self, sym: &Sym) -> Ident {
        if let Some(i) = self.idents.get(sym) {
            return i.clone();
        }
        let ident = self.names.fresh(sym.as_str());
        self.locals.insert(ident.to_string());
        self.idents.insert(sym.clone(), ident.clone());
        ident
    }

    /// Defines a symbol here.
    pub(super) fn define(&mut self, sym: &Sym, magnitude: i128) -> Ident {
        let ident = self.symbol_ident(sym);
        self.symbols.define(sym, ident.clone(), magnitude.min(ANY));
        self.depth.insert(sym.clone(), self.scopes.len());
        ident
    }

    pub(super) fn size_symbol(&mut self, sym: &Sym) -> Ident {
        self.facts.size(sym);
        self.define(sym, MAX_SIZE)
    }

    /// A fresh local that closures copy.
    pub(super) fn local(&mut self, name: &str) -> Ident {
        let ident = self.names.fresh(name);
        self.locals.insert(ident.to_string());
        ident
    }

    /// What stands outside of a map as far as its body is concerned: the locals so far that are not private to it.
    pub(super) fn outside(&self, map: super::placement::Key) -> BTreeSet<String> {
        let mut outside = self.locals.clone();
        for id in self.sdfg.ids() {
            if self.place.is_private(id, map)
                && let Some(Binding::Scalar(name) | Binding::Array { base: name, .. }) =
                    &self.bindings[id.0 as usize]
            {
                outside.remove(&name.to_string());
            }
        }
        outside
    }

    /// The statement that copies into locals what a closure captures: no load through its environment stays in a loop.
    pub(super) fn copies(outside: &BTreeSet<String>, body: &TokenStream) -> TokenStream {
        let mut used = BTreeSet::new();
        idents(body, &mut used);
        let captured: Vec<Ident> = used
            .intersection(outside)
            .map(|n| Ident::new(n, Span::call_site()))
            .collect();
        match captured.as_slice() {
            [] => TokenStream::new(),
            [one] => quote!(let #one = #one;),
            all => quote!(let (#(#all),*) = (#(#all),*);),
        }
    }

    /// Bindings for all containers that have none yet.
    pub(super) fn bind_transients(&mut self) {
        for id in self.sdfg.ids() {
            if self.bindings[id.0 as usize].is_some() {
                continue;
            }
            let desc = self.sdfg.desc(id);
            let binding = match self.place.kind[id.0 as usize] {
                Kind::None => continue,
                Kind::Scalar => Binding::Scalar(self.local(&desc.name)),
                Kind::Stack(_) | Kind::Heap => {
                    let strides = desc
                        .strides
                        .iter()
                        .map(|s| {
                            if s.as_int() == Some(1) {
                                Stride::One
                            } else {
                                Stride::Expr(s.clone())
                            }
                        })
                        .collect();
                    Binding::Array {
                        base: self.local(&desc.name),
                        strides,
                    }
                }
            };
            self.bindings[id.0 as usize] = Some(binding);
        }
    }

    /// The name of a container for messages.
    pub(super) fn name(&self, data: DataId) -> &str {
        &self.sdfg.desc(data).name
    }

    pub(super) fn buffer(&self, data: DataId) -> Ident {
        match &self.bindings[data.0 as usize] {
            Some(Binding::Array { base, .. } | Binding::Scalar(base)) => companion(base, "buf"),
            None => format_ident!("missing"),
        }
    }

    /// Declarations of containers.
    pub(super) fn declare(&mut self, list: &[DataId]) -> TokenStream {
        let mut out = TokenStream::new();
        for &id in list {
            let desc = self.sdfg.desc(id);
            let ty = rust_type(desc.dtype);
            let zero = super::token::constant(Const::zero(desc.dtype)).ts;
            let buffer = self.buffer(id);
            match (
                &self.bindings[id.0 as usize],
                self.place.kind[id.0 as usize],
            ) {
                (Some(Binding::Scalar(name)), _) => out.extend(quote!(let mut #name: #ty = #zero;)),
                (Some(Binding::Array { base, .. }), Kind::Stack(n)) => out.extend(quote! {
                    let mut #buffer = [#zero; #n];
                    let #base = rt::Ptr::new(#buffer.as_mut_ptr());
                }),
                (Some(Binding::Array { base, .. }), _) => out.extend(quote! {
                    let mut #buffer = rt::Buf::<#ty>::new();
                    let mut #base = rt::Ptr::<#ty>::dangling();
                }),
                (None, _) => {}
            }
        }
        out
    }

    /// Makes the memory of containers.
    pub(super) fn make(&mut self, list: &[DataId]) -> TokenStream {
        let mut out = TokenStream::new();
        for &id in list {
            let desc = self.sdfg.desc(id);
            let buffer = self.buffer(id);
            let name = self.name(id).to_owned();
            if let Some(Binding::Array { base, .. }) = &self.bindings[id.0 as usize] {
                let shape: Vec<TokenStream> = desc
                    .shape
                    .iter()
                    .map(|n| self.symbols.exact(n).ts)
                    .collect();
                let resize = if self.place.unread.contains(&id) {
                    quote!(resize_unread)
                } else {
                    quote!(resize)
                };
                out.extend(quote!(#base = #buffer.#resize(#name, &[#(#shape),*])?;));
            }
            for n in &desc.shape.clone() {
                self.facts.allocated(n);
            }
        }
        out
    }

    /// The number of elements of a range, without a needless maximum.
    pub(super) fn count(&self, range: &Range) -> Expr {
        let span = &range.end - &range.begin;
        let n = match range.step.as_int() {
            Some(1) => span,
            _ => span.ceil_div(&range.step),
        };
        if self.facts.is_nonneg(&n) { n } else { n.pos() }
    }
}
