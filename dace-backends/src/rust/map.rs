//! Loops: of maps, sequential or parallel, and Python's own.

use super::code::operate;
use super::cost;
use super::emit::{Accumulator, Binding, Emit, Scope, Stride, inner_symbols};
use super::names::companion;
use super::parallel::{Divided, Plan, Target, targets};
use super::placement::key;
use super::region::identity;
use super::rows::over_rows;
use super::token::{Prec, Tok, rust_type};
use dace_core::sdfg::{Block, Const, DType, DataId, Map, Memlet, Node, Region, accesses_of_region};
use dace_core::symbolic::{Dim, Expr, Range, Sym};
use proc_macro2::{Ident, TokenStream};
use quote::quote;
use std::collections::BTreeMap;

/// One loop of a nest.
#[derive(Clone, Debug)]
pub(super) struct Level {
    pub(super) var: Sym,
    pub(super) range: Range,
}

impl Emit<'_> {
    pub(super) fn map(&mut self, map: &Map) -> TokenStream {
        let plan = self.place.plans.get(&key(map)).cloned();
        let first = plan.as_ref().map(|p| p.param);
        let order = Self::order(map, first);
        let levels: Vec<Level> = order
            .iter()
            .map(|&p| Level {
                var: map.params[p].clone(),
                range: map.ranges[p].clone(),
            })
            .collect();
        match plan {
            Some(plan) if !self.parallel => self.parallel_map(map, &levels, &plan),
            _ => self.nest(&levels, &map.body, true, Some(map)),
        }
    }

    /// The loops of a Python loop; `straight` says that no iteration is left before its end.
    pub(super) fn levels(
        &mut self,
        levels: &[Level],
        body: &Region,
        straight: bool,
    ) -> TokenStream {
        self.nest(levels, body, straight, None)
    }

    /// The order of a map's parameters from outermost to innermost: the innermost loop runs along rows.
    fn order(map: &Map, first: Option<usize>) -> Vec<usize> {
        let mut order: Vec<usize> = (0..map.params.len()).collect();
        if let Some(p) = first {
            order.retain(|q| *q != p);
            order.insert(0, p);
        }
        let movable = usize::from(first.is_some());
        // Loops inside decide the access order themselves.
        if order.len() - movable < 2 || !is_leaf(&map.body) {
            return order;
        }
        let mut score = vec![0i64; map.params.len()];
        accesses_of_region(&map.body, &mut |a| {
            let rank = a.memlet.subset.rank();
            for (p, param) in map.params.iter().enumerate() {
                let in_dim = |d: &Dim| match d {
                    Dim::Index(e) => e.contains(param),
                    Dim::Range(r) => r.contains_sym(param),
                };
                let outer = a
                    .memlet
                    .subset
                    .0
                    .iter()
                    .take(rank.saturating_sub(1))
                    .any(in_dim);
                let last = a.memlet.subset.0.last();
                let unit = |e: &Expr| {
                    e.linear_in(param)
                        .is_some_and(|(c, _)| matches!(c.as_int(), Some(1 | -1)))
                };
                score[p] += match last {
                    _ if outer => 0,
                    Some(Dim::Index(e)) if e.contains(param) => 2 * i64::from(unit(e)),
                    Some(d) if in_dim(d) => 0,
                    // Invariant: stays in a register.
                    _ => 1,
                };
            }
        });
        // The last of the best.
        if let Some(at) = (movable..order.len()).max_by_key(|&i| (score[order[i]], i)) {
            let best = order.remove(at);
            order.push(best);
        }
        order
    }

    /// Nested loops over a body.
    fn nest(
        &mut self,
        levels: &[Level],
        body: &Region,
        straight: bool,
        map: Option<&Map>,
    ) -> TokenStream {
        let Some((level, rest)) = levels.split_first() else {
            return self.body(body, map);
        };
        // Elements that the loop accumulates into stay in registers.
        let opened = if straight {
            self.accumulators_of(levels, body, map)
        } else {
            Vec::new()
        };
        if rest.is_empty()
            && straight
            && level.range.step.as_int().is_some_and(|s| s > 0)
            && let Some(map) = map
            && let Some((first, second)) = self.distribute(map, body, &opened)
        {
            return self.in_turns(level, map, [&first, &second], opened);
        }
        let outer = self.accumulators.len();
        let (before, after) = self.open(opened);
        let mark = self.facts.mark();
        let header = self.header(level, straight);
        let inner = self.nest(rest, body, straight, map);
        let rows = self.rows(level, rest, body, &inner, map.filter(|_| straight));
        let checks = self.leave();
        self.facts.truncate(mark);
        let looped = match self.in_lanes(level, rest, body, &inner, straight, map) {
            Some(ts) if header.prelude.is_empty() => ts,
            _ => {
                let (begin, end) = (&header.begin.ts, &header.end.ts);
                let count = quote!(i64::saturating_sub(#end, #begin));
                over_rows(&rows, None, &count, header.around(&inner))
            }
        };
        self.accumulators.truncate(outer);
        quote!(#(#checks)* #before #looped #after)
    }

    /// Keeps elements that a loop accumulates into in variables: what stands before and after the loop.
    fn open(&mut self, targets: Vec<Target>) -> (TokenStream, TokenStream) {
        let mut before = TokenStream::new();
        let mut after = TokenStream::new();
        for target in targets {
            let m = Memlet {
                data: target.data,
                subset: target.subset.clone(),
                wcr: None,
                dynamic: false,
            };
            let place = self.place(&m, false);
            if let super::access::Place::Scalar(_) = place {
                continue;
            }
            let ident = self.local(&format!("{}_acc", self.name(target.data)));
            let ty = rust_type(self.sdfg.desc(target.data).dtype);
            let value = place.get();
            before.extend(quote!(let mut #ident: #ty = #value;));
            after.extend(place.set(quote!(#ident)));
            self.accumulators.push(Accumulator { target, ident });
        }
        (before, after)
    }

    /// Two bodies of an innermost loop, block by block, so that the second finds in the cache what the first has read.
    fn in_turns(
        &mut self,
        level: &Level,
        map: &Map,
        bodies: [&Region; 2],
        opened: Vec<Target>,
    ) -> TokenStream {
        let outer = self.accumulators.len();
        let (before, after) = self.open(opened);
        let (lo, hi) = (self.names.fresh("lo"), self.names.fresh("hi"));
        let (mut looped, mut checks) = (TokenStream::new(), Vec::new());
        for body in bodies {
            let (part, before) = self.part(level, &[], map, body, (&lo, &hi));
            looped.extend(part);
            checks.extend(before);
        }
        self.accumulators.truncate(outer);
        let (begin, end, step) = (
            self.symbols.exact(&level.range.begin).ts,
            self.symbols.exact(&level.range.end).ts,
            self.symbols.exact(&level.range.step).ts,
        );
        quote! {
            #(#checks)*
            #before
            for (#lo, #hi) in rt::blocks(rt::trips_up(#begin, #end, #step)) { #looped }
            #after
        }
    }

    /// The iterations `lo..hi` of a loop, counted from its beginning, and the checks to stand before it.
    fn part(
        &mut self,
        level: &Level,
        rest: &[Level],
        map: &Map,
        body: &Region,
        (lo, hi): (&Ident, &Ident),
    ) -> (TokenStream, Vec<TokenStream>) {
        let unit = level.range.step.as_int() == Some(1);
        let (begin, step) = (
            self.symbols.exact(&level.range.begin),
            self.symbols.exact(&level.range.step),
        );
        let mark = self.facts.mark();
        let header = self.header(level, true);
        let inner = self.nest(rest, body, true, Some(map));
        let rows = self.rows(level, rest, body, &inner, Some(map));
        let inner = {
            let prelude = &header.prelude;
            quote!(#prelude #inner)
        };
        let checks = self.leave();
        self.facts.truncate(mark);
        let (var, counter) = (&header.ident, &header.counter);
        let (b, s) = (begin.at(Prec::Sum), step.at(Prec::Product));
        let looped = match self.chunk_lanes(level, rest, map, body, &inner, (lo, hi)) {
            Some(ts) => ts,
            None if unit => {
                let looped = if level.range.begin.is_zero() {
                    quote!(for #var in #lo..#hi { #inner })
                } else {
                    quote!(for #var in #b + #lo..#b + #hi { #inner })
                };
                over_rows(&rows, Some(lo), &quote!(#hi - #lo), looped)
            }
            None => {
                quote!(for #counter in #lo..#hi { let #var = #b + #counter * #s; #inner })
            }
        };
        (looped, checks)
    }

    /// Enters a loop: defines its variable, and what holds inside.
    fn header(&mut self, level: &Level, straight: bool) -> Header {
        let Level { var, range } = level;
        let magnitude = self
            .symbols
            .magnitude(&range.begin)
            .max(self.symbols.magnitude(&range.end));
        let (begin, end, step) = (
            self.symbols.exact(&range.begin),
            self.symbols.exact(&range.end),
            self.symbols.exact(&range.step),
        );
        // Between two literals, the variable's type is not known.
        let end = match (range.begin.as_int(), range.end.as_int()) {
            (Some(_), Some(v)) => super::token::constant(Const::Int(i128::from(v), DType::Int64)),
            _ => end,
        };
        let constant = range.step.as_int();
        let trips = constant.map(|_| ());
        self.scopes.push(match (straight, trips) {
            (true, Some(())) => Scope::Loop {
                var: var.clone(),
                range: range.clone(),
                checks: BTreeMap::new(),
            },
            _ => Scope::Barrier,
        });
        let ident = self.define(var, magnitude);
        match constant {
            Some(s) if s > 0 => {
                self.facts
                    .bound(var, Some(range.begin.clone()), Some(&range.end - 1));
                self.facts.assume_nonneg(&range.end - &range.begin - 1);
            }
            Some(s) if s < 0 => {
                self.facts
                    .bound(var, Some(&range.end + 1), Some(range.begin.clone()));
                self.facts.assume_nonneg(&range.begin - &range.end - 1);
            }
            _ => self.facts.bound(var, None, None),
        }
        let mut prelude = TokenStream::new();
        if self.place.late.contains(var) {
            let list = self.place.make_late.get(var).cloned().unwrap_or_default();
            prelude = self.make(&list);
        }
        let safe = magnitude <= i128::from(i64::MAX / 2);
        Header {
            safe,
            late: self.place.late.contains(var),
            ident,
            begin,
            end,
            step,
            constant,
            prelude,
            counter: self.names.fresh("k"),
        }
    }

    /// Leaves a loop; gives the checks to stand before it.
    fn leave(&mut self) -> Vec<TokenStream> {
        match self.scopes.pop() {
            Some(Scope::Loop { checks, .. }) => checks.into_values().collect(),
            _ => Vec::new(),
        }
    }

    /// The body of the innermost loop.
    fn body(&mut self, body: &Region, map: Option<&Map>) -> TokenStream {
        let declared = match map.and_then(|m| self.place.iteration.get(&key(m)).cloned()) {
            Some(list) => self.declare(&list),
            None => TokenStream::new(),
        };
        let inner = self.region(body);
        quote!(#declared #inner)
    }

    /// The elements that a nest accumulates into and whose place does not depend on it, if they surely exist.
    fn accumulators_of(&self, levels: &[Level], body: &Region, map: Option<&Map>) -> Vec<Target> {
        let params: Vec<Sym> = levels.iter().map(|l| l.var.clone()).collect();
        let inner = inner_symbols(body);
        // The element is read and written even where the loops are empty, or conditions in them do not hold.
        let alone = |target: &Target| {
            let domain = || self.scopes.iter().flat_map(Scope::facts).collect();
            self.divided
                .as_ref()
                .is_none_or(|d| d.is_alone(self.sdfg, target, domain()))
        };
        let mut writes: BTreeMap<DataId, Vec<&Memlet>> = BTreeMap::new();
        accesses_of_region(body, &mut |a| {
            if a.write && a.memlet.wcr.is_some() {
                writes.entry(a.memlet.data).or_default().push(a.memlet);
            }
        });
        let mut out = Vec::new();
        for (data, writes) in writes {
            let known = self.accumulators.iter().any(|a| a.target.data == data);
            if known
                || map.is_some_and(|m| self.place.is_private(data, key(m)))
                || self.sdfg.desc(data).is_scalar()
            {
                continue;
            }
            let Some(list) = targets(body, &params, &inner, &writes) else {
                continue;
            };
            let shape = &self.sdfg.desc(data).shape;
            for t in list {
                let exists = t
                    .subset
                    .0
                    .iter()
                    .zip(shape)
                    .all(|(d, n)| matches!(d, Dim::Index(e) if self.is_proved(e, n)));
                if exists && alone(&t) {
                    out.push(t);
                }
            }
        }
        out
    }

    fn parallel_map(&mut self, map: &Map, levels: &[Level], plan: &Plan) -> TokenStream {
        let Some((level, rest)) = levels.split_first() else {
            return TokenStream::new();
        };
        let outside = self.outside(key(map));
        let work = cost::work(self, map);
        let (begin, end, step) = (
            self.symbols.exact(&level.range.begin),
            self.symbols.exact(&level.range.end),
            self.symbols.exact(&level.range.step),
        );
        // Variables of the chunk for what it accumulates; the place outside is found before.
        let mut partial: Vec<(Target, super::access::Place, Ident)> = Vec::new();
        for t in &plan.partial {
            let m = Memlet {
                data: t.data,
                subset: t.subset.clone(),
                wcr: None,
                dynamic: false,
            };
            let place = self.place(&m, false);
            let ident = self.local(&format!("{}_part", self.name(t.data)));
            partial.push((t.clone(), place, ident));
        }
        let accumulators = self.accumulators.len();
        for (target, _, ident) in &partial {
            self.accumulators.push(Accumulator {
                target: target.clone(),
                ident: ident.clone(),
            });
        }
        let chunk = self.place.chunk.get(&key(map)).cloned().unwrap_or_default();
        let make = self
            .place
            .make_chunk
            .get(&key(map))
            .cloned()
            .unwrap_or_default();
        let mark = self.facts.mark();
        self.parallel = true;
        let own = self
            .sdfg
            .ids()
            .filter(|d| self.place.is_private(*d, key(map)));
        self.divided = Some(Divided::new(map, plan, own.collect()));
        let mut declared = self.declare(&chunk);
        declared.extend(self.make(&make));
        let late: Vec<Ident> = {
            let all: Vec<Sym> = inner_symbols(&map.body)
                .into_iter()
                .filter(|s| self.place.late.contains(s))
                .collect();
            all.iter().map(|s| self.symbol_ident(s)).collect()
        };
        declared.extend(quote!(#(let mut #late: i64 = 0;)*));
        // In the chunk, the loop runs over a part of the range.
        let (lo, hi) = (self.names.fresh("lo"), self.names.fresh("hi"));
        let unit = level.range.step.as_int() == Some(1);
        let simple = level.range.begin.is_zero() && unit;
        let parts = if rest.is_empty() {
            self.distribute(map, &map.body, &[])
        } else {
            None
        };
        let bodies: Vec<&Region> = parts
            .as_ref()
            .map_or_else(|| vec![&map.body], |(a, b)| vec![a, b]);
        let mut looped = TokenStream::new();
        let mut checks = Vec::new();
        for body in bodies {
            let (part, before) = self.part(level, rest, map, body, (&lo, &hi));
            looped.extend(part);
            checks.extend(before);
        }
        self.facts.truncate(mark);
        self.parallel = false;
        self.divided = None;
        let count = if simple {
            end.ts.clone()
        } else if unit {
            let (e, b) = (end.at(Prec::Sum), begin.at(Prec::Product));
            let span = &level.range.end - &level.range.begin;
            if self.symbols.fits(&span) {
                self.symbols.index(&span).ts
            } else {
                quote!(i64::saturating_sub(#e, #b))
            }
        } else {
            let (b, e, s) = (&begin.ts, &end.ts, &step.ts);
            quote!(rt::trips_up(#b, #e, #s))
        };
        self.accumulators.truncate(accumulators);
        if partial.is_empty() && plan.arrays.is_empty() {
            let body = quote!(#declared #looped);
            let copies = Self::copies(&outside, &body);
            checks.push(quote! {
                rt::par::for_range(#count, #work, &|#lo: i64, #hi: i64| -> rt::Result<(), rt::Error> {
                    #copies
                    #body
                    rt::Ok(())
                })?;
            });
            return quote!(#(#checks)*);
        }
        let dtypes: Vec<_> = partial
            .iter()
            .map(|(t, ..)| self.sdfg.desc(t.data).dtype)
            .collect();
        let types: Vec<_> = dtypes.iter().map(|d| rust_type(*d)).collect();
        let identities: Vec<_> = partial
            .iter()
            .zip(&dtypes)
            .map(|((t, ..), d)| identity(t.wcr, *d))
            .collect();
        let names: Vec<_> = partial.iter().map(|(_, _, i)| i.clone()).collect();
        let combined: Vec<_> = partial
            .iter()
            .zip(&dtypes)
            .enumerate()
            .map(|(i, ((t, ..), d))| {
                let at = proc_macro2::Literal::usize_unsuffixed(i);
                operate(
                    t.wcr.op(),
                    *d,
                    &Tok::atom(quote!(a.#at)),
                    &Tok::atom(quote!(b.#at)),
                )
                .ts
            })
            .collect();
        let body = quote!(#(let mut #names: #types = #identities;)* #declared #looped);
        let copies = Self::copies(&outside, &body);
        let mut writes = TokenStream::new();
        for (((t, place, _), d), i) in partial.iter().zip(&dtypes).zip(0..) {
            let at = proc_macro2::Literal::usize_unsuffixed(i);
            let old = Tok::atom(place.get());
            let new = operate(t.wcr.op(), *d, &old, &Tok::atom(quote!(total.#at))).ts;
            writes.extend(place.set(new));
        }
        if !plan.arrays.is_empty() {
            let shared = self.partial_arrays(plan);
            let body = quote!(#copies #body);
            let chunk = Chunk {
                count,
                work,
                lo,
                hi,
                body,
                names,
                types,
                combined,
                writes,
            };
            return chunk.with_arrays(&checks, &shared);
        }
        quote! {
            #(#checks)*
            if #count > 0 {
                let total = rt::par::reduce(#count, #work, (#(#identities,)*), &|#lo: i64, #hi: i64| -> rt::Result<(#(#types,)*), rt::Error> {
                    #copies
                    #body
                    rt::Ok((#(#names,)*))
                }, &|a: (#(#types,)*), b: (#(#types,)*)| (#(#combined,)*))?;
                #writes
            }
        }
    }

    fn partial_arrays(&mut self, plan: &Plan) -> Vec<PartialArray> {
        let mut out = Vec::new();
        for (data, wcr) in &plan.arrays {
            let desc = self.sdfg.desc(*data).clone();
            // An array has one: only elements are variables.
            let Some(Binding::Array { base, strides }) = self.bindings[data.0 as usize].clone()
            else {
                continue;
            };
            let op = |a: &Tok, b: &Tok| operate(wcr.op(), desc.dtype, a, b).ts;
            out.push(PartialArray {
                name: desc.name.clone(),
                memory: self.local(&format!("{}_part", desc.name)),
                ty: rust_type(desc.dtype),
                identity: identity(*wcr, desc.dtype),
                combined: op(&Tok::atom(quote!(x)), &Tok::atom(quote!(y))),
                shape: desc
                    .shape
                    .iter()
                    .map(|n| self.symbols.exact(n).ts)
                    .collect(),
                own: dace_core::sdfg::row_major(&desc.shape)
                    .iter()
                    .map(|n| self.symbols.exact(n).ts)
                    .collect(),
                strides: strides
                    .iter()
                    .map(|s| match s {
                        Stride::One => quote!(1),
                        Stride::Expr(e) => self.symbols.exact(e).ts,
                        Stride::Var(v) => quote!(#v),
                    })
                    .collect(),
                variables: strides
                    .iter()
                    .enumerate()
                    .filter_map(|(dim, s)| match s {
                        Stride::Var(v) => Some((dim, v.clone())),
                        _ => None,
                    })
                    .collect(),
                base,
            });
        }
        out
    }
}

/// An array that each chunk of a parallel loop accumulates for itself.
struct PartialArray {
    name: String,
    base: Ident,
    memory: Ident,
    ty: TokenStream,
    identity: TokenStream,
    /// `x` and `y` combined.
    combined: TokenStream,
    shape: Vec<TokenStream>,
    /// Strides of the shared array, and of a chunk's own.
    strides: Vec<TokenStream>,
    own: Vec<TokenStream>,
    /// The strides that are variables.
    variables: Vec<(usize, Ident)>,
}

/// The chunk of a parallel loop that accumulates elements, and how those are combined.
struct Chunk {
    count: TokenStream,
    work: TokenStream,
    lo: Ident,
    hi: Ident,
    body: TokenStream,
    names: Vec<Ident>,
    types: Vec<TokenStream>,
    combined: Vec<TokenStream>,
    writes: TokenStream,
}

impl Chunk {
    /// A loop in one chunk accumulates into the arrays themselves; the chunks of one that is shared, into arrays of their own in the same variables.
    fn with_arrays(self, checks: &[TokenStream], arrays: &[PartialArray]) -> TokenStream {
        let Self {
            count,
            work,
            lo,
            hi,
            body,
            names,
            types,
            combined,
            writes,
            ..
        } = self;
        let parameters = arrays.iter().map(|a| {
            let (base, ty) = (&a.base, &a.ty);
            let strides = a.variables.iter().map(|(_, v)| quote!(#v: i64,));
            quote!(#base: rt::Ptr<#ty>, #(#strides)*)
        });
        let shared = arrays.iter().map(|a| {
            let base = &a.base;
            let strides = a.variables.iter().map(|(_, v)| quote!(#v,));
            quote!(#base, #(#strides)*)
        });
        let own = arrays.iter().map(|a| {
            let memory = &a.memory;
            let strides = a.variables.iter().map(|(dim, _)| {
                let stride = &a.own[*dim];
                quote!(#stride,)
            });
            quote!(#memory.ptr(), #(#strides)*)
        });
        let elements = arrays.iter().map(|a| {
            let sizes = a.shape.iter().map(|n| quote!((#n) as f64));
            quote!(1.0 #(* #sizes)*)
        });
        let made = arrays.iter().map(|a| {
            let PartialArray {
                memory,
                ty,
                name,
                shape,
                identity,
                ..
            } = a;
            quote!(let mut #memory = rt::Partial::<#ty>::new(#name, &[#(#shape),*], #identity)?;)
        });
        let memories: Vec<_> = arrays.iter().map(|a| &a.memory).collect();
        let partial_types = arrays.iter().map(|a| {
            let ty = &a.ty;
            quote!(rt::Partial<#ty>)
        });
        let merged = arrays.iter().enumerate().map(|(i, a)| {
            let (at, ty, op) = (
                proc_macro2::Literal::usize_unsuffixed(i),
                &a.ty,
                &a.combined,
            );
            quote!(p.#at.merge(q.#at, |x: #ty, y: #ty| #op))
        });
        let put = arrays.iter().map(|a| {
            let PartialArray {
                memory,
                base,
                shape,
                strides,
                ty,
                combined,
                ..
            } = a;
            quote!(#memory.put(#base, [#(#shape),*], [#(#strides),*], |x: #ty, y: #ty| #combined);)
        });
        let (memories_a, memories_b) = (memories.iter(), memories.iter());
        quote! {
            #(#checks)*
            if #count > 0 {
                let chunk = |#lo: i64, #hi: i64, #(#parameters)*| -> rt::Result<(#(#types,)*), rt::Error> {
                    #body
                    rt::Ok((#(#names,)*))
                };
                let chunks = rt::par::shares(#count, #work, #(#elements)+*);
                let total = if chunks == 1 {
                    chunk(0, #count, #(#shared)*)?
                } else {
                    let (total, (#(#memories_a,)*)) = rt::par::gather(chunks, #count, &|#lo: i64, #hi: i64| -> rt::Result<((#(#types,)*), (#(#partial_types,)*)), rt::Error> {
                        #(#made)*
                        let part = chunk(#lo, #hi, #(#own)*)?;
                        rt::Ok((part, (#(#memories_b,)*)))
                    }, &|(a, p), (b, q)| ((#(#combined,)*), (#(#merged,)*)))?;
                    #(#put)*
                    total
                };
                #writes
            }
        }
    }
}

/// A loop's head in Rust.
struct Header {
    ident: Ident,
    begin: Tok,
    end: Tok,
    step: Tok,
    constant: Option<i64>,
    /// Statements at the start of the body.
    prelude: TokenStream,
    counter: Ident,
    /// The variable outlives the loop.
    late: bool,
    /// No step of the variable's computation overflows.
    safe: bool,
}

impl Header {
    fn around(&self, inner: &TokenStream) -> TokenStream {
        let Self {
            ident,
            begin,
            end,
            step,
            constant,
            prelude,
            counter,
            late,
            safe,
        } = self;
        let assign = |value: TokenStream| {
            if *late {
                quote!(#ident = #value;)
            } else {
                quote!(let #ident: i64 = #value;)
            }
        };
        let (b, e, s) = (
            begin.at(Prec::Sum),
            end.at(Prec::Sum),
            step.at(Prec::Product),
        );
        match constant {
            Some(1) if !late => quote!(for #ident in #b..#e { #prelude #inner }),
            Some(1) => {
                let set = assign(quote!(#counter));
                quote!(for #counter in #b..#e { #set #prelude #inner })
            }
            Some(n) if *n > 1 => {
                let set = assign(if *safe {
                    quote!(#b + #counter * #s)
                } else {
                    quote!(i64::wrapping_add(#b, i64::wrapping_mul(#counter, #s)))
                });
                quote!(for #counter in 0..rt::trips_up(#b, #e, #s) { #set #prelude #inner })
            }
            _ => {
                let first = companion(counter, "begin");
                let by = companion(counter, "step");
                let set = assign(if *safe && constant.is_some() {
                    quote!(#first + #counter * #by)
                } else {
                    quote!(i64::wrapping_add(#first, i64::wrapping_mul(#counter, #by)))
                });
                quote! {
                    let (#first, #by): (i64, i64) = (#b, #s);
                    for #counter in 0..rt::trips(#first, #e, #by)? { #set #prelude #inner }
                }
            }
        }
    }
}

/// Whether a body has no loops of its own.
pub(super) fn is_leaf(body: &Region) -> bool {
    body.blocks.iter().all(|b| match b {
        Block::State(state) => !state
            .graph
            .node_weights()
            .any(|n| matches!(n, Node::Map(_) | Node::Library(_) | Node::Nested(_))),
        Block::Loop(_) => false,
        Block::Branch(b) => is_leaf(&b.then) && is_leaf(&b.otherwise),
        Block::Assign(_) => true,
        Block::Break | Block::Continue | Block::Return => false,
    })
}
