//! Comparisons of facts that were written for this: who goes with whom, and what is named.

use super::super::{Evidence, Finish, KeyFact, Strategy};
use super::*;

/// Facts of one language: the text, and the sentences that it cites.
fn summary(language: Language, facts: &[(&str, &[u32])]) -> Summary {
    let evidence = |number: &u32| {
        let text = format!("Sentence {number} about Ivanov, Petrov and the Oslo company.");
        Evidence { sentence: SentenceId::new(*number).unwrap(), start: 0, end: text.len(), text }
    };
    let fact = |(text, cited): &(&str, &[u32])| KeyFact {
        text: (*text).to_owned(),
        evidence: cited.iter().map(evidence).collect(),
        findings: Vec::new(),
    };
    Summary {
        language,
        strategy: Strategy::Direct,
        headline: String::new(),
        summary: String::new(),
        key_facts: facts.iter().map(fact).collect(),
        findings: Vec::new(),
        dropped: 0,
        quoted: Vec::new(),
        warnings: Vec::new(),
        finish: Finish::Complete,
    }
}

/// The rows as places of facts in English, Ukrainian and Russian; `-` for none.
fn shown(comparison: &Comparison) -> Vec<String> {
    let place = |row: &Row, language| row.facts.get(&language).map_or("-".to_owned(), ToString::to_string);
    comparison.rows.iter().map(|row| Language::ALL.map(|language| place(row, language)).join("")).collect()
}

fn values(difference: &Difference) -> String {
    let each = difference.values.iter().map(|(language, values)| format!("{}:{}", language.code(), values.join(";")));
    each.collect::<Vec<_>>().join(" ")
}

#[test]
fn the_same_facts_in_another_order_are_rows() {
    let comparison = compare(&[
        summary(Language::En, &[("It cost £38.6 million.", &[1]), ("22% more.", &[2]), ("The bus went.", &[3])]),
        summary(Language::Uk, &[("Автобус проїхав.", &[3]), ("Коштувало 38,6 млн.", &[1]), ("На 22% більше.", &[2])]),
        summary(Language::Ru, &[("На 22% больше.", &[2]), ("Автобус проехал.", &[3]), ("Стоило 38,6 млн.", &[1])]),
    ]);
    // In the order of the first fact, whichever language has it.
    assert_eq!(shown(&comparison), ["012", "201", "120"]);
    assert_eq!(comparison.score, Some(1.0));
    assert!(comparison.numbers.is_empty() && comparison.names.is_empty(), "{comparison:?}");
    assert!(comparison.only_in.values().all(Vec::is_empty) && comparison.only_in.len() == 3);
}

#[test]
fn two_facts_of_one_sentence_are_told_apart_by_their_numbers() {
    for turned in [false, true] {
        let mut ukrainian = [("Потонуло 3 судна.", &[5][..]), ("Загинули 17 людей.", &[5][..])];
        if turned {
            ukrainian.reverse();
        }
        let comparison = compare(&[
            summary(Language::En, &[("3 ships sank.", &[5]), ("17 people died.", &[5])]),
            summary(Language::Uk, &ukrainian),
        ]);
        let wanted = if turned { ["01-", "10-"] } else { ["00-", "11-"] };
        assert_eq!(shown(&comparison), wanted);
        assert_eq!(comparison.score, Some(1.0));
    }
    // Nothing tells them apart but their places.
    let comparison = compare(&[
        summary(Language::En, &[("Ships sank.", &[5]), ("People died.", &[5])]),
        summary(Language::Ru, &[("Суда утонули.", &[5]), ("Люди погибли.", &[5])]),
    ]);
    assert_eq!(shown(&comparison), ["0-0", "1-1"]);
}

#[test]
fn a_fact_that_cites_several_sentences_goes_to_its_like() {
    let comparison = compare(&[
        summary(Language::En, &[("Both at once.", &[3, 4]), ("The last.", &[9])]),
        summary(Language::Uk, &[("Перше.", &[3]), ("Друге.", &[4]), ("Останнє.", &[9])]),
        summary(Language::Ru, &[("Оба сразу.", &[3, 4]), ("Последнее.", &[9])]),
    ]);
    assert_eq!(shown(&comparison), ["000", "121", "-1-"]);
    assert!(comparison.only_in.values().all(Vec::is_empty), "the wider facts tell it: {:?}", comparison.only_in);
    assert_eq!(comparison.rows[0].sentences.iter().map(|it| it.get()).collect::<Vec<_>>(), [3, 4]);
}

#[test]
fn what_one_language_says_alone_is_named() {
    let comparison = compare(&[
        summary(Language::En, &[("The bridge opened.", &[1]), ("Tolls rise.", &[7])]),
        summary(Language::Uk, &[("Міст відкрили.", &[1])]),
        summary(Language::Ru, &[("Мост открыли.", &[1]), ("Без ссылки.", &[])]),
    ]);
    assert_eq!(shown(&comparison), ["000", "1--", "--1"]);
    assert_eq!(
        comparison.only_in,
        BTreeMap::from([(Language::En, vec![1]), (Language::Uk, vec![]), (Language::Ru, vec![1])])
    );
    assert_eq!(comparison.score, Some(0.333));
    let two_of_three = compare(&[
        summary(Language::En, &[("The bridge opened.", &[1])]),
        summary(Language::Uk, &[("Міст відкрили.", &[1])]),
        summary(Language::Ru, &[]),
    ]);
    assert_eq!((two_of_three.score, shown(&two_of_three)), (Some(0.5), vec!["00-".to_owned()]));
}

