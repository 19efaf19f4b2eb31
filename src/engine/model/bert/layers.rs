//! The layers of BERT: attention over the tokens of one text, a feed-forward half, and a norm behind each.

use std::sync::Arc;

use candle_core::quantized::GgmlDType;
use candle_core::{Device, Tensor};

use super::super::ModelError;
use super::super::linear::{Linear, Processor};
use super::packed::PackedFile;

/// `x W + b`.
struct Dense {
    weights: Linear,
    bias: Vec<f32>,
}

impl Dense {
    fn load(
        file: &mut PackedFile,
        name: &str,
        shape: [usize; 2],
        processor: &Arc<Processor>,
    ) -> Result<Self, ModelError> {
        let bytes = file.matrix(&format!("{name}.w"), shape)?;
        let weights = Linear::from_bytes(&bytes, (GgmlDType::Q4_0, shape), processor)?;
        Ok(Self { weights, bias: file.vector(&format!("{name}.b"), shape[0])? })
    }

    /// The same rows by several layers.
    fn apply_all<const N: usize>(layers: [&Self; N], x: &Tensor) -> candle_core::Result<[Vec<f32>; N]> {
        let products = Linear::forward_all(layers.map(|layer| &layer.weights), x)?;
        let mut all = layers.map(|_| Vec::new());
        for ((to, product), layer) in all.iter_mut().zip(&products).zip(layers) {
            *to = product.flatten_all()?.to_vec1()?;
            for row in to.chunks_exact_mut(layer.bias.len()) {
                row.iter_mut().zip(&layer.bias).for_each(|(y, bias)| *y += bias);
            }
        }
        Ok(all)
    }

    fn apply(&self, rows: Vec<f32>, inputs: usize) -> candle_core::Result<Vec<f32>> {
        let [product] = Self::apply_all([self], &tensor(rows, inputs)?)?;
        Ok(product)
    }
}

/// Layer norm (Ba, Kiros and Hinton, 2016).
pub(super) struct Norm {
    gain: Vec<f32>,
    bias: Vec<f32>,
    epsilon: f32,
}

impl Norm {
    pub(super) fn load(file: &mut PackedFile, name: &str) -> Result<Self, ModelError> {
        let (width, epsilon) = (file.shape.hidden, file.shape.epsilon);
        let gain = file.vector(&format!("{name}.w"), width)?;
        Ok(Self { gain, bias: file.vector(&format!("{name}.b"), width)?, epsilon })
    }

    /// Norms each row.
    pub(super) fn apply(&self, rows: &mut [f32]) {
        let width = self.gain.len();
        for row in rows.chunks_exact_mut(width) {
            let mean = row.iter().sum::<f32>() / width as f32;
            let variance = row.iter().map(|x| (x - mean) * (x - mean)).sum::<f32>() / width as f32;
            let scale = (variance + self.epsilon).sqrt().recip();
            for ((x, gain), bias) in row.iter_mut().zip(&self.gain).zip(&self.bias) {
                *x = (*x - mean) * scale * gain + bias;
            }
        }
    }
}

/// One layer.
pub(super) struct Layer {
    query: Dense,
    key: Dense,
    value: Dense,
    output: Dense,
    attention_norm: Norm,
    up: Dense,
    down: Dense,
    norm: Norm,
    heads: usize,
}

impl Layer {
    pub(super) fn load(file: &mut PackedFile, number: usize, processor: &Arc<Processor>) -> Result<Self, ModelError> {
        let (hidden, inner, heads) = (file.shape.hidden, file.shape.feed_forward, file.shape.heads);
        let mut dense = |part: &str, shape| Dense::load(file, &format!("l{number}.{part}"), shape, processor);
        let square = [hidden, hidden];
        let (query, key, value) = (dense("q", square)?, dense("k", square)?, dense("v", square)?);
        let (output, up, down) = (dense("ao", square)?, dense("fi", [inner, hidden])?, dense("fo", [hidden, inner])?);
        let attention_norm = Norm::load(file, &format!("l{number}.aln"))?;
        let norm = Norm::load(file, &format!("l{number}.oln"))?;
        Ok(Self { query, key, value, output, attention_norm, up, down, norm, heads })
    }

