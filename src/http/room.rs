//! The room that bodies take: bytes of all of them together, and of each caller's.
//!
//! Room is reserved as bytes arrive, never for what somebody says will come, so silence costs nobody anything. No caller has
//! more than a share of it. Not here: reading the bytes.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::queue::Caller;

/// Room for a number of bytes. Clones share it.
#[derive(Clone)]
pub(super) struct Room(Arc<Inner>);

struct Inner {
    /// Bytes of everybody.
    whole: usize,
    /// Bytes of one caller.
    share: usize,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    whole: usize,
    /// Nobody has nothing.
    of: BTreeMap<Caller, usize>,
}

/// Bytes that somebody has reserved, until it is dropped.
pub(super) struct Reservation {
    room: Room,
    caller: Caller,
    bytes: usize,
}

/// What there is not enough of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lack {
    /// Everybody together has all of it.
    Whole,
    /// The caller has his share.
    Share,
}

impl Room {
    /// Room for `whole` bytes, of which each caller may have `share`.
    pub(super) fn new(whole: usize, share: usize) -> Self {
        Self(Arc::new(Inner { whole, share, taken: Mutex::default() }))
    }

    /// A reservation of nothing yet.
    pub(super) fn reserve(&self, caller: Caller) -> Reservation {
        Reservation { room: self.clone(), caller, bytes: 0 }
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        // A panic elsewhere leaves no half of a change behind in here.
        self.0.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Reservation {
    /// Reserves so many bytes more, or none of them.
    pub(super) fn grow(&mut self, more: usize) -> Result<(), Lack> {
        let mut taken = self.room.lock();
        let own = taken.of.get(&self.caller).copied().unwrap_or_default();
        if more > self.room.0.share.saturating_sub(own) {
            return Err(Lack::Share);
        }
        if more > self.room.0.whole.saturating_sub(taken.whole) {
            return Err(Lack::Whole);
        }
        taken.whole += more;
        *taken.of.entry(self.caller).or_default() += more;
        self.bytes += more;
        Ok(())
    }

    /// Reserves the same bytes elsewhere, for whoever it turned out to be, and gives these back.
    pub(super) fn moved(self, room: &Room, caller: Caller) -> Result<Self, Lack> {
        let mut moved = room.reserve(caller);
        moved.grow(self.bytes)?;
        Ok(moved)
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        let mut taken = self.room.lock();
        taken.whole -= self.bytes;
        if let Some(own) = taken.of.get_mut(&self.caller) {
            *own -= self.bytes;
            if *own == 0 {
                taken.of.remove(&self.caller);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DESK: Caller = Caller::Key(1);
    const OTHER: Caller = Caller::Key(2);

    #[test]
    fn nobody_has_more_than_a_share_and_all_no_more_than_the_whole() {
        let room = Room::new(10, 6);
        let (mut first, mut second, mut other) = (room.reserve(DESK), room.reserve(DESK), room.reserve(OTHER));
        assert_eq!((first.grow(4), second.grow(2), second.grow(1)), (Ok(()), Ok(()), Err(Lack::Share)));
        assert_eq!((other.grow(4), other.grow(1)), (Ok(()), Err(Lack::Whole)));
        assert_eq!(other.grow(usize::MAX), Err(Lack::Share), "nothing overflows");
        drop(first);
        assert_eq!((second.grow(4), other.grow(1)), (Ok(()), Err(Lack::Whole)));
        drop(second);
        assert_eq!(other.grow(2), Ok(()));
        drop(other);
        assert!(room.lock().of.is_empty() && room.lock().whole == 0, "nothing is left over");
    }

    #[test]
    fn a_reservation_moves_to_who_it_is_of() {
        let (small, large) = (Room::new(4, 4), Room::new(8, 4));
        let mut unknown = small.reserve(Caller::Unknown);
        unknown.grow(4).unwrap();
        let moved = unknown.moved(&large, DESK).unwrap();
        assert_eq!((small.lock().whole, large.lock().whole), (0, 4));
        let mut more = small.reserve(Caller::Unknown);
        more.grow(1).unwrap();
        assert_eq!(more.moved(&large, DESK).err(), Some(Lack::Share));
        assert_eq!(small.lock().whole, 0, "what could not move is given back, too");
        drop(moved);
    }
}
