//! Criterion benches of whole models for each instruction set of this machine: forward with loss,
//! forward with backward, a training step. `cargo bench -p unrolled-bench --bench layers`

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use unrolled_bench::training::{Training, Workloads};
use unrolled_core::{Isa, Result};

type Pass = fn(&mut Training, usize) -> Result<()>;

const PASSES: [(&str, Pass); 3] = [
    ("forward", Training::evaluate),
    ("forward and backward", Training::gradients),
    ("training step", Training::train),
];

fn models(c: &mut Criterion) {
    let Workloads { batch, workloads } = Workloads::load();
    for workload in workloads {
        let mut group = c.benchmark_group(&workload.name);
        for isa in Isa::available() {
            let mut training = Training::new(&workload, batch, isa).expect("a valid workload");
            for (name, pass) in PASSES {
                group.bench_function(BenchmarkId::new(name, isa.name()), |b| {
                    b.iter(|| pass(&mut training, 1).expect("finite numbers"));
                });
            }
        }
    }
}

criterion_group! {
    name = layers;
    config = Criterion::default()
        .sample_size(20)
        .warm_up_time(std::time::Duration::from_millis(200))
        .measurement_time(std::time::Duration::from_millis(800));
    targets = models
}
criterion_main!(layers);
