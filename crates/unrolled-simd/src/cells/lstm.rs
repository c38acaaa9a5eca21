//! The lane-wise half of an LSTM step with the usual activations, in one pass.

use crate::math::tiny::{self, without_tiny};
use crate::{Simd, math};

/// Gates in a row of the kernels: input, forget, candidate, output.
pub const GATES: usize = 4;

/// What the backward step reads; all `[units][lanes]`.
#[derive(Clone, Copy, Debug)]
pub struct LstmStep<'a> {
    /// `None` where it is zero.
    pub c_previous: Option<&'a [f32]>,
    /// `tanh(c)`
    pub activated_c: &'a [f32],
    /// Gradient of the state h after the step.
    pub d_h: &'a [f32],
}

/// Gates `i, f, g, o` of one step: `[4·units][lanes]` before their activation, activated in place
/// (sigmoid, but tanh for g). `c = f·c_previous + i·g` [without what is tiny](without_tiny),
/// `activated_c = tanh(c)`, `h = o·activated_c`; all `[units][lanes]`, `c_previous` `None` where it is
/// zero.
///
/// # Panics
/// If the lengths do not fit.
#[inline(never)]
pub fn lstm_forward<S: Simd>(
    s: S,
    gates: &mut [f32],
    c_previous: Option<&[f32]>,
    c: &mut [f32],
    activated_c: &mut [f32],
    h: &mut [f32],
) {
    let n = c.len();
    assert!(n.is_multiple_of(S::LANES));
    assert_eq!([gates.len(), activated_c.len(), h.len()], [GATES * n, n, n]);
    assert!(c_previous.is_none_or(|c| c.len() >= n));
    s.vectorize(
        #[inline(always)]
        || {
            for at in (0..n).step_by(S::LANES) {
                // SAFETY: at + LANES ≤ n; every slice holds n values, the gates four times that.
                unsafe {
                    let z = gates.as_mut_ptr().add(at);
                    let i = math::sigmoid(s, s.load(z));
                    let g = math::tanh(s, s.load(z.add(2 * n)));
                    s.store(z, i);
                    s.store(z.add(2 * n), g);
                    let f = math::sigmoid(s, s.load(z.add(n)));
                    s.store(z.add(n), f);
                    let mut state = s.mul(i, g);
                    if let Some(c_previous) = c_previous {
                        state = s.mul_add(f, s.load(c_previous.as_ptr().add(at)), state);
                    }
                    let state = without_tiny(s, state, tiny::STATE);
                    s.store(c.as_mut_ptr().add(at), state);
                    let o = math::sigmoid(s, s.load(z.add(3 * n)));
                    s.store(z.add(3 * n), o);
                    let activated = math::tanh(s, state);
                    s.store(activated_c.as_mut_ptr().add(at), activated);
                    s.store(h.as_mut_ptr().add(at), s.mul(o, activated));
                }
            }
        },
    );
}

/// Backward of [`lstm_forward`]: gradients before the activation take the gates' place; `d_c` is on
/// entry that of the state after the step, at the end of the state before. Both states' gradients are
/// taken [without what is tiny](without_tiny).
///
/// # Panics
/// If the lengths do not fit.
#[inline(never)]
pub fn lstm_backward<S: Simd>(s: S, step: LstmStep<'_>, gates: &mut [f32], d_c: &mut [f32]) {
    let n = d_c.len();
    assert!(n.is_multiple_of(S::LANES));
    assert_eq!([gates.len(), step.activated_c.len(), step.d_h.len()], [GATES * n, n, n]);
    assert!(step.c_previous.is_none_or(|c| c.len() >= n));
    s.vectorize(
        #[inline(always)]
        || {
            let one = s.splat(1.0);
            for at in (0..n).step_by(S::LANES) {
                // SAFETY: at + LANES ≤ n; every slice holds n values, the gates four times that.
                unsafe {
                    let z = gates.as_mut_ptr().add(at);
                    let d_state = d_c.as_mut_ptr().add(at);
                    let activated = s.load(step.activated_c.as_ptr().add(at));
                    let d_h = s.load(step.d_h.as_ptr().add(at));
                    let d_h = without_tiny(s, d_h, tiny::GRADIENT);
                    let o = s.load(z.add(3 * n));
                    let d_o = s.mul(s.mul(d_h, activated), s.mul(o, s.sub(one, o)));
                    s.store(z.add(3 * n), d_o);
                    let slope = s.sub(one, s.mul(activated, activated));
                    let d_c = s.mul_add(s.mul(d_h, o), slope, s.load(d_state));
                    let d_c = without_tiny(s, d_c, tiny::GRADIENT);
                    let (i, g) = (s.load(z), s.load(z.add(2 * n)));
                    s.store(z, s.mul(s.mul(d_c, g), s.mul(i, s.sub(one, i))));
                    s.store(z.add(2 * n), s.mul(s.mul(d_c, i), s.sub(one, s.mul(g, g))));
                    let f = s.load(z.add(n));
                    let d_f = match step.c_previous {
                        Some(c) => {
                            let c = s.load(c.as_ptr().add(at));
                            s.mul(s.mul(d_c, c), s.mul(f, s.sub(one, f)))
                        }
                        None => s.splat(0.0),
                    };
                    s.store(z.add(n), d_f);
                    s.store(d_state, s.mul(d_c, f));
                }
            }
        },
    );
}
