//! Holds quotations against the article: verbatim within a language, translated across languages; and a text that has to be the
//! article's own words.

use std::collections::HashMap;
use std::ops::Range;

use super::check::Claim;
use super::reference::Reference;
use super::{Finding, FindingKind};
use crate::intake::{AnnotatedArticle, one_line};
use crate::language::{Annotation, Class, LanguageMatch, Mark, words};

/// Marks that open a quotation, and those that close it.
pub(super) const MARKS: [(char, char); 4] = [('«', '»'), ('“', '”'), ('„', '“'), ('"', '"')];
/// Fewer words are a name or a term.
const LEAST_WORDS: usize = 3;
/// A translated quotation has to come from something quoted when it is this long; shorter ones may be titles.
const LEAST_TRANSLATED: usize = 6;

/// A text with this share of its words in a quotation says what the quotation says.
const TOLD: f32 = 0.8;
/// With fewer of them in it, it may speak of the same by chance.
const LEAST_TOLD: usize = 4;
/// So many words behind what somebody says tell who: "заявил министр".
const NEAR: usize = 4;

/// The findings about a text's quotations, and about one whose marks and speaker it leaves out. A quotation may be broken by an ellipsis or by a note in brackets.
pub(super) fn check(claim: &Claim<'_>, reference: &Reference) -> Vec<Finding> {
    let quoted = said(&claim.text.text);
    if quoted.is_empty() {
        let has_to_quote = reference.has_to_quote(reference.article.language());
        let shortened = || has_to_quote.then(|| shortened(claim, reference)).flatten();
        return taken_out(claim, reference).or_else(shortened).into_iter().collect();
    }
    let article = &reference.wording().text;
    let has_quotations = reference.article.text().contains(['«', '“', '„', '"', '‘']);
    let holds = |quotation: &&str| match claim.language_match {
        LanguageMatch::Same => pieces(quotation).iter().all(|piece| article.contains(&format!(" {piece} "))),
        LanguageMatch::Other => has_quotations || quotation.split_whitespace().count() < LEAST_TRANSLATED,
    };
    let changed = quoted.iter().filter(|quotation| !holds(quotation));
    changed.map(|it| claim.finding(FindingKind::QuotationChanged, *it)).collect()
}

/// The words of an article in their order.
#[derive(Debug)]
pub(super) struct Wording {
    /// Of the text, as [`normal`] has them.
    text: String,
    title: Option<String>,
    /// Where each sentence stands, by its text in one line.
    sentences: HashMap<String, usize>,
    /// For each sentence, whether it begins inside a quotation.
    quoted: Vec<bool>,
}

impl Wording {
    pub(super) fn of(article: &AnnotatedArticle) -> Self {
        let (text, all) = (article.text(), article.sentences());
        let mut quoted = Vec::with_capacity(all.len());
        for paragraph in all.chunk_by(|a, b| a.paragraph == b.paragraph) {
            let [first, .., last] = paragraph else {
                quoted.push(false);
                continue;
            };
            let quotations = Quotations::of(&text[first.start..last.end]);
            quoted.extend(paragraph.iter().map(|sentence| quotations.cover(sentence.start - first.start)));
        }
        let sentences = all.iter().enumerate().rev().map(|(at, it)| (one_line(&text[it.range()]), at)).collect();
        Self { text: normal(text), title: article.title().map(normal), sentences, quoted }
    }

    /// True for a text that is in the article or its title word for word.
    pub(super) fn has(&self, text: &str) -> bool {
        let text = normal(text);
        self.text.contains(&text) || self.title.as_ref().is_some_and(|title| title.contains(&text))
    }

    /// Where the sentence stands that a text in one line is.
    pub(super) fn sentence(&self, text: &str) -> Option<usize> {
        self.sentences.get(text).copied()
    }

    /// True for a sentence that begins inside a quotation of its paragraph.
    pub(super) fn begins_quoted(&self, at: usize) -> bool {
        self.quoted[at]
    }
}

