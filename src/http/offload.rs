//! Work that takes more than a millisecond, on threads where it holds up nobody.
//!
//! A thread cannot be stopped as a future can. So the work is told by a flag when its caller has left, and whatever bounds it
//! (a turn, the room of a body) is moved into it and comes back with its result: it is free again when the work has really
//! ended, and not when somebody stopped waiting for it.

use std::sync::Arc;

use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::problem::Problem;
use crate::intake::Cancel;

/// Bytes from which on parsing, hashing or writing JSON is taken off the runtime: some 0.3 ms at 200 MB/s.
const LARGE: usize = 64 << 10;

/// Does long work elsewhere. When the future is dropped, the work is told so.
pub(super) async fn offload<T: Send + 'static>(work: impl FnOnce(&Cancel) -> T + Send + 'static) -> Result<T, Problem> {
    let cancel = Cancel::default();
    let _leaving = cancel.on_drop();
    // What panicked has been logged.
    tokio::task::spawn_blocking(move || work(&cancel)).await.map_err(|_| Problem::internal())
}

/// Does work elsewhere that takes long on much, and here when there are few bytes.
pub(super) async fn offload_large<T: Send + 'static>(
    bytes: usize,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Problem> {
    if bytes < LARGE { Ok(work()) } else { offload(|_| work()).await }
}

/// JSON of about so many bytes as a response.
pub(super) async fn json<T: Serialize + Send + Sync + 'static>(
    bytes: usize,
    value: Arc<T>,
) -> Result<Response, Problem> {
    let json = offload_large(bytes, move || serde_json::to_vec(&*value)).await?;
    let json = json.map_err(|_| Problem::internal())?;
    Ok(([(header::CONTENT_TYPE, "application/json")], json).into_response())
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn what_bounds_the_work_is_held_until_it_has_ended() {
        let ((begun, beginning), (held, holding)) = (channel(), channel::<()>());
        let mut waiting = Box::pin(offload(move |cancel| {
            begun.send(()).unwrap();
            while !cancel.is_cancelled() {
                std::thread::yield_now();
            }
            // Whoever looks sees it held until here.
            drop(held);
        }));
        assert!((&mut waiting).now_or_never().is_none());
        beginning.recv().unwrap();
        assert!(holding.try_recv() == Err(std::sync::mpsc::TryRecvError::Empty), "it is at work");
        drop(waiting);
        assert!(holding.recv().is_err(), "it was told and has ended");
    }
}
