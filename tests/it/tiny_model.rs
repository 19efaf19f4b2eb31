//! Tiny random models, written as GGUF files by the tests themselves.
//!
//! With `tiny_vocabulary` the twin of `tests/oracle/tiny_gguf.py`: both write the same bytes, so the logits that llama.cpp
//! gave for its file (`tests/oracle/expected`) can be asked of ours, with no model to download and no Python. The formula of the weights
//! is in that file's header. Edits to one model make the malformed files that a loader must refuse: another value or none
//! for a key, other dimensions, a tensor left out. What needs no model is done to the bytes: cutting them short, or
//! patching the counts (version at byte 4, tensors at 8, metadata values at 16). Nothing here knows candle.

use crate::tiny_vocabulary;

const HIDDEN: usize = 64;
const HEADS: usize = 4;
const KV_HEADS: usize = 2;
const FFN: usize = 160;
const CONTEXT: u32 = 256;
/// What the local layers of Gemma 3 see, and how far the positions of one of its two models are stretched.
const WINDOW: u32 = 8;
const STRETCH: f32 = 4.0;
/// Tensor data starts at, and each tensor is padded to, a multiple of this.
const ALIGNMENT: usize = 32;

/// The architectures that there are tiny models of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Arch {
    /// Biases on q, k and v; heads of 16, so heads * head_dim is the hidden size.
    Qwen2,
    /// Norms on q and k; heads of 32, so heads * head_dim is twice the hidden size.
    Qwen3,
    /// Seven layers, the sixth of them global; the positions of the untied model are stretched.
    Gemma3,
    /// Heads of 16 in the tied model; of 32 in the untied one, and some frequencies slowed down.
    Llama,
}

impl Arch {
    /// The name in the metadata.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Qwen2 => "qwen2",
            Self::Qwen3 => "qwen3",
            Self::Gemma3 => "gemma3",
            Self::Llama => "llama",
        }
    }

    fn layers(self) -> usize {
        if self == Self::Gemma3 { 7 } else { 3 }
    }
}

/// Where the matrix that turns hidden states into logits is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Head {
    /// The embedding, used again; the file has no `output.weight`.
    Tied,
    /// `output.weight`.
    Untied,
}

/// The base of the rotation, and the width of a head.
fn rotation(arch: Arch, head: Head) -> (f32, usize) {
    match (arch, head) {
        (Arch::Qwen2, Head::Tied) => (1e4, 16),
        (Arch::Qwen2, Head::Untied) => (1e6, 16),
        (Arch::Qwen3, Head::Tied) => (1e6, 32),
        (Arch::Qwen3, Head::Untied) => (1e4, 32),
        (Arch::Gemma3, Head::Tied) => (1e6, 32),
        (Arch::Gemma3, Head::Untied) => (1e5, 32),
        (Arch::Llama, Head::Tied) => (1e5, 16),
        (Arch::Llama, Head::Untied) => (5e5, 32),
    }
}

/// A metadata value.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    /// Kind 4.
    U32(u32),
    /// Kind 6.
    F32(f32),
    /// Kind 7.
    Bool(bool),
    /// Kind 8.
    Text(String),
    /// Kind 9, of 8.
    Texts(Vec<String>),
    /// Kind 9, of 5 (signed 32-bit numbers).
    Numbers(Vec<i32>),
    /// Kind 9, of 6.
    Floats(Vec<f32>),
}

/// A tensor as the file lists it.
#[derive(Clone, Debug)]
struct Entry {
    name: String,
    /// In the file's order: the innermost first.
    dims: Vec<u64>,
    /// How many values the data has; an edit of `dims` leaves it.
    values: usize,
}

/// One tiny model, and what is to be wrong with it.
#[derive(Clone, Debug)]
pub(crate) struct TinyModel {
    /// Its architecture.
    pub(crate) arch: Arch,
    /// Its output matrix.
    pub(crate) head: Head,
    metadata: Vec<(String, Value)>,
    tensors: Vec<Entry>,
}

impl TinyModel {
    /// The model that llama.cpp's logits are stored for, `<arch>-<tied|untied>`.
    pub(crate) fn new(arch: Arch, head: Head) -> Self {
        let (vocabulary, tokens) = tiny_vocabulary::metadata(arch, head);
        let metadata = sizes(arch, head).into_iter().chain(vocabulary).collect();
        Self { arch, head, metadata, tensors: tensors(arch, head, tokens) }
    }

    /// The name of its file of expected logits, without the ending.
    pub(crate) fn name(&self) -> String {
        let head = match self.head {
            Head::Tied => "tied",
            Head::Untied => "untied",
        };
        format!("{}-{head}", self.arch.name())
    }

