//! Attention without a matrix of all scores: a tile of queries meets a tile of positions at a time, and a running
//! maximum and sum keep the softmax exact (Milakov and Gimelshein, 2018; Dao et al., 2022, "FlashAttention").
//!
//! Memory is a few kilobytes a thread, however long the context. A query's result has the same bits whatever other
//! queries are computed beside it: its sums always run over the same tiles of positions in the same order.

use super::float::{Grid, Into, Product};
use super::pool::Pool;
use super::simd::Simd;

/// Positions of one page of a cache.
pub(in crate::engine::model) const PAGE: usize = 128;
/// Positions that are scored together.
pub(super) const TILE: usize = 64;
/// Queries that are computed together.
const QUERIES: usize = 24;
/// Below every score, and still a number: an exponent of it is zero.
const LOWEST: f32 = -1e30;

/// One sequence's attention in one layer.
#[derive(Clone, Copy)]
pub(in crate::engine::model) struct Attention<'a> {
    pub(in crate::engine::model) simd: Simd,
    /// `[heads, new, dim]`
    pub(in crate::engine::model) queries: &'a [f32],
    /// For each page `[kv_heads, dim, PAGE]`: keys lie across, so that a vector holds the scores of neighbours.
    pub(in crate::engine::model) keys: &'a [&'a [f32]],
    /// For each page `[kv_heads, PAGE, dim]`.
    pub(in crate::engine::model) values: &'a [&'a [f32]],
    pub(in crate::engine::model) heads: usize,
    pub(in crate::engine::model) kv_heads: usize,
    /// A multiple of 16.
    pub(in crate::engine::model) dim: usize,
    /// Positions before the new ones.
    pub(in crate::engine::model) past: usize,
    /// What scores are multiplied by.
    pub(in crate::engine::model) scale: f32,
    /// How many positions a query sees, its own among them; all up to its own if `None`.
    pub(in crate::engine::model) window: Option<usize>,
}

/// A result row's place: nobody else writes there.
#[derive(Clone, Copy)]
struct Place(*mut f32);

// SAFETY: each task writes the rows of its own queries, while the owner of the memory waits.
unsafe impl Sync for Place {}

/// The queries of one tile, and what is known of their results so far.
struct State {
    /// `[rows, dim]`, scaled.
    queries: Vec<f32>,
    /// `[rows, dim]`: the weighted sum of values.
    mixed: Vec<f32>,
    /// `[rows, TILE]`
    scores: Vec<f32>,
    /// The greatest score and the sum of weights of each row.
    running: Vec<[f32; 2]>,
}

impl Attention<'_> {
    /// New positions.
    fn new_positions(&self) -> usize {
        self.queries.len() / (self.heads * self.dim)
    }

    /// The weighted values, `[new, heads * dim]`.
    pub(in crate::engine::model) fn run(&self, pool: &Pool) -> Vec<f32> {
        let (new, group) = (self.new_positions(), self.heads / self.kv_heads);
        let page = self.kv_heads * self.dim * PAGE;
        assert!(self.dim.is_multiple_of(16) && self.keys.len() * PAGE >= self.past + new);
        assert!(self.keys.len() == self.values.len() && self.keys.iter().chain(self.values).all(|p| p.len() == page));
        let mut results = vec![0.0; self.queries.len()];
        let place = Place(results.as_mut_ptr());
        let tiles = (new * group).div_ceil(QUERIES);
        pool.run(self.kv_heads * tiles, |task| {
            let (kv_head, tile) = (task % self.kv_heads, task / self.kv_heads);
            let rows: Vec<(usize, usize)> = (tile * QUERIES..((tile + 1) * QUERIES).min(new * group))
                .map(|row| (row / group, kv_head * group + row % group))
                .collect();
            let state = self.tile(kv_head, &rows);
            let place = &place;
            let each = rows.iter().zip(state.mixed.chunks(self.dim)).zip(&state.running);
            for ((&(position, head), mixed), [_, total]) in each {
                for (i, value) in mixed.iter().enumerate() {
                    let at = (position * self.heads + head) * self.dim + i;
                    // SAFETY: within the results, in a row that is this task's.
                    unsafe { *place.0.add(at) = value / total };
                }
            }
        });
        results
    }

    /// Computes the rows (new position, head), which all use one head of keys and values.
    fn tile(&self, kv_head: usize, rows: &[(usize, usize)]) -> State {
        let (dim, new) = (self.dim, self.new_positions());
        let mut queries = Vec::with_capacity(rows.len() * dim);
        for &(position, head) in rows {
            let query = &self.queries[(head * new + position) * dim..][..dim];
            queries.extend(query.iter().map(|x| x * self.scale));
        }
        let mut state = State {
            mixed: vec![0.0; queries.len()],
            queries,
            scores: vec![0.0; rows.len() * TILE],
            running: vec![[LOWEST, 0.0]; rows.len()],
        };
        let (first, last) = (rows[0].0, rows[rows.len() - 1].0);
        let end = self.past + last + 1;
        let start = self.window.map_or(0, |window| (self.past + first + 1).saturating_sub(window));
        for at in (start / TILE * TILE..end).step_by(TILE) {
            let keys = &self.keys[at / PAGE][kv_head * dim * PAGE..][..dim * PAGE];
            let values = &self.values[at / PAGE][kv_head * dim * PAGE..][..dim * PAGE];
            let a = Grid { numbers: state.queries.as_slice(), stride: dim };
            let b = Grid { numbers: &keys[at % PAGE..], stride: PAGE };
            let c = Grid { numbers: state.scores.as_mut_slice(), stride: TILE };
            self.simd.matmul(Product { a, b, c, into: Into::Fresh });
            self.weigh(at, rows, &mut state);
            let a = Grid { numbers: state.scores.as_slice(), stride: TILE };
            let b = Grid { numbers: &values[at % PAGE * dim..], stride: dim };
            let c = Grid { numbers: state.mixed.as_mut_slice(), stride: dim };
            self.simd.matmul(Product { a, b, c, into: Into::Sum });
        }
        state
    }

    /// Turns the scores of the positions from `at` into weights, and brings what was mixed before to the same measure.
    fn weigh(&self, at: usize, rows: &[(usize, usize)], state: &mut State) {
        let scores = state.scores.chunks_exact_mut(TILE).zip(state.mixed.chunks_exact_mut(self.dim));
        for ((&(position, _), (scores, mixed)), running) in rows.iter().zip(scores).zip(&mut state.running) {
            let end = self.past + position + 1;
            let start = self.window.map_or(0, |window| end.saturating_sub(window));
            scores[(end.clamp(at, at + TILE) - at)..].fill(f32::NEG_INFINITY);
            scores[..(start.clamp(at, at + TILE) - at)].fill(f32::NEG_INFINITY);
            self.simd.soften(scores, mixed, running);
        }
    }
}
