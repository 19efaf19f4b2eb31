//! Model files that are not what they should be: each is refused with a sentence that names the file and what is wrong,
//! and none brings the engine down.
//!
//! A panic while loading would come back as [`EngineError::Dead`], which names no file, so every case would see it.

use std::path::Path;

use stislo::engine::{Engine, EngineError, EngineSettings, Measure};

use crate::tiny_model::{Arch, Head, TinyModel, Value};
use crate::tiny_vocabulary::vocabulary;

/// Where the counts of the header stand.
const VERSION: usize = 4;
const TENSORS: usize = 8;
const VALUES: usize = 16;

fn tiny() -> TinyModel {
    TinyModel::new(Arch::Qwen2, Head::Tied)
}

async fn load(path: &Path) -> Result<Engine, EngineError> {
    Engine::load(path, None, EngineSettings { context: 256, ..EngineSettings::default() }).await
}

/// What is said about a file of these bytes.
async fn refusal(bytes: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("broken.gguf");
    std::fs::write(&path, bytes).unwrap();
    let message = match load(&path).await {
        Ok(_) => panic!("a broken file of {} bytes was taken", bytes.len()),
        Err(error) => error.to_string(),
    };
    assert!(message.contains(&path.display().to_string()), "the file is not named: {message}");
    message
}

fn patched(at: usize, bytes: &[u8]) -> Vec<u8> {
    let mut file = tiny().gguf_bytes();
    file[at..at + bytes.len()].copy_from_slice(bytes);
    file
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

#[tokio::test]
async fn a_sound_file_is_taken() {
    for (arch, tokens) in [(Arch::Qwen2, 300), (Arch::Qwen3, 300), (Arch::Gemma3, 370), (Arch::Llama, 301)] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sound.gguf");
        std::fs::write(&path, TinyModel::new(arch, Head::Untied).gguf_bytes()).unwrap();
        let engine = load(&path).await.unwrap();
        let Measure::Exact(card) = engine.measure() else { panic!("it is loaded here") };
        assert_eq!((card.context, card.tokenizer.vocabulary()), (256, tokens));
    }
}

#[tokio::test]
async fn files_cut_short() {
    let bytes = tiny().gguf_bytes();
    let places = (0..96).chain((96..bytes.len()).step_by(bytes.len() / 150)).chain([bytes.len() - 1]);
    for length in places {
        let message = refusal(&bytes[..length]).await;
        assert!(
            message.contains("is not a usable GGUF file") && message.contains("models pull"),
            "{length}: {message}"
        );
    }
}

