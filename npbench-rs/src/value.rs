//! Arguments and results of the programs, whatever their element types and ranks.

use dace_host::npy;
use ndarray::{Array, Array0, ArrayD, ArrayRef, Dimension, IxDyn};
use ndarray_npy::{ReadNpyExt, ReadableElement, WritableElement, WriteNpyExt};
use num_complex::Complex;
use std::any::Any;
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

/// An element type of the programs' arrays.
pub trait Element:
    Copy + Send + Sync + Default + WritableElement + ReadableElement + 'static
{
    /// NumPy's name of the type.
    const NAME: &'static str;
    /// The value for comparison. Integers beyond 2^53 do not occur in the programs.
    fn widen(self) -> Complex<f64>;
}

macro_rules! elements {
    ($($rust:ty, $name:literal, |$x:ident| $widen:expr;)*) => {$(
        impl Element for $rust {
            const NAME: &'static str = $name;
            fn widen(self) -> Complex<f64> {
                let $x = self;
                $widen
            }
        }
    )*};
}

elements! {
    bool, "bool", |x| Complex::from(f64::from(u8::from(x)));
    u8, "uint8", |x| Complex::from(f64::from(x));
    i32, "int32", |x| Complex::from(f64::from(x));
    u32, "uint32", |x| Complex::from(f64::from(x));
    i64, "int64", |x| Complex::from(x as f64);
    u64, "uint64", |x| Complex::from(x as f64);
    f32, "float32", |x| Complex::from(f64::from(x));
    f64, "float64", |x| Complex::from(x);
    Complex<f32>, "complex64", |x| Complex::new(f64::from(x.re), f64::from(x.im));
    Complex<f64>, "complex128", |x| x;
}

/// An array of any element type and rank.
pub trait AnyArray: Any + Send {
    /// NumPy's name of the element type.
    fn dtype(&self) -> &'static str;
    fn shape(&self) -> &[usize];
    /// Bytes of the elements.
    fn bytes(&self) -> u64;
    /// A copy with its own memory.
    fn boxed(&self) -> Box<dyn AnyArray>;
    /// Copies the elements of an array of the same type and shape; false if it is another.
    fn assign(&mut self, source: &dyn AnyArray) -> bool;
    /// Writes a `.npy` file.
    fn write_npy(&self, path: &Path) -> Result<(), String>;
    /// Reads a `.npy` file, which must have the same element type and rank.
    fn read_npy(&self, path: &Path) -> Result<Box<dyn AnyArray>, String>;
    /// The elements in row-major order.
    fn elements(&self) -> Box<dyn Iterator<Item = Complex<f64>> + '_>;
    fn as_any(&self) -> &dyn Any;
    fn as_any_mut(&mut self) -> &mut dyn Any;
}

impl<T: Element, D: Dimension + 'static> AnyArray for Array<T, D> {
    fn dtype(&self) -> &'static str {
        T::NAME
    }
    fn shape(&self) -> &[usize] {
        (**self).shape()
    }
    fn bytes(&self) -> u64 {
        (self.len() * size_of::<T>()) as u64
    }
    fn boxed(&self) -> Box<dyn AnyArray> {
        Box::new(self.clone())
    }
    fn assign(&mut self, source: &dyn AnyArray) -> bool {
        match source.as_any().downcast_ref::<Self>() {
            Some(source) if source.raw_dim() == self.raw_dim() => {
                ArrayRef::assign(self, source);
                true
            }
            _ => false,
        }
    }
    fn write_npy(&self, path: &Path) -> Result<(), String> {
        let file = File::create(path).map_err(|e| format!("{}: {e}", path.display()))?;
        WriteNpyExt::write_npy(self, BufWriter::new(file))
            .map_err(|e| format!("{}: {e}", path.display()))
    }
    fn read_npy(&self, path: &Path) -> Result<Box<dyn AnyArray>, String> {
        let (_, reader) = npy::open(path).map_err(|e| format!("{}: {e}", path.display()))?;
        match <Self as ReadNpyExt>::read_npy(reader) {
            Ok(array) => Ok(Box::new(array)),
            Err(e) => Err(format!("expected {} of rank {}: {e}", T::NAME, self.ndim())),
        }
    }
    fn elements(&self) -> Box<dyn Iterator<Item = Complex<f64>> + '_> {
        Box::new(self.iter().map(|x| x.widen()))
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }
}

