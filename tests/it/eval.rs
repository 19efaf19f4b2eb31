//! `eval`: the metrics against sacreBLEU, counts on answers that are known, runs that go on, and pages.

use std::path::Path;

use serde_json::{Value, json};
use stislo::error::Error;
use stislo::eval::bleu::{self, Bleu};
use stislo::eval::chrf::Chrf;
use stislo::eval::rouge::rouge_l;
use stislo::eval::{self, Dataset, Figure, Outcome, Report, System, Wanted};
use stislo::language::Language;
use stislo::plan::SummaryOptions;

use crate::cli::{Place, shown, tiny};
use crate::harness::{ANSWERS, Fault, Script, fixture, service};

/// What `tests/oracle/metrics.py` stored.
fn oracle() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle/expected/metrics.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn near(ours: f64, theirs: &Value, what: &str) {
    let theirs = theirs.as_f64().unwrap();
    assert!((ours - theirs).abs() < 1e-6, "{what}: ours {ours}, theirs {theirs}");
}

#[test]
fn metrics_are_those_of_sacrebleu() {
    let oracle = oracle();
    for language in ["en", "uk", "ru"] {
        let expected = &oracle[language];
        let (mut chrf, mut bleu) = (Chrf::default(), Bleu::default());
        for segment in expected["segments"].as_array().unwrap() {
            let field = |name: &str| segment[name].as_str().unwrap();
            let (text, reference) = (field("text"), field("reference"));
            assert_eq!(json!(bleu::words(text)), segment["words"], "{text}");
            let (one, other) = (Chrf::of(text, reference), Bleu::of(text, reference));
            near(one.score(), &segment["chrf"], text);
            near(other.score(), &segment["bleu"], text);
            near(rouge_l(text, reference), &segment["rouge_l"], text);
            chrf.add(&one);
            bleu.add(&other);
        }
        near(chrf.score(), &expected["chrf"], language);
        near(bleu.score(), &expected["bleu"], language);
    }
    assert_eq!((Chrf::of("", "x").score(), Bleu::of("", "x").score(), Bleu::of("x", "").score()), (0.0, 0.0, 0.0));
}

fn wanted(languages: &[Language]) -> Wanted {
    let options = SummaryOptions { languages: languages.to_vec(), ..SummaryOptions::default() };
    Wanted { options, limit: None, journal: None }
}

/// A file of rows: the three fixtures, one with a reference.
fn articles(place: &Place) -> Dataset {
    let row = |language: &str| json!({"id": language, "lang": language, "text": fixture(language, "page")});
    let mut rows = ["en", "uk", "ru"].map(row);
    rows[0]["summary_uk"] = ANSWERS[1].lines().nth(1).unwrap().into();
    dataset(place, &rows)
}

fn dataset(place: &Place, rows: &[Value]) -> Dataset {
    let lines: String = rows.iter().map(|row| format!("{row}\n")).collect();
    Dataset::read(&place.file("data.jsonl", lines), None).unwrap()
}

async fn scripted(answers: &[&str]) -> System {
    System::answering(service(Script::new(answers).engine().await.0))
}

fn figure<'a>(report: &'a Report, language: Language, name: &str) -> &'a Figure {
    report.languages[&language].iter().find(|figure| figure.name == name).unwrap_or_else(|| panic!("no {name}"))
}

