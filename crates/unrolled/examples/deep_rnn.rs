//! The deep RNN of chapter 15 of _Hands-On Machine Learning_: SimpleRNN 20 → 20, Dense(1), which
//! forecasts the next value of generated series. The published error after 20 epochs is 0.0026.
//!
//! ```text
//! cargo run --release -p unrolled --example deep_rnn
//! cargo run --release -p unrolled --example deep_rnn -- --series 300 --epochs 2 --bits
//! ```
//!
//! `--bits` computes as WebAssembly does and prints the losses as bits: the tests compare them with
//! those of the TypeScript library.

use ndarray::{Array2, Axis, s};
use rand_mt::Mt;
use unrolled::spec::{CompileSpec, DenseSpec, LayerSpec, Loss, RecurrentSpec, Rule};
use unrolled::{Fit, Isa, Result, Sequential};

/// Steps of a series: fifty are read, the last is the target.
const STEPS: usize = 51;

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().collect();
    let number = |name: &str, otherwise: usize| {
        let value = args.iter().position(|arg| arg == name).and_then(|i| args.get(i + 1));
        value.map_or(otherwise, |text| text.parse().expect("a whole number"))
    };
    let (series, epochs) = (number("--series", 10_000), number("--epochs", 20));
    let bits = args.iter().any(|arg| arg == "--bits");

    let waves = generate(series, 42);
    let (x, y) = waves.view().split_at(Axis(1), STEPS - 1);
    let x = x.insert_axis(Axis(2));
    let (train, valid) = (series * 7 / 10, series * 9 / 10);

    let rnn = |return_sequences| {
        LayerSpec::SimpleRnn(RecurrentSpec { units: 20, return_sequences, ..Default::default() })
    };
    let mut model = Sequential::new(&[None, Some(1)])
        .seed(42)
        .isa(if bits { Isa::scalar() } else { Isa::fastest() })
        .layer(rnn(true))
        .layer(rnn(false))
        .layer(LayerSpec::Dense(DenseSpec { units: 1, ..Default::default() }))
        .build()?;
    let optimizer = Rule::ADAM.into();
    model.compile(CompileSpec { loss: Loss::Mse {}, optimizer, metrics: vec![] })?;
    for epoch in 0..epochs {
        let history =
            model.fit(x.slice(s![..train, .., ..]), y.slice(s![..train, ..]), &Fit::default())?;
        let part = x.slice(s![train..valid, .., ..]);
        let measured = model.evaluate(part, y.slice(s![train..valid, ..]))?;
        let (loss, valid) = (history[0][0], measured[0]);
        if bits {
            println!("{:016x} {:016x}", loss.to_bits(), valid.to_bits());
        } else {
            println!("epoch {epoch:2}  loss {loss:.5}  validation {valid:.5}");
        }
    }
    Ok(())
}

/// The book's series: two sine waves of random frequency and phase and a little noise, with the
/// numbers of NumPy's legacy generator in NumPy's order.
fn generate(series: usize, seed: u32) -> Array2<f32> {
    let mut generator = Mt::new(seed);
    let mut draw = || {
        let (high, low) = (generator.next_u32() >> 5, generator.next_u32() >> 6);
        (f64::from(high) * 67_108_864.0 + f64::from(low)) / 9_007_199_254_740_992.0
    };
    let mut column = || (0..series).map(|_| draw()).collect::<Vec<f64>>();
    let [f1, f2, o1, o2] = [column(), column(), column(), column()];
    let step = 1.0 / (STEPS - 1) as f64;
    Array2::from_shape_fn((series, STEPS), |(i, t)| {
        let time = if t == STEPS - 1 { 1.0 } else { t as f64 * step };
        let mut value = 0.5 * libm::sin((time - o1[i]) * (f1[i] * 10.0 + 10.0));
        value += 0.2 * libm::sin((time - o2[i]) * (f2[i] * 20.0 + 20.0));
        (value + 0.1 * (draw() - 0.5)) as f32
    })
}
