//! `stislo serve`: the gateway on a socket.

use std::path::PathBuf;

use super::progress::Bars;
use crate::cache::AnswerCache;
use crate::config::{ServeSettings, Settings};
use crate::error::Error;
use crate::http::Gateway;

/// How to serve.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// File of settings (TOML); flags and variables win over it
    #[arg(long, value_name = "FILE", env = "STISLO_CONFIG")]
    pub(super) config: Option<PathBuf>,
    /// Check the settings, and do nothing else
    #[arg(long)]
    check_config: bool,
    #[command(flatten)]
    pub(super) settings: ServeSettings,
}

pub(super) async fn execute(args: Args, settings: &Settings) -> Result<(), Error> {
    let serve = args.settings.resolve()?;
    if args.check_config {
        return super::input::print("the settings are good\n");
    }
    let mut signals = Signals::new()?;
    let failed = |source| Error::Io { doing: "listen on", path: serve.listen.to_string().into(), source };
    let listener = tokio::net::TcpListener::bind(serve.listen).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let cache = settings.cache.clone().map(|mut cache| {
        cache.memory_bytes = serve.memory_bytes.unwrap_or(cache.memory_bytes);
        cache.file_bytes = serve.disk_bytes.unwrap_or(cache.file_bytes);
        AnswerCache::new(cache)
    });
    let gateway = Gateway::new(serve.options, cache);
    // It listens before it is ready, so that whoever looks sees that it is coming.
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let serving = crate::http::serve(listener, gateway.clone(), async {
        let _ = stopped.await;
    });
    let mut serving = std::pin::pin!(serving);
    let told = gateway.clone();
    let bars = Bars::new(settings).telling(move |what| told.preparing(what));
    tokio::select! {
        service = super::open::service(settings, &bars) => gateway.open(service?),
        served = &mut serving => return served.map_err(failed),
        () = signals.next() => return Ok(()),
    }
    bars.say(&format!("listening on http://{address}"));
    tokio::select! {
        served = &mut serving => return served.map_err(failed),
        () = signals.next() => drop(stop),
    }
    tokio::select! {
        served = serving => served.map_err(failed),
        () = signals.next() => Ok(()),
    }
}

/// The signals that ask for a stop: the first for a tidy one, the second for one at once.
#[cfg(unix)]
struct Signals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    /// From here on no signal is lost.
    fn new() -> Result<Self, Error> {
        use tokio::signal::unix::{SignalKind, signal};
        let failed = |source| Error::Io { doing: "wait for", path: "signals".into(), source };
        let terminate = signal(SignalKind::terminate()).map_err(failed)?;
        let interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
        Ok(Self { terminate, interrupt })
    }

    /// Ends with the next SIGINT or SIGTERM.
    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> Result<Self, Error> {
        Ok(Self)
    }

    async fn next(&mut self) {
        let _ = tokio::signal::ctrl_c().await;
    }
}
