//! How surely a garbled name is told from one that is written well in another alphabet.
//!
//! The thresholds of `likeness` were set by it, with `STISLO_CORPUS` for a hundred sentences more:
//! `cargo test -p stislo-language --release --test garbled -- --nocapture`.

use std::path::Path;

use stislo_language::{Annotation, Kind, Likeness, likeness, name_distance};

/// Sentences, each in English, Ukrainian and Russian.
fn sentences() -> Vec<[Annotation; 3]> {
    let own = include_str!("../../../tests/corpus/pairs.tsv").lines();
    let mut rows: Vec<Vec<String>> = own.map(|line| line.split('\t').map(str::to_owned).collect()).collect();
    match std::env::var("STISLO_CORPUS") {
        Ok(corpus) => {
            let [en, uk, ru] = ["en", "uk", "ru"].map(|code| {
                let path = Path::new(&corpus).join(format!("translation/flores-dev-100.{code}"));
                std::fs::read_to_string(path)
                    .expect("the corpus can be read")
                    .lines()
                    .map(str::to_owned)
                    .collect::<Vec<_>>()
            });
            rows.extend(en.into_iter().zip(uk).zip(ru).map(|((en, uk), ru)| vec![en, uk, ru]));
        }
        Err(_) => println!("SKIPPED: the sentences of the larger corpus; STISLO_CORPUS names it"),
    }
    rows.iter().map(|row| [0, 1, 2].map(|column| Annotation::of(&row[column]))).collect()
}

/// The names of a sentence that no table has.
fn names(sentence: &Annotation) -> Vec<&str> {
    let heard = |&i: &usize| {
        let word = &sentence.tokens[i];
        let listed = sentence.is_concept(i, Kind::Name) || sentence.is_concept(i, Kind::Word);
        sentence.may_be_name(i) && !listed && !word.is_acronym() && word.text.chars().count() > 3
    };
    (0..sentence.tokens.len()).filter(heard).map(|i| sentence.tokens[i].text.as_str()).collect()
}

/// A name with one consonant replaced, dropped or added, or two syllables in the other order; by a seed.
fn garbled(name: &str, seed: u64) -> Option<String> {
    let mut letters: Vec<char> = name.chars().collect();
    let is_vowel = |c: char| "aeiouyаеиоуіїєюяыэёйьъ'’-".contains(c.to_lowercase().next().unwrap_or(c));
    let end = letters.len().saturating_sub(2);
    let consonants: Vec<usize> = (1..end).filter(|i| !is_vowel(letters[*i])).collect();
    let at = *consonants.get(seed as usize % consonants.len().max(1))?;
    let others = if letters[at].is_ascii() { "bdgklmnprstvz" } else { "бдгклмнпрствз" };
    let other = others.chars().cycle().skip((seed / 7 % 13) as usize).find(|c| *c != letters[at])?;
    match seed % 4 {
        0 => letters[at] = other,
        1 => drop(letters.remove(at)),
        2 => letters.insert(at, other),
        _ => {
            let next = *consonants.iter().find(|next| **next > at && letters[**next] != letters[at])?;
            letters.swap(at, next);
        }
    }
    Some(letters.into_iter().collect())
}

#[test]
fn garbled_names_are_told_from_true_ones() {
    let (mut same, mut wrong) = (Vec::new(), Vec::new());
    let mut seed = 7_u64;
    for row in sentences() {
        for (from, to) in [(0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1)] {
            let article = names(&row[from]);
            let nearest = |name: &str| {
                let all = article.iter().map(|other| (name_distance(other, name), *other));
                all.min_by(|a, b| a.0.total_cmp(&b.0))
            };
            for name in names(&row[to]) {
                let Some((distance, other)) = nearest(name) else { continue };
                same.push((distance, name.to_owned(), other.to_owned()));
                if distance > 0.1 {
                    continue;
                }
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let Some(bad) = garbled(name, seed >> 33) else { continue };
                let (distance, other) = nearest(&bad).unwrap();
                wrong.push((distance, bad, other.to_owned()));
            }
        }
    }
    if std::env::var("STISLO_SHOW").is_ok() {
        same.sort_by(|a, b| a.0.total_cmp(&b.0));
        wrong.sort_by(|a, b| a.0.total_cmp(&b.0));
        same.iter().filter(|it| it.0 > 0.0 && it.0 < 0.4).for_each(|it| println!("true {it:?}"));
        wrong.iter().filter(|it| it.0 < 0.1 || it.0 > 0.22).for_each(|it| println!("false {it:?}"));
    }
    let between = |pairs: &[(f32, String, String)], from: f32, to: f32| {
        pairs.iter().filter(|it| it.0 > from && it.0 <= to).count()
    };
    println!("{} true, {} garbled", same.len(), wrong.len());
    for from in [0.04, 0.06, 0.08, 0.1] {
        for to in [0.16, 0.19, 0.25, 0.3] {
            println!("{from} to {to}: {} true, {} garbled", between(&same, from, to), between(&wrong, from, to));
        }
    }
    // The nearest name decides, as in a check.
    let accused =
        |pairs: &[(f32, String, String)]| pairs.iter().filter(|it| likeness(it.0) == Likeness::Garbled).count();
    let (bad, found) = (accused(&same), accused(&wrong));
    println!("accused: {bad} of {} true, {found} of {} garbled", same.len(), wrong.len());
    assert!(bad * 200 <= same.len().max(200), "{bad} of {} true names are accused", same.len());
}