#[tokio::test]
async fn good_answers_count_as_good() {
    let place = Place::new();
    let data = articles(&place);
    let system = scripted(&ANSWERS).await;
    let (mut begun, wanted) = (Vec::new(), wanted(&Language::ALL));
    let report = eval::run(&system, &data, &wanted, |row| {
        begun.push(format!("{} {}/{}", row.id, row.done, row.total));
    });
    let report = report.await.unwrap();
    assert_eq!(begun, ["en 0/3", "uk 1/3", "ru 2/3"]);
    for language in Language::ALL {
        for name in ["valid", "in_language", "numbers_grounded", "citations_held", "clean_facts", "claims_held"] {
            let figure = figure(&report, language, name);
            assert!(figure.value == 1.0 && figure.of >= 3, "{language} {figure:?}");
        }
        assert_eq!(figure(&report, language, "citations_held").of, 9, "three facts of three articles");
        assert_eq!(figure(&report, language, "foreign_letters").count, Some(0));
        assert_eq!(figure(&report, language, "facts").value, 3.0);
        assert_eq!((figure(&report, language, "claims").value, figure(&report, language, "claims").of), (5.0, 3));
        assert_eq!(figure(&report, language, "words_known").to_string(), "none", "there is no dictionary");
    }
    let likeness = figure(&report, Language::Uk, "rouge_l");
    assert_eq!((likeness.value, likeness.of), (100.0, 1));
    assert!((figure(&report, Language::Uk, "chrf").value - 100.0).abs() < 1e-9);
    assert!(report.languages[&Language::En].iter().all(|figure| figure.name != "rouge_l"), "there is no reference");
    assert_eq!(report.model.as_ref().unwrap().name, "scripted");
}

#[tokio::test]
async fn a_refused_article_is_a_result() {
    let place = Place::new();
    let row = |id: &str, text: String| json!({"id": id, "lang": "en", "text": text});
    let data = dataset(&place, &[row("short", "Too short.".into()), row("en", fixture("en", "page"))]);
    let system = scripted(&[ANSWERS[1]]).await;
    let report = eval::run(&system, &data, &wanted(&[Language::Uk]), |_| ()).await.unwrap();
    assert_eq!((report.refused["too_short"], report.rows), (1, 2));
    let valid = figure(&report, Language::Uk, "valid");
    assert_eq!((valid.count, valid.of), (Some(1), 1), "what is refused is no answer");
    assert_eq!(report.pace[0].to_string(), "50.0% (1/2)");
}

#[tokio::test]
async fn a_run_goes_on_where_it_stopped() {
    let place = Place::new();
    let data = articles(&place);
    let path = place.file("results.jsonl", "");
    let unkept = wanted(&Language::ALL);
    let whole = Wanted { journal: Some(path.clone()), ..unkept.clone() };
    let two = Wanted { limit: Some(2), ..whole.clone() };
    let system = scripted(&ANSWERS).await;
    eval::run(&system, &data, &two, |_| ()).await.unwrap();
    let lines = || std::fs::read_to_string(&path).unwrap().lines().count();
    assert_eq!(lines(), 3, "a header and two results");
    // A crash in the middle of a line.
    let mut cut = std::fs::read_to_string(&path).unwrap();
    cut.push_str("{\"id\": \"ru\", \"outc");
    std::fs::write(&path, cut).unwrap();
    let mut begun = Vec::new();
    let report = eval::run(&system, &data, &whole, |row| begun.push(row.id.to_owned()));
    let report = report.await.unwrap();
    assert_eq!((begun, lines()), (vec!["ru".to_owned()], 4));
    let unbroken = eval::run(&system, &data, &unkept, |_| ()).await.unwrap();
    assert_eq!((&report.languages, report.rows), (&unbroken.languages, 3));
    // Everything is there, so nothing is asked.
    let dead = System::answering(service(Script::new(&ANSWERS).fault(Fault::Panic).engine().await.0));
    let again = eval::run(&dead, &data, &whole, |_| panic!("a row is begun")).await.unwrap();
    assert_eq!(again, report);
    let other = Wanted { journal: Some(path.clone()), ..wanted(&[Language::En]) };
    let other = eval::run(&system, &data, &other, |_| ()).await;
    let Err(Error::Record { line: 1, reason, .. }) = other else { panic!("{other:?}") };
    assert!(reason.contains("another"), "{reason}");
    let theirs = place.file("theirs.txt", "a file of somebody, without a line's end");
    let wrong = Wanted { journal: Some(theirs.clone()), ..unkept };
    let refused = eval::run(&system, &data, &wrong, |_| ()).await.unwrap_err().to_string();
    assert!(refused.contains("theirs.txt"), "{refused}");
    assert!(std::fs::read_to_string(&theirs).unwrap().starts_with("a file of somebody"), "it is left alone");
}

