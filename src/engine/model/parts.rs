//! The parts that decoder-only transformers share: embedding, norm, rotary positions, attention, feed-forward, head.
//!
//! A forward pass takes several sequences at once. Everything but attention treats their tokens as the rows of one
//! matrix, `[tokens, hidden]`, so that the weights are read once for all of them; attention takes one sequence at a time.
//! An architecture (`qwen2`, `qwen3`) puts these parts together and adds what is its own.

use std::sync::Arc;

use candle_core::quantized::QTensor;
use candle_core::{DType, Device, Result, Tensor};

use super::kernel::{Attention, PAGE};
use super::kv::Page;
use super::linear::{Linear, Packed, Processor, numbers, with_values};
use super::weights::Weights;
use super::{ModelError, Slot};

/// The sizes of a model, from its file.
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
    pub(super) rope_base: f64,
    /// Positions that the model was trained for.
    pub(super) context: usize,
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
            rope_base: header.positive(&format!("{arch}.rope.freq_base"), 10_000.0)?,
            context: size("context_length", 1 << 24)?,
        };
        if !shape.heads.is_multiple_of(shape.kv_heads) || shape.head_dim == 0 || !shape.head_dim.is_multiple_of(2) {
            return Err(header.malformed(format!("its head counts do not fit together: {shape:?}")).into());
        }
        Ok(shape)
    }
}

/// The token embedding, kept as it is stored: rows are turned into f32 when they are asked for.
pub(super) enum Embedding {
    Packed(Packed),
    Candle(Arc<QTensor>),
}

impl Embedding {
    pub(super) fn load(weights: &Weights<'_>, shape: &Shape) -> std::result::Result<Self, ModelError> {
        const NAME: &str = "token_embd.weight";
        Ok(match weights.packed(NAME, shape.vocabulary, shape.hidden)? {
            Some(packed) => Self::Packed(packed),
            None => Self::Candle(weights.quantized(NAME, &[shape.vocabulary, shape.hidden])?),
        })
    }

    fn forward(&self, tokens: &[u32], device: &Device) -> Result<Tensor> {
        match self {
            Self::Candle(table) => table.embedding(&Tensor::new(tokens, device)?),
            Self::Packed(Packed { matrix, .. }) => {
                let mut rows = vec![0.0; tokens.len() * matrix.inputs()];
                let each = tokens.iter().zip(rows.chunks_exact_mut(matrix.inputs()));
                each.for_each(|(&token, row)| matrix.row(token as usize, row));
                Tensor::from_vec(rows, (tokens.len(), matrix.inputs()), device)
            }
        }
    }

    /// The output head: the file's own, or this same matrix where the model ties the two.
    pub(super) fn head(&self, weights: &Weights<'_>, shape: &Shape) -> std::result::Result<Linear, ModelError> {
        if weights.has("output.weight") {
            return weights.matrix("output.weight", shape.vocabulary, shape.hidden);
        }
        match self {
            Self::Packed(packed) => Ok(Linear::Packed(packed.clone())),
            Self::Candle(table) => super::weights::ready(Linear::from_quantized(table.clone())?, shape.hidden),
        }
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

    /// Norms the last dimension.
    pub(super) fn forward(&self, x: &Tensor) -> Result<Tensor> {
        candle_nn::ops::rms_norm(x, &self.gain, self.epsilon)
    }
}

/// Cosines and sines of rotary positions (Su et al., 2021), `[positions, head_dim / 2]`, in f32: half precision is off by
/// a third of a radian after a thousand positions. Sized to the context in use, not to what the model was trained for.
pub(super) struct Rope {
    cos: Tensor,
    sin: Tensor,
}

impl Rope {
    pub(super) fn new(shape: &Shape, positions: usize, device: &Device) -> Result<Self> {
        let half = shape.head_dim / 2;
        let angles = (0..positions * half).map(|i| {
            let frequency = shape.rope_base.powf(-2.0 * (i % half) as f64 / shape.head_dim as f64);
            (i / half) as f64 * frequency
        });
        let table = |f: fn(f64) -> f64| -> Result<Tensor> {
            let values: Vec<f32> = angles.clone().map(|angle| f(angle) as f32).collect();
            Tensor::from_vec(values, (positions, half), device)
        };
        Ok(Self { cos: table(f64::cos)?, sin: table(f64::sin)? })
    }

    fn positions(&self) -> usize {
        self.cos.dims()[0]
    }
}

/// One forward pass under way: the sequences, and the rotary rows of their new positions.
pub(super) struct Step<'a, 'b> {
    slots: &'a mut [Slot<'b>],
    cos: Tensor,
    sin: Tensor,
    processor: &'a Processor,
}

impl Step<'_, '_> {
    /// Turns `[tokens, heads, head_dim]` into `[heads, tokens, head_dim]` with each row rotated to its position.
    pub(super) fn rotate(&self, x: &Tensor) -> Result<Tensor> {
        let x = x.transpose(0, 1)?.contiguous()?.unsqueeze(0)?;
        candle_nn::rotary_emb::rope(&x, &self.cos, &self.sin)?.squeeze(0)
    }

