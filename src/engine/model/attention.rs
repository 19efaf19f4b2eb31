//! Self-attention with grouped heads: projections, positions, and the look back over what the cache holds.
//!
//! A forward pass takes several sequences at once. Projections treat their tokens as the rows of one matrix, so that the
//! weights are read once for all of them; the look back takes one sequence at a time. What differs between architectures
//! is data: biases, norms on each head, a window, and which rotation turns the heads.

use std::sync::Arc;

use candle_core::{Device, Result, Tensor};

use super::kernel::{self, PAGE};
use super::kv::Page;
use super::linear::{Linear, Processor, numbers, with_values};
use super::parts::{LayerWeights, Local, Norm};
use super::rope::Rope;
use super::{ModelError, Slot};

/// One forward pass under way: the sequences, and the rotary rows of their new positions.
pub(super) struct Step<'a, 'b> {
    pub(super) slots: &'a mut [Slot<'b>],
    /// One for each of the shape's rotations.
    pub(super) ropes: Vec<Rope>,
    pub(super) processor: &'a Processor,
    /// Made when they are first needed; the layers share them.
    pub(super) masks: Vec<Mask>,
}

/// What new tokens may look at.
pub(super) struct Mask {
    view: View,
    /// Zero where a token may look, minus infinity where it may not: `[new, past + new]`.
    values: Tensor,
}

/// What a mask depends on.
#[derive(Debug, Clone, Copy, PartialEq)]
struct View {
    new: usize,
    /// Positions before the new ones that are looked at.
    past: usize,
    window: Option<usize>,
}

/// Where a layer looks.
#[derive(Debug, Clone, Copy)]
struct Look {
    layer: usize,
    /// Which of the shape's rotations turns its heads: the second for a layer with a window.
    rotation: usize,
    /// How many positions back it sees, its own included; all of them without it.
    window: Option<usize>,
}

/// The attention half of a block.
pub(super) struct SelfAttention {
    query: Linear,
    key: Linear,
    value: Linear,
    output: Linear,
    /// Added to queries, keys and values.
    biases: Option<[Tensor; 3]>,
    /// On each head's queries and keys.
    head_norms: Option<[Norm; 2]>,
    head_dim: usize,
    look: Look,
}

impl SelfAttention {
    /// With the biases and norms of the shape.
    pub(super) fn load(from: LayerWeights<'_>) -> std::result::Result<Self, ModelError> {
        let shape = from.shape;
        let (hidden, q, kv) = (shape.hidden, shape.heads * shape.head_dim, shape.kv_heads * shape.head_dim);
        let is_local = |local: &Local| from.layer % local.period < local.period - 1;
        let window = shape.local.filter(is_local).map(|local| local.window);
        let biases = || -> std::result::Result<_, ModelError> {
            Ok([from.bias("attn_q", q)?, from.bias("attn_k", kv)?, from.bias("attn_v", kv)?])
        };
        let head_norms = || -> std::result::Result<_, ModelError> {
            let of_queries = from.norm("attn_q_norm", shape.head_dim)?.times(shape.query_scale)?;
            Ok([of_queries, from.norm("attn_k_norm", shape.head_dim)?])
        };
        Ok(Self {
            query: from.matrix("attn_q", q, hidden)?,
            key: from.matrix("attn_k", kv, hidden)?,
            value: from.matrix("attn_v", kv, hidden)?,
            output: from.matrix("attn_output", hidden, q)?,
            biases: shape.has_biases.then(biases).transpose()?,
            head_norms: shape.has_head_norms.then(head_norms).transpose()?,
            head_dim: shape.head_dim,
            look: Look { layer: from.layer, rotation: usize::from(window.is_some()), window },
        })
    }

    /// Maps `[tokens, hidden]` to the same shape.
    pub(super) fn forward(&self, x: &Tensor, step: &mut Step<'_, '_>) -> Result<Tensor> {
        let mut projected = Linear::forward_all([&self.query, &self.key, &self.value], x)?;
        if let Some(biases) = &self.biases {
            for (x, bias) in projected.iter_mut().zip(biases) {
                *x = x.broadcast_add(bias)?;
            }
        }
        let [q, k, v] = &projected;
        let (mut q, mut k, v) = (self.by_head(q)?, self.by_head(k)?, self.by_head(v)?);
        if let Some([of_queries, of_keys]) = &self.head_norms {
            (q, k) = (of_queries.forward(&q)?, of_keys.forward(&k)?);
        }
        let rope = &step.ropes[self.look.rotation];
        let turn = |x: Tensor| rope.turn(&x.transpose(0, 1)?.contiguous()?);
        let (q, k, v) = (turn(q)?, turn(k)?, v.transpose(0, 1)?);
        self.output.forward(&step.attend(self.look, [&q, &k, &v])?)
    }

    /// `[tokens, heads * head_dim]` to `[tokens, heads, head_dim]`.
    fn by_head(&self, x: &Tensor) -> Result<Tensor> {
        let (tokens, out) = x.dims2()?;
        x.reshape((tokens, out / self.head_dim, self.head_dim))
    }
}

