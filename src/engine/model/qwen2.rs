//! Qwen2 and Qwen2.5 (Qwen team, 2024, arXiv 2407.10671): the plain block, with biases on queries, keys and values.

use candle_core::{Result, Tensor};

use super::ModelError;
use super::attention::{Look, SelfAttention, Step};
use super::decoder::{Block, Decoder};
use super::parts::{FeedForward, LayerWeights, Norm, Shape};
use super::weights::Weights;

struct Qwen2Block {
    attention_norm: Norm,
    attention: SelfAttention,
    feed_forward_norm: Norm,
    feed_forward: FeedForward,
}

impl Qwen2Block {
    fn load(from: LayerWeights<'_>) -> std::result::Result<Self, ModelError> {
        let shape = from.shape;
        let (q, kv) = (shape.heads * shape.head_dim, shape.kv_heads * shape.head_dim);
        let biases = [from.bias("attn_q", q)?, from.bias("attn_k", kv)?, from.bias("attn_v", kv)?];
        Ok(Self {
            attention_norm: from.norm("attn_norm", shape.hidden)?,
            attention: SelfAttention::load(from)?.with_biases(biases),
            feed_forward_norm: from.norm("ffn_norm", shape.hidden)?,
            feed_forward: FeedForward::load(from)?,
        })
    }
}

impl Block for Qwen2Block {
    fn forward(&self, layer: usize, x: &Tensor, step: &mut Step<'_, '_>) -> Result<Tensor> {
        let x = (x + self.attention.forward(Look::back(layer), &self.attention_norm.forward(x)?, step)?)?;
        &x + self.feed_forward.forward(&self.feed_forward_norm.forward(&x)?)?
    }
}

/// Loads a Qwen2 model for sequences of up to `context` tokens.
pub(super) fn load(weights: &Weights<'_>, context: usize) -> std::result::Result<Box<dyn super::Model>, ModelError> {
    let shape = Shape::read(weights, "qwen2")?;
    Ok(Box::new(Decoder::load(weights, shape, context, Qwen2Block::load)?))
}
