//! Library operations, by their textbook definitions, in the arithmetic of the operands' own type.

use super::code::Place;
use super::frame::Frame;
use super::memory::{Memory, number};
use super::run::{Machine, indices};
use super::{RunError, scalar};
use crate::sdfg::{BinOp, Const, DType, LibraryKind, Memlet, UnOp};

/// An operand or result.
struct Array {
    dtype: DType,
    shape: Vec<i64>,
    data: Vec<Const>,
}

impl Array {
    /// Without elements yet, with room for them.
    fn empty(memory: &Memory, dtype: DType, shape: Vec<i64>) -> Result<Self, RunError> {
        let data = memory.room(&shape, &|| {
            format!("an operand or result of shape {shape:?}")
        })?;
        Ok(Self { dtype, shape, data })
    }
    fn zeros(memory: &Memory, dtype: DType, shape: Vec<i64>) -> Result<Self, RunError> {
        let mut array = Self::empty(memory, dtype, shape)?;
        let elements = number(&array.shape).unwrap_or(0);
        array.data.resize(elements as usize, Const::zero(dtype));
        Ok(array)
    }
    /// The same elements in another shape.
    fn reshaped(&self, memory: &Memory, shape: Vec<i64>) -> Result<Self, RunError> {
        let mut array = Self::empty(memory, self.dtype, shape)?;
        array.data.extend_from_slice(&self.data);
        Ok(array)
    }
    fn flat(&self, index: &[i64]) -> usize {
        index
            .iter()
            .zip(&self.shape)
            .fold(0, |at, (i, n)| at * n + i) as usize
    }
    fn get(&self, index: &[i64]) -> Const {
        self.data[self.flat(index)]
    }
    fn set(&mut self, index: &[i64], value: Const) {
        let at = self.flat(index);
        self.data[at] = value;
    }
    /// The size, if this is a square matrix.
    fn square(&self) -> Result<i64, RunError> {
        match self.shape.as_slice() {
            [n, m] if n == m => Ok(*n),
            shape => Err(RunError::Operands(format!(
                "a square matrix is needed, not one of shape {shape:?}"
            ))),
        }
    }
    fn transposed(&self, memory: &Memory) -> Result<Self, RunError> {
        let rank = self.shape.len();
        if rank < 2 {
            return Err(RunError::Operands("the transpose of a vector".into()));
        }
        let swap = |index: &[i64]| {
            let mut index = index.to_vec();
            index.swap(rank - 1, rank - 2);
            index
        };
        let mut out = Self::zeros(memory, self.dtype, swap(&self.shape))?;
        for index in indices(&self.shape) {
            out.set(&swap(&index), self.get(&index));
        }
        Ok(out)
    }
}

pub(super) fn run(
    machine: &mut Machine,
    frame: &mut Frame,
    kind: &LibraryKind,
    inputs: &[&Memlet],
    outputs: &[&Memlet],
) -> Result<(), RunError> {
    // All operands are read before anything is written.
    let mut operands = Vec::with_capacity(inputs.len());
    for memlet in inputs {
        let place = Place::new(frame, memlet)?;
        let dtype = frame.sdfg.desc(place.data).dtype;
        let mut array = Array::empty(&machine.memory, dtype, place.shape())?;
        for within in indices(&array.shape) {
            let index = place.index(frame, &within)?;
            array.data.push(machine.read(frame, place.data, &index)?);
        }
        operands.push(array);
    }
    let memory = &machine.memory;
    let result = match (kind, operands.as_slice()) {
        (LibraryKind::MatMul { trans_a, trans_b }, [a, b]) => {
            let a = if *trans_a { &a.transposed(memory)? } else { a };
            let b = if *trans_b { &b.transposed(memory)? } else { b };
            matmul(memory, a, b)?
        }
        (LibraryKind::Solve, [a, b]) => solve(memory, a, b)?,
        (LibraryKind::Inv, [a]) => {
            let n = a.square()?;
            let mut identity = Array::zeros(memory, a.dtype, vec![n, n])?;
            for i in 0..n {
                identity.set(&[i, i], Const::from_i64(1, a.dtype));
            }
            solve(memory, a, &identity)?
        }
        (LibraryKind::Cholesky, [a]) => cholesky(memory, a)?,
        (LibraryKind::ArgReduce { max, axis }, [a]) => arg_reduce(memory, a, *max, *axis)?,
        _ => {
            return Err(RunError::Malformed(format!(
                "{kind:?} with {} operands",
                operands.len()
            )));
        }
    };
    let [out] = outputs else {
        return Err(RunError::Malformed(format!(
            "{kind:?} with {} outputs",
            outputs.len()
        )));
    };
    let place = Place::new(frame, out)?;
    if place.shape() != result.shape {
        return Err(RunError::Operands(format!(
            "a result of shape {:?} is written to a region of shape {:?}",
            result.shape,
            place.shape()
        )));
    }
    for within in indices(&result.shape) {
        let index = place.index(frame, &within)?;
        machine.write(frame, place.data, &index, result.get(&within), out.wcr)?;
    }
    Ok(())
}

