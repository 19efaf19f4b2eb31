//! A scripted model, and engines and services on it.
//!
//! The model writes the answers that a test gives it, one a branch: each row of logits favours the next token of its
//! script. Where the engine takes another token, because a constraint refused that one, the script goes on behind it.
//! What it favours depends on the sequence's tokens alone, as with a real model, however they were cut into passes.
//! So queue, constraint, cancellation and every surface are driven with no weights and no luck. Its vocabulary is the
//! tiny model's. A [`Gate`] holds it inside a pass; nothing here waits for a clock but to fail a test that would hang.

use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use candle_core::{Device, Tensor};
use stislo::answer::ModelInfo;
use stislo::engine::chat::Chat;
use stislo::engine::constraint::{Constraint, Free};
use stislo::engine::model::gguf::Gguf;
use stislo::engine::model::{KvCache, Model, ModelError, Slot};
use stislo::engine::sampler::Sampling;
use stislo::engine::tokenizer::Tokenizer;
use stislo::engine::{Branch, Card, Engine, EngineSettings, Event, Job, Output, Rules};
use stislo::intake::Source;
use stislo::language::Language;
use stislo::plan::SummaryOptions;
use stislo::service::{Recipe, Service, SummaryRequest};
use tokio::sync::mpsc::UnboundedReceiver;

use crate::tiny_model::{Arch, Head, TinyModel};

/// Good answers on the fixtures, in the order of `Language::ALL`. They keep every rule whichever fixture is read.
pub(crate) const ANSWERS: [&str; 3] = [
    "Halvmouth harbour bridge reopens after repair\n\
     The harbour bridge reopened on 14 September 2024, four years after the accident. The repair cost £38.6 million.\n\
     - [2] A number 7 bus was the first to cross the bridge.\n\
     - [3] The repair was about 22% more expensive than agreed.\n\
     - [5] The ship lost power in a storm on 3 November 2020.\n",
    "Міст у Галвмуті відкрили після ремонту\n\
     Портовий міст знову відкрили 14 вересня 2024 року, через чотири роки після аварії. \
     Ремонт коштував 38,6 млн фунтів.\n\
     - [2] Першим міст перетнув автобус № 7.\n\
     - [3] Ремонт обійшовся на 22% дорожче за попередню оцінку.\n\
     - [5] Судно втратило хід під час шторму 3 листопада 2020 року.\n",
    "Мост в Халвмуте открыли после ремонта\n\
     Портовый мост снова открыли 14 сентября 2024 года, через четыре года после аварии. \
     Ремонт обошёлся в 38,6 млн фунтов.\n\
     - [2] Первым мост пересёк автобус № 7.\n\
     - [3] Ремонт вышел на 22% дороже прежней оценки.\n\
     - [5] Судно потеряло ход во время шторма 3 ноября 2020 года.\n",
];

/// A test that waits longer than this for the engine has found it stuck.
pub(crate) const STUCK: Duration = Duration::from_secs(60);
/// The length of a cache is its position, and in these the pass that last wrote to it.
const PASS: usize = 1 << 20;
/// Passes that the model remembers.
const REMEMBERED: usize = 20_000;
/// A chunk of a prompt is this long unless it is the last of its part.
const CHUNK: usize = 256;

/// What goes wrong in the first pass that wants logits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    Panic,
    Nan,
}

/// What one pass was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pass {
    /// The tokens of each slot.
    pub(crate) tokens: Vec<Vec<u32>>,
    /// Rows of logits, zero while a prompt is read.
    pub(crate) rows: usize,
}

impl Pass {
    /// True when answers are written, and no prompt is read.
    pub(crate) fn is_step(&self) -> bool {
        self.rows == self.tokens.iter().map(Vec::len).sum::<usize>()
    }
}

/// Every pass of a model so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<Pass>>>);

impl Log {
    pub(crate) fn passes(&self) -> Vec<Pass> {
        self.0.lock().unwrap().clone()
    }
}

/// Holds the model at the start of each pass, until the pass is let go or the gate is dropped.
pub(crate) struct Gate {
    entered: Receiver<Pass>,
    release: Sender<()>,
}

impl Gate {
    /// Waits until the model is in its next pass.
    pub(crate) fn entered(&self) -> Pass {
        self.entered.recv_timeout(STUCK).expect("the model is asked for a pass")
    }

