//! Evaluation of code and of memlets.

use super::frame::Frame;
use super::memory::Touch;
use super::run::Machine;
use super::{RunError, scalar};
use crate::sdfg::{Code, Const, DType, DataId, Eval, Memlet, Wcr};
use crate::symbolic::Dim;

/// A memlet's subset with its symbols replaced by their values.
pub(super) struct Place {
    pub data: DataId,
    pub dims: Vec<PlaceDim>,
}

pub(super) enum PlaceDim {
    At(i64),
    /// `count` indices from `begin` in steps.
    Span {
        begin: i64,
        step: i64,
        count: i64,
    },
}

impl Place {
    pub(super) fn new(frame: &Frame, memlet: &Memlet) -> Result<Self, RunError> {
        let dims = memlet.subset.0.iter().map(|dim| {
            Ok(match dim {
                Dim::Index(e) => PlaceDim::At(frame.eval(e)?),
                Dim::Range(r) => {
                    let (begin, end, step) = (
                        frame.eval(&r.begin)?,
                        frame.eval(&r.end)?,
                        frame.eval(&r.step)?,
                    );
                    PlaceDim::Span {
                        begin,
                        step,
                        count: count(begin, end, step)?,
                    }
                }
            })
        });
        Ok(Self {
            data: memlet.data,
            dims: dims.collect::<Result<_, RunError>>()?,
        })
    }

    /// The shape a consumer sees.
    pub(super) fn shape(&self) -> Vec<i64> {
        self.dims
            .iter()
            .filter_map(|d| {
                if let PlaceDim::Span { count, .. } = d {
                    Some(*count)
                } else {
                    None
                }
            })
            .collect()
    }

    /// The index in the container of an element of the region. Checked against the region; the container is checked at the access.
    pub(super) fn index(&self, frame: &Frame, within: &[i64]) -> Result<Vec<i64>, RunError> {
        let mut within = within.iter();
        let index = self.dims.iter().enumerate().map(|(dim, d)| match d {
            PlaceDim::At(i) => Ok(*i),
            PlaceDim::Span { begin, step, count } => {
                let Some(&k) = within.next() else {
                    return Err(RunError::Malformed(
                        "a region where an element is needed".into(),
                    ));
                };
                if !(0..*count).contains(&k) {
                    let container = frame.sdfg.desc(self.data).name.clone();
                    return Err(RunError::Index {
                        container,
                        dim,
                        index: k,
                        size: *count,
                    });
                }
                begin
                    .checked_add(k.saturating_mul(*step))
                    .ok_or(RunError::NoValue {
                        expression: "index".into(),
                    })
            }
        });
        let index = index.collect::<Result<_, _>>()?;
        if within.next().is_some() {
            return Err(RunError::Malformed(
                "more indices than ranges in a region".into(),
            ));
        }
        Ok(index)
    }
}

/// The number of elements of a range.
pub(super) fn count(begin: i64, end: i64, step: i64) -> Result<i64, RunError> {
    if step == 0 {
        return Err(RunError::ZeroStep);
    }
    let (span, step) = (i128::from(end) - i128::from(begin), i128::from(step));
    // Rounded towards more elements: the last step may go beyond the end.
    let count = (span + step - step.signum()) / step;
    i64::try_from(count.max(0)).map_err(|_| RunError::NoValue {
        expression: "range".into(),
    })
}

