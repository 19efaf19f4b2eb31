//! Makes `crates/language/data/letters.tsv`: how letters follow each other in Ukrainian and in Russian.
//!
//! `cargo run --release --manifest-path tests/letters/Cargo.toml > crates/language/data/letters.tsv`
//!
//! The figures are those of the language models of lingua (crates `lingua-ukrainian-language-model` and
//! `lingua-russian-language-model` 1.3.0, Apache-2.0), which hold the probability of a letter behind up to four others,
//! counted in news of the Leipzig Corpora Collection. Of groups of three and four letters those are kept that tell most:
//! by how often they occur and how much they change what shorter groups say.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use fst::{Map, Streamer};

/// Groups of three and four letters that are kept.
const KEPT: usize = 12_000;
/// What a step to a shorter group costs, and a letter that never occurs.
const STEP: f64 = 1.0;
const NEVER: f64 = -14.0;
/// The largest leaning of one letter.
const MOST: f64 = 7.5;

type Model = HashMap<String, f64>;

fn model(file: &[u8]) -> Model {
    let map = Map::new(file.to_vec()).expect("the crate holds an automaton");
    let mut model = Model::new();
    let mut stream = map.stream();
    while let Some((key, value)) = stream.next() {
        let group = String::from_utf8_lossy(key).into_owned();
        let ours = group.chars().all(|c| matches!(c, 'а'..='я' | 'ё' | 'є' | 'і' | 'ї' | 'ґ'));
        if ours && group.chars().count() <= 4 {
            model.insert(group, f64::from_bits(value));
        }
    }
    model
}

/// The logarithm of the probability of a group's last letter behind the others.
fn last(model: &Model, group: &[char]) -> f64 {
    for from in 0..group.len() {
        if let Some(found) = model.get(&group[from..].iter().collect::<String>()) {
            return found - STEP * from as f64;
        }
    }
    NEVER - STEP * group.len() as f64
}

/// How often a group occurs.
fn frequency(model: &Model, group: &[char]) -> f64 {
    (0..group.len()).map(|end| last(model, &group[..=end])).sum::<f64>().exp()
}

fn main() {
    let uk = model(
        lingua_ukrainian_language_model::UKRAINIAN_MODELS_DIRECTORY.get_file("ngrams.fst").expect("a model").contents(),
    );
    let ru = model(
        lingua_russian_language_model::RUSSIAN_MODELS_DIRECTORY.get_file("ngrams.fst").expect("a model").contents(),
    );
    let groups: BTreeSet<String> = uk.keys().chain(ru.keys()).cloned().collect();
    let leaning = |group: &[char]| (last(&uk, group) - last(&ru, group)).clamp(-MOST, MOST);
    let (mut kept, mut longer): (Vec<Vec<char>>, Vec<(f64, Vec<char>)>) = (Vec::new(), Vec::new());
    for group in &groups {
        let group: Vec<char> = group.chars().collect();
        if group.len() <= 2 {
            kept.push(group);
            continue;
        }
        let changed = (leaning(&group) - leaning(&group[1..])).abs();
        longer.push(((frequency(&uk, &group) + frequency(&ru, &group)) * changed, group));
    }
    longer.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    kept.extend(longer.into_iter().take(KEPT).map(|(_, group)| group));
    println!(
        "# How letters follow each other in Ukrainian and in Russian. Made by tests/letters/main.rs, which says from what:"
    );
    println!(
        "# the language models of lingua 1.3.0 (Copyright Peter M. Stahl, Apache-2.0), counted in the Leipzig Corpora Collection."
    );
    println!(
        "# \"=a\", then letters behind it: ten times the logarithm of their probability, in the likelier of both languages."
    );
    println!(
        "# Else up to three letters, then letters behind them: ten times the logarithm of how much likelier in Ukrainian."
    );
    let mut pairs: BTreeMap<char, Vec<String>> = BTreeMap::new();
    for group in kept.iter().filter(|group| group.len() == 2) {
        let likelier = [&uk, &ru].map(|model| model.get(&group.iter().collect::<String>()).copied().unwrap_or(NEVER));
        let figure = (likelier[0].max(likelier[1]).max(-9.0) * 10.0).round();
        pairs.entry(group[0]).or_default().push(format!("{}{figure}", group[1]));
    }
    for (first, entries) in pairs {
        println!("={first}\t{}", entries.join("\t"));
    }
    let mut leanings: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for group in &kept {
        let (end, before) = group.split_last().expect("a group has letters");
        let figure = (leaning(group) * 10.0).round();
        leanings.entry(before.iter().collect()).or_default().push(format!("{end}{figure}"));
    }
    for (before, entries) in leanings {
        println!("{before}\t{}", entries.join("\t"));
    }
}
