//! Cases of `stance`: which negations, opposites and sources are seen to come and go.

use super::check::{Claim, Origin};
use super::evidence;
use super::stance::check;
use super::*;
use crate::intake::{AnnotatedArticle, Source, read};
use crate::language::{Annotation, Language};

const TEXT: &str = "The council did not approve the new bridge over the river.\n\n\
    The mayor reportedly left the city before the storm.\n\n\
    According to police, two boats sank in the harbour. The captain survived the night at sea.";

fn found(text: &str, evidence: usize, language: Language) -> Vec<FindingKind> {
    let source = Source { bytes: TEXT.into(), name: "test".into(), title: None, language: Some(Language::En) };
    let article = read(source).unwrap();
    let reference = Reference::new(AnnotatedArticle::of(article));
    let language_match = reference.language_match(language);
    let text = Annotation::of(text);
    let claim =
        Claim { text: &text, sentences: &[evidence], language_match, origin: Origin::Cited, place: Place::Fact };
    check(&claim, &reference).into_iter().map(|it| it.kind).collect()
}

#[test]
fn a_negation_that_goes_or_comes_is_found() {
    for (text, at, language) in [
        ("The council approved the new bridge.", 0, Language::En),
        ("Рада схвалила новий міст через річку.", 0, Language::Uk),
        ("The captain did not survive the night.", 3, Language::En),
        ("Капитан не пережил ночь в море.", 3, Language::Ru),
    ] {
        assert_eq!(found(text, at, language), [FindingKind::NegationChanged], "{text}");
    }
    for (text, at, language) in [
        ("The council rejected the new bridge.", 0, Language::En),
        ("The council didn't approve the bridge.", 0, Language::En),
        ("Рада не схвалила новий міст.", 0, Language::Uk),
        ("Совет отказался одобрить новый мост через реку.", 0, Language::Ru),
    ] {
        assert_eq!(found(text, at, language), [], "{text}");
    }
}

/// What is found about a text, with the evidence that a search finds.
fn against(text: &str, article: &str, language: Language) -> Vec<FindingKind> {
    let source = Source { bytes: article.into(), name: "test".into(), title: None, language: None };
    let article = read(source).unwrap();
    let reference = Reference::new(AnnotatedArticle::of(article));
    let language_match = reference.language_match(language);
    let text = Annotation::of(text);
    let link = evidence::search(&text, &reference, language_match);
    let claim = Claim {
        text: &text,
        sentences: &link.sentences,
        language_match,
        origin: Origin::Searched,
        place: Place::Sentence,
    };
    check(&claim, &reference).into_iter().map(|it| it.kind).collect()
}

const FARM: &str = "The farm at Oldbury has been known since 1998 and sold 40 cows last week. Its owner, Ivan Petrov, confirmed the \
    sale, but he did not name the buyer. The price of milk fell by 12% over the winter. The village school stays open, \
    although nobody has repaired its roof since 2019.";

#[test]
fn an_opposite_word_is_a_negation() {
    for (text, language) in [
        ("Ivan Petrov denied the sale.", Language::En),
        ("Ціна на молоко зросла на 12% за зиму.", Language::Uk),
        ("Иван Петров опроверг продажу коров.", Language::Ru),
        ("Ivan Petrov did not confirm the sale.", Language::En),
    ] {
        assert_eq!(against(text, FARM, language), [FindingKind::NegationChanged], "{text}");
    }
    for (text, language) in [
        ("The farm sold 40 cows.", Language::En),
        ("Ціна на молоко впала на 12% за зиму.", Language::Uk),
        ("Иван Петров не отрицал продажу коров.", Language::Ru),
        ("Milk became 12% cheaper: its price did not rise.", Language::En),
    ] {
        assert_eq!(against(text, FARM, language), [], "{text}");
    }
}

#[test]
fn what_another_clause_denies_may_be_left_out() {
    for (text, language) in [
        ("Ivan Petrov, the owner, confirmed the sale.", Language::En),
        ("Власник Іван Петров підтвердив продаж.", Language::Uk),
        ("The village school stays open.", Language::En),
        ("Школа в селе остаётся открытой.", Language::Ru),
    ] {
        assert_eq!(against(text, FARM, language), [], "{text}");
    }
    assert_eq!(against("Ivan Petrov named the buyer.", FARM, Language::En), [FindingKind::NegationChanged]);
}

#[test]
fn a_source_that_is_left_out_is_found() {
    for (text, at) in [("The mayor left the city before the storm.", 1), ("Two boats sank in the harbour.", 2)] {
        assert_eq!(found(text, at, Language::En), [FindingKind::AttributionChanged], "{text}");
    }
    for (text, at) in [
        ("The mayor is said to have left the city before the storm.", 1),
        ("Police: two boats sank in the harbour.", 2),
        ("Two boats sank in the harbour, police said.", 2),
    ] {
        assert_eq!(found(text, at, Language::En), [], "{text}");
    }
}

/// What `check` finds in a text that is held against one sentence.
fn found_in(article: &str, text: &str, language: Language) -> Vec<FindingKind> {
    let filler =
        "It was a long and quiet day in the old town by the river, and hardly anybody noticed anything at all.";
    let source = Source {
        bytes: format!("{article}\n\n{filler}").into(),
        name: "test".into(),
        title: None,
        language: Some(language),
    };
    let article = read(source).unwrap();
    let reference = Reference::new(AnnotatedArticle::of(article));
    let text = Annotation::of(text);
    let claim = Claim {
        text: &text,
        sentences: &[0],
        language_match: reference.language_match(language),
        origin: Origin::Cited,
        place: Place::Fact,
    };
    check(&claim, &reference).into_iter().map(|it| it.kind).collect()
}

#[test]
fn what_was_refused_or_denied_is_not_done() {
    for (article, text, language) in [
        ("The board refused to approve the new budget.", "The board approved the new budget.", Language::En),
        ("The ferry failed to reach the pier.", "The ferry reached the pier.", Language::En),
        ("Міністр заперечує причетність до угоди.", "Міністр причетний до угоди.", Language::Uk),
        ("Завод отказался продавать детали.", "Завод продавал детали.", Language::Ru),
        ("Mr Lowe denies the charge of theft.", "Mr Lowe admits the charge of theft.", Language::En),
    ] {
        assert_eq!(found_in(article, text, language), [FindingKind::NegationChanged], "{text}");
    }
    for (article, text, language) in [
        ("The board refused to approve the new budget.", "The board would not approve the new budget.", Language::En),
        ("The board refused to approve the new budget.", "The new budget was discussed by the board.", Language::En),
        ("The pilot denied the report and landed.", "The pilot landed.", Language::En),
        ("Міністр заперечує причетність до угоди.", "Міністр відкидає причетність до угоди.", Language::Uk),
        (
            "Doctors advise not to take it for more than two years.",
            "Doctors advise to take it for at most two years.",
            Language::En,
        ),
    ] {
        assert_eq!(found_in(article, text, language), [], "{text}");
    }
}

#[test]
fn what_is_alleged_is_found_by_the_whole_check() {
    let found = |article: &str, text: &str| found_in(article, text, Language::En);
    let article = "Prosecutors allege that the trader hid two boats.";
    assert_eq!(found(article, "The trader hid two boats."), [FindingKind::AttributionChanged]);
    assert_eq!(found(article, "The trader is said to have hidden two boats, prosecutors allege."), []);
}
