//! Symbolic integers as Rust expressions.
//!
//! Their values are mathematical integers; Rust's are not. What provably fits into 64 bits (sizes are at most 2^47) is
//! computed there with plain operators; the rest in 128 bits and checked, or, where the value is known to fit and only steps on the
//! way may not, with wrapping operators, which are exact modulo 2^64. So is what wraps by its meaning.

use super::token::{Prec, Tok};
use dace_core::symbolic::{Atom, Expr, Sym};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;
use std::collections::HashMap;

/// The largest size of a dimension that the runtime accepts.
pub(super) const MAX_SIZE: i128 = dace_core::symbolic::MAX_SIZE as i128;
/// The largest magnitude of an `int64`.
pub(super) const ANY: i128 = 1 << 63;
const NARROW: i128 = i64::MAX as i128;
const WIDE: i128 = i128::MAX / 4;

/// Symbols in scope.
#[derive(Clone, Debug, Default)]
pub(super) struct Symbols {
    /// Identifier and largest magnitude.
    known: HashMap<Sym, (Ident, i128)>,
}

#[derive(Clone, Copy, PartialEq)]
enum Mode {
    Plain,
    Wrapping,
    /// 128 bits.
    Wide,
    /// 128 bits, every step checked.
    Checked,
}

impl Symbols {
    pub(super) fn define(&mut self, sym: &Sym, ident: Ident, magnitude: i128) {
        self.known.insert(sym.clone(), (ident, magnitude));
    }
    pub(super) fn ident(&self, sym: &Sym) -> Option<&Ident> {
        self.known.get(sym).map(|(i, _)| i)
    }

    /// An upper bound of the magnitude of the value and of every step on the way; saturates.
    pub(super) fn magnitude(&self, e: &Expr) -> i128 {
        let mut sum = 0i128;
        for (mono, coefficient) in e.terms() {
            let mut product = coefficient.saturating_abs();
            for (atom, power) in mono {
                let value = match atom {
                    Atom::Sym(s) => self.known.get(s).map_or(ANY, |(_, m)| *m),
                    Atom::Pos(d) => self.magnitude(d),
                    Atom::Wrap(e) => self.magnitude(e).min(ANY),
                    Atom::FloorDiv(a, b) => {
                        self.magnitude(a).max(self.magnitude(b)).saturating_add(1)
                    }
                    Atom::Mod(a, b) => self.magnitude(b).max(self.magnitude(a)),
                };
                for _ in 0..*power {
                    product = product.saturating_mul(value.max(1));
                }
            }
            sum = sum.saturating_add(product);
        }
        sum
    }
    /// Whether the value surely is an `i64`, and every step on the way.
    pub(super) fn fits(&self, e: &Expr) -> bool {
        self.magnitude(e) <= NARROW || e.as_sym().is_some() || e.as_wrapped().is_some()
    }

    /// The value as an `i64`, for an expression whose value is known to fit.
    pub(super) fn index(&self, e: &Expr) -> Tok {
        if self.fits(e) {
            self.emit(e, Mode::Plain)
        } else if e.terms().iter().all(|(m, _)| {
            m.iter()
                .all(|(a, _)| matches!(a, Atom::Sym(_)) || self.operands_wide(a))
        }) {
            self.emit(e, Mode::Wrapping)
        } else {
            self.exact(e)
        }
    }
    fn operands_wide(&self, atom: &Atom) -> bool {
        match atom {
            Atom::Sym(_) | Atom::Wrap(_) => true,
            Atom::Pos(d) => self.magnitude(d) <= WIDE,
            Atom::FloorDiv(a, b) | Atom::Mod(a, b) => {
                self.magnitude(a) <= WIDE && self.magnitude(b) <= WIDE
            }
        }
    }

