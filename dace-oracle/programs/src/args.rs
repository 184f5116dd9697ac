//! Arguments and results as text.

use dace::Complex;
use ndarray::{Array, ArrayRef, ArrayView, ArrayViewMut, Dimension, IxDyn, Slice};
use std::fmt::Write;

/// An element that is read from and written as text, exactly.
pub(crate) trait Item: Copy + 'static {
    /// NumPy's name.
    const NAME: &'static str;
    /// What stands around an argument in memory.
    const GUARD: Self;
    fn read(text: &str) -> Option<Self>;
    fn write(self, to: &mut String);
}

macro_rules! integers {
    ($($t:ty = $name:literal),*) => { $(
        impl Item for $t {
            const NAME: &'static str = $name;
            const GUARD: Self = 77;
            fn read(text: &str) -> Option<Self> {
                text.parse().ok()
            }
            fn write(self, to: &mut String) {
                let _ = write!(to, "{self}");
            }
        }
    )* };
}
integers!(
    i8 = "int8",
    i16 = "int16",
    i32 = "int32",
    i64 = "int64",
    u8 = "uint8",
    u16 = "uint16",
    u32 = "uint32",
    u64 = "uint64"
);

macro_rules! floats {
    ($($t:ty = $name:literal, $complex:literal);*) => { $(
        impl Item for $t {
            const NAME: &'static str = $name;
            const GUARD: Self = 7e7;
            fn read(text: &str) -> Option<Self> {
                text.parse().ok()
            }
            fn write(self, to: &mut String) {
                let _ = write!(to, "{:e}", f64::from(self));
            }
        }
        impl Item for Complex<$t> {
            const NAME: &'static str = $complex;
            const GUARD: Self = Complex::new(7e7, -7e7);
            fn read(text: &str) -> Option<Self> {
                let (re, im) = text.split_once(',')?;
                Some(Complex::new(re.parse().ok()?, im.parse().ok()?))
            }
            fn write(self, to: &mut String) {
                self.re.write(to);
                to.push(',');
                self.im.write(to);
            }
        }
    )* };
}
floats!(f32 = "float32", "complex64"; f64 = "float64", "complex128");

impl Item for bool {
    const NAME: &'static str = "bool";
    const GUARD: Self = true;
    fn read(text: &str) -> Option<Self> {
        Some(text == "1")
    }
    fn write(self, to: &mut String) {
        to.push(if self { '1' } else { '0' });
    }
}

fn line<T: Item, D: Dimension>(array: &ArrayRef<T, D>) -> String {
    let mut text = format!("{}|", T::NAME);
    for n in array.shape() {
        let _ = write!(text, "{n} ");
    }
    text.push('|');
    for item in array {
        item.write(&mut text);
        text.push(' ');
    }
    text
}

/// What a function is called with, in order, and then what it left and returned.
pub(crate) struct Args {
    given: std::vec::IntoIter<String>,
    layout: u64,
    left: Vec<String>,
}

impl Args {
    pub(crate) fn new(given: Vec<String>, layout: u64) -> Self {
        Self {
            given: given.into_iter(),
            layout,
            left: Vec::new(),
        }
    }

    fn next<T: Item>(&mut self) -> (Vec<usize>, Vec<T>) {
        let line = self.given.next().expect("an argument");
        let mut parts = line.split('|');
        assert_eq!(parts.next(), Some(T::NAME), "type of an argument");
        let mut part = || parts.next().unwrap_or("").split_whitespace();
        let shape = part().map(|n| n.parse().expect("a size")).collect();
        let items = part().map(|t| T::read(t).expect("an element")).collect();
        (shape, items)
    }

    pub(crate) fn scalar<T: Item>(&mut self) -> T {
        self.next().1[0]
    }

    pub(crate) fn array<T: Item, D: Dimension>(&mut self) -> Slot<T, D> {
        let (shape, items) = self.next::<T>();
        let array = Array::from_shape_vec(IxDyn(&shape), items).expect("as many elements");
        let array: Array<T, D> = array.into_dimensionality().expect("the rank");
        self.layout = self
            .layout
            .wrapping_mul(0x5851_F42D_4C95_7F2D)
            .wrapping_add(1);
        Slot::new(&array, self.layout >> 33)
    }

    /// An argument after the call, or a result.
    pub(crate) fn give<G: Give>(&mut self, value: G) {
        value.give(&mut self.left);
    }

    pub(crate) fn left(self) -> Vec<String> {
        self.left
    }
}

pub(crate) trait Give {
    fn give(self, to: &mut Vec<String>);
}
impl<T: Item> Give for T {
    fn give(self, to: &mut Vec<String>) {
        let mut text = format!("{}||", T::NAME);
        self.write(&mut text);
        to.push(text);
    }
}
impl<T: Item, D: Dimension> Give for Array<T, D> {
    fn give(self, to: &mut Vec<String>) {
        to.push(line(&self));
    }
}
impl<T: Item, D: Dimension> Give for Slot<T, D> {
    fn give(self, to: &mut Vec<String>) {
        self.check_guards();
        to.push(line(&self.view()));
    }
}

/// An array argument, somewhere in memory.
pub(crate) struct Slot<T, D: Dimension> {
    memory: Array<T, D>,
    /// Where the argument lies in it, for each axis.
    part: Vec<Slice>,
    transposed: bool,
}

impl<T: Item, D: Dimension> Slot<T, D> {
    fn new(array: &Array<T, D>, layout: u64) -> Self {
        let transposed = layout.is_multiple_of(4);
        let mut shape = array.raw_dim();
        if transposed {
            shape.slice_mut().reverse();
        }
        let mut part = Vec::new();
        let mut around = shape.clone();
        for (axis, n) in around.slice_mut().iter_mut().enumerate() {
            // Now and then with gaps and backwards.
            let step = match layout >> (2 + 3 * axis) & 7 {
                0 => -2,
                1 => 2,
                2 => -1,
                _ => 1,
            };
            let count = *n as isize;
            let span = if count == 0 {
                0
            } else {
                (count - 1) * isize::abs(step) + 1
            };
            *n = span as usize + 2;
            part.push(Slice::new(1, Some(1 + span), step));
        }
        let mut slot = Self {
            memory: Array::from_elem(around, T::GUARD),
            part,
            transposed,
        };
        slot.view_mut().assign(array);
        slot
    }

    pub(crate) fn view(&self) -> ArrayView<'_, T, D> {
        let view = self.memory.slice_each_axis(|a| self.part[a.axis.index()]);
        if self.transposed {
            view.reversed_axes()
        } else {
            view
        }
    }

    pub(crate) fn view_mut(&mut self) -> ArrayViewMut<'_, T, D> {
        let part = &self.part;
        let view = self.memory.slice_each_axis_mut(|a| part[a.axis.index()]);
        if self.transposed {
            view.reversed_axes()
        } else {
            view
        }
    }

    /// What does not belong to the argument has to be as it was.
    fn check_guards(&self) {
        let inside = Self {
            memory: Array::from_elem(self.memory.raw_dim(), T::GUARD),
            part: self.part.clone(),
            transposed: self.transposed,
        };
        let mut inside = inside;
        inside.view_mut().assign(&self.view());
        assert_eq!(
            line(&inside.memory),
            line(&self.memory),
            "written beside the argument"
        );
    }
}
