//! Bytes of one text become an `Article`: title, language, cleaned text, numbered sentences.
//!
//! This page is the way of one text: `decode` (bytes to what a file holds), `html` (a web page to pieces of text), `plain`
//! (a page to title and paragraphs), `unfit` (is it an article at all), `language`, `sentence`. Sentences are byte ranges into
//! one immutable string, so that a citation can be checked later by anyone who has the text. Models and prompts are not
//! known here.

mod annotated;
mod appeal;
mod article;
mod block;
mod body;
mod cancel;
mod charset;
mod choose;
mod company;
mod decode;
mod error;
mod extract;
mod furniture;
mod html;
mod lookalike;
mod markdown;
mod mixture;
mod mojibake;
mod note;
mod phrases;
mod plain;
mod removed;
mod title;
mod unfit;
mod unpack;

use crate::language::Language;
use block::Block;
use decode::{Content, Decoded};
use html::Head;
use plain::{Cleaned, Titles};

pub use annotated::AnnotatedArticle;
pub use article::Article;
pub use cancel::{Cancel, CancelOnDrop};
pub use company::Company;
pub use decode::MAX_BYTES;
pub use error::IntakeError;
pub use extract::{Extract, ExtractedSentence};
pub use mixture::{Mixture, Share};
pub use note::{read_note, read_note_within};
pub use plain::one_line;
pub use removed::{Reason, Removed};
pub use unfit::Unfit;
pub use unpack::MAX_FILE_BYTES;

/// The fewest characters that make an article: two short sentences.
pub const MIN_CHARACTERS: usize = 80;

/// How often a cleaned text is cleaned again until nothing changes. Nearly always once is enough.
const ROUNDS: usize = 8;

/// A text as it was handed in: plain text, Markdown or HTML, in any charset, packed or not. Which, is told by its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The bytes of the file.
    pub bytes: Vec<u8>,
    /// What messages call it: a file name or "standard input".
    pub name: String,
    /// The title, when the user gives it. Otherwise it is looked for.
    pub title: Option<String>,
    /// The language, when the user gives it. Otherwise it is detected.
    pub language: Option<Language>,
}

/// How much is read of a text, and as long as who wants it.
#[derive(Debug, Clone)]
pub struct Bounds {
    /// Most characters of what was handed in, unpacked.
    pub given: usize,
    /// Most characters of the article. More are refused before sentences are split, which takes long.
    pub article: usize,
    /// Stops the reading.
    pub cancel: Cancel,
}

impl Default for Bounds {
    /// Everything is read to its end.
    fn default() -> Self {
        Self { given: usize::MAX, article: usize::MAX, cancel: Cancel::default() }
    }
}

/// Reads one text.
///
/// # Errors
/// When the bytes are no text, when nothing but furniture is left, when what is left is no article, or when the language is
/// not one of ours.
pub fn read(source: Source) -> Result<Article, IntakeError> {
    read_within(source, &Bounds::default())
}

/// Reads one text within bounds.
///
/// # Errors
/// As [`read`]; and when there is more of it than the bounds allow, or nobody wants it any more.
pub fn read_within(source: Source, bounds: &Bounds) -> Result<Article, IntakeError> {
    read_as(source, Cleaning::Furniture, bounds)
}

/// Reads one text and removes nothing of what it shows. The title is the given one, or that of a web page's head.
///
/// # Errors
/// As [`read`], but for texts that are no article.
pub fn read_whole(source: Source) -> Result<Article, IntakeError> {
    read_whole_within(source, &Bounds::default())
}

/// The same within bounds.
///
/// # Errors
/// As [`read_whole`]; and when there is more of it than the bounds allow, or nobody wants it any more.
pub fn read_whole_within(source: Source, bounds: &Bounds) -> Result<Article, IntakeError> {
    read_as(source, Cleaning::Nothing, bounds)
}

/// What is removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cleaning {
    Furniture,
    Nothing,
}

