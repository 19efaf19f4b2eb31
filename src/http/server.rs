//! The accept loop: one task a connection, none for ever.
//!
//! axum's own `serve` has no timer, so a client that sends a byte a minute keeps a connection for ever, and a stop waits
//! for it. Here every phase of a connection has an end: headers and idle time by its `clock`, bodies by `ask`, answers
//! by `deadline`, and writing to a client that does not read by a timeout of the stream.

use std::convert::Infallible;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulConnection, GracefulShutdown};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio_io_timeout::TimeoutStream;

use super::clock::{Clock, Timed};
use super::entry::Peer;
use super::gateway::Gateway;
use super::linger::Linger;
use super::origin::{Reach, Socket};
use super::phase::Phase;
use super::{Times, tail};

/// How long to wait when the system has no more descriptors.
const NO_ROOM: Duration = Duration::from_millis(50);
/// How long the last bytes of the last answers may take on their way.
const LAST_BYTES: Duration = Duration::from_secs(2);
/// Most headers of a request.
const MOST_HEADERS: usize = 100;

/// Serves until `stop` ends. Then `/ready` says no, what is under way gets the time of `drain` to finish, and what is
/// not finished then is told so.
pub async fn serve(listener: TcpListener, gateway: Gateway, stop: impl Future<Output = ()> + Send) -> io::Result<()> {
    let server = Server::new(&gateway, Reach::of(listener.local_addr()?));
    let graceful = GracefulShutdown::new();
    let mut connections = JoinSet::new();
    let mut stopped = pin!(stopped(&gateway, stop));
    loop {
        let (stream, peer, place) = tokio::select! {
            () = &mut stopped => break,
            accepted = server.accept(&listener) => accepted?,
        };
        let connection = graceful.watch(server.connection(stream, Peer(peer)));
        gateway.0.metrics.connections.inc();
        let open = Open { gateway: gateway.clone(), _place: place };
        connections.spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended badly");
            }
            drop(open);
        });
        while connections.try_join_next().is_some() {}
    }
    drop(listener);
    // Whoever is still there after this is cut off when `connections` is dropped.
    let _ = tokio::time::timeout(LAST_BYTES, graceful.shutdown()).await;
    if let Some(cache) = &gateway.0.cache {
        cache.settle().await;
    }
    Ok(())
}

/// Ends when the gateway has nothing more to do after a stop was asked for.
async fn stopped(gateway: &Gateway, stop: impl Future<Output = ()>) {
    stop.await;
    gateway.0.life.enter(Phase::Draining);
    tracing::info!("stopping: no more requests are taken");
    if tokio::time::timeout(gateway.0.options.times.drain, gateway.0.life.idle()).await.is_err() {
        tracing::warn!("stopping: some requests were not finished in time");
    }
    gateway.0.life.enter(Phase::Stopped);
}

/// What connections are made of.
struct Server {
    http: http1::Builder,
    app: axum::Router,
    places: Arc<Semaphore>,
    linger: Linger,
    times: Times,
    reach: Reach,
}

impl Server {
    fn new(gateway: &Gateway, reach: Reach) -> Self {
        let (limits, times) = (gateway.0.options.limits, gateway.0.options.times);
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new()).header_read_timeout(None).max_headers(MOST_HEADERS);
        // hyper's own least is 8 KiB.
        http.max_buf_size(limits.header_bytes.max(8 << 10));
        let places = Arc::new(Semaphore::new(limits.connections));
        Self { http, app: super::router(gateway.clone()), places, linger: Linger::new(), times, reach }
    }

    /// The next connection, once there is a place for it.
    async fn accept(
        &self,
        listener: &TcpListener,
    ) -> io::Result<(TcpStream, std::net::SocketAddr, OwnedSemaphorePermit)> {
        let place = self.places.clone().acquire_owned().await.map_err(io::Error::other)?;
        loop {
            match listener.accept().await {
                Ok((stream, peer)) => return Ok((stream, peer, place)),
                // Of one client only; the listener is well.
                Err(error) if is_of_client(&error) => {}
                Err(error) => {
                    tracing::warn!(%error, "no connection can be taken");
                    tokio::time::sleep(NO_ROOM).await;
                }
            }
        }
    }

    fn connection(
        &self,
        stream: TcpStream,
        peer: Peer,
    ) -> impl GracefulConnection<Error = hyper::Error> + Send + use<> {
        // Events are small, and each is wanted at once. Where that cannot be had, they come a little later.
        let _ = stream.set_nodelay(true);
        let socket = stream.local_addr().ok().map(|reached| Socket { reached, reach: self.reach });
        let clock = Clock::new(self.times.header_timeout, self.times.idle_timeout);
        let mut stream = Box::pin(TimeoutStream::new(stream));
        stream.as_mut().set_write_timeout_pinned(Some(self.times.write_timeout));
        let stream = Timed::new(stream, clock.clone());
        let (app, linger) = (TowerToHyperService::new(self.app.clone()), self.linger.clone());
        let service = service_fn(move |mut request: Request<Incoming>| {
            let busy = clock.begin();
            request.extensions_mut().insert(peer);
            if let Some(socket) = socket {
                request.extensions_mut().insert(socket);
            }
            let (head, body) = request.into_parts();
            let body = linger.watch(&head.headers, Body::new(body));
            let answer = app.call(Request::from_parts(head, body));
            async move { Ok::<_, Infallible>(tail::holding(answer.await?, busy, tracing::Span::none())) }
        });
        self.http.serve_connection(TokioIo::new(stream), service)
    }
}

fn is_of_client(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

/// One open connection, until it is dropped.
struct Open {
    gateway: Gateway,
    _place: OwnedSemaphorePermit,
}

impl Drop for Open {
    fn drop(&mut self) {
        self.gateway.0.metrics.connections.dec();
    }
}
