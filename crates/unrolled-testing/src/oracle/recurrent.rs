//! SimpleRNN, LSTM, GRU and Dense.

use ndarray::{Array1, Array2, Array3, ArrayView1, ArrayView2, ArrayView3, Axis, s};

use super::Activation;

/// Which recurrence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell {
    /// `h = activation(x·kernel + h·recurrent_kernel + bias)`
    SimpleRnn,
    /// Gates in the order i f g o.
    Lstm,
    /// Gates in the order z r h.
    Gru {
        /// Reset gate after the matrix product.
        reset_after: bool,
    },
}

impl Cell {
    /// Blocks of columns in the kernels.
    pub fn gates(self) -> usize {
        match self {
            Cell::SimpleRnn => 1,
            Cell::Lstm => 4,
            Cell::Gru { .. } => 3,
        }
    }

    /// Rows of the bias.
    pub fn bias_rows(self) -> usize {
        if self == (Cell::Gru { reset_after: true }) { 2 } else { 1 }
    }

    /// Arrays in the state: h, and c for an LSTM.
    pub fn states(self) -> usize {
        if self == Cell::Lstm { 2 } else { 1 }
    }
}

/// A recurrent layer.
#[derive(Clone, Debug)]
pub struct Recurrent {
    /// Which recurrence.
    pub cell: Cell,
    /// Of the candidate and the output.
    pub activation: Activation,
    /// Of the gates.
    pub recurrent_activation: Activation,
    /// Read from the end.
    pub go_backwards: bool,
    /// `[in, gates·units]`
    pub kernel: Array2<f64>,
    /// `[units, gates·units]`
    pub recurrent_kernel: Array2<f64>,
    /// `[1 or 2, gates·units]`
    pub bias: Option<Array2<f64>>,
}

/// What a recurrent layer reads.
#[derive(Clone, Debug)]
pub struct Sequence<'a> {
    /// `[batch, time, in]`
    pub x: ArrayView3<'a, f64>,
    /// `[batch, time]`: which steps are valid; the rest is padding. All if `None`.
    pub valid: Option<ArrayView2<'a, bool>>,
    /// `[batch, units]` each; zero if empty.
    pub initial: &'a [Array2<f64>],
    /// `[batch, in]`, multiplied to `x` at every step.
    pub input_mask: Option<ArrayView2<'a, f64>>,
    /// `[batch, units]`, multiplied to the state before its matrix product.
    pub recurrent_mask: Option<ArrayView2<'a, f64>>,
}

impl<'a> Sequence<'a> {
    /// A sequence without padding, states or dropout.
    pub fn plain(x: ArrayView3<'a, f64>) -> Self {
        Sequence { x, valid: None, initial: &[], input_mask: None, recurrent_mask: None }
    }
}

/// What a recurrent layer gives.
#[derive(Clone, Debug)]
pub struct RecurrentOutput {
    /// `[batch, time, units]`, in the order of reading. A padding step repeats the state.
    pub sequence: Array3<f64>,
    /// `[batch, units]` each: h after the last valid step, and c for an LSTM.
    pub states: Vec<Array2<f64>>,
}

impl Recurrent {
    /// Runs the layer, example by example and step by step. Padding steps leave the state alone,
    /// wherever they come in the order of reading.
    pub fn forward(&self, input: &Sequence) -> RecurrentOutput {
        let (batch, time, _) = input.x.dim();
        let units = self.recurrent_kernel.nrows();
        let mut sequence = Array3::zeros((batch, time, units));
        let mut states = if input.initial.is_empty() {
            vec![Array2::zeros((batch, units)); self.cell.states()]
        } else {
            input.initial.to_vec()
        };
        for b in 0..batch {
            let ones = Array1::ones(units);
            let recurrent_mask = input.recurrent_mask.map_or(ones, |m| m.row(b).to_owned());
            for out in 0..time {
                let t = if self.go_backwards { time - 1 - out } else { out };
                if input.valid.is_none_or(|valid| valid[[b, t]]) {
                    let mut x = input.x.slice(s![b, t, ..]).to_owned();
                    if let Some(mask) = input.input_mask {
                        x *= &mask.row(b);
                    }
                    let h = states[0].row(b).to_owned();
                    let c = states.last().expect("h").row(b).to_owned();
                    let (h, c) = self.step(x.view(), h.view(), c.view(), recurrent_mask.view());
                    states[0].row_mut(b).assign(&h);
                    if self.cell == Cell::Lstm {
                        states[1].row_mut(b).assign(&c);
                    }
                }
                sequence.slice_mut(s![b, out, ..]).assign(&states[0].row(b));
            }
        }
        RecurrentOutput { sequence, states }
    }

