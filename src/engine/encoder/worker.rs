//! The encoder's thread: requests until the last handle is gone.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Weak};

use super::vocabulary::Vocabulary;
use super::{EncoderError, Kind, Pending};
use crate::engine::model::bert::BertNetwork;

/// Most bytes of a text that are cut into tokens; more than a network with 512 positions can read.
const MOST_BYTES: usize = 1 << 14;

/// What the thread is asked.
#[derive(Debug)]
pub(super) struct Request {
    texts: Vec<String>,
    kind: Kind,
    answer: SyncSender<Result<Vec<Vec<f32>>, EncoderError>>,
    /// Whether anybody still waits.
    caller: Weak<()>,
}

impl Request {
    pub(super) fn new(texts: Vec<String>, kind: Kind) -> (Self, Pending) {
        let (answer, pending) = sync_channel(1);
        let caller = Arc::new(());
        let request = Self { texts, kind, answer, caller: Arc::downgrade(&caller) };
        (request, Pending { answer: pending, _caller: caller })
    }

    fn is_wanted(&self) -> bool {
        self.caller.strong_count() > 0
    }
}

/// What the thread owns.
pub(super) struct Worker {
    pub(super) network: BertNetwork,
    pub(super) vocabulary: Vocabulary,
}

impl Worker {
    /// The life of the thread.
    pub(super) fn serve(&self, inbox: &Receiver<Request>) {
        while let Ok(request) = inbox.recv() {
            // Nothing is left half made by a panic: the network does not change.
            let outcome = catch_unwind(AssertUnwindSafe(|| self.answer(&request)));
            match outcome.unwrap_or(Err(EncoderError::Stopped)) {
                Ok(None) => tracing::debug!("nobody waits for these vectors any more"),
                Ok(Some(vectors)) => drop(request.answer.send(Ok(vectors))),
                Err(error) => drop(request.answer.send(Err(error))),
            }
        }
    }

    /// The vectors of a request; `None` when nobody waits for them any more.
    fn answer(&self, request: &Request) -> Result<Option<Vec<Vec<f32>>>, EncoderError> {
        if !request.is_wanted() {
            return Ok(None);
        }
        let tokens = request.texts.iter().map(|text| {
            let text = format!("{}{}", request.kind.prefix(), &text[..text.floor_char_boundary(MOST_BYTES)]);
            self.vocabulary.encode(&text, self.network.positions())
        });
        let tokens: Vec<Vec<u32>> = tokens.collect();
        Ok(self.network.encode(&tokens, &|| request.is_wanted())?)
    }
}
