//! Marian: an encoder reads sentences, a decoder writes their translations a token at a time (Vaswani and others, 2017;
//! Junczys-Dowmunt and others, 2018), as the Opus-MT models are published for the Python package transformers.
//!
//! Weights never change; what changes is a [`Reading`], which the caller owns. What the decoder asks of a source is computed
//! once, and shared by all translations of it that are followed side by side. Everything is in f32 on the processor. Not
//! here: which token is taken (`engine::marian`), text.

mod config;
mod layers;

use std::path::Path;

use candle_core::{Device, Tensor};

pub use self::config::{MarianConfig, SearchSettings};
use self::layers::{Attention, FeedForward, Past, sinusoids};
use super::ModelError;
use super::tensors::Safetensors;

/// Names of the one matrix of embeddings.
const EMBEDDING: [&str; 4] =
    ["model.shared.weight", "model.encoder.embed_tokens.weight", "model.decoder.embed_tokens.weight", "lm_head.weight"];

/// A network, ready to translate.
pub struct MarianNetwork {
    config: MarianConfig,
    /// `[vocabulary, hidden]`, of both sides, and the output layer too.
    embedding: Tensor,
    positions: Tensor,
    encoder: Vec<EncoderLayer>,
    decoder: Vec<DecoderLayer>,
    /// Added to the logits, `[1, vocabulary]`.
    logits_bias: Tensor,
}

struct EncoderLayer {
    attention: Attention,
    feed_forward: FeedForward,
}

struct DecoderLayer {
    back: Attention,
    across: Attention,
    feed_forward: FeedForward,
}

/// Sentences that were read, and how far their translations are.
pub struct Reading {
    /// Of each layer of the decoder: what it sees of the sources.
    across: Vec<Past>,
    /// `[sources, 1, 1, positions]`: what is added to scores, so that nothing sees what fills short rows.
    mask: Tensor,
    /// Of each layer: what it sees of the translations so far.
    back: Vec<Option<Past>>,
    /// Tokens of each translation so far.
    length: usize,
}

impl MarianNetwork {
    /// Loads the weights.
    ///
    /// # Errors
    /// When the file cannot be read, is cut off, or has not the tensors that the configuration asks for.
    pub fn load(config: MarianConfig, weights: &Path) -> Result<Self, ModelError> {
        let mut file = Safetensors::open(weights)?;
        let (hidden, vocabulary) = (config.hidden, config.vocabulary);
        // One matrix under several names; which of them a file keeps depends on what wrote it.
        let name = EMBEDDING.into_iter().find(|name| file.has(name)).unwrap_or(EMBEDDING[0]);
        let embedding = file.tensor(name, &[vocabulary, hidden])?;
        let logits_bias = file.tensor("final_logits_bias", &[1, vocabulary])?;
        let (half, bend) = (config.encoder, config.bend);
        let encoder = (0..half.layers).map(|layer| {
            let name = format!("model.encoder.layers.{layer}");
            Ok(EncoderLayer {
                attention: Attention::load(&mut file, (&name, "self_attn"), (hidden, half.heads))?,
                feed_forward: FeedForward::load(&mut file, &name, (hidden, half, bend))?,
            })
        });
        let encoder = encoder.collect::<Result<_, ModelError>>()?;
        let half = config.decoder;
        let decoder = (0..half.layers).map(|layer| {
            let name = format!("model.decoder.layers.{layer}");
            Ok(DecoderLayer {
                back: Attention::load(&mut file, (&name, "self_attn"), (hidden, half.heads))?,
                across: Attention::load(&mut file, (&name, "encoder_attn"), (hidden, half.heads))?,
                feed_forward: FeedForward::load(&mut file, &name, (hidden, half, bend))?,
            })
        });
        let decoder = decoder.collect::<Result<_, ModelError>>()?;
        let positions = sinusoids(config.positions, hidden)?;
        Ok(Self { config, embedding, positions, encoder, decoder, logits_bias })
    }

    /// The configuration.
    pub fn config(&self) -> &MarianConfig {
        &self.config
    }