    /// Lets every pass go until that is enough.
    pub(crate) fn let_through(&self, is_enough: impl Fn() -> bool) {
        while !is_enough() {
            if self.entered.recv_timeout(Duration::from_millis(1)).is_ok() {
                self.release();
            }
        }
    }

    /// Lets the model go on with the pass that it is in.
    pub(crate) fn release(&self) {
        self.release.send(()).expect("the model is there");
    }
}

/// Makes an answer from the text of its prompt.
pub(crate) type Reply = fn(&str) -> String;

/// What the scripted model answers.
enum Replies {
    /// By the branch of the job.
    Branches(Vec<String>),
    Prompt(Reply),
}

/// What the scripted model does, and the limits of its engine.
pub(crate) struct Script {
    replies: Replies,
    fault: Option<Fault>,
    settings: EngineSettings,
}

impl Script {
    /// These answers, one a branch.
    pub(crate) fn new(answers: &[&str]) -> Self {
        Self::of(Replies::Branches(answers.iter().map(|&text| text.to_owned()).collect()))
    }

    /// An answer for each prompt.
    pub(crate) fn reply(reply: Reply) -> Self {
        Self::of(Replies::Prompt(reply))
    }

    fn of(replies: Replies) -> Self {
        let settings = EngineSettings { context: 1 << 15, queue: 8, tokens: 1 << 20, ..EngineSettings::default() };
        Self { replies, fault: None, settings }
    }

    pub(crate) fn fault(self, fault: Fault) -> Self {
        Self { fault: Some(fault), ..self }
    }

    pub(crate) fn context(mut self, context: usize) -> Self {
        self.settings.context = context;
        self
    }

    pub(crate) fn queue(mut self, queue: usize) -> Self {
        self.settings.queue = queue;
        self
    }

    /// One token a step and answer, so that a test can count steps.
    pub(crate) fn no_drafts(mut self) -> Self {
        self.settings.step_rows = 1;
        self
    }

    /// Other limits.
    pub(crate) fn with(mut self, change: impl FnOnce(&mut EngineSettings)) -> Self {
        change(&mut self.settings);
        self
    }

    /// An engine on this script.
    pub(crate) async fn engine(self) -> (Engine, Log) {
        self.start(None).await
    }

    /// An engine whose every pass waits at the gate.
    pub(crate) async fn gated(self) -> (Engine, Log, Gate) {
        let ((enter, entered), (release, released)) = (channel(), channel());
        let (engine, log) = self.start(Some((enter, released))).await;
        (engine, log, Gate { entered, release })
    }

    /// The model by itself, with no engine around it.
    pub(crate) fn model(self) -> (Box<dyn Model>, Card, Log) {
        self.build(None)
    }

    async fn start(self, gate: Option<(Sender<Pass>, Receiver<()>)>) -> (Engine, Log) {
        let settings = self.settings;
        let (model, card, log) = self.build(gate);
        let engine = Engine::start(settings, move || Ok((model, card))).await;
        (engine.expect("a scripted model loads"), log)
    }

    fn build(self, gate: Option<(Sender<Pass>, Receiver<()>)>) -> (Box<dyn Model>, Card, Log) {
        let tokenizer = tokenizer();
        let log = Log::default();
        let model = ScriptedModel {
            replies: self.replies,
            tokenizer: self::tokenizer(),
            memory: RefCell::default(),
            end: tokenizer.control("<|im_end|>").expect("the tiny vocabulary has it"),
            vocabulary: tokenizer.vocabulary(),
            fault: self.fault,
            gate,
            log: log.clone(),
        };
        (Box::new(model), Card { tokenizer, chat: Chat::ChatMl, context: self.settings.context }, log)
    }
}

struct ScriptedModel {
    replies: Replies,
    tokenizer: Tokenizer,
    memory: RefCell<Memory>,
    end: u32,
    vocabulary: usize,
    fault: Option<Fault>,
    gate: Option<(Sender<Pass>, Receiver<()>)>,
    log: Log,
}

/// What every pass left behind. A fork or a cut of a cache keeps the number of the pass, so its past is found again.
#[derive(Default)]
struct Memory {
    past: VecDeque<Arc<Past>>,
    /// Passes that are forgotten, so that a model can serve for hours. Nothing goes back that far.
    forgotten: usize,
    /// The tails that were seen behind each shared part, in order: the branches of a job. Digests, so that a model that
    /// serves for hours does not keep what it read.
    tails: HashMap<u64, Vec<u64>>,
}

