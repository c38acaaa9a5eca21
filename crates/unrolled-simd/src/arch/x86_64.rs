//! AVX2 with FMA, and AVX-512, asked for at run time.

use core::arch::x86_64::*;

use crate::{Simd, Tile};

/// AVX2 and FMA: eight lanes.
#[derive(Clone, Copy, Debug)]
pub struct Avx2(());

/// AVX-512 F and DQ: sixteen lanes.
#[derive(Clone, Copy, Debug)]
pub struct Avx512(());

// The methods below are safe because a token exists only where `new` has seen the instructions.
macro_rules! op {
    ($name:ident($($arg:ident),*) -> $out:ty = $body:expr) => {
        #[inline(always)]
        fn $name(self, $($arg: Self::V),*) -> $out {
            // SAFETY: the token proves the instruction set.
            unsafe { $body }
        }
    };
}

impl Simd for Avx2 {
    type V = __m256;
    type M = __m256;

    const NAME: &'static str = "avx2";
    const LANES: usize = 8;
    const TILE: Tile = Tile { rows: 6, columns: 2 };
    const UNIT_TILE: Tile = Tile { rows: 2, columns: 4 };
    const GRADIENT_TILE: Tile = Tile { rows: 3, columns: 4 };

    #[inline]
    fn new() -> Option<Self> {
        (is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma")).then_some(Self(()))
    }
    #[inline(always)]
    fn vectorize<R>(self, f: impl FnOnce() -> R) -> R {
        #[target_feature(enable = "avx2,fma")]
        fn inner<R>(f: impl FnOnce() -> R) -> R {
            f()
        }
        // SAFETY: the token proves AVX2 and FMA.
        unsafe { inner(f) }
    }
    #[inline(always)]
    fn splat(self, x: f32) -> __m256 {
        // SAFETY: the token proves AVX2.
        unsafe { _mm256_set1_ps(x) }
    }
    #[inline(always)]
    unsafe fn load(self, p: *const f32) -> __m256 {
        // SAFETY: the caller vouches for eight readable values.
        unsafe { _mm256_loadu_ps(p) }
    }
    #[inline(always)]
    unsafe fn load_splat(self, p: *const f32) -> __m256 {
        // SAFETY: the caller vouches for one readable value.
        unsafe { _mm256_set1_ps(*p) }
    }
    #[inline(always)]
    unsafe fn store(self, p: *mut f32, v: __m256) {
        // SAFETY: the caller vouches for eight writable values.
        unsafe { _mm256_storeu_ps(p, v) }
    }
    op!(add(a, b) -> __m256 = _mm256_add_ps(a, b));
    op!(sub(a, b) -> __m256 = _mm256_sub_ps(a, b));
    op!(mul(a, b) -> __m256 = _mm256_mul_ps(a, b));
    op!(div(a, b) -> __m256 = _mm256_div_ps(a, b));
    op!(mul_add(a, b, c) -> __m256 = _mm256_fmadd_ps(a, b, c));
    op!(sqrt(a) -> __m256 = _mm256_sqrt_ps(a));
    op!(abs(a) -> __m256 = _mm256_andnot_ps(_mm256_set1_ps(-0.0), a));
    // minps gives its second operand where the comparison fails: the order keeps a NaN in `a`.
    op!(min(a, b) -> __m256 = _mm256_min_ps(b, a));
    op!(max(a, b) -> __m256 = _mm256_max_ps(b, a));
    op!(lt(a, b) -> __m256 = _mm256_cmp_ps::<_CMP_LT_OQ>(a, b));
    op!(le(a, b) -> __m256 = _mm256_cmp_ps::<_CMP_LE_OQ>(a, b));
    op!(eq(a, b) -> __m256 = _mm256_cmp_ps::<_CMP_EQ_OQ>(a, b));
    #[inline(always)]
    fn select(self, m: __m256, a: __m256, b: __m256) -> __m256 {
        // SAFETY: the token proves AVX2.
        unsafe { _mm256_blendv_ps(b, a, m) }
    }
    op!(add_exponent(a, n) -> __m256 = _mm256_castsi256_ps(_mm256_add_epi32(
        _mm256_castps_si256(a),
        _mm256_slli_epi32::<23>(_mm256_castps_si256(n)),
    )));
    #[inline(always)]
    fn split_exponent(self, a: __m256) -> (__m256, __m256) {
        // SAFETY: the token proves AVX2.
        unsafe {
            let bits = _mm256_castps_si256(a);
            let mantissa = _mm256_or_si256(
                _mm256_and_si256(bits, _mm256_set1_epi32(0x007f_ffff)),
                _mm256_set1_epi32(0x3f00_0000),
            );
            let exponent = _mm256_sub_epi32(_mm256_srli_epi32::<23>(bits), _mm256_set1_epi32(126));
            (_mm256_castsi256_ps(mantissa), _mm256_cvtepi32_ps(exponent))
        }
    }
    #[inline(always)]
    fn sum(self, a: __m256) -> f32 {
        // SAFETY: the token proves AVX2.
        unsafe {
            let four = _mm_add_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps::<1>(a));
            let two = _mm_add_ps(four, _mm_movehl_ps(four, four));
            _mm_cvtss_f32(_mm_add_ss(two, _mm_shuffle_ps::<1>(two, two)))
        }
    }
}

