//! Merging by score, as SentencePiece does it (Kudo and Richardson, 2018): Gemma, and Llama before its third version.
//!
//! User-defined tokens (runs of spaces and of lines, tags) are cut out of the text first, the longest of them first. In what
//! is left every space is written `▁`, and of all neighbours that are a token together those with the best score are
//! joined, until no two are; a character that is no token goes in as its bytes. Ties and order are llama.cpp's. Control
//! tokens and names of bytes are never joined to: what an article says stays text.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use ahash::AHashMap;

use super::{Encode, Kind, Loaded, Pieces, Vocabulary};
use crate::engine::model::gguf::GgufError;

/// What stands for a space.
const SPACE: char = '▁';

/// Merges by score.
pub(super) struct SentencePiece {
    /// Tokens that text may become, with `▁` for spaces.
    known: AHashMap<Box<str>, u32>,
    /// Of each token.
    scores: Vec<f32>,
    /// The token of each byte.
    bytes: [u32; 256],
    /// Tokens that are cut out of the text first, in the order in which they are looked for.
    whole: Vec<(Box<str>, u32)>,
    /// A space is put in front of a text and of what follows a user-defined token.
    space_first: bool,
}

impl SentencePiece {
    /// The encoder, and the bytes of every token.
    pub(super) fn load(vocabulary: &Vocabulary<'_>) -> Result<Loaded, GgufError> {
        let header = vocabulary.header;
        // The sum takes the sign off a zero: it is no worse than the other.
        let score = |&score: &f64| score as f32 + 0.0;
        let scores: Vec<f32> = header.numbers("tokenizer.ggml.scores")?.iter().map(score).collect();
        if scores.len() != vocabulary.tokens.len() || scores.iter().any(|score| score.is_nan()) {
            return Err(header.malformed("its scores do not go with its tokens"));
        }
        let mut pieces = Pieces::with_capacity(scores.len());
        let mut bytes = [None; 256];
        let (mut known, mut whole) = (AHashMap::new(), Vec::new());
        for (id, token, kind) in vocabulary.iter() {
            let byte = named_byte(token).filter(|_| kind == Kind::Byte);
            pieces.push(match (kind, byte) {
                (_, Some(byte)) => {
                    bytes[usize::from(byte)] = Some(id);
                    Box::new([byte])
                }
                (Kind::Normal, _) => {
                    known.insert(token.into(), id);
                    token.replace(SPACE, " ").into_bytes().into()
                }
                (Kind::UserDefined, _) if !token.is_empty() && !is_marker(token) => {
                    known.insert(token.into(), id);
                    whole.push((token.into(), id));
                    token.as_bytes().into()
                }
                _ => Box::default(),
            });
        }
        // Stable, so that tokens of one length keep their order.
        whole.sort_by_key(|(token, _): &(Box<str>, u32)| std::cmp::Reverse(token.len()));
        let missing = bytes.iter().position(Option::is_none);
        if let Some(missing) = missing {
            return Err(header.malformed(format!("its vocabulary has no token `<0x{missing:02X}>`")));
        }
        let bytes = bytes.map(Option::unwrap_or_default);
        let space_first = header.flag("tokenizer.ggml.add_space_prefix").unwrap_or(true);
        let encoder = Box::new(Self { known, scores, bytes, whole, space_first });
        Ok(Loaded { encoder, pieces, begins: true })
    }

