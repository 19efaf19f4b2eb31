//! Llama (Touvron et al., 2023; Llama 3: arXiv 2407.21783), and SmolLM2, which is built like it: the plain block without
//! biases. GGUF files hold queries and keys with their rows in another order than the published weights, so that the
//! numbers that are turned together are neighbours. Llama 3.1 and later slow single frequencies down by a tensor.

use candle_core::{Result, Tensor};

use super::ModelError;
use super::attention::{Look, SelfAttention, Step};
use super::decoder::{Block, Decoder};
use super::parts::{FeedForward, LayerWeights, Norm, Shape};
use super::rope::Pairs;
use super::weights::Weights;

/// Where the divisors of frequencies are, in files that have them.
const DIVISORS: &str = "rope_freqs.weight";

struct LlamaBlock {
    attention_norm: Norm,
    attention: SelfAttention,
    feed_forward_norm: Norm,
    feed_forward: FeedForward,
}

impl LlamaBlock {
    fn load(from: LayerWeights<'_>) -> std::result::Result<Self, ModelError> {
        let bias = from.name("attn_q.bias");
        if from.weights.has(&bias) {
            return Err(from
                .weights
                .header()
                .malformed(format!("it has `{bias}`, which is not known of Llama"))
                .into());
        }
        Ok(Self {
            attention_norm: from.norm("attn_norm", from.shape.hidden)?,
            attention: SelfAttention::load(from)?,
            feed_forward_norm: from.norm("ffn_norm", from.shape.hidden)?,
            feed_forward: FeedForward::load(from)?,
        })
    }
}

impl Block for LlamaBlock {
    fn forward(&self, layer: usize, x: &Tensor, step: &mut Step<'_, '_>) -> Result<Tensor> {
        let x = (x + self.attention.forward(Look::back(layer), &self.attention_norm.forward(x)?, step)?)?;
        &x + self.feed_forward.forward(&self.feed_forward_norm.forward(&x)?)?
    }
}

/// Loads a Llama model for sequences of up to `context` tokens.
pub(super) fn load(weights: &Weights<'_>, context: usize) -> std::result::Result<Box<dyn super::Model>, ModelError> {
    let mut shape = Shape::read(weights, "llama")?;
    let turned = "llama.rope.dimension_count";
    let header = weights.header();
    if header.has(turned) && header.size(turned, 1024)? != shape.head_dim {
        return Err(header.malformed("it turns only a part of each head, which is not known of Llama").into());
    }
    shape.rotations[0].pairs = Pairs::Neighbours;
    if weights.has(DIVISORS) {
        let divisors: Vec<f32> = weights.vector(DIVISORS, shape.head_dim / 2)?.to_vec1()?;
        if !divisors.iter().all(|&divisor| divisor.is_finite() && divisor > 0.0) {
            return Err(header.malformed(format!("`{DIVISORS}` holds what frequencies cannot be divided by")).into());
        }
        shape.rotations[0].divisors = divisors;
    }
    Ok(Box::new(Decoder::load(weights, shape, context, LlamaBlock::load)?))
}
