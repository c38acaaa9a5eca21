//! Prints what every candidate tile reaches natively, for each instruction set of this machine.
//!
//! `cargo run --release -p unrolled-bench --bin tiles`; bench/tiles.mjs does the same in WebAssembly.

use std::time::{Duration, Instant};

use unrolled_bench::{buffers::Buffers, candidates, candidates::Candidate, kernels, peak};
use unrolled_simd::{Isa, Simd, dispatch};

/// Inner lengths of the products: the recurrent products of 20 and of 128 units.
const INNER: [usize; 2] = [20, 128];
const TIME: usize = 50;

fn main() {
    let mut buffers = Buffers::default();
    for isa in Isa::available() {
        dispatch!(isa, s => report(s, &mut buffers));
    }
}

fn report<S: Simd>(s: S, buffers: &mut Buffers) {
    let peak = (0..peak::VARIANTS.len())
        .map(|which| best(|repeats| peak::run(s, which, 100 * repeats)))
        .fold(0.0, f64::max);
    println!("\n{}: arithmetic only {peak:.0} GFLOP/s", S::NAME);
    println!("GEMM rows × vectors, at K = {INNER:?}; now {:?}", S::TILE);
    for Candidate { rows, columns, run } in candidates::products::<S>() {
        let figures = INNER.map(|k| best(|repeats| run(s, buffers, k, repeats)));
        println!("  {rows:>2} × {columns}  {}", shares(&figures, peak));
    }
    let sizes = INNER.map(|k| [4 * k, k]);
    let figures = sizes.map(|size| best(|repeats| kernels::product(s, buffers, size, repeats)));
    println!("  library {}", shares(&figures, peak));
    println!("gradient rows × columns, {TIME} steps; now {:?}", S::GRADIENT_TILE);
    for Candidate { rows, columns, run } in candidates::gradients::<S>() {
        let figures = [best(|repeats| run(s, buffers, TIME, repeats))];
        println!("  {rows:>2} × {columns}  {}", shares(&figures, peak));
    }
    let size = [20, 80, TIME];
    let figures = [best(|repeats| kernels::gradient(s, buffers, size, repeats))];
    println!("  library {}", shares(&figures, peak));
}

/// The best rate of many short samples (shorter than a slice of the scheduler, so that other work
/// on the machine falls between them), in GFLOP/s; `run(repeats)` gives the operations it did.
fn best(mut run: impl FnMut(usize) -> f64) -> f64 {
    const SAMPLE: Duration = Duration::from_millis(1);
    let mut repeats = 1;
    loop {
        let start = Instant::now();
        run(repeats);
        if start.elapsed() >= SAMPLE {
            break;
        }
        repeats *= 2;
    }
    (0..80)
        .map(|_| {
            let start = Instant::now();
            run(repeats) / start.elapsed().as_secs_f64() / 1e9
        })
        .fold(0.0, f64::max)
}

fn shares(figures: &[f64], peak: f64) -> String {
    let show = |rate: &f64| format!("{rate:6.1} GFLOP/s ({:3.0} %)", 100.0 * rate / peak);
    figures.iter().map(show).collect::<Vec<_>>().join("   ")
}
