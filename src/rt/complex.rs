//! Complex functions that are rare in loops: correct, not vectorised.

use num_complex::Complex;

macro_rules! rare {
    ($($t:ty),*) => { $(
        impl Rare for Complex<$t> {
            fn exp2(self) -> Self {
                (self * std::f64::consts::LN_2 as $t).exp()
            }
            fn expm1(self) -> Self {
                let half = (self.im / 2.0).sin();
                Self::new(
                    self.re.exp_m1() * self.im.cos() - 2.0 * half * half,
                    self.re.exp() * self.im.sin(),
                )
            }
            fn log1p(self) -> Self {
                let (re, im) = (self.re + 1.0, self.im);
                if self.re.abs() < 0.5 && im.abs() < 0.5 {
                    // |1 + z|^2 - 1 without cancellation.
                    let square = self.re * (2.0 + self.re) + im * im;
                    return Self::new(square.ln_1p() / 2.0, im.atan2(re));
                }
                Self::new(re, im).ln()
            }
            fn asin(self) -> Self {
                Complex::asin(self)
            }
            fn acos(self) -> Self {
                Complex::acos(self)
            }
            fn atan(self) -> Self {
                Complex::atan(self)
            }
            fn asinh(self) -> Self {
                Complex::asinh(self)
            }
            fn acosh(self) -> Self {
                Complex::acosh(self)
            }
            fn atanh(self) -> Self {
                Complex::atanh(self)
            }
        }
    )* };
}

/// What [`super::math::ComplexMath`] leaves out.
pub trait Rare {
    fn exp2(self) -> Self;
    fn expm1(self) -> Self;
    fn log1p(self) -> Self;
    fn asin(self) -> Self;
    fn acos(self) -> Self;
    fn atan(self) -> Self;
    fn asinh(self) -> Self;
    fn acosh(self) -> Self;
    fn atanh(self) -> Self;
}
rare!(f32, f64);
