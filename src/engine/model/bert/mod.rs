//! BERT as an encoder of sentences (Devlin and others, 2018; Reimers and Gurevych, 2019; multilingual E5: Wang and others,
//! 2024): tokens in, one vector of length one for each text out, the mean of its last layer.
//!
//! Texts go through together, end to end and without filling, and each sees its own tokens alone. Matrices stay in the
//! blocks of the file and are multiplied by our kernels; rows of embeddings are read from the file when they are asked for,
//! because they are three quarters of it and an article has few of them. Everything runs on the caller's thread, so that
//! it takes one core beside a model that writes. Not here: texts (`engine::encoder`), the file's layout (`packed`).

mod layers;
mod packed;

use std::path::Path;

use self::layers::{Layer, Norm};
use self::packed::PackedFile;
use super::linear::Processor;
use super::weights::FileRows;
use super::{ModelError, kernels};

/// Largest sizes that are believed.
const MAX_WIDTH: usize = 1 << 13;
const MAX_LAYERS: usize = 64;
const MAX_VOCABULARY: usize = 1 << 20;
const MAX_POSITIONS: usize = 1 << 13;
/// Numbers of a block of weights.
const BLOCK: usize = 32;
/// Tokens that go through together: weights are read once for all of them, and their activations are a few megabytes.
const TOGETHER: usize = 512;

/// The sizes of a network.
#[derive(Debug, Clone, Copy, PartialEq)]
struct BertShape {
    hidden: usize,
    layers: usize,
    heads: usize,
    feed_forward: usize,
    vocabulary: usize,
    /// Most tokens of a text.
    positions: usize,
    /// Kinds of segments, of which the first is used.
    kinds: usize,
    /// Of the norms.
    epsilon: f32,
}

impl BertShape {
    /// The shape, where it can be computed here.
    fn checked(self) -> Result<Self, String> {
        let demand = |holds: bool, what: &str| if holds { Ok(()) } else { Err(format!("its {what} cannot be")) };
        let within = |size: usize, limit: usize| (1..=limit).contains(&size);
        demand(within(self.hidden, MAX_WIDTH) && self.hidden.is_multiple_of(BLOCK), "width")?;
        demand(within(self.feed_forward, 4 * MAX_WIDTH) && self.feed_forward.is_multiple_of(BLOCK), "inner width")?;
        demand(within(self.layers, MAX_LAYERS), "number of layers")?;
        demand(within(self.heads, self.hidden) && self.hidden.is_multiple_of(self.heads), "number of heads")?;
        demand((4..=MAX_VOCABULARY).contains(&self.vocabulary), "vocabulary")?;
        demand((3..=MAX_POSITIONS).contains(&self.positions), "number of positions")?;
        demand(within(self.kinds, 16), "number of segments")?;
        demand(self.epsilon.is_finite() && self.epsilon >= 0.0, "epsilon")?;
        Ok(self)
    }
}

/// How a text becomes tokens, as the file says it.
#[derive(Debug)]
pub struct TextPieces {
    /// The pieces of the vocabulary.
    pub texts: Vec<Box<str>>,
    /// The logarithm of how likely each is.
    pub scores: Vec<f32>,
    /// The token that every text begins with.
    pub begin: u32,
    /// The token that every text ends with.
    pub end: u32,
    /// The token that fills rows; none is filled here.
    pub pad: u32,
    /// The token of what no piece covers.
    pub unknown: u32,
    /// What single characters become before a text is cut.
    pub rules: Vec<(char, String)>,
}

/// A network, ready to encode.
pub struct BertNetwork {
    shape: BertShape,
    words: FileRows,
    /// `[positions, hidden]`, the embedding of the first segment added.
    positions: Vec<f32>,
    norm: Norm,
    layers: Vec<Layer>,
}

