//! The engine's arithmetic in company: an answer must not depend on who else is written, on what was read before, or on
//! drafts. On tiny random models, whose answers depend on every token before.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use candle_core::Tensor;
use stislo::engine::chat::Chat;
use stislo::engine::constraint::{Constraint, Free};
use stislo::engine::model::gguf::{Gguf, GgufError};
use stislo::engine::model::{KvCache, Model, ModelError, Slot, load};
use stislo::engine::sampler::Sampling;
use stislo::engine::tokenizer::Tokenizer;
use stislo::engine::{Branch, Card, Engine, EngineSettings, Event, Job, Output, Rules, Timings};
use stislo::grammar::{
    AnswerFormat, AnswerGrammar, Citations, ForbiddenWords, Heading, LineLength, NameSpellings, Script, TextRules,
};
use stislo::language::Language;
use tempfile::TempDir;
use tokio::task::JoinSet;

use crate::harness::{events, written};
use crate::tiny_model::{Arch, Head, TinyModel, Value};

const CONTEXT: usize = 2048;

/// Limits under which every answer is written alone, one token at a time, with nothing kept.
const ALONE: EngineSettings = EngineSettings {
    context: CONTEXT,
    queue: 256,
    sequences: 1,
    tokens: 1 << 20,
    prefix_bytes: 0,
    step_rows: 1,
    kernels: None,
};
const TOGETHER: EngineSettings = EngineSettings {
    context: CONTEXT,
    queue: 256,
    sequences: 8,
    tokens: 1 << 20,
    prefix_bytes: 1 << 30,
    step_rows: 8,
    kernels: None,
};

/// A tiny model on disk, with a longer context.
struct Tiny {
    path: PathBuf,
    _folder: TempDir,
}

/// Counts the steps that write answers.
struct Counted {
    model: Box<dyn Model>,
    steps: Arc<AtomicUsize>,
}

impl Model for Counted {
    fn forward(&self, slots: &mut [Slot<'_>]) -> Result<Tensor, ModelError> {
        if slots.iter().all(|slot| slot.rows == slot.tokens.len()) {
            self.steps.fetch_add(1, Ordering::Relaxed);
        }
        self.model.forward(slots)
    }

    fn new_cache(&self) -> Result<KvCache, ModelError> {
        self.model.new_cache()
    }

    fn context(&self) -> usize {
        self.model.context()
    }
}

impl Tiny {
    fn new(arch: Arch, head: Head) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tiny.gguf");
        let key = format!("{}.context_length", arch.name());
        let model = TinyModel::new(arch, head).set(&key, Value::U32(CONTEXT as u32));
        std::fs::write(&path, model.gguf_bytes()).unwrap();
        Self { path, _folder: folder }
    }

    async fn engine(&self, settings: EngineSettings) -> (Engine, Arc<AtomicUsize>) {
        let (path, steps) = (self.path.clone(), Arc::new(AtomicUsize::new(0)));
        let counted = steps.clone();
        let engine = Engine::start(settings, move || {
            let header = Gguf::open(&path).unwrap();
            let model = Counted { model: load(&header, CONTEXT, None).unwrap(), steps: counted };
            let tokenizer = Tokenizer::from_gguf(&header).unwrap();
            Ok((Box::new(model) as Box<dyn Model>, Card { tokenizer, chat: Chat::Plain, context: CONTEXT }))
        });
        (engine.await.unwrap(), steps)
    }
}

/// A model whose file cannot be read twice: in the first step of two answers, and then in that of the first of them.
struct Unreadable {
    model: Box<dyn Model>,
    failed: AtomicUsize,
}

impl Model for Unreadable {
    fn forward(&self, slots: &mut [Slot<'_>]) -> Result<Tensor, ModelError> {
        let step = slots.iter().all(|slot| slot.rows == slot.tokens.len());
        let fails = match self.failed.load(Ordering::Relaxed) {
            0 => step && slots.len() == 2,
            1 => step,
            _ => false,
        };
        if fails {
            self.failed.fetch_add(1, Ordering::Relaxed);
            let source = std::io::Error::from_raw_os_error(5);
            return Err(GgufError::Io { path: "weights.gguf".into(), source }.into());
        }
        self.model.forward(slots)
    }

    fn new_cache(&self) -> Result<KvCache, ModelError> {
        self.model.new_cache()
    }

    fn context(&self) -> usize {
        self.model.context()
    }
}

/// Numbers with no pattern (Knuth's multiplier).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }

    fn text(&mut self, words: usize) -> String {
        let known = ["the ", "rain ", "in ", "a ", "storm, ", "14 ", "про ", "вітер ", "стан ", "quay. ", "\n", "x"];
        (0..words).map(|_| known[self.below(known.len())]).collect()
    }
}

/// The rule of real answers, with short lines.
fn lines() -> Box<dyn Constraint> {
    let line = LineLength { least: 8, wanted: 24, most: 48 };
    Box::new(AnswerGrammar::new(AnswerFormat {
        text: TextRules {
            script: Script::new(Language::Uk, ["14", "HUR"].map(str::to_owned).into()),
            forbidden: ForbiddenWords::default(),
            names: NameSpellings::new(["кіс", "сир"].map(str::to_owned)),
        },
        heading: Some(Heading { headline: line, summary: line }),
        fact: line,
        facts: 2..=3,
        citations: Citations::Any(1..=12),
    }))
}

/// A job that is the same for the same seed: one to three branches of every kind.
fn wanted(seed: usize) -> Job {
    let mut random = Random(seed as u64);
    let (_, words) = (random.below(7), 2 + random.below(40));
    let shared = random.text(words);
    let branches = (0..1 + random.below(3)).map(|_| {
        let constraint: Box<dyn Constraint> = if random.below(3) == 0 { lines() } else { Box::new(Free) };
        let temperature = if random.below(5) == 0 { 0.8 } else { 0.0 };
        let repetition_penalty = [1.0, 1.1, 1.3][random.below(3)];
        let sampling = Sampling { temperature, repetition_penalty, seed: seed as u64, ..Sampling::default() };
        let tail = 1 + random.below(12);
        let tail = random.text(tail);
        let rules = Rules { max_tokens: 1 + random.below(60), sampling, constraint };
        Branch { tail, output: Output::Text(rules) }
    });
    let branches = branches.collect();
    Job { system: String::new(), shared, branches }
}

/// A greedy job with one branch.
fn greedy(shared: &str, tail: &str, max_tokens: usize) -> Job {
    with_rules(shared, tail, Rules { max_tokens, sampling: Sampling::default(), constraint: Box::new(Free) })
}

fn with_rules(shared: &str, tail: &str, rules: Rules) -> Job {
    let branch = Branch { tail: tail.into(), output: Output::Text(rules) };
    Job { system: String::new(), shared: shared.into(), branches: vec![branch] }
}

/// What a job's branches wrote, why they ended, and what it took.
async fn told(events_of: tokio::sync::mpsc::UnboundedReceiver<Event>) -> (Vec<(String, String)>, Timings) {
    let all = events(events_of).await;
    let Some(Event::Done(timings)) = all.last() else { panic!("{:?}", all.last()) };
    let mut finishes: Vec<(usize, String)> = Vec::new();
    for event in &all {
        if let Event::Finished { branch, finish } = event {
            finishes.push((*branch, format!("{finish:?}")));
        }
    }
    finishes.sort();
    let texts = finishes.into_iter().map(|(branch, finish)| (written(&all, branch), finish));
    (texts.collect(), *timings)
}

async fn answer(engine: &Engine, job: Job) -> (Vec<(String, String)>, Timings) {
    told(engine.generate(job).unwrap()).await
}

#[tokio::test]
async fn an_answer_in_company_is_the_one_alone() {
    for (arch, head) in [(Arch::Qwen2, Head::Tied), (Arch::Qwen3, Head::Untied)] {
        let tiny = Tiny::new(arch, head);
        let ((alone, slow), (together, fast)) = (tiny.engine(ALONE).await, tiny.engine(TOGETHER).await);
        let asked = Instant::now();
        let receivers: Vec<_> = (0..24).map(|seed| together.generate(wanted(seed)).unwrap()).collect();
        for (seed, receiver) in receivers.into_iter().enumerate() {
            let (got, want) = (told(receiver).await, answer(&alone, wanted(seed)).await);
            assert_eq!(got.0, want.0, "{arch:?} job {seed}");
            let counts = |t: &Timings| [t.completion_tokens, t.prompt_tokens, t.shared_tokens];
            assert_eq!(counts(&got.1), counts(&want.1));
            let spent = [got.1.queue, got.1.prefill, got.1.decode];
            assert!(spent.iter().sum::<Duration>() <= asked.elapsed() && got.1.prefill > Duration::ZERO, "{spent:?}");
        }
        let (slow, fast) = (slow.load(Ordering::Relaxed), fast.load(Ordering::Relaxed));
        assert!(fast * 4 < slow, "{slow} steps alone, {fast} together");
    }
}

