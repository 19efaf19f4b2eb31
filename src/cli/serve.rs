//! `stislo serve`: the gateway on a socket of this machine.

use std::net::SocketAddr;

use super::progress::Bars;
use crate::config::Settings;
use crate::error::Error;

/// Where to listen.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Address and port; only this machine can reach the default
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
}

pub(super) async fn execute(args: Args, settings: &Settings) -> Result<(), Error> {
    if !args.listen.ip().is_loopback() {
        let reason =
            format!("{} can be reached from other machines; this version listens on 127.0.0.1 alone", args.listen);
        return Err(Error::Setting { name: "--listen", reason });
    }
    let failed = |source| Error::Io { doing: "listen on", path: args.listen.to_string().into(), source };
    let listener = tokio::net::TcpListener::bind(args.listen).await.map_err(failed)?;
    let bars = Bars::new(settings);
    let service = tokio::select! {
        service = super::open::service(settings, &bars) => service?,
        () = stop() => return Err(Error::Interrupted),
    };
    bars.say(&format!("listening on http://{}", listener.local_addr().map_err(failed)?));
    crate::http::serve(listener, service, stop()).await.map_err(failed)
}

/// Ends with the first SIGINT or SIGTERM.
async fn stop() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}
