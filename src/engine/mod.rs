//! The engine: prompts in, tokens out, on one thread that owns the weights.
//!
//! [`Engine`] is a handle that is cheap to clone: a sender and a few facts about the model. A [`Job`] has one shared part,
//! the article, and a branch for each answer that is wanted of it; the shared part is read once. Events come back on a
//! channel of the job's own; dropping its receiver cancels the job. The thread behind it: `worker` turns the wheel, `queue`
//! holds the jobs that wait, `prompt` is one of them in tokens, `reading` the one that is being read, `prefix` what was
//! read before, `sequence` an answer, `draft` its guesses, `ticket` the way back to the caller. Beside it, on threads of their
//! own: `marian` translates, `encoder` makes vectors of sentences. Not here: articles,
//! languages, HTTP.

pub mod chat;
pub mod constraint;
mod draft;
pub mod encoder;
mod likelihood;
pub mod marian;
pub mod model;
mod prefix;
mod prompt;
mod queue;
mod reading;
pub mod sampler;
pub mod sequence;
mod ticket;
pub mod tokenizer;
mod worker;

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use self::chat::Chat;
use self::constraint::Constraint;
pub use self::likelihood::Likelihood;
pub use self::model::KernelLevel;
use self::model::gguf::Gguf;
use self::model::{Model, ModelError, Slot};
use self::queue::{Flow, Lane, Message, Place, Places};
pub use self::reading::CHUNK;
use self::sampler::Sampling;
pub use self::sequence::Finish;
use self::ticket::Ticket;
use self::tokenizer::Tokenizer;

/// Bytes of the thread's stack: candle's calls are deep.
const STACK: usize = 8 << 20;

/// What goes wrong in the engine.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// The model could not be loaded or run.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The queue is full.
    #[error("the engine is busy: {waiting} jobs are waiting, which is the limit; try again later")]
    Busy {
        /// Jobs in the queue.
        waiting: usize,
    },
    /// The prompt and the room for its answer do not fit.
    #[error("the text needs {tokens} tokens with its answer, and {limit} fit")]
    TooLong {
        /// Tokens that are needed.
        tokens: usize,
        /// Tokens that fit.
        limit: usize,
    },
    /// Nobody waits for the answer any more.
    #[error("the job was cancelled")]
    Cancelled,
    /// The logits are not numbers.
    #[error("the model gives no usable next token; its file may be damaged: check it with `stislo models verify`")]
    NoChoice,
    /// The engine's thread has ended.
    #[error("the engine has stopped after an internal error; start stislo again")]
    Dead,
    /// The thread could not be started.
    #[error("cannot start the engine's thread: {0}")]
    Thread(#[from] std::io::Error),
}

/// What is asked of the engine.
pub struct Job {
    /// The system message.
    pub system: String,
    /// The part of the user's message that all branches share.
    pub shared: String,
    /// One answer each.
    pub branches: Vec<Branch>,
}

/// One answer that is wanted.
pub struct Branch {
    /// The rest of the user's message.
    pub tail: String,
    /// What is wanted of it.
    pub output: Output,
}

/// What is wanted of a branch.
pub enum Output {
    /// A text.
    Text(Rules),
    /// A preference between two answers. Nothing is written.
    Preference(Question),
}

/// What is asked about a text.
pub struct Question {
    /// How much more likely does the answer begin with the first of these than with the second?
    pub answers: [String; 2],
    /// The text, as it stands in the branch's tail: how likely is it there?
    pub text: String,
}

/// How an answer is written.
pub struct Rules {
    /// Most tokens of the answer.
    pub max_tokens: usize,
    /// How tokens are chosen.
    pub sampling: Sampling,
    /// What may be written.
    pub constraint: Box<dyn Constraint>,
}

/// What happens to a job, in order. `Done` or `Failed` is the last.
#[derive(Debug)]
pub enum Event {
    /// The prompt is being read.
    Prefill {
        /// Tokens read.
        done: usize,
        /// Tokens of the shared part.
        total: usize,
    },
    /// Text was added to a branch.
    Delta {
        /// The branch.
        branch: usize,
        /// Whole characters.
        text: String,
    },
    /// A branch that wants a preference has it; it is finished next.
    Preferred {
        /// The branch.
        branch: usize,
        /// The natural logarithm of how many times likelier the first answer is than the second.
        log_odds: f32,
        /// How likely the text is that was asked about.
        likelihood: Option<Likelihood>,
    },
    /// A branch is finished.
    Finished {
        /// The branch.
        branch: usize,
        /// Why it ended.
        finish: Finish,
    },
    /// All branches are finished.
    Done(Timings),
    /// The job failed.
    Failed(EngineError),
}