/// A sequence as one pass left it. It has its own tokens alone: the others are those of the passes before, which many
/// share, or a test of the memory of a gateway would measure this.
#[derive(Default)]
struct Past {
    before: Option<Arc<Past>>,
    /// Tokens that it took over from the passes before.
    kept: usize,
    tokens: Vec<u32>,
    /// Where the shared part ends, as far as it is known.
    shared: usize,
    /// The branch, and where the answer begins.
    answer: Option<(usize, usize)>,
}

impl Past {
    /// All tokens of the sequence.
    fn whole(&self) -> Vec<u32> {
        let (mut pieces, mut end, mut at) = (Vec::new(), self.kept + self.tokens.len(), Some(self));
        while let Some(past) = at {
            // A cut leaves less of a pass than it brought.
            pieces.push(&past.tokens[..(end.max(past.kept) - past.kept)]);
            end = end.min(past.kept);
            at = past.before.as_deref();
        }
        pieces.into_iter().rev().flatten().copied().collect()
    }
}

impl Memory {
    /// The past of this slot with its new tokens, and all of its tokens where rows are wanted.
    fn take(&mut self, slot: &mut Slot<'_>) -> (Arc<Past>, Vec<u32>) {
        let (pass, kept) = (slot.cache.len() / PASS, slot.cache.len() % PASS);
        let before = pass.checked_sub(1).map(|pass| self.past[pass - self.forgotten].clone());
        let (shared, answer) = before.as_ref().map_or((0, None), |before| (before.shared, before.answer));
        let mut past = Past { before, kept, tokens: slot.tokens.to_vec(), shared, answer };
        let end = kept + slot.tokens.len();
        if slot.rows == 0 && slot.tokens.len() < CHUNK {
            past.shared = end;
        }
        let whole = if slot.rows > 0 { past.whole() } else { Vec::new() };
        if slot.rows > 0 && past.answer.is_none() {
            let (shared, tail) = whole.split_at(past.shared);
            let (tails, tail) = (self.tails.entry(digest(shared)).or_default(), digest(tail));
            let known = tails.iter().position(|&known| known == tail);
            past.answer = Some((known.unwrap_or(tails.len()), end));
            if known.is_none() {
                tails.push(tail);
            }
        }
        let past = Arc::new(past);
        self.past.push_back(past.clone());
        slot.cache.advance((self.forgotten + self.past.len() - pass) * PASS + slot.tokens.len());
        if self.past.len() > REMEMBERED {
            self.past.pop_front();
            self.forgotten += 1;
        }
        (past, whole)
    }
}

fn digest(tokens: &[u32]) -> u64 {
    let mut hasher = DefaultHasher::new();
    tokens.hash(&mut hasher);
    hasher.finish()
}

impl ScriptedModel {
    fn text(&self, tokens: &[u32]) -> String {
        let bytes: Vec<u8> = tokens.iter().flat_map(|&token| self.tokenizer.bytes(token)).copied().collect();
        String::from_utf8(bytes).expect("a prompt is whole characters")
    }

    /// What comes after the first `end` tokens of a sequence.
    fn next(&self, past: &Past, tokens: &[u32], end: usize) -> u32 {
        let (branch, start) = past.answer.expect("rows are wanted of answers");
        let script = match &self.replies {
            Replies::Branches(answers) => answers.get(branch).cloned().unwrap_or_default(),
            Replies::Prompt(reply) => reply(&self.text(&tokens[..start])),
        };
        let script = self.tokenizer.encode(&script);
        let mut at = 0;
        for written in &tokens[start.min(end)..end] {
            let skipped = script.get(at) != Some(written) && script.get(at + 1) == Some(written);
            at += if skipped { 2 } else { 1 };
        }
        script.get(at).copied().unwrap_or(self.end)
    }
}

