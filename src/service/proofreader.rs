//! Holds what is written against the article, on a thread where that holds up nobody.
//!
//! To prepare a long article takes longer than the threads that serve everybody may stand still. So the article is prepared
//! once, on a thread of its own, and stays there: drafts are sent to it, and what was found comes back. The thread ends with
//! its handle, or a while after it when it is at work then; what bounds the request is held until it has.

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};

use super::Permit;
use crate::answer::{self, Draft, Made, Reference, Rewritten, Summary};
use crate::engine::EngineError;
use crate::error::Error;
use crate::intake::Article;
use crate::plan::Strictness;

/// Something to be done with the article.
type Work = Box<dyn FnOnce(&Reference<'_>) + Send>;

/// A handle on the thread.
pub(super) struct Proofreader {
    /// Unbounded, because whoever sends waits for the answer.
    work: mpsc::UnboundedSender<Work>,
    /// Closed when the thread has ended and holds nothing any more.
    ended: oneshot::Receiver<()>,
}

impl Proofreader {
    /// Has the article prepared.
    pub(super) fn start(article: Arc<Article>, permit: Option<Permit>) -> Self {
        let (work, mut inbox) = mpsc::unbounded_channel::<Work>();
        let (ending, ended) = oneshot::channel();
        let serve = move || {
            // Dropped in the opposite order, in a panic too.
            let _ending: oneshot::Sender<()> = ending;
            let _permit = permit;
            let reference = Reference::new(&article);
            while let Some(work) = inbox.blocking_recv() {
                work(&reference);
            }
        };
        // A thread of its own, because it lives as long as the request and mostly waits, which a pool's threads should not.
        // There are no more of them than turns. Where there is none, whoever asks is told.
        if let Err(error) = std::thread::Builder::new().name("stislo-proofreader".into()).spawn(serve) {
            tracing::error!("no thread for checking: {error}");
        }
        Self { work, ended }
    }

    /// Waits until the thread has ended, so that what bounds the request is free when it is answered.
    pub(super) async fn end(self) {
        drop(self.work);
        // It closes without a word.
        let _ = self.ended.await;
    }

    /// A draft, checked.
    pub(super) async fn check(&self, draft: Draft, made: Made) -> Result<Summary, Error> {
        self.ask(move |reference| answer::run(draft, reference, made)).await
    }

    /// A summary after what was written again has found its place.
    pub(super) async fn settle(
        &self,
        summary: Summary,
        rewritten: Vec<Rewritten>,
        strictness: Strictness,
    ) -> Result<Summary, Error> {
        self.ask(move |reference| answer::settle(summary, &rewritten, reference, strictness)).await
    }

    async fn ask<T: Send + 'static>(&self, ask: impl FnOnce(&Reference<'_>) -> T + Send + 'static) -> Result<T, Error> {
        let (answer, answered) = oneshot::channel();
        // Nobody may wait any more for what was found.
        let work: Work = Box::new(move |reference| drop(answer.send(ask(reference))));
        // The thread is gone only after a panic, and then both fail.
        let _ = self.work.send(work);
        answered.await.map_err(|_| Error::Engine(EngineError::Dead))
    }
}
