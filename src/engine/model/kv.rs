//! The keys and values of one sequence: what attention remembers.
//!
//! A cache is a value that the caller owns: weights never change, so one set of weights serves any number of caches. A
//! cache can grow, be cut back, and be forked, which is how one reading of an article serves three languages. Memory
//! grows with the tokens in use, in steps of [`BLOCK`] positions.

use candle_core::{DType, Device, Result, Tensor};

/// Positions by which a cache grows.
const BLOCK: usize = 256;

/// Keys and values of every layer for one sequence.
#[derive(Debug)]
pub struct KvCache {
    layers: Vec<Layer>,
    length: usize,
}

/// Both tensors are `[kv_heads, capacity, head_dim]` in f32; positions past the cache's length hold nothing of use.
#[derive(Debug)]
struct Layer {
    keys: Tensor,
    values: Tensor,
}

impl Layer {
    fn new(heads: usize, capacity: usize, dim: usize, device: &Device) -> Result<Self> {
        let empty = || Tensor::zeros((heads, capacity, dim), DType::F32, device);
        Ok(Self { keys: empty()?, values: empty()? })
    }

    fn capacity(&self) -> usize {
        self.keys.dims()[1]
    }

    /// A copy of the first `length` positions, in storage of its own: candle's clones share theirs.
    fn copy(&self, length: usize, capacity: usize) -> Result<Self> {
        let (heads, _, dim) = self.keys.dims3()?;
        let copy = Self::new(heads, capacity, dim, self.keys.device())?;
        if length > 0 {
            copy.keys.slice_set(&self.keys.narrow(1, 0, length)?.contiguous()?, 1, 0)?;
            copy.values.slice_set(&self.values.narrow(1, 0, length)?.contiguous()?, 1, 0)?;
        }
        Ok(copy)
    }
}

impl KvCache {
    /// An empty cache for `layers` layers.
    pub fn new(layers: usize, heads: usize, dim: usize, device: &Device) -> Result<Self> {
        let layers = (0..layers).map(|_| Layer::new(heads, 0, dim, device)).collect::<Result<_>>()?;
        Ok(Self { layers, length: 0 })
    }

    /// How many positions are filled.
    pub fn len(&self) -> usize {
        self.length
    }

    /// True before the first token.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Bytes held, capacity included.
    pub fn bytes(&self) -> usize {
        self.layers.iter().map(|layer| 2 * 4 * layer.keys.elem_count()).sum()
    }

    /// Forgets everything after the first `length` positions.
    pub fn truncate(&mut self, length: usize) {
        self.length = self.length.min(length);
    }

    /// A second cache with the same past and a future of its own.
    pub fn fork(&self) -> Result<Self> {
        let capacity = self.length.next_multiple_of(BLOCK);
        let layers = self.layers.iter().map(|layer| layer.copy(self.length, capacity)).collect::<Result<_>>()?;
        Ok(Self { layers, length: self.length })
    }

    /// Writes the keys and values of new positions, `[kv_heads, new, head_dim]`, into one layer, and returns all of that
    /// layer's, old and new. The length moves with [`advance`](Self::advance), once every layer has written.
    pub(super) fn append(&mut self, layer: usize, keys: &Tensor, values: &Tensor) -> Result<(Tensor, Tensor)> {
        let total = self.length + keys.dims()[1];
        let layer = &mut self.layers[layer];
        if total > layer.capacity() {
            *layer = layer.copy(self.length, total.next_multiple_of(BLOCK))?;
        }
        layer.keys.slice_set(&keys.contiguous()?, 1, self.length)?;
        layer.values.slice_set(&values.contiguous()?, 1, self.length)?;
        Ok((layer.keys.narrow(1, 0, total)?, layer.values.narrow(1, 0, total)?))
    }

    /// Counts `new` positions as filled.
    pub fn advance(&mut self, new: usize) {
        self.length += new;
    }
}
