//! `stislo bench`: the passes that it times, what it prints, and how it ends.

use std::io::{BufRead, BufReader};
use std::process::Command;

use serde_json::Value;
use stislo::bench::{self, Meter, Name, Note};
use stislo::engine::{CHUNK, EngineError};
use stislo::intake::{self, AnnotatedArticle, Article};
use tokio::sync::mpsc::unbounded_channel;

use crate::cli::{Place, keys, shown, tiny};
use crate::harness::{Log, Pass, Script, fixture, source};

const NAMES: [&str; 9] = [
    "load",
    "first_token_short",
    "first_token_article",
    "prefill",
    "decode_1",
    "decode_2",
    "decode_3",
    "decode_4",
    "three_languages",
];

fn article() -> Article {
    intake::read(source(&fixture("en", "body"))).unwrap()
}

/// The passes that have logits for this many sequences of one token each, one after another.
fn decoding(passes: &[Pass], sequences: usize) -> usize {
    let one_each = |pass: &&Pass| pass.rows == sequences && pass.tokens.iter().all(|tokens| tokens.len() == 1);
    passes.iter().take_while(one_each).count()
}

#[test]
fn the_passes_are_those_of_the_engine() {
    let (model, card, log) = Script::new(&[]).model();
    let (notes, mut heard) = unbounded_channel();
    Meter { model: model.as_ref(), card: &card, notes: &notes }.run(&AnnotatedArticle::of(article()), 5).unwrap();
    let passes = log.passes();
    let (short, mut rest) = passes.split_first().unwrap();
    assert!(short.rows == 1 && short.tokens[0].len() < CHUNK, "{short:?}");

    let chunks = rest.iter().position(|pass| pass.rows == 1).unwrap() + 1;
    assert!(chunks > 3 && rest[..chunks - 1].iter().all(|pass| pass.tokens[0].len() == CHUNK && pass.rows == 0));
    let prompt: Vec<u32> = rest[..chunks].iter().flat_map(|pass| pass.tokens[0].clone()).collect();
    rest = &rest[chunks..];

    for sequences in 1..=bench::SEQUENCES {
        assert_eq!(decoding(rest, sequences), 5, "{sequences}");
        assert!(rest[..5].iter().all(|pass| pass.tokens.len() == sequences));
        rest = &rest[5..];
    }

    let chunks = rest.iter().position(|pass| pass.rows > 0).unwrap();
    let shared: Vec<u32> = rest[..chunks].iter().flat_map(|pass| pass.tokens[0].clone()).collect();
    let tails = &rest[chunks];
    assert_eq!((tails.rows, tails.tokens.len()), (3, 3), "the tails are read together");
    assert_eq!([shared, tails.tokens[0].clone()].concat(), prompt, "the prompt that was timed is that of English");
    rest = &rest[chunks + 1..];
    assert_eq!((decoding(rest, 3), rest.len()), (bench::ANSWER_TOKENS - 1, bench::ANSWER_TOKENS - 1));

    drop(notes);
    let mut names = Vec::new();
    while let Ok(note) = heard.try_recv() {
        if let Note::Sample(name, value) = note {
            assert!(value > 0.0 && value.is_finite(), "{name:?} {value}");
            names.push(name.code());
        }
    }
    names.sort_unstable();
    let mut wanted = NAMES[1..].to_vec();
    wanted.sort_unstable();
    assert_eq!(names, wanted);
}

#[test]
fn what_does_not_fit_or_is_not_wanted_is_not_begun() {
    let refused = |script: Script, tokens| -> (EngineError, Log) {
        let (model, card, log) = script.model();
        let (notes, heard) = unbounded_channel();
        let _kept = Some(heard).filter(|_| tokens > 1);
        (
            Meter { model: model.as_ref(), card: &card, notes: &notes }
                .run(&AnnotatedArticle::of(article()), tokens)
                .unwrap_err(),
            log,
        )
    };
    let (error, log) = refused(Script::new(&[]).context(1024), 2);
    assert!(matches!(error, EngineError::TooLong { limit: 1024, .. }), "{error}");
    assert!(log.passes().is_empty());
    let (error, log) = refused(Script::new(&[]).context(8192), 8000);
    assert!(matches!(error, EngineError::TooLong { tokens, .. } if tokens > 8192), "{error}");
    assert!(log.passes().is_empty());
    let (error, log) = refused(Script::new(&[]), 1);
    assert!(matches!(error, EngineError::Cancelled), "nobody listens: {error}");
    assert!(log.passes().is_empty());
}

