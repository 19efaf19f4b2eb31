//! Articles that the model's context does not hold: parts, and the facts of the whole from them.

use stislo::language::Language;
use stislo::service::{Stage, SummaryEvent};

use crate::harness::{Script, request, service};

/// Facts that are asked for.
const FACTS: usize = 5;

/// An article of this many paragraphs, each of three sentences and different from the others.
pub(crate) fn article(paragraphs: usize) -> String {
    let paragraph = |n: usize| {
        format!(
            "The council of Halvmouth met in room {n} of the old customs house. Its members spoke about pier {n} and the boats \
             that lie there. Nobody voted against the plan for that pier."
        )
    };
    (1..=paragraphs).map(paragraph).collect::<Vec<_>>().join("\n\n")
}

/// The numbers of the lines in a prompt.
fn lines(prompt: &str) -> Vec<u32> {
    prompt.lines().filter_map(|line| line.strip_prefix('[')?.split_once(']')?.0.parse().ok()).collect()
}

/// Answers as a model does that copies: of a part the first lines, of the whole a line from each fifth.
pub(crate) fn reply(prompt: &str) -> String {
    let lines = lines(prompt);
    let fact = |line: &u32| {
        let start = format!("[{line}] ");
        let text = prompt.lines().find_map(|text| text.strip_prefix(start.as_str())).expect("the line is there");
        format!("- [{line}] {text}\n")
    };
    if prompt.contains("a part of a news article") {
        return lines.iter().take(3).map(fact).collect();
    }
    let chosen = (0..FACTS).map(|i| lines[i * lines.len() / FACTS]);
    format!(
        "The council of Halvmouth met about its piers\nThe council met in many rooms of the old customs house. It spoke about every pier.\n{}",
        chosen.map(|line| fact(&line)).collect::<String>()
    )
}

#[tokio::test]
async fn a_long_article_is_answered_from_all_of_it() {
    let (engine, log) = Script::reply(reply).context(6000).engine().await;
    let service = service(engine);
    let mut stages = Vec::new();
    let text = article(120);
    let answer = service.summarize(request(&text, &[Language::En]), |stage| stages.push(stage)).await.unwrap();
    let summary = &answer.summaries[0];
    assert!(answer.source.sentences >= 360 && summary.findings.is_empty(), "{:?}", summary.findings);
    let cited: Vec<u32> = summary.key_facts.iter().map(|fact| fact.evidence[0].sentence.get()).collect();
    let total = answer.source.sentences as u32;
    assert_eq!(cited.len(), FACTS);
    assert!(cited.is_sorted(), "{cited:?}");
    assert!(cited[0] < total / 5 && cited[2].abs_diff(total / 2) < total / 5 && cited[4] > total * 3 / 5, "{cited:?}");
    for fact in &summary.key_facts {
        assert_eq!(fact.text, fact.evidence[0].text, "a copied fact cites the sentence that it is a copy of");
    }
    let parts = stages.iter().filter_map(|stage| match stage {
        SummaryEvent::Progress { stage: Stage::Condensing, done, total } => Some((*done, *total)),
        _ => None,
    });
    let parts: Vec<_> = parts.collect();
    assert!(parts.len() > 5 && parts.iter().all(|(done, total)| done <= total), "{parts:?}");
    assert!(log.passes().iter().all(|pass| pass.tokens.iter().map(Vec::len).sum::<usize>() <= 6000));
}

#[tokio::test]
async fn an_article_that_fits_is_read_as_a_whole() {
    let (engine, _) = Script::reply(reply).engine().await;
    let service = service(engine);
    let mut parts = 0;
    let watch = |stage| parts += usize::from(matches!(stage, SummaryEvent::Progress { stage: Stage::Condensing, .. }));
    let answer = service.summarize(request(&article(10), &[Language::En]), watch).await.unwrap();
    assert_eq!((answer.summaries[0].key_facts.len(), parts), (FACTS, 0));
}