    /// Gives `key` this value, in its place or, when it is new, at the end.
    pub(crate) fn set(mut self, key: &str, value: Value) -> Self {
        match self.metadata.iter_mut().find(|(known, _)| known == key) {
            Some((_, old)) => *old = value,
            None => self.metadata.push((key.to_owned(), value)),
        }
        self
    }

    /// Leaves `key` out.
    pub(crate) fn without(mut self, key: &str) -> Self {
        self.metadata.retain(|(known, _)| known != key);
        self
    }

    /// Claims other dimensions for a tensor (innermost first). Its data stay as they are.
    pub(crate) fn with_dims(mut self, tensor: &str, dims: &[u64]) -> Self {
        for entry in self.tensors.iter_mut().filter(|entry| entry.name == tensor) {
            entry.dims = dims.to_vec();
        }
        self
    }

    /// Leaves a tensor out.
    pub(crate) fn without_tensor(mut self, tensor: &str) -> Self {
        self.tensors.retain(|entry| entry.name != tensor);
        self
    }

    /// The whole file, GGUF version 3.
    pub(crate) fn gguf_bytes(&self) -> Vec<u8> {
        let mut out = b"GGUF".to_vec();
        out.extend(3u32.to_le_bytes());
        out.extend((self.tensors.len() as u64).to_le_bytes());
        out.extend((self.metadata.len() as u64).to_le_bytes());
        for (key, value) in &self.metadata {
            put_text(&mut out, key);
            put_value(&mut out, value);
        }
        let mut offset = 0;
        for entry in &self.tensors {
            put_text(&mut out, &entry.name);
            out.extend((entry.dims.len() as u32).to_le_bytes());
            entry.dims.iter().for_each(|dim| out.extend(dim.to_le_bytes()));
            out.extend(0u32.to_le_bytes()); // stored as F32
            out.extend((offset as u64).to_le_bytes());
            offset += (entry.values * 4).next_multiple_of(ALIGNMENT);
        }
        for entry in &self.tensors {
            out.resize(out.len().next_multiple_of(ALIGNMENT), 0);
            values(&entry.name, entry.values).for_each(|value| out.extend(value.to_le_bytes()));
        }
        out.resize(out.len().next_multiple_of(ALIGNMENT), 0);
        out
    }
}

/// The 64-bit FNV-1a hash: of a tensor's name for its values, of a whole file to compare it with Python's.
pub(crate) fn fnv1a64(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3))
}

/// What the file says before its vocabulary.
fn sizes(arch: Arch, head: Head) -> Vec<(String, Value)> {
    let (rope_base, head_dim) = rotation(arch, head);
    let own = |key: &str| format!("{}.{key}", arch.name());
    let general = |key: &str| format!("general.{key}");
    let mut all = vec![
        (general("architecture"), Value::Text(arch.name().to_owned())),
        (general("name"), Value::Text("stislo tiny".to_owned())),
        (general("file_type"), Value::U32(0)),
        (own("block_count"), Value::U32(arch.layers() as u32)),
        (own("context_length"), Value::U32(CONTEXT)),
        (own("embedding_length"), Value::U32(HIDDEN as u32)),
        (own("feed_forward_length"), Value::U32(FFN as u32)),
        (own("attention.head_count"), Value::U32(HEADS as u32)),
        (own("attention.head_count_kv"), Value::U32(KV_HEADS as u32)),
    ];
    if HEADS * head_dim != HIDDEN {
        all.push((own("attention.key_length"), Value::U32(head_dim as u32)));
        all.push((own("attention.value_length"), Value::U32(head_dim as u32)));
    }
    all.push((own("rope.freq_base"), Value::F32(rope_base)));
    all.push((own("attention.layer_norm_rms_epsilon"), Value::F32(1e-6)));
    if arch == Arch::Gemma3 {
        all.push((own("attention.sliding_window"), Value::U32(WINDOW)));
        if head == Head::Untied {
            all.push((own("rope.scaling.type"), Value::Text("linear".to_owned())));
            all.push((own("rope.scaling.factor"), Value::F32(STRETCH)));
        }
    }
    all
}