#[test]
fn another_number_is_named_for_every_language_of_its_row() {
    let comparison = compare(&[
        summary(Language::En, &[("It rose by 22% in 2024.", &[2])]),
        summary(Language::Uk, &[("У 2024 році зросло на 22%.", &[2])]),
        summary(Language::Ru, &[("В 2024 году выросло на 23%.", &[2])]),
    ]);
    assert_eq!(comparison.numbers.iter().map(values).collect::<Vec<_>>(), ["en:22 uk:22 ru:23"]);
    assert_eq!((comparison.numbers[0].row, comparison.score), (0, Some(0.5)), "2024 agrees, 22 does not");
    let left_out =
        compare(&[summary(Language::En, &[("It rose by 22%.", &[2])]), summary(Language::Uk, &[("Зросло.", &[2])])]);
    assert_eq!(left_out.numbers.iter().map(values).collect::<Vec<_>>(), ["en:22 uk:"]);
}

#[test]
fn a_number_brings_facts_together_that_cite_other_sentences() {
    let facts = |year: &'static str| -> [(&'static str, &'static [u32]); 2] {
        [("The ferry carried 4,512 cars.", &[4]), (year, &[8])]
    };
    let ukrainian = summary(Language::Uk, &[("Пором перевіз 4 512 авто.", &[6]), ("Це було 2024 року.", &[9])]);
    let comparison = compare(&[summary(Language::En, &facts("It rained.")), ukrainian.clone()]);
    assert_eq!(shown(&comparison), ["00-", "1--", "-1-"]);
    // 4,512 is no longer telling when another fact has it too.
    let comparison = compare(&[summary(Language::En, &facts("Of the 4,512, few were new.")), ukrainian]);
    assert_eq!(shown(&comparison).len(), 4, "{comparison:?}");
}

#[test]
fn another_name_is_named_and_a_name_left_out_is_not() {
    let rows = |russian| {
        compare(&[
            summary(Language::En, &[("A court in Oslo freed Ivanov.", &[1])]),
            summary(Language::Ru, &[(russian, &[1])]),
        ])
    };
    let swapped = rows("Суд в Осло освободил Петрова.");
    assert_eq!(swapped.names.iter().map(values).collect::<Vec<_>>(), ["en:Ivanov ru:Петрова"]);
    assert!(swapped.score < Some(1.0));
    for alike in ["Суд в Осло освободил Иванова.", "Суд освободил Иванова.", "Суд освободил его."]
    {
        assert!(rows(alike).names.is_empty(), "{alike}: {:?}", rows(alike).names);
    }
    // A translated name is not spelled by sound anywhere, so nothing is said about it.
    let translated = compare(&[
        summary(Language::En, &[("Ships left the Black Sea.", &[1])]),
        summary(Language::Uk, &[("Кораблі вийшли з Чорного моря.", &[1])]),
    ]);
    assert!(translated.names.is_empty(), "{translated:?}");
}

#[test]
fn nothing_to_compare_has_no_score() {
    let comparison = compare(&[summary(Language::En, &[]), summary(Language::Uk, &[])]);
    assert_eq!((comparison.rows.len(), comparison.score), (0, None));
    assert_eq!(compare(&[]).score, None);
    let json = serde_json::to_value(compare(&[summary(Language::En, &[("One.", &[1])])])).unwrap();
    assert_eq!(json["rows"][0], serde_json::json!({"sentences": [1], "facts": {"en": 0}}));
    assert_eq!(json["only_in"], serde_json::json!({"en": [0]}));
}

/// Facts thrown together: whatever comes, each fact is in one row and no row has a language twice.
#[test]
fn every_fact_is_in_one_row() {
    let mut state = 11_u64;
    let mut random = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    for _ in 0..300 {
        let summaries = Language::ALL.map(|language| {
            let facts: Vec<(String, Vec<u32>)> = (0..random(7))
                .map(|_| {
                    let text = format!("Oslo {} Ivanov {}", random(5), random(3));
                    (text, (0..random(4)).map(|_| 1 + random(6) as u32).collect())
                })
                .collect();
            let facts: Vec<(&str, &[u32])> =
                facts.iter().map(|(text, cited)| (text.as_str(), cited.as_slice())).collect();
            summary(language, &facts)
        });
        let comparison = compare(&summaries);
        for one in &summaries {
            let mut places: Vec<usize> =
                comparison.rows.iter().filter_map(|row| row.facts.get(&one.language).copied()).collect();
            places.sort_unstable();
            assert_eq!(places, (0..one.key_facts.len()).collect::<Vec<_>>());
        }
        assert!(comparison.score.is_none_or(|score| (0.0..=1.0).contains(&score)), "{comparison:?}");
        assert_eq!(comparison, compare(&summaries), "the same again");
    }
}
