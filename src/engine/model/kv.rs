//! The keys and values of one sequence: what attention remembers.
//!
//! A cache is a value that the caller owns: weights never change, so one set of weights serves any number of caches. A
//! cache can grow, be cut back, and be forked, which is how one reading of an article serves three languages. It is made
//! of pages of a fixed length. A fork shares them, and copies one only when it writes to it; so memory grows with
//! the tokens in use, and an article is held once.

use std::collections::HashSet;
use std::sync::Arc;

use candle_core::{DType, Device, Result, Tensor};

use super::kernel::PAGE;

/// Keys and values of every layer for one sequence.
#[derive(Debug, Clone)]
pub struct KvCache {
    layers: Vec<Vec<Arc<Page>>>,
    length: usize,
    shape: PageShape,
    device: Device,
}

/// Positions of a page on a GPU. Attention there joins the pages in every pass, and a page costs it the launch of a kernel,
/// which takes longer than the copying; but what a fork writes to, it copies.
const PAGE_ON_GPU: usize = 512;

#[derive(Debug, Clone, Copy)]
struct PageShape {
    heads: usize,
    dim: usize,
    /// Positions.
    length: usize,
}

/// Some positions of one layer, in f32. Those past the cache's length hold nothing of use.
#[derive(Debug)]
pub(super) struct Page {
    /// `[kv_heads, head_dim, length]`: across, as attention wants them.
    pub(super) keys: Tensor,
    /// `[kv_heads, length, head_dim]`
    pub(super) values: Tensor,
}

impl Page {
    fn new(shape: PageShape, device: &Device) -> Result<Self> {
        let PageShape { heads, dim, length } = shape;
        Ok(Self {
            keys: Tensor::zeros((heads, dim, length), DType::F32, device)?,
            values: Tensor::zeros((heads, length, dim), DType::F32, device)?,
        })
    }

    /// In storage of its own: candle's clones share theirs.
    fn copy(&self) -> Result<Self> {
        Ok(Self { keys: self.keys.copy()?, values: self.values.copy()? })
    }
}

impl KvCache {
    /// An empty cache for `layers` layers.
    pub fn new(layers: usize, heads: usize, dim: usize, device: &Device) -> Result<Self> {
        let length = if device.is_cpu() { PAGE } else { PAGE_ON_GPU };
        let shape = PageShape { heads, dim, length };
        Ok(Self { layers: vec![Vec::new(); layers], length: 0, shape, device: device.clone() })
    }

    /// How many positions are filled.
    pub fn len(&self) -> usize {
        self.length
    }

    /// True before the first token.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Bytes that these caches hold together: pages that forks share are counted once.
    pub fn bytes_of<'c>(caches: impl IntoIterator<Item = &'c Self>) -> usize {
        let mut counted = HashSet::new();
        let bytes = |cache: &Self| {
            let PageShape { heads, dim, length } = cache.shape;
            let pages = cache.layers.iter().flatten().filter(|page| counted.insert(Arc::as_ptr(page))).count();
            pages * 2 * size_of::<f32>() * heads * dim * length
        };
        caches.into_iter().map(bytes).sum()
    }

    /// Forgets everything after the first `length` positions.
    pub fn truncate(&mut self, length: usize) {
        self.length = self.length.min(length);
        self.layers.iter_mut().for_each(|pages| pages.truncate(self.length.div_ceil(self.shape.length)));
    }

    /// A second cache with the same past and a future of its own.
    #[must_use]
    pub fn fork(&self) -> Self {
        self.clone()
    }

    /// Writes the keys and values of new positions, `[kv_heads, new, head_dim]`, into one layer, and returns that layer's
    /// pages. The length moves with [`advance`](Self::advance), once every layer has written.
    pub(super) fn append(&mut self, layer: usize, keys: &Tensor, values: &Tensor) -> Result<&[Arc<Page>]> {
        let (keys, values) = (keys.transpose(1, 2)?, values.contiguous()?);
        let (new, page_length) = (values.dims()[1], self.shape.length);
        let mut done = 0;
        while done < new {
            let (index, offset) = ((self.length + done) / page_length, (self.length + done) % page_length);
            let count = (page_length - offset).min(new - done);
            let page = own_page(&mut self.layers[layer], index, self.shape, &self.device)?;
            page.keys.slice_set(&keys.narrow(2, done, count)?.contiguous()?, 2, offset)?;
            page.values.slice_set(&values.narrow(1, done, count)?.contiguous()?, 1, offset)?;
            done += count;
        }
        Ok(&self.layers[layer])
    }

    /// Counts `new` positions as filled.
    pub fn advance(&mut self, new: usize) {
        self.length += new;
    }
}

/// A page that nobody else holds: a new one at the end, or a copy of one that a fork shares.
fn own_page<'a>(pages: &'a mut Vec<Arc<Page>>, index: usize, shape: PageShape, device: &Device) -> Result<&'a Page> {
    if index == pages.len() {
        pages.push(Arc::new(Page::new(shape, device)?));
    }
    let page = &mut pages[index];
    if Arc::get_mut(page).is_none() {
        *page = Arc::new(page.copy()?);
    }
    Ok(page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_that_forks_share_are_counted_once() {
        let device = Device::Cpu;
        let mut cache = KvCache::new(2, 1, 4, &device).unwrap();
        let read = |cache: &mut KvCache, tokens: usize| {
            let new = Tensor::zeros((1, tokens, 4), DType::F32, &device).unwrap();
            for layer in 0..2 {
                cache.append(layer, &new, &new).unwrap();
            }
            cache.advance(tokens);
        };
        read(&mut cache, 2 * PAGE + 1);
        let page = 2 * size_of::<f32>() * 4 * PAGE;
        assert_eq!(KvCache::bytes_of([&cache]), 2 * 3 * page, "three pages in each of two layers");
        let mut fork = cache.fork();
        assert_eq!(KvCache::bytes_of([&cache, &fork]), 2 * 3 * page);
        read(&mut fork, 1);
        assert_eq!(KvCache::bytes_of([&cache, &fork]), 2 * 4 * page, "the page that it wrote to is its own");
        assert_eq!(KvCache::bytes_of([]), 0);
    }
}
