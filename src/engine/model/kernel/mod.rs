//! Multiplication on the processor: weights in four or eight bits, activations in eight, every core.
//!
//! Ours, because the profile says that candle's are the limit: they read the weights again for each four rows, and every
//! part waits for every thread. Here a pass of the weights serves any number of rows, and a product has the same bits
//! whatever is computed beside it. Without AVX-512 VNNI, and on a GPU, candle's own kernels do the work (`linear`).

mod attention;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(not(target_arch = "x86_64"))]
#[path = "no_avx512.rs"]
mod avx512;
mod blocks;
#[cfg(target_arch = "x86_64")]
mod float;
#[cfg(not(target_arch = "x86_64"))]
#[path = "no_float.rs"]
mod float;
mod matrix;
mod multiply;
mod pool;
mod rows;
#[cfg(test)]
mod tests;

pub(super) use self::attention::{Attention, PAGE};
pub(super) use self::avx512::Avx512;
pub(super) use self::matrix::{Matrix, Packer};
pub(super) use self::multiply::{multiply, multiply_gated};
pub(super) use self::pool::Pool;
