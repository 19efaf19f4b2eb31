//! The parts of a Marian transformer: linear layers with biases, norms after each half, attention over several sentences.

use candle_core::{Result, Tensor};
use candle_nn::ops;

use super::super::ModelError;
use super::super::tensors::Safetensors;
use super::config::{Bend, Half};

/// Of the norms, as in PyTorch.
const EPSILON: f32 = 1e-5;

/// `x W + b`.
struct Linear {
    /// `[inputs, outputs]`, a view of what is stored.
    weight: Tensor,
    bias: Tensor,
}

impl Linear {
    fn load(
        file: &mut Safetensors,
        name: &str,
        [outputs, inputs]: [usize; 2],
    ) -> std::result::Result<Self, ModelError> {
        let weight = file.tensor(&format!("{name}.weight"), &[outputs, inputs])?.t()?;
        Ok(Self { weight, bias: file.tensor(&format!("{name}.bias"), &[outputs])? })
    }

    /// `[rows, inputs]` to `[rows, outputs]`.
    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        x.matmul(&self.weight)?.broadcast_add(&self.bias)
    }
}

/// Layer norm (Ba, Kiros and Hinton, 2016).
struct Norm {
    gain: Tensor,
    bias: Tensor,
}

impl Norm {
    fn load(file: &mut Safetensors, name: &str, width: usize) -> std::result::Result<Self, ModelError> {
        let gain = file.tensor(&format!("{name}.weight"), &[width])?;
        Ok(Self { gain, bias: file.tensor(&format!("{name}.bias"), &[width])? })
    }

    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        ops::layer_norm(&x.contiguous()?, &self.gain, &self.bias, EPSILON)
    }
}

/// Keys and values of some positions: `[sentences, heads, positions, width]` each.
#[derive(Clone)]
pub(super) struct Past {
    pub(super) keys: Tensor,
    pub(super) values: Tensor,
}

impl Past {
    /// The positions of both, this one's first.
    fn then(&self, new: &Self) -> Result<Self> {
        Ok(Self {
            keys: Tensor::cat(&[&self.keys, &new.keys], 2)?,
            values: Tensor::cat(&[&self.values, &new.values], 2)?,
        })
    }

    /// Those of some sentences, in the order given.
    pub(super) fn select(&self, rows: &Tensor) -> Result<Self> {
        Ok(Self { keys: self.keys.index_select(rows, 0)?, values: self.values.index_select(rows, 0)? })
    }
}

/// Attention with as many heads for keys as for queries, and a norm over it and what went in.
pub(super) struct Attention {
    query: Linear,
    key: Linear,
    value: Linear,
    output: Linear,
    norm: Norm,
    heads: usize,
}

impl Attention {
    /// `name` is that of the layer, `part` that of its attention: `self_attn` or `encoder_attn`.
    pub(super) fn load(
        file: &mut Safetensors,
        (name, part): (&str, &str),
        (hidden, heads): (usize, usize),
    ) -> std::result::Result<Self, ModelError> {
        let mut linear = |which: &str| Linear::load(file, &format!("{name}.{part}.{which}_proj"), [hidden, hidden]);
        Ok(Self {
            query: linear("q")?,
            key: linear("k")?,
            value: linear("v")?,
            output: linear("out")?,
            norm: Norm::load(file, &format!("{name}.{part}_layer_norm"), hidden)?,
            heads,
        })
    }

    /// `[sentences * positions, hidden]` to `[sentences, heads, positions, width]`.
    fn split(&self, x: &Tensor, sentences: usize) -> Result<Tensor> {
        let (rows, hidden) = x.dims2()?;
        x.reshape((sentences, rows / sentences, self.heads, hidden / self.heads))?.transpose(1, 2)?.contiguous()
    }

    /// Keys and values of `x`, `[sentences * positions, hidden]`.
    pub(super) fn remember(&self, x: &Tensor, sentences: usize) -> Result<Past> {
        let keys = self.split(&self.key.forward(x)?, sentences)?;
        Ok(Past { keys, values: self.split(&self.value.forward(x)?, sentences)? })
    }

    /// Looks at `past`; `mask`, `[sentences, 1, 1, positions]`, is added to the scores. Maps `[rows, hidden]` to itself,
    /// with as many rows for each sentence of `past`.
    pub(super) fn look(&self, x: &Tensor, past: &Past, mask: Option<&Tensor>) -> Result<Tensor> {
        let (sentences, heads, _, width) = past.keys.dims4()?;
        let query = (self.query.forward(x)? * (width as f64).powf(-0.5))?;
        let query = self.split(&query, sentences)?;
        let scores = query.matmul(&past.keys.t()?)?;
        let scores = match mask {
            Some(mask) => scores.broadcast_add(mask)?,
            None => scores,
        };
        let seen = ops::softmax_last_dim(&scores)?.matmul(&past.values)?;
        let seen = seen.transpose(1, 2)?.contiguous()?.reshape((x.dim(0)?, heads * width))?;
        self.norm.forward(&(x + self.output.forward(&seen)?)?)
    }

    /// Looks at itself and at what came before, which grows: one new position for each sentence.
    pub(super) fn look_back(&self, x: &Tensor, past: &mut Option<Past>) -> Result<Tensor> {
        let new = self.remember(x, x.dim(0)?)?;
        let all = match past.take() {
            Some(past) => past.then(&new)?,
            None => new,
        };
        let seen = self.look(x, &all, None);
        *past = Some(all);
        seen
    }
}

/// The feed-forward half of a layer, with its norm.
pub(super) struct FeedForward {
    up: Linear,
    down: Linear,
    norm: Norm,
    bend: Bend,
}

impl FeedForward {
    pub(super) fn load(
        file: &mut Safetensors,
        name: &str,
        (hidden, half, bend): (usize, Half, Bend),
    ) -> std::result::Result<Self, ModelError> {
        Ok(Self {
            up: Linear::load(file, &format!("{name}.fc1"), [half.feed_forward, hidden])?,
            down: Linear::load(file, &format!("{name}.fc2"), [hidden, half.feed_forward])?,
            norm: Norm::load(file, &format!("{name}.final_layer_norm"), hidden)?,
            bend,
        })
    }

    pub(super) fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let wide = self.up.forward(x)?;
        let bent = match self.bend {
            Bend::Silu => ops::silu(&wide)?,
            Bend::Relu => wide.relu()?,
            Bend::Gelu => wide.gelu_erf()?,
        };
        self.norm.forward(&(x + self.down.forward(&bent)?)?)
    }
}

/// Sines, then cosines, of positions (Vaswani and others, 2017), `[positions, width]`: all sines stand before all cosines.
pub(super) fn sinusoids(positions: usize, width: usize) -> Result<Tensor> {
    let angle = |position: usize, at: usize| position as f64 / 10000_f64.powf((2 * at) as f64 / width as f64);
    let row = |position: usize| {
        let sines = (0..width / 2).map(move |at| angle(position, at).sin() as f32);
        sines.chain((0..width / 2).map(move |at| angle(position, at).cos() as f32))
    };
    let numbers: Vec<f32> = (0..positions).flat_map(row).collect();
    Tensor::from_vec(numbers, (positions, width), &candle_core::Device::Cpu)
}
