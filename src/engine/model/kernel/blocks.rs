//! The block types of GGUF, read into one form: codes, scales and minimums.
//!
//! Every type here stands for `weight = scale * code - minimum` with codes of at most eight bits and a scale for each 16
//! or 32 weights. In the K types scale and minimum are small numbers times a half that 256 weights share. A stretch of
//! [`STRETCH`] weights of one row is read at a time. Layouts: ggml's `ggml-common.h` and `ggml-quants.c`, as the GGUF
//! specification refers to them. Not here: the order in which the kernels want them.

use candle_core::quantized::GgmlDType;
use half::f16;

/// Weights of a row that are read together.
pub(super) const STRETCH: usize = 64;

/// How a type's codes are scaled and shifted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Scheme {
    /// Bits of a code: 4, 5, 6 or 8.
    pub(super) bits: usize,
    /// Weights that share a scale: 16 or 32.
    pub(super) group: usize,
    /// What zero is coded as, where every minimum is that times the scale; `None` where minimums are stored.
    pub(super) zero: Option<u8>,
    /// True where scales and minimums are whole numbers, which a half that 256 weights share is multiplied by; false
    /// where they are halves themselves.
    pub(super) nested: bool,
}

/// One stretch of a row.
#[derive(Clone, Copy)]
pub(super) struct Stretch {
    /// The low four bits of the codes, those of the second half above those of the first. Not for codes of eight bits.
    pub(super) low: [u8; STRETCH / 2],
    /// What a code has above four bits, or all of a code of eight.
    pub(super) high: [u8; STRETCH],
    /// One for each group: a half, or where they are nested a signed byte.
    pub(super) scales: [u16; STRETCH / 16],
    /// One for each group, as the scales; meaningless where the scheme has a zero.
    pub(super) minimums: [u16; STRETCH / 16],
    /// What nested scales and minimums are multiplied by, as halves.
    pub(super) outer: [u16; 2],
}

impl Stretch {
    pub(super) const EMPTY: Self =
        Self { low: [0; 32], high: [0; STRETCH], scales: [0; 4], minimums: [0; 4], outer: [0; 2] };
}

/// The scheme of a type, or `None` when there is no kernel for it.
pub(super) fn scheme(dtype: GgmlDType) -> Option<Scheme> {
    let (bits, group, zero, nested) = match dtype {
        // A minimum of 8 scales is exact in half precision, so Q4_0 needs no scheme of its own.
        GgmlDType::Q4_0 | GgmlDType::Q4_1 => (4, 32, None, false),
        GgmlDType::Q5_0 => (5, 32, Some(16), false),
        GgmlDType::Q5_1 => (5, 32, None, false),
        GgmlDType::Q8_0 => (8, 32, Some(128), false),
        GgmlDType::Q4K => (4, 32, None, true),
        GgmlDType::Q5K => (5, 32, None, true),
        GgmlDType::Q6K => (6, 16, Some(32), true),
        _ => return None,
    };
    Some(Scheme { bits, group, zero, nested })
}

/// Reads stretch number `index` of a row of blocks of this type, one that [`scheme`] knows.
#[inline]
pub(super) fn read(dtype: GgmlDType, row: &[u8], index: usize, to: &mut Stretch) {
    let size = dtype.type_size();
    match dtype {
        GgmlDType::Q4K | GgmlDType::Q5K => five_bit(&row[index / 4 * size..][..size], index % 4, to),
        GgmlDType::Q6K => six_bit(array(row, index / 4 * size), index % 4, to),
        _ => {
            let mut codes = [[0; 32]; 2];
            for (half, codes) in codes.iter_mut().enumerate() {
                simple(dtype, &row[(2 * index + half) * size..][..size], codes, (half, to));
            }
            match dtype {
                GgmlDType::Q8_0 => to.high.as_chunks_mut().0.copy_from_slice(&codes),
                _ => split(&codes, to),
            }
        }
    }
}

/// Bytes from `at` on, of a number that is known to the compiler, which then needs no loop.
fn array<const N: usize>(bytes: &[u8], at: usize) -> &[u8; N] {
    bytes[at..].first_chunk().expect("a block has as many bytes as its type")
}

/// Splits codes of up to six bits into their low and high bits.
fn split([first, second]: &[[u8; 32]; 2], to: &mut Stretch) {
    to.low.iter_mut().zip(first.iter().zip(second)).for_each(|(low, (a, b))| *low = a & 15 | b << 4);
    for (high, codes) in to.high.as_chunks_mut::<32>().0.iter_mut().zip([first, second]) {
        *high = codes.map(|code| code >> 4);
    }
}