    /// Causal attention with grouped heads. `q` is `[heads, tokens, head_dim]`, `k` and `v` are
    /// `[kv_heads, tokens, head_dim]`; the answer is `[tokens, heads * head_dim]`.
    pub(super) fn attend(&mut self, layer: usize, [q, k, v]: [&Tensor; 3]) -> Result<Tensor> {
        let mut rows = Vec::with_capacity(self.slots.len());
        let mut start = 0;
        for slot in self.slots.iter_mut() {
            let n = slot.tokens.len();
            let part = |x: &Tensor| x.narrow(1, start, n);
            let past = slot.cache.len();
            let pages = slot.cache.append(layer, &part(k)?, &part(v)?)?;
            rows.push(attention(self.processor, &part(q)?, pages, past)?);
            start += n;
        }
        if rows.len() == 1 { Ok(rows.remove(0)) } else { Tensor::cat(&rows, 0) }
    }
}

/// Attention of one sequence's new tokens over all of its positions; `past` is how many came before the new ones.
fn attention(processor: &Processor, q: &Tensor, pages: &[Arc<Page>], past: usize) -> Result<Tensor> {
    let (heads, new, dim) = q.dims3()?;
    match processor.simd {
        Some(simd) if dim % 16 == 0 && q.device().is_cpu() => {
            let stored: Vec<_> = pages
                .iter()
                .map(|page| (page.keys.storage_and_layout().0, page.values.storage_and_layout().0))
                .collect();
            let keys = stored.iter().map(|(keys, _)| numbers(keys)).collect::<Result<Vec<_>>>()?;
            let values = stored.iter().map(|(_, values)| numbers(values)).collect::<Result<Vec<_>>>()?;
            let mixed = with_values(q, |queries| {
                let (keys, values, scale) = (keys.as_slice(), values.as_slice(), 1.0 / (dim as f32).sqrt());
                let kv_heads = keys.first().map_or(1, |page| page.len() / (dim * PAGE));
                let attention = Attention { queries, keys, values, heads, kv_heads, dim, past, scale, window: None };
                attention.run(simd, &processor.pool)
            })?;
            Tensor::from_vec(mixed, (new, heads * dim), q.device())
        }
        _ => attention_by_candle(q, pages, past),
    }
}

/// The same with candle's operations, for other devices and processors.
fn attention_by_candle(q: &Tensor, pages: &[Arc<Page>], past: usize) -> Result<Tensor> {
    let (heads, n, dim) = q.dims3()?;
    let total = past + n;
    let keys: Vec<&Tensor> = pages.iter().map(|page| &page.keys).collect();
    let values: Vec<&Tensor> = pages.iter().map(|page| &page.values).collect();
    let (keys, values) = (Tensor::cat(&keys, 2)?.narrow(2, 0, total)?, Tensor::cat(&values, 1)?.narrow(1, 0, total)?);
    let kv_heads = keys.dims()[0];
    let group = heads / kv_heads;
    let q = (q.contiguous()?.reshape((kv_heads, group * n, dim))? / (dim as f64).sqrt())?;
    let mut scores = q.matmul(&keys.contiguous()?)?;
    if n > 1 {
        let mask = causal_mask(n, past, q.device())?;
        scores =
            scores.reshape((kv_heads, group, n, total))?.broadcast_add(&mask)?.reshape((kv_heads, group * n, total))?;
    }
    let weights = candle_nn::ops::softmax_last_dim(&scores)?;
    let mixed = weights.matmul(&values.contiguous()?)?;
    mixed.reshape((heads, n, dim))?.transpose(0, 1)?.reshape((n, heads * dim))
}

/// `[n, past + n]`: zero where a token may look, minus infinity where it may not.
fn causal_mask(n: usize, past: usize, device: &Device) -> Result<Tensor> {
    let total = past + n;
    let mask: Vec<f32> =
        (0..n * total).map(|i| if i % total > past + i / total { f32::NEG_INFINITY } else { 0.0 }).collect();
    Tensor::from_vec(mask, (n, total), device)
}

/// The gated feed-forward layer with SiLU (Shazeer, 2020).
pub(super) struct FeedForward {
    gate: Linear,
    up: Linear,
    down: Linear,
}

impl FeedForward {
    pub(super) fn load(weights: &Weights<'_>, prefix: &str, shape: &Shape) -> std::result::Result<Self, ModelError> {
        let (hidden, inner) = (shape.hidden, shape.feed_forward);
        Ok(Self {
            gate: weights.matrix(&format!("{prefix}.ffn_gate.weight"), inner, hidden)?,
            up: weights.matrix(&format!("{prefix}.ffn_up.weight"), inner, hidden)?,
            down: weights.matrix(&format!("{prefix}.ffn_down.weight"), hidden, inner)?,
        })
    }