/// An argument or a result.
pub enum Value {
    Int(i64),
    Float(f64),
    Array(Box<dyn AnyArray>),
}

impl Clone for Value {
    fn clone(&self) -> Self {
        match self {
            Self::Int(x) => Self::Int(*x),
            Self::Float(x) => Self::Float(*x),
            Self::Array(array) => Self::Array(array.boxed()),
        }
    }
}

impl From<i64> for Value {
    fn from(x: i64) -> Self {
        Self::Int(x)
    }
}

impl From<f64> for Value {
    fn from(x: f64) -> Self {
        Self::Float(x)
    }
}

impl<T: Element, D: Dimension + 'static> From<Array<T, D>> for Value {
    fn from(array: Array<T, D>) -> Self {
        Self::Array(Box::new(array))
    }
}

impl Value {
    /// What the value is, as `float64[3, 4]`.
    pub fn describe(&self) -> String {
        match self {
            Self::Int(_) => "int64".into(),
            Self::Float(_) => "float64".into(),
            Self::Array(array) => {
                let sizes: Vec<String> = array.shape().iter().map(usize::to_string).collect();
                format!("{}[{}]", array.dtype(), sizes.join(", "))
            }
        }
    }

    /// Bytes of an array's elements; none for a number.
    pub fn bytes(&self) -> u64 {
        match self {
            Self::Array(array) => array.bytes(),
            Self::Int(_) | Self::Float(_) => 0,
        }
    }

    /// The value as an argument of a generated function.
    pub fn argument<'a, T: Argument<'a>>(&'a mut self) -> Result<T, String> {
        let description = self.describe();
        T::of(self).ok_or_else(|| format!("the function does not take {description} here"))
    }

    /// As an array: a scalar has rank 0.
    pub fn into_array(self) -> Box<dyn AnyArray> {
        match self {
            Self::Int(x) => Box::new(Array0::from_elem((), x)),
            Self::Float(x) => Box::new(Array0::from_elem((), x)),
            Self::Array(array) => array,
        }
    }
}

/// A parameter type of the generated functions.
pub trait Argument<'a>: Sized {
    fn of(value: &'a mut Value) -> Option<Self>;
}

impl Argument<'_> for i64 {
    fn of(value: &mut Value) -> Option<Self> {
        match value {
            Value::Int(x) => Some(*x),
            _ => None,
        }
    }
}

impl Argument<'_> for f64 {
    fn of(value: &mut Value) -> Option<Self> {
        match value {
            Value::Float(x) => Some(*x),
            _ => None,
        }
    }
}

impl<'a, T: Element, D: Dimension + 'static> Argument<'a> for &'a ArrayRef<T, D> {
    fn of(value: &'a mut Value) -> Option<Self> {
        match value {
            Value::Array(array) => array.as_any().downcast_ref::<Array<T, D>>().map(|a| &**a),
            _ => None,
        }
    }
}

impl<'a, T: Element, D: Dimension + 'static> Argument<'a> for &'a mut ArrayRef<T, D> {
    fn of(value: &'a mut Value) -> Option<Self> {
        match value {
            Value::Array(array) => array
                .as_any_mut()
                .downcast_mut::<Array<T, D>>()
                .map(|a| &mut **a),
            _ => None,
        }
    }
}

/// What a generated function returns.
pub trait Returned {
    fn values(self) -> Vec<Value>;
}

impl Returned for () {
    fn values(self) -> Vec<Value> {
        Vec::new()
    }
}

