//! Reads bodies: up to a size, within a time, and no more bytes together than memory has room for.
//!
//! Room is reserved as the bytes arrive: a caller who says that much will come and sends nothing takes none. Who asks is
//! known before, or else only a small body is read, in a small room of its own; so nobody without a key can take what
//! callers with one need. Not here: what the bytes mean.

use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, StatusCode, header};
use http_body_util::BodyExt;

use super::options::Options;
use super::problem::Problem;
use super::queue::Caller;
use super::room::{Lack, Reservation, Room};

/// Bodies of the largest size that there is room for at a time; for smaller ones, as many more.
const LARGEST_BODIES: usize = 32;
/// Those of them that one caller may have.
const LARGEST_OF_CALLER: usize = LARGEST_BODIES / 4;
/// Bytes of a body that is read before it is known whose it is: a request with its key in it, and some pages of text.
const UNKNOWN_BYTES: usize = 256 << 10;
/// When to send a body again that there was no room for.
const AGAIN: Duration = Duration::from_secs(2);

/// The room for bodies.
pub(super) struct Bodies {
    known: Room,
    unknown: Room,
    /// Bytes of one body.
    limit: usize,
    timeout: Duration,
}

/// Who sends a body.
#[derive(Debug, Clone, Copy)]
pub(super) enum Sender {
    /// Somebody who may.
    Known(Caller),
    /// Somebody whose key is in the body, perhaps.
    Unknown(Caller),
}

/// A body, and the room that it takes until it is dropped.
pub(super) struct BufferedBody {
    pub(super) bytes: Vec<u8>,
    pub(super) room: Reservation,
}

/// Why a body was not read.
enum Failure {
    Late,
    TooLarge,
    NoRoom(Lack),
    Broken,
}

impl Bodies {
    pub(super) fn new(options: &Options) -> Self {
        let limit = options.limits.max_body_bytes;
        let room =
            |limit: usize| Room::new(limit.saturating_mul(LARGEST_BODIES), limit.saturating_mul(LARGEST_OF_CALLER));
        let (known, unknown) = (room(limit), room(limit.min(UNKNOWN_BYTES)));
        Self { known, unknown, limit, timeout: options.times.body_timeout }
    }

    /// Reads a body.
    pub(super) async fn read(&self, headers: &HeaderMap, body: Body, sender: Sender) -> Result<BufferedBody, Problem> {
        let (mut room, limit) = match sender {
            Sender::Known(caller) => (self.known.reserve(caller), self.limit),
            Sender::Unknown(caller) => (self.unknown.reserve(caller), self.limit.min(UNKNOWN_BYTES)),
        };
        let said = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
        let read = match said {
            Some(said) if said > limit as u64 => Err(Failure::TooLarge),
            _ => {
                let collected = tokio::time::timeout(self.timeout, collect(body, limit, &mut room)).await;
                collected.unwrap_or(Err(Failure::Late))
            }
        };
        let bytes = read.map_err(|failure| self.problem(failure, sender))?;
        Ok(BufferedBody { bytes, room })
    }

    /// The room of a body whose sender is known now.
    pub(super) fn recognised(&self, room: Reservation, caller: Caller) -> Result<Reservation, Problem> {
        room.moved(&self.known, caller).map_err(|lack| self.problem(Failure::NoRoom(lack), Sender::Known(caller)))
    }

    fn problem(&self, failure: Failure, sender: Sender) -> Problem {
        let busy = |detail: &str| Problem::plain(StatusCode::TOO_MANY_REQUESTS, "busy", detail).after(AGAIN);
        match (failure, sender) {
            (Failure::TooLarge, Sender::Unknown(_)) if self.limit > UNKNOWN_BYTES => {
                let detail = format!(
                    "with the API key in the body, at most {UNKNOWN_BYTES} bytes are read; for more, give the key as \
                     `Authorization: Bearer KEY`, as `X-Api-Key: KEY` or as `api_key` in the query"
                );
                Problem::plain(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", detail)
            }
            (Failure::TooLarge, _) => {
                let detail =
                    format!("the body is larger than {} bytes, which is the limit `max_body_bytes`", self.limit);
                Problem::plain(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", detail)
            }
            (Failure::NoRoom(Lack::Share), _) => {
                busy("your other requests have all the room for bodies that one caller may have; try again later")
            }
            (Failure::NoRoom(Lack::Whole), _) => {
                busy("so many bodies are being read that there is no room for this one; try again later")
            }
            (Failure::Broken, _) => {
                let detail = "the body broke off or is not what its headers say";
                Problem::plain(StatusCode::BAD_REQUEST, "unreadable_body", detail)
            }
            (Failure::Late, _) => {
                let seconds = self.timeout.as_secs();
                let detail = format!("the body took longer than {seconds} s, which is the limit `body_timeout`");
                Problem::plain(StatusCode::REQUEST_TIMEOUT, "body_timeout", detail)
            }
        }
    }
}

/// The bytes of a body, each of which has its room.
async fn collect(mut body: Body, limit: usize, room: &mut Reservation) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Failure::Broken)?;
        let Ok(data) = frame.into_data() else { continue };
        if data.len() > limit - bytes.len() {
            return Err(Failure::TooLarge);
        }
        room.grow(data.len()).map_err(Failure::NoRoom)?;
        bytes.extend_from_slice(&data);
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;
    use futures_util::stream::{self, StreamExt};

