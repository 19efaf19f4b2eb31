//! How long a connection may say nothing: while a request's headers come, and between two requests.
//!
//! hyper has one limit for both, from the end of an answer to the last header of the next request. A slow client should be
//! let go within seconds, and a proxy's idle connection be kept longer than the proxy keeps it: else the proxy sends a
//! request down a connection that is just being closed. So the stream looks at a clock that the service sets. Not here:
//! bodies, deadlines and writing, which have limits of their own.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};

/// The clock of one connection. Clones are the same clock.
#[derive(Clone)]
pub(super) struct Clock(Arc<Shared>);

struct Shared {
    header: Duration,
    idle: Duration,
    /// The lock is held to look and to set, never across an await.
    state: Mutex<State>,
}

struct State {
    phase: Phase,
    /// Who waits for bytes while a request is under way, and has to look at the clock again when it has ended.
    reader: Option<Waker>,
}

#[derive(Clone, Copy)]
enum Phase {
    /// Headers come, or are to come first.
    Head(Instant),
    /// A request is under way.
    Busy,
    /// Nothing is under way.
    Idle(Instant),
}

/// A request under way, until it is dropped: then the connection is idle.
pub(super) struct Busy(Clock);

impl Clock {
    /// The clock of a connection that begins now.
    pub(super) fn new(header: Duration, idle: Duration) -> Self {
        let state = State { phase: Phase::Head(Instant::now() + header), reader: None };
        Self(Arc::new(Shared { header, idle, state: Mutex::new(state) }))
    }

    /// A request was read.
    pub(super) fn begin(&self) -> Busy {
        self.lock().phase = Phase::Busy;
        Busy(self.clone())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Bytes came: of an idle connection, they are the first of a request's headers.
    fn read(&self) {
        let mut state = self.lock();
        if matches!(state.phase, Phase::Idle(_)) {
            state.phase = Phase::Head(Instant::now() + self.0.header);
        }
    }

    /// When it is too late for more bytes. While that is open, this reader is woken when it is settled.
    fn end(&self, reader: &Waker) -> Option<Instant> {
        let mut state = self.lock();
        match state.phase {
            Phase::Head(end) | Phase::Idle(end) => Some(end),
            Phase::Busy => {
                state.reader = Some(reader.clone());
                None
            }
        }
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.phase = Phase::Idle(Instant::now() + self.0.0.idle);
        let reader = state.reader.take();
        drop(state);
        if let Some(reader) = reader {
            reader.wake();
        }
    }
}

/// A stream whose reading ends when its clock says so.
pub(super) struct Timed<S> {
    stream: S,
    clock: Clock,
    alarm: Pin<Box<Sleep>>,
}

impl<S> Timed<S> {
    pub(super) fn new(stream: S, clock: Clock) -> Self {
        let alarm = Box::pin(tokio::time::sleep_until(Instant::now() + clock.0.header));
        Self { stream, clock, alarm }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Timed<S> {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if let Poll::Ready(read) = Pin::new(&mut this.stream).poll_read(context, buffer) {
            this.clock.read();
            return Poll::Ready(read);
        }
        let Some(end) = this.clock.end(context.waker()) else { return Poll::Pending };
        if this.alarm.deadline() != end {
            this.alarm.as_mut().reset(end);
        }
        this.alarm.as_mut().poll(context).map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Timed<S> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write_vectored(context, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn headers_have_seconds_and_idle_connections_a_minute() {
        let seconds = Duration::from_secs;
        let clock = Clock::new(seconds(15), seconds(75));
        let (near, mut far) = tokio::io::duplex(64);
        let mut timed = Timed::new(near, clock.clone());
        let mut byte = [0];
        let mut silence = async || {
            let begun = Instant::now();
            let kind = timed.read_u8().await.map_err(|error| error.kind());
            (kind, begun.elapsed().as_secs())
        };
        assert_eq!(silence().await, (Err(io::ErrorKind::TimedOut), 15), "no request came");
        let busy = clock.begin();
        assert!(tokio::time::timeout(seconds(500), silence()).await.is_err(), "an answer is under way");
        // Whoever reads already hears that the answer is over.
        let (idle, ()) = tokio::join!(silence(), async { drop(busy) });
        assert_eq!(idle, (Err(io::ErrorKind::TimedOut), 75), "idle");
        drop(clock.begin());
        far.write_all(b"G").await.unwrap();
        assert_eq!(silence().await, (Ok(b'G'), 0));
        assert_eq!(silence().await, (Err(io::ErrorKind::TimedOut), 15), "half a head");
        timed.write_all(b"x").await.unwrap();
        far.read_exact(&mut byte).await.unwrap();
        assert_eq!(&byte, b"x");
    }
}
