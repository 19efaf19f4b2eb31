//! `stislo serve`: the gateway on a socket.

use std::path::PathBuf;

use super::progress::Bars;
use super::reload::Reload;
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
    Reload { gateway: gateway.clone(), keys: serve.keys, settings: settings.clone() }.start()?;
    // It listens before it is ready, so that whoever looks sees that it is coming. Server and model have threads of their own:
    // weights are hashed and read without a pause.
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let mut serving = tokio::spawn(crate::http::serve(listener, gateway.clone(), async {
        let _ = stopped.await;
    }));
    let (told, settings) = (gateway.clone(), settings.clone());
    let opening = aside(async move || {
        let bars = Bars::new(&settings).telling(move |what| told.preparing(what));
        Ok((super::open::service(&settings, &bars).await?, bars))
    });
    tokio::select! {
        opened = opening => {
            let (service, bars) = opened?;
            gateway.open(service);
            bars.say(&format!("listening on http://{address}"));
        }
        served = &mut serving => return ended(served).map_err(failed),
        () = signals.next() => return Ok(()),
    }
    tokio::select! {
        served = &mut serving => return ended(served).map_err(failed),
        () = signals.next() => drop(stop),
    }
    tokio::select! {
        served = serving => ended(served).map_err(failed),
        // Nothing that is under way is waited for, and no thread: what is kept on disk is whole at any time.
        () = signals.next() => std::process::exit(0),
    }
}

/// How a server ended.
fn ended(served: Result<std::io::Result<()>, tokio::task::JoinError>) -> std::io::Result<()> {
    served.unwrap_or_else(|error| Err(std::io::Error::other(error)))
}

/// Does what may keep its thread busy for minutes on a thread of its own. When the program ends before, it is abandoned.
async fn aside<T: Send + 'static>(work: impl AsyncFnOnce() -> Result<T, Error> + Send + 'static) -> Result<T, Error> {
    let runtime = tokio::runtime::Handle::current();
    let done = tokio::task::spawn_blocking(move || runtime.block_on(work())).await;
    done.unwrap_or(Err(Error::Interrupted))
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
        let both =
            || Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? });
        both().map_err(Error::io("wait for", "signals"))
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;
    use crate::http::Options;

    /// The runtime has this one thread, so whatever keeps it busy stops the server.
    #[tokio::test]
    async fn a_model_that_takes_long_to_open_holds_up_nobody() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let gateway = Gateway::new(Options::default(), None);
        let serving = tokio::spawn(crate::http::serve(listener, gateway, std::future::pending()));
        let (answered, waiting) = std::sync::mpsc::channel();
        let opening = aside(async move || {
            // As hashing does, it looks at nothing else.
            Ok(waiting.recv_timeout(Duration::from_secs(60)).is_ok())
        });
        let asking = async {
            let mut client = tokio::net::TcpStream::connect(address).await.unwrap();
            client.write_all(b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await.unwrap();
            let mut answer = String::new();
            client.read_to_string(&mut answer).await.unwrap();
            answered.send(()).unwrap();
            answer
        };
        let (opened, answer) = tokio::join!(opening, asking);
        assert!(opened.unwrap(), "it was answered before the model was there");
        assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("loading"), "{answer}");
        serving.abort();
    }
}
