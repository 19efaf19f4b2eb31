//! Holds the names of a text against its evidence, then against the whole article.
//!
//! A name is a word with a capital that is not merely the first of its sentence. It is looked up as a word, by the tables
//! (Німеччина, Germany) and by its sound (Зеленський, Zelensky). A title or a common word with a capital (Ministry,
//! Squadron Leader) is no name: across languages it is translated, and nothing can be said about it.

use super::check::{Claim, Origin};
use super::reference::{Reference, is_made_of_name};
use super::{Finding, FindingKind};
use crate::language::{Annotation, Class, Kind, LanguageMatch, Mark, Mention, Table, Token, Unit, What, fold};

/// Sentences before the evidence in which "she" may have been named.
pub(super) const NAMED_BEFORE: usize = 2;
/// Endings of English words that are seldom those of names.
const COMMON_ENDINGS: &[&str] = &["tion", "tions", "sion", "ment", "ments", "ness", "ship", "ology", "ical", "ional"];
/// Endings that names seldom have, those of -ський aside.
const ADJECTIVE_ENDINGS: &[&str] = &[
    "ий", "ого", "ому", "их", "ими", "ої", "ій", "ий", "ый", "ая", "яя", "ое", "ее", "ые", "ие", "ых", "ыми", "ую",
    "юю", "ої",
];
/// A quotation of more words is no title.
const LONGEST_TITLE: usize = 5;
/// Letters in which the marks of a title are looked for.
const TITLE_LETTERS: usize = 200;

/// What is known about a word with a capital.
enum Held {
    /// The evidence has it.
    Proved,
    /// Only the rest of the article has it.
    Elsewhere,
    /// The article does not have it.
    Unknown,
    /// It need not be a name.
    NoName,
}

/// The findings about a text's names.
pub(super) fn check(claim: &Claim<'_>, reference: &Reference) -> Vec<Finding> {
    let text = claim.text;
    if is_title_case(text) {
        return Vec::new();
    }
    let evidence = with_context(claim.sentences, reference);
    let mut found: Vec<Finding> = Vec::new();
    let mut last = None;
    for i in 0..text.tokens.len() {
        if let Some(instead) = misspelled(claim, i, reference) {
            found.push(
                claim.finding(FindingKind::NameChanged, text.tokens[i].text.as_str()).instead(instead.to_owned()),
            );
            continue;
        }
        let kind = match hold(claim, i, reference, &evidence) {
            Held::Unknown => FindingKind::NameNotInSource,
            Held::Elsewhere if has_rival(claim, reference) => FindingKind::EvidenceWeak,
            _ => continue,
        };
        let word = text.tokens[i].text.as_str();
        // Words of one name are one finding.
        match found.last_mut() {
            Some(known) if i > 0 && last == Some(i - 1) && known.kind == kind => {
                known.value = format!("{} {word}", known.value)
            }
            _ => found.push(claim.finding(kind, word)),
        }
        last = Some(i);
    }
    found
}

/// True when the evidence has a name that the text has not: there is somebody in whose place another may have been put.
/// Where it has none, a name of the article only says whom the evidence speaks of.
fn has_rival(claim: &Claim<'_>, reference: &Reference) -> bool {
    let text = claim.text;
    // A text that names its sentence itself has to take its names from there.
    if claim.origin == Origin::Cited {
        return claim.evidence().is_some();
    }
    let is_told = |sentence: &Annotation, j| (0..text.tokens.len()).any(|i| text.is_name_of(i, (sentence, j)));
    reference.readings(claim.sentences).any(|sentence| {
        (0..sentence.tokens.len()).any(|j| {
            sentence.may_be_name(j)
                && !sentence.begins(j)
                && !sentence.is_concept(j, Kind::Word)
                && !is_told(sentence, j)
        })
    })
}

/// The name of the article that a name of a text is a wrong spelling of, in its language or across two.
fn misspelled<'r>(claim: &Claim<'_>, i: usize, reference: &'r Reference) -> Option<&'r str> {
    let (text, token) = (claim.text, &claim.text.tokens[i]);
    let name = text.may_be_name(i) && !token.is_acronym() && token.text.chars().count() > 3;
    let may_be_common = text.is_concept(i, Kind::Name)
        || text.is_concept(i, Kind::Word)
        || is_common(&token.folded)
        || is_adjective(&token.folded);
    if !name || may_be_common {
        return None;
    }
    match claim.language_match {
        LanguageMatch::Same => reference.misspelled(text, i),
        // The title of a work is translated.
        LanguageMatch::Other if in_title(text, i) => None,
        LanguageMatch::Other => reference.garbled(text, i).filter(|name| !is_common(&fold(name))),
    }
}

/// The evidence, and the sentences before it where it speaks of "her".
fn with_context(evidence: &[usize], reference: &Reference) -> Vec<usize> {
    let mut sentences = evidence.to_vec();
    for &at in evidence {
        let pronoun = |reading: &Annotation| reading.tokens.iter().any(|it| it.is(Class::Pronoun));
        if reference.sentences().get(at).is_some_and(pronoun) {
            sentences.extend(at.saturating_sub(NAMED_BEFORE)..at);
        }
    }
    sentences
}

