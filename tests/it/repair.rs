//! What does not hold is written again from its sentences, and what becomes of it then.

use std::sync::{Mutex, OnceLock};

use stislo::answer::{FindingKind, Finish, Summary};
use stislo::language::Language;
use stislo::plan::Strictness;
use stislo::service::{Stage, SummaryEvent, SummaryRequest};

use crate::harness::{ANSWERS, Log, Script, fixture, request, service};

/// The prompt of a line that is written again, in each language.
const AGAIN: [&str; 3] =
    ["Sentences of a news article", "Речення з новинної статті", "Предложения из новостной статьи"];

/// Lines with a number that is a sum in the sentence, and a share here.
const WRONG: [&str; 3] =
    ["The repair was 31.6% more expensive.", "Ремонт подорожчав аж на 31,6%.", "Ремонт подорожал аж на 31,6%."];

/// A fact of a sentence that no fact of the answers is about.
const FUND: [&str; 3] = [
    "The national transport fund gave £24 million.",
    "Національний транспортний фонд дав 24 млн фунтів.",
    "Национальный транспортный фонд дал 24 млн фунтов.",
];

/// Writes it of its sentence, and a wrong line of any other.
fn of_the_fund(language: usize, prompt: &str) -> String {
    let text = if prompt.contains("transport fund") { FUND } else { WRONG };
    format!("- [1] {}", text[language])
}

/// The facts of an answer, and that one.
fn facts_and_the_fund(language: usize) -> Vec<String> {
    let facts = ANSWERS[language].lines().skip(2).map(|line| line.split_once("] ").unwrap().1);
    facts.chain([FUND[language]]).map(str::to_owned).collect()
}

fn texts(summary: &Summary) -> Vec<String> {
    summary.key_facts.iter().map(|fact| fact.text.clone()).collect()
}

fn is_repairing(event: &SummaryEvent) -> bool {
    matches!(event, SummaryEvent::Progress { stage: Stage::Repairing, .. })
}

/// The facts of a language that were sent, in order.
fn sent(stages: &[SummaryEvent], wanted: Language) -> Vec<String> {
    let facts = stages.iter().filter_map(|stage| match stage {
        SummaryEvent::Fact { language, fact, .. } if *language == wanted => Some(fact.text.clone()),
        _ => None,
    });
    facts.collect()
}

/// A model that answers the articles with `answers`, and the lines that it is to write again with `again`.
macro_rules! script {
    ($answers:expr, $again:expr) => {{
        fn reply(prompt: &str) -> String {
            // The prompts end with the model's turn, in the language that is asked for.
            let at = |marks: [&str; 3]| marks.iter().position(|mark| prompt.contains(mark));
            match (at(AGAIN), at(["in English", "українською", "по-русски"])) {
                (Some(language), _) => $again(language, prompt),
                (None, Some(language)) => $answers(language),
                (None, None) => panic!("an unknown prompt: {prompt}"),
            }
        }
        Script::reply(reply)
    }};
}

async fn answered(script: Script, change: impl FnOnce(&mut SummaryRequest)) -> (Vec<Summary>, Vec<SummaryEvent>, Log) {
    let (engine, log) = script.engine().await;
    let mut request = request(&fixture("en", "page"), &Language::ALL);
    change(&mut request);
    let mut stages = Vec::new();
    let answer = service(engine).summarize(request, |stage| stages.push(stage)).await.unwrap();
    (answer.summaries, stages, log)
}

/// The answers, with a number of another sentence in the second fact of each.
fn wrong_number(language: usize) -> String {
    // The article says 31.6 of an agreed sum: as a share it has no such number.
    ANSWERS[language].replace("22%", if language == 0 { "31.6%" } else { "31,6%" })
}

