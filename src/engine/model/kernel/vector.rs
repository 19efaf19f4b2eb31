//! Sixteen numbers in registers: the little that the code in f32 needs of an instruction set.
//!
//! Every method compiles to one or two instructions when it is inlined into a function that has the features enabled, and
//! only such functions may call it.

#![cfg_attr(not(target_arch = "x86_64"), allow(dead_code, reason = "other processors use candle's kernels"))]

/// Numbers of a vector.
pub(super) const LANES: usize = 16;

/// Sixteen numbers in f32.
///
/// # Safety
/// Every method asks that this machine has the instructions of the type; pointers are to all that is named.
pub(super) trait Vector: Copy {
    /// The same registers with bytes in them.
    type Bytes: Bytes;
    /// Sixteen numbers.
    unsafe fn load(from: *const f32) -> Self;
    /// Sixteen numbers in half precision.
    unsafe fn load_halves(from: *const u8) -> Self;
    /// Sixteen signed bytes.
    unsafe fn load_bytes(from: *const u8) -> Self;
    /// Sixteen numbers.
    unsafe fn store(self, to: *mut f32);
    /// Sixteen numbers, rounded to the nearest whole one.
    unsafe fn store_codes(self, to: *mut i8);
    unsafe fn splat(x: f32) -> Self;
    unsafe fn add(self, other: Self) -> Self;
    unsafe fn sub(self, other: Self) -> Self;
    unsafe fn mul(self, other: Self) -> Self;
    unsafe fn div(self, other: Self) -> Self;
    /// `self * factor + term`, rounded once.
    unsafe fn mul_add(self, factor: Self, term: Self) -> Self;
    /// `other` where either is not a number.
    unsafe fn max(self, other: Self) -> Self;
    /// `other` where either is not a number.
    unsafe fn min(self, other: Self) -> Self;
    unsafe fn abs(self) -> Self;
    unsafe fn round(self) -> Self;
    /// `self * 2^n` for whole numbers from -200 to 200.
    unsafe fn times_two_to(self, n: Self) -> Self;

    /// Each number.
    #[inline(always)]
    unsafe fn to_array(self) -> [f32; LANES] {
        let mut numbers = [0.0; LANES];
        // SAFETY: there is room for sixteen, and the rest is the caller's promise.
        unsafe { self.store(numbers.as_mut_ptr()) };
        numbers
    }

    /// The sum, by halves.
    #[inline(always)]
    unsafe fn sum(self) -> f32 {
        // SAFETY: the caller's promise.
        fold(unsafe { self.to_array() }, |a, b| a + b)
    }

    /// The greatest.
    #[inline(always)]
    unsafe fn greatest(self) -> f32 {
        // SAFETY: the caller's promise.
        fold(unsafe { self.to_array() }, f32::max)
    }
}

/// 64 bytes in registers.
///
/// # Safety
/// As above.
pub(super) trait Bytes: Copy {
    unsafe fn load(from: *const u8) -> Self;
    unsafe fn store(self, to: *mut u8);
    unsafe fn splat(x: u8) -> Self;
    unsafe fn and(self, other: Self) -> Self;
    unsafe fn or(self, other: Self) -> Self;
    /// Shifts each two bytes as one number, so that bits come over from the neighbour: mask them.
    unsafe fn shift_right(self, bits: usize) -> Self;
    /// As the other.
    unsafe fn shift_left(self, bits: usize) -> Self;
}

/// Folds halves onto each other, so that the order is the same whatever the width of a register.
#[inline(always)]
fn fold(mut numbers: [f32; LANES], by: impl Fn(f32, f32) -> f32) -> f32 {
    for half in [8, 4, 2, 1] {
        for i in 0..half {
            numbers[i] = by(numbers[i], numbers[i + half]);
        }
    }
    numbers[0]
}