fn read_as(source: Source, cleaning: Cleaning, bounds: &Bounds) -> Result<Article, IntakeError> {
    let Source { bytes, name, title: given, language } = source;
    let Decoded { content, struck, notes } = decode::decode(bytes, &name, bounds.given)?;
    bounds.cancel.check()?;
    let Blocks { shown, extracted, head, unseen } = blocks(content, &name)?;
    bounds.cancel.check()?;
    let given_characters = joined(&shown).chars().count();
    let too_short = |characters| IntakeError::TooShort { name: name.clone(), characters, limit: MIN_CHARACTERS };
    if given_characters < MIN_CHARACTERS {
        return Err(too_short(given_characters));
    }
    let titles = Titles { given, named: head.title.map(|title| decode::tidy(&title)) };
    if cleaning == Cleaning::Furniture && unfit::is_front_page(&shown) {
        return Err(IntakeError::NotArticle { name, reason: Unfit::Links });
    }
    let all_links = unfit::is_all_links(&shown);
    let Cleaned { title, paragraphs, mut removed } = match cleaning {
        Cleaning::Furniture => settle(plain::clean(shown, &extracted, titles), &bounds.cancel),
        Cleaning::Nothing => Cleaned { title: titles.given.or(titles.named), paragraphs: shown, removed: Vec::new() },
    };
    if cleaning == Cleaning::Furniture {
        let links = || (paragraphs.is_empty() && all_links).then_some(Unfit::Links);
        if let Some(reason) = unfit::judge(&paragraphs, &removed, MIN_CHARACTERS).or_else(links) {
            return Err(IntakeError::NotArticle { name, reason });
        }
    }
    removed.extend(struck.into_iter().chain(unseen));
    let text = joined(&paragraphs);
    let characters = text.chars().count();
    if characters < MIN_CHARACTERS {
        return Err(too_short(characters));
    }
    bounds.cancel.check()?;
    if characters > bounds.article {
        return Err(IntakeError::TooLong { name, characters, limit: bounds.article });
    }
    let (language, confidence) = match language {
        Some(given) => (given, 1.0),
        None => mixture::detect(&text).map_err(|detected| IntakeError::UnsupportedLanguage { name, detected })?,
    };
    let Head { byline, published, site, .. } = head;
    Ok(Article { title, byline, published, site, removed, notes, ..Article::of(text, language, confidence) })
}

/// The letters of a text in whatever charset it is, as [`read`] decodes them; `None` when the bytes are no text.
#[must_use]
pub fn decoded(bytes: &[u8]) -> Option<String> {
    let text = charset::decode(bytes, None).ok()?.text;
    Some(text.trim_start_matches('\u{feff}').to_owned())
}

/// A text in blocks.
#[derive(Debug, Default)]
struct Blocks {
    /// Those that are shown.
    shown: Vec<Block>,
    /// Those that the extractor takes for the article.
    extracted: Vec<Block>,
    /// What the head says.
    head: Head,
    /// What no reader sees.
    unseen: Vec<Removed>,
}

fn blocks(content: Content, name: &str) -> Result<Blocks, IntakeError> {
    let html = match &content {
        Content::Plain(text) => return Ok(Blocks { shown: block::split(text), ..Blocks::default() }),
        Content::Page(html) | Content::Document(html) => html,
    };
    let page = html::read(html, MAX_BYTES).ok_or_else(|| IntakeError::TooLarge {
        name: name.to_owned(),
        bytes: html.len(),
        limit: MAX_BYTES,
    })?;
    let extracted = if matches!(content, Content::Page(_)) { block::of_pieces(page.extracted) } else { Vec::new() };
    Ok(Blocks { shown: block::of_pieces(page.pieces), extracted, head: page.head, unseen: page.unseen })
}