#[tokio::test]
async fn a_wrong_number_is_put_right_in_every_language() {
    static PROMPTS: OnceLock<Mutex<Vec<String>>> = OnceLock::new();
    fn rewritten(language: usize, prompt: &str) -> String {
        PROMPTS.get_or_init(Mutex::default).lock().unwrap().push(prompt.to_owned());
        ANSWERS[language].lines().nth(3).unwrap().replace("[3]", "[1]")
    }
    let (summaries, stages, _) = answered(script!(wrong_number, rewritten), |_| ()).await;
    for (summary, answer) in summaries.iter().zip(ANSWERS) {
        let facts: Vec<String> = summary.key_facts.iter().map(|fact| fact.text.clone()).collect();
        let wanted: Vec<&str> = answer.lines().skip(2).map(|line| line.split_once("] ").unwrap().1).collect();
        assert_eq!(facts, wanted, "each in its place");
        assert_eq!((summary.dropped, summary.findings.as_slice()), (0, &[][..]));
        let cited: Vec<u32> = summary.key_facts.iter().map(|fact| fact.evidence[0].sentence.get()).collect();
        assert_eq!(cited, [2, 3, 5], "the sentences stay");
        assert!(summary.key_facts.iter().all(|fact| fact.findings.is_empty()), "{summary:?}");
    }
    let prompts = PROMPTS.get().unwrap().lock().unwrap();
    assert!(
        prompts.iter().all(|prompt| prompt.contains("[1] The repair cost £38.6 million, about 22%")),
        "{prompts:?}"
    );
    assert!(
        !prompts.iter().any(|prompt| prompt.contains("[2]") || prompt.contains("number 7 bus")),
        "its sentence alone"
    );
    let repairing: Vec<_> = stages.iter().filter(|event| is_repairing(event)).collect();
    assert_eq!(
        repairing.first(),
        Some(&&SummaryEvent::Progress { stage: Stage::Repairing, done: 0, total: 3 }),
        "one job for all languages"
    );
    assert_eq!(repairing.last(), Some(&&SummaryEvent::Progress { stage: Stage::Repairing, done: 3, total: 3 }));
}

#[tokio::test]
async fn what_is_sent_as_a_fact_is_settled() {
    fn rewritten(language: usize, _: &str) -> String {
        ANSWERS[language].lines().nth(3).unwrap().replace("[3]", "[1]")
    }
    let (summaries, stages, _) = answered(script!(wrong_number, rewritten), |_| ()).await;
    let written = stages.iter().position(is_repairing).unwrap();
    for summary in &summaries {
        let facts = stages.iter().enumerate().filter_map(|(at, stage)| match stage {
            SummaryEvent::Fact { language, index, fact } if *language == summary.language => {
                Some((at, *index, fact.clone()))
            }
            _ => None,
        });
        let facts: Vec<_> = facts.collect();
        assert_eq!(facts.iter().map(|(_, index, _)| *index).collect::<Vec<_>>(), [0, 1, 2]);
        assert_eq!(facts.iter().map(|(.., fact)| fact.clone()).collect::<Vec<_>>(), summary.key_facts);
        assert!(facts[0].0 < written, "what holds is sent at once");
        assert!(facts[1].0 > written && facts[2].0 > written, "what does not waits, and what comes behind it");
    }
    let last = stages.iter().rev().take(9).filter(|stage| matches!(stage, SummaryEvent::Summary(_))).count();
    assert_eq!(last, 3);
}

#[tokio::test]
async fn what_stays_wrong_is_left_out_and_counted() {
    fn stubborn(language: usize, _: &str) -> String {
        format!("- [1] {}", WRONG[language])
    }
    let (summaries, _, _) = answered(script!(wrong_number, stubborn), |_| ()).await;
    for summary in &summaries {
        let cited: Vec<u32> = summary.key_facts.iter().map(|fact| fact.evidence[0].sentence.get()).collect();
        assert_eq!((summary.dropped, cited), (1, vec![2, 5]), "{summary:?}");
        let kinds: Vec<FindingKind> = summary.findings.iter().map(|finding| finding.kind).collect();
        assert_eq!(kinds, [FindingKind::Truncated], "two facts are too few, and that is said");
    }
}

#[tokio::test]
async fn an_answer_that_was_broken_off_is_whole_when_the_broken_part_is_written_again() {
    fn storm(language: usize) -> &'static str {
        ANSWERS[language].lines().nth(4).unwrap()
    }
    // The engine stops a model that writes the same again and again.
    fn endless(language: usize) -> String {
        format!("{} {}", storm(language).trim_end_matches('.'), "(2020) ".repeat(40))
    }
    fn looping(language: usize) -> String {
        ANSWERS[language].replace(storm(language), &endless(language))
    }
    fn rewritten(language: usize, _: &str) -> String {
        storm(language).replace("[5]", "[1]")
    }
    fn stubborn(language: usize, _: &str) -> String {
        endless(language).replace("[5]", "[1]")
    }
    let (whole, _, _) = answered(script!(looping, rewritten), |_| ()).await;
    let (broken, _, _) = answered(script!(looping, stubborn), |_| ()).await;
    for (whole, broken) in whole.iter().zip(&broken) {
        assert_eq!((whole.finish, whole.key_facts.len(), whole.dropped), (Finish::Complete, 3, 0), "{whole:?}");
        assert_eq!((broken.finish, broken.key_facts.len(), broken.dropped), (Finish::Length, 2, 1), "{broken:?}");
    }
}

