//! Reads bodies: up to a size, within a time, and no more bytes of all requests together than memory has room for.

use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, StatusCode, header};
use http_body_util::LengthLimitError;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::options::Options;
use super::problem::Problem;

/// Bodies of the largest size that are held at a time; of smaller ones, as many more.
const LARGEST_BODIES: usize = 32;
/// When to send a body again that there was no room for.
const AGAIN: Duration = Duration::from_secs(2);

/// The room for bodies that were not made articles of yet.
pub(super) struct Bodies {
    /// One permit a kibibyte.
    room: Arc<Semaphore>,
    /// Bytes of one body.
    limit: usize,
    patience: Duration,
}

/// A body, and the room that it takes until it is dropped.
pub(super) struct Held {
    pub(super) bytes: Vec<u8>,
    pub(super) room: OwnedSemaphorePermit,
}

impl Bodies {
    pub(super) fn new(options: &Options) -> Self {
        let limit = options.limits.max_body_bytes;
        // A semaphore counts to an eighth of what a number can.
        let room = kibibytes(limit).saturating_mul(LARGEST_BODIES).min(Semaphore::MAX_PERMITS);
        Self { room: Arc::new(Semaphore::new(room)), limit, patience: options.times.body }
    }

    /// Reads a body.
    pub(super) async fn read(&self, headers: &HeaderMap, body: Body) -> Result<Held, Problem> {
        let said = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
        if said.is_some_and(|said| said > self.limit as u64) {
            return Err(self.too_large());
        }
        // In chunks, a body can come to be as large as any.
        let largest = said.and_then(|said| usize::try_from(said).ok()).unwrap_or(self.limit);
        let wanted = u32::try_from(kibibytes(largest)).unwrap_or(u32::MAX);
        let room = self.room.clone().try_acquire_many_owned(wanted).map_err(|_| {
            let detail = "so many bodies are being read that there is no room for this one; try again later";
            Problem::plain(StatusCode::TOO_MANY_REQUESTS, "busy", detail).after(AGAIN)
        })?;
        match tokio::time::timeout(self.patience, to_bytes(body, self.limit)).await {
            Ok(Ok(bytes)) => Ok(Held { bytes: bytes.into(), room }),
            Ok(Err(error)) if error.source().is_some_and(|source| source.is::<LengthLimitError>()) => {
                Err(self.too_large())
            }
            Ok(Err(_)) => {
                let detail = "the body broke off or is not what its headers say";
                Err(Problem::plain(StatusCode::BAD_REQUEST, "unreadable_body", detail))
            }
            Err(_) => {
                let seconds = self.patience.as_secs();
                let detail = format!("the body took longer than {seconds} s, which is the limit `body_timeout`");
                Err(Problem::plain(StatusCode::REQUEST_TIMEOUT, "body_timeout", detail))
            }
        }
    }

    fn too_large(&self) -> Problem {
        let detail = format!("the body is larger than {} bytes, which is the limit `max_body_bytes`", self.limit);
        Problem::plain(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", detail)
    }
}

fn kibibytes(bytes: usize) -> usize {
    bytes.div_ceil(1 << 10)
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn bodies_share_a_bounded_room() {
        let mut options = Options::default();
        options.limits.max_body_bytes = 4096;
        let bodies = Bodies::new(&options);
        let read = |bytes: usize, said: bool| {
            let mut headers = HeaderMap::new();
            if said {
                headers.insert(header::CONTENT_LENGTH, bytes.into());
            }
            let held = bodies.read(&headers, Body::from(vec![b' '; bytes])).now_or_never();
            held.expect("the body is there").map(|held| held.room)
        };
        let mut held: Vec<_> = (0..LARGEST_BODIES - 1).map(|_| read(4096, true).unwrap()).collect();
        held.extend((0..4).map(|_| read(1000, true).unwrap()));
        assert_eq!(read(1, true).unwrap_err().status, StatusCode::TOO_MANY_REQUESTS);
        drop(held.pop());
        assert_eq!(read(1, false).unwrap_err().status, StatusCode::TOO_MANY_REQUESTS, "it might become large");
        assert!(read(1, true).is_ok());
        assert_eq!(read(4097, true).unwrap_err().status, StatusCode::PAYLOAD_TOO_LARGE);
    }
}
