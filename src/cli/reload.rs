//! SIGHUP: the files of keys and of the glossary are read again, while the gateway goes on.
//!
//! Requests that come from then on are held to the new ones; what is under way goes on as it began. A file that cannot be
//! used changes nothing, and the log says so. Not here: other settings, which want a new start.

use std::path::PathBuf;

use crate::config::Settings;
use crate::error::Error;
use crate::http::{Gateway, Keys};

/// What is read again.
pub(super) struct Reload {
    pub(super) gateway: Gateway,
    /// The file of keys, if there is one.
    pub(super) keys: Option<PathBuf>,
    pub(super) settings: Settings,
}

impl Reload {
    /// Begins to listen for the signal, which ends no gateway from here on. Ends with the runtime.
    #[cfg(unix)]
    pub(super) fn start(self) -> Result<(), Error> {
        use tokio::signal::unix::{SignalKind, signal};
        let mut hangup = signal(SignalKind::hangup()).map_err(Error::io("wait for", "signals"))?;
        tokio::spawn(async move {
            while hangup.recv().await.is_some() {
                self.keys();
                // Before, its own reading of the glossary may be over already.
                self.gateway.opened().await;
                self.glossary().await;
            }
        });
        Ok(())
    }

    #[cfg(not(unix))]
    pub(super) fn start(self) -> Result<(), Error> {
        Ok(())
    }

    fn keys(&self) {
        let Some(path) = &self.keys else { return };
        match Keys::read(path) {
            Ok(keys) => {
                self.gateway.replace_keys(&keys);
                tracing::info!(target: "stislo::http", keys = keys.len(), "the keys were read again");
            }
            Err(error) => tracing::error!(target: "stislo::http", %error, "the keys stay as they were"),
        }
    }

    async fn glossary(&self) {
        if self.settings.glossary.is_none() {
            return;
        }
        let (gateway, settings) = (self.gateway.clone(), self.settings.clone());
        let read = move || gateway.renew(|service| super::desk::with_glossary_again(&settings, service));
        match tokio::task::spawn_blocking(read).await {
            Ok(Ok(())) => tracing::info!(target: "stislo::http", "the glossary was read again"),
            Ok(Err(error)) => tracing::error!(target: "stislo::http", %error, "the glossary stays as it was"),
            Err(_) => tracing::error!(target: "stislo::http", "the glossary stays as it was"),
        }
    }
}
