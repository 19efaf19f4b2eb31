//! Qwen3 (Qwen team, 2025, arXiv 2505.09388): like Qwen2 without biases, and with a norm on each head's queries and keys
//! before they are rotated. A head's width is stated by the file and need not be hidden / heads.

use candle_core::{Result, Tensor};

use super::ModelError;
use super::linear::Linear;
use super::parts::{Block, Decoder, FeedForward, Norm, Shape, Step};
use super::weights::Weights;

struct Qwen3Block {
    attention_norm: Norm,
    query: Linear,
    key: Linear,
    value: Linear,
    query_norm: Norm,
    key_norm: Norm,
    output: Linear,
    feed_forward_norm: Norm,
    feed_forward: FeedForward,
    head_dim: usize,
}

impl Qwen3Block {
    fn load(weights: &Weights<'_>, prefix: &str, shape: &Shape) -> std::result::Result<Self, ModelError> {
        let (hidden, q, kv) = (shape.hidden, shape.heads * shape.head_dim, shape.kv_heads * shape.head_dim);
        let name = |part: &str| format!("{prefix}.{part}.weight");
        let norm = |part: &str, length| Norm::load(weights, &name(part), length, shape.norm_epsilon);
        Ok(Self {
            attention_norm: norm("attn_norm", hidden)?,
            query: weights.matrix(&name("attn_q"), q, hidden)?,
            key: weights.matrix(&name("attn_k"), kv, hidden)?,
            value: weights.matrix(&name("attn_v"), kv, hidden)?,
            query_norm: norm("attn_q_norm", shape.head_dim)?,
            key_norm: norm("attn_k_norm", shape.head_dim)?,
            output: weights.matrix(&name("attn_output"), hidden, q)?,
            feed_forward_norm: norm("ffn_norm", hidden)?,
            feed_forward: FeedForward::load(weights, prefix, shape)?,
            head_dim: shape.head_dim,
        })
    }

    /// `[tokens, heads * head_dim]` to `[tokens, heads, head_dim]`.
    fn by_head(&self, x: &Tensor) -> Result<Tensor> {
        let (tokens, out) = x.dims2()?;
        x.reshape((tokens, out / self.head_dim, self.head_dim))
    }
}

impl Block for Qwen3Block {
    fn forward(&self, layer: usize, x: &Tensor, step: &mut Step<'_, '_>) -> Result<Tensor> {
        let normed = self.attention_norm.forward(x)?;
        let [q, k, v] = Linear::forward_all([&self.query, &self.key, &self.value], &normed)?;
        let q = self.query_norm.forward(&self.by_head(&q)?)?;
        let k = self.key_norm.forward(&self.by_head(&k)?)?;
        let v = self.by_head(&v)?.transpose(0, 1)?;
        let (q, k) = (step.rotate(&q)?, step.rotate(&k)?);
        let mixed = step.attend(layer, [&q, &k, &v])?;
        let x = (x + self.output.forward(&mixed)?)?;
        &x + self.feed_forward.forward(&self.feed_forward_norm.forward(&x)?)?
    }
}

/// Loads a Qwen3 model for sequences of up to `context` tokens.
pub(super) fn load(weights: &Weights<'_>, context: usize) -> std::result::Result<Box<dyn super::Model>, ModelError> {
    let shape = Shape::read(weights, "qwen3")?;
    let block = |prefix: &str| Qwen3Block::load(weights, prefix, &shape);
    Ok(Box::new(Decoder::load(weights, shape.clone(), context, block)?))
}
