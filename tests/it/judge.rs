//! The model as a judge: what it does not find in the article is written again, and else left out.

use stislo::answer::{FindingKind, ModelInfo, Summary};
use stislo::engine::{Branch, Event, Job, Output, Question};
use stislo::language::Language;
use stislo::service::{Calibration, Recipe, Service, SummaryEvent};

use crate::harness::{ANSWERS, Script, events, fixture, request};

/// The scripted model is as sure as can be of what it says.
fn calibration() -> Calibration {
    Calibration { means: [((Language::En, Language::En), 100.0)].into(), deviation: 10.0, surprise: None, share: None }
}

/// What it does not believe: rules find nothing wrong with it.
const DOUBTED: &str = "A number 7 bus was the first to cross the bridge.";
/// What it writes in its place.
const INSTEAD: &str = "The first to cross the bridge was a number 7 bus.";

fn question(claim: &str, prompt: &str) -> bool {
    prompt.contains(&format!("Statement: {claim}\n"))
}

fn reply(prompt: &str) -> String {
    match () {
        () if question(DOUBTED, prompt) => "No".to_owned(),
        () if prompt.contains("Statement: ") => "Yes".to_owned(),
        () if prompt.contains("Sentences of a news article") => format!("- [1] {INSTEAD}"),
        () => ANSWERS[0].to_owned(),
    }
}

/// Writes nothing that it believes.
fn liar(prompt: &str) -> String {
    match reply(prompt).as_str() {
        "Yes" if question(INSTEAD, prompt) => "No".to_owned(),
        other => other.to_owned(),
    }
}

async fn answered(script: Script, judge: Option<Calibration>) -> (Summary, Vec<SummaryEvent>) {
    let (engine, _) = script.engine().await;
    let model = ModelInfo { name: "scripted".into(), revision: None, quantization: None, engine: "a test".into() };
    let service = Service::new(engine, Recipe { judge, ..Recipe::new(model) });
    let mut seen = Vec::new();
    let request = request(&fixture("en", "page"), &[Language::En]);
    let mut answer = service.summarize(request, |event| seen.push(event)).await.unwrap();
    (answer.summaries.remove(0), seen)
}

fn facts(summary: &Summary) -> Vec<&str> {
    summary.key_facts.iter().map(|fact| fact.text.as_str()).collect()
}

#[tokio::test]
async fn what_the_model_does_not_believe_is_written_again() {
    let (summary, seen) = answered(Script::reply(reply), Some(calibration())).await;
    assert!(facts(&summary).contains(&INSTEAD) && !facts(&summary).contains(&DOUBTED), "{summary:?}");
    assert_eq!(summary.dropped, 0);
    let doubted = |event: &SummaryEvent| matches!(event, SummaryEvent::Fact { fact, .. } if fact.text == DOUBTED);
    assert!(!seen.iter().any(doubted), "nobody saw it as a fact");
}

#[tokio::test]
async fn a_model_that_makes_up_what_it_joins_gives_way_to_sentences_of_the_article() {
    let judge = Calibration { share: Some(1.0), ..calibration() };
    let (summary, _) = answered(Script::reply(liar), Some(judge)).await;
    let sentences = summary.key_facts.iter().filter(|fact| fact.evidence[0].text == fact.text).count();
    assert!(summary.key_facts.len() == 5 && sentences >= 3, "as many as were asked for: {summary:?}");
    assert!(!facts(&summary).contains(&INSTEAD), "nothing was written again: {summary:?}");
}

#[tokio::test]
async fn what_it_does_not_believe_then_either_is_left_out() {
    let (summary, seen) = answered(Script::reply(liar), Some(calibration())).await;
    assert!(!facts(&summary).iter().any(|fact| fact.contains("number 7 bus")), "{summary:?}");
    assert_eq!(summary.dropped, 1);
    let doubted = |event: &SummaryEvent| match event {
        SummaryEvent::Fact { fact, .. } => fact.findings.iter().any(|it| it.kind == FindingKind::MeaningChanged),
        _ => false,
    };
    assert!(!seen.iter().any(doubted), "nor was it shown");
}

#[tokio::test]
async fn a_model_that_is_not_calibrated_is_not_asked() {
    let (summary, _) = answered(Script::reply(reply), None).await;
    assert!(facts(&summary).contains(&DOUBTED), "{summary:?}");
}

#[tokio::test]
async fn a_preference_costs_no_token() {
    let (engine, log) =
        Script::reply(|prompt| if prompt.contains("good") { "Yes" } else { "No" }.to_owned()).engine().await;
    let branch = |tail: &str, text: &str| {
        let question = Question { answers: ["Yes", "No"].map(str::to_owned), text: text.to_owned() };
        Branch { tail: tail.to_owned(), output: Output::Preference(question) }
    };
    let branches = vec![branch("Is it good?", "it good"), branch("Is it bad?", "not in it")];
    let job = Job { system: String::new(), shared: "An article.".to_owned(), branches };
    let all = events(engine.generate(job).unwrap()).await;
    let found: Vec<(usize, bool, bool)> = all
        .iter()
        .filter_map(|event| match event {
            Event::Preferred { branch, log_odds, likelihood } => Some((*branch, *log_odds > 0.0, likelihood.is_some())),
            _ => None,
        })
        .collect();
    assert_eq!(found, [(0, true, true), (1, false, false)], "what does not stand there has no likelihood");
    let Some(Event::Done(timings)) = all.last() else { panic!("{:?}", all.last()) };
    assert_eq!(timings.completion_tokens, 0);
    assert_eq!(log.passes().len(), 3, "the shared part, and each tail");
}
