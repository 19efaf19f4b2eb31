//! The sizes and habits of a Marian model, from the `config.json` that is published with it.
//!
//! Names are those of the Python package transformers. What a file leaves out has that package's default; a model that
//! differs from the ones this room computes (embeddings of each side, norms before the layers) is refused, not guessed.

use serde::Deserialize;

/// Largest width, number of layers and vocabulary that are believed.
const MAX_WIDTH: usize = 1 << 14;
const MAX_LAYERS: usize = 64;
const MAX_VOCABULARY: usize = 1 << 20;
const MAX_POSITIONS: usize = 1 << 13;
const MAX_BEAMS: usize = 16;

/// The bend of the feed-forward layers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bend {
    Silu,
    Relu,
    /// By the error function, not its approximation.
    Gelu,
}

/// The file, as far as it is needed.
#[derive(Debug, Deserialize)]
struct Raw {
    d_model: usize,
    encoder_layers: usize,
    decoder_layers: usize,
    encoder_attention_heads: usize,
    decoder_attention_heads: usize,
    encoder_ffn_dim: usize,
    decoder_ffn_dim: usize,
    vocab_size: usize,
    max_position_embeddings: usize,
    activation_function: String,
    #[serde(default)]
    scale_embedding: bool,
    #[serde(default)]
    normalize_before: bool,
    #[serde(default)]
    add_final_layer_norm: bool,
    #[serde(default)]
    normalize_embedding: bool,
    #[serde(default = "yes")]
    share_encoder_decoder_embeddings: bool,
    #[serde(default = "yes")]
    tie_word_embeddings: bool,
    pad_token_id: u32,
    eos_token_id: u32,
    decoder_start_token_id: u32,
    forced_eos_token_id: Option<u32>,
    #[serde(default)]
    bad_words_ids: Option<Vec<Vec<u32>>>,
    num_beams: Option<usize>,
    max_length: Option<usize>,
    length_penalty: Option<f64>,
    early_stopping: Option<bool>,
    renormalize_logits: Option<bool>,
}

fn yes() -> bool {
    true
}

/// One half of the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Half {
    pub(super) layers: usize,
    pub(super) heads: usize,
    pub(super) feed_forward: usize,
}

/// How a translation is searched for.
#[derive(Debug, Clone, PartialEq)]
pub struct SearchSettings {
    /// Translations that are followed side by side; 1 is greedy.
    pub beams: usize,
    /// Most tokens of a translation, the one that it starts with included.
    pub max_length: usize,
    /// The power of its length by which a translation's log-probability is divided.
    pub length_penalty: f64,
    /// Ends when there are as many whole translations as beams, whatever could still come.
    pub early_stopping: bool,
    /// Probabilities are made to sum to one again after tokens were banned.
    pub renormalize: bool,
    /// The token that every translation starts with.
    pub start: u32,
    /// The token that ends a text.
    pub end: u32,
    /// The last token of a translation that reaches the greatest length.
    pub forced_end: Option<u32>,
    /// Tokens that no translation has.
    pub banned: Vec<u32>,
}

/// A checked configuration.
#[derive(Debug, Clone, PartialEq)]
pub struct MarianConfig {
    pub(super) hidden: usize,
    pub(super) encoder: Half,
    pub(super) decoder: Half,
    /// Most tokens of a text.
    pub positions: usize,
    pub(super) bend: Bend,
    /// What embeddings are multiplied by.
    pub(super) scale: f64,
    /// Tokens of the vocabulary.
    pub vocabulary: usize,
    /// The token that fills short rows.
    pub pad: u32,
    /// How the model was made to be searched.
    pub search: SearchSettings,
}

