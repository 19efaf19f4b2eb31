//! How often a source is asked again, and how long to wait in between.
//!
//! Attempts are counted from the last new byte: a bad line that still brings something is used until the file is
//! there, a dead one is given up soon. A hub that says when to come back is believed.
//!
//! Not here: what counts as a fault (`remote`).

use super::error::HubError;
use super::progress::{Progress, ProgressEvent, Source};
use super::remote::Fault;
use super::settings::Limits;

/// The count of failed attempts at one source.
pub(crate) struct Patience<'a> {
    pub(crate) limits: &'a Limits,
    pub(crate) progress: &'a dyn Progress,
    pub(crate) source: &'a Source,
    failed: u32,
}

impl<'a> Patience<'a> {
    pub(crate) fn new(limits: &'a Limits, progress: &'a dyn Progress, source: &'a Source) -> Self {
        Self { limits, progress, source, failed: 0 }
    }

    /// New bytes have come.
    pub(crate) fn renew(&mut self) {
        self.failed = 0;
    }

    /// Waits before the next attempt, or says that there is none.
    pub(crate) async fn bear(&mut self, fault: Fault) -> Result<(), HubError> {
        let (reason, asked) = match fault {
            Fault::Answer(error) => return Err(error),
            Fault::Connect(reason) => (reason, None),
            Fault::Again { reason, wait } => (reason, wait),
        };
        self.failed += 1;
        let too_long = asked.is_some_and(|wait| wait > self.limits.longest_wait);
        if self.failed > self.limits.retries || too_long {
            let reason = if too_long { format!("{reason}, and asks to wait {asked:?}") } else { reason };
            return Err(HubError::GaveUp { source_name: self.source.clone(), attempts: self.failed, reason });
        }
        let doubled = self.limits.backoff.saturating_mul(1 << (self.failed - 1).min(16));
        let wait = asked.unwrap_or(doubled.min(self.limits.longest_wait));
        self.progress.stage(ProgressEvent::Retrying { attempt: self.failed, wait, reason: &reason });
        tokio::time::sleep(wait).await;
        Ok(())
    }
}
