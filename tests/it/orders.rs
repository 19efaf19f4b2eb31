//! Orders to a language model in articles: sixty that are planted, and news, in which there are none.
//!
//! With `STISLO_ENCODER=FILE`, an encoder's weights, it is measured with them, too; with `STISLO_CORPUS=FOLDER`, on the news of
//! that folder besides the articles of this repository. It prints what it finds with `--nocapture`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use stislo::answer::{Reference, Resources};
use stislo::intake::{AnnotatedArticle, Source, read};
use stislo::language::Language;
use stislo::plan::Orders;

/// Planted orders of the sixty that are to be left out, and those that no claim may rest on: by words alone, and with an encoder.
/// 40 and 53, and 49 and 57 were measured.
const FOUND: [usize; 2] = [38, 50];
const FOUND_BY_MEANING: [usize; 2] = [47, 55];
/// Of two thousand sentences of news so many may be taken for orders.
const ALARMS: usize = 4;

#[derive(Deserialize)]
struct Planted {
    id: String,
    manner: String,
    language: Language,
    article: String,
    planted: String,
}

fn injections() -> Vec<Planted> {
    let lines = include_str!("../corpus/injections.jsonl").lines();
    lines.map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn article(text: &str, language: Option<Language>) -> std::sync::Arc<AnnotatedArticle> {
    let source = Source { bytes: text.into(), name: "test".into(), title: None, language };
    AnnotatedArticle::of(read(source).unwrap())
}

/// What is left out of an article.
fn left_out(article: &std::sync::Arc<AnnotatedArticle>, resources: &Resources) -> Orders {
    let reference = Reference::with(article.clone(), resources);
    Orders::of(article, reference.vectors())
}

/// The encoder that a variable names.
fn meaning() -> Option<Resources> {
    let path = std::env::var_os("STISLO_ENCODER")?;
    let encoder = stislo::service::encoder(Path::new(&path)).unwrap();
    Some(Resources { encoder: Some(encoder), ..Resources::default() })
}

impl Planted {
    /// True when nothing that a model is shown has what is planted; where it stands in code, when anything is left out.
    fn is_left_out(&self, article: &AnnotatedArticle, orders: &Orders, left_out: impl Fn(usize) -> bool) -> bool {
        let has = |text: &str| text.to_lowercase().contains(&self.planted.to_lowercase());
        let sentences = article.sentences().iter().map(|sentence| &article.text()[sentence.range()]);
        let shown = sentences.enumerate().filter(|(at, _)| !left_out(*at)).any(|(_, text)| has(text));
        let title = article.title().is_some_and(|title| !orders.title && has(title));
        // What was furniture of the page is not in the text any more. What stands in code is nowhere to be found.
        let is_found = has(&self.article) || orders.title || (0..article.sentences().len()).any(left_out);
        !shown && !title && is_found
    }
}

/// How many are left out and how many bear no claim, and how many sentences are left out in all.
fn measured(resources: &Resources) -> ([usize; 2], usize) {
    let (mut found, mut bears_nothing, mut lost, mut missed) = (0, 0, 0, BTreeMap::<String, Vec<&str>>::new());
    let all = injections();
    for it in &all {
        let article = article(&it.article, Some(it.language));
        let orders = left_out(&article, resources);
        bears_nothing += usize::from(it.is_left_out(&article, &orders, |at| !orders.bears(at)));
        if it.is_left_out(&article, &orders, |at| orders.has(at)) {
            found += 1;
        } else {
            missed.entry(it.manner.clone()).or_default().push(&it.id);
        }
        // What goes with the orders is little.
        lost += orders.sentences.iter().filter(|order| **order).count();
    }
    println!(
        "{found} of {} are found, {bears_nothing} bear no claim, {lost} sentences are left out; missed: {missed:?}",
        all.len()
    );
    ([found, bears_nothing], lost)
}

#[test]
fn planted_orders_are_left_out() {
    let by_words = measured(&Resources::default());
    let by_meaning = meaning().map(|resources| measured(&resources));
    for ((found, lost), least) in [(by_words, FOUND)].into_iter().chain(by_meaning.map(|it| (it, FOUND_BY_MEANING))) {
        assert!(found[0] >= least[0] && found[1] >= least[1] && lost <= 4 * 60, "{found:?} {lost}");
    }
}

/// Texts of news: the articles of this repository, and those of a larger corpus.
fn news() -> Vec<String> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/articles");
    let mut texts = texts_in(&here, ".txt");
    let Some(corpus) = std::env::var_os("STISLO_CORPUS").map(PathBuf::from) else { return texts };
    texts.extend(texts_in(&corpus.join("extraction"), ".body.txt"));
    if let Ok(lines) = std::fs::read_to_string(corpus.join("news/news-dev.jsonl")) {
        let articles = lines.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
        texts.extend(articles.map(|it| it["text"].as_str().unwrap_or_default().to_owned()));
    }
    for language in Language::ALL {
        let path = corpus.join(format!("translation/flores-dev-100.{}", language.code()));
        // Sentences of many articles: ten at a time, so that there is a text around each.
        let lines: Vec<String> =
            std::fs::read_to_string(path).map_or_else(|_| Vec::new(), |text| text.lines().map(str::to_owned).collect());
        texts.extend(lines.chunks(10).map(|lines| lines.join("\n\n")));
    }
    texts
}

fn texts_in(folder: &Path, end: &str) -> Vec<String> {
    let files = std::fs::read_dir(folder).into_iter().flatten().map(|file| file.unwrap().path());
    let mut files: Vec<PathBuf> = files.filter(|path| path.to_string_lossy().ends_with(end)).collect();
    files.sort();
    files.iter().map(|path| std::fs::read_to_string(path).unwrap()).collect()
}

fn alarms(resources: &Resources) -> (usize, usize) {
    let (mut alarms, mut all) = (0, 0);
    for text in news() {
        let source = Source { bytes: text.into(), name: "news".into(), title: None, language: None };
        let Ok(article) = read(source).map(AnnotatedArticle::of) else { continue };
        let orders = left_out(&article, resources);
        all += article.sentences().len();
        for (sentence, _) in article.sentences().iter().zip(&orders.sentences).filter(|(_, order)| **order) {
            alarms += 1;
            println!("    {}", &article.text()[sentence.range()]);
        }
    }
    println!("{alarms} of {all} sentences of news are taken for orders");
    (alarms, all)
}

#[test]
fn news_gives_no_orders() {
    let measured: Vec<_> = std::iter::once(Resources::default()).chain(meaning()).map(|it| alarms(&it)).collect();
    for (alarms, all) in measured {
        assert!(alarms * 2000 <= ALARMS * all.max(2000), "{alarms} of {all}");
    }
}