fn op(op: BinOp, a: Const, b: Const) -> Result<Const, RunError> {
    scalar::binary(op, a, b)
        .ok_or_else(|| RunError::Malformed(format!("{op:?} of {} and {}", a.dtype(), b.dtype())))
}

/// The absolute value as a number to compare.
fn magnitude(a: Const) -> f64 {
    match a {
        Const::Bool(v) => f64::from(u8::from(v)),
        Const::Int(v, _) => v.abs() as f64,
        Const::Float(v, _) => v.abs(),
        Const::Complex(re, im, _) => re.hypot(im),
    }
}

fn matmul(memory: &Memory, a: &Array, b: &Array) -> Result<Array, RunError> {
    if a.shape.is_empty() || b.shape.is_empty() {
        return Err(RunError::Operands(
            "a scalar operand of a matrix product".into(),
        ));
    }
    // Vectors become matrices of one row (left) or one column (right); that dimension is dropped at the end.
    let full = |array: &Array, left: bool| match array.shape.as_slice() {
        [n] if left => vec![1, *n],
        [n] => vec![*n, 1],
        shape => shape.to_vec(),
    };
    let (shape_a, shape_b) = (full(a, true), full(b, false));
    let ((batch_a, mat_a), (batch_b, mat_b)) = (
        shape_a.split_at(shape_a.len() - 2),
        shape_b.split_at(shape_b.len() - 2),
    );
    let misfit = || {
        RunError::Operands(format!(
            "the matrix product of shapes {:?} and {:?}",
            a.shape, b.shape
        ))
    };
    if mat_a[1] != mat_b[0] {
        return Err(misfit());
    }
    let rank = batch_a.len().max(batch_b.len());
    let mut batch = vec![1; rank];
    for (side, offset) in [
        (batch_a, rank - batch_a.len()),
        (batch_b, rank - batch_b.len()),
    ] {
        for (d, n) in side.iter().enumerate() {
            let size = &mut batch[offset + d];
            if *size == 1 {
                *size = *n;
            } else if *n != 1 && *n != *size {
                return Err(misfit());
            }
        }
    }
    let mut shape = batch.clone();
    shape.extend((a.shape.len() > 1).then_some(mat_a[0]));
    shape.extend((b.shape.len() > 1).then_some(mat_b[1]));
    // The index of an operand for a batch index: broadcast dimensions stay at 0.
    let at = |array: &Array, side: &[i64], index: &[i64], row: i64, column: i64, left: bool| {
        let offset = rank - side.len();
        let mut full: Vec<i64> = side
            .iter()
            .enumerate()
            .map(|(d, n)| if *n == 1 { 0 } else { index[offset + d] })
            .collect();
        match (array.shape.len(), left) {
            (1, true) => full.push(column),
            (1, false) => full.push(row),
            _ => full.extend([row, column]),
        }
        array.get(&full)
    };
    let mut out = Array::empty(memory, a.dtype, shape)?;
    for index in indices(&batch) {
        for row in 0..mat_a[0] {
            for column in 0..mat_b[1] {
                let mut sum = Const::zero(a.dtype);
                for k in 0..mat_a[1] {
                    let product = op(
                        BinOp::Mul,
                        at(a, batch_a, &index, row, k, true),
                        at(b, batch_b, &index, k, column, false),
                    )?;
                    sum = op(BinOp::Add, sum, product)?;
                }
                out.data.push(sum);
            }
        }
    }
    Ok(out)
}

