//! Tensors from and to `.npy` files.

use dace_core::interpret::Tensor;
use dace_core::sdfg::{Const, DType};
use dace_host::{memory, npy};
use ndarray::ArrayD;
use ndarray_npy::{ReadNpyExt as _, WriteNpyExt as _};
use num_complex::{Complex32, Complex64};
use std::io::Write;
use std::path::Path;

/// Reads an array of one element type; another type in the file is an error.
pub(crate) fn read(path: &Path, dtype: DType) -> Result<Tensor, String> {
    let wrong = |e: &dyn std::fmt::Display| {
        format!("cannot read {} as an array of {dtype}: {e}", path.display())
    };
    let (header, reader) = npy::open(path).map_err(|e| wrong(&e))?;
    // As it is in the file, and as the interpreter has it.
    let bytes =
        (header.elements() as u64).saturating_mul((header.width + size_of::<Const>()) as u64);
    if let Some(free) = memory::available().filter(|free| bytes > *free) {
        return Err(wrong(&format!(
            "it would take {}, {} are free",
            memory::show(bytes),
            memory::show(free)
        )));
    }
    macro_rules! read {
        ($($variant:ident $type:ty, $value:ident => $constant:expr;)*) => {
            match dtype {
                $(DType::$variant => {
                    let array = ArrayD::<$type>::read_npy(reader).map_err(|e| wrong(&e))?;
                    let data = array.iter().map(|$value| $constant).collect();
                    Tensor { dtype, shape: array.shape().to_vec(), data }
                })*
            }
        };
    }
    Ok(read! {
        Bool bool, v => Const::Bool(*v);
        Int8 i8, v => Const::Int(i128::from(*v), dtype);
        Int16 i16, v => Const::Int(i128::from(*v), dtype);
        Int32 i32, v => Const::Int(i128::from(*v), dtype);
        Int64 i64, v => Const::Int(i128::from(*v), dtype);
        UInt8 u8, v => Const::Int(i128::from(*v), dtype);
        UInt16 u16, v => Const::Int(i128::from(*v), dtype);
        UInt32 u32, v => Const::Int(i128::from(*v), dtype);
        UInt64 u64, v => Const::Int(i128::from(*v), dtype);
        Float32 f32, v => Const::Float(f64::from(*v), dtype);
        Float64 f64, v => Const::Float(*v, dtype);
        Complex64 Complex32, v => Const::Complex(f64::from(v.re), f64::from(v.im), dtype);
        Complex128 Complex64, v => Const::Complex(v.re, v.im, dtype);
    })
}

/// Writes an array.
pub(crate) fn write(mut writer: impl Write, tensor: &Tensor) -> Result<(), String> {
    macro_rules! write {
        ($($variant:ident $type:ty, $pattern:pat => $value:expr;)*) => {
            match tensor.dtype {
                $(DType::$variant => {
                    let data: Option<Vec<$type>> = tensor.data.iter().map(|c| match c { $pattern => Some($value), _ => None }).collect();
                    let data = data.ok_or("its elements are of several types")?;
                    let array = ArrayD::from_shape_vec(tensor.shape.clone(), data).map_err(|e| e.to_string())?;
                    array.write_npy(&mut writer).map_err(|e| e.to_string())?;
                })*
            }
        };
    }
    write! {
        Bool bool, Const::Bool(v) => *v;
        Int8 i8, Const::Int(v, _) => *v as i8;
        Int16 i16, Const::Int(v, _) => *v as i16;
        Int32 i32, Const::Int(v, _) => *v as i32;
        Int64 i64, Const::Int(v, _) => *v as i64;
        UInt8 u8, Const::Int(v, _) => *v as u8;
        UInt16 u16, Const::Int(v, _) => *v as u16;
        UInt32 u32, Const::Int(v, _) => *v as u32;
        UInt64 u64, Const::Int(v, _) => *v as u64;
        Float32 f32, Const::Float(v, _) => *v as f32;
        Float64 f64, Const::Float(v, _) => *v;
        Complex64 Complex32, Const::Complex(re, im, _) => Complex32::new(*re as f32, *im as f32);
        Complex128 Complex64, Const::Complex(re, im, _) => Complex64::new(*re, *im);
    }
    Ok(())
}
