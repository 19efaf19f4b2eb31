//! One job's prompt while it is being read: the shared part once, then each branch's tail behind a fork of it.
//!
//! A chunk at a time, so that answers under way are written in between. Chunks are counted from the start of the shared
//! part and from the start of each tail, so that what a branch reads never depends on who else is there. Not here: when
//! there is room for a branch.

use std::ops::Range;
use std::rc::Rc;

use super::Output;
use super::model::{KvCache, Model, ModelError, Slot};
use super::prefix::Prefix;
use super::prompt::{Prompt, Tail};
use super::sampler::Logits;
use super::sequence::Start;
use super::ticket::JobId;

/// Tokens of a prompt that are read in one pass: large enough to keep the arithmetic busy, small enough that answers under
/// way do not stall and that a caller who left is noticed within a few seconds on a slow machine.
pub const CHUNK: usize = 256;

/// A prompt that is being read.
pub(super) struct Reading {
    pub(super) job: JobId,
    prompt: Prompt,
    /// The shared part, while it grows.
    growing: Option<KvCache>,
    /// The shared part, complete.
    prefix: Option<Rc<Prefix>>,
    /// The branch whose tail is being read.
    begun: Option<Begun>,
    /// Tokens that are read, of the shared part or of the branch's whole prompt.
    at: usize,
}

/// A branch whose tail is being read, or is read.
pub(super) struct Begun {
    pub(super) start: Start,
    /// Which tokens of its prompt are those of the text that is asked about.
    pub(super) asked: Option<Range<usize>>,
    pub(super) output: Output,
}

/// What a chunk led to.
pub(super) enum Read {
    /// There is more to read of this part.
    Part,
    /// The shared part is complete.
    Shared(Rc<Prefix>),
    /// A branch is complete, and these are the logits of its first token, behind those of the text that is asked about.
    Branch(Box<Begun>, Logits),
}

impl Reading {
    /// Starts behind what was read before: a kept prefix, and how many of its tokens serve.
    pub(super) fn new(job: JobId, prompt: Prompt, kept: Option<(Rc<Prefix>, usize)>) -> Self {
        let mut new = Self { job, prompt, growing: None, prefix: None, begun: None, at: 0 };
        if let Some((prefix, served)) = kept {
            new.at = served;
            match served == new.prompt.shared.len() {
                true => new.prefix = Some(prefix),
                false => new.growing = Some(prefix.fork(served)),
            }
        }
        new
    }

    /// How far the shared part is read, and how long it is.
    pub(super) fn progress(&self) -> (usize, usize) {
        let total = self.prompt.shared.len();
        (self.at.min(total), total)
    }

    /// Most tokens of the branch that is about to begin, when one is.
    pub(super) fn next_branch(&self) -> Option<usize> {
        let about = self.prefix.is_some() && self.begun.is_none();
        self.prompt.tails.front().filter(|_| about).map(|tail| self.prompt.room(tail))
    }

    /// True when every branch is read.
    pub(super) fn is_done(&self) -> bool {
        self.prefix.is_some() && self.begun.is_none() && self.prompt.tails.is_empty()
    }

    /// Most tokens that its caches can come to hold.
    pub(super) fn room(&self) -> usize {
        self.prompt.shared.len() + self.begun.as_ref().map_or(0, |begun| begun.start.room)
    }

    /// The caches of what is not whole yet.
    pub(super) fn caches(&self) -> impl Iterator<Item = &KvCache> {
        self.begun.as_ref().map(|begun| &begun.start.cache).into_iter().chain(&self.growing)
    }

    /// Reads one chunk.
    pub(super) fn chunk(&mut self, model: &dyn Model) -> Result<Read, ModelError> {
        match self.prefix.clone() {
            None => self.read_shared(model),
            Some(prefix) => self.read_tail(&prefix, model),
        }
    }

    fn read_shared(&mut self, model: &dyn Model) -> Result<Read, ModelError> {
        let mut cache = self.growing.take().map_or_else(|| model.new_cache(), Ok)?;
        let shared = &self.prompt.shared;
        let end = shared.len().min(self.at + CHUNK);
        if end > self.at {
            model.forward(&mut [Slot { tokens: &shared[self.at..end], cache: &mut cache, rows: 0 }])?;
        }
        self.at = end;
        if end < shared.len() {
            self.growing = Some(cache);
            return Ok(Read::Part);
        }
        let prefix = Rc::new(Prefix { tokens: shared.clone(), cache });
        self.prefix = Some(prefix.clone());
        Ok(Read::Shared(prefix))
    }

    fn read_tail(&mut self, prefix: &Prefix, model: &dyn Model) -> Result<Read, ModelError> {
        let begun = match self.begun.take() {
            Some(begun) => Some(begun),
            None => self.begin(prefix),
        };
        let Some(mut begun) = begun else { return Ok(Read::Part) };
        let start = &mut begun.start;
        let end = start.prompt.len().min(self.at + CHUNK);
        let is_whole = end == start.prompt.len();
        // The logits of a token are those behind the one before it; a text that is not read in one pass has not all of them.
        begun.asked = begun.asked.filter(|asked| !is_whole || asked.start > self.at);
        let rows = match &begun.asked {
            Some(asked) if is_whole => end + 1 - asked.start,
            _ => usize::from(is_whole),
        };
        let slot = Slot { tokens: &start.prompt[self.at..end], cache: &mut start.cache, rows };
        let logits = model.forward(&mut [slot])?;
        self.at = end;
        if rows == 0 {
            self.begun = Some(begun);
            return Ok(Read::Part);
        }
        Ok(Read::Branch(Box::new(begun), Logits::new(&logits)?))
    }

    /// The next branch, with a fork of the shared part.
    fn begin(&mut self, prefix: &Prefix) -> Option<Begun> {
        let tail = self.prompt.tails.pop_front()?;
        let room = self.prompt.room(&tail);
        let Tail { branch, tokens, asked, output } = tail;
        // Without a tail the last token of the shared part is read again, because its logits are wanted.
        self.at = self.prompt.shared.len().saturating_sub(usize::from(tokens.is_empty()));
        let prompt = [&self.prompt.shared[..], &tokens].concat();
        let start = Start { job: self.job, branch, cache: prefix.fork(self.at), prompt, room };
        let before = self.prompt.shared.len();
        let asked = asked.map(|asked| asked.start + before..asked.end + before);
        Some(Begun { start, asked, output })
    }
}