/// Where a job's time and tokens went.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Timings {
    /// From acceptance to the start of work.
    pub queue: Duration,
    /// From there until the last branch was read, steps for other jobs in between included.
    pub prefill: Duration,
    /// From there until the last branch was written.
    pub decode: Duration,
    /// What of `decode` and of the first tokens went into choosing them: the rules, the penalty and the sampler.
    pub choosing: Duration,
    /// Tokens of the prompt, the shared part counted once.
    pub prompt_tokens: usize,
    /// Tokens of the shared part.
    pub shared_tokens: usize,
    /// Those of them that had been read before and were not read again.
    pub cached_tokens: usize,
    /// Tokens of all answers.
    pub completion_tokens: usize,
}

impl Timings {
    /// Adds those of another job for the same answer.
    pub fn add(&mut self, other: Self) {
        self.queue += other.queue;
        self.prefill += other.prefill;
        self.decode += other.decode;
        self.choosing += other.choosing;
        self.prompt_tokens += other.prompt_tokens;
        self.shared_tokens += other.shared_tokens;
        self.cached_tokens += other.cached_tokens;
        self.completion_tokens += other.completion_tokens;
    }
}

/// What is fixed about a loaded model.
#[derive(Debug)]
pub struct Card {
    /// Both directions between text and tokens.
    pub tokenizer: Tokenizer,
    /// How it is spoken to.
    pub chat: Chat,
    /// Most tokens of prompt and answer together.
    pub context: usize,
}

impl Card {
    /// How many tokens a prompt takes.
    pub fn count(&self, system: &str, shared: &str, tail: &str) -> usize {
        self.chat.shared(&self.tokenizer, system, shared).len() + self.chat.tail(&self.tokenizer, tail).len()
    }
}

/// Limits of an engine.
#[derive(Debug, Clone, Copy)]
pub struct EngineSettings {
    /// Most tokens of prompt and answer together; the model's own limit holds too.
    pub context: usize,
    /// Jobs that may wait.
    pub queue: usize,
    /// Answers that are written side by side; half as many short ones beside them.
    pub sequences: usize,
    /// Tokens that all caches may hold together, the room of unfinished answers included. What is kept of earlier prompts
    /// makes way first; an answer that runs alone may pass the limit, because its context is bounded already.
    pub tokens: usize,
    /// Bytes of read prompts that are kept for the next job with the same article; 0 keeps none.
    pub prefix_bytes: usize,
    /// Rows of logits that a step should take over all answers together. What the answers leave of it goes to drafts, so
    /// 1 turns drafts off.
    pub step_rows: usize,
    /// The kernels to compute with on a processor; the fastest that it has when none are named.
    pub kernels: Option<KernelLevel>,
}

impl Default for EngineSettings {
    fn default() -> Self {
        Self {
            context: 8192,
            queue: 32,
            sequences: 8,
            tokens: 32_768,
            prefix_bytes: 1 << 30,
            step_rows: 8,
            kernels: None,
        }
    }
}

/// What an engine holds, for whoever watches it: metrics, and tests that look for leaks. The worker counts anew after each
/// step and before it says that a job is done, so nothing is added up and nothing can drift.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// Jobs that wait.
    pub waiting: usize,
    /// Answers that are being written.
    pub running: usize,
    /// Bytes of the caches of prompts and answers under way.
    pub cache_bytes: usize,
    /// Bytes of prompts that are kept for later.
    pub prefix_bytes: usize,
}

/// A handle on the engine's thread. The thread ends when the last handle is gone.
#[derive(Clone)]
pub struct Engine {
    /// Unbounded, because every message holds one of the queue's places, and those are bounded.
    jobs: Sender<Message>,
    card: Arc<Card>,
    shared: Arc<Shared>,
    /// What the jobs of this handle belong to.
    flow: Flow,
    lane: Lane,
}

/// What the handles and the thread both look at.
#[derive(Debug)]
struct Shared {
    healthy: AtomicBool,
    places: Places,
    /// Locked to be copied or set, so what is read is of one moment.
    usage: Mutex<Usage>,
}

impl Engine {
    /// Loads the GGUF file at `path` on a thread of its own, and warms it up.
    pub async fn load(path: &Path, chat: Option<Chat>, settings: EngineSettings) -> Result<Self, EngineError> {
        let path = path.to_owned();
        let loader = move || {
            let (model, card) = load(&path, chat, settings)?;
            warm_up(model.as_ref())?;
            Ok((model, card))
        };
        Self::start(settings, loader).await
    }

