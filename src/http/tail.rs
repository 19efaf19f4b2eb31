//! What lasts as long as a response's body: a value that is dropped with it, and the span that its log lines belong to.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use axum::response::Response;
use http_body::{Body as HttpBody, Frame, SizeHint};
use tracing::Span;

/// What wants to know how a body ended.
pub(super) trait Ending: Send + 'static {
    /// It was read to its end. What is dropped without was left.
    fn end(&mut self) {}
}

impl Ending for super::clock::Busy {}

/// A response whose body holds this until it ends.
pub(super) fn holding(response: Response, held: impl Ending + Unpin, span: Span) -> Response {
    response.map(|body| Body::new(Tail { body, held, span }))
}

struct Tail<H> {
    body: Body,
    held: H,
    span: Span,
}

impl<H: Ending + Unpin> HttpBody for Tail<H> {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = self.get_mut();
        let _entered = this.span.enter();
        let polled = Pin::new(&mut this.body).poll_frame(context);
        if matches!(polled, Poll::Ready(None)) || this.body.is_end_stream() {
            this.held.end();
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