/// Cleans until nothing changes, so that the extract of an extract is itself. What was cleaned is plain text, also where
/// it speaks of HTML.
fn settle(mut cleaned: Cleaned, cancel: &Cancel) -> Cleaned {
    for _ in 0..ROUNDS {
        if cancel.is_cancelled() {
            break;
        }
        end_first_line(&mut cleaned.paragraphs);
        let text = joined(&cleaned.paragraphs);
        let next = plain::clean(block::split(&decode::tidy(&text)), &[], Titles::default());
        if joined(&next.paragraphs) == text {
            break;
        }
        // A second title is the heading of the first part.
        let heading = next.title.map(|text| Removed { text, reason: Reason::OutsideArticle });
        cleaned.removed.extend(next.removed.into_iter().chain(heading));
        cleaned.paragraphs = next.paragraphs;
    }
    cleaned
}

/// The fewest words of a first paragraph that has lost its full stop. A shorter one is a heading.
const LEAD_WORDS: usize = 8;

/// Gives the first paragraph the full stop that its page left out, or else it would be read as a title the next time.
fn end_first_line(paragraphs: &mut [Block]) {
    if let [first, _, ..] = paragraphs
        && !first.ended
        && first.words >= LEAD_WORDS
        && first.text.ends_with(char::is_alphanumeric)
    {
        *first = Block::new(format!("{}.", first.text));
    }
}

fn joined(paragraphs: &[Block]) -> String {
    let texts: Vec<&str> = paragraphs.iter().map(|block| block.text.as_str()).collect();
    texts.join("\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::SentenceId;

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
    fn reading_has_bounds() {
        let read = |bounds: &Bounds| read_within(source(TEXT), bounds);
        let characters = TEXT.chars().count();
        assert!(read(&Bounds { given: characters, article: characters, ..Bounds::default() }).is_ok());
        let given = read(&Bounds { given: characters - 1, ..Bounds::default() }).unwrap_err();
        assert_eq!(given, IntakeError::TooMuch { name: "page.txt".into(), characters, limit: characters - 1 });
        let article = read(&Bounds { article: 100, ..Bounds::default() }).unwrap_err();
        assert!(matches!(article, IntakeError::TooLong { limit: 100, characters: 101.., .. }), "{article}");
        let bounds = Bounds::default();
        drop(bounds.cancel.on_drop());
        assert_eq!(read(&bounds).unwrap_err(), IntakeError::Cancelled, "nobody waits for it");
    }

    #[test]
    fn nothing_is_removed_when_all_is_kept() {
        let page = format!("{TEXT}\r\n\r\nРеклама\r\n\r\n© 2024 Кур’єр");
        assert_eq!(read(source(&page)).unwrap().removed().len(), 2);
        let whole = read_whole(source(&page)).unwrap();
        assert!(whole.text().starts_with("Міст відкрили\n\n") && whole.text().ends_with("Реклама\n\n© 2024 Кур’єр"));
        assert!(whole.removed().is_empty());
    }

    #[test]
    fn a_lead_without_a_full_stop_gets_one() {
        let text = "Harbour bridge reopens\n\nThe bridge that a cargo ship destroyed four years ago is open to traffic once again\n\nThe repair \
                    cost 38 million pounds, more than planned. It took four years, the council said on Monday.";
        let article = read(source(text)).unwrap();
        assert!(
            article.text().starts_with(
                "The bridge that a cargo ship destroyed four years ago is open to traffic once again.\n\n"
            )
        );
        assert_eq!(read(source(article.text())).unwrap().text(), article.text());
    }

    #[test]
    fn half_and_half_is_mixed_and_not_belarusian() {
        let text = "Міст знову відкрили в суботу, і першим його перетнув автобус. Ремонт коштував 38 мільйонів гривень, \
                    повідомили в мерії.\n\nМост снова открыли в субботу, и первым его пересёк автобус. Ремонт обошёлся \
                    в 38 миллионов гривен, сообщили в мэрии.";
        let article = read(source(text)).unwrap();
        assert!(article.mixture().is_mixed(), "{:?}", article.mixture());
        let languages: Vec<_> = article.sentences().iter().map(|it| article.mixture().language(it.id)).collect();
        assert_eq!(languages, [Language::Uk, Language::Uk, Language::Ru, Language::Ru].map(Some));
        assert!(!read(source(TEXT)).unwrap().mixture().is_mixed());
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
