//! Cases of `figures`: numbers, dates, scores and shares against an article.

use super::check::{Claim, Origin};
use super::figures::check;
use super::*;
use crate::intake::{AnnotatedArticle, Source, read};
use crate::language::{Annotation, Language, LanguageMatch};

const TEXT: &str = "On 12 March 2024 the council paid 1,234,567 dollars for 14 boats, 20% more than in 2019.\n\n\
    The first boat left at 3 p.m. on Friday with twenty-one people, 5-3 of them for the trip.\n\n\
    In April 300 men came.";

fn kinds(text: &str, evidence: &[usize]) -> Vec<(FindingKind, String)> {
    let source = Source { bytes: TEXT.into(), name: "test".into(), title: None, language: Some(Language::En) };
    let article = read(source).unwrap();
    let reference = Reference::new(AnnotatedArticle::of(article));
    held(text, evidence, &reference, LanguageMatch::Same)
}

fn held(text: &str, evidence: &[usize], reference: &Reference, of: LanguageMatch) -> Vec<(FindingKind, String)> {
    let claim = Claim {
        text: &Annotation::of(text),
        sentences: evidence,
        language_match: of,
        origin: Origin::Searched,
        place: Place::Sentence,
    };
    check(&claim, reference).into_iter().map(|it| (it.kind, it.value)).collect()
}

#[test]
fn what_the_evidence_says_holds_in_any_language() {
    for text in [
        "12 березня 2024 року рада заплатила 1 234 567 доларів",
        "12.03.2024 заплатили 1,2 млн долларов",
        "Рада купила чотирнадцять човнів, на 20 відсотків більше",
        "14 boats on March 12",
        "Рада заплатила 12-го, тобто 12 числа",
    ] {
        assert_eq!(kinds(text, &[0]), [], "{text}");
    }
    for text in ["о 15:00 в п'ятницю", "at 3.00 p.m.", "в 15 часов 21 человек", "счёт 5:3"] {
        assert_eq!(kinds(text, &[1]), [], "{text}");
    }
}

#[test]
fn what_it_does_not_say_is_found() {
    use FindingKind::{EvidenceWeak, NumberNotInSource};
    for (text, kind) in [
        ("16 boats", NumberNotInSource),
        ("13 березня", NumberNotInSource),
        ("12 травня 2024", NumberNotInSource),
        ("12 бередня 2024", NumberNotInSource),
        ("12 boats", NumberNotInSource),
        ("12 March 2025", NumberNotInSource),
        ("14%", NumberNotInSource),
        ("nearly 2020", NumberNotInSource),
        ("1,234,567 euros", NumberNotInSource),
        ("300 men", EvidenceWeak),
        ("в апреле", EvidenceWeak),
        ("on Friday", EvidenceWeak),
        ("twenty-one people", EvidenceWeak),
    ] {
        let found = kinds(text, &[0]);
        assert_eq!(found.iter().map(|it| it.0).collect::<Vec<_>>(), [kind], "{text}: {found:?}");
    }
}

const GAME: &str = "Rovers beat Harbour 3-1 in front of 8,400 people, twice as many as last autumn, and a third of them from abroad.\n\n\
    The bank raised its rate by 0.25 percentage points, to 6.5%. At least 17 sailors unloaded 46 tonnes of fish; 85 cars waited.";

fn of_game(text: &str, evidence: &[usize]) -> Vec<FindingKind> {
    let source = Source { bytes: GAME.into(), name: "test".into(), title: None, language: Some(Language::En) };
    let article = read(source).unwrap();
    let reference = Reference::new(AnnotatedArticle::of(article));
    let language = if text.is_ascii() { Language::En } else { Language::Ru };
    held(text, evidence, &reference, reference.language_match(language)).into_iter().map(|it| it.0).collect()
}

#[test]
fn quantities_of_every_kind_are_compared() {
    use FindingKind::{EvidenceWeak, NegationChanged, NumberNotInSource};
    for (text, at) in [
        ("Rovers won 3:1.", 0),
        ("«Харбор» проиграл 1:3.", 0),
        ("вдвое больше, чем прошлой осенью", 0),
        ("33% of them came from abroad", 0),
        ("треть из них", 0),
        ("The rate rose to 6.5%.", 1),
        ("Ставка выросла на 0,25 п. п.", 1),
        ("на 25 базисных пунктов", 1),
        ("не менее 17 моряков", 2),
        ("46 000 кг рыбы", 2),
    ] {
        assert_eq!(of_game(text, &[at]), [], "{text}");
    }
    for (text, at, kind) in [
        ("Rovers won 1:3.", 0, NumberNotInSource),
        ("«Роверс» победил 1:3.", 0, NumberNotInSource),
        ("втрое больше", 0, NumberNotInSource),
        ("a quarter of them", 0, NumberNotInSource),
        ("прошлой весной", 0, NumberNotInSource),
        ("The rate rose by 6.5%.", 1, NumberNotInSource),
        ("The rate rose by 0.75 percentage points.", 1, NumberNotInSource),
        ("Ставка выросла на 0,25%.", 1, NumberNotInSource),
        ("at most 17 sailors", 2, NegationChanged),
        ("46 kilograms of fish", 2, NumberNotInSource),
        ("17 tonnes of fish", 2, NumberNotInSource),
        ("46 cars waited", 2, NumberNotInSource),
        ("17 cars waited", 2, EvidenceWeak),
    ] {
        assert_eq!(of_game(text, &[at]), [kind], "{text}");
    }
}
