//! How fast a model is on this machine: whole runs, each from loading the file on, and the median of them.
//!
//! [`run`] loads the model on the engine's own thread and measures there (`measure`), so the arithmetic has the stack and
//! the thread pool that it has in daily work. Whole runs follow each other, rather than each measurement being repeated,
//! so that a machine that slows down shows in every figure alike. Not here: how a report is printed.

mod figure;
mod machine;
mod measure;
mod page;
mod workload;

use std::path::PathBuf;
use std::time::Instant;

use serde::Serialize;
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};

pub use self::figure::{Figure, Name, gather};
pub use self::machine::Machine;
pub use self::measure::Meter;
pub use self::page::{Earlier, page};
pub use self::workload::{ANSWER_TOKENS, ARTICLE, Prompt, SEQUENCES, articles};
use self::workload::{Words, source};
use crate::answer::{ModelInfo, Resources, Strategy};
use crate::engine::chat::Chat;
use crate::engine::model::{self, Model, memory};
use crate::engine::{self, Card, Engine, EngineError, EngineSettings};
use crate::error::Error;
use crate::intake::AnnotatedArticle;
use crate::plan::SummaryOptions;
use crate::service::{Recipe, Service, SummaryRequest};

/// The model to measure.
#[derive(Debug, Clone)]
pub struct Subject {
    /// Its GGUF file.
    pub path: PathBuf,
    /// How it is spoken to; by its architecture when not given.
    pub chat: Option<Chat>,
    /// What is known about it.
    pub info: ModelInfo,
    /// What real summaries are held against besides their article.
    pub resources: Resources,
    /// Limits of its engine.
    pub engine: EngineSettings,
    /// Threads that the arithmetic was given when the process started.
    pub threads: usize,
}

/// What to measure with it.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// One of [`articles`].
    pub article: String,
    /// How many runs, at least one.
    pub runs: usize,
    /// Tokens that each sequence writes where decoding alone is measured, at least one.
    pub tokens: usize,
    /// Whether real summaries are written as well.
    pub summaries: bool,
}

/// What the measuring thread says while it works.
#[derive(Debug, Clone, PartialEq)]
pub enum Note {
    /// This is measured next.
    Step(String),
    /// This was measured.
    Sample(Name, f64),
    /// After the first run: the prompts, and the most memory held until then.
    Reached {
        /// A question of one line, and the article with its three instructions.
        prompts: Prompts,
        /// In bytes.
        peak: Option<u64>,
    },
}

/// The prompts in tokens, for another engine to read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Prompts {
    /// A question of one line.
    pub short: Prompt,
    /// The article, with the instructions for each language.
    pub article: Prompt,
}

/// Everything that was measured, and on what.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// The model.
    pub model: ModelInfo,
    /// Its file.
    pub file: PathBuf,
    /// Bytes of the file.
    pub file_bytes: u64,
    /// The machine.
    pub machine: Machine,
    /// What was read and written.
    pub workload: Workload,
    /// The figures.
    pub figures: Vec<Figure>,
    /// The most memory that the process held during the first run, the model included, where the system tells it.
    pub peak_resident_bytes: Option<u64>,
    /// The prompts; taken out where nobody asks for them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompts: Option<Prompts>,
}

/// How much was read and written in each run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Workload {
    /// The article's name.
    pub article: String,
    /// Tokens of the short prompt.
    pub short_prompt_tokens: usize,
    /// Tokens of the article's prompt for one answer.
    pub prompt_tokens: usize,
    /// Those of them that the three answers share.
    pub shared_tokens: usize,
    /// Tokens that each sequence wrote where decoding alone is measured.
    pub decode_tokens: usize,
    /// Tokens of each of the three answers.
    pub answer_tokens: usize,
    /// Runs.
    pub runs: usize,
}

