//! The order of the engine's passes: who is read when, who is written with whom, who makes way. On the scripted model,
//! whose log shows every pass.

use stislo::engine::constraint::Constraint;
use stislo::engine::sampler::Sampling;
use stislo::engine::{EngineError, Event, Finish, Job, Rules, Timings};
use stislo::language::Language;

use crate::harness::{ANSWERS, Log, Pass, Script, events, fixture, free, job, request, service, tokenizer, written};

fn greedy(max_tokens: usize) -> Rules {
    free(max_tokens, Sampling::default())
}

/// A text of many tokens that neither loops nor can be guessed for long.
fn long() -> String {
    (10..44).map(|i| format!("{} ", i * i)).collect()
}

fn timings(events: &[Event]) -> Timings {
    match events.last() {
        Some(Event::Done(timings)) => *timings,
        other => panic!("{other:?}"),
    }
}

/// How many answers each step wrote.
fn slots(passes: &[Pass]) -> Vec<usize> {
    passes.iter().filter(|pass| pass.is_step()).map(|pass| pass.tokens.len()).collect()
}

/// Passes that read shared parts.
fn chunks(log: &Log) -> Vec<usize> {
    log.passes().iter().filter(|pass| pass.rows == 0).map(|pass| pass.tokens[0].len()).collect()
}

fn steps(log: &Log) -> usize {
    slots(&log.passes()).len()
}

#[tokio::test]
async fn a_long_prompt_is_read_between_the_steps_of_others() {
    let (engine, log, gate) = Script::new(&[&long()]).no_drafts().gated().await;
    let first = engine.generate(job("Short.", vec![greedy(200)])).unwrap();
    while !gate.entered().is_step() {
        gate.release();
    }
    let before = log.passes().len();
    let second = engine.generate(job(&"many words ".repeat(200), vec![greedy(5), greedy(5)])).unwrap();
    drop(gate);
    let (first, second) = (events(first).await, events(second).await);
    assert_eq!(written(&first, 0), long());
    assert!(long().starts_with(&written(&second, 0)) && !written(&second, 0).is_empty());
    let passes = log.passes().split_off(before);
    let steps = slots(&passes);
    assert!(passes.iter().filter(|pass| pass.rows == 0).count() > 5, "the second prompt has many chunks");
    let turns: Vec<bool> = passes.iter().map(Pass::is_step).collect();
    assert!(turns.windows(2).all(|two| two[0] || two[1]), "never two chunks without a step: {turns:?}");
    assert!(passes.iter().all(|pass| pass.is_step() || pass.tokens.concat().len() <= 256));
    let (joined, left) = (steps.iter().position(|&n| n > 1), steps.iter().rposition(|&n| n > 1));
    assert!(joined > Some(5) && left < Some(steps.len() - 5), "it joins, and it leaves: {steps:?}");
    // The first had one step before; the second's first token comes with its tail, and its other branch ends at once.
    let (first, second) = (tokenizer().encode(&long()).len() - 1, 4);
    assert_eq!(steps.iter().sum::<usize>(), first + second, "nobody waits: {steps:?}");
}

#[tokio::test]
async fn prompts_are_read_in_order_of_arrival() {
    let (engine, log, gate) = Script::new(&["Done."]).no_drafts().gated().await;
    let names = ["Zero", "One", "Two", "Three"];
    let ask = |name: &&str| engine.generate(job(&format!("{name} {}", "many words ".repeat(40)), vec![greedy(9)]));
    let receivers: Vec<_> = names.iter().map(|name| ask(name).unwrap()).collect();
    drop(gate);
    for receiver in receivers {
        assert_eq!(written(&events(receiver).await, 0), "Done.");
    }
    let tokenizer = tokenizer();
    let text = |pass: &Pass| -> Vec<u8> { pass.tokens[0].iter().flat_map(|&t| tokenizer.bytes(t)).copied().collect() };
    let read: Vec<String> = log.passes().iter().map(|pass| String::from_utf8_lossy(&text(pass)).into_owned()).collect();
    let at = names.map(|name| read.iter().position(|text| text.contains(name)).unwrap());
    assert!(at.is_sorted(), "{at:?}");
}