#[test]
fn the_json_has_every_run_and_their_median() {
    let place = Place::new();
    let model = place.file("random-f32.gguf", tiny(16_384));
    let common = ["bench", "--model", shown(&model), "--context", "16384", "--runs", "3", "--tokens", "3"];
    let outcome = place.run(&[&common[..], &["--format", "json", "--prompt-ids"]].concat());
    assert_eq!(outcome.stderr, "");
    let report = outcome.json();
    assert_eq!(
        keys(&report),
        ["figures", "file", "file_bytes", "machine", "model", "peak_resident_bytes", "prompts", "workload"]
    );
    assert_eq!(report["file_bytes"], std::fs::metadata(&model).unwrap().len());
    assert_eq!((&report["model"]["name"], &report["machine"]["threads"]), (&"random-f32.gguf".into(), &1.into()));
    assert!(report["model"]["engine"].as_str().unwrap().starts_with("stislo "));
    assert!(report["machine"]["features"].is_array());
    assert_eq!(report["peak_resident_bytes"].as_u64().is_some(), cfg!(target_os = "linux"));
    let figures = report["figures"].as_array().unwrap();
    let names: Vec<&str> = figures.iter().map(|figure| figure["name"].as_str().unwrap()).collect();
    assert_eq!(names.iter().filter(|name| NAMES.contains(name)).count(), NAMES.len(), "{names:?}");
    assert_eq!(names.len(), NAMES.len());
    for figure in figures {
        assert_eq!(keys(figure), ["median", "name", "runs", "unit"]);
        let runs: Vec<f64> = figure["runs"].as_array().unwrap().iter().map(|run| run.as_f64().unwrap()).collect();
        assert!(runs.len() == 3 && runs.iter().all(|&run| run > 0.0), "{figure}");
        let mut sorted = runs.clone();
        sorted.sort_unstable_by(f64::total_cmp);
        assert_eq!(figure["median"].as_f64(), Some(sorted[1]), "{figure}");
        let rate = figure["name"] == "prefill" || figure["name"].as_str().unwrap().starts_with("decode_");
        assert_eq!(figure["unit"], if rate { "tokens/s" } else { "s" });
    }
    let (workload, prompts) = (&report["workload"], &report["prompts"]);
    let count = |ids: &Value| ids.as_array().unwrap().len();
    assert_eq!((&workload["article"], &workload["decode_tokens"]), (&bench::ARTICLE.into(), &3.into()));
    assert_eq!(workload["shared_tokens"], count(&prompts["article"]["shared"]));
    assert_eq!(count(&prompts["article"]["tails"]), 3);
    let first = count(&prompts["article"]["shared"]) + count(&prompts["article"]["tails"][0]);
    assert_eq!(workload["prompt_tokens"], first);
}

#[test]
fn the_table_has_a_line_for_each_figure() {
    let place = Place::new();
    let model = place.file("tiny.gguf", tiny(16_384));
    let rest = ["--context", "16384", "--runs", "1", "--tokens", "1", "--summaries", "--article", "harbour-bridge-ru"];
    let outcome = place.run(&[&["bench", "--model", shown(&model)], &rest[..]].concat());
    assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(0), ""));
    let names = [
        Name::Load,
        Name::Prefill,
        Name::Decode(1),
        Name::Decode(4),
        Name::ThreeLanguages,
        Name::Summaries,
        Name::Rules,
    ];
    for name in names {
        let line = outcome.stdout.lines().find(|line| line.starts_with(name.words()));
        assert!(line.is_some_and(|line| line.contains(name.unit())), "{name:?}: {}", outcome.stdout);
    }
    assert!(outcome.stdout.contains("tiny.gguf") && outcome.stdout.contains("harbour-bridge-ru"));
}

#[test]
fn it_ends_with_the_codes_of_every_command() {
    let place = Place::new();
    for (arguments, hint) in [
        (["bench", "--article", "moby-dick"], "harbour-bridge-uk"),
        (["bench", "--runs", "0"], "1..=100"),
        (["bench", "--tokens", "0"], "1..=4096"),
        (["bench", "--format", "xml"], "json"),
    ] {
        let outcome = place.run(&arguments);
        assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(outcome.stderr.contains(hint), "{}", outcome.stderr);
    }
    assert!(place.run(&["bench", "--offline"]).refused(4).contains(".gguf"));
    assert!(place.run(&["bench", "--model", "missing.gguf"]).refused(4).contains("missing.gguf"));
    let broken = place.file("broken.gguf", "GGUF and nothing else");
    assert!(place.run(&["bench", "--model", shown(&broken)]).refused(4).contains("broken.gguf"));
    let model = place.file("tiny.gguf", tiny(256));
    assert!(place.run(&["bench", "--model", shown(&model)]).refused(3).contains("256"));
}

#[cfg(unix)]
#[test]
fn ctrl_c_is_code_130() {
    let place = Place::new();
    let model = place.file("tiny.gguf", tiny(16_384));
    let mut child = place.start(&["bench", "--model", shown(&model), "--context", "16384", "--runs", "100", "-v"]);
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    assert!(lines.any(|line| line.contains("writing, 1 at a time")), "it measures");
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    assert_eq!(child.wait_with_output().unwrap().status.code(), Some(130));
    assert_eq!(lines.last().as_deref(), Some("stislo: interrupted"));
}