impl Model for ScriptedModel {
    fn forward(&self, slots: &mut [Slot<'_>]) -> Result<Tensor, ModelError> {
        let rows = slots.iter().map(|slot| slot.rows).sum();
        let pass = Pass { tokens: slots.iter().map(|slot| slot.tokens.to_vec()).collect(), rows };
        // A gateway that runs for long has nobody who reads it.
        if Arc::strong_count(&self.log.0) > 1 {
            self.log.0.lock().unwrap().push(pass.clone());
        }
        if let Some((entered, released)) = &self.gate {
            // A gate that is gone is open.
            let _ = entered.send(pass).map(|()| released.recv());
        }
        let fault = self.fault.filter(|_| rows > 0);
        assert!(fault != Some(Fault::Panic), "a fault that the test asked for");
        let mut logits = vec![if fault.is_some() { f32::NAN } else { 0.0 }; rows * self.vocabulary];
        let mut row = 0;
        for slot in slots.iter_mut() {
            let (past, tokens) = self.memory.borrow_mut().take(slot);
            for end in tokens.len() + 1 - slot.rows..=tokens.len() {
                if fault.is_none() {
                    let row = &mut logits[row * self.vocabulary..][..self.vocabulary];
                    // Where its script may not go on, it writes a letter or ends its line sooner than the first mark there is.
                    for (mark, logit) in [(".", 1.0), ("\n", 2.0), (" ", 3.0), ("а", 4.0), ("a", 5.0)] {
                        row[self.tokenizer.encode(mark)[0] as usize] = logit;
                    }
                    row[self.next(&past, &tokens, end) as usize] = 100.0;
                }
                row += 1;
            }
        }
        Ok(Tensor::from_vec(logits, (rows, self.vocabulary), &Device::Cpu)?)
    }

    fn new_cache(&self) -> Result<KvCache, ModelError> {
        Ok(KvCache::new(0, 1, 2, &Device::Cpu)?)
    }

    fn context(&self) -> usize {
        usize::MAX
    }
}

/// The tokenizer of the tiny models.
pub(crate) fn tokenizer() -> Tokenizer {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tiny.gguf");
    std::fs::write(&path, TinyModel::new(Arch::Qwen2, Head::Tied).gguf_bytes()).unwrap();
    Tokenizer::from_gguf(&Gguf::open(&path).unwrap()).unwrap()
}

/// A service on an engine.
pub(crate) fn service(engine: Engine) -> Service {
    let model = ModelInfo { name: "scripted".into(), revision: None, quantization: None, engine: "a test".into() };
    Service::new(engine, Recipe { warnings: vec!["a warning".to_owned()], ..Recipe::new(model) })
}

/// A job with a branch for each rule, each with a tail of its own.
pub(crate) fn job(shared: &str, rules: Vec<Rules>) -> Job {
    let tail = |branch| format!("Write {branch}.");
    let branches =
        (1..).zip(rules).map(|(branch, rules)| Branch { tail: tail(branch), output: Output::Text(rules) }).collect();
    Job { system: "A test.".into(), shared: shared.into(), branches }
}

/// Rules that allow everything.
pub(crate) fn free(max_tokens: usize, sampling: Sampling) -> Rules {
    Rules { max_tokens, sampling, constraint: Box::new(Free) as Box<dyn Constraint> }
}

/// All events of a job to its end.
pub(crate) async fn events(mut receiver: UnboundedReceiver<Event>) -> Vec<Event> {
    let mut all = Vec::new();
    let collect = async {
        while let Some(event) = receiver.recv().await {
            all.push(event);
        }
    };
    tokio::time::timeout(STUCK, collect).await.expect("the job ends");
    all
}

/// The text of a branch.
pub(crate) fn written(events: &[Event], wanted: usize) -> String {
    let deltas = events.iter().filter_map(|event| match event {
        Event::Delta { branch, text } if *branch == wanted => Some(text.as_str()),
        _ => None,
    });
    deltas.collect()
}

/// A file of a fixture: `page`, `body` or `title`.
pub(crate) fn fixture(language: &str, file: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(language).join("harbour-bridge");
    std::fs::read_to_string(folder.join(format!("{file}.txt"))).expect("the fixture is there")
}

/// A text as a source.
pub(crate) fn source(text: &str) -> Source {
    Source { bytes: text.as_bytes().to_vec(), name: "text".into(), title: None, language: None }
}

/// A text to be summarised in these languages, greedily.
pub(crate) fn request(text: &str, languages: &[Language]) -> SummaryRequest {
    let options = SummaryOptions { languages: languages.to_vec(), ..SummaryOptions::default() };
    SummaryRequest { source: source(text), options }
}
