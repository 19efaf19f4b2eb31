//! Bytes of one text become an `Article`: title, language, cleaned text, numbered sentences.
//!
//! This page is the way of one text: `decode` (bytes to tidy text), `plain` (pasted page to title and paragraphs),
//! `language`, `sentence`. Sentences are byte ranges into one immutable string, so that a citation can be checked
//! later by anyone who has the text. Models, prompts and HTML are not known here.

mod abbreviation;
mod appeal;
mod article;
mod block;
mod body;
mod cyrillic;
mod decode;
mod error;
mod furniture;
pub mod language;
mod phrases;
mod plain;
mod removed;
mod sentence;
mod title;

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

pub use article::{Article, Sentence, SentenceId};
pub use decode::MAX_BYTES;
pub use error::IntakeError;
pub use language::{Guess, Language, UnknownLanguage};
pub use removed::{Reason, Removed};

/// The fewest characters that make an article: two short sentences.
pub const MIN_CHARACTERS: usize = 80;

/// A text as it was handed in.
#[derive(Debug, Clone)]
pub struct Source {
    /// The bytes, which should be UTF-8.
    pub bytes: Vec<u8>,
    /// What messages call it: a file name or "standard input".
    pub name: String,
    /// The title, when the user gives it. Otherwise it is looked for.
    pub title: Option<String>,
    /// The language, when the user gives it. Otherwise it is detected.
    pub language: Option<Language>,
}

/// Reads one text.
///
/// # Errors
/// When the bytes are no text, when nothing but furniture is left, or when the language is not one of ours.
pub fn read(source: Source) -> Result<Article, IntakeError> {
    let Source { bytes, name, title, language } = source;
    let decoded = decode::decode(&bytes, &name)?;
    let too_short = |characters| IntakeError::TooShort { name: name.clone(), characters, limit: MIN_CHARACTERS };
    let given = decoded.chars().count();
    if given < MIN_CHARACTERS {
        return Err(too_short(given));
    }
    let plain::Cleaned { title, paragraphs, removed } = plain::clean(&decoded, title);
    let text = paragraphs.join("\n\n");
    let (language, confidence) = match language {
        Some(given) => (given, 1.0),
        None => detect(if text.is_empty() { &decoded } else { &text }, &name)?,
    };
    let characters = text.chars().count();
    if characters < MIN_CHARACTERS {
        return Err(too_short(characters));
    }
    let sentences = sentence::split(&text, language);
    Ok(Article { title, language, confidence, sentences, removed, sha256: hex_sha256(&text), text })
}

