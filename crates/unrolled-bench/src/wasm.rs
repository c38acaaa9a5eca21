//! The measured loops as exports of a bare WebAssembly module. Each runs `repeats` times and gives
//! the floating-point operations that it did; JavaScript keeps the time.

use std::cell::RefCell;

use unrolled_simd::{Isa, Simd, dispatch};

use crate::{buffers::Buffers, candidates, gathering::Gathering, kernels, peak};

thread_local! {
    static BUFFERS: RefCell<Buffers> = RefCell::new(Buffers::default());
    static GATHERING: RefCell<Gathering> = RefCell::default();
}

fn with_buffers(f: impl FnOnce(&mut Buffers) -> f64) -> f64 {
    BUFFERS.with(|buffers| f(&mut buffers.borrow_mut()))
}

/// Number of loops that [`peak`] knows.
#[unsafe(no_mangle)]
pub extern "C" fn peak_variants() -> usize {
    peak::VARIANTS.len()
}

/// See [`peak::run`].
#[unsafe(no_mangle)]
pub extern "C" fn peak(which: usize, steps: usize) -> f64 {
    dispatch!(Isa::fastest(), s => peak::run(s, which, steps))
}

/// See [`kernels::product`].
#[unsafe(no_mangle)]
pub extern "C" fn product(m: usize, k: usize, repeats: usize) -> f64 {
    let size = [m, k];
    with_buffers(|b| dispatch!(Isa::fastest(), s => kernels::product(s, b, size, repeats)))
}

/// See [`kernels::gradient`].
#[unsafe(no_mangle)]
pub extern "C" fn gradient(rows: usize, columns: usize, time: usize, repeats: usize) -> f64 {
    let size = [rows, columns, time];
    with_buffers(|b| dispatch!(Isa::fastest(), s => kernels::gradient(s, b, size, repeats)))
}

/// Prepares [`gather`]: a dataset of `examples` with `rows` values each.
#[unsafe(no_mangle)]
pub extern "C" fn gather_from(examples: usize, rows: usize) {
    GATHERING.with(|gathering| *gathering.borrow_mut() = Gathering::new(examples, rows));
}

/// Gathers `repeats` shuffled mini-batches of 32; gives `repeats`.
#[unsafe(no_mangle)]
pub extern "C" fn gather(repeats: usize) -> f64 {
    GATHERING.with(|gathering| gathering.borrow_mut().run(repeats));
    repeats as f64
}

/// Shape of GEMM candidate `which` as `100·rows + columns`; 0 beyond the last.
#[unsafe(no_mangle)]
pub extern "C" fn product_shape(which: usize) -> usize {
    dispatch!(Isa::fastest(), s => shape(s, candidates::products, which))
}

/// Runs GEMM candidate `which` with inner length `k`.
#[unsafe(no_mangle)]
pub extern "C" fn product_candidate(which: usize, k: usize, repeats: usize) -> f64 {
    dispatch!(Isa::fastest(), s => run(s, candidates::products, which, k, repeats))
}

/// Shape of gradient candidate `which` as `100·rows + columns`; 0 beyond the last.
#[unsafe(no_mangle)]
pub extern "C" fn gradient_shape(which: usize) -> usize {
    dispatch!(Isa::fastest(), s => shape(s, candidates::gradients, which))
}

/// Runs gradient candidate `which` over `time` steps.
#[unsafe(no_mangle)]
pub extern "C" fn gradient_candidate(which: usize, time: usize, repeats: usize) -> f64 {
    dispatch!(Isa::fastest(), s => run(s, candidates::gradients, which, time, repeats))
}

fn shape<S: Simd>(_: S, all: fn() -> Vec<candidates::Candidate<S>>, which: usize) -> usize {
    all().get(which).map_or(0, |c| 100 * c.rows + c.columns)
}

fn run<S: Simd>(
    s: S,
    all: fn() -> Vec<candidates::Candidate<S>>,
    which: usize,
    size: usize,
    repeats: usize,
) -> f64 {
    with_buffers(|buffers| (all()[which].run)(s, buffers, size, repeats))
}
