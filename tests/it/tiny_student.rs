//! A student translator made at test time: Marian's binary container, a SentencePiece vocabulary of single letters, and a
//! shortlist. Its weights are noise, so its output is too, but always the same.
//!
//! The container: little-endian u64 version 1 and count; per item u64 name length, type, shape length, data length; then
//! names, i32 shapes, u64 padding, padding, data. `special:model.yml` has the configuration.

use std::io::Write as _;

const DIM: usize = 32;
const FFN: usize = 64;
const FLOAT32: u64 = 0x404;
const INT8: u64 = 0x101;

/// The three files of a student.
pub(crate) struct Files {
    pub(crate) model: Vec<u8>,
    pub(crate) vocabulary: Vec<u8>,
    pub(crate) shortlist: Vec<u8>,
}

/// A student with weights from this seed.
pub(crate) fn files(seed: u64) -> Files {
    let pieces = pieces();
    Files { model: model(seed, pieces.len()), vocabulary: vocabulary(&pieces), shortlist: shortlist(pieces.len()) }
}

/// Bytes packed with gzip, as they are published.
pub(crate) fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

/// The end mark, the unknown, and letters; a multiple of eight, as shortlists want it.
fn pieces() -> Vec<String> {
    let letters = ('a'..='z').chain('A'..='Z').chain('0'..='9').chain('а'..='я').chain('А'..='Я');
    let letters = letters.chain("іїєґІЇЄҐ.,!?:;-–—«»“”\"'()%$/@".chars()).map(String::from);
    let mut pieces: Vec<String> = ["</s>", "<unk>", "\u{2581}"].map(str::to_owned).into_iter().chain(letters).collect();
    pieces.extend(["\u{2581}the", "\u{2581}на", "\u{2581}в", "ing", "ого"].map(str::to_owned));
    while !pieces.len().is_multiple_of(8) {
        pieces.push(format!("\u{2581}x{}", pieces.len()));
    }
    pieces
}

fn vocabulary(pieces: &[String]) -> Vec<u8> {
    let mut out = Vec::new();
    for (id, piece) in pieces.iter().enumerate() {
        let kind = match id {
            0 => 3,
            1 => 2,
            _ => 1,
        };
        let score = -(piece.chars().count() as f32).recip() - id as f32 * 0.001;
        let mut message = vec![0x0a, piece.len() as u8];
        message.extend(piece.as_bytes());
        message.push(0x15);
        message.extend(score.to_le_bytes());
        message.extend([0x18, kind]);
        out.extend([0x0a, message.len() as u8]);
        out.extend(message);
    }
    out
}

/// A shortlist that lets every piece through.
fn shortlist(pieces: usize) -> Vec<u8> {
    let head = [0, 0, pieces as u64, 0, pieces as u64 + 1, 0];
    head.into_iter().chain(std::iter::repeat_n(0, pieces + 1)).flat_map(u64::to_le_bytes).collect()
}

struct Random(u64);

impl Random {
    /// About a standard normal: the sum of twelve uniform numbers.
    fn normal(&mut self) -> f32 {
        (0..12).map(|_| self.uniform()).sum::<f32>() - 6.0
    }

    fn uniform(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 40) as f32 / (1_u64 << 24) as f32
    }
}