#[tokio::test]
async fn headers_that_break_a_rule() {
    let huge = u64::MAX.to_le_bytes();
    let cases = [
        (b"".to_vec(), "letters GGUF"),
        (b"GGUF".to_vec(), "letters GGUF"),
        (b"<!DOCTYPE html><html><body>Please log in to download this file</body></html>".to_vec(), "letters GGUF"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n".to_vec(), "letters GGUF"),
        (patched(0, b"GGML"), "letters GGUF"),
        (patched(0, b"FUGG"), "letters GGUF"),
        (patched(VERSION, &1u32.to_le_bytes()), "version 1"),
        (patched(VERSION, &4u32.to_le_bytes()), "version 4"),
        (patched(VERSION, &3u32.to_be_bytes()), "version 50331648"),
        (patched(TENSORS, &huge), "18446744073709551615 tensors"),
        (patched(TENSORS, &0u64.to_le_bytes()), "no tensor `token_embd.weight`"),
        (patched(VALUES, &huge), "18446744073709551615 metadata values"),
        (patched(VALUES, &2u64.to_le_bytes()), ""),
        // The length of the first key.
        (patched(24, &huge), "bytes of text"),
        (patched(24, &(1u64 << 40).to_le_bytes()), "bytes of text"),
        // The first letter of the first key.
        (patched(32, &[0xff]), "UTF-8"),
        // The kind of the first value.
        (patched(32 + "general.architecture".len(), &99u32.to_le_bytes()), "unknown kind 99"),
    ];
    for (bytes, want) in cases {
        let message = refusal(&bytes).await;
        assert!(message.contains(want), "{want:?} is not in: {message}");
    }
}

#[tokio::test]
async fn alignments_that_cannot_be() {
    for alignment in [0, 1, 3, 7, 33, 1 << 13, 1 << 31, u32::MAX] {
        let message = refusal(&tiny().set("general.alignment", Value::U32(alignment)).gguf_bytes()).await;
        assert!(message.contains(&format!("alignment is Integer({alignment})")), "{message}");
    }
    let message = refusal(&tiny().set("general.alignment", text("32")).gguf_bytes()).await;
    assert!(message.contains("alignment"), "{message}");
    // Allowed by itself, but the tensors of this file lie at multiples of 32.
    let message = refusal(&tiny().set("general.alignment", Value::U32(4096)).gguf_bytes()).await;
    assert!(message.contains("off the alignment of 4096"), "{message}");
}

#[tokio::test]
async fn shapes_that_cannot_be() {
    let norm = "output_norm.weight";
    let cases: [(&str, &[u64], &str); 12] = [
        ("token_embd.weight", &[1 << 40, 1 << 40], "impossible shape"),
        ("token_embd.weight", &[1 << 63, 2], "impossible shape"),
        // In 64 bits this comes to 64, which would fit.
        (norm, &[64, (1 << 58) + 1], "impossible shape"),
        ("token_embd.weight", &[1 << 62], "impossible shape"),
        ("token_embd.weight", &[64, 0], "impossible shape"),
        (norm, &[1 << 40], "past the end"),
        (norm, &[65], "past the end"),
        (norm, &[32], "shape [32] where [64] is needed"),
        (norm, &[8, 8], "shape [8, 8] where [64] is needed"),
        (norm, &[], "0 dimensions"),
        (norm, &[1, 1, 1, 1, 64], "5 dimensions"),
        ("blk.1.attn_q.weight", &[32, 128], "shape [128, 32] where [64, 64] is needed"),
    ];
    for (tensor, dims, want) in cases {
        let message = refusal(&tiny().with_dims(tensor, dims).gguf_bytes()).await;
        assert!(message.contains(tensor) && message.contains(want), "{want:?} of {tensor} is not in: {message}");
    }
}

#[tokio::test]
async fn every_tensor_is_needed() {
    let parts = [
        "token_embd.weight",
        "output_norm.weight",
        "blk.0.attn_norm.weight",
        "blk.0.attn_q.bias",
        "blk.1.attn_k.weight",
        "blk.1.attn_output.weight",
        "blk.2.ffn_norm.weight",
        "blk.2.ffn_down.weight",
    ];
    for name in parts {
        let message = refusal(&tiny().without_tensor(name).gguf_bytes()).await;
        assert!(message.contains(&format!("no tensor `{name}`")), "{message}");
    }
}

#[tokio::test]
async fn every_value_is_needed() {
    for key in [
        "general.architecture",
        "qwen2.block_count",
        "qwen2.context_length",
        "qwen2.embedding_length",
        "qwen2.feed_forward_length",
        "qwen2.attention.head_count",
        "qwen2.attention.head_count_kv",
        "tokenizer.ggml.model",
        "tokenizer.ggml.pre",
        "tokenizer.ggml.tokens",
        "tokenizer.ggml.token_type",
        "tokenizer.ggml.merges",
    ] {
        for model in [tiny().without(key), tiny().set(key, Value::F32(f32::NAN))] {
            let message = refusal(&model.gguf_bytes()).await;
            assert!(message.contains(&format!("`{key}`")), "{key}: {message}");
        }
    }
}

#[tokio::test]
async fn values_that_cannot_be() {
    let (tokens, merges) = vocabulary();
    let shorter = tokens[..tokens.len() - 1].to_vec();
    let mut no_byte = tokens.clone();
    no_byte[0] = "zz".to_owned();
    let broken = |merge: &str| Value::Texts(merges.iter().cloned().chain([merge.to_owned()]).collect());
    let tokenizer = |key: &str| format!("tokenizer.ggml.{key}");
    let cases = [
        ("general.architecture".to_owned(), text("mamba"), "`mamba`"),
        ("general.architecture".to_owned(), text(""), "``"),
        (tokenizer("model"), text("t5"), "its tokenizer is `t5`"),
        (tokenizer("model"), text("llama"), "`tokenizer.ggml.scores`"),
        (tokenizer("pre"), text("default"), "pre-tokenizer `default`"),
        (tokenizer("pre"), text("glm4"), "pre-tokenizer `glm4`"),
        (tokenizer("tokens"), Value::Texts(shorter), "shape [300, 64] where [299, 64] is needed"),
        (tokenizer("tokens"), Value::Texts(Vec::new()), "is needed"),
        (tokenizer("tokens"), Value::Texts(no_byte), "`!`"),
        (tokenizer("token_type"), Value::Numbers(vec![1; 299]), "differ in length"),
        (tokenizer("token_type"), Value::Numbers(Vec::new()), "differ in length"),
        (tokenizer("merges"), broken("nospace"), "`nospace`"),
        (tokenizer("merges"), broken("zzz yyy"), "vocabulary is broken"),
        ("qwen2.block_count".to_owned(), Value::U32(0), "`qwen2.block_count`"),
        ("qwen2.block_count".to_owned(), Value::U32(4), "`blk.3."),
        ("qwen2.block_count".to_owned(), Value::U32(u32::MAX), "`qwen2.block_count`"),
        ("qwen2.attention.head_count".to_owned(), Value::U32(3), "head counts"),
        ("qwen2.attention.head_count".to_owned(), Value::U32(128), "head counts"),
        ("qwen2.attention.head_count_kv".to_owned(), Value::U32(3), "head counts"),
        ("qwen2.attention.layer_norm_rms_epsilon".to_owned(), Value::F32(-1.0), "epsilon"),
        ("qwen2.attention.layer_norm_rms_epsilon".to_owned(), Value::F32(f32::NAN), "epsilon"),
        ("qwen2.rope.freq_base".to_owned(), Value::F32(f32::INFINITY), "freq_base"),
        ("qwen2.rope.freq_base".to_owned(), Value::F32(0.0), "freq_base"),
    ];
    for (key, value, want) in cases {
        let message = sentence(tiny().set(&key, value)).await;
        assert!(message.contains(want), "{key}: {want:?} is not in: {message}");
    }
}

/// What an architecture cannot do is refused, so that nobody reads wrong answers.
#[tokio::test]
async fn habits_that_are_not_known() {
    let gemma = || TinyModel::new(Arch::Gemma3, Head::Tied);
    let llama = || TinyModel::new(Arch::Llama, Head::Untied);
    let cases = [
        (tiny().set("qwen2.rope.scaling.type", text("yarn")), "`yarn`"),
        (tiny().set("qwen2.rope.scaling.factor", Value::F32(0.0)), "`qwen2.rope.scaling.factor`"),
        (gemma().set("gemma3.final_logit_softcapping", Value::F32(30.0)), "caps its logits"),
        (gemma().set("gemma3.attention.sliding_window", Value::U32(0)), "`gemma3.attention.sliding_window`"),
        (gemma().set("gemma3.attention.sliding_window_pattern", Value::U32(0)), "sliding_window_pattern`"),
        (gemma().set("gemma3.rope.freq_base_swa", Value::F32(f32::NAN)), "`gemma3.rope.freq_base_swa`"),
        (gemma().without_tensor("blk.5.post_ffw_norm.weight"), "no tensor `blk.5.post_ffw_norm.weight`"),
        (gemma().without("tokenizer.ggml.scores"), "`tokenizer.ggml.scores`"),
        (gemma().set("tokenizer.ggml.scores", Value::Floats(vec![0.0; 9])), "its scores"),
        (gemma().set("tokenizer.ggml.token_type", Value::Numbers(vec![1; 370])), "`<0x00>`"),
        (llama().set("llama.rope.dimension_count", Value::U32(16)), "a part of each head"),
        (llama().with_dims("rope_freqs.weight", &[8]), "`rope_freqs.weight` has the shape [8]"),
    ];
    for (model, want) in cases {
        let message = sentence(model).await;
        assert!(message.contains(want), "{want:?} is not in: {message}");
    }
}

/// What is said about a model; an architecture that is not built yet is no fault of the file, so it need not be named.
async fn sentence(model: TinyModel) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("broken.gguf");
    std::fs::write(&path, model.gguf_bytes()).unwrap();
    let error = load(&path).await.err().expect("must be refused");
    assert!(matches!(error, EngineError::Model(_)), "{error:?}");
    error.to_string()
}

