//! An `E5S1` file made at test time: a small BERT with random weights in blocks of four bits, and what its numbers are.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

pub(crate) const HIDDEN: usize = 64;
pub(crate) const LAYERS: usize = 2;
pub(crate) const HEADS: usize = 4;
pub(crate) const FEED_FORWARD: usize = 128;
pub(crate) const POSITIONS: usize = 24;
const KINDS: usize = 2;
const VOCABULARY: usize = 40;
pub(crate) const EPSILON: f64 = 1e-12;
const BLOCK: usize = 32;

/// Exact in f32: 24 bits of the state.
struct Random(u64);

impl Random {
    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 40
    }

    /// From -0.5 to 0.5.
    fn next(&mut self) -> f32 {
        self.bits() as f32 / (1_u64 << 24) as f32 - 0.5
    }
}

/// A file and what it holds.
pub(crate) struct TinyEncoder {
    pub(crate) bytes: Vec<u8>,
    /// The numbers of each tensor, as a reader should have them.
    pub(crate) tensors: BTreeMap<String, Vec<f64>>,
    _folder: tempfile::TempDir,
    pub(crate) path: PathBuf,
}

/// Names and lengths of the tensors; those in four bits are marked.
fn tensors() -> Vec<(String, usize, bool)> {
    let mut all = vec![("emb.word".to_owned(), VOCABULARY * HIDDEN, true)];
    let mut add = |name: String, count: usize, packed: bool| all.push((name, count, packed));
    add("emb.pos".into(), POSITIONS * HIDDEN, false);
    add("emb.type".into(), KINDS * HIDDEN, false);
    add("emb.ln.w".into(), HIDDEN, false);
    add("emb.ln.b".into(), HIDDEN, false);
    for layer in 0..LAYERS {
        for (part, outputs, inputs) in [
            ("q", HIDDEN, HIDDEN),
            ("k", HIDDEN, HIDDEN),
            ("v", HIDDEN, HIDDEN),
            ("ao", HIDDEN, HIDDEN),
            ("fi", FEED_FORWARD, HIDDEN),
            ("fo", HIDDEN, FEED_FORWARD),
        ] {
            add(format!("l{layer}.{part}.w"), outputs * inputs, true);
            add(format!("l{layer}.{part}.b"), outputs, false);
        }
        for norm in ["aln", "oln"] {
            add(format!("l{layer}.{norm}.w"), HIDDEN, false);
            add(format!("l{layer}.{norm}.b"), HIDDEN, false);
        }
    }
    all
}

/// Pieces: the control tokens, the space, the letters that the tests use, and two longer ones.
fn pieces() -> Vec<(&'static str, f32)> {
    let mut all = vec![("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("▁", -3.0)];
    all.extend("a b c d e g o p q r s u y :".split(' ').map(|letter| (letter, -4.0)));
    all.extend([("▁query", -5.0), ("▁passage", -5.0), ("do", -4.5), ("<mask>", 0.0)]);
    all
}

impl TinyEncoder {
    pub(crate) fn new(seed: u64) -> Self {
        let mut random = Random(seed);
        let mut bytes = b"E5S1".to_vec();
        let number = |bytes: &mut Vec<u8>, n: usize| bytes.extend((n as u32).to_le_bytes());
        for n in [1, HIDDEN, LAYERS, HEADS, FEED_FORWARD, VOCABULARY, POSITIONS, KINDS] {
            number(&mut bytes, n);
        }
        bytes.extend((EPSILON as f32).to_le_bytes());
        number(&mut bytes, BLOCK);
        let pieces = pieces();
        for n in [pieces.len(), 0, 2, 1, 3] {
            number(&mut bytes, n);
        }
        let blob: String = pieces.iter().map(|(text, _)| *text).collect();
        bytes.extend((blob.len() as u64).to_le_bytes());
        let mut end = 0;
        number(&mut bytes, end);
        for (text, _) in &pieces {
            end += text.len();
            number(&mut bytes, end);
        }
        pieces.iter().for_each(|(_, score)| bytes.extend(score.to_le_bytes()));
        bytes.extend(blob.bytes());
        // One rule: a tabulator becomes a space.
        for n in [1, 9, '\t' as usize] {
            number(&mut bytes, n);
        }
        bytes.push(1);
        number(&mut bytes, ' ' as usize);
        let list = tensors();
        number(&mut bytes, list.len());
        let head: usize = list.iter().map(|(name, ..)| 2 + name.len() + 1 + 4 + 8 + 8).sum();
        let (mut start, mut data, mut numbers) = (bytes.len() + head, Vec::new(), BTreeMap::new());
        for (name, count, packed) in &list {
            let (stored, values) =
                if *packed { blocks(*count, &mut random) } else { floats(name, *count, &mut random) };
            bytes.extend((name.len() as u16).to_le_bytes());
            bytes.extend(name.bytes());
            bytes.push(u8::from(*packed));
            number(&mut bytes, *count);
            bytes.extend((start as u64).to_le_bytes());
            bytes.extend((stored.len() as u64).to_le_bytes());
            start += stored.len();
            data.extend(stored);
            numbers.insert(name.clone(), values);
        }
        bytes.extend(data);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tiny.bin");
        std::fs::write(&path, &bytes).unwrap();
        Self { bytes, tensors: numbers, _folder: folder, path }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

fn floats(name: &str, count: usize, random: &mut Random) -> (Vec<u8>, Vec<f64>) {
    let base = if name.ends_with("ln.w") { 1.0 } else { 0.0 };
    let values: Vec<f32> = (0..count).map(|_| base + random.next() * 0.4).collect();
    let bytes = values.iter().flat_map(|x| x.to_le_bytes()).collect();
    (bytes, values.into_iter().map(f64::from).collect())
}

/// Blocks of a half and sixteen bytes: weight i in the low bits of byte i, weight i + 16 in its high bits, each less eight.
fn blocks(count: usize, random: &mut Random) -> (Vec<u8>, Vec<f64>) {
    let (mut bytes, mut values) = (Vec::new(), Vec::new());
    for _ in 0..count / BLOCK {
        // Powers of two as halves, and as numbers.
        let (half, scale) = [(0x1800_u16, -9), (0x1c00, -8), (0x2800, -5)][random.bits() as usize % 3];
        let scale = 2.0_f64.powi(scale);
        bytes.extend(half.to_le_bytes());
        let codes: Vec<u8> = (0..16).map(|_| (random.bits() & 255) as u8).collect();
        values.extend(codes.iter().map(|code| (f64::from(code & 15) - 8.0) * scale));
        values.extend(codes.iter().map(|code| (f64::from(code >> 4) - 8.0) * scale));
        bytes.extend(codes);
    }
    (bytes, values)
}