#[tokio::test]
async fn flows_take_turns_and_within_one_the_oldest_comes_first() {
    let (engine, log, gate) = Script::new(&["Done."]).no_drafts().gated().await;
    let (busy, quiet) = (engine.of_flow(1), engine.of_flow(2));
    let ask = |engine: &stislo::engine::Engine, name: &str| {
        engine.generate(job(&format!("{name} {}", "many words ".repeat(40)), vec![greedy(9)])).unwrap()
    };
    let mut receivers = vec![ask(&busy, "Zero")];
    gate.entered();
    receivers.extend(["One", "Two", "Three"].map(|name| ask(&busy, name)));
    receivers.extend(["Four", "Five"].map(|name| ask(&quiet, name)));
    drop(gate);
    for receiver in receivers {
        assert_eq!(written(&events(receiver).await, 0), "Done.");
    }
    let tokenizer = tokenizer();
    let text = |pass: &Pass| -> Vec<u8> { pass.tokens[0].iter().flat_map(|&t| tokenizer.bytes(t)).copied().collect() };
    let read: Vec<String> = log.passes().iter().map(|pass| String::from_utf8_lossy(&text(pass)).into_owned()).collect();
    let order = ["Zero", "One", "Four", "Two", "Five", "Three"];
    let at = order.map(|name| read.iter().position(|text| text.contains(name)).unwrap());
    assert!(at.is_sorted(), "{at:?}");
}

#[tokio::test]
async fn what_is_short_waits_for_no_long_answer() {
    let script = Script::new(&[&long(), &long(), &long()]).no_drafts().with(|limits| limits.sequences = 2);
    let (engine, log, gate) = script.gated().await;
    let ask = || engine.generate(job("Short.", vec![greedy(200), greedy(200), greedy(200)])).unwrap();
    let whole = [ask(), ask()];
    while !gate.entered().is_step() {
        gate.release();
    }
    let brief = engine.brief();
    let short: Vec<_> = (0..3).map(|_| brief.generate(job("Brief.", vec![greedy(5)])).unwrap()).collect();
    drop(gate);
    for receiver in short {
        assert!(!written(&events(receiver).await, 0).is_empty());
    }
    for receiver in whole {
        assert_eq!(written(&events(receiver).await, 2), long());
    }
    // Two long ones and beside them one that is short, three times; with the first two.
    let slots = slots(&log.passes());
    assert_eq!((slots.iter().max(), slots.iter().filter(|&&n| n == 3).count()), (Some(&3), 3 * 4), "{slots:?}");
    let (last, first) = (slots.iter().rposition(|&n| n == 3).unwrap(), tokenizer().encode(&long()).len());
    assert!(last < first, "before the first long one has ended: {last} of {first}");
}

#[tokio::test]
async fn a_part_of_what_was_admitted_waits_for_a_place() {
    let (engine, _, gate) = Script::new(&["Done."]).queue(1).gated().await;
    let ask = || job("Short.", vec![greedy(9)]);
    let running = engine.submit(ask()).await.unwrap();
    gate.entered();
    let waiting = engine.submit(ask()).await.unwrap();
    assert!(matches!(engine.generate(ask()), Err(EngineError::Busy { waiting: 1 })));
    let last = engine.submit(ask());
    drop(gate);
    for receiver in [running, waiting, last.await.unwrap()] {
        assert_eq!(written(&events(receiver).await, 0), "Done.");
    }
}

