//! What is special about each architecture. All are one block (`decoder`) with parts that an architecture has or has not.
//!
//! Qwen2 and Qwen2.5 (Qwen team, 2024, arXiv 2407.10671) have biases on queries, keys and values. Qwen3 (Qwen team, 2025,
//! arXiv 2505.09388) has none, and a norm on each head's queries and keys before they are rotated. Llama (Touvron et al.,
//! 2023; Llama 3: arXiv 2407.21783), and SmolLM2, which is built like it, have neither. Gemma 3 (Gemma team, 2025, arXiv
//! 2503.19786) has Qwen3's norms, norms behind attention and feed-forward, GELU, and five local layers to each global one.

use super::kernel::Gate;
use super::parts::{Local, Shape};
use super::rope::{Pairs, Rotation};
use super::weights::Weights;
use super::{ARCHITECTURES, ModelError};

/// Where the divisors of Llama's frequencies are, in files that have them.
const DIVISORS: &str = "rope_freqs.weight";
/// Every so many layers of Gemma one is global, unless the file says otherwise.
const PERIOD: usize = 6;
/// The base of the local layers' rotation, unless the file says otherwise.
const LOCAL_BASE: f64 = 10_000.0;
/// Layers of Gemma 3 27B, the only one whose queries are scaled by hidden / heads and not by the width of a head.
const LAYERS_OF_27B: usize = 62;

/// The shape of the file's model.
pub(super) fn shape(weights: &Weights<'_>) -> Result<Shape, ModelError> {
    let name = weights.header().text("general.architecture")?;
    if !ARCHITECTURES.contains(&name) {
        return Err(ModelError::Architecture { architecture: name.to_owned() });
    }
    let mut shape = Shape::read(weights, name)?;
    match name {
        "qwen2" => shape.has_biases = true,
        "qwen3" => shape.has_head_norms = true,
        "gemma3" => be_gemma3(&mut shape, weights)?,
        _ => be_llama(&mut shape, weights)?,
    }
    Ok(shape)
}

/// GGUF files hold Llama's queries and keys with their rows in another order than the published weights, so that the
/// numbers that are turned together are neighbours. Llama 3.1 and later slow single frequencies down by a tensor.
fn be_llama(shape: &mut Shape, weights: &Weights<'_>) -> Result<(), ModelError> {
    let header = weights.header();
    let turned = "llama.rope.dimension_count";
    if header.has(turned) && header.size(turned, 1024)? != shape.head_dim {
        return Err(header.malformed("it turns only a part of each head, which is not known of Llama").into());
    }
    let biases = (0..shape.layers).map(|layer| format!("blk.{layer}.attn_q.bias"));
    if let Some(bias) = biases.into_iter().find(|name| weights.has(name)) {
        return Err(header.malformed(format!("it has `{bias}`, which is not known of Llama")).into());
    }
    let rotation = &mut shape.rotations[0];
    rotation.pairs = Pairs::Neighbours;
    if weights.has(DIVISORS) {
        rotation.divisors = weights.vector(DIVISORS, shape.head_dim / 2)?.to_vec1()?;
        if !rotation.divisors.iter().all(|&divisor| divisor.is_finite() && divisor > 0.0) {
            return Err(header.malformed(format!("`{DIVISORS}` holds what frequencies cannot be divided by")).into());
        }
    }
    Ok(())
}

/// A local layer of Gemma sees a short window and turns its heads by a base of its own; the file's base and stretch of
/// positions are for the global layers alone. Widths and scales are llama.cpp's, which its tests hold. The file's gains have
/// the 1 added that the published weights leave out.
fn be_gemma3(shape: &mut Shape, weights: &Weights<'_>) -> Result<(), ModelError> {
    let header = weights.header();
    if header.has("gemma3.final_logit_softcapping") {
        return Err(header.malformed("it caps its logits, which Gemma 3 as published does not").into());
    }
    let optional = |key: &str, limit| if header.has(key) { header.size(key, limit).map(Some) } else { Ok(None) };
    let period = optional("gemma3.attention.sliding_window_pattern", shape.layers)?.unwrap_or(PERIOD);
    let window = optional("gemma3.attention.sliding_window", 1 << 24)?;
    shape.local = window.map(|window| Local { window, period });
    let base = header.positive("gemma3.rope.freq_base_swa", LOCAL_BASE)?;
    shape.rotations.push(Rotation { base, stretch: 1.0, ..shape.rotations[0].clone() });
    shape.gate = Gate::Gelu;
    shape.embedding_scale = (shape.hidden as f64).sqrt();
    (shape.has_head_norms, shape.has_post_norms) = (true, true);
    if shape.layers == LAYERS_OF_27B {
        shape.query_scale = (shape.head_dim as f64).sqrt() / ((shape.hidden / shape.heads) as f64).sqrt();
    }
    Ok(())
}