fn tensors(arch: Arch, head: Head, vocabulary: usize) -> Vec<Entry> {
    let (_, head_dim) = rotation(arch, head);
    let (q, kv) = (HEADS * head_dim, KV_HEADS * head_dim);
    let vector = |name: String, length: usize| Entry { name, dims: vec![length as u64], values: length };
    let matrix = |name: String, out: usize, inner: usize| Entry {
        name,
        dims: vec![inner as u64, out as u64],
        values: inner * out,
    };
    let mut all = vec![matrix("token_embd.weight".to_owned(), vocabulary, HIDDEN)];
    if (arch, head) == (Arch::Llama, Head::Untied) {
        all.push(vector("rope_freqs.weight".to_owned(), head_dim / 2));
    }
    for layer in 0..arch.layers() {
        let name = |part: &str| format!("blk.{layer}.{part}");
        all.push(vector(name("attn_norm.weight"), HIDDEN));
        for (part, out) in [("attn_q", q), ("attn_k", kv), ("attn_v", kv)] {
            all.push(matrix(name(&format!("{part}.weight")), out, HIDDEN));
            if arch == Arch::Qwen2 {
                all.push(vector(name(&format!("{part}.bias")), out));
            }
        }
        if matches!(arch, Arch::Qwen3 | Arch::Gemma3) {
            all.push(vector(name("attn_q_norm.weight"), head_dim));
            all.push(vector(name("attn_k_norm.weight"), head_dim));
        }
        all.push(matrix(name("attn_output.weight"), HIDDEN, q));
        if arch == Arch::Gemma3 {
            all.push(vector(name("post_attention_norm.weight"), HIDDEN));
            all.push(vector(name("post_ffw_norm.weight"), HIDDEN));
        }
        all.push(vector(name("ffn_norm.weight"), HIDDEN));
        all.push(matrix(name("ffn_gate.weight"), FFN, HIDDEN));
        all.push(matrix(name("ffn_up.weight"), FFN, HIDDEN));
        all.push(matrix(name("ffn_down.weight"), HIDDEN, FFN));
    }
    all.push(vector("output_norm.weight".to_owned(), HIDDEN));
    if head == Head::Untied {
        all.push(matrix("output.weight".to_owned(), vocabulary, HIDDEN));
    }
    all
}

/// The first values of the tensor `name`.
fn values(name: &str, count: usize) -> impl Iterator<Item = f32> + use<'_> {
    let seed = fnv1a64(name.as_bytes());
    let gain = name.ends_with("norm.weight");
    let scale = match name {
        "token_embd.weight" | "output.weight" => 1.0,
        _ if name.contains("ffn_down") => 0.25,
        _ => 0.5,
    };
    (0..count as u64).map(move |i| {
        let centred = (splitmix64(seed.wrapping_add(i)) >> 40) as f32 / (1 << 24) as f32 - 0.5;
        match name {
            _ if gain => 1.0 + 0.2 * centred,
            "rope_freqs.weight" => 4.0 * (centred + 0.75),
            _ => scale * centred,
        }
    })
}

fn splitmix64(x: u64) -> u64 {
    let x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

fn put_text(out: &mut Vec<u8>, text: &str) {
    out.extend((text.len() as u64).to_le_bytes());
    out.extend(text.as_bytes());
}

fn put_value(out: &mut Vec<u8>, value: &Value) {
    let mut kinds = |kinds: &[u32]| kinds.iter().for_each(|kind| out.extend(kind.to_le_bytes()));
    match value {
        Value::U32(number) => kinds(&[4, *number]),
        Value::F32(number) => kinds(&[6, number.to_bits()]),
        Value::Bool(truth) => {
            kinds(&[7]);
            out.push(u8::from(*truth));
        }
        Value::Text(text) => {
            kinds(&[8]);
            put_text(out, text);
        }
        Value::Texts(texts) => {
            kinds(&[9, 8]);
            out.extend((texts.len() as u64).to_le_bytes());
            texts.iter().for_each(|text| put_text(out, text));
        }
        Value::Numbers(numbers) => {
            kinds(&[9, 5]);
            out.extend((numbers.len() as u64).to_le_bytes());
            numbers.iter().for_each(|number| out.extend(number.to_le_bytes()));
        }
        Value::Floats(numbers) => {
            kinds(&[9, 6]);
            out.extend((numbers.len() as u64).to_le_bytes());
            numbers.iter().for_each(|number| out.extend(number.to_le_bytes()));
        }
    }
}

#[test]
fn the_files_are_the_ones_that_llama_cpp_read() {
    let known = [
        (Arch::Qwen2, Head::Tied, 0xdd43_8755_a073_5c4b),
        (Arch::Qwen2, Head::Untied, 0xcfe9_13a8_a7a8_4a07),
        (Arch::Qwen3, Head::Tied, 0x7aa2_e12c_1d6f_badc),
        (Arch::Qwen3, Head::Untied, 0x35ee_1485_75a3_b79d),
        (Arch::Gemma3, Head::Tied, 0xb130_b736_b112_274f),
        (Arch::Gemma3, Head::Untied, 0x4a9b_e41e_e58f_f5d2),
        (Arch::Llama, Head::Tied, 0xc522_f0de_30e3_4d12),
        (Arch::Llama, Head::Untied, 0x7527_8b85_c5b5_6fcc),
    ];
    for (arch, head, hash) in known {
        let model = TinyModel::new(arch, head);
        assert_eq!(fnv1a64(&model.gguf_bytes()), hash, "{} differs from the file of tiny_gguf.py", model.name());
    }
}