#[tokio::test]
async fn an_engine_that_dies_ends_the_run_and_keeps_the_results() {
    let place = Place::new();
    let data = articles(&place);
    let path = place.file("results.jsonl", "");
    let dead = System::answering(service(Script::new(&ANSWERS).fault(Fault::Panic).engine().await.0));
    let kept = Wanted { journal: Some(path.clone()), ..wanted(&[Language::En]) };
    let outcome = eval::run(&dead, &data, &kept, |_| ()).await;
    assert!(matches!(outcome, Err(Error::Engine(_))), "{outcome:?}");
    assert_eq!(std::fs::read_to_string(&path).unwrap().lines().count(), 1, "a failure is no result");
    let none = eval::run(&System::default(), &data, &wanted(&[Language::En]), |_| ()).await.unwrap_err();
    assert!(none.to_string().contains("no model"), "{none}");
}

#[test]
fn records_are_read_as_they_are_written() {
    let (text, reference) = ("Міст відкрито.", "Міст відкрили.");
    let (chrf, bleu) = (Chrf::of(text, reference), Bleu::of(text, reference));
    let outcome = Outcome::Translated(eval::Translated { from: Language::En, to: Language::Uk, chrf, bleu });
    let read: Outcome = serde_json::from_str(&json!(outcome).to_string()).unwrap();
    assert_eq!(read, outcome);
}

/// Translation rows from the oracle's sentences.
fn translations(place: &Place) -> String {
    let mut lines = String::new();
    for to in ["en", "uk", "ru"] {
        for segment in oracle()[to]["segments"].as_array().unwrap() {
            let from = if to == "en" { "uk" } else { "en" };
            let row = json!({"source": "-", "from": from, "to": to, "reference": segment["reference"], "translation": segment["text"]});
            lines.push_str(&format!("{row}\n"));
        }
    }
    shown(&place.file("translations.jsonl", lines)).to_owned()
}

#[test]
fn translations_are_scored_without_a_model_and_drawn() {
    let place = Place::new();
    let file = translations(&place);
    let outcome = place.run(&["eval", &file, "--format", "json"]);
    let report = outcome.json();
    for (pair, to) in [("en-uk", "uk"), ("en-ru", "ru"), ("uk-en", "en")] {
        let figures = &report["translations"][pair];
        near(figures[0]["value"].as_f64().unwrap(), &oracle()[to]["chrf"], pair);
        near(figures[1]["value"].as_f64().unwrap(), &oracle()[to]["bleu"], pair);
    }
    let earlier = place.file("earlier.json", &outcome.stdout);
    let page = place.file("page.html", "");
    let text = place.run(&["eval", &file, "--html", shown(&page), "--beside", shown(&earlier)]);
    assert_eq!((text.code, text.stderr.as_str()), (Some(0), ""));
    assert!(text.stdout.contains("EN-UK") && text.stdout.contains("chrF2"), "{}", text.stdout);
    let drawn = std::fs::read_to_string(&page).unwrap();
    assert_eq!(drawn.matches("<rect").count(), 12, "three directions, two scores, two runs: {drawn}");
    let only = place.run(&["eval", "--html", shown(&page), "--beside", shown(&earlier), "--no-run"]);
    assert_eq!((only.code, only.stdout.as_str()), (Some(0), ""), "{}", only.stderr);
    assert_eq!(std::fs::read_to_string(&page).unwrap().matches("<rect").count(), 6);
}

