//! How surely names are told apart across alphabets: of names in sentences and their translations by people, how many are found,
//! and how many are taken for names of other sentences.
//!
//! The thresholds of `NameKey` were set by it: `cargo test --release --test it names -- --nocapture`, with `STISLO_CORPUS` for a
//! hundred sentences more (`tests/corpus/README.md` says what that folder is).

use std::path::Path;

use stislo::language::{Annotation, Kind};

/// Sentences, each in English, Ukrainian and Russian.
type Sentences = Vec<[Annotation; 3]>;

/// The sentences of the repository, and those of the larger corpus where it is there.
fn sentences() -> Sentences {
    let own = include_str!("../corpus/pairs.tsv").lines().map(|line| line.split('\t').map(str::to_owned).collect());
    let mut rows: Vec<Vec<String>> = own.collect();
    match std::env::var("STISLO_CORPUS") {
        Ok(corpus) => {
            let read = |code| {
                let path = Path::new(&corpus).join(format!("translation/flores-dev-100.{code}"));
                std::fs::read_to_string(path).unwrap().lines().map(str::to_owned).collect::<Vec<_>>()
            };
            let [en, uk, ru] = ["en", "uk", "ru"].map(read);
            rows.extend(en.into_iter().zip(uk).zip(ru).map(|((en, uk), ru)| vec![en, uk, ru]));
        }
        Err(_) => println!("SKIPPED: the sentences of the larger corpus; STISLO_CORPUS names it"),
    }
    rows.iter().map(|row| [0, 1, 2].map(|column| Annotation::of(&row[column]))).collect()
}

/// The names of a sentence that no table has.
fn names(sentence: &Annotation) -> impl Iterator<Item = usize> {
    let heard = |&i: &usize| {
        let word = &sentence.tokens[i];
        sentence.may_be_name(i)
            && !sentence.is_concept(i, Kind::Name)
            && !word.is_acronym()
            && word.text.chars().count() > 3
    };
    (0..sentence.tokens.len()).filter(heard)
}

#[test]
fn names_are_told_apart_across_alphabets() {
    let sentences = sentences();
    let (mut all, mut found, mut others, mut mistaken) = (0, 0, 0, 0);
    for (at, row) in sentences.iter().enumerate() {
        for (from, to) in [(0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1)] {
            for name in names(&row[to]) {
                all += 1;
                found += usize::from(row[to].shares_name(name, &row[from]));
                // A sentence further on speaks of others.
                let other = &sentences[(at + sentences.len() / 2) % sentences.len()][from];
                others += 1;
                mistaken += usize::from(row[to].shares_name(name, other));
            }
        }
    }
    println!("names: {found} of {all} found; {mistaken} of {others} taken for one of another sentence");
    assert!(all >= 20 && found * 100 >= all * 70, "{found} of {all} names are found");
    assert!(mistaken * 50 <= others, "{mistaken} of {others} are taken for others");
}
