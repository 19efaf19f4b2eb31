//! `stislo check`: a summary that a person wrote, held against its article, without any model.
//!
//! A claim may be one short sentence, which no guess of languages can be sure of: it is taken for one of the three by its
//! letters, and by the article's language where they do not tell.

use std::collections::{BTreeSet, HashSet};
use std::fmt::Write as _;
use std::io::BufRead;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::json;

use super::input::Format;
use super::render::{self, Page};
use crate::answer::{self, Checked, Reference, Resources};
use crate::config::Settings;
use crate::error::Error;
use crate::intake::{self, AnnotatedArticle, Article, IntakeError, Source};
use crate::language::{self, Language, language_of};

/// What to check.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Summary to check, in English, Ukrainian or Russian, or - for standard input
    #[arg(required_unless_present = "batch", conflicts_with = "batch")]
    summary: Option<PathBuf>,
    /// Article to hold it against, in any of the three, or - for standard input
    #[arg(long, value_name = "ARTICLE", required_unless_present = "batch", conflicts_with = "batch")]
    against: Option<PathBuf>,
    /// Language of the summary: en, uk or ru; guessed by its letters when not given
    #[arg(long, value_name = "LANG")]
    lang: Option<Language>,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Text, conflicts_with = "batch")]
    format: Format,
    /// End with exit code 5 when something is found
    #[arg(long)]
    fail: bool,
    /// Check many claims: a file with {"id", "article", "claim"} a line; one line of JSON for each is printed
    #[arg(long, value_name = "FILE")]
    batch: Option<PathBuf>,
}

/// A line of a batch.
#[derive(Debug, Deserialize)]
struct Row {
    id: String,
    article: String,
    claim: String,
}

pub(super) fn execute(args: Args, settings: &Settings) -> Result<(), Error> {
    let resources = Resources { dictionaries: super::dictionaries::find(settings)? };
    let mut checker = Checker { resources, languages: BTreeSet::new() };
    let count = match (&args.batch, &args.summary, &args.against) {
        (Some(path), ..) => batch(path, args.lang, &mut checker)?,
        (None, Some(summary), Some(against)) => one(&args, (summary, against), (&mut checker, settings))?,
        // clap asks for both where no batch is given.
        _ => 0,
    };
    let languages: Vec<Language> = checker.languages.into_iter().collect();
    super::dictionaries::tell_missing(&checker.resources.dictionaries, &languages, settings);
    if args.fail && count > 0 { Err(Error::Findings { count }) } else { Ok(()) }
}

/// What texts are checked with.
struct Checker {
    resources: Resources,
    /// Languages of the texts that were checked.
    languages: BTreeSet<Language>,
}

impl Checker {
    /// Reads an article that summaries are held against.
    fn reference(&self, source: Source) -> Result<Reference, IntakeError> {
        Ok(Reference::with(AnnotatedArticle::of(intake::read(source)?), &self.resources))
    }

    fn against(&mut self, note: &Article, reference: &Reference) -> Checked {
        self.languages.insert(note.language());
        answer::against(note, reference)
    }
}

/// Checks one summary and prints what was found; gives how much.
fn one(
    args: &Args,
    (summary, against): (&Path, &Path),
    (checker, settings): (&mut Checker, &Settings),
) -> Result<usize, Error> {
    let stdin = Path::new("-");
    if summary == stdin && against == stdin {
        let reason = "only one of summary and article can be standard input; name a file for the other".to_owned();
        return Err(Error::Setting { name: "--against", reason });
    }
    let reference = checker.reference(super::input::read(against, None)?)?;
    let article = reference.article();
    let note = note(super::input::read(summary, args.lang)?, article)?;
    let checked = checker.against(&note, &reference);
    let page = Page::of_stdout(settings);
    args.format.print(|| text(&checked, article, &page), || json(&checked, article))?;
    Ok(findings(&checked))
}

/// Checks each claim of a file and prints a line for it; gives how much was found. A claim or an article that is refused has
/// an `error` in its line, and the others go on.
fn batch(path: &Path, lang: Option<Language>, checker: &mut Checker) -> Result<usize, Error> {
    let failed = |source| Error::Io { doing: "read", path: path.to_owned(), source };
    let file = std::io::BufReader::new(std::fs::File::open(path).map_err(failed)?);
    let mut read: Option<(String, Result<Reference, IntakeError>)> = None;
    let mut count = 0;
    for (at, line) in file.lines().enumerate() {
        let line = line.map_err(failed)?;
        if line.trim().is_empty() {
            continue;
        }
        let wrong =
            |error: serde_json::Error| Error::Record { path: path.to_owned(), line: at + 1, reason: error.to_string() };
        let Row { id, article, claim } = serde_json::from_str(&line).map_err(wrong)?;
        let source =
            |text: &str, name: &str, language| Source { bytes: text.into(), name: name.into(), title: None, language };
        // Claims about one article mostly stand together.
        let reference = match &read {
            Some((text, reference)) if *text == article => reference,
            _ => {
                let result = checker.reference(source(&article, "article", None));
                &read.insert((article, result)).1
            }
        };
        let outcome = reference.as_ref().map_err(ToString::to_string).and_then(|reference| {
            let article = reference.article();
            let note = note(source(&claim, "claim", lang), article).map_err(|error| error.to_string())?;
            Ok((checker.against(&note, reference), article))
        });
        let printed = match outcome {
            Ok((checked, article)) => {
                count += findings(&checked);
                let mut value = json(&checked, article);
                value["id"] = json!(id);
                value
            }
            Err(error) => json!({ "id": id, "error": error }),
        };
        super::input::print(&format!("{printed}\n"))?;
    }
    Ok(count)
}

