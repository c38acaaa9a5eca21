//! Known answers, moments, and independence of order.

use super::*;
use crate::initializers::Fill;

/// The known answers that the paper's authors publish with Random123 (`kat_vectors`).
#[test]
fn philox_gives_the_published_answers() {
    let cases: [([u32; 4], [u32; 2], [u32; 4]); 3] = [
        ([0; 4], [0; 2], [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
        ([u32::MAX; 4], [u32::MAX; 2], [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]),
        (
            [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344],
            [0xa409_3822, 0x299f_31d0],
            [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1],
        ),
    ];
    for (counter, key, answer) in cases {
        let words = philox4x32(counter.map(|word| [word; 3]), key);
        assert_eq!(words, answer.map(|word| [word; 3]), "{counter:x?} {key:x?}");
    }
}

/// FNV-1a of the bits.
fn hash(words: impl IntoIterator<Item = u32>) -> u32 {
    words
        .into_iter()
        .flat_map(u32::to_le_bytes)
        .fold(0x811c_9dc5, |hash: u32, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// What a build for x86-64 and one for wasm32 with simd128 give: a change of these numbers
/// changes every seeded result that anybody has.
#[test]
fn the_numbers_of_a_seed_never_change() {
    let new = || Rng::new(42, Stream::Init, 7);
    let mut rng = new();
    assert_eq!(hash((0..1000).map(|_| rng.normal().to_bits())), 0x24ba_49a8);
    let mut mask = vec![0.0; 1000];
    dropout_mask(&mut new(), 0.3, &mut mask);
    assert_eq!(hash(mask.into_iter().map(f32::to_bits)), 0x460e_fdf5);
    assert_eq!(hash(permutation(42, 1000, 3).unwrap()), 0x3088_c9ed);
    let initialized = |initializer: crate::spec::Initializer, shape: [usize; 2]| {
        let mut values = vec![0.0; shape[0] * shape[1]];
        initializer.fill(&shape, (shape[0], shape[1]), &mut new(), &mut values).unwrap();
        hash(values.into_iter().map(f32::to_bits))
    };
    use crate::spec::Initializer as I;
    assert_eq!(initialized(I::GlorotUniform {}, [20, 80]), 0x1d89_17b5);
    assert_eq!(initialized(I::HeNormal {}, [20, 80]), 0x8b49_0e1d);
    assert_eq!(initialized(I::Orthogonal { gain: 1.0 }, [20, 80]), 0xeaf2_4d89);
    assert_eq!(initialized(I::Orthogonal { gain: 1.0 }, [80, 33]), 0x0dd6_7c76);
}

#[test]
fn a_draw_depends_on_its_position_only() {
    let new = || Rng::new(7, Stream::Dropout, 3);
    let mut rng = new();
    let all: Vec<u32> = (0..40).map(|_| rng.next_u32()).collect();
    for start in [0, 1, 2, 3, 4, 17, 39] {
        let mut rng = new();
        rng.normal();
        rng.seek(start as u64);
        let rest: Vec<u32> = (start..40).map(|_| rng.next_u32()).collect();
        assert_eq!(rest, all[start..], "from {start}");
    }
    // Past 2³² blocks the high bits take over.
    let mut far = new();
    far.seek(4 << 32);
    assert_ne!(far.next_u32(), all[0]);
}

#[test]
fn seeds_streams_and_indices_differ() {
    let mut seen = std::collections::HashSet::new();
    for seed in [0, 1, 1 << 32, (1 << 53) - 1] {
        for stream in [Stream::Init, Stream::Shuffle, Stream::Dropout] {
            for index in [0, 1, 1 << 32, u64::MAX] {
                let mut rng = Rng::new(seed, stream, index);
                assert!(seen.insert([rng.next_u32(), rng.next_u32()]));
            }
        }
    }
}

#[test]
fn uniform_and_normal_have_their_moments() {
    const N: usize = 200_000;
    let mut rng = Rng::new(42, Stream::Init, 0);
    let mut check = |name: &str, draw: fn(&mut Rng) -> f32, mean: f64, variance: f64| {
        let x: Vec<f64> = (0..N).map(|_| f64::from(draw(&mut rng))).collect();
        let m = x.iter().sum::<f64>() / N as f64;
        let v = x.iter().map(|x| (x - m) * (x - m)).sum::<f64>() / N as f64;
        assert!((m - mean).abs() < 5.0 * (variance / N as f64).sqrt(), "{name}: mean {m}");
        assert!((v / variance - 1.0).abs() < 0.015, "{name}: variance {v}");
        x
    };
    let u = check("uniform", Rng::uniform, 0.5, 1.0 / 12.0);
    assert!(u.iter().all(|u| (0.0..1.0).contains(u)));
    let z = check("normal", Rng::normal, 0.0, 1.0);
    let within_one = z.iter().filter(|z| z.abs() < 1.0).count() as f64 / N as f64;
    assert!((within_one - 0.682_689_5).abs() < 0.006, "{within_one}");
}

#[test]
fn below_is_in_range_and_even() {
    let mut rng = Rng::new(1, Stream::Shuffle, 0);
    assert_eq!(rng.below(1), 0);
    // 3·2³⁰: the worst case for a biased method, one class would come twice as often.
    let n = 3 << 30;
    let low = (0..30_000).filter(|_| rng.below(n) < 1 << 30).count() as f64 / 30_000.0;
    assert!((low - 1.0 / 3.0).abs() < 0.014, "{low}");
    let mut counts = [0; 7];
    for _ in 0..70_000 {
        counts[rng.below(7) as usize] += 1;
    }
    assert!(counts.iter().all(|c| (9_500..10_500).contains(c)), "{counts:?}");
}

#[test]
fn permutation_holds_every_number_once_and_changes_with_seed_and_epoch() {
    for n in [0, 1, 2, 33, 1000] {
        let mut order = permutation(5, n, 2).unwrap();
        order.sort_unstable();
        assert_eq!(order, (0..n).collect::<Vec<_>>());
    }
    let base = permutation(5, 100, 2).unwrap();
    assert_eq!(base, permutation(5, 100, 2).unwrap());
    assert_ne!(base, permutation(5, 100, 3).unwrap());
    assert_ne!(base, permutation(6, 100, 2).unwrap());
}

#[test]
fn dropout_mask_is_one_uniform_draw_an_element_from_any_position() {
    for start in 0..6 {
        for len in [0, 1, 3, 31, 32, 33, 100] {
            let mut rng = Rng::new(3, Stream::Dropout, 9);
            rng.seek(start);
            let mut plain = rng.clone();
            let mut mask = vec![f32::NAN; len];
            dropout_mask(&mut rng, 0.3, &mut mask);
            for m in mask {
                assert_eq!(m == 0.0, plain.uniform() < 0.3);
            }
            assert_eq!(rng.next_u32(), plain.next_u32(), "after {len} from {start}");
        }
    }
}

#[test]
fn dropout_mask_keeps_the_mean() {
    for rate in [0.0, 0.1, 0.5, 0.9] {
        let mut mask = vec![f32::NAN; 100_000];
        dropout_mask(&mut Rng::new(3, Stream::Dropout, 9), rate, &mut mask);
        let keep = 1.0 / (1.0 - rate);
        assert!(mask.iter().all(|&m| m == 0.0 || m == keep));
        let dropped = mask.iter().filter(|&&m| m == 0.0).count() as f32 / 1e5;
        assert!((dropped - rate).abs() < 0.008, "{rate}: {dropped}");
    }
}
