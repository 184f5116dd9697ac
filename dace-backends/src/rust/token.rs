//! Expressions as tokens with their binding strength, so that parentheses stand only where they are needed.

use dace_core::sdfg::{Const, DType};
use proc_macro2::{Literal, TokenStream};
use quote::quote;

/// How tightly an expression binds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Prec {
    /// Anything that needs parentheses inside another expression.
    Loose,
    Sum,
    Product,
    Atom,
}

#[derive(Clone, Debug)]
pub(super) struct Tok {
    pub(super) ts: TokenStream,
    pub(super) prec: Prec,
}

impl Tok {
    pub(super) fn atom(ts: TokenStream) -> Self {
        Self {
            ts,
            prec: Prec::Atom,
        }
    }
    pub(super) fn new(ts: TokenStream, prec: Prec) -> Self {
        Self { ts, prec }
    }
    /// The tokens as an operand that binds at least as tightly as `prec`.
    pub(super) fn at(&self, prec: Prec) -> TokenStream {
        let ts = &self.ts;
        if self.prec >= prec {
            ts.clone()
        } else {
            quote!((#ts))
        }
    }
    /// A left-associative binary operation.
    pub(super) fn binary(&self, op: TokenStream, b: &Self, prec: Prec) -> Self {
        let left = self.at(prec);
        let right = b.at(match prec {
            Prec::Sum => Prec::Product,
            _ => Prec::Atom,
        });
        Self::new(quote!(#left #op #right), prec)
    }
}

/// The Rust type of an element.
pub(super) fn rust_type(dtype: DType) -> TokenStream {
    match dtype {
        DType::Bool => quote!(bool),
        DType::Int8 => quote!(i8),
        DType::Int16 => quote!(i16),
        DType::Int32 => quote!(i32),
        DType::Int64 => quote!(i64),
        DType::UInt8 => quote!(u8),
        DType::UInt16 => quote!(u16),
        DType::UInt32 => quote!(u32),
        DType::UInt64 => quote!(u64),
        DType::Float32 => quote!(f32),
        DType::Float64 => quote!(f64),
        DType::Complex64 => quote!(rt::Complex<f32>),
        DType::Complex128 => quote!(rt::Complex<f64>),
    }
}

fn float(value: f64, single: bool) -> Tok {
    let ty = if single { quote!(f32) } else { quote!(f64) };
    if value.is_nan() {
        return Tok::atom(quote!(#ty::NAN));
    }
    if value.is_infinite() {
        return if value > 0.0 {
            Tok::atom(quote!(#ty::INFINITY))
        } else {
            Tok::atom(quote!(#ty::NEG_INFINITY))
        };
    }
    let literal = if single {
        Literal::f32_suffixed(value.abs() as f32)
    } else {
        Literal::f64_unsuffixed(value.abs())
    };
    if value.is_sign_negative() {
        Tok::atom(quote!((-#literal)))
    } else {
        Tok::atom(quote!(#literal))
    }
}

/// A typed constant.
pub(super) fn constant(value: Const) -> Tok {
    match value {
        Const::Bool(b) => Tok::atom(quote!(#b)),
        Const::Int(v, d) => {
            let ty = rust_type(d);
            // The most negative value has no literal without its sign.
            if v < 0 {
                let bits = 8 * d.size() as u32 - 1;
                if v <= -(1i128 << bits) {
                    return Tok::atom(quote!(#ty::MIN));
                }
                let literal: TokenStream = format!("{}{ty}", -v).parse().unwrap_or_default();
                return Tok::atom(quote!((-#literal)));
            }
            Tok::atom(format!("{v}{ty}").parse().unwrap_or_default())
        }
        Const::Float(v, d) => float(v, d == DType::Float32),
        Const::Complex(re, im, d) => {
            let single = d == DType::Complex64;
            let (re, im) = (float(re, single).ts, float(im, single).ts);
            Tok::atom(quote!(rt::Complex::new(#re, #im)))
        }
    }
}
