//! Gathering alone, to tell its share of a training step.

use unrolled_simd::{Isa, kernels::gather};

/// Examples of a mini-batch.
const BATCH: usize = 32;

/// A dataset and an order to read it in.
#[derive(Default)]
pub struct Gathering {
    data: Vec<f32>,
    order: Vec<u32>,
    out: Vec<f32>,
    at: usize,
}

impl Gathering {
    /// `examples` of `rows` values each, in a fixed shuffled order.
    pub fn new(examples: usize, rows: usize) -> Gathering {
        // A multiplier without a common divisor visits every example once.
        let stride = (examples * 5 / 8) | 1;
        let stride = (stride..).step_by(2).find(|&s| gcd(s, examples) == 1).unwrap_or(1);
        Gathering {
            data: (0..examples * rows).map(|i| (i % 17) as f32).collect(),
            order: (0..examples).map(|i| (i * stride % examples) as u32).collect(),
            out: vec![0.0; rows * Isa::fastest().block()],
            at: 0,
        }
    }

    /// Gathers `repeats` mini-batches, block by block.
    pub fn run(&mut self, repeats: usize) {
        let isa = Isa::fastest();
        let lanes = isa.block();
        let rows = self.out.len() / lanes;
        for _ in 0..repeats {
            if self.at + BATCH > self.order.len() {
                self.at = 0;
            }
            for block in self.order[self.at..][..BATCH].chunks(lanes) {
                gather(isa, &self.data, rows, rows, block, &mut self.out);
                std::hint::black_box(&self.out);
            }
            self.at += BATCH;
        }
    }
}

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}
