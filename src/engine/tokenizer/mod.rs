//! Text to tokens and back, from the vocabulary that a GGUF file carries.
//!
//! Two ways in, and no way between them: [`encode`](Tokenizer::encode) takes any text and can never produce a control
//! token, because none is registered with the encoders, so `<|im_end|>` typed in an article is nine harmless characters;
//! [`control`](Tokenizer::control) finds a control token by name, for the chat template alone. Two encoders, by the model
//! that the file names: `byte_level` and `sentence_piece`; one that is not known is refused, not guessed. Token for token
//! they give what llama.cpp gives. No Unicode normalisation here: llama.cpp does none, and intake has done it.

mod byte_level;
mod sentence_piece;
pub mod unigram;

use std::collections::HashMap;

use self::sentence_piece::SentencePiece;
use super::model::gguf::{Gguf, GgufError};

/// Names of tokens that end an answer, besides the one that the file states.
const ENDS: [&str; 5] = ["<|im_end|>", "<|endoftext|>", "<end_of_turn>", "<|eot_id|>", "<|end_of_text|>"];

/// A vocabulary, ready for both directions.
pub struct Tokenizer {
    encoder: Box<dyn Encode>,
    pieces: Pieces,
    controls: HashMap<String, u32>,
    ends: Vec<u32>,
    begin: Option<u32>,
}

/// What cuts a text into tokens.
trait Encode: Send + Sync {
    fn encode(&self, text: &str) -> Vec<u32>;
}

/// The bytes of each token; empty for tokens that are not text.
type Pieces = Vec<Box<[u8]>>;

/// What a kind of vocabulary becomes.
struct Loaded {
    encoder: Box<dyn Encode>,
    pieces: Pieces,
    /// A prompt begins with a token of its own, unless the file says otherwise.
    begins: bool,
}

/// The lists of a vocabulary, as they stand in the file.
struct Vocabulary<'a> {
    header: &'a Gguf,
    tokens: &'a [String],
    kinds: Vec<Kind>,
}

/// What a token is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Text.
    Normal,
    /// Text that is never cut: runs of spaces, tags. In byte-level vocabularies these are tokens for tools.
    UserDefined,
    /// One byte.
    Byte,
    /// Anything that no text may become.
    Control,
}

impl std::fmt::Debug for Tokenizer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tokenizer").field("tokens", &self.pieces.len()).field("ends", &self.ends).finish()
    }
}

impl Tokenizer {
    /// Builds the tokenizer that the file describes.
    pub fn from_gguf(header: &Gguf) -> Result<Self, GgufError> {
        let vocabulary = Vocabulary::read(header)?;
        let Loaded { encoder, pieces, begins } = match header.text("tokenizer.ggml.model")? {
            "gpt2" => byte_level::load(&vocabulary)?,
            "llama" => SentencePiece::load(&vocabulary)?,
            model => {
                return Err(header.malformed(format!("its tokenizer is `{model}`; known are `gpt2` and `llama`")));
            }
        };
        let hidden = pieces.iter().zip(vocabulary.tokens).zip(0..).filter(|((piece, _), _)| piece.is_empty());
        let controls: HashMap<String, u32> = hidden.map(|((_, token), id)| (token.clone(), id)).collect();
        let stated = |key: &str| header.token(key).filter(|&id| (id as usize) < pieces.len());
        let known = ENDS.iter().filter_map(|name| controls.get(*name).copied());
        let mut ends: Vec<u32> = known.chain(stated("tokenizer.ggml.eos_token_id")).collect();
        ends.sort_unstable();
        ends.dedup();
        let begins = header.flag("tokenizer.ggml.add_bos_token").unwrap_or(begins);
        let begin = stated("tokenizer.ggml.bos_token_id").filter(|_| begins);
        Ok(Self { encoder, pieces, controls, ends, begin })
    }

    /// Tokens of plain text. Never a control token, whatever the text says.
    pub fn encode(&self, text: &str) -> Vec<u32> {
        self.encoder.encode(text)
    }

    /// A control token, by its name.
    pub fn control(&self, name: &str) -> Option<u32> {
        self.controls.get(name).copied()
    }

    /// The token that a prompt begins with, in vocabularies that want one.
    pub fn begin(&self) -> Option<u32> {
        self.begin
    }

    /// The bytes that a token stands for; none for a control token. They need not be whole characters.
    pub fn bytes(&self, token: u32) -> &[u8] {
        self.pieces.get(token as usize).map_or(&[], |piece| piece)
    }

    /// How many tokens there are.
    pub fn vocabulary(&self) -> usize {
        self.pieces.len()
    }

    /// The tokens that end an answer.
    pub fn ends(&self) -> &[u32] {
        &self.ends
    }
}

impl<'a> Vocabulary<'a> {
    fn read(header: &'a Gguf) -> Result<Self, GgufError> {
        let tokens = header.texts("tokenizer.ggml.tokens")?;
        let kinds = header.numbers("tokenizer.ggml.token_type")?;
        if kinds.len() != tokens.len() {
            return Err(header.malformed("its lists of tokens and token types differ in length"));
        }
        // GGUF's numbers; 2, 3 and 5 are unknown, control and unused.
        let kind = |number: &f64| match number {
            1.0 => Kind::Normal,
            4.0 => Kind::UserDefined,
            6.0 => Kind::Byte,
            _ => Kind::Control,
        };
        Ok(Self { header, tokens, kinds: kinds.iter().map(kind).collect() })
    }

    /// Every token with its id and kind.
    fn iter(&self) -> impl Iterator<Item = (u32, &'a str, Kind)> + '_ {
        (0..).zip(self.tokens).zip(&self.kinds).map(|((id, token), &kind)| (id, token.as_str(), kind))
    }
}