#[tokio::test]
async fn places_that_are_no_files() {
    let folder = tempfile::tempdir().unwrap();
    let directory = folder.path().join("folder.gguf");
    std::fs::create_dir(&directory).unwrap();
    for path in [directory, folder.path().join("missing.gguf")] {
        let message = load(&path).await.err().expect("must be refused").to_string();
        assert!(message.contains(&path.display().to_string()), "{message}");
    }
}

/// Whatever a bit of the header says, the file is taken or refused; nothing panics and nothing takes all memory.
#[tokio::test]
async fn flipped_bits_never_bring_it_down() {
    let bytes = tiny().gguf_bytes();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("flipped.gguf");
    let header = bytes.len() - tiny_data_bytes();
    let mut refused = 0;
    for i in 0..300usize {
        let mut flipped = bytes.clone();
        let at = if i < 150 { i * 11 % 1100 } else { header - 1 - (i * 37) % 2500 };
        flipped[at] ^= 1 << (i % 8);
        std::fs::write(&path, &flipped).unwrap();
        match load(&path).await {
            Ok(_) => {}
            Err(EngineError::Model(_)) => refused += 1,
            Err(other) => panic!("bit {} of byte {at}: {other:?}", i % 8),
        }
    }
    assert!(refused > 100, "{refused} of 300 were refused; most flips break something");
}

/// Bytes of all tensors: five matrices of 64, two of 32, a bias for each of q, k, v, and two norms a layer.
fn tiny_data_bytes() -> usize {
    let layer = 64 * 64 * 2 + 32 * 64 * 2 + 160 * 64 * 3 + 64 + 32 + 32 + 64 + 64;
    4 * (300 * 64 + 3 * layer + 64)
}
