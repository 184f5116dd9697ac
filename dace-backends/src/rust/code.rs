//! Tasklet code as Rust expressions.

use super::access::Index;
use super::emit::Emit;
use super::token::{Prec, Tok, constant, rust_type};
use dace_core::sdfg::{BinOp, Code, Const, DType, Memlet, UnOp};
use dace_core::symbolic::{Dim, Expr};
use proc_macro2::{Ident, TokenStream};
use quote::quote;

/// The inputs of a piece of code.
pub(super) struct Inputs<'m> {
    pub(super) memlets: Vec<&'m Memlet>,
    /// Inputs that were loaded into a local before.
    pub(super) loaded: Vec<Option<Ident>>,
}

impl Inputs<'_> {
    fn dtype(&self, emit: &Emit, code: &Code) -> DType {
        code.dtype(&|k| {
            self.memlets
                .get(k)
                .map_or(DType::Float64, |m| emit.sdfg.desc(m.data).dtype)
        })
    }
}

/// How often an input is used as a single element, and whether only where the code may not come.
fn uses(code: &Code, k: usize, lazy: bool, count: &mut usize, any_lazy: &mut bool) {
    match code {
        Code::In(j) if *j == k => {
            *count += 1;
            *any_lazy |= lazy;
        }
        Code::Select(c, a, b) => {
            uses(c, k, lazy, count, any_lazy);
            uses(a, k, true, count, any_lazy);
            uses(b, k, true, count, any_lazy);
        }
        Code::Bin(BinOp::And | BinOp::Or, a, b) => {
            uses(a, k, lazy, count, any_lazy);
            uses(b, k, true, count, any_lazy);
        }
        _ => code
            .children()
            .into_iter()
            .for_each(|c| uses(c, k, lazy, count, any_lazy)),
    }
}