/// Reads a summary in the language that is given, or that its letters tell.
fn note(source: Source, article: &Article) -> Result<Article, IntakeError> {
    let language = source.language.or_else(|| {
        language_by_letters(std::str::from_utf8(&source.bytes).ok()?, (article.text(), article.language()))
    });
    intake::read_note(Source { language, ..source }, article.language())
}

/// Which of the three languages a text about this article is in; nothing when it has no letters of theirs. Where letters do not
/// tell Ukrainian from Russian, a text that has the words of the article is in its language.
fn language_by_letters(text: &str, (article, otherwise): (&str, Language)) -> Option<Language> {
    let count = |of: &dyn Fn(char) -> bool| text.chars().filter(|&c| of(c)).count();
    let cyrillic = count(&|c| ('\u{400}'..='\u{52f}').contains(&c));
    let latin = count(&|c| c.is_ascii_alphabetic());
    if cyrillic + latin == 0 {
        return None;
    }
    // A Cyrillic text may be full of Latin names.
    if cyrillic * 3 < latin {
        return Some(Language::En);
    }
    let own = |language: Language| count(&|c| language.letters_of_the_other().contains(c));
    let (russian, ukrainian) = (own(Language::Uk), own(Language::Ru));
    match russian.cmp(&ukrainian) {
        std::cmp::Ordering::Less => Some(Language::Uk),
        std::cmp::Ordering::Greater => Some(Language::Ru),
        std::cmp::Ordering::Equal => {
            if otherwise != Language::En && shares_words(text, article) {
                return Some(otherwise);
            }
            let guess = language_of(text).and_then(|guess| guess.language).filter(|&it| it != Language::En);
            let other = if otherwise == Language::En { Language::Ru } else { otherwise };
            Some(guess.unwrap_or(other))
        }
    }
}

/// True when half of the longer words of a text begin as words of the article do.
fn shares_words(text: &str, article: &str) -> bool {
    const LETTERS: usize = 5;
    let begins = |text: &str| -> Vec<String> {
        let words = language::words(text).filter(|word| word.chars().count() >= LETTERS);
        words.map(|word| word.to_lowercase().chars().take(LETTERS).collect()).collect()
    };
    let known: HashSet<String> = begins(article).into_iter().collect();
    let own = begins(text);
    !own.is_empty() && own.iter().filter(|word| known.contains(*word)).count() * 2 >= own.len()
}

fn findings(checked: &Checked) -> usize {
    checked.sentences.iter().map(|held| held.findings.len()).sum()
}

fn text(checked: &Checked, article: &Article, page: &Page) -> String {
    let sources: Vec<String> = checked.sentences.iter().map(|held| render::sources(&held.evidence)).collect();
    let widest = sources.iter().map(String::len).max().unwrap_or(0);
    let mut out = String::new();
    for (held, source) in checked.sentences.iter().zip(sources) {
        let _ = writeln!(out, "{}", page.wrap(&format!("{source:>widest$}  "), &held.text));
        for finding in &held.findings {
            let _ = writeln!(out, "{}", page.wrap(&format!("{:widest$}  ! ", ""), &render::sentence(finding)));
        }
    }
    let doubted = checked.sentences.iter().filter(|held| !held.findings.is_empty()).count();
    let (all, known) = (checked.sentences.len(), article.sentences().len());
    let (ours, theirs) = (checked.language, article.language());
    let _ = writeln!(
        out,
        "\n{doubted} of {all} sentences ({ours}) have findings; held against {known} sentences ({theirs})"
    );
    out
}

fn json(checked: &Checked, article: &Article) -> serde_json::Value {
    json!({
        "source": {
            "title": article.title(),
            "language": article.language(),
            "sentences": article.sentences().len(),
            "sha256": article.sha256(),
        },
        "language": checked.language,
        "sentences": checked.sentences,
        "findings": findings(checked),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_claim_is_in_one_of_the_three() {
        for (text, language) in [
            ("Ціни зросли на 5%.", Language::Uk),
            ("Цены выросли на 5%.", Language::Ru),
            ("Prices rose by 5%.", Language::En),
            ("Ford і GM подорожчали", Language::Uk),
            ("Суд оправдал мэра.", Language::Ru),
        ] {
            assert_eq!(language_by_letters(text, ("", Language::En)), Some(language), "{text}");
        }
        assert_eq!(language_by_letters("Парад", ("", Language::Uk)), Some(Language::Uk));
        assert_eq!(language_by_letters("5%", ("", Language::Uk)), None);
        let article = ("Рада збереться знову у березні.", Language::Uk);
        assert_eq!(language_by_letters("Рада збереться 21 березня.", article), Some(Language::Uk));
    }
}
