//! An encoder of sentences: texts in, vectors of length one out, on a thread of its own.
//!
//! [`Encoder`] is a handle that is cheap to clone; the thread ends with the last one. Two texts that say the same have
//! vectors with a large product, in whatever languages they are. Requests wait in a bounded queue, texts go through the
//! network in passes, and before each pass the thread looks whether anybody still waits: who drops a [`Pending`] cancels
//! it. Not here: articles, and what the numbers mean.

mod vocabulary;
mod worker;

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};

use self::vocabulary::Vocabulary;
use self::worker::{Request, Worker};
use super::model::ModelError;
use super::model::bert::BertNetwork;

/// Requests that may wait. Who finds the queue full waits for a place in it.
const WAITING: usize = 16;
/// Bytes of the thread's stack: candle's calls are deep.
const STACK: usize = 4 << 20;

/// What a text is for. The model was trained with a word before each that says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// What is looked for, and texts that are compared with their like.
    Query,
    /// What it is looked for in.
    Passage,
}

impl Kind {
    /// What stands before a text.
    fn prefix(self) -> &'static str {
        match self {
            Self::Query => "query: ",
            Self::Passage => "passage: ",
        }
    }
}

/// What goes wrong with an encoder.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EncoderError {
    /// Its file could not be loaded, or the arithmetic failed.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// Its thread has ended.
    #[error("the encoder has stopped")]
    Stopped,
    /// No thread could be started.
    #[error("no thread can be started for the encoder: {0}")]
    Thread(std::io::Error),
}

/// A handle on an encoder's thread.
#[derive(Debug, Clone)]
pub struct Encoder {
    requests: SyncSender<Request>,
}

/// Vectors on their way. Dropping it cancels what is not computed yet.
#[derive(Debug)]
pub struct Pending {
    answer: Receiver<Result<Vec<Vec<f32>>, EncoderError>>,
    /// The thread has the other end, and sees when this one is gone.
    _caller: Arc<()>,
}

impl Pending {
    /// Waits for the vectors, one for each text, in order.
    ///
    /// # Errors
    /// When the arithmetic failed or the thread has ended.
    pub fn wait(self) -> Result<Vec<Vec<f32>>, EncoderError> {
        self.answer.recv().map_err(|_| EncoderError::Stopped)?
    }
}

impl Encoder {
    /// Loads a file and starts the thread.
    ///
    /// # Errors
    /// When the file cannot be read or is broken, or no thread can be started.
    pub fn load(path: &Path) -> Result<Self, EncoderError> {
        let (network, text) = BertNetwork::load(path)?;
        let vocabulary =
            Vocabulary::new(text).map_err(|problem| ModelError::Unusable { path: path.to_owned(), problem })?;
        let (requests, inbox) = sync_channel(WAITING);
        let worker = Worker { network, vocabulary };
        let thread = std::thread::Builder::new().name("stislo-encoder".to_owned()).stack_size(STACK);
        thread.spawn(move || worker.serve(&inbox)).map_err(EncoderError::Thread)?;
        Ok(Self { requests })
    }

    /// The vectors of texts, in order; waits for them. Of a text that is longer than the network reads, the beginning counts.
    ///
    /// # Errors
    /// When the arithmetic failed or the thread has ended.
    pub fn embed(&self, texts: Vec<String>, kind: Kind) -> Result<Vec<Vec<f32>>, EncoderError> {
        let (request, pending) = Request::new(texts, kind);
        self.requests.send(request).map_err(|_| EncoderError::Stopped)?;
        pending.wait()
    }

    /// Has vectors computed that are asked for later; `None` where too many wait already.
    pub fn begin(&self, texts: Vec<String>, kind: Kind) -> Option<Pending> {
        let (request, pending) = Request::new(texts, kind);
        match self.requests.try_send(request) {
            Ok(()) => Some(pending),
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => None,
        }
    }
}

/// The product of two vectors of length one: their cosine.
pub fn cosine(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