    /// The value as an `i64`; where it may not fit, the tokens hold a `?`.
    pub(super) fn exact(&self, e: &Expr) -> Tok {
        if self.fits(e) {
            return self.emit(e, Mode::Plain);
        }
        let wide = self.wide(e).ts;
        Tok::atom(quote!(rt::fit(#wide)?))
    }

    /// The value as an `i128`; where it may not fit, the tokens hold a `?`.
    pub(super) fn wide(&self, e: &Expr) -> Tok {
        if self.fits(e) {
            if let Some(v) = e.as_int() {
                let literal = Literal::i128_unsuffixed(i128::from(v).saturating_abs());
                return Tok::atom(if v < 0 {
                    quote!((-#literal))
                } else {
                    quote!(#literal)
                });
            }
            let ts = self.emit(e, Mode::Plain).ts;
            return Tok::atom(quote!(i128::from(#ts)));
        }
        self.emit(
            e,
            if self.magnitude(e) <= WIDE {
                Mode::Wide
            } else {
                Mode::Checked
            },
        )
    }

    fn emit(&self, e: &Expr, mode: Mode) -> Tok {
        let terms = e.terms();
        if terms.is_empty() {
            return Tok::atom(quote!(0));
        }
        // As in the printed form: constants last, a leading plus where there is one.
        let order = terms.iter().filter(|(m, _)| !m.is_empty());
        let constant = terms.iter().filter(|(m, _)| m.is_empty());
        let (positive, negative): (Vec<_>, Vec<_>) =
            order.chain(constant).partition(|(_, c)| *c > 0);
        let mut sum: Option<Tok> = None;
        for (mono, coefficient) in positive.into_iter().chain(negative) {
            let term = self.term(mono, coefficient.unsigned_abs(), mode);
            let minus = *coefficient < 0;
            sum = Some(match sum {
                None if minus && mode == Mode::Wrapping => {
                    let ts = term.ts;
                    Tok::atom(quote!(0i64.wrapping_sub(#ts)))
                }
                None if minus => {
                    let ts = term.at(Prec::Product);
                    Tok::new(quote!(-#ts), Prec::Sum)
                }
                None => term,
                Some(sum) => match mode {
                    Mode::Wrapping => {
                        let (a, b) = (sum.at(Prec::Atom), term.ts);
                        Tok::atom(if minus {
                            quote!(#a.wrapping_sub(#b))
                        } else {
                            quote!(#a.wrapping_add(#b))
                        })
                    }
                    Mode::Checked => {
                        let (a, b) = (sum.ts, term.ts);
                        Tok::atom(if minus {
                            quote!(rt::wide_sub(#a, #b)?)
                        } else {
                            quote!(rt::wide_add(#a, #b)?)
                        })
                    }
                    _ => sum.binary(if minus { quote!(-) } else { quote!(+) }, &term, Prec::Sum),
                },
            });
        }
        sum.unwrap_or_else(|| Tok::atom(quote!(0)))
    }

    fn term(&self, mono: &[(Atom, u32)], coefficient: u128, mode: Mode) -> Tok {
        let mut product: Option<Tok> = None;
        if mono.is_empty() || coefficient != 1 {
            product = Some(Tok::atom(match mode {
                // A coefficient is taken modulo 2^64 as everything else.
                Mode::Wrapping => {
                    let coefficient = coefficient as u64 as i64;
                    let literal = Literal::i64_suffixed(coefficient);
                    if coefficient < 0 {
                        quote!((#literal))
                    } else {
                        quote!(#literal)
                    }
                }
                Mode::Plain => {
                    let literal = Literal::u128_unsuffixed(coefficient);
                    quote!(#literal)
                }
                _ => {
                    let literal =
                        Literal::i128_suffixed(i128::try_from(coefficient).unwrap_or(i128::MAX));
                    quote!(#literal)
                }
            }));
        }
        for (atom, power) in mono {
            let factor = self.atom(atom, mode);
            for _ in 0..*power {
                product = Some(match product {
                    None => factor.clone(),
                    Some(p) => match mode {
                        Mode::Wrapping => {
                            let (a, b) = (p.at(Prec::Atom), &factor.ts);
                            Tok::atom(quote!(#a.wrapping_mul(#b)))
                        }
                        Mode::Checked => {
                            let (a, b) = (p.ts, &factor.ts);
                            Tok::atom(quote!(rt::wide_mul(#a, #b)?))
                        }
                        _ => p.binary(quote!(*), &factor, Prec::Product),
                    },
                });
            }
        }
        product.unwrap_or_else(|| Tok::atom(quote!(1)))
    }

    fn atom(&self, atom: &Atom, mode: Mode) -> Tok {
        let wide = matches!(mode, Mode::Wide | Mode::Checked);
        if let Atom::Sym(s) = atom {
            let name = self.ident(s).map_or_else(
                || quote!(::core::compile_error!("symbol without a value")),
                |name| quote!(#name),
            );
            return Tok::atom(if wide {
                quote!(i128::from(#name))
            } else {
                name
            });
        }
        if let Atom::Wrap(e) = atom {
            let plain = self.magnitude(e) <= NARROW;
            let value = self.emit(e, if plain { Mode::Plain } else { Mode::Wrapping });
            let ts = value.ts;
            return match wide {
                true => Tok::atom(quote!(i128::from(#ts))),
                false if plain => Tok::atom(quote!((#ts))),
                false => Tok::atom(ts),
            };
        }
        // What is not a polynomial is not exact modulo 2^64: its operands have to be.
        let operand = |e: &Expr| -> TokenStream {
            if wide {
                self.emit(e, mode).ts
            } else {
                self.emit(e, Mode::Plain).ts
            }
        };
        let operands: Vec<&Expr> = match atom {
            Atom::Pos(d) => vec![d],
            Atom::FloorDiv(a, b) | Atom::Mod(a, b) => vec![a, b],
            Atom::Sym(_) | Atom::Wrap(_) => vec![],
        };
        if mode == Mode::Wrapping && !operands.iter().all(|e| self.fits(e)) {
            // Its value modulo 2^64; a step beyond 128 bits is beyond every bound that was proved.
            let ts = self.atom(atom, Mode::Wide).ts;
            return Tok::atom(quote!((#ts as i64)));
        }
        Tok::atom(match atom {
            Atom::Pos(d) => {
                let d = operand(d);
                quote!(rt::pos(#d))
            }
            Atom::FloorDiv(a, b) => {
                let a = operand(a);
                let positive = b.as_int().is_some_and(|b| b > 0);
                let b = operand(b);
                match (wide, positive) {
                    (true, _) => quote!(rt::wide_div(#a, #b)),
                    (false, true) => quote!(i64::div_euclid(#a, #b)),
                    (false, false) => quote!(rt::floor_div::<i64>(#a, #b)),
                }
            }
            Atom::Mod(a, b) => {
                let a = operand(a);
                let positive = b.as_int().is_some_and(|b| b > 0);
                let b = operand(b);
                match (wide, positive) {
                    (true, _) => quote!(rt::wide_mod(#a, #b)),
                    (false, true) => quote!(i64::rem_euclid(#a, #b)),
                    (false, false) => quote!(rt::modulo::<i64>(#a, #b)),
                }
            }
            Atom::Sym(_) | Atom::Wrap(_) => quote!(0),
        })
    }
}