impl MarianConfig {
    /// Reads the file.
    ///
    /// # Errors
    /// What is wrong with it, or what it asks for that is not computed here.
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        let raw: Raw = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        let bend = match raw.activation_function.as_str() {
            "swish" | "silu" => Bend::Silu,
            "relu" => Bend::Relu,
            "gelu" => Bend::Gelu,
            other => return Err(format!("the activation function {other} is not known")),
        };
        let half = |layers, heads, feed_forward| Half { layers, heads, feed_forward };
        let banned: Option<Vec<u32>> = raw
            .bad_words_ids
            .iter()
            .flatten()
            .map(|word| if let [token] = word[..] { Some(token) } else { None })
            .collect();
        let config = Self {
            hidden: raw.d_model,
            encoder: half(raw.encoder_layers, raw.encoder_attention_heads, raw.encoder_ffn_dim),
            decoder: half(raw.decoder_layers, raw.decoder_attention_heads, raw.decoder_ffn_dim),
            positions: raw.max_position_embeddings,
            bend,
            scale: if raw.scale_embedding { (raw.d_model as f64).sqrt() } else { 1.0 },
            vocabulary: raw.vocab_size,
            pad: raw.pad_token_id,
            search: SearchSettings {
                beams: raw.num_beams.unwrap_or(1),
                max_length: raw.max_length.unwrap_or(512).min(raw.max_position_embeddings),
                length_penalty: raw.length_penalty.unwrap_or(1.0),
                early_stopping: raw.early_stopping.unwrap_or(false),
                renormalize: raw.renormalize_logits.unwrap_or(false),
                start: raw.decoder_start_token_id,
                end: raw.eos_token_id,
                forced_end: raw.forced_eos_token_id,
                banned: banned.ok_or("banned words of several tokens are not known here")?,
            },
        };
        let plain = !raw.normalize_before && !raw.add_final_layer_norm && !raw.normalize_embedding;
        let shared = raw.share_encoder_decoder_embeddings && raw.tie_word_embeddings;
        match plain && shared {
            true => config.checked(),
            false => Err("it has norms or embeddings that are not computed here".to_owned()),
        }
    }

    fn checked(self) -> Result<Self, String> {
        let demand = |holds: bool, what: &str| if holds { Ok(()) } else { Err(format!("its {what} cannot be")) };
        let within = |size: usize, limit: usize| (1..=limit).contains(&size);
        demand(within(self.hidden, MAX_WIDTH) && self.hidden.is_multiple_of(2), "width")?;
        demand((2..=MAX_VOCABULARY).contains(&self.vocabulary), "vocabulary")?;
        demand(within(self.positions, MAX_POSITIONS), "number of positions")?;
        for half in [self.encoder, self.decoder] {
            demand(within(half.layers, MAX_LAYERS), "number of layers")?;
            demand(within(half.feed_forward, 4 * MAX_WIDTH), "feed-forward width")?;
            demand(within(half.heads, self.hidden) && self.hidden.is_multiple_of(half.heads), "number of heads")?;
        }
        let search = &self.search;
        demand(within(search.beams, MAX_BEAMS), "number of beams")?;
        demand(search.max_length >= 2 && search.length_penalty.is_finite(), "length of translations")?;
        let tokens = [self.pad, search.start, search.end].into_iter();
        let mut tokens = tokens.chain(search.forced_end).chain(search.banned.iter().copied());
        demand(tokens.all(|token| (token as usize) < self.vocabulary), "list of special tokens")?;
        demand(!search.banned.contains(&search.end), "list of banned tokens")?;
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"{"d_model": 8, "encoder_layers": 1, "decoder_layers": 2, "encoder_attention_heads": 2,
        "decoder_attention_heads": 4, "encoder_ffn_dim": 16, "decoder_ffn_dim": 16, "vocab_size": 20,
        "max_position_embeddings": 32, "activation_function": "swish", "scale_embedding": true, "pad_token_id": 19,
        "eos_token_id": 0, "decoder_start_token_id": 19, "bad_words_ids": [[19]], "num_beams": 4, "max_length": 512,
        "architectures": ["MarianMTModel"]}"#;

    #[test]
    fn what_is_left_out_has_the_default() {
        let config = MarianConfig::read(GOOD.as_bytes()).unwrap();
        assert_eq!((config.search.beams, config.search.max_length, config.search.length_penalty), (4, 32, 1.0));
        assert_eq!(
            (config.search.banned.as_slice(), config.search.forced_end, config.bend),
            (&[19][..], None, Bend::Silu)
        );
    }

    #[test]
    fn what_cannot_be_is_refused() {
        for (from, to) in [
            ("\"d_model\": 8", "\"d_model\": 0"),
            ("\"d_model\": 8", "\"d_model\": 7"),
            ("\"d_model\": 8", "\"d_model\": 1000000"),
            ("\"d_model\": 8,", ""),
            ("\"decoder_attention_heads\": 4", "\"decoder_attention_heads\": 3"),
            ("swish", "tanh"),
            ("\"eos_token_id\": 0", "\"eos_token_id\": 20"),
            ("[[19]]", "[[19, 3]]"),
            ("[[19]]", "[[0]]"),
            ("\"num_beams\": 4", "\"num_beams\": 400"),
            ("\"scale_embedding\": true", "\"normalize_before\": true"),
            ("\"scale_embedding\": true", "\"share_encoder_decoder_embeddings\": false"),
        ] {
            assert!(GOOD.contains(from));
            assert!(MarianConfig::read(GOOD.replace(from, to).as_bytes()).is_err(), "{to}");
        }
    }
}
