//! The parts that decoder-only transformers share: sizes, norm and feed-forward layer. Attention has a room of
//! its own, and so has what differs between architectures.

use candle_core::{Result, Tensor};

use super::ModelError;
use super::kernel::Gate;
use super::linear::Linear;
use super::rope::Rotation;
use super::weights::Weights;

/// The sizes and habits of a model, from its file.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Shape {
    pub(super) layers: usize,
    pub(super) hidden: usize,
    pub(super) heads: usize,
    pub(super) kv_heads: usize,
    pub(super) head_dim: usize,
    pub(super) feed_forward: usize,
    pub(super) vocabulary: usize,
    pub(super) norm_epsilon: f32,
    /// The first turns every layer's heads, save those that an architecture turns by another.
    pub(super) rotations: Vec<Rotation>,
    /// The bend of the feed-forward layer.
    pub(super) gate: Gate,
    /// What embeddings are multiplied by.
    pub(super) embedding_scale: f64,
    /// Positions that the model was trained for.
    pub(super) context: usize,
    /// Queries, keys and values have biases.
    pub(super) has_biases: bool,
    /// There are norms on each head's queries and keys.
    pub(super) has_head_norms: bool,
    /// There are norms behind attention and feed-forward, too.
    pub(super) has_post_norms: bool,
    /// Attention divides by the root of a head's width; what queries are multiplied by on top of that.
    pub(super) query_scale: f64,
    pub(super) local: Option<Local>,
}

/// Layers that see a short window and are turned by the second rotation: all but the last of each period.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Local {
    pub(super) window: usize,
    pub(super) period: usize,
}

impl Shape {
    /// Reads the sizes; `arch` is the prefix of the keys.
    pub(super) fn read(weights: &Weights<'_>, arch: &str) -> std::result::Result<Self, ModelError> {
        let header = weights.header();
        let size = |key: &str, limit| header.size(&format!("{arch}.{key}"), limit);
        let (hidden, heads) = (size("embedding_length", 1 << 16)?, size("attention.head_count", 1024)?);
        let key_length = format!("{arch}.attention.key_length");
        let head_dim = if header.has(&key_length) { header.size(&key_length, 1024)? } else { hidden / heads };
        let shape = Self {
            layers: size("block_count", 1024)?,
            hidden,
            heads,
            kv_heads: size("attention.head_count_kv", 1024)?,
            head_dim,
            feed_forward: size("feed_forward_length", 1 << 20)?,
            vocabulary: header.texts("tokenizer.ggml.tokens")?.len(),
            norm_epsilon: header.positive(&format!("{arch}.attention.layer_norm_rms_epsilon"), 1e-6)? as f32,
            rotations: vec![Rotation::read(header, arch)?],
            gate: Gate::Silu,
            embedding_scale: 1.0,
            context: size("context_length", 1 << 24)?,
            has_biases: false,
            has_head_norms: false,
            has_post_norms: false,
            query_scale: 1.0,
            local: None,
        };
        if !shape.heads.is_multiple_of(shape.kv_heads) || shape.head_dim == 0 || !shape.head_dim.is_multiple_of(2) {
            return Err(header.malformed(format!("its head counts do not fit together: {shape:?}")).into());
        }
        Ok(shape)
    }
}

/// The tensors of one layer, by their names in the file.
#[derive(Clone, Copy)]
pub(super) struct LayerWeights<'a> {
    pub(super) weights: &'a Weights<'a>,
    pub(super) shape: &'a Shape,
    /// The layer's number.
    pub(super) layer: usize,
}

impl LayerWeights<'_> {
    /// The whole name of a tensor of this layer.
    fn name(&self, part: &str) -> String {
        format!("blk.{}.{part}", self.layer)
    }

    /// `[out, inner]`
    pub(super) fn matrix(&self, part: &str, out: usize, inner: usize) -> std::result::Result<Linear, ModelError> {
        self.weights.matrix(&self.name(&format!("{part}.weight")), out, inner)
    }

    pub(super) fn bias(&self, part: &str, length: usize) -> std::result::Result<Tensor, ModelError> {
        self.weights.vector(&self.name(&format!("{part}.bias")), length)
    }

    pub(super) fn norm(&self, part: &str, length: usize) -> std::result::Result<Norm, ModelError> {
        Norm::load(self.weights, &self.name(&format!("{part}.weight")), length, self.shape.norm_epsilon)
    }
}

/// Root-mean-square norm (Zhang and Sennrich, 2019).
pub(super) struct Norm {
    gain: Tensor,
    epsilon: f32,
}

impl Norm {
    pub(super) fn load(
        weights: &Weights<'_>,
        name: &str,
        length: usize,
        epsilon: f32,
    ) -> std::result::Result<Self, ModelError> {
        Ok(Self { gain: weights.vector(name, length)?, epsilon })
    }

    /// The same norm with its result multiplied by `factor`.
    pub(super) fn times(self, factor: f64) -> Result<Self> {
        Ok(Self { gain: (self.gain * factor)?, epsilon: self.epsilon })
    }

    /// Norms the last dimension.
    pub(super) fn forward(&self, x: &Tensor) -> Result<Tensor> {
        candle_nn::ops::rms_norm(x, &self.gain, self.epsilon)
    }
}

/// The gated feed-forward layer (Shazeer, 2020).
pub(super) struct FeedForward {
    kind: Gate,
    gate: Linear,
    up: Linear,
    down: Linear,
}

impl FeedForward {
    pub(super) fn load(from: LayerWeights<'_>) -> std::result::Result<Self, ModelError> {
        let (hidden, inner) = (from.shape.hidden, from.shape.feed_forward);
        Ok(Self {
            kind: from.shape.gate,
            gate: from.matrix("ffn_gate", inner, hidden)?,
            up: from.matrix("ffn_up", inner, hidden)?,
            down: from.matrix("ffn_down", hidden, inner)?,
        })
    }

    pub(super) fn forward(&self, x: &Tensor) -> Result<Tensor> {
        Linear::forward_gated([&self.gate, &self.up, &self.down], self.kind, x)
    }
}
