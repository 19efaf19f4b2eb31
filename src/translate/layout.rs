//! A document as sentences to render, and the document again when they are.
//!
//! Reading a large page takes as long as many small requests, so it is done once, on a thread that may be busy for long, and
//! stops when nobody waits for it. Not here: how the sentences are rendered (`translators`).

use std::sync::Arc;

use super::inline::{self, Block, Escape, Part, Piece};
use super::job::{Document, Format, Rendered, Unit};
use super::{Direction, TranslateError, html, message, subtitle, text};
use crate::intake::{Cancel, Company, MAX_BYTES};
use crate::language::{Language, language_of};

/// A sentence is taken for another language than its text when that is this sure.
const SURE: f32 = 0.8;

/// What is known around a text that is opened.
#[derive(Clone, Default)]
pub struct OpenOptions {
    /// The texts that came with it, for one that could be in several languages.
    pub company: Company,
    /// Stops the reading.
    pub cancel: Cancel,
    /// What bounds the request. It is held as long as the text is, also by a thread whose caller has left.
    pub permit: Option<Arc<dyn Send + Sync>>,
}

/// A text that was read: its language is known, and its sentences.
pub struct Opened {
    /// The language that it was taken for, or that was given.
    pub from: Language,
    /// Nobody has said what it is, so a sentence may be in another language than the rest.
    guessed: bool,
    /// How sure the language is, from 0 to 1.
    pub confidence: f32,
    /// The language wanted.
    pub to: Language,
    escape: Escape,
    pieces: Vec<Place>,
    /// What each message is made of.
    messages: Vec<Vec<Place>>,
    /// Its sentences in order.
    pub(super) units: Vec<Unit>,
    _permit: Option<Arc<dyn Send + Sync>>,
}

/// What a document is made of, in order.
enum Place {
    Raw(String),
    /// The number of a unit.
    Phrase(usize),
    /// The pieces before, from this one on, are set in so many lines.
    Lines(usize, usize),
}

/// Reads a text. It may take a second for a large page, so it belongs on a thread that may be busy for long.
///
/// # Errors
/// When it is too long, in an unknown language or without words, has no subtitles where it should, or when nobody waits for
/// it any more.
pub fn open(document: &Document, options: &OpenOptions) -> Result<Arc<Opened>, TranslateError> {
    let &Document { ref text, from, to, format } = document;
    if text.len() > MAX_BYTES {
        return Err(TranslateError::TooLong { bytes: text.len(), limit: MAX_BYTES });
    }
    let parts = read(document)?;
    stop_if(&options.cancel)?;
    let (language, confidence) = match from {
        Some(given) => (given, 1.0),
        None => detect(&prose(&parts), options.company)?,
    };
    let mut opened = Opened {
        from: language,
        guessed: from.is_none(),
        confidence,
        to,
        escape: if format == Format::Html { html::escape } else { str::to_owned },
        pieces: Vec::new(),
        messages: Vec::new(),
        units: Vec::new(),
        _permit: options.permit.clone(),
    };
    opened.pieces = opened.cut(parts, 0, &options.cancel)?;
    Ok(Arc::new(opened))
}

fn stop_if(cancel: &Cancel) -> Result<(), TranslateError> {
    if cancel.is_cancelled() { Err(crate::engine::EngineError::Cancelled.into()) } else { Ok(()) }
}

impl Opened {
    /// Cuts parts into sentences and decides the direction of each; `depth` is that of the message which they are in.
    fn cut(&mut self, parts: Vec<Part>, depth: usize, cancel: &Cancel) -> Result<Vec<Place>, TranslateError> {
        let mut places = Vec::with_capacity(parts.len());
        for part in parts {
            stop_if(cancel)?;
            match part {
                Part::Raw(raw) => places.push(Place::Raw(raw)),
                Part::Block(block) => self.add((&block, depth), &mut places, cancel)?,
            }
        }
        Ok(places)
    }

    fn add(
        &mut self,
        (block, depth): (&Block, usize),
        places: &mut Vec<Place>,
        cancel: &Cancel,
    ) -> Result<(), TranslateError> {
        let first = places.len();
        let known = self.messages.len();
        let (mut block, messages) =
            if depth < message::DEEPEST { message::lifted(block) } else { message::whole(block) };
        block.fixed.iter_mut().for_each(|fixed| fixed.message = fixed.message.map(|number| known + number));
        self.messages.extend(messages.iter().map(|_| Vec::new()));
        for piece in block.pieces(self.from, self.escape) {
            stop_if(cancel)?;
            match piece {
                Piece::Gap(gap) => places.push(Place::Raw(gap)),
                Piece::Phrase(phrase) => {
                    let direction = self.direction(&phrase.text);
                    self.units.push(Unit::new(phrase, direction));
                    places.push(Place::Phrase(self.units.len() - 1));
                }
            }
        }
        if block.lines > 1 {
            places.push(Place::Lines(first, block.lines));
        }
        for (number, parts) in messages.into_iter().enumerate() {
            let parts = parts.into_iter().map(|part| match part {
                Part::Raw(raw) => Part::Raw((self.escape)(&raw)),
                block => block,
            });
            self.messages[known + number] = self.cut(parts.collect(), depth + 1, cancel)?;
        }
        Ok(())
    }

    /// The document with its sentences rendered.
    pub(super) fn assemble(&self, rendered: &[Rendered], cancel: &Cancel) -> Result<String, TranslateError> {
        self.write(&self.pieces, rendered, cancel)
    }

    fn write(&self, places: &[Place], rendered: &[Rendered], cancel: &Cancel) -> Result<String, TranslateError> {
        let mut out = String::new();
        let mut starts = Vec::with_capacity(places.len());
        let message = |number: usize| self.write(self.messages.get(number)?, rendered, cancel).ok();
        for place in places {
            stop_if(cancel)?;
            starts.push(out.len());
            match place {
                Place::Raw(raw) => out.push_str(raw),
                Place::Phrase(unit) => {
                    out.push_str(&self.units[*unit].phrase.write(&rendered[*unit], self.escape, &message));
                }
                Place::Lines(first, lines) => {
                    let text = out.split_off(starts[*first]);
                    out.push_str(&inline::wrap(&text, *lines));
                }
            }
        }
        Ok(out)
    }

    /// The direction of one sentence; `None` when it is in the target language already.
    fn direction(&self, text: &str) -> Option<Direction> {
        let guess = language_of(text).filter(|guess| guess.confidence >= SURE).and_then(|guess| guess.language);
        let from = match guess {
            Some(language) if language == self.to => return None,
            Some(language) if self.guessed => language,
            _ => self.from,
        };
        (from != self.to).then_some(Direction { from, to: self.to })
    }
}

/// The language of a text and how sure that is.
fn detect(text: &str, company: Company) -> Result<(Language, f32), TranslateError> {
    let guess = company.language_of(text).ok_or(TranslateError::NoWords)?;
    let language = guess.language.ok_or_else(|| TranslateError::UnknownLanguage { detected: guess.name.to_owned() })?;
    Ok((language, guess.confidence))
}

/// The parts of a document.
fn read(document: &Document) -> Result<Vec<Part>, TranslateError> {
    let text = &document.text;
    match document.format {
        Format::Text => Ok(text::read(text)),
        Format::Html => Ok(html::read(text, document.to)),
        Format::Srt => subtitle::read(text).ok_or(TranslateError::NoSubtitles),
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
