//! Element types and constants.

use std::fmt;

/// Element types, named as NumPy names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DType {
    Bool,
    Int8,
    Int16,
    Int32,
    Int64,
    UInt8,
    UInt16,
    UInt32,
    UInt64,
    Float32,
    Float64,
    Complex64,
    Complex128,
}

impl DType {
    pub const ALL: [Self; 13] = [
        Self::Bool,
        Self::Int8,
        Self::Int16,
        Self::Int32,
        Self::Int64,
        Self::UInt8,
        Self::UInt16,
        Self::UInt32,
        Self::UInt64,
        Self::Float32,
        Self::Float64,
        Self::Complex64,
        Self::Complex128,
    ];
    pub fn name(self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::Int8 => "int8",
            Self::Int16 => "int16",
            Self::Int32 => "int32",
            Self::Int64 => "int64",
            Self::UInt8 => "uint8",
            Self::UInt16 => "uint16",
            Self::UInt32 => "uint32",
            Self::UInt64 => "uint64",
            Self::Float32 => "float32",
            Self::Float64 => "float64",
            Self::Complex64 => "complex64",
            Self::Complex128 => "complex128",
        }
    }
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|d| d.name() == name)
    }
    /// Bytes of one element.
    pub fn size(self) -> usize {
        match self {
            Self::Bool | Self::Int8 | Self::UInt8 => 1,
            Self::Int16 | Self::UInt16 => 2,
            Self::Int32 | Self::UInt32 | Self::Float32 => 4,
            Self::Int64 | Self::UInt64 | Self::Float64 | Self::Complex64 => 8,
            Self::Complex128 => 16,
        }
    }
    pub fn is_signed_int(self) -> bool {
        matches!(self, Self::Int8 | Self::Int16 | Self::Int32 | Self::Int64)
    }
    pub fn is_unsigned_int(self) -> bool {
        matches!(
            self,
            Self::UInt8 | Self::UInt16 | Self::UInt32 | Self::UInt64
        )
    }
    /// The least and the greatest value of an integer type.
    pub fn int_range(self) -> (i128, i128) {
        let bits = 8 * self.size() as u32;
        if self.is_signed_int() {
            (-(1 << (bits - 1)), (1 << (bits - 1)) - 1)
        } else {
            (0, (1 << bits) - 1)
        }
    }
    /// Signed or unsigned; `bool` is not an integer.
    pub fn is_int(self) -> bool {
        self.is_signed_int() || self.is_unsigned_int()
    }
    pub fn is_float(self) -> bool {
        matches!(self, Self::Float32 | Self::Float64)
    }
    pub fn is_complex(self) -> bool {
        matches!(self, Self::Complex64 | Self::Complex128)
    }
    /// The type of the real part: `complex64` to `float32`, others themselves.
    pub fn real(self) -> Self {
        match self {
            Self::Complex64 => Self::Float32,
            Self::Complex128 => Self::Float64,
            other => other,
        }
    }
    /// NumPy's `result_type` of two array types.
    pub fn promote(self, other: Self) -> Self {
        use DType::*;
        if self == other {
            return self;
        }
        // Width in bits that a float needs to hold this type, as NumPy counts it.
        let float_bits = |d: Self| match d {
            Bool | Int8 | UInt8 | Int16 | UInt16 | Float32 | Complex64 => 32,
            _ => 64,
        };
        if self.is_complex() || other.is_complex() {
            return if float_bits(self).max(float_bits(other)) == 32 {
                Complex64
            } else {
                Complex128
            };
        }
        if self.is_float() || other.is_float() {
            return if float_bits(self).max(float_bits(other)) == 32 {
                Float32
            } else {
                Float64
            };
        }
        if self == Bool {
            return other;
        }
        if other == Bool {
            return self;
        }
        if self.is_signed_int() == other.is_signed_int() {
            return if self.size() >= other.size() {
                self
            } else {
                other
            };
        }
        let (signed, unsigned) = if self.is_signed_int() {
            (self, other)
        } else {
            (other, self)
        };
        if signed.size() > unsigned.size() {
            return signed;
        }
        match unsigned {
            UInt8 => Int16,
            UInt16 => Int32,
            UInt32 => Int64,
            _ => Float64,
        }
    }
}

impl fmt::Display for DType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A typed constant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Const {
    Bool(bool),
    /// Fits its type.
    Int(i128, DType),
    Float(f64, DType),
    /// Real and imaginary part.
    Complex(f64, f64, DType),
}

impl Const {
    pub fn dtype(self) -> DType {
        match self {
            Self::Bool(_) => DType::Bool,
            Self::Int(_, d) | Self::Float(_, d) | Self::Complex(_, _, d) => d,
        }
    }
    /// Zero of a type.
    pub fn zero(dtype: DType) -> Self {
        Self::from_i64(0, dtype)
    }
    /// A small integer as a constant of any type.
    pub fn from_i64(value: i64, dtype: DType) -> Self {
        match dtype {
            DType::Bool => Self::Bool(value != 0),
            d if d.is_int() => Self::Int(i128::from(value), d),
            d if d.is_float() => Self::Float(value as f64, d),
            d => Self::Complex(value as f64, 0.0, d),
        }
    }
}
