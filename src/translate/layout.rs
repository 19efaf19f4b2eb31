//! A document as sentences to render, and the document again when they are.

use super::inline::{self, Block, Escape, Part, Piece};
use super::job::{Document, Format, Rendered, Unit};
use super::{Direction, TranslateError, Want, html, subtitle, text};
use crate::intake::language::language_of;
use crate::intake::{Language, MAX_BYTES};

/// A sentence is taken for another language than its text when that is this sure.
const SURE: f32 = 0.8;

/// From what into what.
#[derive(Debug, Clone, Copy)]
pub(super) struct Aim {
    pub(super) from: Language,
    /// Nobody has said what it is, so a sentence may be in another language than the rest.
    pub(super) guessed: bool,
    pub(super) to: Language,
}

/// A text whose sentences are known.
pub(super) struct Laid {
    pieces: Vec<Place>,
    pub(super) units: Vec<Unit>,
}

/// What a document is made of, in order.
enum Place {
    Raw(String),
    /// A phrase and the number of its unit.
    Phrase(Block, usize),
    /// The pieces before, from this one on, are set in so many lines.
    Lines(usize, usize),
}

impl Laid {
    /// Cuts a document into sentences and decides the direction of each.
    pub(super) fn new(parts: Vec<Part>, aim: Aim, escape: Escape) -> Self {
        let mut laid = Self { pieces: Vec::new(), units: Vec::new() };
        for part in parts {
            match part {
                Part::Raw(raw) => laid.pieces.push(Place::Raw(raw)),
                Part::Block(block) => laid.add(&block, aim, escape),
            }
        }
        laid
    }

    fn add(&mut self, block: &Block, aim: Aim, escape: Escape) {
        let first = self.pieces.len();
        for piece in block.pieces(aim.from, escape) {
            match piece {
                Piece::Gap(gap) => self.pieces.push(Place::Raw(gap)),
                Piece::Phrase(phrase) => {
                    let want = if phrase.marks.is_empty() { Want::Text } else { Want::Links };
                    let (text, direction) = (phrase.text.clone(), aim.direction(&phrase.text));
                    self.units.push(Unit { text, direction, fixed: phrase.kept(), want });
                    self.pieces.push(Place::Phrase(phrase, self.units.len() - 1));
                }
            }
        }
        if block.lines > 1 {
            self.pieces.push(Place::Lines(first, block.lines));
        }
    }

    /// The document with its sentences rendered.
    pub(super) fn assemble(&self, rendered: &[Rendered], escape: Escape) -> String {
        let mut out = String::new();
        let mut starts = Vec::with_capacity(self.pieces.len());
        for piece in &self.pieces {
            starts.push(out.len());
            match piece {
                Place::Raw(raw) => out.push_str(raw),
                Place::Phrase(phrase, unit) => out.push_str(&phrase.write(&rendered[*unit], escape)),
                Place::Lines(first, lines) => {
                    let text = out.split_off(starts[*first]);
                    out.push_str(&inline::wrap(&text, *lines));
                }
            }
        }
        out
    }
}

impl Aim {
    /// The direction of one sentence; `None` when it is in the target language already.
    fn direction(self, text: &str) -> Option<Direction> {
        let guess = language_of(text).filter(|guess| guess.confidence >= SURE).and_then(|guess| guess.language);
        let from = match guess {
            Some(language) if language == self.to => return None,
            Some(language) if self.guessed => language,
            _ => self.from,
        };
        (from != self.to).then_some(Direction { from, to: self.to })
    }
}

/// The parts of a text, its language and how sure that is.
pub(super) fn open(document: &Document) -> Result<(Vec<Part>, Language, f32), TranslateError> {
    let Document { text, from, to: _, format } = document;
    if text.len() > MAX_BYTES {
        return Err(TranslateError::TooLong { bytes: text.len(), limit: MAX_BYTES });
    }
    let parts = read(text, *format)?;
    let (language, confidence) = match from {
        Some(given) => (*given, 1.0),
        None => detect(&prose(&parts))?,
    };
    Ok((parts, language, confidence))
}

fn detect(text: &str) -> Result<(Language, f32), TranslateError> {
    let guess = language_of(text).ok_or(TranslateError::NoWords)?;
    match guess.language {
        Some(language) => Ok((language, guess.confidence)),
        None => Err(TranslateError::UnknownLanguage { detected: guess.name.to_owned() }),
    }
}

/// The parts of a document.
fn read(document: &str, format: Format) -> Result<Vec<Part>, TranslateError> {
    match format {
        Format::Text => Ok(text::read(document)),
        Format::Html => Ok(html::read(document)),
        Format::Srt => subtitle::read(document).ok_or(TranslateError::NoSubtitles),
    }
}

/// The text of a document alone.
fn prose(parts: &[Part]) -> String {
    let texts = parts.iter().filter_map(|part| match part {
        Part::Block(block) => Some(block.text.as_str()),
        Part::Raw(_) => None,
    });
    texts.collect::<Vec<_>>().join("\n")
}