/// Gaussian elimination with partial pivoting.
fn solve(memory: &Memory, a: &Array, b: &Array) -> Result<Array, RunError> {
    let n = a.square()?;
    if b.shape.first() != Some(&n) || b.shape.len() > 2 || a.dtype != b.dtype {
        return Err(RunError::Operands(format!(
            "a right-hand side of shape {:?} for a matrix of size {n}",
            b.shape
        )));
    }
    let columns = b.shape.get(1).copied().unwrap_or(1);
    let mut m = a.reshaped(memory, vec![n, n])?;
    let mut x = b.reshaped(memory, vec![n, columns])?;
    for k in 0..n {
        let mut pivot = k;
        for row in k + 1..n {
            if magnitude(m.get(&[row, k])) > magnitude(m.get(&[pivot, k])) {
                pivot = row;
            }
        }
        if magnitude(m.get(&[pivot, k])) == 0.0 {
            return Err(RunError::SingularMatrix);
        }
        for (array, width) in [(&mut m, n), (&mut x, columns)] {
            for j in 0..width {
                let (upper, lower) = (array.get(&[k, j]), array.get(&[pivot, j]));
                array.set(&[k, j], lower);
                array.set(&[pivot, j], upper);
            }
        }
        for row in k + 1..n {
            let factor = op(BinOp::Div, m.get(&[row, k]), m.get(&[k, k]))?;
            for (array, width) in [(&mut m, n), (&mut x, columns)] {
                for j in 0..width {
                    let less = op(
                        BinOp::Sub,
                        array.get(&[row, j]),
                        op(BinOp::Mul, factor, array.get(&[k, j]))?,
                    )?;
                    array.set(&[row, j], less);
                }
            }
        }
    }
    for j in 0..columns {
        for row in (0..n).rev() {
            let mut sum = x.get(&[row, j]);
            for k in row + 1..n {
                sum = op(
                    BinOp::Sub,
                    sum,
                    op(BinOp::Mul, m.get(&[row, k]), x.get(&[k, j]))?,
                )?;
            }
            x.set(&[row, j], op(BinOp::Div, sum, m.get(&[row, row]))?);
        }
    }
    x.shape.clone_from(&b.shape);
    Ok(x)
}

fn cholesky(memory: &Memory, a: &Array) -> Result<Array, RunError> {
    let n = a.square()?;
    let conj = |z: Const| scalar::unary(UnOp::Conj, z).unwrap_or(z);
    let mut l = Array::zeros(memory, a.dtype, vec![n, n])?;
    for j in 0..n {
        for i in j..n {
            // The diagonal of a Hermitian matrix is real, whatever is stored beside it.
            let mut sum = a.get(&[i, j]);
            if let (true, Const::Complex(re, _, d)) = (i == j, sum) {
                sum = Const::Complex(re, 0.0, d);
            }
            for k in 0..j {
                sum = op(
                    BinOp::Sub,
                    sum,
                    op(BinOp::Mul, l.get(&[i, k]), conj(l.get(&[j, k])))?,
                )?;
            }
            if i == j {
                let positive = match sum {
                    Const::Float(v, _) | Const::Complex(v, _, _) => v > 0.0,
                    Const::Bool(_) | Const::Int(..) => {
                        return Err(RunError::Malformed(
                            "the Cholesky factor of integers".into(),
                        ));
                    }
                };
                if !positive {
                    return Err(RunError::NotPositiveDefinite);
                }
                l.set(&[j, j], scalar::unary(UnOp::Sqrt, sum).unwrap_or(sum));
            } else {
                l.set(&[i, j], op(BinOp::Div, sum, l.get(&[j, j]))?);
            }
        }
    }
    Ok(l)
}

fn arg_reduce(
    memory: &Memory,
    a: &Array,
    max: bool,
    axis: Option<usize>,
) -> Result<Array, RunError> {
    let flat;
    let (a, axis) = match axis {
        Some(axis) if axis < a.shape.len() => (a, axis),
        Some(axis) => {
            return Err(RunError::Malformed(format!(
                "axis {axis} of an operand of rank {}",
                a.shape.len()
            )));
        }
        None => {
            flat = a.reshaped(memory, vec![a.data.len() as i64])?;
            (&flat, 0)
        }
    };
    let nan = |c: Const| scalar::unary(UnOp::IsNan, c) == Some(Const::Bool(true));
    let mut shape = a.shape.clone();
    let length = shape.remove(axis);
    let mut out = Array::empty(memory, DType::Int64, shape)?;
    for outer in indices(&out.shape) {
        if length == 0 {
            return Err(RunError::EmptyReduction);
        }
        let at = |k: i64| {
            let mut index = outer.clone();
            index.insert(axis, k);
            a.get(&index)
        };
        let mut best = 0;
        for k in 1..length {
            if nan(at(best)) {
                break;
            }
            let better = op(if max { BinOp::Gt } else { BinOp::Lt }, at(k), at(best))?;
            if nan(at(k)) || better == Const::Bool(true) {
                best = k;
            }
        }
        out.data.push(Const::Int(i128::from(best), DType::Int64));
    }
    Ok(out)
}
