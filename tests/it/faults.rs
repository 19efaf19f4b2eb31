//! Faults planted in correct facts: how many the checks catch, and how often they cry wolf.
//!
//! Our own article in three languages always; the larger corpus where `STISLO_CORPUS` names it: FLORES lines and whole
//! articles with human translations, so that the facts are in another language than the article, and the articles' own
//! sentences. Half of the corpus served to develop the checks; the other half is reported apart.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use serde_json::Value;
use stislo::answer::{DraftFact, FindingKind, KeyFact, Reference, against};
use stislo::intake::{AnnotatedArticle, Article, Source, read, read_note};
use stislo::language::Language;

use crate::intake::{corpus, own, text_of};
use crate::planted::{Dice, Fault, Names, plant};

/// An article and facts that are right, with the paragraphs that they come from.
struct Case {
    article: Arc<AnnotatedArticle>,
    facts: Vec<Fact>,
    language: Language,
}

struct Fact {
    text: String,
    cited: Vec<u32>,
    /// Of the half that was kept apart.
    kept_apart: bool,
}

/// Planted and caught, or clean and accused.
#[derive(Default, Clone, Copy)]
struct Count {
    all: usize,
    found: usize,
}

impl Count {
    fn add(&mut self, found: bool) {
        self.all += 1;
        self.found += usize::from(found);
    }

    fn share(self) -> f64 {
        self.found as f64 / self.all.max(1) as f64
    }

    /// Holds that at least so many facts of people were tried, and a tenth at most was accused.
    fn is_seldom(self, least: usize) {
        println!("facts of people: {} of {} have a finding", self.found, self.all);
        assert!(self.all >= least && self.share() <= 0.1, "{} of {} facts are accused", self.found, self.all);
    }
}

#[derive(Default)]
struct Tally {
    names: Names,
    /// By half, pair of languages and fault; no fault is a clean fact.
    counts: BTreeMap<(bool, String, Option<Fault>), Count>,
}

impl Tally {
    fn of(&self, kept_apart: Option<bool>, fault: Option<Fault>) -> Count {
        let wanted =
            self.counts.iter().filter(|((half, _, kind), _)| kept_apart.is_none_or(|it| it == *half) && *kind == fault);
        wanted.fold(Count::default(), |sum, (_, it)| Count { all: sum.all + it.all, found: sum.found + it.found })
    }

    fn print(&self, title: &str) {
        println!("{title}: found of planted; clean is false alarms");
        let mut rows: BTreeMap<(bool, &str), String> = BTreeMap::new();
        for ((half, pair, fault), count) in &self.counts {
            let name = fault.map_or("clean".to_owned(), |fault| format!("{fault:?}").to_lowercase());
            let cell = format!("  {name} {}/{} {:.0}%", count.found, count.all, 100.0 * count.share());
            rows.entry((*half, pair)).or_default().push_str(&cell);
        }
        for ((half, pair), row) in rows {
            println!("{} {pair:<12}{row}", if half { "kept apart" } else { "developed " });
        }
        for half in [false, true] {
            let total = |fault: Option<Fault>| {
                let count = self.of(Some(half), fault);
                format!("{}/{} {:.1}%", count.found, count.all, 100.0 * count.share())
            };
            let faults: Vec<String> = Fault::ALL.iter().map(|&it| format!("{it:?} {}", total(Some(it)))).collect();
            println!("{}: {}, clean {}", if half { "kept apart" } else { "developed" }, faults.join(", "), total(None));
        }
    }
}

fn article(text: &str, language: Language) -> Article {
    let source =
        Source { bytes: text.into(), name: "article".into(), title: Some("-".into()), language: Some(language) };
    read(source).unwrap_or_else(|error| panic!("{error}"))
}

/// The numbers of the sentences that a line of the article became.
fn sentences_of(article: &Article, line: &str) -> Vec<u32> {
    let Some(start) = article.text().find(line.trim()) else { return Vec::new() };
    let end = start + line.trim().len();
    let inside = article.sentences().iter().filter(|sentence| sentence.start < end && start < sentence.end);
    inside.map(|sentence| sentence.id.get()).collect()
}

/// Lines that say the same in two languages: the first are the article, the second its facts.
fn aligned(lines: &[(String, String)], languages: (Language, Language), kept_apart: impl Fn(usize) -> bool) -> Case {
    let text: Vec<&str> = lines.iter().map(|(line, _)| line.trim()).collect();
    let article = article(&text.join("\n\n"), languages.0);
    let fact = |(i, (line, other)): (usize, &(String, String))| {
        let cited = sentences_of(&article, line);
        let long = other.chars().count() >= 25 && other.trim().ends_with(['.', '!', '?', '"', '”', '»']);
        (long && !cited.is_empty()).then(|| Fact { text: other.trim().to_owned(), cited, kept_apart: kept_apart(i) })
    };
    let facts = lines.iter().enumerate().filter_map(fact).collect();
    Case { article: AnnotatedArticle::of(article), facts, language: languages.1 }
}