    /// Reads sentences, each with at least one token.
    ///
    /// # Errors
    /// When one is longer than the network has positions, or has a token that it does not know.
    pub fn read(&self, sources: &[Vec<u32>]) -> Result<Reading, ModelError> {
        let longest = sources.iter().map(Vec::len).max().unwrap_or(0);
        if longest > self.config.positions {
            return Err(ModelError::ContextFull { position: longest, limit: self.config.positions });
        }
        let filled = |source: &Vec<u32>| {
            source.iter().copied().chain(std::iter::repeat(self.config.pad)).take(longest).collect::<Vec<_>>()
        };
        let tokens: Vec<u32> = sources.iter().flat_map(filled).collect();
        let hide = |source: &Vec<u32>| {
            let length = source.len();
            (0..longest).map(move |at| if at < length { 0.0 } else { f32::NEG_INFINITY }).collect::<Vec<_>>()
        };
        let mask: Vec<f32> = sources.iter().flat_map(hide).collect();
        let mask = Tensor::from_vec(mask, (sources.len(), 1, 1, longest), &Device::Cpu)?;
        let positions = self.positions.narrow(0, 0, longest)?.repeat((sources.len(), 1))?;
        let mut x = (self.embed(&tokens)? + positions)?;
        for layer in &self.encoder {
            let seen = layer.attention.remember(&x, sources.len())?;
            x = layer.feed_forward.forward(&layer.attention.look(&x, &seen, Some(&mask))?)?;
        }
        let across = self.decoder.iter().map(|layer| layer.across.remember(&x, sources.len()));
        let across = across.collect::<candle_core::Result<_>>()?;
        Ok(Reading { across, mask, back: vec![None; self.decoder.len()], length: 0 })
    }

    /// Goes on with one token in each translation; gives the logits of the next. Each source has equally many translations,
    /// in the order of the sources.
    ///
    /// # Errors
    /// When the positions are used up, or a token is not known.
    pub fn next(&self, tokens: &[u32], reading: &mut Reading) -> Result<Vec<Vec<f32>>, ModelError> {
        if reading.length >= self.config.positions {
            return Err(ModelError::ContextFull { position: reading.length, limit: self.config.positions });
        }
        let mut x = self.embed(tokens)?.broadcast_add(&self.positions.narrow(0, reading.length, 1)?)?;
        for ((layer, back), across) in self.decoder.iter().zip(&mut reading.back).zip(&reading.across) {
            x = layer.back.look_back(&x, back)?;
            x = layer.across.look(&x, across, Some(&reading.mask))?;
            x = layer.feed_forward.forward(&x)?;
        }
        reading.length += 1;
        let logits = x.matmul(&self.embedding.t()?)?.broadcast_add(&self.logits_bias)?;
        Ok(logits.to_vec2()?)
    }

    /// `[tokens, hidden]`
    fn embed(&self, tokens: &[u32]) -> Result<Tensor, ModelError> {
        let vocabulary = self.config.vocabulary;
        if let Some(&token) = tokens.iter().find(|&&token| token as usize >= vocabulary) {
            return Err(ModelError::UnknownToken { token, vocabulary });
        }
        let tokens = Tensor::new(tokens, &Device::Cpu)?;
        Ok((self.embedding.index_select(&tokens, 0)? * self.config.scale)?)
    }
}

impl Reading {
    /// Keeps some of the sources, and of the translations those that are named, in that order; one may be named again.
    ///
    /// # Errors
    /// When one is named that is not there.
    pub fn keep(&mut self, sources: &[u32], translations: &[u32]) -> Result<(), ModelError> {
        if sources.len() != self.mask.dim(0)? {
            let rows = Tensor::new(sources, &Device::Cpu)?;
            self.mask = self.mask.index_select(&rows, 0)?;
            for past in &mut self.across {
                *past = past.select(&rows)?;
            }
        }
        let rows = Tensor::new(translations, &Device::Cpu)?;
        for past in self.back.iter_mut().flatten() {
            *past = past.select(&rows)?;
        }
        Ok(())
    }
}
