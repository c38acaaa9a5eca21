//! Criterion benches of the kernels for each instruction set of this machine, beside loops without
//! tiles or vectors. `cargo bench -p unrolled-bench --bench kernels`

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use unrolled_bench::buffers::Buffers;
use unrolled_bench::kernels::{gradient, naive_gradient, naive_product, product};
use unrolled_simd::{Activation, Isa, activate, dispatch};

/// Examples of a mini-batch: each instruction set works on them in blocks of its own size.
const BATCH: usize = 32;

/// Rows × inner length: input and recurrent products of the bench's layers.
const PRODUCTS: [[usize; 2]; 6] = [[1, 1], [20, 1], [20, 20], [80, 20], [512, 32], [512, 128]];

/// Rows × columns × steps: gradients of the kernels of the bench's layers.
const GRADIENTS: [[usize; 3]; 4] = [[1, 20, 50], [20, 20, 50], [20, 80, 50], [128, 512, 20]];

fn name(size: &[usize]) -> String {
    size.iter().map(usize::to_string).collect::<Vec<_>>().join("x")
}

/// Throughput is floating-point operations: criterion's "elements" are FLOP.
fn products(c: &mut Criterion) {
    let mut group = c.benchmark_group("gemm");
    let mut buffers = Buffers::default();
    for size in PRODUCTS {
        let operations = 2 * BATCH * size.iter().product::<usize>();
        group.throughput(Throughput::Elements(operations as u64));
        group.bench_function(BenchmarkId::new("naive", name(&size)), |b| {
            b.iter(|| naive_product(&mut buffers, [size[0], BATCH, size[1]], 1));
        });
        for isa in Isa::available() {
            group.bench_function(BenchmarkId::new(isa.name(), name(&size)), |b| {
                let blocks = BATCH / isa.block();
                b.iter(|| dispatch!(isa, s => product(s, &mut buffers, size, blocks)));
            });
        }
    }
}

fn gradients(c: &mut Criterion) {
    let mut group = c.benchmark_group("kernel_gradient");
    let mut buffers = Buffers::default();
    for size in GRADIENTS {
        let operations = 2 * BATCH * size.iter().product::<usize>();
        group.throughput(Throughput::Elements(operations as u64));
        group.bench_function(BenchmarkId::new("naive", name(&size)), |b| {
            b.iter(|| naive_gradient(&mut buffers, [size[0], size[1], size[2], BATCH], 1));
        });
        for isa in Isa::available() {
            group.bench_function(BenchmarkId::new(isa.name(), name(&size)), |b| {
                let blocks = BATCH / isa.block();
                b.iter(|| dispatch!(isa, s => gradient(s, &mut buffers, size, blocks)));
            });
        }
    }
}

fn activations(c: &mut Criterion) {
    const N: usize = 4096;
    let mut group = c.benchmark_group("activation");
    group.throughput(Throughput::Elements(N as u64));
    let z: Vec<f32> = (0..N).map(|i| (i as f32 / N as f32 - 0.5) * 12.0).collect();
    let mut y = vec![0.0; N];
    group.bench_function("tanh/naive", |b| {
        b.iter(|| y.iter_mut().zip(&z).for_each(|(y, z)| *y = z.tanh()));
    });
    for activation in Activation::ALL {
        let name = format!("{activation:?}").to_lowercase();
        for isa in Isa::available() {
            group.bench_function(BenchmarkId::new(&name, isa.name()), |b| {
                b.iter(|| dispatch!(isa, s => activate(s, activation, &z, &mut y)));
            });
        }
    }
}

criterion_group! {
    name = kernels;
    config = Criterion::default()
        .sample_size(20)
        .warm_up_time(std::time::Duration::from_millis(200))
        .measurement_time(std::time::Duration::from_millis(500));
    targets = products, gradients, activations
}
criterion_main!(kernels);