fn check(reference: &Reference, case: &Case, text: &str, cited: &[u32]) -> KeyFact {
    reference.check(DraftFact { text: text.to_owned(), cited: cited.to_vec() }, case.language)
}

/// Holds the facts of a case against its article, as they are and with every fault.
fn measure(case: &Case, tally: &mut Tally, dice: &mut Dice) {
    let reference = Reference::new(case.article.clone());
    let pair = format!("{}-{}", case.article.language(), case.language);
    let others = case.facts.iter().flat_map(|fact| tally.names.of(&fact.text)).map(|it| it.1.to_owned()).collect();
    tally.names.others = others;
    for (at, fact) in case.facts.iter().enumerate() {
        let counts = &mut tally.counts;
        let mut count = |fault, found| counts.entry((fact.kept_apart, pair.clone(), fault)).or_default().add(found);
        let clean = check(&reference, case, &fact.text, &fact.cited);
        // Whether a sentence can be read without those around it is no question of its truth.
        let of_form = [FindingKind::Truncated, FindingKind::WrongLanguage, FindingKind::ContextMissing];
        let of_content = |it: &&stislo::answer::Finding| !of_form.contains(&it.kind);
        let accused: Vec<String> =
            clean.findings.iter().filter(of_content).map(|it| format!("{:?} {}", it.kind, it.value)).collect();
        if !accused.is_empty() && !fact.kept_apart {
            println!(
                "ALARM {pair} {accused:?}: {} || {}",
                fact.text,
                case.article.text()[range(&case.article, &fact.cited)].replace('\n', " ")
            );
        }
        count(None, !accused.is_empty());
        for fault in Fault::ALL {
            let (text, cited) = match fault {
                Fault::Citation => {
                    let other = &case.facts[(at + 1 + dice.below(case.facts.len() - 1)) % case.facts.len()];
                    if other.cited.iter().any(|id| fact.cited.contains(id)) {
                        continue;
                    }
                    (fact.text.clone(), other.cited.clone())
                }
                _ => match plant(fault, &fact.text, &tally.names, dice) {
                    Some(text) => (text, fact.cited.clone()),
                    None => continue,
                },
            };
            let found = check(&reference, case, &text, &cited);
            let new = found.findings.iter().filter(of_content).any(|it| !clean.findings.contains(it));
            if !new && !fact.kept_apart {
                println!(
                    "MISS {fault:?} {pair} {cited:?}: {text} || {}",
                    case.article.text()[range(&case.article, &cited)].replace('\n', " ")
                );
            }
            count(Some(fault), new);
        }
    }
}

fn range(article: &Article, cited: &[u32]) -> std::ops::Range<usize> {
    let sentence = |id: u32| &article.sentences()[id as usize - 1];
    sentence(cited[0]).start..sentence(cited[cited.len() - 1]).end
}

fn assert_targets(tally: &Tally, kept_apart: Option<bool>) {
    for (faults, least) in [
        (&[Fault::Number, Fault::Date][..], 0.98),
        (&[Fault::Name], 0.90),
        (&[Fault::Negation], 0.70),
        (&[Fault::Citation], 0.80),
    ] {
        let sum = faults
            .iter()
            .map(|&it| tally.of(kept_apart, Some(it)))
            .fold((0, 0), |sum, it| (sum.0 + it.all, sum.1 + it.found));
        assert!(sum.1 as f64 >= least * sum.0 as f64, "{faults:?}: {} of {} found", sum.1, sum.0);
    }
    let clean = tally.of(kept_apart, None);
    assert!(clean.share() <= 0.05, "{} false alarms on {} clean facts", clean.found, clean.all);
}

#[test]
fn planted_faults_are_found() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let lines = |code: &str| -> Vec<String> {
        let text = std::fs::read_to_string(folder.join("facts").join(format!("{code}.txt"))).unwrap();
        text.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned).collect()
    };
    let texts = Language::ALL.map(|language| (language, lines(language.code())));
    let mut tally = Tally::default();
    for (from, theirs) in &texts {
        for (to, ours) in &texts {
            assert_eq!(theirs.len(), ours.len(), "{from} and {to} say the same, line by line");
            let pairs: Vec<_> = theirs.iter().cloned().zip(ours.iter().cloned()).collect();
            measure(&aligned(&pairs, (*from, *to), |_| false), &mut tally, &mut Dice(7));
        }
    }
    tally.print("our own article");
    assert_targets(&tally, None);
    if let Some(corpus) = corpus() {
        faults_in_the_corpus_are_found(&corpus);
    }
}