#[tokio::test]
async fn a_place_that_is_free_goes_to_another_fact() {
    // A fact that says nothing new is none, so that two are left.
    fn repeats(language: usize) -> String {
        let bus = ANSWERS[language].lines().nth(2).unwrap();
        ANSWERS[language].lines().take(4).chain([&*bus.replace("[2]", "[5]")]).map(|line| format!("{line}\n")).collect()
    }
    for script in [script!(wrong_number, of_the_fund), script!(repeats, of_the_fund)] {
        let (summaries, stages, _) = answered(script, |_| ()).await;
        for summary in &summaries {
            let last = summary.key_facts.last().unwrap();
            assert_eq!(summary.key_facts.len(), 3, "{summary:?}");
            assert!(FUND.contains(&last.text.as_str()), "{summary:?}");
            assert_eq!(last.evidence[0].sentence.get(), 4);
            assert!(summary.findings.iter().all(|finding| finding.kind != FindingKind::Truncated), "{summary:?}");
            let given = stages
                .iter()
                .filter(|stage| matches!(stage, SummaryEvent::Summary(it) if it == &Box::new(summary.clone())));
            assert_eq!(given.count(), 1, "it is given out once, and whole");
        }
    }
}

/// The answers, with a second fact whose number another sentence has, so that it is only weak.
fn weak(language: usize) -> String {
    let (from, to) = [
        (
            "The repair was about 22% more expensive than agreed.",
            "The repair of 46 metres was more expensive than agreed.",
        ),
        (
            "Ремонт обійшовся на 22% дорожче за попередню оцінку.",
            "Ремонт 46 метрів обійшовся дорожче за попередню оцінку.",
        ),
        ("Ремонт вышел на 22% дороже прежней оценки.", "Ремонт 46 метров вышел дороже прежней оценки."),
    ][language];
    let text = ANSWERS[language].replace(from, to);
    assert_ne!(text, ANSWERS[language]);
    text
}

#[tokio::test]
async fn what_is_only_weak_stays_in_the_articles_own_language_unless_strict() {
    fn rewritten(language: usize, _: &str) -> String {
        format!("- [1] {}", WRONG[language])
    }
    let (usual, _, _) = answered(script!(weak, rewritten), |_| ()).await;
    let own = &usual[0];
    assert_eq!((own.dropped, own.key_facts.len()), (0, 3), "{own:?}");
    let kinds: Vec<FindingKind> = own.key_facts[1].findings.iter().map(|finding| finding.kind).collect();
    assert_eq!(kinds, [FindingKind::EvidenceWeak], "the first one, because the second is wrong");
    assert!(own.key_facts[1].text.contains("46"));
    assert!(usual[1..].iter().all(|summary| (summary.dropped, summary.key_facts.len()) == (1, 2)), "{usual:?}");
    let (strict, _, _) =
        answered(script!(weak, rewritten), |request| request.options.strictness = Strictness::Strict).await;
    for summary in &strict {
        assert_eq!((summary.dropped, summary.key_facts.len()), (1, 2), "{summary:?}");
        assert!(summary.key_facts.iter().all(|fact| fact.findings.is_empty()));
    }
}

#[tokio::test]
async fn a_wrong_headline_is_written_again_from_the_facts() {
    fn headline(language: usize) -> String {
        let wrong = ["The repair cost 31.6% more", "Ремонт подорожчав на 31,6%", "Ремонт подорожал на 31,6%"];
        let (_, rest) = ANSWERS[language].split_once('\n').unwrap();
        format!("{}\n{rest}", wrong[language])
    }
    fn rewritten(language: usize, prompt: &str) -> String {
        assert!(prompt.contains("[1] The first to cross was a number 7 bus"), "{prompt}");
        format!("- [1] {}.", ANSWERS[language].lines().next().unwrap())
    }
    let (summaries, _, _) = answered(script!(headline, rewritten), |_| ()).await;
    for (summary, answer) in summaries.iter().zip(ANSWERS) {
        assert_eq!(summary.headline, answer.lines().next().unwrap(), "without the full stop");
        assert_eq!(summary.findings, []);
    }
}

/// The answers, with a number of another sentence in the summary of each.
fn wrong_summary(language: usize) -> String {
    let cost = ["£38.6 million", "38,6 млн фунтів", "38,6 млн фунтов"][language];
    ANSWERS[language].replace(cost, if language == 0 { "31.6%" } else { "31,6%" })
}

