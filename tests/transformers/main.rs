//! The engine's qwen2 against candle-transformers', on tiny random weights.
//!
//!     cargo test --release -p stislo-transformers
//!
//! A package of its own because candle-transformers takes longer to build than everything else that tests need. All
//! architectures are held against llama.cpp in `tests/it/model.rs`; this is a second opinion on one of them.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(dead_code, reason = "of the tiny models, only some are used here")]

#[path = "../it/tiny_model.rs"]
mod tiny_model;
#[path = "../it/tiny_vocabulary.rs"]
mod tiny_vocabulary;

use candle_core::quantized::gguf_file::Content;
use candle_core::{Device, Tensor};
use candle_transformers::models::quantized_qwen2::ModelWeights;
use stislo::engine::model::gguf::Gguf;
use stislo::engine::model::{Slot, load};

use crate::tiny_model::{Arch, Head, TinyModel};

/// Both round in f32, in another order.
const TOLERANCE: f32 = 1e-4;

#[test]
fn qwen2_is_the_one_of_candle_transformers() {
    for head in [Head::Tied, Head::Untied] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tiny.gguf");
        std::fs::write(&path, TinyModel::new(Arch::Qwen2, head).gguf_bytes()).unwrap();
        let ours = load(&Gguf::open(&path).unwrap(), 256, None).unwrap();
        let mut file = std::fs::File::open(&path).unwrap();
        let content = Content::read(&mut file).unwrap();
        let mut theirs = ModelWeights::from_gguf(content, &mut file, &Device::Cpu).unwrap();
        let mut cache = ours.new_cache().unwrap();
        let prompt = (0..30).map(|i: u32| i.wrapping_mul(2_654_435_761) % 297).collect();
        let mut at = 0;
        for part in [prompt, vec![7_u32], vec![270], vec![33]] {
            let input = Tensor::new(&part[..], &Device::Cpu).unwrap().unsqueeze(0).unwrap();
            let want: Vec<f32> = theirs.forward(&input, at).unwrap().flatten_all().unwrap().to_vec1().unwrap();
            let got = ours.forward(&mut [Slot { tokens: &part, cache: &mut cache, rows: 1 }]).unwrap();
            let got: Vec<f32> = got.flatten_all().unwrap().to_vec1().unwrap();
            assert_eq!(got.len(), want.len());
            for (i, (got, want)) in got.iter().zip(&want).enumerate() {
                assert!((got - want).abs() <= TOLERANCE, "{head:?} at {at}: logit {i} is {got}, not {want}");
            }
            at += part.len();
        }
    }
}
