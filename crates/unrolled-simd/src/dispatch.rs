//! The instruction set as a value, for code that is not generic.

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
use crate::Scalar;
use crate::Simd;

/// The instruction sets of this build. A wasm module holds one, so that it stays small.
#[derive(Clone, Copy, Debug)]
pub enum Isa {
    /// See [`Scalar`].
    #[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
    Scalar(Scalar),
    /// See [`crate::Simd128`].
    #[cfg(all(
        target_arch = "wasm32",
        target_feature = "simd128",
        not(target_feature = "relaxed-simd")
    ))]
    Simd128(crate::Simd128),
    /// See [`crate::RelaxedSimd`].
    #[cfg(all(target_arch = "wasm32", target_feature = "relaxed-simd"))]
    RelaxedSimd(crate::RelaxedSimd),
    /// See [`crate::Avx2`].
    #[cfg(target_arch = "x86_64")]
    Avx2(crate::Avx2),
    /// See [`crate::Avx512`].
    #[cfg(target_arch = "x86_64")]
    Avx512(crate::Avx512),
}

impl Isa {
    /// Every instruction set that can be used here, the slowest first.
    pub fn available() -> Vec<Isa> {
        let mut all = Vec::new();
        #[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
        all.extend(Scalar::new().map(Isa::Scalar));
        #[cfg(all(
            target_arch = "wasm32",
            target_feature = "simd128",
            not(target_feature = "relaxed-simd")
        ))]
        all.extend(crate::Simd128::new().map(Isa::Simd128));
        #[cfg(all(target_arch = "wasm32", target_feature = "relaxed-simd"))]
        all.extend(crate::RelaxedSimd::new().map(Isa::RelaxedSimd));
        #[cfg(target_arch = "x86_64")]
        all.extend(crate::Avx2::new().map(Isa::Avx2));
        #[cfg(target_arch = "x86_64")]
        all.extend(crate::Avx512::new().map(Isa::Avx512));
        all
    }

    /// The one without instructions of its own, which gives the bits of WebAssembly's simd128.
    #[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
    pub fn scalar() -> Isa {
        Isa::available()[0]
    }

    /// The fastest instruction set here.
    pub fn fastest() -> Isa {
        *Isa::available().last().expect("every build has one")
    }

    /// Name for people.
    pub fn name(self) -> &'static str {
        crate::dispatch!(self, s => name_of(s))
    }

    /// See [`Simd::BLOCK`].
    pub fn block(self) -> usize {
        crate::dispatch!(self, s => block_of(s))
    }
}

fn name_of<S: Simd>(_: S) -> &'static str {
    S::NAME
}

fn block_of<S: Simd>(_: S) -> usize {
    S::BLOCK
}

/// Runs an expression with the token of an [`Isa`]: `dispatch!(isa, s => kernel(s, …))`.
#[macro_export]
macro_rules! dispatch {
    ($isa:expr, $s:ident => $body:expr) => {
        match $isa {
            #[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
            $crate::Isa::Scalar($s) => $body,
            #[cfg(all(
                target_arch = "wasm32",
                target_feature = "simd128",
                not(target_feature = "relaxed-simd")
            ))]
            $crate::Isa::Simd128($s) => $body,
            #[cfg(all(target_arch = "wasm32", target_feature = "relaxed-simd"))]
            $crate::Isa::RelaxedSimd($s) => $body,
            #[cfg(target_arch = "x86_64")]
            $crate::Isa::Avx2($s) => $body,
            #[cfg(target_arch = "x86_64")]
            $crate::Isa::Avx512($s) => $body,
        }
    };
}