fn hold(claim: &Claim<'_>, i: usize, reference: &Reference, evidence: &[usize]) -> Held {
    let text = claim.text;
    let token = &text.tokens[i];
    let short = token.text.chars().count() < 2;
    if token.is_number() || short || !token.is_capitalised() || !text.carries_meaning(i) {
        return Held::NoName;
    }
    if Unit::currency(&token.folded).is_some_and(|currency| has_currency(currency, reference)) {
        return Held::NoName;
    }
    let is_listed = text.is_concept(i, Kind::Name);
    let (mut sentences, certain) = reference.with_name(text, i);
    sentences.extend(reference.with_keys(text.keys_in(i, claim.language_match)));
    let proving = || sentences.iter().filter(|at| evidence.contains(at));
    if proving().next().is_some() {
        let denied = proving().all(|&at| reference.sentences().get(at).is_some_and(|it| only_denies(it, (text, i))));
        return if denied { Held::Elsewhere } else { Held::Proved };
    }
    if token.is_acronym() && spelled_out(&token.text, evidence, reference) {
        return Held::Proved;
    }
    let beginning = text.begins(i);
    let may_be_common =
        !is_listed && (text.is_concept(i, Kind::Word) || is_common(&token.folded) || is_adjective(&token.folded));
    let hidden = beginning && !certain && !is_listed;
    let doubtful = match claim.language_match {
        LanguageMatch::Same => hidden,
        LanguageMatch::Other => {
            // A Latin word among Cyrillic ones is not translated.
            let foreign = token.folded.is_ascii() && text.tokens.iter().any(Token::is_cyrillic);
            hidden || (may_be_common && !foreign) || (!is_listed && (is_abbreviation(&token.text) || in_title(text, i)))
        }
    };
    match sentences.is_empty() {
        _ if doubtful => Held::NoName,
        true => Held::Unknown,
        false => Held::Elsewhere,
    }
}

/// True when a sentence has name `i` of a text only behind a negation, "and not to Kyiv", and the text denies nothing.
fn only_denies(sentence: &Annotation, (text, i): (&Annotation, usize)) -> bool {
    let negated = |j| sentence.marks.iter().any(|mark| matches!(mark, Mark::Negation(_, Some(head)) if *head == j));
    let mut places =
        (0..sentence.tokens.len()).filter(|&j| sentence.may_be_name(j) && sentence.is_name_of(j, (text, i)));
    let first = places.next();
    !text.marks.iter().any(|mark| matches!(mark, Mark::Negation(..) | Mark::Implicit(_)))
        && first.is_some_and(negated)
        && places.all(negated)
}

/// True when the article counts in a currency, or speaks of it, so that its code in capitals is no name: USD for dollars.
fn has_currency(currency: Unit, reference: &Reference) -> bool {
    let counts = |mention: &Mention| matches!(&mention.what, What::Number(amount) if amount.unit == currency);
    reference.sentences().iter().chain(reference.article.annotated_title()).any(|reading| {
        reading.mentions.iter().any(counts)
            || reading.tokens.iter().any(|token| Unit::currency(&token.folded) == Some(currency))
    })
}

/// True for words with capitals inside: UN, MEPs, УрФО. Every language makes its own.
fn is_abbreviation(word: &str) -> bool {
    word.chars().filter(|c| c.is_uppercase()).count() > 1
}

/// True for a word in a short quotation: the title of a work, which is translated.
fn in_title(text: &Annotation, i: usize) -> bool {
    let (start, end) = (text.tokens[i].start, text.tokens[i].end());
    // No title begins or ends further away.
    let from = text.text[..start].char_indices().rev().nth(TITLE_LETTERS).map_or(0, |(at, _)| at);
    let before = &text.text[from..start];
    let open = before.rfind(['«', '“', '„', '"']);
    // A straight mark closes when another one is open.
    let closed = open.is_some_and(|at| before[at..].starts_with('"')) && before.matches('"').count().is_multiple_of(2);
    let mut behind = text.text[end..].char_indices().take(TITLE_LETTERS);
    let close = behind.find(|(_, c)| matches!(c, '»' | '”' | '“' | '"')).map(|(at, _)| end + at);
    let Some((open, close)) = open.filter(|_| !closed).zip(close) else { return false };
    let inside = &text.text[from + open..close];
    !inside.contains(['»', '”']) && inside.split_whitespace().count() <= LONGEST_TITLE
}

/// True when the first letters of words with capitals spell an acronym: United Nations, UN.
fn spelled_out(word: &str, evidence: &[usize], reference: &Reference) -> bool {
    let spelled = |at: &usize| {
        let Some(reading) = reference.sentences().get(*at) else { return false };
        let words = reading.tokens.iter().filter(|token| !token.is_number() && token.text.chars().count() > 3);
        let initials: String =
            words.filter_map(|token| token.text.chars().next()).flat_map(char::to_uppercase).collect();
        initials.contains(word)
    };
    evidence.iter().any(spelled)
}