macro_rules! returned_scalars {
    ($($t:ty),*) => {$(
        impl Returned for $t {
            fn values(self) -> Vec<Value> {
                vec![Array0::from_elem((), self).into()]
            }
        }
    )*};
}

returned_scalars!(
    bool,
    u8,
    i32,
    u32,
    i64,
    u64,
    f32,
    f64,
    Complex<f32>,
    Complex<f64>
);

impl<T: Element, D: Dimension + 'static> Returned for Array<T, D> {
    fn values(self) -> Vec<Value> {
        vec![self.into()]
    }
}

macro_rules! returned_tuples {
    ($($($t:ident)+;)*) => {$(
        #[allow(non_snake_case, reason = "type parameters name the members")]
        impl<$($t: Returned),+> Returned for ($($t,)+) {
            fn values(self) -> Vec<Value> {
                let ($($t,)+) = self;
                let mut values = Vec::new();
                $(values.extend($t.values());)+
                values
            }
        }
    )*};
}

returned_tuples! { A B; A B C; A B C D; }

/// Relative errors of the elements of `result` against those of `reference`, or why the two cannot be compared.
///
/// An element's error is relative to its own magnitude or to the mean magnitude of the array, whichever is larger: an
/// element that cancels to almost nothing is not held to more digits than its terms had. Equal infinities and two NaNs
/// agree.
pub fn relative_errors<'a>(
    result: &'a dyn AnyArray,
    reference: &'a dyn AnyArray,
) -> Result<impl Iterator<Item = f64> + 'a, String> {
    if result.shape() != reference.shape() {
        return Err(format!(
            "shape {:?} instead of {:?}",
            result.shape(),
            reference.shape()
        ));
    }
    let (sum, count) = reference
        .elements()
        .map(Complex::norm)
        .filter(|x| x.is_finite())
        .fold((0.0, 0_usize), |(sum, count), x| (sum + x, count + 1));
    let mean = if count == 0 { 0.0 } else { sum / count as f64 };
    Ok(result
        .elements()
        .zip(reference.elements())
        .map(move |(x, y)| element_error(x, y, mean)))
}

/// The largest of the [`relative_errors`].
pub fn relative_error(result: &dyn AnyArray, reference: &dyn AnyArray) -> Result<f64, String> {
    Ok(relative_errors(result, reference)?.fold(0.0, f64::max))
}

/// Error of one element: see [`relative_errors`].
pub fn element_error(x: Complex<f64>, y: Complex<f64>, mean: f64) -> f64 {
    let same = |a: f64, b: f64| a == b || (a.is_nan() && b.is_nan());
    if same(x.re, y.re) && same(x.im, y.im) {
        return 0.0;
    }
    let error = (x - y).norm() / y.norm().max(mean);
    if error.is_nan() { f64::INFINITY } else { error }
}

/// Reads a `.npy` file of any of the element types.
pub fn read_any(path: &Path) -> Result<Box<dyn AnyArray>, String> {
    fn attempt<T: Element>(path: &Path) -> Result<Box<dyn AnyArray>, String> {
        AnyArray::read_npy(&ArrayD::<T>::from_elem(IxDyn(&[]), T::default()), path)
    }
    let (header, _) = npy::open(path).map_err(|e| format!("{}: {e}", path.display()))?;
    match header.descr.trim_start_matches(['<', '>', '=', '|']) {
        "b1" => attempt::<bool>(path),
        "u1" => attempt::<u8>(path),
        "i4" => attempt::<i32>(path),
        "u4" => attempt::<u32>(path),
        "i8" => attempt::<i64>(path),
        "u8" => attempt::<u64>(path),
        "f4" => attempt::<f32>(path),
        "f8" => attempt::<f64>(path),
        "c8" => attempt::<Complex<f32>>(path),
        "c16" => attempt::<Complex<f64>>(path),
        _ => Err(format!(
            "{}: no program has elements of type {}",
            path.display(),
            header.descr
        )),
    }
}