#[tokio::test]
async fn a_warm_prefix_is_a_cold_one() {
    let tiny = Tiny::new(Arch::Qwen3, Head::Tied);
    let ((cold, _), (warm, _)) = (tiny.engine(ALONE).await, tiny.engine(TOGETHER).await);
    let mut random = Random(5);
    let start = random.text(300);
    let mut reused = Vec::new();
    for end in [0, 0, 40, 3, 90, 40] {
        let shared = format!("{start}{}", random.text(end));
        for tail in ["the rain", "про вітер", "the rain"] {
            let (got, want) =
                (answer(&warm, greedy(&shared, tail, 40)).await, answer(&cold, greedy(&shared, tail, 40)).await);
            assert_eq!(got.0, want.0);
            assert_eq!(want.1.cached_tokens, 0, "nothing is kept there");
            reused.push((got.1.cached_tokens, got.1.shared_tokens));
        }
    }
    assert_eq!(reused[0].0, 0);
    assert!(reused[1..6].iter().all(|(cached, shared)| cached == shared), "the same article is read once: {reused:?}");
    let parts: Vec<usize> = reused[6..].iter().filter(|(cached, shared)| cached < shared).map(|&(c, _)| c).collect();
    assert!(!parts.is_empty() && parts.iter().all(|part| *part >= 512 && part % 256 == 0), "{reused:?}");
}

#[tokio::test]
async fn drafts_change_steps_and_not_answers() {
    let tiny = Tiny::new(Arch::Qwen2, Head::Untied);
    let drafting = EngineSettings { sequences: 1, ..TOGETHER };
    let ((plain, slow), (drafts, fast)) = (tiny.engine(ALONE).await, tiny.engine(drafting).await);
    for seed in 0..12 {
        let mut random = Random(seed);
        let (words, penalty) = (3 + random.below(60), [1.0, 1.05, 1.2][random.below(3)]);
        let shared = random.text(words);
        let job = |constraint| {
            let sampling = Sampling { repetition_penalty: penalty, ..Sampling::default() };
            with_rules(&shared, "the ", Rules { max_tokens: 90, sampling, constraint })
        };
        let free = || Box::new(Free) as Box<dyn Constraint>;
        for constraint in [free, lines] {
            let (got, want) = (answer(&drafts, job(constraint())).await, answer(&plain, job(constraint())).await);
            assert_eq!(got.0, want.0, "seed {seed}");
            assert_eq!(got.1.completion_tokens, want.1.completion_tokens);
        }
    }
    let (slow, fast) = (slow.load(Ordering::Relaxed), fast.load(Ordering::Relaxed));
    eprintln!("{slow} steps without, {fast} with drafts");
    assert!(fast < slow, "{slow} steps without, {fast} with drafts");
}

#[tokio::test]
async fn two_hundred_jobs_of_whom_a_third_leave_are_answered_as_alone_and_hold_nothing_afterwards() {
    let tiny = Tiny::new(Arch::Qwen2, Head::Tied);
    let limits = EngineSettings { tokens: 2000, prefix_bytes: 2 << 20, ..TOGETHER };
    let (engine, _) = tiny.engine(limits).await;
    // Every fourth asks for an article that was asked for before.
    let wanted_in_the_soak = |seed: usize| Job {
        shared: wanted(if seed.is_multiple_of(4) { seed % 16 } else { seed }).shared,
        ..wanted(seed)
    };
    let mut callers = JoinSet::new();
    for seed in 0..200 {
        let mut receiver = engine.generate(wanted_in_the_soak(seed)).unwrap();
        callers.spawn(async move {
            if !seed.is_multiple_of(3) {
                return Some((seed, told(receiver).await.0));
            }
            for _ in 0..=seed % 11 {
                receiver.recv().await;
            }
            None
        });
    }
    let stayed: Vec<_> = callers.join_all().await.into_iter().flatten().collect();
    assert_eq!(stayed.len(), 133, "everybody who stayed was answered");
    answer(&engine, greedy("the rain", "in", 3)).await;
    let usage = engine.usage();
    assert_eq!((usage.waiting, usage.running, usage.cache_bytes), (0, 0, 0), "{usage:?}");
    assert!((1..=2 << 20).contains(&usage.prefix_bytes), "{usage:?}");
    let (alone, _) = tiny.engine(ALONE).await;
    for (seed, got) in stayed {
        assert_eq!(got, answer(&alone, wanted_in_the_soak(seed)).await.0, "job {seed} got what it gets alone");
    }
}