/// Measures. `watch` hears what is measured next. Dropping the future ends the work between two passes.
pub async fn run(subject: Subject, wanted: Wanted, mut watch: impl FnMut(&str)) -> Result<Report, Error> {
    let article = workload::article(&wanted.article)?;
    let (notes, heard) = mpsc::unbounded_channel();
    let (theirs, plan) = (subject.clone(), wanted.clone());
    let measuring = Engine::start(subject.engine, move || runs(&theirs, &plan, &article, &notes));
    let (engine, mut heard) = tokio::join!(measuring, listen(heard, &mut watch));
    let engine = engine?;
    if wanted.summaries {
        let service = Service::new(engine, Recipe::new(subject.info.clone())).with_resources(subject.resources.clone());
        for number in 1..=wanted.runs {
            watch(&format!("summaries, run {number} of {}", wanted.runs));
            let (seconds, rules) = summarize(&service, &wanted.article).await?;
            heard.samples.extend([(Name::Summaries, seconds), (Name::Rules, rules)]);
        }
    }
    let file_bytes = std::fs::metadata(&subject.path).map_err(Error::io("read", &subject.path))?.len();
    let (prompts, peak) = heard.reached.ok_or(EngineError::Dead)?;
    Ok(Report {
        model: subject.info,
        file: subject.path,
        file_bytes,
        machine: Machine::here(subject.threads, model::arithmetic(subject.engine.kernels).map_err(EngineError::from)?),
        workload: Workload {
            article: wanted.article,
            short_prompt_tokens: prompts.short.first().len(),
            prompt_tokens: prompts.article.first().len(),
            shared_tokens: prompts.article.shared.len(),
            decode_tokens: wanted.tokens,
            answer_tokens: ANSWER_TOKENS,
            runs: wanted.runs,
        },
        figures: gather(&heard.samples),
        peak_resident_bytes: peak,
        prompts: Some(prompts),
    })
}

/// All runs, on the engine's thread; leaves it the model of the last.
fn runs(
    subject: &Subject,
    wanted: &Wanted,
    article: &AnnotatedArticle,
    notes: &UnboundedSender<Note>,
) -> Result<(Box<dyn Model>, Card), EngineError> {
    let mut last = None;
    for number in 1..=wanted.runs {
        // Before the next is loaded: two models at once may be more than the machine holds.
        drop(last.take());
        // A listener that is gone is noticed in the first pass.
        drop(notes.send(Note::Step(format!("run {number} of {}: loading the model", wanted.runs))));
        let started = Instant::now();
        let (model, card) = engine::load(&subject.path, subject.chat, subject.engine)?;
        drop(notes.send(Note::Sample(Name::Load, started.elapsed().as_secs_f64())));
        Meter { model: model.as_ref(), card: &card, notes }.run(article, wanted.tokens)?;
        if number == 1 {
            let article = Words::of(article).tokens(&card);
            let prompts = Prompts { short: Words::short().tokens(&card), article };
            drop(notes.send(Note::Reached { prompts, peak: memory::peak_resident_bytes() }));
        }
        last = Some((model, card));
    }
    last.ok_or(EngineError::Dead)
}

/// What was heard of the measuring thread.
#[derive(Default)]
struct Heard {
    samples: Vec<(Name, f64)>,
    reached: Option<(Prompts, Option<u64>)>,
}

/// Listens until the thread has no more to say.
async fn listen(mut notes: UnboundedReceiver<Note>, watch: &mut impl FnMut(&str)) -> Heard {
    let mut heard = Heard::default();
    while let Some(note) = notes.recv().await {
        match note {
            Note::Step(step) => {
                tracing::info!("{step}");
                watch(&step);
            }
            Note::Sample(name, value) => heard.samples.push((name, value)),
            Note::Reached { prompts, peak } => heard.reached = Some((prompts, peak)),
        }
    }
    heard
}

/// Seconds from the article to three checked summaries, and the part of their writing that the rules took, in percent.
async fn summarize(service: &Service, article: &str) -> Result<(f64, f64), Error> {
    let source = source(article).expect("the article was read before");
    let options = SummaryOptions { strategy: Some(Strategy::Direct), ..SummaryOptions::default() };
    let request = SummaryRequest { source, options };
    let started = Instant::now();
    let timings = service.summarize(request, |_| ()).await?.timings;
    let rules = 100.0 * timings.choose_ms as f64 / timings.decode_ms.max(1) as f64;
    Ok((started.elapsed().as_secs_f64(), rules))
}
