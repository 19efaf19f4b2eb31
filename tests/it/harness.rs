//! A scripted model, and engines and services on it.
//!
//! The model writes the answers that a test gives it, one a branch: each row of logits favours the next token of its
//! script. Where the engine takes another token, because a constraint refused that one, the script goes on behind it.
//! So queue, constraint, cancellation and every surface are driven with no weights and no luck. Its vocabulary is the
//! tiny model's. A [`Gate`] holds it inside a pass; nothing here waits for a clock but to fail a test that would hang.

use std::cell::RefCell;
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
use stislo::engine::{Branch, Card, Engine, EngineSettings, Event, Job, Rules};
use stislo::intake::{Language, Source};
use stislo::plan::{Length, Task};
use stislo::service::{Request, Service};
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
/// The length of a cache, in these, says which script its branch follows.
const BRANCH: usize = 1 << 20;

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

    /// Lets the model go on with the pass that it is in.
    pub(crate) fn release(&self) {
        self.release.send(()).expect("the model is there");
    }
}

/// What the scripted model does, and the limits of its engine.
pub(crate) struct Script {
    answers: Vec<String>,
    fault: Option<Fault>,
    context: usize,
    queue: usize,
}

impl Script {
    /// These answers, one a branch.
    pub(crate) fn new(answers: &[&str]) -> Self {
        Self { answers: answers.iter().map(|&text| text.to_owned()).collect(), fault: None, context: 1 << 15, queue: 8 }
    }

    pub(crate) fn fault(self, fault: Fault) -> Self {
        Self { fault: Some(fault), ..self }
    }

    pub(crate) fn context(self, context: usize) -> Self {
        Self { context, ..self }
    }

    pub(crate) fn queue(self, queue: usize) -> Self {
        Self { queue, ..self }
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
        let settings = EngineSettings { context: self.context, queue: self.queue };
        let (model, card, log) = self.build(gate);
        let engine = Engine::start(settings, move || Ok((model, card))).await;
        (engine.expect("a scripted model loads"), log)
    }

    fn build(self, gate: Option<(Sender<Pass>, Receiver<()>)>) -> (Box<dyn Model>, Card, Log) {
        let tokenizer = tokenizer();
        let log = Log::default();
        let model = ScriptedModel {
            scripts: self.answers.iter().map(|text| tokenizer.encode(text)).collect(),
            at: RefCell::default(),
            end: tokenizer.control("<|im_end|>").expect("the tiny vocabulary has it"),
            vocabulary: tokenizer.vocabulary(),
            fault: self.fault,
            gate,
            log: log.clone(),
        };
        (Box::new(model), Card { tokenizer, chat: Chat::ChatMl, context: self.context }, log)
    }
}

struct ScriptedModel {
    scripts: Vec<Vec<u32>>,
    /// How far each branch is in its script.
    at: RefCell<Vec<usize>>,
    end: u32,
    vocabulary: usize,
    fault: Option<Fault>,
    gate: Option<(Sender<Pass>, Receiver<()>)>,
    log: Log,
}

impl ScriptedModel {
    /// What the branch of this slot wants to write next.
    fn next(&self, index: usize, slot: &mut Slot<'_>) -> u32 {
        let mut at = self.at.borrow_mut();
        let branch = match (slot.cache.len() / BRANCH).checked_sub(1) {
            None => {
                slot.cache.advance((index + 1) * BRANCH);
                let branches = at.len().max(index + 1);
                at.resize(branches, 0);
                at[index] = 0;
                index
            }
            Some(branch) => {
                let written = slot.tokens.last();
                let skipped =
                    self.token(branch, at[branch]) != written && self.token(branch, at[branch] + 1) == written;
                at[branch] += if skipped { 2 } else { 1 };
                branch
            }
        };
        self.token(branch, at[branch]).copied().unwrap_or(self.end)
    }

    fn token(&self, branch: usize, at: usize) -> Option<&u32> {
        self.scripts.get(branch).and_then(|script| script.get(at))
    }
}

impl Model for ScriptedModel {
    fn forward(&self, slots: &mut [Slot<'_>]) -> Result<Tensor, ModelError> {
        let rows = slots.iter().map(|slot| slot.rows).sum();
        let pass = Pass { tokens: slots.iter().map(|slot| slot.tokens.to_vec()).collect(), rows };
        self.log.0.lock().unwrap().push(pass.clone());
        if let Some((entered, released)) = &self.gate {
            // A gate that is gone is open.
            let _ = entered.send(pass).map(|()| released.recv());
        }
        let fault = self.fault.filter(|_| rows > 0);
        assert!(fault != Some(Fault::Panic), "a fault that the test asked for");
        let mut logits = Vec::with_capacity(rows * self.vocabulary);
        for (index, slot) in slots.iter_mut().enumerate() {
            slot.cache.advance(slot.tokens.len());
            if slot.rows > 0 {
                let start = logits.len();
                logits.resize(start + self.vocabulary, if fault.is_some() { f32::NAN } else { 0.0 });
                if fault.is_none() {
                    logits[start + self.next(index, slot) as usize] = 100.0;
                }
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
    Service::new(engine, model).with_warning("a warning".to_owned())
}

/// A job with a branch for each rule.
pub(crate) fn job(shared: &str, rules: Vec<Rules>) -> Job {
    let branches = rules.into_iter().map(|rules| Branch { tail: "Write.".into(), rules }).collect();
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
pub(crate) fn request(text: &str, languages: &[Language]) -> Request {
    let task = Task { languages: languages.to_vec(), facts: 5, length: Length::Medium };
    Request { source: source(text), task, strategy: None, seed: None }
}