impl BertNetwork {
    /// Loads an `E5S1` file, with what it says of its vocabulary.
    ///
    /// # Errors
    /// When the file cannot be read, is broken, or has not the tensors that its sizes ask for.
    pub fn load(path: &Path) -> Result<(Self, TextPieces), ModelError> {
        let (mut file, text) = PackedFile::open(path)?;
        let shape = file.shape;
        if text.texts.len() > shape.vocabulary {
            let problem = format!("it has {} pieces and {} embeddings", text.texts.len(), shape.vocabulary);
            return Err(ModelError::Unusable { path: path.to_owned(), problem });
        }
        let processor = Processor::of_one_thread(kernels(None)?)?;
        let layers = (0..shape.layers).map(|layer| Layer::load(&mut file, layer, &processor));
        let layers = layers.collect::<Result<_, _>>()?;
        let mut positions = file.vector("emb.pos", shape.positions * shape.hidden)?;
        let kinds = file.vector("emb.type", shape.kinds * shape.hidden)?;
        for position in positions.chunks_exact_mut(shape.hidden) {
            position.iter_mut().zip(&kinds).for_each(|(to, kind)| *to += kind);
        }
        let norm = Norm::load(&mut file, "emb.ln")?;
        let words = file.rows("emb.word", [shape.vocabulary, shape.hidden])?;
        Ok((Self { shape, words, positions, norm, layers }, text))
    }

    /// Most tokens of a text.
    pub fn positions(&self) -> usize {
        self.shape.positions
    }

    /// Numbers of a vector.
    pub fn width(&self) -> usize {
        self.shape.hidden
    }

    /// The vectors of texts, each of at least one token. `is_wanted` is asked before each pass; `None` says that it was
    /// answered with no.
    ///
    /// # Errors
    /// When a text is longer than the network reads or has a token that it does not know, or the arithmetic fails.
    pub fn encode(
        &self,
        texts: &[Vec<u32>],
        is_wanted: &dyn Fn() -> bool,
    ) -> Result<Option<Vec<Vec<f32>>>, ModelError> {
        let mut vectors = Vec::with_capacity(texts.len());
        let mut rest = texts;
        while !rest.is_empty() {
            if !is_wanted() {
                return Ok(None);
            }
            let (now, later) = rest.split_at(together(rest));
            vectors.extend(self.pass(now)?);
            rest = later;
        }
        Ok(Some(vectors))
    }

    /// One pass over some texts.
    fn pass(&self, texts: &[Vec<u32>]) -> Result<Vec<Vec<f32>>, ModelError> {
        let hidden = self.shape.hidden;
        let lengths: Vec<usize> = texts.iter().map(Vec::len).collect();
        if let Some(&position) = lengths.iter().find(|&&length| length > self.shape.positions) {
            return Err(ModelError::ContextFull { position, limit: self.shape.positions });
        }
        let tokens = texts.concat();
        if let Some(&token) = tokens.iter().find(|&&token| token as usize >= self.shape.vocabulary) {
            return Err(ModelError::UnknownToken { token, vocabulary: self.shape.vocabulary });
        }
        let mut rows: Vec<f32> = self.words.read(&tokens)?.flatten_all()?.to_vec1()?;
        let places = lengths.iter().flat_map(|&length| 0..length);
        for (row, place) in rows.chunks_exact_mut(hidden).zip(places) {
            let position = &self.positions[place * hidden..][..hidden];
            row.iter_mut().zip(position).for_each(|(to, position)| *to += position);
        }
        self.norm.apply(&mut rows);
        for layer in &self.layers {
            layer.apply(&mut rows, &lengths)?;
        }
        let mut rest = &rows[..];
        let mut vector = |&length: &usize| {
            let (own, behind) = rest.split_at(length * hidden);
            rest = behind;
            mean(own, hidden)
        };
        Ok(lengths.iter().map(&mut vector).collect())
    }
}

/// How many of the next texts, at least one, go through together.
fn together(texts: &[Vec<u32>]) -> usize {
    let ends = texts.iter().scan(0, |end, text| {
        *end += text.len();
        Some(*end)
    });
    ends.take_while(|&end| end <= TOGETHER).count().max(1)
}

/// The mean of rows, brought to length one.
fn mean(rows: &[f32], width: usize) -> Vec<f32> {
    let mut sum = vec![0.0; width];
    for row in rows.chunks_exact(width) {
        sum.iter_mut().zip(row).for_each(|(sum, x)| *sum += x);
    }
    let length = sum.iter().map(|x| x * x).sum::<f32>().sqrt().max(f32::MIN_POSITIVE);
    sum.iter_mut().for_each(|x| *x /= length);
    sum
}
