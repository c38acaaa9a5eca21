//! The lane-wise halves of the gated cells, fused.

mod gru;
mod lstm;

pub use gru::{gru_mix, gru_mix_backward};
pub use lstm::{GATES, LstmStep, lstm_backward, lstm_forward};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{for_every_isa, name_of, test};
    use crate::{Activation, Simd, activation_gradient};

    /// Steps until a state or gradient that halves each time is far below the normal numbers.
    const STEPS: usize = 300;
    /// Whole vectors of every instruction set.
    const N: usize = 16;

    /// Runs `step` on values that begin at one; none may become subnormal, all are to end at zero.
    fn check_fading<S: Simd>(s: S, what: &str, mut step: impl FnMut(S, &mut [f32]) -> Vec<f32>) {
        let mut faded = vec![1.0; N];
        for at in 0..STEPS {
            let others = step(s, &mut faded);
            let subnormal = faded.iter().chain(&others).find(|x| x.is_subnormal());
            assert_eq!(subnormal, None, "{what}, {}, step {at}", name_of(s));
        }
        assert_eq!(faded, [0.0; N], "{what}, {}", name_of(s));
    }

    #[test]
    fn states_and_gradients_that_fade_end_at_zero_without_subnormal_numbers() {
        let (half, tenth, zero) = ([0.5; N], [0.1; N], [0.0; N]);
        for_every_isa!(s => {
            check_fading(s, "c of LSTM", |s, state| {
                let mut gates = vec![0.0; GATES * N]; // f = ½, g = 0
                let [mut c, mut activated, mut h] = [[0.0; N]; 3];
                lstm_forward(s, &mut gates, Some(state), &mut c, &mut activated, &mut h);
                state.copy_from_slice(&c);
                [activated, h].concat()
            });
            check_fading(s, "gradient of LSTM's c", |s, d_c| {
                let mut gates = [half, half, tenth, half].concat();
                let step = LstmStep { c_previous: Some(&tenth), activated_c: &tenth, d_h: &zero };
                lstm_backward(s, step, &mut gates, d_c);
                gates
            });
            check_fading(s, "gradient of LSTM's h", |s, d_h| {
                let mut gates = [half, half, tenth, half].concat();
                let step = LstmStep { c_previous: None, activated_c: &tenth, d_h };
                lstm_backward(s, step, &mut gates, &mut [0.0; N]);
                d_h.copy_from_slice(&gates[3 * N..]); // that of o, a fortieth
                gates
            });
            check_fading(s, "h of GRU", |s, state| {
                let mut h = [0.0; N];
                gru_mix(s, &half, &zero, Some(state), &mut h);
                state.copy_from_slice(&h);
                Vec::new()
            });
            check_fading(s, "gradient of GRU's h", |s, d_h| {
                let [mut d_z, mut d_candidate] = [[0.0; N]; 2];
                gru_mix_backward(s, [&half, &tenth], None, d_h, [&mut d_z, &mut d_candidate]);
                [d_z, d_candidate].concat()
            });
            check_fading(s, "gradient of SimpleRNN's h", |s, d_h| {
                let before = d_h.to_vec();
                activation_gradient(s, Activation::Sigmoid, &half, &half, &before, d_h);
                Vec::new()
            });
        });
    }
}