fn model(seed: u64, vocab: usize) -> Vec<u8> {
    let mut random = Random(seed);
    let mut items: Vec<(String, [usize; 2], Vec<f32>)> = Vec::new();
    let mut weight = |name: String, rows: usize, columns: usize| {
        let scale = (rows as f32).powf(-0.5);
        items.push((name, [rows, columns], (0..rows * columns).map(|_| random.normal() * scale).collect()));
    };
    weight("Wemb".to_owned(), vocab, DIM);
    let mut shapes = Vec::new();
    for layer in 1..=2 {
        shapes.extend(attention(&format!("encoder_l{layer}_self")));
        shapes.extend(feed_forward(&format!("encoder_l{layer}_ffn")));
    }
    shapes.extend([("decoder_l1_rnn_W".to_owned(), DIM, DIM), ("decoder_l1_rnn_Wf".to_owned(), DIM, DIM)]);
    shapes.extend([("decoder_l1_rnn_bf".to_owned(), 1, DIM), ("decoder_l1_rnn_ffn".to_owned(), 0, DIM)]);
    shapes.extend(attention("decoder_l1_context"));
    shapes.extend(feed_forward("decoder_l1_ffn"));
    shapes.push(("decoder_ff_logit_out_b".to_owned(), 1, vocab));
    for (name, rows, columns) in shapes {
        match rows {
            // A norm: scale one, bias zero.
            0 => {
                items.push((format!("{name}_ln_scale"), [1, columns], vec![1.0; columns]));
                items.push((format!("{name}_ln_bias"), [1, columns], vec![0.0; columns]));
            }
            1 => items.push((name, [1, columns], (0..columns).map(|_| random.normal() * 0.1).collect())),
            _ => {
                let scale = (rows as f32).powf(-0.5);
                items.push((name, [rows, columns], (0..rows * columns).map(|_| random.normal() * scale).collect()));
            }
        }
    }
    container(&items, vocab)
}

/// Name, rows and columns; no rows is a norm, one is a bias.
fn attention(prefix: &str) -> Vec<(String, usize, usize)> {
    let mut out: Vec<_> = "qkvo".chars().map(|part| (format!("{prefix}_W{part}"), DIM, DIM)).collect();
    out.extend("qkvo".chars().map(|part| (format!("{prefix}_b{part}"), 1, DIM)));
    out.push((format!("{prefix}_Wo"), 0, DIM));
    out
}

fn feed_forward(prefix: &str) -> Vec<(String, usize, usize)> {
    vec![
        (format!("{prefix}_W1"), DIM, FFN),
        (format!("{prefix}_b1"), 1, FFN),
        (format!("{prefix}_W2"), FFN, DIM),
        (format!("{prefix}_b2"), 1, DIM),
        (format!("{prefix}_ffn"), 0, DIM),
    ]
}

fn container(items: &[(String, [usize; 2], Vec<f32>)], vocab: usize) -> Vec<u8> {
    let config = format!(
        "dim-emb: {DIM}\ndec-cell: ssru\ndec-depth: 1\nenc-depth: 2\ndim-vocabs:\n  - {vocab}\n  - {vocab}\n\
         tied-embeddings-all: true\ntransformer-dim-ffn: {FFN}\ntransformer-heads: 4\n\
         transformer-decoder-autoreg: rnn\ntransformer-postprocess: dan\ntransformer-ffn-activation: relu\n\
         type: transformer\nversion: synthetic\n\0"
    );
    let floats = |data: &[f32]| data.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>();
    let mut all: Vec<(&str, u64, Vec<usize>, Vec<u8>)> =
        items.iter().map(|(name, shape, data)| (name.as_str(), FLOAT32, shape.to_vec(), floats(data))).collect();
    all.push(("special:model.yml", INT8, vec![config.len()], config.into_bytes()));
    let mut out: Vec<u8> = [1, all.len() as u64].into_iter().flat_map(u64::to_le_bytes).collect();
    for (name, kind, shape, data) in &all {
        let head = [name.len() as u64 + 1, *kind, shape.len() as u64, data.len() as u64];
        out.extend(head.into_iter().flat_map(u64::to_le_bytes));
    }
    all.iter().for_each(|(name, ..)| out.extend(name.bytes().chain([0])));
    all.iter().flat_map(|(_, _, shape, _)| shape).for_each(|&n| out.extend((n as i32).to_le_bytes()));
    let padding = (256 - (out.len() + 8) % 256) % 256;
    out.extend((padding as u64).to_le_bytes());
    out.extend(std::iter::repeat_n(0, padding));
    all.into_iter().for_each(|(_, _, _, data)| out.extend(data));
    out
}
