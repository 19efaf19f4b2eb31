//! The engine: prompts in, tokens out, on one thread that owns the weights or at an inference server that the user runs.
//!
//! [`Engine`] is a handle that is cheap to clone. A [`Job`] has one shared part, the article, and a branch for each answer that
//! is wanted of it; the shared part is read once. Events come back on a channel of the job's own; dropping its receiver
//! cancels the job. The thread (`local`): `worker` turns the wheel, `queue` holds the jobs that wait, `prompt` is one of them in
//! tokens, `reading` the one that is being read, `prefix` what was read before, `sequence` an answer, `draft` its guesses,
//! `ticket` the way back to the caller. Servers: `remote`. Beside it, on threads of their own: `marian` translates, `encoder`
//! makes vectors of sentences. Not here: articles, languages, the gateway.

pub mod chat;
pub mod constraint;
mod draft;
pub mod encoder;
mod job;
mod likelihood;
mod local;
pub mod marian;
mod measure;
pub mod model;
mod prefix;
mod prompt;
mod queue;
mod reading;
pub mod remote;
pub mod sampler;
pub mod sequence;
mod ticket;
pub mod tokenizer;
mod worker;

use std::path::Path;
use std::sync::{Arc, PoisonError};

use tokio::sync::mpsc;

use self::chat::Chat;
pub use self::job::{Branch, Event, Job, Output, Question, Rules, Timings};
pub use self::likelihood::Likelihood;
use self::local::Local;
pub use self::local::load;
pub use self::measure::{Card, Measure};
pub use self::model::KernelLevel;
use self::model::{Model, ModelError};
use self::queue::{Flow, Lane, Message, Place, Places};
pub use self::reading::CHUNK;
use self::remote::{Remote, RemoteError};
pub use self::sequence::Finish;
use self::ticket::Ticket;

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
    /// An inference server did not answer, or not as it should.
    #[error(transparent)]
    Remote(#[from] RemoteError),
    /// The thread could not be started.
    #[error("cannot start the engine's thread: {0}")]
    Thread(#[from] std::io::Error),
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

/// A handle on an engine. The thread of one on this machine ends when the last handle is gone.
#[derive(Clone)]
pub struct Engine {
    backend: Backend,
    /// Those that wait, wherever they are written.
    places: Arc<Places>,
    measure: Measure,
    /// What the jobs of this handle belong to.
    flow: Flow,
    lane: Lane,
    /// The trace that they are a part of, as its header says (W3C Trace Context).
    trace: Option<Arc<str>>,
}

/// Who writes.
#[derive(Clone)]
enum Backend {
    Local(Local),
    Remote(Remote),
}

impl Engine {
    /// Loads the GGUF file at `path` on a thread of its own, and warms it up.
    pub async fn load(path: &Path, chat: Option<Chat>, settings: EngineSettings) -> Result<Self, EngineError> {
        let path = path.to_owned();
        let loader = move || {
            let (model, card) = load(&path, chat, settings)?;
            local::warm_up(model.as_ref())?;
            Ok((model, card))
        };
        Self::start(settings, loader).await
    }

    /// Starts an engine on whatever `loader` returns; it runs on the engine's thread.
    pub async fn start<F>(settings: EngineSettings, loader: F) -> Result<Self, EngineError>
    where
        F: FnOnce() -> Result<(Box<dyn Model>, Card), EngineError> + Send + 'static,
    {
        let local = Local::start(settings, loader).await?;
        Ok(Self::new(Measure::Exact(local.card.clone()), Backend::Local(local), settings))
    }

    /// An engine whose jobs inference servers do; of the settings, the length of its queue counts.
    pub fn remote(remote: Remote, settings: EngineSettings) -> Self {
        Self::new(Measure::Estimated(remote.estimate()), Backend::Remote(remote), settings)
    }

    fn new(measure: Measure, backend: Backend, settings: EngineSettings) -> Self {
        let places = Arc::new(Places::new(settings.queue.max(1)));
        Self { backend, places, measure, flow: 0, lane: Lane::Long, trace: None }
    }

    /// How many tokens texts take.
    pub fn measure(&self) -> &Measure {
        &self.measure
    }

    /// The servers, where it is them who write.
    pub fn servers(&self) -> Option<&Remote> {
        match &self.backend {
            Backend::Local(_) => None,
            Backend::Remote(remote) => Some(remote),
        }
    }

    /// False after an internal error, when nothing will be answered any more, and while no server answers.
    pub fn is_healthy(&self) -> bool {
        match &self.backend {
            Backend::Local(local) => local.is_healthy(),
            Backend::Remote(remote) => remote.is_up(),
        }
    }

    /// What the engine holds, as of its last step.
    pub fn usage(&self) -> Usage {
        match &self.backend {
            Backend::Local(local) => *local.shared.usage.lock().unwrap_or_else(PoisonError::into_inner),
            Backend::Remote(remote) => {
                Usage { waiting: self.places.waiting(), running: remote.running(), ..Usage::default() }
            }
        }
    }

    /// A handle whose jobs belong to this flow. Flows take turns at the engine, so none holds up another by more than a job.
    pub fn of_flow(&self, flow: u64) -> Self {
        Self { flow, ..self.clone() }
    }

    /// A handle whose jobs are a part of this trace; servers are told.
    pub fn traced(&self, trace: Option<Arc<str>>) -> Self {
        Self { trace, ..self.clone() }
    }

    /// A handle whose jobs are short: they wait and are written apart from whole answers, half as many at a time.
    pub fn brief(&self) -> Self {
        Self { lane: Lane::Brief, ..self.clone() }
    }

    /// Queues a job, or refuses it when the queue is full. Its events come on the receiver; dropping that cancels the job
    /// within a step or a chunk.
    pub fn generate(&self, job: Job) -> Result<mpsc::UnboundedReceiver<Event>, EngineError> {
        let place = self.places.take().map_err(|waiting| EngineError::Busy { waiting })?;
        self.queue(job, place)
    }

    /// The same for a job of a request that was admitted before: it waits for a place and is never refused for want of one.
    /// Who admits requests bounds how many wait here.
    pub async fn submit(&self, job: Job) -> Result<mpsc::UnboundedReceiver<Event>, EngineError> {
        let place = self.places.wait().await;
        self.queue(job, place)
    }

    fn queue(&self, job: Job, place: Place) -> Result<mpsc::UnboundedReceiver<Event>, EngineError> {
        let (events, receiver) = mpsc::unbounded_channel();
        match &self.backend {
            Backend::Local(local) => {
                let message = Message { job, flow: self.flow, ticket: Ticket::new(events, self.lane), place };
                local.jobs.send(message).map_err(|_| EngineError::Dead)?;
            }
            Backend::Remote(remote) => remote.begin(job, remote::Caller { events, place, trace: self.trace.clone() }),
        }
        Ok(receiver)
    }
}
