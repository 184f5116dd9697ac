//! Statistics of several variables.

use super::Args;
use super::reduce::{expand, view_of};
use crate::diag::{ErrorCode, Span};
use crate::lower::value::{Elem, Value, axis};
use crate::lower::{Lowerer, R};
use crate::sdfg::{BinOp, Code, DType, UnOp};
use crate::symbolic::Expr;

impl Lowerer<'_> {
    /// `np.cov(m, y=None, rowvar=True, bias=False, ddof=None, dtype=None)`: centred observations times their conjugate transpose, scaled.
    pub(super) fn covariance(&mut self, mut args: Args) -> R<Value> {
        let span = args.span;
        let (m, at) = self.required(&mut args, "m")?;
        let y = args.take("y").filter(|(v, _)| !matches!(v, Value::None));
        let rowvar = args.take("rowvar");
        let rowvar = self.flag(rowvar, true)?;
        let bias = args.take("bias");
        let bias = self.flag(bias, false)?;
        let ddof = match args.take("ddof") {
            Some((v, dt)) if !matches!(v, Value::None) => self.integer(v, dt)?,
            _ => Expr::int(i64::from(!bias)),
        };
        for weights in ["fweights", "aweights"] {
            if let Some((v, wt)) = args.take(weights)
                && !matches!(v, Value::None)
            {
                return Err(self.error_hint(
                    ErrorCode::Unsupported,
                    wt,
                    format!("np.cov with `{weights}` is not supported"),
                    "compute the weighted means and products with np.sum and @",
                ));
            }
        }
        let asked = match args.keyword("dtype") {
            None | Some((Value::None, _)) => None,
            Some((v, dt)) => Some((self.dtype_of(&v, dt)?, dt)),
        };
        self.finish(&args)?;

        let x = self.elem(m, at)?;
        let mut dtype = x.dtype.promote(DType::Float64);
        let x_is_row = x.rank() == 1;
        let x = self.variables(x, rowvar || x_is_row, at)?;
        let x = match y {
            None => x,
            Some((y, yt)) => {
                let y = self.elem(y, yt)?;
                dtype = dtype.promote(y.dtype);
                // As NumPy has it: with `rowvar=False`, what comes as a single row stays one.
                let single = y.rank() == 1 || y.shape.first().and_then(Expr::as_int) == Some(1);
                if !rowvar && !single && y.rank() == 2 {
                    let rows = y.shape[0].clone();
                    self.check_not_one(&rows, span);
                }
                let y = self.variables(y, rowvar || single, yt)?;
                let both = Value::Tuple(vec![Value::Elem(x), Value::Elem(y)]);
                let args = Args {
                    function: "numpy.concatenate".into(),
                    positional: [(both, at), (Value::int(0), at)].into(),
                    keywords: Vec::new(),
                    span,
                };
                let joined = self.join_arrays("concatenate", args)?;
                self.elem(joined, span)?
            }
        };
        if let Some((to, dt)) = asked {
            if !to.is_float() && !to.is_complex() {
                return Err(self.error(
                    ErrorCode::Type,
                    dt,
                    format!("a covariance of type {to} is not supported"),
                ));
            }
            if x.dtype.is_complex() && !to.is_complex() {
                return Err(self.error_hint(
                    ErrorCode::Type,
                    dt,
                    format!("complex observations do not fit {to}"),
                    "take np.real(…) first",
                ));
            }
            dtype = to;
        }

        // NumPy squeezes the result: the covariance of one variable with itself is a number.
        let count = x.shape[0].clone();
        if count.as_int() != Some(1) {
            self.check_not_one(&count, span);
        }
        // Centred in the order in which the observations lie in memory.
        let by_column = view_of(&x)
            .and_then(|v| v.region())
            .is_some_and(|(_, order)| order == [1, 0]);
        let x = self.cast(x, dtype);
        let x = if by_column { swapped(x) } else { x };
        let over = usize::from(!by_column);
        let observations = x.shape[over].clone();
        let mean = self.mean_over(x.clone(), &[over], span)?;
        let mean = expand(mean.elem(dtype), &[over], 2);
        let centred = self.binary(BinOp::Sub, x, mean, span)?;
        let centred = self.stored(centred)?;
        let (left, right) = if by_column {
            (swapped(centred.clone()), centred)
        } else {
            (centred.clone(), swapped(centred))
        };
        let right = if dtype.is_complex() {
            self.unary(UnOp::Conj, right, span)?
        } else {
            right
        };
        let product = self.matmul(Value::Elem(left), Value::Elem(right), span)?;
        let product = self.elem(product, span)?;
        let degrees = Elem::scalar(Code::Sym((observations - ddof).pos()), DType::Int64);
        let degrees = self.cast(degrees, DType::Float64);
        let scale = self.binary(BinOp::Div, Self::constant(1, DType::Float64), degrees, span)?;
        let result = self.binary(BinOp::Mul, product, scale, span)?;
        let result = self.cast(result, dtype);
        if count.as_int() == Some(1) {
            return Ok(Value::Elem(
                result.reindex(&[Expr::zero(), Expr::zero()], Vec::new()),
            ));
        }
        self.stored_as("covariance", result, span).map(Value::View)
    }

    /// Observations as a matrix with a row for each variable.
    fn variables(&mut self, e: Elem, by_row: bool, span: Span) -> R<Elem> {
        match e.rank() {
            1 => {
                let shape = vec![Expr::one(), e.shape[0].clone()];
                Ok(e.reindex(&[Expr::sym(axis(1))], shape))
            }
            2 if by_row => Ok(e),
            2 => Ok(swapped(e)),
            rank => Err(self.error(
                ErrorCode::Shape,
                span,
                format!("np.cov needs vectors or matrices, found rank {rank}"),
            )),
        }
    }

    /// Checks at run time that a size is not 1, where the rank of a result depends on that.
    fn check_not_one(&mut self, n: &Expr, span: Span) {
        if !self.facts.ne(n, &Expr::one()) {
            let distance = n - 1;
            self.check_at_least(&(&distance * &distance), 1, span);
        }
    }
}

/// The transpose of a matrix.
fn swapped(e: Elem) -> Elem {
    let shape = vec![e.shape[1].clone(), e.shape[0].clone()];
    e.reindex(&[Expr::sym(axis(1)), Expr::sym(axis(0))], shape)
}