fn json_lines(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn strings(value: &Value) -> Vec<String> {
    value.as_array().unwrap().iter().map(|it| it.as_str().unwrap().to_owned()).collect()
}

fn language(code: &str) -> Language {
    code.parse().unwrap()
}

fn flores_lines(corpus: &Path, language: Language) -> Vec<String> {
    let path = corpus.join(format!("translation/flores-dev-100.{language}"));
    std::fs::read_to_string(path).unwrap().lines().map(str::to_owned).collect()
}

/// FLORES in every pair of languages.
fn flores(corpus: &Path, tally: &mut Tally, dice: &mut Dice) {
    let lines = |language| flores_lines(corpus, language);
    for from in Language::ALL {
        for to in Language::ALL {
            let pairs: Vec<_> = lines(from).into_iter().zip(lines(to)).collect();
            measure(&aligned(&pairs, (from, to), |i| i >= 50), tally, dice);
        }
    }
}

/// Whole articles with their translations, both ways.
fn documents(corpus: &Path, tally: &mut Tally, dice: &mut Dice) {
    for (at, document) in json_lines(&corpus.join("translation/wmt-docs.jsonl")).iter().enumerate() {
        let source = strings(&document["src"]);
        let from = language(&document["direction"].as_str().unwrap()[..2]);
        for (code, lines) in document["refs"].as_object().unwrap() {
            let pairs: Vec<_> = source.iter().cloned().zip(strings(lines)).collect();
            let back: Vec<_> = pairs.iter().map(|(a, b)| (b.clone(), a.clone())).collect();
            measure(&aligned(&pairs, (from, language(code)), |_| at % 2 == 1), tally, dice);
            measure(&aligned(&back, (language(code), from), |_| at % 2 == 1), tally, dice);
        }
    }
}

/// Sentences of articles as facts about them.
fn articles(corpus: &Path, tally: &mut Tally, dice: &mut Dice) {
    for (at, value) in json_lines(&corpus.join("news/news-dev.jsonl")).iter().enumerate() {
        let article = article(value["text"].as_str().unwrap(), language(value["lang"].as_str().unwrap()));
        let text = |id: u32| article.text()[range(&article, &[id])].to_owned();
        let sentences = article.sentences().iter().map(|sentence| sentence.id.get());
        let fitting = sentences.filter(|&id| (40..260).contains(&text(id).chars().count()) && text(id).ends_with('.'));
        let facts: Vec<Fact> =
            fitting.map(|id| Fact { text: text(id), cited: vec![id], kept_apart: at % 2 == 1 }).take(12).collect();
        if facts.len() > 1 {
            let language = article.language();
            measure(&Case { article: AnnotatedArticle::of(article), facts, language }, tally, dice);
        }
    }
}

fn faults_in_the_corpus_are_found(corpus: &Path) {
    let mut tally = Tally::default();
    let mut dice = Dice(std::env::var("DICE").ok().and_then(|it| it.parse().ok()).unwrap_or(1));
    for language in Language::ALL {
        flores_lines(corpus, language).iter().for_each(|line| tally.names.learn(line));
    }
    for value in json_lines(&corpus.join("news/news-dev.jsonl")) {
        tally.names.learn(value["text"].as_str().unwrap());
    }
    flores(corpus, &mut tally, &mut dice);
    documents(corpus, &mut tally, &mut dice);
    articles(corpus, &mut tally, &mut dice);
    tally.print("the corpus");
    for fault in Fault::ALL {
        assert!(tally.of(Some(true), Some(fault)).all >= 60, "too few of {fault:?}");
    }
    assert_targets(&tally, Some(false));
    assert_targets(&tally, Some(true));
}

/// Facts that people wrote in English about articles, without citations.
#[test]
fn facts_of_people_are_seldom_accused() {
    let ours = text_of(&own("facts.txt"));
    let mut count = Count::default();
    for code in Language::ALL {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/fixtures/{code}/harbour-bridge/body.txt"));
        accuse(article(&text_of(&path), code), ours.lines(), &mut count);
    }
    count.is_seldom(45);
    let Some(corpus) = corpus() else { return };
    let mut count = Count::default();
    for value in json_lines(&corpus.join("news/news-dev.jsonl")) {
        let Some(facts) = value.get("facts_en") else { continue };
        let article = article(value["text"].as_str().unwrap(), language(value["lang"].as_str().unwrap()));
        accuse(article, strings(facts).iter().map(String::as_str), &mut count);
    }
    count.is_seldom(30);
}

/// Counts the facts with a finding.
fn accuse<'f>(article: Article, facts: impl Iterator<Item = &'f str>, count: &mut Count) {
    let reference = Reference::new(AnnotatedArticle::of(article));
    for fact in facts {
        let source = Source { bytes: fact.into(), name: "fact".into(), title: None, language: Some(Language::En) };
        let checked = against(&read_note(source, Language::En).unwrap(), &reference);
        let findings: Vec<_> = checked.sentences.iter().flat_map(|it| &it.findings).collect();
        if !findings.is_empty() {
            println!("ALARM {fact}: {:?}", findings.iter().map(|it| (it.kind, &it.value)).collect::<Vec<_>>());
        }
        count.add(!findings.is_empty());
    }
}
