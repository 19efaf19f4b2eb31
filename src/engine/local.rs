//! The engine on this machine, as its handles see it: a sender to the thread, and what both look at.
//!
//! Not here: what the thread does (`worker`).

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex};

use tokio::sync::oneshot;

use super::chat::Chat;
use super::model::gguf::Gguf;
use super::model::{self, Model, ModelError, Slot};
use super::queue::Message;
use super::tokenizer::Tokenizer;
use super::{Card, EngineError, EngineSettings, Usage, worker};

/// Bytes of the thread's stack: candle's calls are deep.
const STACK: usize = 8 << 20;

/// A handle on the engine's thread, which ends when the last one is gone.
#[derive(Clone)]
pub(super) struct Local {
    /// Unbounded, because every message holds one of the queue's places, and those are bounded.
    pub(super) jobs: Sender<Message>,
    pub(super) card: Arc<Card>,
    pub(super) shared: Arc<Shared>,
}

/// What the handles and the thread both look at.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) healthy: AtomicBool,
    /// Locked to be copied or set, so what is read is of one moment.
    pub(super) usage: Mutex<Usage>,
}

impl Local {
    /// Starts the thread; `loader` runs on it.
    pub(super) async fn start<F>(settings: EngineSettings, loader: F) -> Result<Self, EngineError>
    where
        F: FnOnce() -> Result<(Box<dyn Model>, Card), EngineError> + Send + 'static,
    {
        let (jobs, inbox) = std::sync::mpsc::channel();
        let (ready, loaded) = oneshot::channel();
        let shared = Arc::new(Shared { healthy: AtomicBool::new(true), usage: Mutex::default() });
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
        Ok(Self { jobs, card, shared })
    }

    pub(super) fn is_healthy(&self) -> bool {
        self.shared.healthy.load(Ordering::Acquire)
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
pub(super) fn warm_up(model: &dyn Model) -> Result<(), ModelError> {
    let mut cache = model.new_cache()?;
    model.forward(&mut [Slot { tokens: &[0], cache: &mut cache, rows: 1 }]).map(drop)
}