#[tokio::test]
async fn kept_prompts_hold_no_more_bytes_than_allowed() {
    let tiny = Tiny::new(Arch::Qwen2, Head::Tied);
    let (open, _) = tiny.engine(TOGETHER).await;
    // Each takes two blocks of a cache.
    let texts = ["One", "Two", "Six"].map(|name| format!("{name} {}", "quay ".repeat(80)));
    answer(&open, greedy(&texts[0], "the", 2)).await;
    let one = open.usage().prefix_bytes;
    assert!(one > 0);
    for (bytes, kept) in [(one - 1, [false; 3]), (2 * one, [true, true, false]), (9 * one, [true; 3])] {
        let (engine, _) = tiny.engine(EngineSettings { prefix_bytes: bytes, ..TOGETHER }).await;
        for text in &texts {
            answer(&engine, greedy(text, "the", 2)).await;
            assert!(engine.usage().prefix_bytes <= bytes);
        }
        for (text, kept) in texts.iter().rev().zip(kept) {
            let cached = answer(&engine, greedy(text, "in", 2)).await.1.cached_tokens;
            assert_eq!(cached > 0, kept, "{bytes} of {one} bytes each");
        }
    }
}

#[tokio::test]
async fn weights_that_cannot_be_read_fail_the_answer_that_wants_them_and_no_other() {
    let tiny = Tiny::new(Arch::Qwen2, Head::Tied);
    let (path, (alone, _)) = (tiny.path.clone(), tiny.engine(ALONE).await);
    let start = Engine::start(TOGETHER, move || {
        let header = Gguf::open(&path).unwrap();
        let model = Unreadable { model: load(&header, CONTEXT, None).unwrap(), failed: AtomicUsize::new(0) };
        let tokenizer = Tokenizer::from_gguf(&header).unwrap();
        Ok((Box::new(model) as Box<dyn Model>, Card { tokenizer, chat: Chat::Plain, context: CONTEXT }))
    });
    let engine = start.await.unwrap();
    let jobs = || [greedy("the rain", "in", 30), greedy("a storm, про", "вітер", 30)];
    let [first, second] = jobs().map(|job| engine.generate(job).unwrap());
    let all = events(first).await;
    let Some(Event::Failed(error)) = all.last() else { panic!("{:?}", all.last()) };
    assert!(error.to_string().contains("weights.gguf"), "{error}");
    let [_, other] = jobs();
    assert_eq!(told(second).await.0, answer(&alone, other).await.0, "the other goes on as if nothing were");
    assert!(engine.is_healthy());
    let [again, _] = jobs();
    let [want, _] = jobs();
    assert_eq!(answer(&engine, again).await.0, answer(&alone, want).await.0, "and so does whoever comes next");
}

#[tokio::test]
async fn an_engine_outlives_a_file_that_is_cut_off_for_a_while() {
    let tiny = Tiny::new(Arch::Qwen3, Head::Untied);
    let (engine, _) = tiny.engine(TOGETHER).await;
    let want = answer(&engine, greedy("the rain", "in a storm", 9)).await.0;
    let whole = std::fs::read(&tiny.path).unwrap();
    std::fs::OpenOptions::new().write(true).open(&tiny.path).unwrap().set_len(64).unwrap();
    let all = events(engine.generate(greedy("про вітер", "the quay", 9)).unwrap()).await;
    assert!(matches!(all.last(), Some(Event::Failed(_))), "{:?}", all.last());
    std::fs::write(&tiny.path, whole).unwrap();
    assert_eq!(answer(&engine, greedy("the rain", "in a storm", 9)).await.0, want);
}
