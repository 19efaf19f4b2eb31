//! The intake on whole pages: our own in `tests/fixtures` and `tests/corpus`, and a larger corpus where one is named.
//!
//! `STISLO_CORPUS` names a folder with more pages; then they are measured as well. What is asserted without it is asserted
//! of our own texts.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use stislo::intake::{Article, Source, read};
use stislo::language::language_of;

fn article(name: &str, text: &str) -> Article {
    let source = Source { bytes: text.as_bytes().to_vec(), name: name.into(), title: None, language: None };
    read(source).unwrap_or_else(|error| panic!("{error}"))
}

pub(crate) fn text_of(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The larger corpus, where one is named. One that is named and missing is a failure.
pub(crate) fn corpus() -> Option<PathBuf> {
    let Some(path) = std::env::var_os("STISLO_CORPUS").map(PathBuf::from) else {
        println!("NOT MEASURED: STISLO_CORPUS names no larger corpus, so only our own texts are tried");
        return None;
    };
    assert!(path.is_dir(), "STISLO_CORPUS is no folder: {}", path.display());
    Some(path)
}

/// Our own texts.
pub(crate) fn own(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus").join(name)
}

#[test]
fn fixture_pages_clean_to_their_bodies() {
    for language in ["en", "uk", "ru"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(language).join("harbour-bridge");
        let article = article(language, &text_of(&folder.join("page.txt")));
        assert_eq!(article.language().code(), language);
        assert_eq!(article.text(), text_of(&folder.join("body.txt")).trim());
        assert_eq!(article.title(), Some(text_of(&folder.join("title.txt")).trim()));
        assert_eq!(article.sentences().len(), 26, "{language}");

        let again = self::article(language, article.text());
        assert_eq!((again.text(), again.title()), (article.text(), None));
        assert!(again.removed().is_empty());
    }
}

#[test]
fn pasted_pages_read_as_their_bodies() {
    measure_pasted(&own("pages"), &["en-canal", "uk-kanal", "ru-kanal"]);
    if let Some(corpus) = corpus() {
        let ids = [
            "euromaidan-kisel",
            "en-miamiherald-com-275",
            "en-readability-herald-sun-1",
            "ru-regnum-ru-ca365b",
            "uk-espreso-yaponskoho-plavcya",
        ];
        measure_pasted(&corpus.join("pages"), &ids);
    }
}

fn measure_pasted(pages: &Path, ids: &[&str]) {
    let (mut kept, mut gold_sentences, mut strange, mut sentences) = (0, 0, 0, 0);
    let (mut precision, mut recall, mut count) = (0.0, 0.0, 0.0);
    for &id in ids {
        let article = article(id, &text_of(&pages.join(format!("{id}.txt"))));
        let gold = text_of(&pages.join(format!("{id}.body.txt")));
        let title = text_of(&pages.join(format!("{id}.title.txt")));
        assert_eq!(letters(article.title().unwrap_or_default()), letters(&title), "{id}");
        let (p, r) = overlap(article.text(), &gold);
        println!("{id}: precision {p:.3}, recall {r:.3}");
        let gold_article = self::article(id, &gold);
        let has = |of: &Article, it: &str| letters(of.text()).contains(&letters(it));
        let all = |of: &Article| -> Vec<String> {
            of.sentences().iter().map(|it| of.text()[it.start..it.end].to_owned()).collect()
        };
        kept += all(&gold_article).iter().filter(|it| has(&article, it)).count();
        gold_sentences += gold_article.sentences().len();
        strange += all(&article).iter().filter(|it| !has(&gold_article, it)).map(String::len).sum::<usize>();
        sentences += article.text().len();
        if id == "euromaidan-kisel" {
            assert_eq!(article.text(), gold.trim());
        }
        (precision, recall, count) = (precision + p, recall + r, count + 1.0);
    }
    let (precision, recall) = (precision / count, recall / count);
    let f1 = 2.0 * precision * recall / (precision + recall);
    println!("F1 {f1:.3}; {kept} of {gold_sentences} sentences kept, {strange} of {sentences} bytes are boilerplate");
    assert!(f1 > 0.98, "F1 {f1}");
    assert!(kept * 100 >= gold_sentences * 95 && strange * 100 <= sentences * 5);
}

#[test]
fn clean_articles_come_through() {
    for (language, id) in [("en", "en-canal"), ("uk", "uk-kanal"), ("ru", "ru-kanal")] {
        let part = |kind: &str| text_of(&own("pages").join(format!("{id}.{kind}.txt"))).trim().to_owned();
        let article = article(id, &format!("{}\n\n{}", part("title"), part("body")));
        assert_eq!((article.text(), article.title()), (part("body").as_str(), Some(part("title").as_str())));
        assert_eq!(article.language().code(), language);
        assert!(article.removed().is_empty(), "{:?}", article.removed());
    }
    let Some(corpus) = corpus() else { return };
    let (mut precision, mut recall, mut count) = (0.0, 0.0, 0.0);
    let mut same = 0;
    for line in text_of(&corpus.join("news/news-dev.jsonl")).lines() {
        let record: serde_json::Value = serde_json::from_str(line).expect("the corpus is JSON");
        let field = |name: &str| record[name].as_str().expect("the corpus has this field").to_owned();
        let article = article(&field("id"), &format!("{}\n\n{}", field("title"), field("text")));
        assert_eq!(article.language().code(), field("lang"), "{}", field("id"));
        // Two of the articles have Latin letters in Cyrillic words, which are read as what they look like.
        let (p, r) = overlap(&likened(article.text()), &likened(&field("text")));
        (precision, recall, count) = (precision + p, recall + r, count + 1.0);
        let again = self::article(&field("id"), article.text());
        same += usize::from(again.text() == article.text());
    }
    let (precision, recall) = (precision / count, recall / count);
    println!("clean articles: precision {precision:.4}, recall {recall:.4}, {same} read again the same");
    assert!(precision > 0.99 && recall > 0.98, "precision {precision}, recall {recall}");
}

/// Text of the corpora is decoded as it stands, whatever language it is in.
#[test]
fn good_text_is_not_decoded_back() {
    let folders = [own("pages"), own("")].into_iter().chain(corpus().into_iter().flat_map(|corpus| {
        ["extraction", "langid", "news", "pages", "translation"].map(|name| corpus.join(name)).into_iter()
    }));
    let mut files = 0;
    for path in folders.flat_map(|folder| std::fs::read_dir(folder).unwrap()).map(|entry| entry.unwrap().path()) {
        let Ok(bytes) = std::fs::read(&path) else { continue };
        let Ok(text) = std::str::from_utf8(&bytes) else { continue };
        files += 1;
        // One of the pages has a title in a tag that was spoilt, and that is right to be mended where it stands alone.
        let is_page = path.extension().is_some_and(|it| it == "html");
        let lines = text.lines().filter(|_| !is_page);
        for part in [text].into_iter().chain(lines).filter(|part| !part.trim().is_empty()) {
            let read = stislo::intake::decoded(part.as_bytes());
            assert_eq!(read.as_deref(), Some(part.trim_start_matches('\u{feff}')), "{}", path.display());
        }
    }
    assert!(files >= 10, "{files} files");
}

#[test]
fn languages_are_told_apart() {
    let text = text_of(&own("languages.tsv"));
    let lines: Vec<[&str; 3]> = text
        .lines()
        .map(|line| line.split('\t').collect::<Vec<_>>().try_into().expect("language, kind, sentence"))
        .collect();
    assert!(lines.len() >= 30);
    measure_languages(&lines);
    let Some(corpus) = corpus() else { return };
    let kinds = text_of(&corpus.join("langid/langid-dev.meta.tsv"));
    let text = text_of(&corpus.join("langid/langid-dev.tsv"));
    let lines = text.lines().zip(kinds.lines().skip(1)).map(|(line, kind)| {
        let (wanted, sentence) = line.split_once('\t').expect("language, tab, sentence");
        [wanted, kind, sentence]
    });
    measure_languages(&lines.collect::<Vec<_>>());
}

/// Language, kind and sentence.
fn measure_languages(lines: &[[&str; 3]]) {
    let mut seen: HashMap<&str, (usize, usize)> = HashMap::new();
    for &[wanted, kind, sentence] in lines {
        let guess = language_of(sentence);
        let ours = matches!(wanted, "en" | "uk" | "ru").then_some(wanted);
        let right = guess.and_then(|guess| guess.language).map(|it| it.code()) == ours;
        let kind = if kind.contains("full") { "full" } else { "short" };
        let (sum, all) = seen.entry(kind).or_default();
        (*sum, *all) = (*sum + usize::from(right), *all + 1);
        if !right {
            println!("{kind}: {wanted}, not {guess:?}: {sentence}");
        }
    }
    println!("languages: {seen:?}");
    let share = |kind: &str| seen[kind].0 as f64 / seen[kind].1 as f64;
    assert!(share("full") >= 0.995 && share("short") >= 0.95, "{seen:?}");
}

/// The text with one of each two letters that look alike.
fn likened(text: &str) -> String {
    let (from, to) = ("aceiopxyABCEHIKMOPTXY", "асеіорхуАВСЕНІКМОРТХУ");
    text.chars().map(|c| from.chars().zip(to.chars()).find(|(latin, _)| *latin == c).map_or(c, |(_, it)| it)).collect()
}

pub(crate) fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Precision and recall by multisets of four words in a row.
pub(crate) fn overlap(text: &str, gold: &str) -> (f64, f64) {
    let (text, gold) = (shingles(text), shingles(gold));
    let common: usize = text.iter().map(|(key, count)| (*count).min(gold.get(key).copied().unwrap_or(0))).sum();
    let share = |of: &HashMap<String, usize>| common as f64 / of.values().sum::<usize>().max(1) as f64;
    (share(&text), share(&gold))
}

fn shingles(text: &str) -> HashMap<String, usize> {
    let words: Vec<&str> =
        text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty()).collect();
    let mut counts = HashMap::new();
    for window in words.windows(4) {
        *counts.entry(window.join(" ")).or_default() += 1;
    }
    counts
}