fn half_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes(*array(bytes, at))
}

/// A block of 32: half of a stretch.
fn simple(dtype: GgmlDType, block: &[u8], codes: &mut [u8; 32], (half, to): (usize, &mut Stretch)) {
    /// The bit that makes a half negative: minimums are subtracted here and added there.
    const SIGN: u16 = 1 << 15;
    let scale = half_at(block, 0);
    let (minimum, fifth_bits, start) = match dtype {
        GgmlDType::Q4_0 => (f16::from_f32(8.0 * f16::from_bits(scale).to_f32()).to_bits(), None, 2),
        GgmlDType::Q4_1 => (half_at(block, 2) ^ SIGN, None, 4),
        GgmlDType::Q5_0 => (0, Some(array(block, 2)), 6),
        GgmlDType::Q5_1 => (half_at(block, 2) ^ SIGN, Some(array(block, 4)), 8),
        _ => (0, None, 2),
    };
    (to.scales[half], to.minimums[half]) = (scale, minimum);
    if dtype == GgmlDType::Q8_0 {
        *codes = array::<32>(block, start).map(|byte| byte ^ 0x80);
        return;
    }
    let packed: &[u8; 16] = array(block, start);
    let (low, high) = codes.split_at_mut(16);
    low.iter_mut().zip(high).zip(packed).for_each(|((low, high), byte)| (*low, *high) = (byte & 15, byte >> 4));
    if let Some(bits) = fifth_bits {
        add_fifth_bits(bits, codes);
    }
}

/// Adds a fifth bit to each code, eight at a time: every byte of a word keeps one bit of its own, which is then moved to
/// the place of the fifth.
fn add_fifth_bits(bits: &[u8; 4], codes: &mut [u8; 32]) {
    const ONES: u64 = 0x0101_0101_0101_0101;
    for (eight, &bits) in codes.as_chunks_mut::<8>().0.iter_mut().zip(bits) {
        let own = (u64::from(bits) * ONES) & 0x8040_2010_0804_0201;
        // 127 more sets the eighth bit of each byte that is not zero.
        let fifth = ((own + 127 * ONES) >> 3) & (16 * ONES);
        *eight = (u64::from_le_bytes(*eight) | fifth).to_le_bytes();
    }
}

/// A quarter of a Q4_K or Q5_K block: two groups whose six-bit scales and minimums are packed in twelve bytes.
fn five_bit(block: &[u8], quarter: usize, to: &mut Stretch) {
    to.outer = [half_at(block, 0), half_at(block, 2)];
    let packed: &[u8; 12] = array(block, 4);
    for side in 0..2 {
        let group = 2 * quarter + side;
        let (s, m) = match group {
            0..4 => (packed[group] & 63, packed[group + 4] & 63),
            _ => {
                (packed[group + 4] & 15 | packed[group - 4] >> 6 << 4, packed[group + 4] >> 4 | packed[group] >> 6 << 4)
            }
        };
        (to.scales[side], to.minimums[side]) = (s.into(), m.into());
    }
    // The file pairs codes as a stretch does.
    to.low = *array(block, block.len() - 128 + 32 * quarter);
    if block.len() > 144 {
        let (first, second) = to.high.split_at_mut(32);
        for ((first, second), bits) in first.iter_mut().zip(second).zip(array::<32>(block, 16)) {
            (*first, *second) = (bits >> (2 * quarter) & 1, bits >> (2 * quarter + 1) & 1);
        }
    }
}

/// A quarter of a Q6_K block: four groups.
fn six_bit(block: &[u8; 210], quarter: usize, to: &mut Stretch) {
    to.outer = [half_at(block, 208), 0];
    to.scales = array::<4>(block, 192 + 4 * quarter).map(u16::from);
    // The first two quarters use the first 64 low bytes and 32 high bytes, the last two the rest.
    let (side, upper) = (quarter / 2, quarter % 2);
    let (low, high): (&[u8; 64], &[u8; 32]) = (array(block, 64 * side), array(block, 128 + 32 * side));
    let (first, second) = low.split_at(STRETCH / 2);
    for (to, (a, b)) in to.low.iter_mut().zip(first.iter().zip(second)) {
        *to = a >> (4 * upper) & 15 | b >> (4 * upper) << 4;
    }
    let (first, second) = to.high.split_at_mut(STRETCH / 2);
    for (bits, (a, b)) in high.iter().zip(first.iter_mut().zip(second)) {
        (*a, *b) = (bits >> (4 * upper) & 3, bits >> (4 * upper + 2) & 3);
    }
}
