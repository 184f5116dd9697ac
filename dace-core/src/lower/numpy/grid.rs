//! Grids of indices: `np.mgrid[…]`, `np.ogrid[…]` and `np.indices`.

use super::Args;
use crate::diag::{ErrorCode, Span};
use crate::lower::elementwise::result_type;
use crate::lower::value::{Elem, Value, axis};
use crate::lower::{Lowerer, R};
use crate::sdfg::{BinOp, Code, Const, DType, UnOp};
use crate::symbolic::Expr;

/// Whether a path names a grid, and then whether an open one.
pub(in crate::lower) fn is_grid(path: &str) -> Option<bool> {
    match path {
        "numpy.mgrid" => Some(false),
        "numpy.ogrid" => Some(true),
        _ => None,
    }
}

/// One dimension of a grid: `begin + index * step`.
struct Line {
    begin: Elem,
    step: Elem,
    size: Expr,
}

impl Lowerer<'_> {
    /// `np.mgrid[index]` or, open, `np.ogrid[index]`.
    pub(in crate::lower) fn grid(&mut self, open: bool, index: Value, span: Span) -> R<Value> {
        let slices = match index {
            Value::Slice(parts) => return self.single_line(*parts, span),
            Value::Tuple(items) => items,
            other => {
                return Err(self.error_hint(
                    ErrorCode::Type,
                    span,
                    format!("a grid is made of slices, found {}", other.kind()),
                    "write np.mgrid[0:N, 0:M]",
                ));
            }
        };
        let mut lines = Vec::new();
        let mut dtype = Elem::py_int(0);
        for slice in slices {
            let Value::Slice(parts) = slice else {
                return Err(self.error_hint(
                    ErrorCode::Type,
                    span,
                    format!("a grid is made of slices, found {}", slice.kind()),
                    "write np.mgrid[0:N, 0:M]",
                ));
            };
            let (line, of) = self.line(*parts, span)?;
            self.check_at_least(&line.size, 0, span);
            dtype = Elem {
                weak: dtype.weak && of.weak,
                ..Elem::scalar(Code::int(0), result_type(&dtype, &of))
            };
            lines.push(line);
        }
        self.grid_of(lines, dtype.dtype, open, span)
    }

    /// `np.indices(shape)`.
    pub(super) fn indices(&mut self, mut args: Args) -> R<Value> {
        let span = args.span;
        let (shape, at) = self.required(&mut args, "dimensions")?;
        let dtype = match args.take("dtype") {
            Some((d, dt)) => self.dtype_of(&d, dt)?,
            None => DType::Int64,
        };
        let sparse = args.take("sparse");
        let open = self.flag(sparse, false)?;
        self.finish(&args)?;
        let lines = self.shape_of(shape, at)?.into_iter().map(|size| Line {
            begin: Elem::py_int(0),
            step: Elem::py_int(1),
            size,
        });
        self.grid_of(lines.collect(), dtype, open, span)
    }

    /// All lines of a grid, spread over it: along a new first axis, or apart from each other and open.
    fn grid_of(&mut self, lines: Vec<Line>, dtype: DType, open: bool, span: Span) -> R<Value> {
        let rank = lines.len();
        let sizes: Vec<Expr> = lines.iter().map(|l| l.size.clone()).collect();
        let mut rows = Vec::new();
        for (k, line) in lines.into_iter().enumerate() {
            let row = self.points(line, dtype, span)?;
            let along = usize::from(!open) + k;
            let shape = if open {
                let mut shape = vec![Expr::one(); rank];
                shape[k] = sizes[k].clone();
                shape
            } else {
                let mut shape = vec![Expr::int(rank as i64)];
                shape.extend(sizes.iter().cloned());
                shape
            };
            rows.push(row.reindex(&[Expr::sym(axis(along))], shape));
        }
        if open {
            return Ok(Value::Tuple(rows.into_iter().map(Value::Elem).collect()));
        }
        let Some(mut all) = rows.pop() else {
            return Err(self.error(ErrorCode::Value, span, "a grid needs a dimension"));
        };
        for (k, row) in rows.iter().enumerate().rev() {
            let own = all.absorb(row);
            let here = Code::bin(
                BinOp::Eq,
                Code::Sym(Expr::sym(axis(0))),
                Code::int(k as i64),
            );
            all.code = Code::select(here, own, all.code);
        }
        Ok(Value::Elem(all))
    }

    /// A grid of one dimension is a vector.
    fn single_line(&mut self, parts: [Option<Value>; 3], span: Span) -> R<Value> {
        if self.points_of(parts[2].as_ref(), span)?.is_some() {
            let (line, of) = self.line(parts, span)?;
            return self.points(line, of.dtype, span).map(Value::Elem);
        }
        let [begin, end, step] = parts;
        let positional = [
            begin.unwrap_or_else(|| Value::int(0)),
            self.end_of(end, span)?,
            step.unwrap_or_else(|| Value::int(1)),
        ];
        self.arange(Args {
            function: "arange".into(),
            positional: positional.into_iter().map(|v| (v, span)).collect(),
            keywords: Vec::new(),
            span,
        })
    }

    fn end_of(&mut self, end: Option<Value>, span: Span) -> R<Value> {
        end.ok_or_else(|| {
            self.error_hint(
                ErrorCode::Value,
                span,
                "a slice of a grid needs an end",
                "write np.mgrid[0:N]",
            )
        })
    }

    /// The number of points, where the step is an imaginary number that gives it.
    fn points_of(&mut self, step: Option<&Value>, span: Span) -> R<Option<i64>> {
        let Some(step) = step else { return Ok(None) };
        let e = self.scalar(step.clone(), span)?;
        if !e.dtype.is_complex() {
            return Ok(None);
        }
        match e.constant() {
            Some(Const::Complex(re, im, _)) => Ok(Some(re.hypot(im) as i64)),
            _ => Err(self.error_hint(
                ErrorCode::Unsupported,
                span,
                "the number of points of a grid must be a constant",
                "use np.linspace",
            )),
        }
    }

    /// A slice of a grid, and a number of the type that it asks for.
    fn line(&mut self, parts: [Option<Value>; 3], span: Span) -> R<(Line, Elem)> {
        let points = self.points_of(parts[2].as_ref(), span)?;
        let [begin, end, step] = parts;
        let begin = match begin {
            Some(v) => self.scalar(v, span)?,
            None => Elem::py_int(0),
        };
        let end = self.end_of(end, span)?;
        let end = self.scalar(end, span)?;
        let kind = |a: &Elem, b: &Elem| Elem {
            weak: a.weak && b.weak,
            ..Elem::scalar(Code::int(0), result_type(a, b))
        };
        let mut of = kind(&begin, &end);
        if let Some(n) = points {
            of = kind(&of, &Elem::py_float(0.0));
            let step = if n == 1 {
                Elem::py_int(1)
            } else {
                let extent = self.binary(BinOp::Sub, end, begin.clone(), span)?;
                self.binary(BinOp::Div, extent, Elem::py_float((n - 1) as f64), span)?
            };
            let size = Expr::int(n);
            return Ok((Line { begin, step, size }, of));
        }
        let step = match step {
            Some(v) => self.scalar(v, span)?,
            None => Elem::py_int(1),
        };
        of = kind(&of, &step);
        let size = if let (Some(a), Some(b), Some(s)) = (
            begin.symbolic(&self.facts),
            end.symbolic(&self.facts),
            step.symbolic(&self.facts),
        ) {
            if s.as_int().is_none_or(|s| s == 0) {
                return Err(self.error(
                    ErrorCode::Unsupported,
                    span,
                    "the step of a grid of integers must be a constant other than zero",
                ));
            }
            (&b - &a).ceil_div(&s)
        } else {
            let extent = self.binary(BinOp::Sub, end, begin.clone(), span)?;
            let count = self.binary(BinOp::Div, extent, step.clone(), span)?;
            let count = self.unary(UnOp::Ceil, count, span)?;
            let count = self.cast(count, DType::Int64);
            self.symbolize(&count, span)?
        };
        Ok((Line { begin, step, size }, of))
    }

    /// The points of a line as a vector.
    fn points(&mut self, line: Line, dtype: DType, span: Span) -> R<Elem> {
        let index = Elem {
            shape: vec![line.size],
            ..Elem::py_int(Expr::sym(axis(0)))
        };
        if let (Some(begin), Some(step)) = (
            line.begin.symbolic(&self.facts),
            line.step.symbolic(&self.facts),
        ) {
            let code = Code::Sym(begin + Expr::sym(axis(0)) * step);
            let points = Elem {
                code,
                weak: false,
                ..index
            };
            return Ok(self.cast(points, dtype));
        }
        let index = self.cast(index, dtype);
        let scaled = self.binary(BinOp::Mul, index, line.step, span)?;
        let points = self.binary(BinOp::Add, scaled, line.begin, span)?;
        Ok(self.cast(points, dtype))
    }
}
