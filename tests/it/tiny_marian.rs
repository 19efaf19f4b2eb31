//! A Marian model made at test time, for `tests/oracle/marian.py` to make the same: weights from a generator of
//! congruences, in the order of the tensors' names. A change to one must be made in the other.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};

pub(crate) const HIDDEN: usize = 16;
pub(crate) const VOCABULARY: usize = 48;
const ENCODER: usize = 2;
const DECODER: usize = 3;
const FEED_FORWARD: usize = 32;

/// Exact in f32 and in Python: 24 bits of the state.
struct Random(u64);

impl Random {
    /// From -0.5 to 0.5.
    fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 40) as f32 / (1_u64 << 24) as f32 - 0.5
    }
}

/// The configuration, as transformers writes it.
pub(crate) fn config(activation: &str) -> Value {
    json!({
        "d_model": HIDDEN, "encoder_layers": ENCODER, "decoder_layers": DECODER, "encoder_attention_heads": 4,
        "decoder_attention_heads": 2, "encoder_ffn_dim": FEED_FORWARD, "decoder_ffn_dim": FEED_FORWARD,
        "vocab_size": VOCABULARY, "max_position_embeddings": 64, "activation_function": activation,
        "scale_embedding": true, "pad_token_id": VOCABULARY - 1, "eos_token_id": 0,
        "decoder_start_token_id": VOCABULARY - 1, "forced_eos_token_id": 0, "bad_words_ids": [[VOCABULARY - 1]],
        "num_beams": 4, "max_length": 64,
    })
}

/// Names and shapes.
pub(crate) fn shapes() -> BTreeMap<String, Vec<usize>> {
    let mut shapes = BTreeMap::new();
    let mut add = |name: String, shape: &[usize]| shapes.insert(name, shape.to_vec());
    add("model.shared.weight".into(), &[VOCABULARY, HIDDEN]);
    add("final_logits_bias".into(), &[1, VOCABULARY]);
    for (side, layers) in [("encoder", ENCODER), ("decoder", DECODER)] {
        for layer in 0..layers {
            let name = format!("model.{side}.layers.{layer}");
            let parts: &[&str] = if side == "encoder" { &["self_attn"] } else { &["self_attn", "encoder_attn"] };
            for part in parts {
                for which in ["q", "k", "v", "out"] {
                    add(format!("{name}.{part}.{which}_proj.weight"), &[HIDDEN, HIDDEN]);
                    add(format!("{name}.{part}.{which}_proj.bias"), &[HIDDEN]);
                }
                add(format!("{name}.{part}_layer_norm.weight"), &[HIDDEN]);
                add(format!("{name}.{part}_layer_norm.bias"), &[HIDDEN]);
            }
            add(format!("{name}.fc1.weight"), &[FEED_FORWARD, HIDDEN]);
            add(format!("{name}.fc1.bias"), &[FEED_FORWARD]);
            add(format!("{name}.fc2.weight"), &[HIDDEN, FEED_FORWARD]);
            add(format!("{name}.fc2.bias"), &[HIDDEN]);
            add(format!("{name}.final_layer_norm.weight"), &[HIDDEN]);
            add(format!("{name}.final_layer_norm.bias"), &[HIDDEN]);
        }
    }
    shapes
}

/// The weights as a safetensors file.
pub(crate) fn weights(seed: u64) -> Vec<u8> {
    let mut random = Random(seed);
    let (mut header, mut data) = (BTreeMap::new(), Vec::new());
    for (name, shape) in shapes() {
        let start = data.len();
        let count: usize = shape.iter().product();
        for _ in 0..count {
            let noise = random.next();
            // Sizes at which translations are neither one token again and again nor without an end.
            let number = match name.as_str() {
                "model.decoder.layers.2.final_layer_norm.weight" => (1.0 + noise) * 8.0,
                name if name.ends_with("norm.weight") => 1.0 + noise,
                "model.shared.weight" => noise / 4.0,
                name if name.ends_with(".bias") => noise / 8.0,
                _ => noise,
            };
            data.extend(number.to_le_bytes());
        }
        header.insert(name, json!({ "dtype": "F32", "shape": shape, "data_offsets": [start, data.len()] }));
    }
    let header = serde_json::to_vec(&header).unwrap();
    [&(header.len() as u64).to_le_bytes()[..], &header, &data].concat()
}

/// Writes `config.json` and `model.safetensors`.
pub(crate) fn write(folder: &Path, activation: &str, seed: u64) {
    std::fs::write(folder.join("config.json"), config(activation).to_string()).unwrap();
    std::fs::write(folder.join("model.safetensors"), weights(seed)).unwrap();
}