impl Simd for Avx512 {
    type V = __m512;
    type M = __mmask16;

    const NAME: &'static str = "avx512";
    const LANES: usize = 16;
    const TILE: Tile = Tile { rows: 12, columns: 2 };
    const UNIT_TILE: Tile = Tile { rows: 2, columns: 4 };
    const GRADIENT_TILE: Tile = Tile { rows: 4, columns: 4 };

    #[inline]
    fn new() -> Option<Self> {
        (is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512dq"))
            .then_some(Self(()))
    }
    #[inline(always)]
    fn vectorize<R>(self, f: impl FnOnce() -> R) -> R {
        #[target_feature(enable = "avx512f,avx512dq")]
        fn inner<R>(f: impl FnOnce() -> R) -> R {
            f()
        }
        // SAFETY: the token proves AVX-512 F and DQ.
        unsafe { inner(f) }
    }
    #[inline(always)]
    fn splat(self, x: f32) -> __m512 {
        // SAFETY: the token proves AVX-512.
        unsafe { _mm512_set1_ps(x) }
    }
    #[inline(always)]
    unsafe fn load(self, p: *const f32) -> __m512 {
        // SAFETY: the caller vouches for sixteen readable values.
        unsafe { _mm512_loadu_ps(p) }
    }
    #[inline(always)]
    unsafe fn load_splat(self, p: *const f32) -> __m512 {
        // SAFETY: the caller vouches for one readable value.
        unsafe { _mm512_set1_ps(*p) }
    }
    #[inline(always)]
    unsafe fn store(self, p: *mut f32, v: __m512) {
        // SAFETY: the caller vouches for sixteen writable values.
        unsafe { _mm512_storeu_ps(p, v) }
    }
    op!(add(a, b) -> __m512 = _mm512_add_ps(a, b));
    op!(sub(a, b) -> __m512 = _mm512_sub_ps(a, b));
    op!(mul(a, b) -> __m512 = _mm512_mul_ps(a, b));
    op!(div(a, b) -> __m512 = _mm512_div_ps(a, b));
    op!(mul_add(a, b, c) -> __m512 = _mm512_fmadd_ps(a, b, c));
    op!(sqrt(a) -> __m512 = _mm512_sqrt_ps(a));
    op!(abs(a) -> __m512 = _mm512_abs_ps(a));
    // As with AVX2: the order keeps a NaN in `a`.
    op!(min(a, b) -> __m512 = _mm512_min_ps(b, a));
    op!(max(a, b) -> __m512 = _mm512_max_ps(b, a));
    op!(lt(a, b) -> __mmask16 = _mm512_cmp_ps_mask::<_CMP_LT_OQ>(a, b));
    op!(le(a, b) -> __mmask16 = _mm512_cmp_ps_mask::<_CMP_LE_OQ>(a, b));
    op!(eq(a, b) -> __mmask16 = _mm512_cmp_ps_mask::<_CMP_EQ_OQ>(a, b));
    #[inline(always)]
    fn select(self, m: __mmask16, a: __m512, b: __m512) -> __m512 {
        // SAFETY: the token proves AVX-512.
        unsafe { _mm512_mask_blend_ps(m, b, a) }
    }
    op!(add_exponent(a, n) -> __m512 = _mm512_castsi512_ps(_mm512_add_epi32(
        _mm512_castps_si512(a),
        _mm512_slli_epi32::<23>(_mm512_castps_si512(n)),
    )));
    #[inline(always)]
    fn split_exponent(self, a: __m512) -> (__m512, __m512) {
        // SAFETY: the token proves AVX-512.
        unsafe {
            let bits = _mm512_castps_si512(a);
            let mantissa = _mm512_or_si512(
                _mm512_and_si512(bits, _mm512_set1_epi32(0x007f_ffff)),
                _mm512_set1_epi32(0x3f00_0000),
            );
            let exponent = _mm512_sub_epi32(_mm512_srli_epi32::<23>(bits), _mm512_set1_epi32(126));
            (_mm512_castsi512_ps(mantissa), _mm512_cvtepi32_ps(exponent))
        }
    }
    op!(sum(a) -> f32 = _mm512_reduce_add_ps(a));
}