/// The finding that a text says in its own voice what its evidence has as somebody's words.
fn taken_out(claim: &Claim<'_>, reference: &Reference) -> Option<Finding> {
    let text = claim.text;
    let tells = |mark: &Mark| matches!(mark, Mark::Hedge(_) | Mark::Source(..) | Mark::Saying(_) | Mark::Doubt(_));
    let is_told = text.text.contains([':', '?', '«', '“', '„', '"']) || text.marks.iter().any(tells);
    if claim.language_match == LanguageMatch::Other || is_told {
        return None;
    }
    let words: Vec<usize> = (0..text.tokens.len()).filter(|&i| text.carries_meaning(i)).collect();
    let is_of = |quotation: &&str| {
        let quotation = Annotation::of_claim(quotation);
        let has =
            |i: &&usize| (0..quotation.tokens.len()).any(|j| text.same_word(**i, (&quotation, j), LanguageMatch::Same));
        let told = words.iter().filter(has).count();
        told >= LEAST_TOLD && told as f32 >= TOLD * words.len() as f32
    };
    let evidence = reference.readings(claim.sentences);
    let quotation = evidence.flat_map(|sentence| said(&sentence.text)).find(is_of)?;
    Some(claim.finding(FindingKind::AttributionChanged, quotation))
}

/// The finding about a text that is a sentence of the article without its end, where who says it stands, or without the marks of a word
/// that the article does not mean as it stands: «особливість».
fn shortened(claim: &Claim<'_>, reference: &Reference) -> Option<Finding> {
    let text = claim.text;
    if claim.language_match == LanguageMatch::Other || text.tokens.is_empty() {
        return None;
    }
    let own = normal(&text.text);
    let is_said = text.tokens.iter().any(|token| token.is(Class::Saying));
    let ours: Vec<&str> = quotations(&text.text).collect();
    reference.readings(claim.sentences).find_map(|sentence| {
        let so_called = quotations(&sentence.text).find(|it| {
            let is_word = it.starts_with(char::is_lowercase) && it.split_whitespace().count() < LEAST_WORDS;
            is_word && own.contains(&normal(it)) && !ours.contains(it)
        });
        if let Some(word) = so_called {
            return Some(claim.finding(FindingKind::QuotationChanged, word));
        }
        let all = normal(&sentence.text);
        let (_, rest) = all.split_once(&own).filter(|_| !is_said)?;
        let says = Annotation::of_claim(rest).tokens.iter().take(NEAR).any(|token| token.is(Class::Saying));
        says.then(|| claim.finding(FindingKind::AttributionChanged, rest.trim()))
    })
}

/// The quotations of a text.
#[derive(Debug, Default)]
pub(super) struct Quotations {
    /// Each from its opening mark to its closing one, in order; those inside another aside.
    closed: Vec<Range<usize>>,
    /// Where one begins that does not end.
    open: Option<usize>,
    /// True where one ends that does not begin.
    stray: bool,
}

impl Quotations {
    pub(super) fn of(text: &str) -> Self {
        let mut found = Self::default();
        let mut open: Option<(usize, char)> = None;
        for (at, c) in text.char_indices() {
            match open {
                Some((start, close)) if c == close => {
                    found.closed.push(start..at);
                    open = None;
                }
                // A quotation inside another one.
                Some(_) => {}
                None if is_inch(text, at, c) => {}
                None => {
                    open = MARKS.iter().find(|(opening, _)| *opening == c).map(|(_, close)| (at, *close));
                    found.stray |= open.is_none() && MARKS.iter().any(|(_, close)| *close == c);
                }
            }
        }
        Self { open: open.map(|(at, _)| at), ..found }
    }

    /// True where each begins and ends.
    pub(super) fn are_whole(&self) -> bool {
        self.open.is_none() && !self.stray
    }

    /// True for what stands in one.
    pub(super) fn cover(&self, at: usize) -> bool {
        let begun = self.closed.partition_point(|it| it.start < at);
        let is_inside = begun.checked_sub(1).is_some_and(|last| at < self.closed[last].end);
        is_inside || self.open.is_some_and(|start| start < at)
    }
}

/// True for the mark of inches: 27".
fn is_inch(text: &str, at: usize, c: char) -> bool {
    c == '"' && text[..at].ends_with(|before: char| before.is_ascii_digit())
}

/// What stands in quotation marks and is long enough to be somebody's words.
fn said(text: &str) -> Vec<&str> {
    quotations(text).filter(|it| it.split_whitespace().count() >= LEAST_WORDS).collect()
}

