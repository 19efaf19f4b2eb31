//! What one row comes to: counts that can be added up, so that a resumed run reports what an unbroken one would.
//!
//! Everything is counted with its denominator. Most counts come from the findings of the answer itself; letters outside the
//! alphabet and the offsets of citations are looked at again here, by other code than that which made them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::bleu::Bleu;
use super::chrf::Chrf;
use super::dataset::TranslationRow;
use super::rouge::rouge_l;
use super::shown::{self, Shown};
use super::verdict::CheckedClaims;
use crate::answer::{Answer, Finding, FindingKind, Finish, KeyFact, Place, Reference, Summary};
use crate::intake::Article;
use crate::language::Language;
use crate::plan::numbers_of;

/// The result of one row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Its id.
    pub id: String,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of a row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// An article with its answer.
    Answered(Answered),
    /// An article that was refused, with the error's code.
    Refused(String),
    /// A translation.
    Translated(Translated),
    /// Claims whose truth is known.
    Checked(CheckedClaims),
}

/// One answered article.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answered {
    /// Seconds for all its languages.
    pub seconds: f64,
    /// Tokens of its prompts.
    pub prompt_tokens: usize,
    /// Tokens written.
    pub completion_tokens: usize,
    /// Each language.
    pub languages: BTreeMap<Language, Measures>,
}

/// One summary in numbers. Parts are its headline, its summary and its facts.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Measures {
    /// Whole, every part there and ended, every fact cited.
    pub valid: bool,
    /// Parts.
    pub parts: u64,
    /// Parts that read as the language asked for.
    pub parts_in_language: u64,
    /// Letters.
    pub letters: u64,
    /// Letters that the language does not have, Latin ones in Cyrillic text aside.
    pub foreign_letters: u64,
    /// Numbers, each once a part.
    pub numbers: u64,
    /// Those that the article has.
    pub numbers_grounded: u64,
    /// Facts.
    pub facts: u64,
    /// Facts that were left out because they did not hold.
    #[serde(default)]
    pub dropped: u64,
    /// Facts without any finding that a reader is shown.
    pub clean_facts: u64,
    /// Sentences cited.
    pub citations: u64,
    /// Those whose offsets give back exactly a sentence of the article, the one with this number.
    pub citations_held: u64,
    /// Characters of all parts.
    pub characters: u64,
    /// Parts that have a finding of a kind, and parts that are missing because of one.
    pub findings: BTreeMap<String, u64>,
    /// What a reader is shown; none in results of earlier versions.
    #[serde(default)]
    pub shown: Option<Shown>,
    /// ROUGE-L of the summary, where there is a reference.
    pub rouge_l: Option<f64>,
    /// chrF of the summary, where there is a reference.
    pub chrf: Option<Chrf>,
}

/// One scored translation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Translated {
    /// From this language.
    pub from: Language,
    /// Into this one.
    pub to: Language,
    /// Its counts.
    pub chrf: Chrf,
    /// Its counts.
    pub bleu: Bleu,
}

/// Counts an answer. `article` is the article as it is read again, not as the answer remembers it.
pub(super) fn answered(answer: &Answer, article: &Reference, references: &BTreeMap<Language, String>) -> Answered {
    let measured = answer.summaries.iter().map(|summary| {
        let reference = references.get(&summary.language).map(String::as_str);
        let shown = Some(shown::shown(summary, article));
        (summary.language, Measures { shown, ..measures(summary, article.article(), reference) })
    });
    Answered {
        seconds: answer.timings.total_ms as f64 / 1000.0,
        prompt_tokens: answer.timings.prompt_tokens,
        completion_tokens: answer.timings.completion_tokens,
        languages: measured.collect(),
    }
}

/// Counts a translation.
pub(super) fn translated(row: &TranslationRow) -> Translated {
    let (text, reference) = (&row.translation, &row.reference);
    Translated { from: row.from, to: row.to, chrf: Chrf::of(text, reference), bleu: Bleu::of(text, reference) }
}

/// A part of a summary: its text and what was found in it.
struct Part<'a> {
    text: &'a str,
    findings: Vec<&'a Finding>,
}