impl Emit<'_> {
    /// Loads the inputs that are used more than once, or only sometimes: an element that is surely there is read in any case, which lets
    /// loops vectorise. Gives the statements.
    pub(super) fn load_inputs<'m>(
        &mut self,
        memlets: Vec<&'m Memlet>,
        codes: &[(&Code, bool)],
    ) -> (TokenStream, Inputs<'m>) {
        let mut before = TokenStream::new();
        let mut loaded = Vec::new();
        for (k, m) in memlets.iter().enumerate() {
            let (mut count, mut lazy) = (0, false);
            for (code, conditional) in codes {
                uses(code, k, *conditional, &mut count, &mut lazy);
            }
            if count == 0 || m.dynamic || (count == 1 && !lazy) {
                loaded.push(None);
                continue;
            }
            let place = self.place(m, true);
            if let super::access::Place::Scalar(_) = place {
                loaded.push(None);
                continue;
            }
            let name = self.names.fresh(&format!("{}_at", self.name(m.data)));
            let value = place.get();
            before.extend(quote!(let #name = #value;));
            loaded.push(Some(name));
        }
        (before, Inputs { memlets, loaded })
    }

    /// The value of the code; `always` as for [`Emit::place`].
    pub(super) fn code(&mut self, code: &Code, inputs: &Inputs, always: bool) -> Tok {
        match code {
            Code::Const(c) => constant(*c),
            Code::Sym(e) => self.symbol_value(e),
            Code::In(k) => {
                if let Some(Some(name)) = inputs.loaded.get(*k) {
                    return Tok::atom(quote!(#name));
                }
                match inputs.memlets.get(*k) {
                    Some(m) => Tok::atom(self.place(m, always).get()),
                    None => Tok::atom(quote!(::core::compile_error!("input without a memlet"))),
                }
            }
            Code::Load(k, index) => match inputs.memlets.get(*k) {
                Some(m) => {
                    let index = self.region_index(m, index, inputs, always);
                    Tok::atom(self.element(m.data, index, false).get())
                }
                None => Tok::atom(quote!(::core::compile_error!("input without a memlet"))),
            },
            Code::Un(op, a) => {
                let dtype = inputs.dtype(self, a);
                let a = self.code(a, inputs, always);
                unary(*op, dtype, &a)
            }
            Code::Bin(op, a, b) => self.binary(*op, a, b, inputs, always),
            Code::Select(c, a, b) => {
                let c = self.code(c, inputs, always).ts;
                let (a, b) = (
                    self.code(a, inputs, false).ts,
                    self.code(b, inputs, false).ts,
                );
                Tok::new(quote!(if #c { #a } else { #b }), Prec::Loose)
            }
            Code::Cast(to, a) => {
                let from = inputs.dtype(self, a);
                let a = self.code(a, inputs, always);
                cast(from, *to, &a)
            }
        }
    }

    /// A symbolic integer as a value of type `int64`: an error where it is none.
    fn symbol_value(&self, e: &Expr) -> Tok {
        if let Some(v) = e.as_int() {
            return constant(dace_core::sdfg::Const::Int(i128::from(v), DType::Int64));
        }
        if self.facts.fits_int64(e) {
            self.symbols.index(e)
        } else {
            self.symbols.exact(e)
        }
    }

    /// Indices into the container for indices into a memlet's region.
    pub(super) fn region_index(
        &mut self,
        m: &Memlet,
        index: &[Code],
        inputs: &Inputs,
        always: bool,
    ) -> Vec<Index> {
        let shape = self.sdfg.desc(m.data).shape.clone();
        let mut given = index.iter();
        let mut out = Vec::new();
        for (dim, (d, size)) in m.subset.0.iter().zip(&shape).enumerate() {
            let range = match d {
                Dim::Index(e) => {
                    out.push(Index::Affine(e.clone()));
                    continue;
                }
                Dim::Range(r) => r,
            };
            let Some(code) = given.next() else {
                out.push(Index::Checked(Tok::atom(quote!(::core::compile_error!(
                    "index missing"
                )))));
                continue;
            };
            let count = self.count(range);
            if let Code::Sym(e) = code {
                let at = &range.begin + &(e * &range.step);
                if self.is_proved(e, &count) && self.is_proved(&at, size) {
                    out.push(Index::Checked(self.symbols.index(&at)));
                    continue;
                }
            }
            let name = self.name(m.data).to_owned();
            let dim = proc_macro2::Literal::usize_unsuffixed(dim);
            // The container exists, so its sizes fit.
            let bound = if count == *size {
                self.symbols.index(size).ts
            } else {
                self.symbols.exact(&count).ts
            };
            let value = self.code(code, inputs, always).ts;
            let inner = quote!(rt::index(#value, #bound, #name, #dim)?);
            let step = range.step.as_int();
            if range.begin.is_zero() && step == Some(1) {
                let whole = self.facts.le(&count, size);
                out.push(Index::Checked(Tok::atom(if whole {
                    inner
                } else {
                    let size = self.symbols.index(size).ts;
                    quote!(rt::index(#inner, #size, #name, #dim)?)
                })));
                continue;
            }
            // The region itself may lie outside.
            let begin = self.symbols.exact(&range.begin).ts;
            let step = self.symbols.exact(&range.step).ts;
            let size = self.symbols.index(size).ts;
            let at = quote!(i128::from(#begin) + i128::from(#inner) * i128::from(#step));
            out.push(Index::Checked(Tok::atom(
                quote!(rt::index_wide(#at, #size, #name, #dim)?),
            )));
        }
        out
    }

    fn binary(&mut self, op: BinOp, a: &Code, b: &Code, inputs: &Inputs, always: bool) -> Tok {
        let dtype = inputs.dtype(self, a);
        if matches!(op, BinOp::Add | BinOp::Sub)
            && dtype.is_float()
            && !self.options.strict_fp
            && let Some(tok) = self.fused(op, dtype, a, b, inputs, always)
        {
            return tok;
        }
        if op == BinOp::Pow
            && !dtype.is_int()
            && let Code::Const(exponent) = b
            && let Some(f) = power(*exponent, dtype, self.options.strict_fp)
        {
            let x = self.code(a, inputs, always).ts;
            return Tok::atom(quote!(#f(#x)));
        }
        let x = self.code(a, inputs, always);
        // Logical operators leave out their second operand.
        let y = self.code(b, inputs, always && !matches!(op, BinOp::And | BinOp::Or));
        if op == BinOp::Pow && dtype.is_int() {
            let (x, y) = (x.ts, y.ts);
            let nonneg = matches!(b, Code::Const(dace_core::sdfg::Const::Int(v, _)) if *v >= 0)
                || matches!(b, Code::Sym(e) if e.as_int().is_some_and(|v| v >= 0))
                || dtype.is_unsigned_int();
            return Tok::atom(if nonneg {
                quote!(rt::int_pow(#x, #y))
            } else {
                quote!(rt::checked_pow(#x, #y)?)
            });
        }
        operate(op, dtype, &x, &y)
    }

    /// `a * b + c` in one rounding.
    fn fused(
        &mut self,
        op: BinOp,
        dtype: DType,
        a: &Code,
        b: &Code,
        inputs: &Inputs,
        always: bool,
    ) -> Option<Tok> {
        let fma = if dtype == DType::Float32 {
            quote!(rt::fma32)
        } else {
            quote!(rt::fma)
        };
        let minus = op == BinOp::Sub;
        let product = |c: &Code| matches!(c, Code::Bin(BinOp::Mul, ..));
        if product(b) {
            let Code::Bin(_, x, y) = b else { return None };
            let c = self.code(a, inputs, always).ts;
            let (x, y) = (
                self.code(x, inputs, always),
                self.code(y, inputs, always).ts,
            );
            let x = if minus {
                let x = x.at(Prec::Atom);
                quote!(-#x)
            } else {
                x.ts
            };
            return Some(Tok::atom(quote!(#fma::<FMA>(#x, #y, #c))));
        }
        if product(a) {
            let Code::Bin(_, x, y) = a else { return None };
            let (x, y) = (
                self.code(x, inputs, always).ts,
                self.code(y, inputs, always).ts,
            );
            let c = self.code(b, inputs, always);
            let c = if minus {
                let c = c.at(Prec::Atom);
                quote!(-#c)
            } else {
                c.ts
            };
            return Some(Tok::atom(quote!(#fma::<FMA>(#x, #y, #c))));
        }
        None
    }
}

/// The function for some constant exponents: those for which NumPy takes another, and those that a root and a few products give.
fn power(exponent: Const, dtype: DType, strict_fp: bool) -> Option<TokenStream> {
    let (Const::Float(value, _) | Const::Complex(value, 0.0, _)) = exponent else {
        return None;
    };
    match value {
        2.0 if dtype.is_complex() => Some(quote!(rt::complex_square)),
        2.0 => Some(quote!(rt::square)),
        0.5 if dtype.is_float() => Some(quote!(rt::math::Real::sqrt::<FMA>)),
        -2.5 | -1.5 | -0.5 | 1.5 | 2.5 if dtype.is_float() && !strict_fp => {
            let whole = proc_macro2::Literal::u8_unsuffixed(value.abs() as u8);
            let inverse = value < 0.0;
            Some(quote!(rt::math::Real::half_power::<#whole, #inverse>))
        }
        _ => None,
    }
}

/// A binary operation on values of one type.
pub(super) fn operate(op: BinOp, dtype: DType, a: &Tok, b: &Tok) -> Tok {
    let call = |f: TokenStream| {
        let (a, b) = (&a.ts, &b.ts);
        Tok::atom(quote!(#f(#a, #b)))
    };
    let infix = |op: TokenStream, prec: Prec| a.binary(op, b, prec);
    let loose = |op: TokenStream| {
        let (a, b) = (a.at(Prec::Atom), b.at(Prec::Atom));
        Tok::new(quote!(#a #op #b), Prec::Loose)
    };
    let real = |f: TokenStream| {
        let (a, b) = (&a.ts, &b.ts);
        Tok::atom(quote!(rt::math::Real::#f::<FMA>(#a, #b)))
    };
    let wrapping = |f: TokenStream| {
        let ty = rust_type(dtype);
        let (a, b) = (&a.ts, &b.ts);
        Tok::atom(quote!(#ty::#f(#a, #b)))
    };
    let complex = dtype.is_complex();
    match op {
        BinOp::Add if dtype.is_int() => wrapping(quote!(wrapping_add)),
        BinOp::Sub if dtype.is_int() => wrapping(quote!(wrapping_sub)),
        BinOp::Mul if dtype.is_int() => wrapping(quote!(wrapping_mul)),
        BinOp::Add if dtype == DType::Bool => loose(quote!(|)),
        BinOp::Mul if dtype == DType::Bool => loose(quote!(&)),
        BinOp::Add => infix(quote!(+), Prec::Sum),
        BinOp::Sub => infix(quote!(-), Prec::Sum),
        BinOp::Mul if complex => call(quote!(rt::complex_mul)),
        BinOp::Mul => infix(quote!(*), Prec::Product),
        BinOp::Div if complex => {
            let (a, b) = (&a.ts, &b.ts);
            Tok::atom(quote!(rt::math::ComplexMath::div::<FMA>(#a, #b)))
        }
        BinOp::Div => infix(quote!(/), Prec::Product),
        BinOp::FloorDiv => call(quote!(rt::floor_div)),
        BinOp::Mod => call(quote!(rt::modulo)),
        BinOp::Fmod => call(quote!(rt::fmod)),
        BinOp::Pow if complex => {
            let (a, b) = (&a.ts, &b.ts);
            Tok::atom(quote!(rt::math::ComplexMath::pow::<FMA>(#a, #b)))
        }
        BinOp::Pow => real(quote!(pow)),
        BinOp::BitAnd => loose(quote!(&)),
        BinOp::BitOr => loose(quote!(|)),
        BinOp::BitXor => loose(quote!(^)),
        BinOp::Shl => call(quote!(rt::shl)),
        BinOp::Shr => call(quote!(rt::shr)),
        BinOp::Eq => compare(quote!(==), a, b),
        BinOp::Ne => compare(quote!(!=), a, b),
        BinOp::Lt if complex => call(quote!(rt::Lexicographic::lt)),
        BinOp::Le if complex => call(quote!(rt::Lexicographic::le)),
        BinOp::Gt if complex => {
            let (a, b) = (&a.ts, &b.ts);
            Tok::atom(quote!(rt::Lexicographic::lt(#b, #a)))
        }
        BinOp::Ge if complex => {
            let (a, b) = (&a.ts, &b.ts);
            Tok::atom(quote!(rt::Lexicographic::le(#b, #a)))
        }
        BinOp::Lt => compare(quote!(<), a, b),
        BinOp::Le => compare(quote!(<=), a, b),
        BinOp::Gt => compare(quote!(>), a, b),
        BinOp::Ge => compare(quote!(>=), a, b),
        // Both sides are evaluated where that costs nothing and cannot fail: no branch.
        BinOp::And => {
            let lazy = super::emit::is_fallible(&b.ts);
            loose(if lazy { quote!(&&) } else { quote!(&) })
        }
        BinOp::Or => {
            let lazy = super::emit::is_fallible(&b.ts);
            loose(if lazy { quote!(||) } else { quote!(|) })
        }
        BinOp::Min => call(quote!(rt::min)),
        BinOp::Max => call(quote!(rt::max)),
        BinOp::Fmin => call(quote!(rt::fmin)),
        BinOp::Fmax => call(quote!(rt::fmax)),
        BinOp::Atan2 => real(quote!(atan2)),
        BinOp::Hypot => real(quote!(hypot)),
        BinOp::Copysign => call(quote!(rt::copysign)),
    }
}

/// A comparison with its operands in parentheses unless they are sums or tighter.
fn compare(op: TokenStream, a: &Tok, b: &Tok) -> Tok {
    let (a, b) = (a.at(Prec::Sum), b.at(Prec::Sum));
    Tok::new(quote!(#a #op #b), Prec::Loose)
}

fn unary(op: UnOp, dtype: DType, a: &Tok) -> Tok {
    let ts = &a.ts;
    let ty = rust_type(dtype);
    let call = |f: TokenStream| Tok::atom(quote!(#f(#ts)));
    let math = |f: TokenStream| {
        if dtype.is_complex() {
            Tok::atom(quote!(rt::math::ComplexMath::#f::<FMA>(#ts)))
        } else {
            Tok::atom(quote!(rt::math::Real::#f::<FMA>(#ts)))
        }
    };
    let rare = |f: TokenStream| {
        if dtype.is_complex() {
            Tok::atom(quote!(rt::Rare::#f(#ts)))
        } else {
            Tok::atom(quote!(rt::math::Real::#f::<FMA>(#ts)))
        }
    };
    let atom = a.at(Prec::Atom);
    let exact = dtype.is_int() || dtype == DType::Bool;
    match op {
        UnOp::Neg if dtype.is_int() => Tok::atom(quote!(#ty::wrapping_neg(#ts))),
        UnOp::Neg => Tok::new(quote!(-#atom), Prec::Loose),
        UnOp::Not | UnOp::Invert => Tok::new(quote!(!#atom), Prec::Loose),
        UnOp::Abs if dtype.is_complex() => math(quote!(abs)),
        UnOp::Abs => call(quote!(rt::absolute)),
        UnOp::Floor | UnOp::Ceil | UnOp::Trunc | UnOp::Rint if exact => a.clone(),
        UnOp::Rint if dtype.is_complex() => Tok::atom(quote!(rt::complex_rint(#ts))),
        UnOp::Sqrt => math(quote!(sqrt)),
        UnOp::Cbrt => math(quote!(cbrt)),
        UnOp::Exp => math(quote!(exp)),
        UnOp::Exp2 => rare(quote!(exp2)),
        UnOp::Expm1 => rare(quote!(expm1)),
        UnOp::Log => math(quote!(log)),
        UnOp::Log2 => math(quote!(log2)),
        UnOp::Log10 => math(quote!(log10)),
        UnOp::Log1p => rare(quote!(log1p)),
        UnOp::Sin => math(quote!(sin)),
        UnOp::Cos => math(quote!(cos)),
        UnOp::Tan => math(quote!(tan)),
        UnOp::Asin => rare(quote!(asin)),
        UnOp::Acos => rare(quote!(acos)),
        UnOp::Atan => rare(quote!(atan)),
        UnOp::Sinh => math(quote!(sinh)),
        UnOp::Cosh => math(quote!(cosh)),
        UnOp::Tanh => math(quote!(tanh)),
        UnOp::Asinh => rare(quote!(asinh)),
        UnOp::Acosh => rare(quote!(acosh)),
        UnOp::Atanh => rare(quote!(atanh)),
        UnOp::Floor => math(quote!(floor)),
        UnOp::Ceil => math(quote!(ceil)),
        UnOp::Trunc => math(quote!(trunc)),
        UnOp::Rint => math(quote!(rint)),
        UnOp::Sign => call(quote!(rt::sign)),
        UnOp::Real if dtype.is_complex() => Tok::atom(quote!(#atom.re)),
        UnOp::Imag if dtype.is_complex() => Tok::atom(quote!(#atom.im)),
        UnOp::Conj if dtype.is_complex() => Tok::atom(quote!(rt::conj(#ts))),
        UnOp::Real | UnOp::Conj => a.clone(),
        UnOp::Imag => constant(dace_core::sdfg::Const::zero(dtype)),
        UnOp::IsNan if exact => Tok::atom(quote!(false)),
        UnOp::IsInf if exact => Tok::atom(quote!(false)),
        UnOp::IsFinite if exact => Tok::atom(quote!(true)),
        UnOp::IsNan if dtype.is_complex() => call(quote!(rt::is_nan)),
        UnOp::IsInf if dtype.is_complex() => call(quote!(rt::is_inf)),
        UnOp::IsFinite if dtype.is_complex() => call(quote!(rt::is_finite)),
        UnOp::IsNan => Tok::atom(quote!(#ty::is_nan(#ts))),
        UnOp::IsInf => Tok::atom(quote!(#ty::is_infinite(#ts))),
        UnOp::IsFinite => Tok::atom(quote!(#ty::is_finite(#ts))),
        UnOp::SignBit if dtype.is_float() => Tok::atom(quote!(#ty::is_sign_negative(#ts))),
        UnOp::SignBit if dtype.is_signed_int() => Tok::atom(quote!(#ty::is_negative(#ts))),
        UnOp::SignBit => Tok::atom(quote!(false)),
    }
}

/// NumPy's `astype`.
fn cast(from: DType, to: DType, a: &Tok) -> Tok {
    if from == to {
        return a.clone();
    }
    let atom = a.at(Prec::Atom);
    let real_from = from.real();
    // The real part as a Rust number.
    let number = if from.is_complex() {
        quote!(#atom.re)
    } else {
        atom.clone()
    };
    let as_type = |target: DType| -> TokenStream {
        let t = rust_type(target);
        if real_from == target {
            number.clone()
        } else if real_from == DType::Bool && target.is_float() {
            quote!((u8::from(#number) as #t))
        } else if real_from.is_float() {
            // As `dace_core::interpret::scalar::cast` has it.
            match target {
                DType::Int8 | DType::Int16 | DType::UInt8 | DType::UInt16 => {
                    quote!((#number as i32 as #t))
                }
                DType::UInt32 => quote!((#number as i64 as #t)),
                DType::UInt64 => quote!(rt::to_u64(#number as f64)),
                _ => quote!((#number as #t)),
            }
        } else {
            quote!((#number as #t))
        }
    };
    if to == DType::Bool {
        let zero = constant(dace_core::sdfg::Const::zero(from)).ts;
        return Tok::new(quote!(#atom != #zero), Prec::Loose);
    }
    if to.is_complex() {
        let part = rust_type(to.real());
        if from.is_complex() {
            return Tok::atom(quote!(rt::Complex::new(#atom.re as #part, #atom.im as #part)));
        }
        let re = as_type(to.real());
        return Tok::atom(quote!(rt::Complex::<#part>::new(#re, 0.0)));
    }
    Tok::atom(as_type(to))
}
