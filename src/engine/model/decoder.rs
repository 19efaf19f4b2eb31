//! A whole model of any architecture: embedding, blocks, norm and output head.

use std::sync::Arc;

use candle_core::{DType, Device, Result, Tensor};

use super::architecture;
use super::attention::{SelfAttention, Step};
use super::linear::{Linear, Processor};
use super::parts::{FeedForward, LayerWeights, Norm, Shape};
use super::rope::Rope;
use super::weights::{FileRows, Weights};
use super::{ModelError, Slot};

const EMBEDDING: &str = "token_embd.weight";

/// One layer.
struct Block {
    attention_norm: Norm,
    attention: SelfAttention,
    feed_forward_norm: Norm,
    feed_forward: FeedForward,
    /// Behind attention, and behind feed-forward.
    post_norms: Option<[Norm; 2]>,
}

impl Block {
    fn load(from: LayerWeights<'_>) -> std::result::Result<Self, ModelError> {
        let norm = |name| from.norm(name, from.shape.hidden);
        let post_norms =
            || -> std::result::Result<_, ModelError> { Ok([norm("post_attention_norm")?, norm("post_ffw_norm")?]) };
        Ok(Self {
            attention_norm: norm("attn_norm")?,
            attention: SelfAttention::load(from)?,
            feed_forward_norm: norm("ffn_norm")?,
            feed_forward: FeedForward::load(from)?,
            post_norms: from.shape.has_post_norms.then(post_norms).transpose()?,
        })
    }

    /// Maps `[tokens, hidden]` to the same shape.
    fn forward(&self, x: &Tensor, step: &mut Step<'_, '_>) -> Result<Tensor> {
        let mut mixed = self.attention.forward(&self.attention_norm.forward(x)?, step)?;
        if let Some([behind_attention, _]) = &self.post_norms {
            mixed = behind_attention.forward(&mixed)?;
        }
        let x = (x + mixed)?;
        let mut fed = self.feed_forward.forward(&self.feed_forward_norm.forward(&x)?)?;
        if let Some([_, behind_feed_forward]) = &self.post_norms {
            fed = behind_feed_forward.forward(&fed)?;
        }
        x + fed
    }
}

/// A whole model.
pub(super) struct Decoder {
    shape: Shape,
    /// Of tokens: a row is read from the file when its token comes, and most rows never are.
    embedding: FileRows,
    /// One for each of the shape's rotations.
    ropes: Vec<Rope>,
    blocks: Vec<Block>,
    norm: Norm,
    head: Linear,
    device: Device,
    processor: Arc<Processor>,
}

impl Decoder {
    /// Loads a model for sequences of up to `context` tokens.
    pub(super) fn load(weights: &Weights<'_>, context: usize) -> std::result::Result<Self, ModelError> {
        let shape = architecture::shape(weights)?;
        let embedding = weights.rows(EMBEDDING, shape.vocabulary, shape.hidden)?;
        let layers: Vec<usize> = (0..shape.layers).collect();
        let load = |layers: &[usize]| {
            let each = layers.iter().map(|&layer| Block::load(LayerWeights { weights, shape: &shape, layer }));
            each.collect::<Vec<_>>()
        };
        // A matrix of its own, or the embedding's where the model ties the two.
        let own = Some("output.weight").filter(|name| weights.has(name));
        let head = || weights.matrix(own.unwrap_or(EMBEDDING), shape.vocabulary, shape.hidden);
        let (head, blocks) = match weights.device().is_cpu() {
            true => side_by_side(&layers, load, head),
            // candle gives each thread a stream of its own and all threads one scratch space, so that on a GPU a second
            // thread could write where the first still reads.
            false => (head(), load(&layers)),
        };
        let positions = context.min(shape.context);
        let rope = |rotation| Rope::new(rotation, shape.head_dim, positions, weights.device());
        let whole = Self {
            ropes: shape.rotations.iter().map(rope).collect::<Result<_>>()?,
            norm: Norm::load(weights, "output_norm.weight", shape.hidden, shape.norm_epsilon)?,
            head: head?,
            device: weights.device().clone(),
            processor: weights.processor().clone(),
            blocks: blocks.into_iter().collect::<std::result::Result<_, _>>()?,
            embedding,
            shape,
        };
        // Whoever runs the model may be another thread, with a stream that does not wait for this one's.
        whole.device.synchronize()?;
        Ok(whole)
    }

    /// The pass itself, on embedded tokens and positions that fit.
    fn run(&self, slots: &mut [Slot<'_>], mut x: Tensor, positions: Vec<u32>) -> Result<Tensor> {
        let positions = Tensor::new(positions, &self.device)?;
        if self.shape.embedding_scale != 1.0 {
            x = (x * self.shape.embedding_scale)?;
        }
        let ropes = self.ropes.iter().map(|rope| rope.at(&positions)).collect::<Result<_>>()?;
        let mut step = Step { slots, ropes, processor: &self.processor, masks: Vec::new() };
        for block in &self.blocks {
            x = block.forward(&x, &mut step)?;
        }
        let mut wanted = Vec::new();
        let mut end = 0u32;
        for slot in step.slots.iter_mut() {
            end += slot.tokens.len() as u32;
            wanted.extend(end - slot.rows as u32..end);
            slot.cache.advance(slot.tokens.len());
        }
        if wanted.is_empty() {
            // In memory, because a GPU has no room of no bytes.
            return Tensor::zeros((0, self.shape.vocabulary), DType::F32, &Device::Cpu);
        }
        let x = x.index_select(&Tensor::new(wanted, &self.device)?, 0)?;
        self.head.forward(&self.norm.forward(&x)?)
    }
}

/// Loads the layers by several threads, and the head meanwhile.
fn side_by_side<B: Send, H>(
    layers: &[usize],
    load: impl Fn(&[usize]) -> Vec<B> + Sync,
    head: impl FnOnce() -> H,
) -> (H, Vec<B>) {
    let share = layers.len().div_ceil(candle_core::utils::get_num_threads().clamp(1, 8));
    std::thread::scope(|scope| {
        let threads: Vec<_> = layers.chunks(share).map(|layers| scope.spawn(|| load(layers))).collect();
        let head = head();
        let loaded = threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        (head, loaded.collect())
    })
}

impl super::Model for Decoder {
    fn forward(&self, slots: &mut [Slot<'_>]) -> std::result::Result<Tensor, ModelError> {
        let tokens: Vec<u32> = slots.iter().flat_map(|slot| slot.tokens).copied().collect();
        let positions = slots.iter().flat_map(|slot| (slot.cache.len()..).take(slot.tokens.len()));
        let positions: Vec<u32> = positions.map(|position| position as u32).collect();
        let limit = self.context();
        if let Some(&last) = positions.iter().max().filter(|&&last| last as usize >= limit) {
            return Err(ModelError::ContextFull { position: last as usize, limit });
        }
        if let Some(&token) = tokens.iter().find(|&&token| token as usize >= self.shape.vocabulary) {
            return Err(ModelError::UnknownToken { token, vocabulary: self.shape.vocabulary });
        }
        let embedded = self.embedding.read(&tokens)?;
        // candle's own thread pool stays warm across the many short parallel sections of a pass.
        Ok(self.device.with_context(|| self.run(slots, embedded, positions))?)
    }

    fn new_cache(&self) -> std::result::Result<super::KvCache, ModelError> {
        Ok(super::KvCache::new(self.shape.layers, self.shape.kv_heads, self.shape.head_dim, &self.device)?)
    }

    fn context(&self) -> usize {
        self.ropes[0].positions()
    }
}
