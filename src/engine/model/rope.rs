//! Rotary positions (Su et al., 2021): each pair of a head's numbers is turned by an angle that grows with the position.
//!
//! Tables in f32, sized to the context in use: half precision is off by a third of a radian after a thousand positions.
//! What differs between architectures is here as data: the base, a stretch of all positions, a divisor for each
//! frequency, and which numbers make a pair. Not here: which layer is turned by which rotation (the architectures).

use candle_core::{Device, Result, Tensor};

use super::gguf::{Gguf, GgufError};

/// How heads are turned.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Rotation {
    pub(super) base: f64,
    /// Positions are divided by this (Chen et al., 2023: linear interpolation of positions).
    pub(super) stretch: f64,
    /// Each frequency is divided by one of these `head_dim / 2` numbers; by none where there are none (Llama 3.1).
    pub(super) divisors: Vec<f32>,
    pub(super) pairs: Pairs,
}

/// Which numbers of a head are turned together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Pairs {
    /// One from each half: `i` and `i + head_dim / 2`. llama.cpp calls it "neox".
    Halves,
    /// `2 i` and `2 i + 1`. llama.cpp calls it "norm".
    Neighbours,
}

impl Rotation {
    /// What the file states; `arch` is the prefix of the keys.
    pub(super) fn read(header: &Gguf, arch: &str) -> std::result::Result<Self, GgufError> {
        let key = |name: &str| format!("{arch}.rope.{name}");
        let kind = if header.has(&key("scaling.type")) { header.text(&key("scaling.type"))? } else { "linear" };
        let stretch = match kind {
            "none" => 1.0,
            "linear" => header.positive(&key("scaling.factor"), header.positive(&key("scale_linear"), 1.0)?)?,
            other => return Err(header.malformed(format!("it stretches positions by `{other}`, which is not known"))),
        };
        let base = header.positive(&key("freq_base"), 10_000.0)?;
        Ok(Self { base, stretch, divisors: Vec::new(), pairs: Pairs::Halves })
    }
}

/// Cosines and sines, `[positions, head_dim / 2]`.
pub(super) struct Rope {
    cos: Tensor,
    sin: Tensor,
    pairs: Pairs,
}

impl Rope {
    /// The tables for positions from 0 to `positions`.
    pub(super) fn new(rotation: &Rotation, head_dim: usize, positions: usize, device: &Device) -> Result<Self> {
        let half = head_dim / 2;
        let frequency = |i: usize| {
            let divisor = rotation.divisors.get(i).map_or(1.0, |&divisor| f64::from(divisor));
            rotation.base.powf(-2.0 * i as f64 / head_dim as f64) / (divisor * rotation.stretch)
        };
        let frequencies: Vec<f64> = (0..half).map(frequency).collect();
        let angles = (0..positions * half).map(|i| (i / half) as f64 * frequencies[i % half]);
        let table = |f: fn(f64) -> f64| -> Result<Tensor> {
            let values: Vec<f32> = angles.clone().map(|angle| f(angle) as f32).collect();
            Tensor::from_vec(values, (positions, half), device)
        };
        Ok(Self { cos: table(f64::cos)?, sin: table(f64::sin)?, pairs: rotation.pairs })
    }

    /// How many positions there are.
    pub(super) fn positions(&self) -> usize {
        self.cos.dims()[0]
    }

    /// The rows of these positions, in their order.
    pub(super) fn at(&self, positions: &Tensor) -> Result<Self> {
        let rows = |table: &Tensor| table.index_select(positions, 0);
        Ok(Self { cos: rows(&self.cos)?, sin: rows(&self.sin)?, pairs: self.pairs })
    }

    /// Turns `[heads, positions, head_dim]`, a row of the tables for each position.
    pub(super) fn turn(&self, x: &Tensor) -> Result<Tensor> {
        let turn = match self.pairs {
            Pairs::Halves => candle_nn::rotary_emb::rope,
            Pairs::Neighbours => candle_nn::rotary_emb::rope_i,
        };
        turn(&x.unsqueeze(0)?, &self.cos, &self.sin)?.squeeze(0)
    }
}