#[tokio::test]
async fn one_article_asked_for_twice_is_read_once() {
    let (engine, log, gate) = Script::new(&["Done."]).gated().await;
    let article = "many words ".repeat(60);
    let ask = |branches: usize| engine.generate(job(&article, (0..branches).map(|_| greedy(9)).collect())).unwrap();
    let first = ask(1);
    gate.entered();
    let second = ask(2);
    drop(gate);
    let (first, second) = (timings(&events(first).await), timings(&events(second).await));
    let third = timings(&events(ask(3)).await);
    assert_eq!((first.cached_tokens, first.shared_tokens), (0, chunks(&log).iter().sum::<usize>()), "it is read once");
    for warm in [second, third] {
        assert_eq!((warm.cached_tokens, warm.shared_tokens), (first.shared_tokens, first.shared_tokens));
        assert!(warm.prompt_tokens > warm.shared_tokens, "the prompt is counted as a whole");
    }
}

#[tokio::test]
async fn a_common_start_is_reused_to_a_border_of_a_chunk() {
    let start = "many words ".repeat(60);
    let texts = [format!("{start} and a first end"), format!("{start} and another end, a longer one"), "Short.".into()];
    let cold = |text: String| async move {
        let (engine, log) = Script::new(&["Done."]).engine().await;
        events(engine.generate(job(&text, vec![greedy(9)])).unwrap()).await;
        chunks(&log)
    };
    let (engine, log) = Script::new(&["Done."]).engine().await;
    for (text, reused) in texts.into_iter().zip([0, 512, 0]) {
        let before = chunks(&log).len();
        let all = events(engine.generate(job(&text, vec![greedy(9)])).unwrap()).await;
        assert_eq!(timings(&all).cached_tokens, reused);
        assert!(matches!(all[0], Event::Prefill { done, .. } if done == reused), "{:?}", all[0]);
        assert_eq!(chunks(&log)[before..], cold(text).await[reused / 256..], "what is left is read as without it");
        assert_eq!(written(&all, 0), "Done.");
    }
}

#[tokio::test]
async fn no_more_answers_run_than_allowed() {
    let texts = [long(), "Друге речення: довше, ніж перше.".into(), "A third one".into()];
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let (engine, log) = Script::new(&texts).no_drafts().with(|limits| limits.sequences = 2).engine().await;
    let ask = || engine.generate(job("Short.", vec![greedy(300), greedy(90), greedy(90)])).unwrap();
    for receiver in [ask(), ask(), ask()] {
        let all = events(receiver).await;
        for (branch, text) in texts.iter().enumerate() {
            assert_eq!(written(&all, branch), *text);
        }
    }
    assert_eq!(slots(&log.passes()).iter().max(), Some(&2));
}

#[tokio::test]
async fn caches_hold_no_more_tokens_than_allowed_and_kept_prompts_make_way() {
    for (limit, together, kept) in [(400, 1, false), (4000, 3, true)] {
        let script = Script::new(&[&long()]).no_drafts().with(|limits| limits.tokens = limit);
        let (engine, log, gate) = script.gated().await;
        let ask = |name: &str| engine.generate(job(&format!("{name} article."), vec![greedy(300)])).unwrap();
        let receivers = [ask("One"), ask("Two"), ask("Three")];
        drop(gate);
        for receiver in receivers {
            assert_eq!(written(&events(receiver).await, 0), long());
        }
        assert_eq!(slots(&log.passes()).iter().max(), Some(&together));
        for name in ["One", "Two", "Three", "Three"] {
            assert_eq!(timings(&events(ask(name)).await).cached_tokens > 0, kept, "{name} with {limit}");
        }
    }
}

#[tokio::test]
async fn an_answer_that_is_larger_than_the_limit_runs_alone() {
    let (engine, log) = Script::new(&["Done."]).with(|limits| limits.tokens = 10).engine().await;
    let ask = || engine.generate(job("Short.", vec![greedy(90), greedy(90)])).unwrap();
    for receiver in [ask(), ask()] {
        assert_eq!(written(&events(receiver).await, 0), "Done.");
    }
    assert_eq!(slots(&log.passes()).iter().max(), Some(&1));
}