    /// Starts an engine on whatever `loader` returns; it runs on the engine's thread.
    pub async fn start<F>(settings: EngineSettings, loader: F) -> Result<Self, EngineError>
    where
        F: FnOnce() -> Result<(Box<dyn Model>, Card), EngineError> + Send + 'static,
    {
        let (jobs, inbox) = std::sync::mpsc::channel();
        let (ready, loaded) = oneshot::channel();
        let places = Places::new(settings.queue.max(1));
        let shared = Arc::new(Shared { healthy: AtomicBool::new(true), places, usage: Mutex::default() });
        let theirs = shared.clone();
        std::thread::Builder::new().name("stislo-engine".into()).stack_size(STACK).spawn(move || match loader() {
            Err(error) => drop(ready.send(Err(error))),
            Ok((model, card)) => {
                let card = Arc::new(card);
                if ready.send(Ok(card.clone())).is_ok() {
                    worker::run(worker::Parts { model, card: &card, shared: &theirs, settings }, inbox);
                }
            }
        })?;
        // The sender is dropped without a word only when the loader panicked.
        let card = loaded.await.unwrap_or(Err(EngineError::Dead))?;
        Ok(Self { jobs, card, shared, flow: 0, lane: Lane::Long })
    }

    /// The loaded model's facts.
    pub fn card(&self) -> &Card {
        &self.card
    }

    /// False after an internal error: nothing will be answered any more.
    pub fn is_healthy(&self) -> bool {
        self.shared.healthy.load(Ordering::Acquire)
    }

    /// What the engine holds, as of its last step.
    pub fn usage(&self) -> Usage {
        *self.shared.usage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A handle whose jobs belong to this flow. Flows take turns at the engine, so none holds up another by more than a job.
    pub fn of_flow(&self, flow: u64) -> Self {
        Self { flow, ..self.clone() }
    }

    /// A handle whose jobs are short: they wait and are written apart from whole answers, half as many at a time.
    pub fn brief(&self) -> Self {
        Self { lane: Lane::Brief, ..self.clone() }
    }

    /// Queues a job, or refuses it when the queue is full. Its events come on the receiver; dropping that cancels the job
    /// within a step or a chunk.
    pub fn generate(&self, job: Job) -> Result<mpsc::UnboundedReceiver<Event>, EngineError> {
        let place = self.shared.places.take().map_err(|waiting| EngineError::Busy { waiting })?;
        self.queue(job, place)
    }

    /// The same for a job of a request that was admitted before: it waits for a place and is never refused for want of one.
    /// Who admits requests bounds how many wait here.
    pub async fn submit(&self, job: Job) -> Result<mpsc::UnboundedReceiver<Event>, EngineError> {
        let place = self.shared.places.wait().await;
        self.queue(job, place)
    }

    fn queue(&self, job: Job, place: Place) -> Result<mpsc::UnboundedReceiver<Event>, EngineError> {
        let (events, receiver) = mpsc::unbounded_channel();
        let message = Message { job, flow: self.flow, ticket: Ticket::new(events, self.lane), place };
        self.jobs.send(message).map_err(|_| EngineError::Dead)?;
        Ok(receiver)
    }
}

/// Reads the GGUF file at `path`, on this thread: the model, and what is fixed about it.
pub fn load(path: &Path, chat: Option<Chat>, settings: EngineSettings) -> Result<(Box<dyn Model>, Card), EngineError> {
    let header = Gguf::open(path).map_err(ModelError::from)?;
    // The vocabulary takes about as long as the weights do from a warm disk, so they are read side by side.
    let (tokenizer, model) = std::thread::scope(|scope| {
        let tokenizer = scope.spawn(|| Tokenizer::from_gguf(&header));
        let model = model::load(&header, settings.context, settings.kernels);
        (tokenizer.join(), model)
    });
    let model = model?;
    let tokenizer = tokenizer.map_err(|_| EngineError::Dead)?.map_err(ModelError::from)?;
    let architecture = header.text("general.architecture").map_err(ModelError::from)?;
    let chat = chat.unwrap_or_else(|| Chat::of_architecture(architecture, &tokenizer));
    let context = settings.context.min(model.context());
    Ok((model, Card { tokenizer, chat, context }))
}

/// One pass of one token, so that whatever sleeps until it is used is awake before anybody waits for an answer.
fn warm_up(model: &dyn Model) -> Result<(), ModelError> {
    let mut cache = model.new_cache()?;
    model.forward(&mut [Slot { tokens: &[0], cache: &mut cache, rows: 1 }]).map(drop)
}
