//! A flag that stops work which nobody waits for any more.
//!
//! Work on a thread of its own cannot be dropped as a future can, so it looks at the flag between its steps and in its long
//! loops. Not here: who sets it, and what becomes of the thread.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::IntakeError;

/// Whether work is still wanted. Clones are one flag.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<AtomicBool>);

/// Sets a flag when it is dropped: with the future that waits for the work, say.
#[derive(Debug)]
pub struct CancelOnDrop(Cancel);

impl Cancel {
    /// Says that the work is not wanted any more.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Release);
    }

    /// True when nobody wants the work any more.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    /// Something that sets the flag when it is dropped.
    #[must_use]
    pub fn on_drop(&self) -> CancelOnDrop {
        CancelOnDrop(self.clone())
    }

    /// Ends a chain of steps when nobody wants the work any more.
    ///
    /// # Errors
    /// [`IntakeError::Cancelled`], then.
    pub fn check(&self) -> Result<(), IntakeError> {
        if self.is_cancelled() { Err(IntakeError::Cancelled) } else { Ok(()) }
    }
}

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.cancel();
    }
}