impl Machine<'_> {
    /// An access to an element: the index is checked, the touch recorded.
    fn check(
        &mut self,
        frame: &mut Frame,
        data: DataId,
        index: &[i64],
        touch: Touch,
    ) -> Result<(), RunError> {
        let view = frame.view(&mut self.memory, data)?;
        in_bounds(frame, data, index, &view.shape)?;
        match self.memory.touch(&view, index, touch) {
            None => Ok(()),
            Some(map) => Err(RunError::Race {
                map: map.to_owned(),
                container: frame.sdfg.desc(data).name.clone(),
                index: index.to_vec(),
            }),
        }
    }

    fn get(&mut self, frame: &mut Frame, data: DataId, index: &[i64]) -> Result<Const, RunError> {
        let view = frame.view(&mut self.memory, data)?;
        let value = self.memory.get(&view, index);
        value.ok_or_else(|| RunError::Uninitialised {
            container: frame.sdfg.desc(data).name.clone(),
        })
    }

    pub(super) fn read(
        &mut self,
        frame: &mut Frame,
        data: DataId,
        index: &[i64],
    ) -> Result<Const, RunError> {
        self.check(frame, data, index, Touch::Read)?;
        self.get(frame, data, index)
    }

    /// The value of a code; nothing where it is a copy of an element that holds nothing.
    pub(super) fn copied(
        &mut self,
        frame: &mut Frame,
        code: &Code,
        inputs: &[Place],
    ) -> Result<Option<Const>, RunError> {
        match code {
            Code::In(k) if inputs.get(*k).is_some() => {
                let place = &inputs[*k];
                let index = place.index(frame, &[])?;
                self.check(frame, place.data, &index, Touch::Read)?;
                let view = frame.view(&mut self.memory, place.data)?;
                Ok(self.memory.get(&view, &index))
            }
            Code::Cast(dtype, a) => {
                let value = self.copied(frame, a, inputs)?;
                Ok(value.map(|value| scalar::cast(*dtype, value)))
            }
            _ => self.value(frame, code, inputs).map(Some),
        }
    }

    /// The element holds nothing any more.
    pub(super) fn clear(
        &mut self,
        frame: &mut Frame,
        data: DataId,
        index: &[i64],
    ) -> Result<(), RunError> {
        self.check(frame, data, index, Touch::Write)?;
        let view = frame.view(&mut self.memory, data)?;
        self.memory.set(&view, index, None);
        Ok(())
    }

    pub(super) fn write(
        &mut self,
        frame: &mut Frame,
        data: DataId,
        index: &[i64],
        value: Const,
        wcr: Option<Wcr>,
    ) -> Result<(), RunError> {
        let desc = frame.sdfg.desc(data);
        if value.dtype() != desc.dtype {
            return Err(RunError::Malformed(format!(
                "a value of type {} is written to `{}`, of type {}",
                value.dtype(),
                desc.name,
                desc.dtype
            )));
        }
        self.check(frame, data, index, wcr.map_or(Touch::Write, Touch::Update))?;
        let value = match wcr {
            None => value,
            Some(wcr) => {
                let old = self.get(frame, data, index)?;
                scalar::binary(wcr.op(), old, value).ok_or_else(|| {
                    RunError::Malformed(format!("{wcr:?} of {} elements", value.dtype()))
                })?
            }
        };
        let view = frame.view(&mut self.memory, data)?;
        self.memory.set(&view, index, Some(value));
        Ok(())
    }

    /// Every element of a region that moves is in bounds.
    pub(super) fn check_region(
        &mut self,
        frame: &mut Frame,
        place: &Place,
    ) -> Result<(), RunError> {
        let view = frame.view(&mut self.memory, place.data)?;
        if place.shape().contains(&0) {
            return Ok(());
        }
        let zero = vec![0; place.shape().len()];
        let last: Vec<i64> = place.shape().iter().map(|n| n - 1).collect();
        for corner in [zero, last] {
            in_bounds(
                frame,
                place.data,
                &place.index(frame, &corner)?,
                &view.shape,
            )?;
        }
        Ok(())
    }

    /// The places of a computation's inputs. What certainly moves has to be in bounds, used or not.
    pub(super) fn places(
        &mut self,
        frame: &mut Frame,
        memlets: &[&Memlet],
    ) -> Result<Vec<Place>, RunError> {
        let mut places = Vec::with_capacity(memlets.len());
        for memlet in memlets {
            let place = Place::new(frame, memlet)?;
            if !memlet.dynamic {
                self.check_region(frame, &place)?;
            }
            places.push(place);
        }
        Ok(places)
    }

    pub(super) fn eval(&mut self, frame: &mut Frame, eval: &Eval) -> Result<Const, RunError> {
        let inputs = self.places(frame, &eval.inputs.iter().collect::<Vec<_>>())?;
        self.value(frame, &eval.code, &inputs)
    }

    pub(super) fn condition(&mut self, frame: &mut Frame, eval: &Eval) -> Result<bool, RunError> {
        match self.eval(frame, eval)? {
            Const::Bool(b) => Ok(b),
            other => Err(RunError::Malformed(format!(
                "a condition of type {}",
                other.dtype()
            ))),
        }
    }

    /// The value of a code that has to be an `int64`.
    pub(super) fn integer(
        &mut self,
        frame: &mut Frame,
        code: &Code,
        inputs: &[Place],
    ) -> Result<i64, RunError> {
        match self.value(frame, code, inputs)? {
            Const::Int(v, DType::Int64) => Ok(v as i64),
            other => Err(RunError::Malformed(format!(
                "an index of type {}",
                other.dtype()
            ))),
        }
    }

    pub(super) fn value(
        &mut self,
        frame: &mut Frame,
        code: &Code,
        inputs: &[Place],
    ) -> Result<Const, RunError> {
        let input = |k: &usize| {
            inputs
                .get(*k)
                .ok_or_else(|| RunError::Malformed(format!("no connector {k}")))
        };
        match code {
            Code::Const(c) => Ok(*c),
            Code::Sym(e) => Ok(Const::Int(i128::from(frame.eval(e)?), DType::Int64)),
            Code::In(k) => {
                let place = input(k)?;
                let index = place.index(frame, &[])?;
                self.read(frame, place.data, &index)
            }
            Code::Load(k, index) => {
                let place = input(k)?;
                let within = index
                    .iter()
                    .map(|c| self.integer(frame, c, inputs))
                    .collect::<Result<Vec<_>, _>>()?;
                let index = place.index(frame, &within)?;
                self.read(frame, place.data, &index)
            }
            Code::Un(op, a) => {
                let a = self.value(frame, a, inputs)?;
                scalar::unary(*op, a)
                    .ok_or_else(|| RunError::Malformed(format!("{op:?} of {}", a.dtype())))
            }
            Code::Bin(op, a, b) => {
                let (a, b) = (self.value(frame, a, inputs)?, self.value(frame, b, inputs)?);
                if scalar::is_negative_power(*op, b) {
                    return Err(RunError::NegativePower);
                }
                scalar::binary(*op, a, b).ok_or_else(|| {
                    RunError::Malformed(format!("{op:?} of {} and {}", a.dtype(), b.dtype()))
                })
            }
            Code::Select(condition, a, b) => match self.value(frame, condition, inputs)? {
                Const::Bool(true) => self.value(frame, a, inputs),
                Const::Bool(false) => self.value(frame, b, inputs),
                other => Err(RunError::Malformed(format!(
                    "a condition of type {}",
                    other.dtype()
                ))),
            },
            Code::Cast(dtype, a) => Ok(scalar::cast(*dtype, self.value(frame, a, inputs)?)),
        }
    }
}

fn in_bounds(frame: &Frame, data: DataId, index: &[i64], shape: &[i64]) -> Result<(), RunError> {
    let desc = frame.sdfg.desc(data);
    if index.len() != shape.len() {
        return Err(RunError::Malformed(format!(
            "{} indices for `{}` of rank {}",
            index.len(),
            desc.name,
            shape.len()
        )));
    }
    for (dim, (index, size)) in index.iter().zip(shape).enumerate() {
        if !(0..*size).contains(index) {
            return Err(RunError::Index {
                container: desc.name.clone(),
                dim,
                index: *index,
                size: *size,
            });
        }
    }
    Ok(())
}
