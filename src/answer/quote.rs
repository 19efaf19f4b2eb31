//! Holds quotations against the article: verbatim within a language, translated across languages.

use super::check::Claim;
use super::reference::Reference;
use super::{Finding, FindingKind};
use crate::language::{Annotation, LanguageMatch, Mark, words};

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

/// The findings about a text's quotations, and about one whose marks and speaker it leaves out. A quotation may be broken by an ellipsis or by a note in brackets.
pub(super) fn check(claim: &Claim<'_>, reference: &Reference) -> Vec<Finding> {
    let quoted = quotations(&claim.text.text);
    if quoted.is_empty() {
        return taken_out(claim, reference).into_iter().collect();
    }
    let article = normal(reference.article.text());
    let has_quotations = reference.article.text().contains(['«', '“', '„', '"', '‘']);
    let holds = |quotation: &&str| match claim.language_match {
        LanguageMatch::Same => pieces(quotation).iter().all(|piece| article.contains(&format!(" {piece} "))),
        LanguageMatch::Other => has_quotations || quotation.split_whitespace().count() < LEAST_TRANSLATED,
    };
    let changed = quoted.iter().filter(|quotation| !holds(quotation));
    changed.map(|it| claim.finding(FindingKind::QuotationChanged, *it)).collect()
}

/// True for a text that is in the article or its title word for word.
pub(super) fn is_verbatim(text: &str, reference: &Reference) -> bool {
    let article = &reference.article;
    let text = normal(text);
    normal(article.text()).contains(&text) || article.title().is_some_and(|title| normal(title).contains(&text))
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
    let quotation = evidence.flat_map(|sentence| quotations(&sentence.text)).find(is_of)?;
    Some(claim.finding(FindingKind::AttributionChanged, quotation))
}

/// What stands in quotation marks and is long enough to be somebody's words.
fn quotations(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find(|c| MARKS.iter().any(|(open, _)| *open == c)) {
        let opening = rest[start..].chars().next().unwrap_or('"');
        let inside = &rest[start + opening.len_utf8()..];
        let closes = |c: char| MARKS.iter().any(|(open, close)| *open == opening && *close == c);
        let Some(end) = inside.find(closes) else { break };
        let quotation = &inside[..end];
        if quotation.split_whitespace().count() >= LEAST_WORDS {
            found.push(quotation);
        }
        rest = inside[end..].get(inside[end..].chars().next().map_or(0, char::len_utf8)..).unwrap_or_default();
    }
    found
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
}
