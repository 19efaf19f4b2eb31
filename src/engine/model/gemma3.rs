//! Gemma 3 (Gemma team, 2025, arXiv 2503.19786): norms before and after attention and feed-forward, norms on each head's
//! queries and keys, GELU, and five local layers to each global one. A local layer sees a short window and turns its heads
//! by a base of its own; the file's base and stretch of positions are for the global layers alone. Widths and scales are
//! llama.cpp's, which its tests hold. The file's gains have the 1 added that the published weights leave out.

use candle_core::{Result, Tensor};

use super::ModelError;
use super::attention::{Look, SelfAttention, Step};
use super::decoder::{Block, Decoder};
use super::kernel::Gate;
use super::parts::{FeedForward, LayerWeights, Norm, Shape};
use super::rope::Rotation;
use super::weights::Weights;

/// Every so many layers one is global, unless the file says otherwise.
const PERIOD: usize = 6;
/// The base of the local layers' rotation, unless the file says otherwise.
const LOCAL_BASE: f64 = 10_000.0;
/// Places in `Shape::rotations`.
const GLOBAL: usize = 0;
const LOCAL: usize = 1;
/// Layers of the 27B model, the only one whose queries are scaled by hidden / heads and not by the width of a head.
const LAYERS_OF_27B: usize = 62;

/// Which layers are local, and how far they see.
#[derive(Clone, Copy)]
struct Locality {
    window: usize,
    period: usize,
}

impl Locality {
    fn of(self, layer: usize) -> Look {
        let is_local = layer % self.period < self.period - 1;
        let look = Look { rotation: GLOBAL, ..Look::back(layer) };
        if is_local { Look { rotation: LOCAL, window: Some(self.window), ..look } } else { look }
    }
}

struct Gemma3Block {
    attention_norm: Norm,
    attention: SelfAttention,
    post_attention_norm: Norm,
    feed_forward_norm: Norm,
    feed_forward: FeedForward,
    post_feed_forward_norm: Norm,
    locality: Option<Locality>,
}

impl Gemma3Block {
    fn load(from: LayerWeights<'_>, locality: Option<Locality>) -> std::result::Result<Self, ModelError> {
        let shape = from.shape;
        let of_queries = from.norm("attn_q_norm", shape.head_dim)?.times(query_scale(shape))?;
        let of_keys = from.norm("attn_k_norm", shape.head_dim)?;
        Ok(Self {
            attention_norm: from.norm("attn_norm", shape.hidden)?,
            attention: SelfAttention::load(from)?.with_head_norms([of_queries, of_keys]),
            post_attention_norm: from.norm("post_attention_norm", shape.hidden)?,
            feed_forward_norm: from.norm("ffn_norm", shape.hidden)?,
            feed_forward: FeedForward::load(from)?,
            post_feed_forward_norm: from.norm("post_ffw_norm", shape.hidden)?,
            locality,
        })
    }
}

impl Block for Gemma3Block {
    fn forward(&self, layer: usize, x: &Tensor, step: &mut Step<'_, '_>) -> Result<Tensor> {
        let look = self.locality.map_or(Look::back(layer), |locality| locality.of(layer));
        let mixed = self.attention.forward(look, &self.attention_norm.forward(x)?, step)?;
        let x = (x + self.post_attention_norm.forward(&mixed)?)?;
        let fed = self.feed_forward.forward(&self.feed_forward_norm.forward(&x)?)?;
        &x + self.post_feed_forward_norm.forward(&fed)?
    }
}

/// Attention divides by the root of a head's width; what is to be multiplied on top of that.
fn query_scale(shape: &Shape) -> f64 {
    match shape.layers {
        LAYERS_OF_27B => (shape.head_dim as f64).sqrt() / ((shape.hidden / shape.heads) as f64).sqrt(),
        _ => 1.0,
    }
}

/// Loads a Gemma 3 model for sequences of up to `context` tokens.
pub(super) fn load(weights: &Weights<'_>, context: usize) -> std::result::Result<Box<dyn super::Model>, ModelError> {
    let header = weights.header();
    if header.has("gemma3.final_logit_softcapping") {
        return Err(header.malformed("it caps its logits, which Gemma 3 as published does not").into());
    }
    let mut shape = Shape::read(weights, "gemma3")?;
    let optional = |key: &str, limit| if header.has(key) { header.size(key, limit).map(Some) } else { Ok(None) };
    let period = optional("gemma3.attention.sliding_window_pattern", shape.layers)?.unwrap_or(PERIOD);
    let window = optional("gemma3.attention.sliding_window", 1 << 24)?;
    let locality = window.map(|window| Locality { window, period });
    let base = header.positive("gemma3.rope.freq_base_swa", LOCAL_BASE)?;
    shape.rotations.push(Rotation { base, stretch: 1.0, ..shape.rotations[GLOBAL].clone() });
    shape.gate = Gate::Gelu;
    shape.embedding_scale = (shape.hidden as f64).sqrt();
    Ok(Box::new(Decoder::load(weights, shape, context, |from| Gemma3Block::load(from, locality))?))
}