impl Step<'_, '_> {
    /// Causal attention. Queries are `[heads, tokens, head_dim]`, keys and values `[kv_heads, tokens, head_dim]`; the
    /// answer is `[tokens, heads * head_dim]`.
    fn attend(&mut self, look: Look, [q, k, v]: [&Tensor; 3]) -> Result<Tensor> {
        let mut rows = Vec::with_capacity(self.slots.len());
        let mut start = 0;
        for slot in self.slots.iter_mut() {
            let n = slot.tokens.len();
            let part = |x: &Tensor| x.narrow(1, start, n);
            let past = slot.cache.len();
            let pages = slot.cache.append(look.layer, &part(k)?, &part(v)?)?;
            let back = Past { pages, length: past, window: look.window };
            rows.push(attention(self.processor, &mut self.masks, &part(q)?, back)?);
            start += n;
        }
        if rows.len() == 1 { Ok(rows.remove(0)) } else { Tensor::cat(&rows, 0) }
    }
}

/// What new tokens of one sequence look back at.
#[derive(Clone, Copy)]
struct Past<'a> {
    /// With the new tokens' own keys and values.
    pages: &'a [Arc<Page>],
    /// Positions before the new ones.
    length: usize,
    window: Option<usize>,
}

/// Attention of one sequence's new tokens, `[heads, new, dim]`.
fn attention(processor: &Processor, masks: &mut Vec<Mask>, q: &Tensor, back: Past<'_>) -> Result<Tensor> {
    let (heads, new, dim) = q.dims3()?;
    let Some(simd) = processor.simd.filter(|_| dim % 16 == 0 && q.device().is_cpu()) else {
        return attention_by_candle(masks, q, back);
    };
    // The guards keep the numbers readable while they are lent.
    let keys: Vec<_> = back.pages.iter().map(|page| page.keys.storage_and_layout().0).collect();
    let values: Vec<_> = back.pages.iter().map(|page| page.values.storage_and_layout().0).collect();
    let keys = keys.iter().map(|keys| numbers(keys)).collect::<Result<Vec<_>>>()?;
    let values = values.iter().map(|values| numbers(values)).collect::<Result<Vec<_>>>()?;
    let mixed = with_values(q, |queries| {
        let attention = kernel::Attention {
            simd,
            queries,
            keys: &keys,
            values: &values,
            heads,
            kv_heads: keys.first().map_or(1, |page| page.len() / (dim * PAGE)),
            dim,
            past: back.length,
            scale: 1.0 / (dim as f32).sqrt(),
            window: back.window,
        };
        attention.run(&processor.pool)
    })?;
    Tensor::from_vec(mixed, (new, heads * dim), q.device())
}

/// The same with candle's operations, for other devices and processors.
fn attention_by_candle(masks: &mut Vec<Mask>, q: &Tensor, back: Past<'_>) -> Result<Tensor> {
    let (heads, n, dim) = q.dims3()?;
    // What lies before the window of the first new token is in nobody's window.
    let unseen = back.window.map_or(0, |window| (back.length + 1).saturating_sub(window));
    let past = back.length - unseen;
    let total = past + n;
    let keys: Vec<&Tensor> = back.pages.iter().map(|page| &page.keys).collect();
    let values: Vec<&Tensor> = back.pages.iter().map(|page| &page.values).collect();
    let keys = Tensor::cat(&keys, 2)?.narrow(2, unseen, total)?.contiguous()?;
    let values = Tensor::cat(&values, 1)?.narrow(1, unseen, total)?.contiguous()?;
    let kv_heads = keys.dims()[0];
    let group = heads / kv_heads;
    let q = (q.contiguous()?.reshape((kv_heads, group * n, dim))? / (dim as f64).sqrt())?;
    let mut scores = q.matmul(&keys)?;
    if n > 1 {
        let mask = mask(masks, View { new: n, past, window: back.window }, q.device())?;
        scores =
            scores.reshape((kv_heads, group, n, total))?.broadcast_add(mask)?.reshape((kv_heads, group * n, total))?;
    }
    let weights = candle_nn::ops::softmax_last_dim(&scores)?;
    let mixed = weights.matmul(&values)?;
    mixed.reshape((heads, n, dim))?.transpose(0, 1)?.reshape((n, heads * dim))
}

/// The mask of a view, made once a pass: it is computed on the processor, and a GPU has to be sent it.
fn mask<'a>(masks: &'a mut Vec<Mask>, view: View, device: &Device) -> Result<&'a Tensor> {
    let known = masks.iter().position(|mask| mask.view == view);
    let index = match known {
        Some(index) => index,
        None => {
            masks.push(Mask { view, values: causal_mask(view, device)? });
            masks.len() - 1
        }
    };
    Ok(&masks[index].values)
}

fn causal_mask(View { new, past, window }: View, device: &Device) -> Result<Tensor> {
    let total = past + new;
    let sees = |from: usize, to: usize| to <= from && window.is_none_or(|window| from - to < window);
    let mask: Vec<f32> =
        (0..new * total).map(|i| if sees(past + i / total, i % total) { 0.0 } else { f32::NEG_INFINITY }).collect();
    Tensor::from_vec(mask, (new, total), device)
}