impl Part<'_> {
    fn count(&self, kind: FindingKind) -> u64 {
        self.findings.iter().filter(|finding| finding.kind == kind).count() as u64
    }
}

fn parts(summary: &Summary) -> Vec<Part<'_>> {
    let of_place = |place| summary.findings.iter().filter(move |finding| finding.place == place).collect();
    let mut parts = vec![
        Part { text: &summary.headline, findings: of_place(Place::Headline) },
        Part { text: &summary.summary, findings: of_place(Place::Summary) },
    ];
    let facts = summary.key_facts.iter();
    parts.extend(facts.map(|fact| Part { text: &fact.text, findings: fact.findings.iter().collect() }));
    parts
}

fn measures(summary: &Summary, article: &Article, reference: Option<&str>) -> Measures {
    let parts = parts(summary);
    let mut all = Measures {
        valid: is_valid(summary),
        parts: parts.len() as u64,
        facts: summary.key_facts.len() as u64,
        dropped: summary.dropped as u64,
        clean_facts: summary.key_facts.iter().filter(|fact| is_clean(fact)).count() as u64,
        rouge_l: reference.map(|reference| rouge_l(&summary.summary, reference)),
        chrf: reference.map(|reference| Chrf::of(&summary.summary, reference)),
        ..Measures::default()
    };
    for part in &parts {
        let letters = || part.text.chars().filter(|c| c.is_alphabetic());
        let numbers = numbers_of(part.text).len() as u64;
        all.parts_in_language += u64::from(part.count(FindingKind::WrongLanguage) == 0);
        all.letters += letters().count() as u64;
        all.foreign_letters += letters().filter(|&c| is_foreign(c, summary.language)).count() as u64;
        all.numbers += numbers;
        all.numbers_grounded += numbers.saturating_sub(part.count(FindingKind::NumberNotInSource));
        all.characters += part.text.chars().count() as u64;
        let mut kinds: Vec<String> = part.findings.iter().map(|finding| code(finding.kind)).collect();
        kinds.sort_unstable();
        kinds.dedup();
        kinds.into_iter().for_each(|kind| *all.findings.entry(kind).or_default() += 1);
    }
    // What is missing or was dropped is in no part.
    for finding in summary.findings.iter().filter(|finding| finding.place == Place::Fact) {
        *all.findings.entry(code(finding.kind)).or_default() += 1;
    }
    for evidence in summary.key_facts.iter().flat_map(|fact| &fact.evidence) {
        let sentence = article.sentence_text(evidence.sentence);
        let holds = sentence == Some(evidence.text.as_str())
            && article.text().get(evidence.start..evidence.end) == Some(evidence.text.as_str());
        all.citations += 1;
        all.citations_held += u64::from(holds);
    }
    all
}

/// True for an answer that has the form that was asked for, whatever it says.
fn is_valid(summary: &Summary) -> bool {
    let mut findings = summary.findings.iter().chain(summary.key_facts.iter().flat_map(|fact| &fact.findings));
    summary.finish == Finish::Complete
        && !summary.key_facts.is_empty()
        && summary.key_facts.iter().all(|fact| !fact.evidence.is_empty())
        && !findings.any(|finding| matches!(finding.kind, FindingKind::Truncated | FindingKind::Uncited))
}

/// True for a fact of which a reader is told nothing: a citation that was corrected is no flaw of it any more.
fn is_clean(fact: &KeyFact) -> bool {
    !fact.findings.iter().any(|finding| finding.kind.is_shown())
}

/// The name of a kind in JSON.
pub(super) fn code(kind: FindingKind) -> String {
    serde_json::json!(kind).as_str().unwrap_or_default().to_owned()
}

