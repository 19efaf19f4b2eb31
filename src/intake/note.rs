//! Reads a note: a text that a person wrote about an article. It is no page, so nothing is looked for and nothing removed.

use super::decode::{self, Content, Decoded};
use super::{Article, Blocks, Bounds, IntakeError, MIN_CHARACTERS, Source, blocks, joined, mixture};
use crate::language::{self, Guess, Language};

/// Reads a text that is no page: a summary that a person wrote, however short. Nothing is taken away.
///
/// Its language is taken from the source, else guessed; a text too short for a guess is in `otherwise`.
///
/// # Errors
/// When the bytes are no text, when there is no word in it, or when the language is not one of ours.
pub fn read_note(source: Source, otherwise: Language) -> Result<Article, IntakeError> {
    read_note_within(source, otherwise, &Bounds::default())
}

/// The same within bounds.
///
/// # Errors
/// As [`read_note`]; and when there is more of it than the bounds allow, or nobody wants it any more.
pub fn read_note_within(source: Source, otherwise: Language, bounds: &Bounds) -> Result<Article, IntakeError> {
    let Source { bytes, name, title, language } = source;
    let Decoded { content, notes, .. } = decode::decode(bytes, &name, bounds.given)?;
    bounds.cancel.check()?;
    let text = match content {
        Content::Plain(text) => paragraphs_of_note(&text),
        page => {
            let Blocks { shown, .. } = blocks(page, &name)?;
            joined(&shown)
        }
    };
    if !text.contains(char::is_alphanumeric) {
        return Err(IntakeError::Empty { name });
    }
    bounds.cancel.check()?;
    let characters = text.chars().count();
    if characters > bounds.article {
        return Err(IntakeError::TooLong { name, characters, limit: bounds.article });
    }
    let (language, confidence) = match language {
        Some(given) => (given, 1.0),
        None if characters < MIN_CHARACTERS => match language::language_of(&text) {
            Some(Guess { language: Some(language), confidence, .. }) => (language, confidence),
            _ => (otherwise, 0.0),
        },
        None => mixture::detect(&text).map_err(|detected| IntakeError::UnsupportedLanguage { name, detected })?,
    };
    Ok(Article { title, notes, ..Article::of(text, language, confidence) })
}

/// Parts a note where a line ends a sentence or the next one begins a point of a list; other line breaks are only layout.
fn paragraphs_of_note(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines().map(str::trim) {
        let point = line.starts_with(['-', '•', '*', '–']);
        let ended = out.trim_end_matches(['»', '”', '"', ')']).ends_with(['.', '!', '?', '…', ':']);
        match out.is_empty() || out.ends_with("\n\n") {
            true => {}
            false if point || ended || line.is_empty() => out.push_str("\n\n"),
            false => out.push('\n'),
        }
        out.push_str(line);
    }
    out.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_read_as_it_is() {
        let source = |text: &str| Source { bytes: text.into(), name: "note".into(), title: None, language: None };
        let note = |text: &str| read_note(source(text), Language::Uk);
        let article = note("Перший автобус — № 7.\nРемонт коштував\n38,6 млн.\n\n- Міст відкрили\n- Кінець").unwrap();
        let texts: Vec<&str> = article.sentences().iter().map(|it| &article.text()[it.start..it.end]).collect();
        assert_eq!(texts.len(), 4, "{texts:?}");
        assert_eq!((texts[1], article.language()), ("Ремонт коштував\n38,6 млн.", Language::Uk));
        assert_eq!(note("12").unwrap().language(), Language::Uk);
        assert!(matches!(note(" \n … "), Err(IntakeError::Empty { .. })));
    }
}