#[tokio::test]
async fn a_caller_who_leaves_the_queue_gives_the_place_back() {
    let (engine, log, gate) = Script::new(&[&long()]).no_drafts().queue(1).gated().await;
    let ask = |text: &str| engine.generate(job(text, vec![greedy(20)]));
    let running = ask("Short.").unwrap();
    gate.entered();
    let waiting = ask("Never read.").unwrap();
    assert!(matches!(ask("Refused."), Err(EngineError::Busy { waiting: 1 })));
    drop(waiting);
    gate.release();
    gate.entered();
    let next = ask("Another.").expect("one pass later there is a place");
    drop(gate);
    for receiver in [running, next] {
        assert!(!written(&events(receiver).await, 0).is_empty());
    }
    assert_eq!(chunks(&log).len(), 2, "the one who left was never read");
}

#[tokio::test]
async fn a_caller_who_leaves_costs_the_others_nothing() {
    let (engine, _, gate) = Script::new(&[&long()]).no_drafts().gated().await;
    let ask = |text: &str| engine.generate(job(text, vec![greedy(300)])).unwrap();
    let (stays, leaves) = (ask("Short."), ask("Another."));
    while gate.entered().tokens.len() < 2 {
        gate.release();
    }
    drop(leaves);
    gate.release();
    assert_eq!(gate.entered().tokens.len(), 1, "the next step is without it");
    drop(gate);
    assert_eq!(written(&events(stays).await, 0), long());
    assert_eq!(engine.usage().running, 0);
}

#[tokio::test]
async fn a_caller_who_leaves_before_the_prompt_is_read_makes_way_for_the_next() {
    let (engine, log, gate) = Script::new(&["Done."]).gated().await;
    let ask = |text: &str| engine.generate(job(text, vec![greedy(9), greedy(9)])).unwrap();
    let (leaves, stays) = (ask(&"many words ".repeat(200)), ask("Short."));
    gate.entered();
    gate.release();
    gate.entered();
    drop(leaves);
    drop(gate);
    assert_eq!(written(&events(stays).await, 0), "Done.");
    assert_eq!(chunks(&log)[..2], [256, 256]);
    assert_eq!(chunks(&log).len(), 3, "two chunks of the first, one of the second");
}

#[tokio::test]
async fn the_engine_reads_on_for_jobs_whose_handle_is_gone() {
    let (engine, _, gate) = Script::new(&["Done."]).gated().await;
    let receivers = ["One.", "Two."].map(|text| engine.generate(job(text, vec![greedy(9)])).unwrap());
    drop(engine);
    drop(gate);
    for receiver in receivers {
        assert_eq!(written(&events(receiver).await, 0), "Done.");
    }
}

#[tokio::test]
async fn what_is_forced_or_copied_takes_fewer_steps_and_says_the_same() {
    let page = fixture("en", "page");
    let mut answers = Vec::new();
    let mut counts = Vec::new();
    for script in [Script::new(&ANSWERS).no_drafts(), Script::new(&ANSWERS)] {
        let (engine, log) = script.engine().await;
        let answer = service(engine).summarize(request(&page, &[Language::En]), |_| ()).await.unwrap();
        answers.push((answer.summaries, answer.timings.completion_tokens));
        assert!(log.passes().iter().filter(|pass| pass.is_step()).all(|pass| pass.rows <= 8), "a step is bounded");
        counts.push(steps(&log));
    }
    assert_eq!(answers[0], answers[1]);
    assert!(counts[1] * 10 < counts[0] * 9, "{counts:?}");
    let quote = "the harbour bridge reopened after four years of repair, and a number 7 bus was first to cross";
    let mut counts = Vec::new();
    for script in [Script::new(&[quote]).no_drafts(), Script::new(&[quote])] {
        let (engine, log) = script.engine().await;
        let all = events(engine.generate(job(&format!("He said: {quote}."), vec![greedy(200)])).unwrap()).await;
        assert_eq!(written(&all, 0), quote);
        assert_eq!(timings(&all).completion_tokens, tokenizer().encode(quote).len());
        counts.push(steps(&log));
    }
    assert!(counts[1] * 3 < counts[0], "what is copied comes five tokens at a time: {counts:?}");
}

