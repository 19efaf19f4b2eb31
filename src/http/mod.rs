//! The HTTP gateway: `router(service)` and a loop that serves it until it is told to stop.
//!
//! Each endpoint family has a file; errors are problem documents (RFC 9457) from one table. Handlers only translate: the
//! work is the service's. A caller who leaves drops the handler's future, and that cancels the work.

mod health;
mod problem;
mod summarize;

use std::future::Future;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::routing::{get, post};
use tokio::net::TcpListener;

use crate::intake::MAX_BYTES;
use crate::service::Service;
use problem::Problem;

/// JSON may spell a byte of text with up to six.
const BODY_LIMIT: usize = 6 * MAX_BYTES;
/// How long requests under way may take to finish after a stop was asked for.
const DRAIN: Duration = Duration::from_secs(30);

/// The gateway's paths.
pub fn router(service: Service) -> Router {
    Router::new()
        .route("/v1/summarize", post(summarize::post))
        .route("/v1/summarise", post(summarize::post))
        .route("/v1/compare", post(summarize::compare))
        .route("/health", get(health::get))
        .fallback(|| async { Problem::plain(StatusCode::NOT_FOUND, "not_found", "there is no such path") })
        .method_not_allowed_fallback(|| async {
            Problem::plain(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "this path does not take this method")
        })
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .with_state(service)
}

/// Serves until `stop` ends; then requests under way get some time to finish, and no new ones are taken.
pub async fn serve(
    listener: TcpListener,
    service: Service,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let (stopped, draining) = tokio::sync::oneshot::channel::<()>();
    let stop = async move {
        stop.await;
        drop(stopped);
    };
    let serving = axum::serve(listener, router(service)).with_graceful_shutdown(stop);
    let deadline = async {
        let _ = draining.await;
        tokio::time::sleep(DRAIN).await;
    };
    tokio::select! {
        outcome = serving.into_future() => outcome,
        () = deadline => Ok(()),
    }
}