/// What stands in quotation marks.
fn quotations(text: &str) -> impl Iterator<Item = &str> {
    let inside = |it: Range<usize>| text[it].trim_start_matches(|c| MARKS.iter().any(|(open, _)| *open == c));
    Quotations::of(text).closed.into_iter().map(inside)
}

/// The parts of a quotation between ellipses and notes.
fn pieces(quotation: &str) -> Vec<String> {
    let parts = quotation.split(['…', '[', ']']).flat_map(|part| part.split("..."));
    parts.map(|part| normal(part).trim().to_owned()).filter(|part| part.contains(' ')).collect()
}

/// Words alone, in lower case, with a blank around each.
fn normal(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push(' ');
    for word in words(text) {
        // Texts spell apostrophes in many ways.
        out.extend(word.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase));
        out.push(' ');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::Place;
    use super::super::check::Origin;
    use super::*;
    use crate::intake::{AnnotatedArticle, Source, read};
    use crate::language::Language;

    #[test]
    fn quotations_stay_as_they_were() {
        let text = "“We will never give up this old bridge,” the mayor told the council on Monday evening in the hall.";
        let article =
            read(Source { bytes: text.into(), name: "test".into(), title: None, language: Some(Language::En) })
                .unwrap();
        let reference = Reference::new(AnnotatedArticle::of(article));
        let count = |text: &str, language_match| {
            let text = Annotation::of(text);
            let (origin, place) = (Origin::Cited, Place::Fact);
            check(&Claim { text: &text, sentences: &[], language_match, origin, place }, &reference).len()
        };
        assert_eq!(count("The mayor said: \"we will never give up\".", LanguageMatch::Same), 0);
        assert_eq!(count("The mayor said: \"We will … give up this old bridge\".", LanguageMatch::Same), 0);
        assert_eq!(count("The mayor said: \"We will gladly give up\".", LanguageMatch::Same), 1);
        assert_eq!(count("Мер сказав: «Ми ніколи не здамо цей старий міст».", LanguageMatch::Other), 0);
        let kinds = |text: &str| {
            let text = Annotation::of(text);
            let claim = Claim {
                text: &text,
                sentences: &[0],
                language_match: LanguageMatch::Same,
                origin: Origin::Cited,
                place: Place::Fact,
            };
            check(&claim, &reference).into_iter().map(|it| it.kind).collect::<Vec<_>>()
        };
        assert_eq!(kinds("The town will never give up this old bridge."), [FindingKind::AttributionChanged]);
        assert_eq!(kinds("The mayor said the town will never give up this old bridge."), []);
        assert_eq!(kinds("The mayor met the council on Monday evening."), []);
        for odd in ["\"", "«»", "“a b c", "\"\"\"", "„a b c“ “"] {
            count(odd, LanguageMatch::Same);
        }
    }

    #[test]
    fn a_sentence_does_not_lose_who_says_it_nor_the_marks_of_a_word() {
        let text = "The old bridge will reopen in May, said the mayor Ivan Berg on Monday in the hall of the town. \
            The council called the plan of the mayor “peculiar” and put it off until the summer of the next year.";
        let article =
            read(Source { bytes: text.into(), name: "test".into(), title: None, language: Some(Language::En) })
                .unwrap();
        let reference = Reference::new(AnnotatedArticle::of(article));
        let kind = |text: &str| {
            let text = Annotation::of(text);
            let (origin, place, language_match) = (Origin::Cited, Place::Fact, LanguageMatch::Same);
            let claim = Claim { text: &text, sentences: &[0, 1], language_match, origin, place };
            shortened(&claim, &reference).map(|finding| finding.kind)
        };
        assert_eq!(kind("The old bridge will reopen in May."), Some(FindingKind::AttributionChanged));
        assert_eq!(kind("The council called the plan of the mayor peculiar."), Some(FindingKind::QuotationChanged));
        assert_eq!(kind("The council called the plan of the mayor “peculiar”."), None);
        assert_eq!(kind("The mayor Ivan Berg said the old bridge will reopen in May."), None);
        assert_eq!(kind("The council put it off until the summer of the next year."), None);
    }
}