    pub(super) fn forward(&self, x: &Tensor) -> Result<Tensor> {
        Linear::forward_gated([&self.gate, &self.up, &self.down], x)
    }
}

/// One layer of an architecture.
pub(super) trait Block: Send + Sync {
    /// Maps `[tokens, hidden]` to the same shape.
    fn forward(&self, layer: usize, x: &Tensor, step: &mut Step<'_, '_>) -> Result<Tensor>;
}

/// Embedding, blocks, norm and head: the frame around every architecture's blocks.
pub(super) struct Decoder<B> {
    pub(super) shape: Shape,
    pub(super) embedding: Embedding,
    pub(super) rope: Rope,
    pub(super) blocks: Vec<B>,
    pub(super) norm: Norm,
    pub(super) head: Linear,
    pub(super) device: Device,
    pub(super) processor: Arc<Processor>,
}

impl<B: Block> Decoder<B> {
    /// Loads the frame, and each block with `block`.
    pub(super) fn load(
        weights: &Weights<'_>,
        shape: Shape,
        context: usize,
        block: impl Fn(&str) -> std::result::Result<B, ModelError> + Sync,
    ) -> std::result::Result<Self, ModelError> {
        let embedding = Embedding::load(weights, &shape)?;
        let share = shape.layers.div_ceil(candle_core::utils::get_num_threads().clamp(1, 8));
        let layers: Vec<usize> = (0..shape.layers).collect();
        let load = |layers: &[usize]| layers.iter().map(|layer| block(&format!("blk.{layer}"))).collect::<Vec<_>>();
        let (head, blocks) = std::thread::scope(|scope| {
            let threads: Vec<_> = layers.chunks(share).map(|layers| scope.spawn(|| load(layers))).collect();
            let head = embedding.head(weights, &shape);
            let loaded = threads
                .into_iter()
                .flat_map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
            (head, loaded.collect::<std::result::Result<Vec<_>, _>>())
        });
        Ok(Self {
            rope: Rope::new(&shape, context.min(shape.context), weights.device())?,
            norm: Norm::load(weights, "output_norm.weight", shape.hidden, shape.norm_epsilon)?,
            head: head?,
            device: weights.device().clone(),
            processor: weights.processor().clone(),
            blocks: blocks?,
            embedding,
            shape,
        })
    }
}

impl<B: Block> super::Model for Decoder<B> {
    fn forward(&self, slots: &mut [Slot<'_>]) -> std::result::Result<Tensor, ModelError> {
        let tokens: Vec<u32> = slots.iter().flat_map(|slot| slot.tokens).copied().collect();
        let positions = slots.iter().flat_map(|slot| (slot.cache.len()..).take(slot.tokens.len()));
        let positions: Vec<u32> = positions.map(|position| position as u32).collect();
        if let Some(&last) = positions.iter().max().filter(|&&last| last as usize >= self.rope.positions()) {
            return Err(ModelError::ContextFull { position: last as usize, limit: self.rope.positions() });
        }
        if let Some(&token) = tokens.iter().find(|&&token| token as usize >= self.shape.vocabulary) {
            return Err(ModelError::UnknownToken { token, vocabulary: self.shape.vocabulary });
        }
        // candle's own thread pool stays warm across the many short parallel sections of a pass.
        Ok(self.device.with_context(|| self.run(slots, &tokens, positions))?)
    }

    fn new_cache(&self) -> std::result::Result<super::KvCache, ModelError> {
        Ok(super::KvCache::new(self.shape.layers, self.shape.kv_heads, self.shape.head_dim, &self.device)?)
    }

    fn context(&self) -> usize {
        self.rope.positions()
    }
}

impl<B: Block> Decoder<B> {
    /// The pass itself, on tokens and positions that fit.
    fn run(&self, slots: &mut [Slot<'_>], tokens: &[u32], positions: Vec<u32>) -> Result<Tensor> {
        let positions = Tensor::new(positions, &self.device)?;
        let mut x = self.embedding.forward(tokens, &self.device)?;
        let (cos, sin) = (self.rope.cos.index_select(&positions, 0)?, self.rope.sin.index_select(&positions, 0)?);
        let mut step = Step { slots, cos, sin, processor: &self.processor };
        for (layer, block) in self.blocks.iter().enumerate() {
            x = block.forward(layer, &x, &mut step)?;
        }
        let mut wanted = Vec::new();
        let mut end = 0u32;
        for slot in step.slots.iter_mut() {
            end += slot.tokens.len() as u32;
            wanted.extend(end - slot.rows as u32..end);
            slot.cache.advance(slot.tokens.len());
        }
        if wanted.is_empty() {
            return Tensor::zeros((0, self.shape.vocabulary), DType::F32, &self.device);
        }
        let x = x.index_select(&Tensor::new(wanted, &self.device)?, 0)?;
        self.head.forward(&self.norm.forward(&x)?)
    }
}
