//! The function around the body: arguments, symbols, checks, results.

use super::Options;
use super::emit::{Binding, Emit, Stride};
use super::expr::{ANY, Symbols};
use super::names::Names;
use super::placement::{Kind, Placement};
use super::token::rust_type;
use dace_core::analysis::signature::signature;
use dace_core::sdfg::{DType, DataId, ParamKind, Sdfg, row_major};
use dace_core::symbolic::{Expr, Facts, Sym};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};
use std::collections::{BTreeSet, HashMap};

/// The dimension type for a rank.
fn dimension(rank: usize) -> TokenStream {
    if rank <= 6 {
        let name = format_ident!("Ix{rank}");
        quote!(rt::#name)
    } else {
        quote!(rt::IxDyn)
    }
}

pub(super) fn function(sdfg: &Sdfg, name: &Ident, options: Options) -> TokenStream {
    let sig = signature(sdfg);
    let mut emit = Emit {
        sdfg,
        options,
        names: Names::default(),
        symbols: Symbols::default(),
        place: Placement::default(),
        bindings: vec![None; sdfg.data.len()],
        facts: Facts::new(),
        scopes: Vec::new(),
        depth: HashMap::new(),
        accumulators: Vec::new(),
        idents: HashMap::new(),
        locals: BTreeSet::new(),
        parallel: false,
        divided: None,
        stack: super::placement::STACK,
    };
    // What the caller gives, in Python's order; then what the body takes.
    let public = emit.names.public(
        (sdfg.params.iter().map(|p| p.name.as_str())).chain(sig.trailing.iter().map(Sym::as_str)),
    );
    let mut params: Vec<(usize, TokenStream)> = Vec::new();
    let mut prologue = TokenStream::new();
    let mut views = TokenStream::new();
    let mut epilogue = TokenStream::new();
    let mut inner_params = TokenStream::new();
    let mut inner_args = TokenStream::new();
    let mut bound = BTreeSet::new();
    let mut scalars = TokenStream::new();
    let names: Vec<Ident> = sdfg
        .params
        .iter()
        .map(|p| emit.names.fresh(&p.name))
        .collect();
    for (index, (p, name)) in sdfg.params.iter().zip(&names).enumerate() {
        let given = &public[index];
        if let ParamKind::Symbol(sym, dtype) = &p.kind {
            let (low, high) = dtype.int_range();
            emit.facts
                .bound(sym, Some(Expr::big(low)), Some(Expr::big(high)));
            emit.idents.insert(sym.clone(), name.clone());
            emit.locals.insert(name.to_string());
            let magnitude = if *dtype == DType::Int64 || *dtype == DType::UInt64 {
                ANY
            } else {
                1 << (8 * dtype.size())
            };
            emit.define(sym, magnitude);
            let ty = rust_type(*dtype);
            params.push((index, quote!(#given: #ty)));
            let label = &p.name;
            let value = match dtype {
                DType::Int64 => quote!(#given),
                DType::UInt64 => {
                    quote!(i64::try_from(#given).map_err(|_| rt::Error::Argument { argument: #label })?)
                }
                _ => quote!(i64::from(#given)),
            };
            prologue.extend(quote!(let #name = #value;));
            inner_params.extend(quote!(#name: i64,));
            inner_args.extend(quote!(#name,));
        }
    }
    let mut shapes = TokenStream::new();
    let mut shape_names: HashMap<usize, Ident> = HashMap::new();
    for (index, (p, name)) in sdfg.params.iter().zip(&names).enumerate() {
        let ParamKind::Data(id) = &p.kind else {
            continue;
        };
        let given = &public[index];
        let desc = sdfg.desc(*id);
        bound.insert(*id);
        let ty = rust_type(desc.dtype);
        emit.locals.insert(name.to_string());
        if desc.is_scalar() {
            params.push((index, quote!(#given: #ty)));
            inner_params.extend(quote!(#name: #ty,));
            inner_args.extend(quote!(#given,));
            scalars.extend(quote!(let mut #name = #name;));
            emit.bindings[id.0 as usize] = Some(Binding::Scalar(name.clone()));
            continue;
        }
        let dim = dimension(desc.rank());
        let label = &p.name;
        let written = sig.written.contains(&index);
        let shape = emit.names.fresh(&format!("{}_shape", p.name));
        shape_names.insert(index, shape.clone());
        if desc.rank() > 6 {
            let rank = desc.rank();
            shapes.extend(quote!(rt::rank(#given.ndim(), #rank, #label)?;));
        }
        shapes.extend(quote!(let #shape = rt::Shape::new(#given.shape(), #label);));
        let (kind, constructor) = if written {
            epilogue.extend(quote!(#name.finish();));
            (
                quote!(&mut rt::ArrayRef<#ty, #dim>),
                quote!(rt::InOut::new(#label, #given)?),
            )
        } else {
            (
                quote!(&rt::ArrayRef<#ty, #dim>),
                quote!(rt::Input::new(#label, #given)?),
            )
        };
        params.push((index, quote!(#given: #kind)));
        views.extend(quote!(let #name = #constructor;));
        inner_params.extend(quote!(#name: rt::Ptr<#ty>,));
        inner_args.extend(quote!(#name.ptr(),));
        let mut strides = Vec::new();
        for d in 0..desc.rank() {
            if d + 1 == desc.rank() {
                strides.push(Stride::One);
                continue;
            }
            let s = emit.local(&format!("{}_{d}", p.name));
            inner_params.extend(quote!(#s: i64,));
            let at = Literal::usize_unsuffixed(d);
            inner_args.extend(quote!(#name.stride(#at),));
            // Of the arrays that are not strided, some have a stride of one here: those may be guessed.
            let row = desc.shape[d + 1..].iter().any(|n| n.as_int() != Some(1));
            if row {
                scalars.extend(quote!(let #s = rt::row_stride(#s);));
            }
            strides.push(Stride::Var(s));
        }
        emit.bindings[id.0 as usize] = Some(Binding::Array {
            base: name.clone(),
            strides,
        });
    }
    prologue.extend(shapes);
    // Parameters are ordered as in Python, though symbols were handled first.
    params.sort_by_key(|(index, _)| *index);
    let params = params.into_iter().map(|(_, param)| param);
    // Symbols.
    let shape_of = |index: usize| {
        shape_names
            .get(&index)
            .cloned()
            .unwrap_or_else(|| format_ident!("missing"))
    };
    let mut trailing = TokenStream::new();
    for (sym, given) in sig.trailing.iter().zip(&public[sdfg.params.len()..]) {
        let name = emit.size_symbol(sym);
        let label = sym.as_str();
        trailing.extend(quote!(#given: i64,));
        prologue.extend(quote!(let #name = rt::symbol(#given, #label)?;));
    }
    for s in &sig.solved {
        let (dim, shape) = (s.dim, shape_of(s.param));
        let plain = s.factor == 1 && s.offset.is_zero();
        let offset = emit.symbols.wide(&s.offset).ts;
        let name = emit.size_symbol(&s.sym);
        let at = Literal::usize_unsuffixed(dim);
        if plain {
            prologue.extend(quote!(let #name = #shape.size(#at)?;));
        } else {
            let (factor, expected) = (s.factor, expected(sdfg, s.param, dim));
            prologue.extend(quote!(let #name = #shape.solve(#at, #factor, #offset, #expected)?;));
        }
    }
    for sym in &sdfg.symbols {
        let name = emit.symbol_ident(sym);
        inner_params.extend(quote!(#name: i64,));
        inner_args.extend(quote!(#name,));
    }
    // Before the checks have passed, nothing is known.
    let values: Vec<TokenStream> = sig
        .checks
        .iter()
        .map(|c| emit.symbols.wide(&c.expected).ts)
        .collect();
    for (index, check) in sig.checks.iter().enumerate() {
        // An integer argument that is a dimension as well is a size.
        if let Some(sym) = check.expected.as_sym()
            && !sdfg.symbols.contains(sym)
        {
            emit.size_symbol(sym);
        }
        emit.facts.dimension(&check.expected);
        let first = sig.solved.iter().any(|s| {
            s.param == check.param && s.dim == check.dim && s.factor == 1 && s.offset.is_zero()
        });
        if first {
            continue;
        }
        let (shape, dim) = (shape_of(check.param), check.dim);
        let value = values[index].clone();
        let expected = expected(sdfg, check.param, dim);
        let dim = Literal::usize_unsuffixed(dim);
        prologue.extend(quote!(#shape.check(#dim, #value, #expected)?;));
    }
    emit.place = Placement::new(sdfg, &bound, &emit.facts, false, &mut emit.stack);
    emit.bind_transients();
    // The body.
    let late: Vec<Ident> = {
        let all: Vec<_> = emit.place.late.iter().cloned().collect();
        all.iter().map(|s| emit.symbol_ident(s)).collect()
    };
    let list = emit.place.function.clone();
    let declared = emit.declare(&list);
    let mut body = emit.region(&sdfg.body);
    if let Some(list) = emit
        .place
        .make_block
        .get(&(super::placement::key(&sdfg.body), sdfg.body.blocks.len()))
        .cloned()
    {
        let made = emit.make(&list);
        body.extend(made);
    }
    if emit.place.has_return {
        body = quote!('program: { #body });
    }
    let results: Vec<(TokenStream, TokenStream)> =
        sdfg.returns.iter().map(|id| result(&emit, *id)).collect();
    let (types, values): (Vec<_>, Vec<_>) = results.into_iter().unzip();
    let (result_type, result_value) = match (types.as_slice(), values.as_slice()) {
        ([t], [v]) => (t.clone(), v.clone()),
        _ => (quote!((#(#types),*)), quote!((#(#values),*))),
    };
    let run = emit.names.fresh(&format!("{}_body", sdfg.name));
    let result = emit.names.fresh("outcome");
    let call = quote!(#run(#inner_args));
    quote! {
        #[allow(unused, unused_comparisons, non_snake_case, non_upper_case_globals, unreachable_code, clippy::all, clippy::pedantic)]
        pub fn #name(#(#params,)* #trailing) -> rt::Result<#result_type, rt::Error> {
            rt::levels! {
                fn #run(#inner_params) -> rt::Result<#result_type, rt::Error> {
                    // SAFETY: every index is proved or checked to lie in its array.
                    unsafe {
                        #scalars
                        #(let mut #late: i64 = 0;)*
                        #declared
                        #body
                        rt::Ok(#result_value)
                    }
                }
            }
            #prologue
            #views
            let #result = #call;
            #epilogue
            #result
        }
    }
}

fn expected(sdfg: &Sdfg, param: usize, dim: usize) -> String {
    match &sdfg.params[param].kind {
        ParamKind::Data(id) => sdfg
            .desc(*id)
            .shape
            .get(dim)
            .map(ToString::to_string)
            .unwrap_or_default(),
        ParamKind::Symbol(..) => String::new(),
    }
}

/// Type and value of a returned container.
fn result(emit: &Emit, id: DataId) -> (TokenStream, TokenStream) {
    let desc = emit.sdfg.desc(id);
    let ty = rust_type(desc.dtype);
    let dim = dimension(desc.rank());
    let label = &desc.name;
    match &emit.bindings[id.0 as usize] {
        Some(Binding::Scalar(name)) => (ty, quote!(#name)),
        Some(Binding::Array { base, strides }) => {
            let shape: Vec<TokenStream> = desc
                .shape
                .iter()
                .map(|n| emit.symbols.exact(n).ts)
                .collect();
            let array = quote!(rt::Array<#ty, #dim>);
            let dims: Vec<TokenStream> = shape.iter().map(|n| quote!((#n) as usize)).collect();
            let dims = if desc.rank() > 6 {
                quote!(rt::IxDyn(&[#(#dims),*]))
            } else {
                quote!([#(#dims),*])
            };
            let own = emit.place.kind[id.0 as usize] == Kind::Heap
                && desc.strides == row_major(&desc.shape);
            let once = emit.sdfg.returns.iter().filter(|r| **r == id).count() == 1;
            if own && once {
                let buffer = emit.buffer(id);
                let into = if emit.place.unread.contains(&id) {
                    quote!(into_written_array)
                } else {
                    quote!(into_array)
                };
                return (array, quote!(#buffer.#into(#label, &[#(#shape),*], #dims)?));
            }
            let strides: Vec<TokenStream> = strides
                .iter()
                .map(|s| match s {
                    Stride::One => quote!(1),
                    Stride::Expr(e) => emit.symbols.exact(e).ts,
                    Stride::Var(v) => quote!(#v),
                })
                .collect();
            (
                array,
                quote!(rt::copy_out(#label, #base, &[#(#shape),*], &[#(#strides),*], #dims)?),
            )
        }
        None => (quote!(()), quote!(())),
    }
}
