//! How long it takes to prepare the rules of answers about an article (the mark is 30 ms an answer).
//!
//! `cargo bench --bench rules` prints it: sentences, names and numbers become prompts and what three
//! answers may look like. Tokens are not counted, because the model's vocabulary does that and not the rules.

#![allow(clippy::unwrap_used, reason = "a benchmark fails by panicking")]

use std::time::Instant;

use stislo::intake::{AnnotatedArticle, Source, read};
use stislo::plan::{NumberedLines, SummaryOptions, unmeasured};

fn main() {
    let text = include_str!("articles/harbour-bridge-en.txt");
    let source = Source { bytes: text.into(), name: "an article".into(), title: None, language: None };
    let article = AnnotatedArticle::of(read(source).unwrap());
    let options = SummaryOptions { facts: 6, ..SummaryOptions::default() };
    let mut times: Vec<f64> = (0..50)
        .map(|_| {
            let started = Instant::now();
            let plan = unmeasured(&NumberedLines::of(&article), &options);
            started.elapsed().as_secs_f64() * 1000.0 / plan.answers.len() as f64
        })
        .collect();
    times.sort_by(f64::total_cmp);
    println!("a news article: {:.1} ms an answer (median of {})", times[times.len() / 2], times.len());
}