    /// Maps rows, those of texts of these lengths end to end.
    pub(super) fn apply(&self, rows: &mut [f32], lengths: &[usize]) -> candle_core::Result<()> {
        let hidden = self.output.bias.len();
        let x = tensor(rows.to_vec(), hidden)?;
        let looked = Dense::apply_all([&self.query, &self.key, &self.value], &x)?;
        let mut seen = Vec::with_capacity(rows.len());
        let mut start = 0;
        for &length in lengths {
            let own = looked.each_ref().map(|all| &all[start * hidden..(start + length) * hidden]);
            seen.extend(attention(own, (length, self.heads))?);
            start += length;
        }
        add(rows, &self.output.apply(seen, hidden)?);
        self.attention_norm.apply(rows);
        let mut wide = self.up.apply(rows.to_vec(), hidden)?;
        wide.iter_mut().for_each(|x| *x = gelu(*x));
        let inner = self.up.bias.len();
        add(rows, &self.down.apply(wide, inner)?);
        self.norm.apply(rows);
        Ok(())
    }
}

/// What each token of one text sees of all of them: queries, keys and values are `[length, heads * width]`.
fn attention([queries, keys, values]: [&[f32]; 3], (length, heads): (usize, usize)) -> candle_core::Result<Vec<f32>> {
    let width = queries.len() / length / heads;
    let split = |x: &[f32]| {
        let x = Tensor::from_slice(x, (length, heads, width), &Device::Cpu)?;
        x.transpose(0, 1)?.contiguous()
    };
    let scores = split(queries)?.matmul(&split(keys)?.t()?)?;
    let mut weights: Vec<f32> = scores.flatten_all()?.to_vec1()?;
    let scale = (width as f32).sqrt().recip();
    weights.chunks_exact_mut(length).for_each(|row| soften(row, scale));
    let weights = Tensor::from_vec(weights, (heads, length, length), &Device::Cpu)?;
    let seen = weights.matmul(&split(values)?)?;
    seen.transpose(0, 1)?.contiguous()?.flatten_all()?.to_vec1()
}

/// The softmax of scaled scores.
fn soften(row: &mut [f32], scale: f32) {
    let greatest = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    row.iter_mut().for_each(|x| *x = ((*x - greatest) * scale).exp());
    let sum: f32 = row.iter().sum();
    row.iter_mut().for_each(|x| *x /= sum);
}

/// GELU by the error function, within 1e-6: by formula 7.1.28 of Abramowitz and Stegun, which needs no exponential, so that
/// it runs in vectors.
fn gelu(x: f32) -> f32 {
    let t = x.abs() * std::f32::consts::FRAC_1_SQRT_2;
    let series = [0.070_523_08, 0.042_282_01, 0.009_270_527, 0.000_152_014_3, 0.000_276_567_2, 0.000_043_063_8];
    let sum = 1.0 + t * series.into_iter().rev().fold(0.0, |sum, factor| sum * t + factor);
    let fourth = (sum * sum) * (sum * sum);
    let eighth = fourth * fourth;
    let erf = (1.0 - (eighth * eighth).recip()).copysign(x);
    0.5 * x * (1.0 + erf)
}

fn add(to: &mut [f32], more: &[f32]) {
    to.iter_mut().zip(more).for_each(|(to, x)| *to += x);
}

/// Rows of this many numbers.
fn tensor(rows: Vec<f32>, inputs: usize) -> candle_core::Result<Tensor> {
    let count = rows.len() / inputs;
    Tensor::from_vec(rows, (count, inputs), &Device::Cpu)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gelu_is_that_of_the_error_function() {
        // By the integral of the bell curve, in small steps.
        let exact = |x: f64| {
            let steps = 20_000;
            let width = x / f64::from(steps);
            let bell = |t: f64| (-t * t / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt();
            let area: f64 = (0..steps).map(|i| bell((f64::from(i) + 0.5) * width) * width).sum();
            x * (0.5 + area)
        };
        for x in [-9.0, -3.0, -1.0, -0.1, 0.0, 0.3, 1.0, 2.5, 8.0, 40.0] {
            let found = f64::from(gelu(x as f32));
            assert!((found - exact(x)).abs() < 2e-6, "{x}: {found} and not {}", exact(x));
        }
    }
}