#[test]
fn articles_go_the_whole_way_on_random_weights() {
    let place = Place::new();
    let rows = ["en", "uk"].map(|language| json!({"lang": language, "text": fixture(language, "page")}).to_string());
    let data = place.file("data.jsonl", rows.join("\n"));
    let model = place.file("random-f32.gguf", tiny(16_384));
    let results = place.file("results.jsonl", "");
    let common = ["eval", shown(&data), "--model", shown(&model), "--context", "16384", "--to", "uk"];
    let outcome = place.run(&[&common[..], &["--resume", shown(&results), "--limit", "1"]].concat());
    assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(0), ""));
    for words in ["random-f32.gguf: 1 rows", "UKRAINIAN", "valid answers", "citations that hold", "seconds an article"]
    {
        assert!(outcome.stdout.contains(words), "{words}: {}", outcome.stdout);
    }
    assert_eq!(std::fs::read_to_string(&results).unwrap().lines().count(), 2);
}

#[test]
fn refusals_name_the_file_and_the_line() {
    let place = Place::new();
    let bad = place.file("bad.jsonl", "{\"text\": \"x\"}\n{\"id\": 2}\n");
    assert!(place.run(&["eval", shown(&bad), "--offline"]).refused(3).contains("line 2"));
    assert!(place.run(&["eval", "missing.jsonl"]).refused(3).contains("missing.jsonl"));
    let page = place.file("page.html", "");
    let outcome = place.run(&["eval", shown(&bad), "--html", shown(&page), "--beside", shown(&bad)]);
    assert!(outcome.refused(3).contains("bad.jsonl"), "{}", outcome.stderr);
    for (arguments, hint) in [(&["eval"][..], "DATASET.jsonl"), (&["eval", "x", "--beside", "y"], "--html")] {
        let outcome = place.run(arguments);
        assert!(outcome.code == Some(2) && outcome.stderr.contains(hint), "{}", outcome.stderr);
    }
}

#[test]
fn benches_are_drawn_side_by_side() {
    let place = Place::new();
    let model = place.file("random-f32.gguf", tiny(16_384));
    let page = place.file("page.html", "");
    let common = ["bench", "--model", shown(&model), "--context", "16384", "--runs", "2", "--tokens", "1"];
    let first = place.run(&[&common[..], &["--format", "json", "--html", shown(&page)]].concat());
    let alone = std::fs::read_to_string(&page).unwrap();
    let earlier = place.file("earlier.json", &first.stdout);
    let again = ["bench", "--html", shown(&page), "--beside", shown(&earlier), "--beside", shown(&earlier), "--no-run"];
    assert_eq!(place.run(&again).code, Some(0));
    let both = std::fs::read_to_string(&page).unwrap();
    assert_eq!(both.matches("<rect").count(), 2 * alone.matches("<rect").count());
    assert!(both.contains("read the article") && both.contains("random-f32.gguf by stislo"), "{both}");
    assert!(alone.matches("<circle").count() >= 18, "every run is a point");
}

#[test]
fn completions_and_the_manual_know_every_command() {
    let place = Place::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = place.run(&["completions", shell]);
        assert_eq!((script.code, script.stderr.as_str()), (Some(0), ""), "{shell}");
        assert!(
            ["summarize", "compare", "eval", "strategy"].iter().all(|word| script.stdout.contains(word)),
            "{shell}"
        );
    }
    let page = place.run(&["man"]).stdout;
    assert!(page.starts_with(".ie") || page.starts_with(".TH"), "{page}");
    assert!(
        ["summarize", "compare", "eval", "serve"].iter().all(|word| page.contains(&format!("stislo\\-{word}"))),
        "{page}"
    );
    let page = place.run(&["man", "eval"]).stdout;
    assert!(page.contains("\\-\\-resume") && page.contains("stislo\\-eval"), "{page}");
    let outcome = place.run(&["man", "dance"]);
    assert!(outcome.code == Some(2) && outcome.stderr.contains("dance"), "{}", outcome.stderr);
}
