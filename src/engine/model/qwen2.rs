//! Qwen2 and Qwen2.5 (Qwen team, 2024, arXiv 2407.10671): the plain block, with biases on queries, keys and values.

use candle_core::{Result, Tensor};

use super::ModelError;
use super::linear::Linear;
use super::parts::{Block, Decoder, FeedForward, Norm, Shape, Step};
use super::weights::Weights;

struct Projection {
    weight: Linear,
    bias: Tensor,
}

impl Projection {
    fn load(weights: &Weights<'_>, name: &str, out: usize, inner: usize) -> std::result::Result<Self, ModelError> {
        Ok(Self {
            weight: weights.matrix(&format!("{name}.weight"), out, inner)?,
            bias: weights.vector(&format!("{name}.bias"), out)?,
        })
    }

    /// Adds the bias to a product, `[tokens, out]` to `[tokens, heads, head_dim]`.
    fn finish(&self, product: &Tensor, heads: usize) -> Result<Tensor> {
        let y = product.broadcast_add(&self.bias)?;
        let (tokens, out) = y.dims2()?;
        y.reshape((tokens, heads, out / heads))
    }
}

struct Qwen2Block {
    attention_norm: Norm,
    query: Projection,
    key: Projection,
    value: Projection,
    output: Linear,
    feed_forward_norm: Norm,
    feed_forward: FeedForward,
    heads: usize,
    kv_heads: usize,
}

impl Qwen2Block {
    fn load(weights: &Weights<'_>, prefix: &str, shape: &Shape) -> std::result::Result<Self, ModelError> {
        let (hidden, q, kv) = (shape.hidden, shape.heads * shape.head_dim, shape.kv_heads * shape.head_dim);
        let norm = |name: &str| Norm::load(weights, &format!("{prefix}.{name}.weight"), hidden, shape.norm_epsilon);
        Ok(Self {
            attention_norm: norm("attn_norm")?,
            query: Projection::load(weights, &format!("{prefix}.attn_q"), q, hidden)?,
            key: Projection::load(weights, &format!("{prefix}.attn_k"), kv, hidden)?,
            value: Projection::load(weights, &format!("{prefix}.attn_v"), kv, hidden)?,
            output: weights.matrix(&format!("{prefix}.attn_output.weight"), hidden, q)?,
            feed_forward_norm: norm("ffn_norm")?,
            feed_forward: FeedForward::load(weights, prefix, shape)?,
            heads: shape.heads,
            kv_heads: shape.kv_heads,
        })
    }
}

impl Block for Qwen2Block {
    fn forward(&self, layer: usize, x: &Tensor, step: &mut Step<'_, '_>) -> Result<Tensor> {
        let normed = self.attention_norm.forward(x)?;
        let layers = [&self.query.weight, &self.key.weight, &self.value.weight];
        let [q, k, v] = Linear::forward_all(layers, &normed)?;
        let q = step.rotate(&self.query.finish(&q, self.heads)?)?;
        let k = step.rotate(&self.key.finish(&k, self.kv_heads)?)?;
        let v = self.value.finish(&v, self.kv_heads)?.transpose(0, 1)?;
        let x = (x + self.output.forward(&step.attend(layer, [&q, &k, &v])?)?)?;
        &x + self.feed_forward.forward(&self.feed_forward_norm.forward(&x)?)?
    }
}

/// Loads a Qwen2 model for sequences of up to `context` tokens.
pub(super) fn load(weights: &Weights<'_>, context: usize) -> std::result::Result<Box<dyn super::Model>, ModelError> {
    let shape = Shape::read(weights, "qwen2")?;
    let block = |prefix: &str| Qwen2Block::load(weights, prefix, &shape);
    Ok(Box::new(Decoder::load(weights, shape.clone(), context, block)?))
}
