//! Multiplication on the processor: weights in four to eight bits, activations in eight, every core.
//!
//! Ours, because the profile says that candle's are the limit: they read the weights again for each four rows, and every
//! part waits for every thread. Here a pass of the weights serves any number of rows, and a product has the same bits
//! whatever is computed beside it. Without AVX2, and on a GPU, candle's own kernels do the work (`linear`).

mod attention;
#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod blocks;
#[cfg(target_arch = "x86_64")]
mod few;
mod float;
mod gate;
#[cfg(test)]
mod kernel_cases;
mod level;
mod matrix;
mod multiply;
#[cfg(target_arch = "x86_64")]
mod pair;
mod pool;
mod rows;
#[cfg(target_arch = "x86_64")]
mod simd;
#[cfg(not(target_arch = "x86_64"))]
#[path = "no_simd.rs"]
mod simd;
#[cfg(target_arch = "x86_64")]
mod span;
mod vector;

pub(super) use self::attention::{Attention, PAGE};
pub(super) use self::gate::Gate;
pub use self::level::KernelLevel;
pub(super) use self::matrix::{Matrix, Packer};
pub(super) use self::multiply::{multiply, multiply_gated};
pub(super) use self::pool::Pool;
pub(super) use self::simd::Simd;