#[tokio::test]
async fn drafts_never_change_what_is_written() {
    let words = ["the ", "bridge ", "and ", "a ", "ship, ", "storm. ", "14 ", "вітер ", "quay\n"];
    let mut random = 7u64;
    let mut text = |words: &[&'static str], length| -> String {
        let mut next = || {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            words[(random >> 33) as usize % words.len()]
        };
        (0..length).map(|_| next()).collect()
    };
    for round in 0..12 {
        let kinds = 2 + round % (words.len() - 1);
        let answers: Vec<String> = (0..3).map(|_| text(&words[..kinds], 40)).collect();
        let answers: Vec<&str> = answers.iter().map(String::as_str).collect();
        let article = text(&words, 60);
        let mut seen = Vec::new();
        for script in [Script::new(&answers).no_drafts(), Script::new(&answers)] {
            let (engine, _) = script.engine().await;
            let limits = [400, 60 + round, 1 + round];
            let all = events(engine.generate(job(&article, limits.map(greedy).into())).unwrap()).await;
            let ends = all.iter().filter(|event| matches!(event, Event::Finished { .. }));
            let mut finishes: Vec<String> = ends.map(|event| format!("{event:?}")).collect();
            finishes.sort();
            let texts = [0, 1, 2].map(|branch| written(&all, branch));
            seen.push((texts, finishes, timings(&all).completion_tokens));
        }
        assert_eq!(seen[0], seen[1], "round {round}");
    }
}

#[tokio::test]
async fn sampled_answers_have_no_drafts() {
    let (engine, log) = Script::new(&["the bridge and the bridge and the bridge"]).engine().await;
    let sampling = Sampling { temperature: 0.01, seed: 3, ..Sampling::default() };
    let job = Job { system: String::new(), ..job("the bridge and the bridge", vec![free(60, sampling)]) };
    assert!(!written(&events(engine.generate(job).unwrap()).await, 0).is_empty());
    let passes = log.passes();
    assert!(passes.iter().filter(|pass| pass.is_step()).all(|pass| pass.rows == 1));
}

#[tokio::test]
async fn a_job_without_branches_reads_its_article_for_the_next() {
    let (engine, log) = Script::new(&["Done."]).engine().await;
    let first = timings(&events(engine.generate(job("Short.", vec![])).unwrap()).await);
    assert_eq!((first.prompt_tokens, first.completion_tokens), (chunks(&log)[0], 0));
    let second = events(engine.generate(job("Short.", vec![greedy(9)])).unwrap()).await;
    assert_eq!((timings(&second).cached_tokens, written(&second, 0)), (first.prompt_tokens, "Done.".to_owned()));
}

/// A rule that leads into a dead end.
struct DeadEnd;

impl Constraint for DeadEnd {
    fn allows(&self, _: &[u8]) -> bool {
        false
    }

    fn may_end(&self) -> bool {
        false
    }

    fn advance(&mut self, _: &[u8]) {}

    fn is_complete(&self) -> bool {
        false
    }
}

#[tokio::test]
async fn a_rule_that_allows_nothing_ends_its_answer_and_says_so() {
    let (engine, _) = Script::new(&["Done.", "Done."]).engine().await;
    let stuck = Rules { constraint: Box::new(DeadEnd), ..greedy(9) };
    let all = events(engine.generate(job("Short.", vec![stuck, greedy(9)])).unwrap()).await;
    assert!(all.iter().any(|event| matches!(event, Event::Finished { branch: 0, finish: Finish::Stuck })), "{all:?}");
    assert_eq!((written(&all, 0).as_str(), written(&all, 1).as_str()), ("", "Done."));
    assert!(engine.is_healthy());
}
