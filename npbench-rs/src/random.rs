//! The random numbers of NPBench: NumPy's `default_rng(42)`, bit for bit.

use ndarray::{Array, Array1, IntoDimension};
use num_complex::Complex;

/// PCG64 (XSL-RR 128/64) in the state in which `numpy.random.default_rng(42)` starts.
pub struct Rng {
    state: u128,
    /// The upper half of a 64-bit number of which the lower half has been given out.
    half: Option<u32>,
}

const MULTIPLIER: u128 = 0x2360_ed05_1fc6_5da4_4385_df64_9fcc_f645;
const INCREMENT: u128 = 332_724_090_758_049_132_448_979_897_138_935_081_983;

impl Default for Rng {
    fn default() -> Self {
        Self {
            state: 274_674_114_334_540_486_603_088_602_300_644_985_544,
            half: None,
        }
    }
}

impl Rng {
    fn next_u64(&mut self) -> u64 {
        self.state = self.state.wrapping_mul(MULTIPLIER).wrapping_add(INCREMENT);
        (((self.state >> 64) as u64) ^ (self.state as u64)).rotate_right((self.state >> 122) as u32)
    }

    fn next_u32(&mut self) -> u32 {
        if let Some(half) = self.half.take() {
            return half;
        }
        let number = self.next_u64();
        self.half = Some((number >> 32) as u32);
        number as u32
    }

    /// One number of `Generator.random()`: uniform in `[0, 1)`.
    pub fn next_f64(&mut self) -> f64 {
        (self.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// `Generator.random(shape)`.
    pub fn random<S: IntoDimension>(&mut self, shape: S) -> Array<f64, S::Dim> {
        filled(shape, || self.next_f64())
    }

    /// `Generator.random(shape, dtype=numpy.float32)`.
    pub fn random_f32<S: IntoDimension>(&mut self, shape: S) -> Array<f32, S::Dim> {
        filled(shape, || {
            (self.next_u32() >> 8) as f32 / (1_u32 << 24) as f32
        })
    }

    /// `random(shape) + random(shape) * 1j`.
    pub fn random_c128<S: IntoDimension + Clone>(
        &mut self,
        shape: S,
    ) -> Array<Complex<f64>, S::Dim> {
        let re = self.random(shape.clone());
        let im = self.random(shape);
        let mut result = re.mapv(Complex::from);
        result.zip_mut_with(&im, |z, y| z.im = *y);
        result
    }

    /// `Generator.uniform(low, high, shape).astype(numpy.int64)`.
    pub fn uniform_i64<S: IntoDimension>(
        &mut self,
        low: f64,
        high: f64,
        shape: S,
    ) -> Array<i64, S::Dim> {
        filled(shape, || (low + (high - low) * self.next_f64()) as i64)
    }

    /// `Generator.integers(0, 256, size, dtype=numpy.uint8)`: the bytes of 32-bit numbers, lowest first.
    pub fn bytes(&mut self, size: usize) -> Array1<u8> {
        let mut left = Vec::new();
        Array1::from_shape_fn(size, |_| {
            if left.is_empty() {
                left.extend(self.next_u32().to_be_bytes());
            }
            left.pop().unwrap_or_default()
        })
    }

    /// A whole number below `bound`, uniform but for a bias of `bound / 2^64`.
    pub fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.next_u64()) * u128::from(bound)) >> 64) as u64
    }
}

/// Fills an array in row-major order, as NumPy does.
fn filled<T, S: IntoDimension>(shape: S, mut next: impl FnMut() -> T) -> Array<T, S::Dim> {
    let shape = shape.into_dimension();
    Array::from_shape_fn(shape, |_| next())
}