    /// Cuts user-defined tokens out of the text: all of the first kind, then, in what is left, all of the second.
    fn cut<'t>(&self, text: &'t str) -> Vec<Part<'t>> {
        let mut parts = vec![Part::Text(text)];
        for (token, id) in self.whole.iter().filter(|(token, _)| text.contains(&**token)) {
            let mut next = Vec::with_capacity(parts.len());
            for part in parts {
                let Part::Text(text) = part else {
                    next.push(part);
                    continue;
                };
                for (i, text) in text.split(&**token).enumerate() {
                    if i > 0 {
                        next.push(Part::Token(*id));
                    }
                    next.push(Part::Text(text));
                }
            }
            next.retain(|part| !matches!(part, Part::Text("")));
            parts = next;
        }
        parts.retain(|part| !matches!(part, Part::Text("")));
        parts
    }

    /// Joins the characters of `text` into tokens.
    fn merge(&self, text: &str, out: &mut Vec<u32>) {
        let mut symbols = Symbols::new(text);
        let mut queue = BinaryHeap::new();
        for right in 1..symbols.list.len() {
            queue.extend(self.candidate(&symbols, right - 1, right));
        }
        while let Some(best) = queue.pop() {
            let Some(left) = symbols.join(&best) else { continue };
            let Link { before, after, .. } = symbols.list[left];
            queue.extend(before.and_then(|before| self.candidate(&symbols, before, left)));
            queue.extend(after.and_then(|after| self.candidate(&symbols, left, after)));
        }
        let mut at = Some(0);
        while let Some(link) = at.and_then(|at| symbols.list.get(at)) {
            let piece = &text[link.start..link.end];
            match self.known.get(piece) {
                Some(&token) => out.push(token),
                None => out.extend(piece.bytes().map(|byte| self.bytes[usize::from(byte)])),
            }
            at = link.after;
        }
    }

    /// The join of two neighbours, where it is a token.
    fn candidate(&self, symbols: &Symbols<'_>, left: usize, right: usize) -> Option<Candidate> {
        let (start, end) = (symbols.list[left].start, symbols.list[right].end);
        let token = *self.known.get(&symbols.text[start..end])?;
        Some(Candidate { score: self.scores[token as usize], left, right, bytes: end - start })
    }
}

impl Encode for SentencePiece {
    fn encode(&self, text: &str) -> Vec<u32> {
        let mut out = Vec::new();
        let mut is_first = true;
        for part in self.cut(text) {
            match part {
                Part::Token(token) => out.push(token),
                Part::Text(text) => {
                    let prefix = if self.space_first && is_first { " " } else { "" };
                    self.merge(&format!("{prefix}{text}").replace(' ', SPACE.encode_utf8(&mut [0; 4])), &mut out);
                }
            }
            is_first = matches!(part, Part::Token(_));
        }
        out
    }
}

/// A stretch of a text that is cut up.
enum Part<'t> {
    Token(u32),
    Text(&'t str),
}

/// A text as a chain of stretches, at first one for each character.
struct Symbols<'t> {
    text: &'t str,
    list: Vec<Link>,
}

#[derive(Clone, Copy)]
struct Link {
    start: usize,
    /// Where the stretch ends; at its start once it is joined to the one before.
    end: usize,
    before: Option<usize>,
    after: Option<usize>,
}

impl<'t> Symbols<'t> {
    fn new(text: &'t str) -> Self {
        let count = text.chars().count();
        let link = |(i, (start, c)): (usize, (usize, char))| Link {
            start,
            end: start + c.len_utf8(),
            before: i.checked_sub(1),
            after: Some(i + 1).filter(|&after| after < count),
        };
        Self { text, list: text.char_indices().enumerate().map(link).collect() }
    }

    /// Joins two neighbours, and says where the result is. `None` when one of them has changed since they were looked at.
    fn join(&mut self, pair: &Candidate) -> Option<usize> {
        let (left, right) = (self.list[pair.left], self.list[pair.right]);
        let whole = left.start < left.end && right.start < right.end;
        if !whole || (left.end - left.start) + (right.end - right.start) != pair.bytes {
            return None;
        }
        self.list[pair.left] = Link { end: right.end, after: right.after, ..left };
        self.list[pair.right].end = right.start;
        if let Some(after) = right.after {
            self.list[after].before = Some(pair.left);
        }
        Some(pair.left)
    }
}

/// Two neighbours that would be a token. Ordered by score; of equals the leftmost is the greatest.
struct Candidate {
    score: f32,
    left: usize,
    right: usize,
    /// Of both together when they were looked at.
    bytes: usize,
}

impl Ord for Candidate {
    fn cmp(&self, other: &Self) -> Ordering {
        self.score.total_cmp(&other.score).then(other.left.cmp(&self.left))
    }
}

impl PartialOrd for Candidate {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Candidate {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Candidate {}

/// The byte that `<0x0A>` names.
pub(super) fn named_byte(token: &str) -> Option<u8> {
    let digits = token.strip_prefix("<0x")?.strip_suffix('>')?;
    u8::from_str_radix(digits, 16).ok().filter(|_| digits.len() == 2)
}

/// True for user-defined tokens that mark a turn or a picture: a text must not become one.
fn is_marker(token: &str) -> bool {
    ["<start_of", "<end_of", "<|", "[multimodal"].iter().any(|prefix| token.starts_with(prefix))
}
