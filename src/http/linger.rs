//! A request's body that nobody wanted to the end is read a little further, so that its sender can read the answer.
//!
//! A connection that is closed with bytes unread is reset, and a reset may throw away an answer that is on its way: who is
//! told that a body is too large would then never learn it. So a body that is dropped early goes on being read and thrown
//! away, up to a size and a time, by a bounded number at once (what nginx calls lingering close). Who waits for `100
//! Continue` has sent nothing yet, and is not asked for it.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, header};
use http_body::{Body as HttpBody, Frame, SizeHint};
use http_body_util::BodyExt as _;
use tokio::sync::Semaphore;

/// How much is read and thrown away of one body, for how long, and how long its sender may be silent (as nginx has it).
const MOST_BYTES: usize = 128 << 20;
const LONGEST: Duration = Duration::from_secs(30);
const LONGEST_SILENCE: Duration = Duration::from_secs(5);
/// Bodies that are thrown away at a time; others are cut off.
const MOST: usize = 32;

/// The places for bodies that are thrown away. Clones share them.
#[derive(Clone)]
pub(super) struct Linger(Arc<Semaphore>);

/// A body that is read further when it is dropped early.
struct Lingering {
    /// Taken when it is dropped.
    body: Option<Body>,
    /// Its sender waits to be told to go on, which reading would do.
    is_awaited: bool,
    linger: Linger,
}

impl Linger {
    pub(super) fn new() -> Self {
        Self(Arc::new(Semaphore::new(MOST)))
    }

    /// A request's body that is read further when it is dropped early.
    pub(super) fn watch(&self, headers: &HeaderMap, body: Body) -> Body {
        if body.is_end_stream() {
            return body;
        }
        let is_awaited = headers.contains_key(header::EXPECT);
        Body::new(Lingering { body: Some(body), is_awaited, linger: self.clone() })
    }
}

impl HttpBody for Lingering {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = self.get_mut();
        this.is_awaited = false;
        match &mut this.body {
            Some(body) => Pin::new(body).poll_frame(context),
            None => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(HttpBody::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map(HttpBody::size_hint).unwrap_or_default()
    }
}

impl Drop for Lingering {
    fn drop(&mut self) {
        let body = self.body.take().filter(|body| !self.is_awaited && !body.is_end_stream());
        let place = self.linger.0.clone().try_acquire_owned();
        if let (Some(body), Ok(place), Ok(runtime)) = (body, place, tokio::runtime::Handle::try_current()) {
            runtime.spawn(async move {
                let _ = tokio::time::timeout(LONGEST, throw_away(body)).await;
                drop(place);
            });
        }
    }
}

/// Reads to the end, to an error, or until it is more than a caller's answer is worth.
async fn throw_away(mut body: Body) {
    let mut read = 0;
    while read < MOST_BYTES
        && let Ok(Some(Ok(frame))) = tokio::time::timeout(LONGEST_SILENCE, body.frame()).await
    {
        read += frame.data_ref().map_or(0, Bytes::len);
    }
}