#[tokio::test]
async fn a_summary_whose_number_stays_wrong_gives_its_place_to_a_fact() {
    fn stubborn(language: usize, prompt: &str) -> String {
        // The summary is written again from the sentences of all facts.
        let is_of_one = !prompt.contains("[2]");
        let summary = || format!("- [1] {}", wrong_summary(language).lines().nth(1).unwrap());
        if is_of_one { of_the_fund(language, prompt) } else { summary() }
    }
    let (summaries, stages, _) = answered(script!(wrong_summary, stubborn), |_| ()).await;
    for (language, summary) in summaries.iter().enumerate() {
        let [first, left @ ..] = &facts_and_the_fund(language)[..] else { panic!("no fact") };
        assert_eq!((&summary.summary, texts(summary)), (first, left.to_vec()), "{summary:?}");
        assert_eq!(summary.findings, [], "{summary:?}");
        assert_eq!(sent(&stages, summary.language), left, "the one that stands in was not sent as a fact");
    }
}

#[tokio::test]
async fn a_headline_that_stays_in_another_language_gives_its_place_to_a_fact() {
    // Russian in letters that Ukrainian has too.
    const RUSSIAN: &str = "Через гавань ведет мост, говорит администрация, и он не допускает нарушения";
    const UKRAINIAN: usize = 1;
    fn foreign(language: usize) -> String {
        let headline = ANSWERS[UKRAINIAN].lines().next().unwrap();
        ANSWERS[language].replace(headline, RUSSIAN)
    }
    fn stubborn(language: usize, prompt: &str) -> String {
        // The headline is written again from the sentences of all facts.
        if prompt.contains("[2]") { format!("- [1] {RUSSIAN}.") } else { of_the_fund(language, prompt) }
    }
    let (summaries, _, _) = answered(script!(foreign, stubborn), |_| ()).await;
    let summary = &summaries[UKRAINIAN];
    let [first, left @ ..] = &facts_and_the_fund(UKRAINIAN)[..] else { panic!("no fact") };
    assert_eq!((summary.headline.as_str(), texts(summary)), (first.trim_end_matches('.'), left.to_vec()));
    assert_eq!(summary.findings, [], "{summary:?}");
    assert_eq!(summaries[0].headline, ANSWERS[0].lines().next().unwrap());
}

#[tokio::test]
async fn a_fact_that_stays_in_another_language_makes_room_for_others() {
    const UKRAINIAN: usize = 1;
    // Russian in letters that Ukrainian has too.
    fn foreign(language: usize) -> String {
        let bus = facts_and_the_fund(UKRAINIAN).swap_remove(0);
        ANSWERS[language].replace(&bus, "Автобус № 7 говорит администрации, что не допускает нарушения движения.")
    }
    fn stubborn(language: usize, prompt: &str) -> String {
        if prompt.contains("transport fund") {
            of_the_fund(language, prompt)
        } else {
            foreign(language).lines().nth(2).unwrap().replace("[2]", "[1]")
        }
    }
    let (summaries, _, _) = answered(script!(foreign, stubborn), |_| ()).await;
    let summary = &summaries[UKRAINIAN];
    assert_eq!((texts(summary), summary.dropped), (facts_and_the_fund(UKRAINIAN).split_off(1), 1), "{summary:?}");
}

#[tokio::test]
async fn a_fact_that_was_written_beside_lets_the_only_one_take_the_place_of_the_summary() {
    fn one_holds(language: usize) -> String {
        let answer = wrong_summary(language);
        let head: Vec<&str> = answer.lines().take(3).collect();
        format!("{}\n- [3] {wrong}\n- [5] {wrong}", head.join("\n"), wrong = WRONG[language])
    }
    let (summaries, _, _) = answered(script!(one_holds, of_the_fund), |_| ()).await;
    for (language, summary) in summaries.iter().enumerate() {
        let facts = facts_and_the_fund(language);
        assert_eq!((&summary.summary, texts(summary)), (&facts[0], vec![facts[3].clone()]), "{summary:?}");
    }
}

#[tokio::test]
async fn an_answer_that_holds_asks_for_nothing_more() {
    fn never(_: usize, prompt: &str) -> String {
        panic!("nothing is to be written again: {prompt}")
    }
    fn good(language: usize) -> String {
        ANSWERS[language].to_owned()
    }
    let (summaries, stages, _) = answered(script!(good, never), |_| ()).await;
    assert!(summaries.iter().all(|summary| summary.dropped == 0 && summary.key_facts.len() == 3));
    assert!(!stages.iter().any(is_repairing));
}