/// True for a letter that no text in the language has. Latin letters are not foreign to Cyrillic text: which words may
/// stand in them depends on the article.
fn is_foreign(letter: char, language: Language) -> bool {
    let latin = letter.is_ascii() || matches!(letter, '\u{aa}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}');
    let cyrillic = matches!(letter, '\u{400}'..='\u{4ff}');
    match language {
        Language::En => !latin,
        _ => !(latin || cyrillic) || language.letters_of_the_other().contains(letter),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::{Evidence, Strategy};
    use crate::intake::{self, Source};

    const TEXT: &str = "The council approved a new bridge over the river on Monday, 4 March.\n\n\
        The old ferry will stop running in 2027, said its captain, and 12 men will be without work.";

    fn finding(kind: FindingKind, place: Place, value: &str) -> Finding {
        Finding::new(kind, place, value)
    }

    /// A fact that cites the second sentence, with these offsets moved by `shift`.
    fn fact(article: &Article, shift: usize, findings: Vec<Finding>) -> KeyFact {
        let sentence = article.sentences()[1];
        let text = article.text()[sentence.range()].to_owned();
        let (start, end) = (sentence.start + shift, sentence.end + shift);
        KeyFact {
            text: "The ferry stops in 2027.".into(),
            evidence: vec![Evidence { sentence: sentence.id, start, end, text }],
            findings,
        }
    }

    fn summary(key_facts: Vec<KeyFact>, findings: Vec<Finding>) -> Summary {
        Summary {
            language: Language::En,
            strategy: Strategy::Direct,
            headline: "A bridge for 2028 людей".into(),
            summary: "The bridge was approved on 4 March.".into(),
            key_facts,
            findings,
            dropped: 0,
            quoted: Vec::new(),
            warnings: Vec::new(),
            finish: Finish::Complete,
        }
    }

    fn article() -> Article {
        intake::read(Source { bytes: TEXT.into(), name: "t".into(), title: None, language: Some(Language::En) })
            .unwrap()
    }

    #[test]
    fn what_is_wrong_is_counted_once_a_part() {
        use FindingKind::{CitationCorrected, NumberNotInSource, Repeated, WrongLanguage};
        let article = article();
        let findings = vec![
            finding(NumberNotInSource, Place::Headline, "2028"),
            finding(WrongLanguage, Place::Headline, "A bridge"),
            finding(Repeated, Place::Fact, "Said twice."),
        ];
        let corrected = vec![finding(CitationCorrected, Place::Fact, "9")];
        let facts =
            vec![fact(&article, 0, corrected), fact(&article, 1, vec![finding(WrongLanguage, Place::Fact, "x")])];
        let got = measures(&summary(facts, findings), &article, Some("The bridge was approved."));
        assert_eq!(
            (got.parts, got.parts_in_language, got.facts, got.clean_facts),
            (4, 2, 2, 1),
            "a corrected citation is no flaw"
        );
        assert_eq!((got.numbers, got.numbers_grounded), (4, 3));
        assert_eq!((got.citations, got.citations_held), (2, 1), "offsets that are one off give another text");
        assert_eq!(got.foreign_letters, 5);
        let kinds = [("citation_corrected", 1), ("number_not_in_source", 1), ("repeated", 1), ("wrong_language", 2)];
        assert_eq!(got.findings, kinds.map(|(kind, count)| (kind.to_owned(), count)).into());
        assert!(got.valid && got.rouge_l > Some(70.0) && got.chrf.is_some());
    }

    #[test]
    fn an_answer_is_valid_by_its_form() {
        let article = article();
        let whole = || summary(vec![fact(&article, 0, vec![])], vec![]);
        assert!(is_valid(&whole()));
        let uncited = KeyFact { evidence: vec![], ..fact(&article, 0, vec![]) };
        assert!(!is_valid(&summary(vec![uncited], vec![])) && !is_valid(&summary(vec![], vec![])));
        assert!(!is_valid(&Summary { finish: Finish::Length, ..whole() }));
        let broken_off = finding(FindingKind::Truncated, Place::Summary, "");
        assert!(!is_valid(&Summary { findings: vec![broken_off], ..whole() }));
    }

    #[test]
    fn letters_belong_to_languages() {
        let foreign = |text: &str, language| text.chars().filter(|&c| is_foreign(c, language)).collect::<String>();
        assert_eq!(foreign("Café є", Language::En), "є");
        assert_eq!(foreign("Об'єкт HUR ыґ漢", Language::Uk), "ы漢");
        assert_eq!(foreign("Объект GPS ёїґ", Language::Ru), "їґ");
    }
}