    /// One step of one example: (h, c); `c` goes through untouched but in an LSTM.
    fn step(
        &self,
        x: ArrayView1<f64>,
        h: ArrayView1<f64>,
        c: ArrayView1<f64>,
        recurrent_mask: ArrayView1<f64>,
    ) -> (Array1<f64>, Array1<f64>) {
        let u = h.len();
        let bias = |row: usize| match &self.bias {
            Some(bias) if row < bias.nrows() => bias.row(row).to_owned(),
            _ => Array1::zeros(self.cell.gates() * u),
        };
        let from_x = x.dot(&self.kernel) + bias(0);
        let masked = &h * &recurrent_mask;
        let from_h = masked.dot(&self.recurrent_kernel) + bias(1);
        let gate = |k: usize| s![k * u..(k + 1) * u];
        let act = |mut z: Array1<f64>, activation: Activation| {
            activation.apply(z.view_mut());
            z
        };
        match self.cell {
            Cell::SimpleRnn => (act(from_x + from_h, self.activation), c.to_owned()),
            Cell::Lstm => {
                let z = from_x + from_h;
                let z = |k: usize| z.slice(gate(k)).to_owned();
                let i = act(z(0), self.recurrent_activation);
                let f = act(z(1), self.recurrent_activation);
                let g = act(z(2), self.activation);
                let o = act(z(3), self.recurrent_activation);
                let c = f * c + i * g;
                (o * act(c.clone(), self.activation), c)
            }
            Cell::Gru { reset_after } => {
                let sum = |k: usize| &from_x.slice(gate(k)) + &from_h.slice(gate(k));
                let z = act(sum(0), self.recurrent_activation);
                let r = act(sum(1), self.recurrent_activation);
                let candidate = if reset_after {
                    &from_x.slice(gate(2)) + &(&r * &from_h.slice(gate(2)))
                } else {
                    let recurrent =
                        (&r * &masked).dot(&self.recurrent_kernel.slice(s![.., 2 * u..]));
                    &from_x.slice(gate(2)) + &recurrent
                };
                let candidate = act(candidate, self.activation);
                (&z * &h + (1.0 - &z) * candidate, c.to_owned())
            }
        }
    }
}

/// `activation(x·kernel + bias)` at every step. `x: [batch, time, in]`, `kernel: [in, units]`.
pub fn dense(
    x: ArrayView3<f64>,
    kernel: ArrayView2<f64>,
    bias: Option<ArrayView1<f64>>,
    activation: Activation,
) -> Array3<f64> {
    let (batch, time, _) = x.dim();
    let mut out = Array3::zeros((batch, time, kernel.ncols()));
    for (x, mut out) in x.axis_iter(Axis(0)).zip(out.axis_iter_mut(Axis(0))) {
        out.assign(&x.dot(&kernel));
        for mut row in out.rows_mut() {
            if let Some(bias) = bias {
                row += &bias;
            }
            activation.apply(row);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use ndarray::{Array, array};

    use super::*;

    fn layer(cell: Cell, bias: Option<Array2<f64>>) -> Recurrent {
        let g = cell.gates();
        Recurrent {
            cell,
            activation: Activation::Tanh,
            recurrent_activation: Activation::Sigmoid,
            go_backwards: false,
            kernel: Array::from_elem((1, g), 0.5),
            recurrent_kernel: Array::from_elem((1, g), -0.25),
            bias,
        }
    }

    #[test]
    fn one_unit_follows_the_formulas() {
        let (x, h, c) = (0.8f64, 0.3f64, -0.4f64);
        let input = array![[[x]]];
        let sigmoid = Activation::Sigmoid;
        let a = 0.5 * x - 0.25 * h;
        let z = sigmoid.of(a);
        let lstm_c = z * c + z * a.tanh();
        let after = (0.5 * x + 0.1 + z * (-0.25 * h - 0.1)).tanh();
        let before = (0.5 * x - 0.25 * (z * h)).tanh();
        // The two rows of the reset-after bias cancel, but for the candidate.
        for (cell, bias, want) in [
            (Cell::SimpleRnn, None, a.tanh()),
            (Cell::Lstm, None, z * lstm_c.tanh()),
            (
                Cell::Gru { reset_after: true },
                Some(array![[0.1, 0.1, 0.1], [-0.1, -0.1, -0.1]]),
                z * h + (1.0 - z) * after,
            ),
            (Cell::Gru { reset_after: false }, None, z * h + (1.0 - z) * before),
        ] {
            let initial = [array![[h]], array![[c]]];
            let got = layer(cell, bias).forward(&Sequence {
                initial: &initial[..cell.states()],
                ..Sequence::plain(input.view())
            });
            assert!((got.states[0][[0, 0]] - want).abs() < 1e-15, "{cell:?}");
        }
    }

    #[test]
    fn padding_leaves_the_state_alone() {
        for backwards in [false, true] {
            let mut layer = layer(Cell::Lstm, None);
            layer.go_backwards = backwards;
            let padded = array![[[0.3], [-0.7], [9.0]]];
            let cut = array![[[0.3], [-0.7]]];
            let valid = array![[true, true, false]];
            let got = layer
                .forward(&Sequence { valid: Some(valid.view()), ..Sequence::plain(padded.view()) });
            let want = layer.forward(&Sequence::plain(cut.view()));
            assert_eq!(got.states, want.states);
        }
    }

    #[test]
    fn dropout_never_touches_the_carried_state() {
        // With the recurrent input dropped altogether, a GRU still carries z·h.
        let layer = layer(Cell::Gru { reset_after: true }, None);
        let (x, initial, nothing) = (array![[[0.0]]], [array![[0.6]]], array![[0.0]]);
        let got = layer.forward(&Sequence {
            initial: &initial,
            recurrent_mask: Some(nothing.view()),
            ..Sequence::plain(x.view())
        });
        assert!((got.states[0][[0, 0]] - 0.3).abs() < 1e-15);
    }
}