/// Reads a text that is no page: a summary that a person wrote, however short. Nothing is taken away.
///
/// Its language is taken from the source, else guessed; a text too short for a guess is in `otherwise`.
///
/// # Errors
/// When the bytes are no text, when there is no word in it, or when the language is not one of ours.
pub fn read_note(source: Source, otherwise: Language) -> Result<Article, IntakeError> {
    let Source { bytes, name, title, language } = source;
    let decoded = decode::decode(&bytes, &name)?;
    let text = paragraphs_of_note(&decoded);
    if !text.contains(char::is_alphanumeric) {
        return Err(IntakeError::Empty { name });
    }
    let (language, confidence) = match language {
        Some(given) => (given, 1.0),
        None if text.chars().count() < MIN_CHARACTERS => match language::language_of(&text) {
            Some(Guess { language: Some(language), confidence, .. }) => (language, confidence),
            _ => (otherwise, 0.0),
        },
        None => detect(&text, &name)?,
    };
    let sentences = sentence::split(&text, language);
    Ok(Article { title, language, confidence, sentences, removed: Vec::new(), sha256: hex_sha256(&text), text })
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

fn detect(text: &str, name: &str) -> Result<(Language, f32), IntakeError> {
    let Some(guess) = language::language_of(text) else {
        return Err(IntakeError::TooShort { name: name.to_owned(), characters: 0, limit: MIN_CHARACTERS });
    };
    match guess.language {
        Some(language) => Ok((language, guess.confidence)),
        None => Err(IntakeError::UnsupportedLanguage { name: name.to_owned(), detected: guess.name.to_owned() }),
    }
}

fn hex_sha256(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().fold(String::with_capacity(64), |mut hex, byte| {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(text: &str) -> Source {
        Source { bytes: text.as_bytes().to_vec(), name: "page.txt".into(), title: None, language: None }
    }

    const TEXT: &str = "Міст відкрили\r\n\r\nПортовий міст у Галвмуті знову відкрили в суботу, 14 вересня 2024 р. \
        Першим проїхав автобус № 7.\r\n\r\nРемонт коштував 38,6 млн. Це на 22% більше, ніж планували.";

    #[test]
    fn an_article_is_read() {
        let article = read(source(TEXT)).unwrap();
        assert_eq!(article.title(), Some("Міст відкрили"));
        assert_eq!(article.language(), Language::Uk);
        assert!(article.confidence() > 0.9);
        assert!(article.text().starts_with("Портовий міст"));
        let paragraphs: Vec<usize> = article.sentences().iter().map(|it| it.paragraph).collect();
        assert_eq!(paragraphs, [0, 0, 1, 1]);
        let second = SentenceId::new(2).unwrap();
        assert_eq!(article.sentence_text(second), Some("Першим проїхав автобус № 7."));
        assert_eq!(article.sentence_text(SentenceId::new(5).unwrap()), None);
        assert_eq!(article.sha256().len(), 64);
        assert_eq!(article.removed_characters(), 0);
    }

    #[test]
    fn its_own_text_is_read_the_same() {
        let article = read(source(TEXT)).unwrap();
        let again = read(source(article.text())).unwrap();
        assert_eq!(again.text(), article.text());
        assert_eq!(again.sha256(), article.sha256());
        assert_eq!(again.title(), None);
    }

    #[test]
    fn a_note_is_read_as_it_is() {
        let note = |text: &str| read_note(source(text), Language::Uk);
        let article = note("Перший автобус — № 7.\nРемонт коштував\n38,6 млн.\n\n- Міст відкрили\n- Кінець").unwrap();
        let texts: Vec<&str> = article.sentences().iter().map(|it| &article.text()[it.start..it.end]).collect();
        assert_eq!(texts.len(), 4, "{texts:?}");
        assert_eq!((texts[1], article.language()), ("Ремонт коштував\n38,6 млн.", Language::Uk));
        assert_eq!(note("12").unwrap().language(), Language::Uk);
        assert!(matches!(note(" \n … "), Err(IntakeError::Empty { .. })));
    }

    #[test]
    fn what_is_given_wins() {
        let given = Source { title: Some("Інша назва".into()), language: Some(Language::Ru), ..source(TEXT) };
        let article = read(given).unwrap();
        assert_eq!(article.title(), Some("Інша назва"));
        assert_eq!((article.language(), article.confidence()), (Language::Ru, 1.0));
    }

    #[test]
    fn refusals_say_what_to_do() {
        let german = "Die Hafenbrücke wurde am Samstag wieder für den Verkehr geöffnet. Vier Jahre zuvor hatte ein \
                      Frachtschiff einen der Pfeiler gerammt. Die Reparatur kostete 38 Millionen.";
        let cases = [
            ("", "page.txt is empty; give the text of an article"),
            (
                "word",
                "page.txt has 4 characters of article text after cleaning and at least 80 are needed; give the whole article",
            ),
            (
                "12 34",
                "page.txt has 5 characters of article text after cleaning and at least 80 are needed; give the whole article",
            ),
            (
                german,
                "page.txt seems to be in German; only English, Ukrainian and Russian are read, so name the language if this is wrong",
            ),
        ];
        for (text, message) in cases {
            assert_eq!(read(source(text)).unwrap_err().to_string(), message);
        }
    }

    #[test]
    fn sentence_ids_start_at_one() {
        assert_eq!(SentenceId::new(0), None);
        assert_eq!(SentenceId::new(7).map(SentenceId::get), Some(7));
        assert_eq!(serde_json::to_string(&SentenceId::new(7)).unwrap(), "7");
        assert_eq!(serde_json::to_string(&Reason::AdBlocker).unwrap(), "\"ad_blocker\"");
    }

    /// Pieces that have broken readers before, thrown together in every order.
    #[test]
    fn odd_bytes_never_break_the_ranges() {
        let pieces = [
            "\u{feff}",
            "т. д. ",
            "«Так!» — ",
            "\r\n",
            "\n\n",
            " . ",
            "…",
            "😀",
            "e\u{301}",
            "\u{202e}",
            "A.",
            " б",
            "» ",
            "Related:\n",
            "© ",
            "9:1",
            ":",
            "\n10:17 ",
            "#1 ",
            "Привіт, світе. ",
            "12,5 % ",
            "\u{0}",
            "<",
            "-\n",
            "“Who?” ",
            "U.S. ",
            "1. ",
            "к.",
            "| ",
            ") ",
        ];
        let mut state = 7_u64;
        for _ in 0..3000 {
            let mut text = String::new();
            for _ in 0..40 {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                text.push_str(pieces[usize::try_from(state >> 33).unwrap() % pieces.len()]);
            }
            let mut bytes = text.into_bytes();
            if state.is_multiple_of(5) {
                let at = usize::try_from(state >> 40).unwrap() % bytes.len();
                bytes[at] = 0xff;
            }
            let given = Source { bytes, language: Some(Language::Uk), ..source("") };
            let Ok(article) = read(given) else { continue };
            check_ranges(&article);
        }
    }

    fn check_ranges(article: &Article) {
        let mut last = 0;
        for (index, sentence) in article.sentences().iter().enumerate() {
            assert_eq!(sentence.id.get() as usize, index + 1);
            assert!(last <= sentence.start && sentence.start < sentence.end);
            let text = article.sentence_text(sentence.id).unwrap();
            assert_eq!(text, text.trim());
            let between = &article.text()[last..sentence.start];
            assert!(!between.contains(char::is_alphanumeric), "{between:?} is in no sentence");
            last = sentence.end;
        }
        assert!(!article.text()[last..].contains(char::is_alphanumeric));
    }
}