    use super::*;

    const LIMIT: usize = 4096;

    fn bodies() -> Bodies {
        let mut options = Options::default();
        options.limits.max_body_bytes = LIMIT;
        Bodies::new(&options)
    }

    fn said(bytes: usize) -> HeaderMap {
        HeaderMap::from_iter([(header::CONTENT_LENGTH, bytes.into())])
    }

    fn known(key: u64) -> Sender {
        Sender::Known(Caller::Key(key))
    }

    fn read(bodies: &Bodies, bytes: usize, sender: Sender) -> Result<BufferedBody, StatusCode> {
        let held = bodies.read(&said(bytes), Body::from(vec![b' '; bytes]), sender).now_or_never();
        held.expect("the body is there").map_err(|problem| problem.status)
    }

    #[tokio::test]
    async fn bodies_share_a_bounded_room() {
        let bodies = bodies();
        assert_eq!(read(&bodies, LIMIT + 1, known(0)).err(), Some(StatusCode::PAYLOAD_TOO_LARGE));
        let full = (0..LARGEST_BODIES as u64).map(|n| read(&bodies, LIMIT, known(n % 4)).unwrap());
        let mut held: Vec<BufferedBody> = full.collect();
        assert_eq!(read(&bodies, 1, known(4)).err(), Some(StatusCode::TOO_MANY_REQUESTS), "all of it is taken");
        drop(held.pop());
        assert!(read(&bodies, 1, known(4)).is_ok());
    }

    #[tokio::test]
    async fn one_caller_has_a_share_of_the_room() {
        let bodies = bodies();
        let held: Vec<BufferedBody> = (0..LARGEST_OF_CALLER).map(|_| read(&bodies, LIMIT, known(0)).unwrap()).collect();
        assert_eq!(read(&bodies, 1, known(0)).err(), Some(StatusCode::TOO_MANY_REQUESTS));
        assert!(read(&bodies, LIMIT, known(1)).is_ok(), "another is not hindered");
        drop(held);
        assert!(read(&bodies, LIMIT, known(0)).is_ok());
    }

    #[tokio::test]
    async fn only_what_has_arrived_takes_room() {
        let bodies = bodies();
        let one_byte = || stream::iter([Ok::<_, std::io::Error>(vec![b'{'])]).chain(stream::pending());
        let headers = said(LIMIT);
        // A hundred times what there is room for is announced, with and without a length.
        let mut silent: Vec<_> = (0..100 * LARGEST_BODIES)
            .map(|n| {
                let headers = if n % 2 == 0 { headers.clone() } else { HeaderMap::new() };
                let (bodies, body) = (&bodies, Body::from_stream(one_byte()));
                Box::pin(async move { bodies.read(&headers, body, known(0)).await })
            })
            .collect();
        for body in &mut silent {
            assert!(body.now_or_never().is_none(), "it waits for more");
        }
        assert!(read(&bodies, LIMIT, known(1)).is_ok() && read(&bodies, LIMIT, known(0)).is_ok());
    }

    #[tokio::test]
    async fn whose_key_is_not_known_has_a_small_room_apart() {
        let bodies = Bodies::new(&Options::default());
        let unknown = Sender::Unknown(Caller::Unknown);
        assert_eq!(read(&bodies, UNKNOWN_BYTES + 1, unknown).err(), Some(StatusCode::PAYLOAD_TOO_LARGE));
        let held: Vec<BufferedBody> =
            (0..LARGEST_OF_CALLER).map(|_| read(&bodies, UNKNOWN_BYTES, unknown).unwrap()).collect();
        assert_eq!(read(&bodies, 1, unknown).err(), Some(StatusCode::TOO_MANY_REQUESTS));
        assert!(read(&bodies, 8 << 20, known(1)).is_ok(), "those with a key do not feel it");
        let recognised = held.into_iter().map(|held| bodies.recognised(held.room, Caller::Key(1)).unwrap());
        let _held: Vec<Reservation> = recognised.collect();
        assert!(read(&bodies, UNKNOWN_BYTES, unknown).is_ok(), "who has shown a key leaves that room");
    }
}
