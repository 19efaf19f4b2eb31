//! Qwen3 (Qwen team, 2025, arXiv 2505.09388): like Qwen2 without biases, and with a norm on each head's queries and keys
//! before they are rotated. A head's width is stated by the file and need not be hidden / heads.

use candle_core::{Result, Tensor};

use super::ModelError;
use super::attention::{Look, SelfAttention, Step};
use super::decoder::{Block, Decoder};
use super::parts::{FeedForward, LayerWeights, Norm, Shape};
use super::weights::Weights;

struct Qwen3Block {
    attention_norm: Norm,
    attention: SelfAttention,
    feed_forward_norm: Norm,
    feed_forward: FeedForward,
}

impl Qwen3Block {
    fn load(from: LayerWeights<'_>) -> std::result::Result<Self, ModelError> {
        let shape = from.shape;
        let norms = [from.norm("attn_q_norm", shape.head_dim)?, from.norm("attn_k_norm", shape.head_dim)?];
        Ok(Self {
            attention_norm: from.norm("attn_norm", shape.hidden)?,
            attention: SelfAttention::load(from)?.with_head_norms(norms),
            feed_forward_norm: from.norm("ffn_norm", shape.hidden)?,
            feed_forward: FeedForward::load(from)?,
        })
    }
}

impl Block for Qwen3Block {
    fn forward(&self, layer: usize, x: &Tensor, step: &mut Step<'_, '_>) -> Result<Tensor> {
        let x = (x + self.attention.forward(Look::back(layer), &self.attention_norm.forward(x)?, step)?)?;
        &x + self.feed_forward.forward(&self.feed_forward_norm.forward(&x)?)?
    }
}

/// Loads a Qwen3 model for sequences of up to `context` tokens.
pub(super) fn load(weights: &Weights<'_>, context: usize) -> std::result::Result<Box<dyn super::Model>, ModelError> {
    let shape = Shape::read(weights, "qwen3")?;
    Ok(Box::new(Decoder::load(weights, shape, context, Qwen3Block::load)?))
}