/// True for a Ukrainian or Russian adjective that is not made of a name: the first word of a title, as in Північний потік.
fn is_adjective(word: &str) -> bool {
    let ends = ADJECTIVE_ENDINGS.iter().any(|ending| word.ends_with(ending));
    ends && word.chars().count() > 5 && !is_made_of_name(word)
}

fn is_common(word: &str) -> bool {
    Table::shared().is_common(word) || (word.len() > 6 && COMMON_ENDINGS.iter().any(|ending| word.ends_with(ending)))
}

/// An English headline may have a capital on every word, and then capitals say nothing.
fn is_title_case(text: &Annotation) -> bool {
    if text.text.trim_end().ends_with(['.', '!', '?']) {
        return false;
    }
    let long = text.tokens.iter().filter(|token| token.text.len() > 3 && token.folded.is_ascii() && !token.is_number());
    let (capital, all) =
        long.fold((0, 0), |(capital, all), token| (capital + usize::from(token.is_capitalised()), all + 1));
    all >= 4 && capital * 10 >= all * 7
}

#[cfg(test)]
mod tests {
    use super::super::Place;
    use super::super::check::Origin;
    use super::*;
    use crate::intake::{AnnotatedArticle, Source, read};
    use crate::language::Language;

    const TEXT: &str = "Prime Minister Natalia Gavrilita met Volodymyr Zelensky of Ukraine in Paris on Monday.\n\n\
        She later thanked the Department of Defense and the mayor of Kharkiv for their help.\n\n\
        Emmanuel Macron of France said nothing to reporters about the long meeting.";

    fn found(text: &str, evidence: &[usize], language: Language) -> Vec<(FindingKind, String)> {
        let source = Source { bytes: TEXT.into(), name: "test".into(), title: None, language: Some(Language::En) };
        let article = read(source).unwrap();
        let reference = Reference::new(AnnotatedArticle::of(article));
        held(text, evidence, &reference, language)
    }

    fn held(text: &str, evidence: &[usize], reference: &Reference, language: Language) -> Vec<(FindingKind, String)> {
        let claim = Claim {
            text: &Annotation::of(text),
            sentences: evidence,
            language_match: reference.language_match(language),
            origin: Origin::Cited,
            place: Place::Fact,
        };
        check(&claim, reference).into_iter().map(|it| (it.kind, it.value)).collect()
    }

    #[test]
    fn names_are_known_in_every_alphabet() {
        for text in [
            "Прем'єр Наталія Гавриліца зустріла Зеленського в Парижі.",
            "Гаврилица встретилась с Владимиром Зеленским на Украине.",
            "Наталья Гаврилица была в Париже.",
        ] {
            let language = if text.contains('і') { Language::Uk } else { Language::Ru };
            assert_eq!(found(text, &[0], language), [], "{text}");
        }
        assert_eq!(found("Gavrilita thanked Kharkiv.", &[1], Language::En), []);
        assert_eq!(found("Міністерство подякувало мерові Харкова.", &[1], Language::Uk), []);
    }

    #[test]
    fn a_currency_that_the_article_has_is_no_name() {
        let text =
            "The dollar rose to 41.25 hryvnias on Monday, the bank said, and a euro cost 44 of them, more than ever.";
        let source = Source { bytes: text.into(), name: "test".into(), title: None, language: Some(Language::En) };
        let article = read(source).unwrap();
        let reference = Reference::new(AnnotatedArticle::of(article));
        let found = |text: &str| {
            let found = held(text, &[0], &reference, Language::En);
            found.into_iter().map(|(_, value)| value).collect::<Vec<_>>()
        };
        assert_eq!(found("The rate of USD/UAH rose to 41.25, and EUR to 44."), [""; 0]);
        assert_eq!(found("The rate of GBP rose to 41.25."), ["GBP"]);
    }

    #[test]
    fn a_garbled_name_is_found_across_alphabets() {
        let name = |value: &str| vec![(FindingKind::NameChanged, value.to_owned())];
        assert_eq!(found("Прем'єр Наталія Гаврибіца була в Парижі.", &[0], Language::Uk), name("Гаврибіца"));
        assert_eq!(found("Наталья Гавримица была в Париже.", &[0], Language::Ru), name("Гавримица"));
        assert_eq!(found("Прем'єр Наталія Гавриліца була в Парижі.", &[0], Language::Uk), []);
    }

    #[test]
    fn another_name_is_found() {
        let name = |kind, value: &str| vec![(kind, value.to_owned())];
        use FindingKind::{EvidenceWeak, NameNotInSource};
        assert_eq!(found("Прем'єр зустріла Байдена.", &[0], Language::Uk), name(NameNotInSource, "Байдена"));
        assert_eq!(found("Встреча прошла в Берлине.", &[0], Language::Ru), name(NameNotInSource, "Берлине"));
        assert_eq!(found("Зустріч із Макроном.", &[0], Language::Uk), name(EvidenceWeak, "Макроном"));
        assert_eq!(found("She met Joe Biden.", &[0], Language::En), name(NameNotInSource, "Joe Biden"));
    }
}
