//! Access to elements: bounds are proved, else checked once before the loops, else checked at each access.

use super::emit::{Binding, Emit, Scope, Stride};
use super::token::{Prec, Tok};
use dace_core::sdfg::{DataId, Memlet};
use dace_core::symbolic::{Dim, Expr, Range};
use proc_macro2::{Literal, TokenStream};
use quote::quote;

/// One index of an access.
pub(super) enum Index {
    /// A symbolic integer.
    Affine(Expr),
    /// Already checked tokens.
    Checked(Tok),
}

/// Where an access goes.
pub(super) enum Place {
    Scalar(TokenStream),
    /// Base and offset.
    Element(TokenStream, TokenStream),
}

impl Place {
    pub(super) fn get(&self) -> TokenStream {
        match self {
            Self::Scalar(name) => name.clone(),
            Self::Element(base, at) => quote!(#base.get(#at)),
        }
    }
    pub(super) fn set(&self, value: TokenStream) -> TokenStream {
        match self {
            Self::Scalar(name) => quote!(#name = #value;),
            Self::Element(base, at) => quote!(#base.set(#at, #value);),
        }
    }
}

impl Emit<'_> {
    pub(super) fn is_proved(&self, e: &Expr, size: &Expr) -> bool {
        self.facts.is_nonneg(e) && self.facts.lt(e, size)
    }

    /// The place of a single element; `always` says that the access happens whenever this point of the program is reached.
    pub(super) fn place(&mut self, m: &Memlet, always: bool) -> Place {
        if let Some(a) = self
            .accumulators
            .iter()
            .rev()
            .find(|a| a.target.data == m.data)
        {
            let name = &a.ident;
            return Place::Scalar(quote!(#name));
        }
        let always = always && !m.dynamic;
        let index = m
            .subset
            .0
            .iter()
            .map(|d| match d {
                Dim::Index(e) => Index::Affine(e.clone()),
                // A range of one element.
                Dim::Range(r) => Index::Affine(r.begin.clone()),
            })
            .collect();
        self.element(m.data, index, always)
    }

    pub(super) fn element(&mut self, data: DataId, index: Vec<Index>, always: bool) -> Place {
        let shape = self.sdfg.desc(data).shape.clone();
        let (base, strides) = match &self.bindings[data.0 as usize] {
            Some(Binding::Scalar(name)) => return Place::Scalar(quote!(#name)),
            Some(Binding::Array { base, strides }) => (base.clone(), strides.clone()),
            None => {
                return Place::Scalar(quote!(::core::compile_error!(
                    "container without a binding"
                )));
            }
        };
        let mut offset: Option<Tok> = None;
        for (dim, (index, stride)) in index.into_iter().zip(strides).enumerate() {
            let size = shape.get(dim).cloned().unwrap_or_default();
            let index = match index {
                Index::Checked(tok) => tok,
                Index::Affine(e) => {
                    let tok = self.checked_index(&e, &size, data, dim, always);
                    if e.is_zero() && tok.prec == Prec::Atom && tok.ts.to_string() == "0" {
                        continue;
                    }
                    tok
                }
            };
            let stride = match &stride {
                Stride::One => None,
                Stride::Expr(e) if e.as_int() == Some(1) => None,
                Stride::Expr(e) => Some(self.symbols.index(e)),
                Stride::Var(v) => Some(Tok::atom(quote!(#v))),
            };
            let term = match stride {
                None => index,
                Some(stride) => index.binary(quote!(*), &stride, Prec::Product),
            };
            offset = Some(match offset {
                None => term,
                // Integer sums need no parentheses.
                Some(sum) => {
                    let (a, b) = (sum.at(Prec::Sum), term.at(Prec::Sum));
                    Tok::new(quote!(#a + #b), Prec::Sum)
                }
            });
        }
        let at = offset.map_or_else(|| quote!(0), |t| t.ts);
        Place::Element(quote!(#base), at)
    }

    /// The index, proved or checked to lie in the dimension.
    pub(super) fn checked_index(
        &mut self,
        e: &Expr,
        size: &Expr,
        data: DataId,
        dim: usize,
        always: bool,
    ) -> Tok {
        if self.is_proved(e, size) || (always && self.hoist(e, size, data, dim)) {
            return self.symbols.index(e);
        }
        let name = self.name(data).to_owned();
        // The container exists, so its sizes fit.
        let bound = self.symbols.index(size).ts;
        let dim = Literal::usize_unsuffixed(dim);
        Tok::atom(if self.symbols.fits(e) {
            let index = self.symbols.index(e).ts;
            quote!(rt::index(#index, #bound, #name, #dim)?)
        } else {
            let index = self.symbols.wide(e).ts;
            quote!(rt::index_wide(#index, #bound, #name, #dim)?)
        })
    }

    /// Moves the check of an access that is sure to happen in every iteration out of as many loops as possible: the extreme
    /// indices over a box of iterations are taken on at its corners.
    fn hoist(&mut self, e: &Expr, size: &Expr, data: DataId, dim: usize) -> bool {
        let (mut low, mut high) = (e.clone(), e.clone());
        let mut ranges: Vec<Range> = Vec::new();
        let mut best = None;
        for (level, scope) in self.scopes.iter().enumerate().rev() {
            let Scope::Loop { var, range, .. } = scope else {
                break;
            };
            if ranges.iter().any(|r| r.contains_sym(var)) {
                break;
            }
            let Some(step) = range.step.as_int() else {
                break;
            };
            let (first, last) = ends(range, step);
            let corner = |e: &Expr, upper: bool| -> Option<Expr> {
                let (a, b) = e.linear_in(var)?;
                let rising = if self.facts.is_nonneg(&a) {
                    true
                } else if self.facts.is_nonneg(&-&a) {
                    false
                } else {
                    return None;
                };
                Some(
                    a * if (rising == upper) == (step > 0) {
                        last.clone()
                    } else {
                        first.clone()
                    } + b,
                )
            };
            let (Some(l), Some(h)) = (corner(&low, false), corner(&high, true)) else {
                break;
            };
            (low, high) = (l, h);
            ranges.push(range.clone());
            let outside = |e: &Expr| {
                e.symbols()
                    .iter()
                    .all(|s| self.depth.get(s).is_some_and(|d| *d <= level))
            };
            if outside(&low)
                && outside(&high)
                && outside(size)
                && ranges.iter().all(|r| outside(&r.begin) && outside(&r.end))
            {
                best = Some((level, low.clone(), high.clone(), ranges.len()));
            }
        }
        let Some((level, low, high, count)) = best else {
            return false;
        };
        let mut conditions = Vec::new();
        for r in &ranges[..count] {
            let (begin, end) = (self.symbols.wide(&r.begin).ts, self.symbols.wide(&r.end).ts);
            conditions.push(if r.step.as_int().is_some_and(|s| s > 0) {
                quote!(#begin < #end)
            } else {
                quote!(#end < #begin)
            });
        }
        let name = self.name(data).to_owned();
        let dim = Literal::usize_unsuffixed(dim);
        let (low, high, size) = (
            self.symbols.wide(&low).ts,
            self.symbols.wide(&high).ts,
            self.symbols.exact(size).ts,
        );
        let check = quote! {
            if #(#conditions)&&* {
                rt::span(#low, #high, #size, #name, #dim)?;
            }
        };
        if let Some(Scope::Loop { checks, .. }) = self.scopes.get_mut(level) {
            checks.insert(check.to_string(), check);
        }
        true
    }

    /// Base address and, for each remaining dimension, size and stride of a region, checked to lie in its container unless it is empty.
    pub(super) fn region_of(&mut self, m: &Memlet) -> Region {
        let shape = self.sdfg.desc(m.data).shape.clone();
        let name = self.name(m.data).to_owned();
        let mut checks = TokenStream::new();
        let mut dims = Vec::new();
        let counts: Vec<Expr> = m
            .subset
            .0
            .iter()
            .filter_map(|d| {
                if let Dim::Range(r) = d {
                    Some(self.count(r))
                } else {
                    None
                }
            })
            .collect();
        let mut guards = Vec::new();
        for n in &counts {
            if !self.facts.is_pos(n) {
                let n = self.symbols.exact(n).at(Prec::Sum);
                guards.push(quote!(#n > 0));
            }
        }
        let (base, strides) = match &self.bindings[m.data.0 as usize] {
            Some(Binding::Array { base, strides }) => (base.clone(), strides.clone()),
            // A scalar as a region of one element.
            Some(Binding::Scalar(s)) => {
                return Region {
                    address: quote!(&raw mut #s),
                    dims,
                    checks,
                };
            }
            None => {
                return Region {
                    address: quote!(::core::compile_error!("container without a binding")),
                    dims,
                    checks,
                };
            }
        };
        let mark = self.facts.mark();
        for n in &counts {
            self.facts.assume_nonneg(n - 1);
        }
        let mut terms = Vec::new();
        let mut tests = TokenStream::new();
        let mut counts = counts.into_iter();
        for (dim, (d, stride)) in m.subset.0.iter().zip(strides).enumerate() {
            let size = shape.get(dim).cloned().unwrap_or_default();
            let stride = match &stride {
                Stride::One => quote!(1i64),
                Stride::Expr(e) => self.symbols.exact(e).ts,
                Stride::Var(v) => quote!(#v),
            };
            let (begin, last) = match d {
                Dim::Index(e) => (e.clone(), e.clone()),
                Dim::Range(r) => {
                    let n = counts.next().unwrap_or_default();
                    let step = self.symbols.exact(&r.step);
                    let stride = if r.step.as_int() == Some(1) {
                        stride.clone()
                    } else {
                        let step = step.ts;
                        quote!(i64::wrapping_mul(#stride, #step))
                    };
                    dims.push((n.clone(), stride));
                    (r.begin.clone(), &r.begin + &(&r.step * &(n - 1)))
                }
            };
            if !(self.is_proved(&begin, &size) && (begin == last || self.is_proved(&last, &size))) {
                let (first, last, bound) = (
                    self.symbols.wide(&begin).ts,
                    self.symbols.wide(&last).ts,
                    self.symbols.exact(&size).ts,
                );
                let dim = Literal::usize_unsuffixed(dim);
                tests.extend(quote!(rt::span(#first, #last, #bound, #name, #dim)?;));
            }
            if !begin.is_zero() {
                let begin = self.symbols.index(&begin).ts;
                terms.push(quote!(i64::wrapping_mul(#begin, #stride)));
            }
        }
        self.facts.truncate(mark);
        if !tests.is_empty() {
            checks = if guards.is_empty() {
                tests
            } else {
                quote!(if #(#guards)&&* { #tests })
            };
        }
        let at = terms
            .into_iter()
            .reduce(|a, b| quote!(i64::wrapping_add(#a, #b)))
            .unwrap_or_else(|| quote!(0));
        Region {
            address: quote!(#base.at(#at)),
            dims,
            checks,
        }
    }
}

/// First and last value of a range that is not empty.
pub(super) fn ends(range: &Range, step: i64) -> (Expr, Expr) {
    let last = match step {
        1 => &range.end - 1,
        s if s > 0 => {
            &range.begin + &((&range.end - &range.begin - 1).floor_div(&Expr::int(s)) * s)
        }
        s => {
            &range.begin
                + &((&range.begin - &range.end - 1).floor_div(&Expr::int(s.saturating_neg())) * s)
        }
    };
    (range.begin.clone(), last)
}

/// A region of a container at run time.
pub(super) struct Region {
    /// Of its first element, a `*mut T`.
    pub(super) address: TokenStream,
    /// Size and stride.
    pub(super) dims: Vec<(Expr, TokenStream)>,
    /// To stand before any use.
    pub(super) checks: TokenStream,
}
