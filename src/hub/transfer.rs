//! The bytes of one file, from the hub into a partial file that the next start can go on with.
//!
//! Bytes are only ever appended, so the length of the partial file is all the state there is, and a process that is
//! killed loses nothing. The partial file bears the hash that the hub states in its name, so bytes of different files
//! cannot meet; the hash of the whole is checked afterwards in any case. (No If-Range: the address that the hub
//! redirects to has an ETag of its own.)
//!
//! Why the file is written in place and not by a task: when the caller goes away, nothing may go on writing. One write
//! is one piece from the socket, some kilobytes into the page cache.
//!
//! Not here: what the file must be (`download`), how requests are made (`remote`).

use std::fs::File;
use std::io::Write as _;
use std::path::Path;

use reqwest::header::{CONTENT_LENGTH, CONTENT_RANGE, HeaderMap};
use reqwest::{Response, StatusCode};

use super::error::HubError;
use super::files;
use super::patience::Patience;
use super::progress::ProgressEvent;
use super::remote::{Fault, Remote, Wanted, explain};

/// One file that is to be fetched.
pub(crate) struct Transfer<'a> {
    pub(crate) remote: &'a Remote,
    pub(crate) wanted: Wanted<'a>,
    /// Where the bytes are collected.
    pub(crate) part: &'a Path,
    /// Bytes of the whole file.
    pub(crate) size: u64,
}

impl Transfer<'_> {
    /// Goes on until all bytes are there or the source is given up. What has come stays.
    pub(crate) async fn run(&self, mut patience: Patience<'_>) -> Result<(), HubError> {
        let mut part = File::options().create(true).append(true).open(self.part).map_err(self.io())?;
        loop {
            let offset = self.here(&part)?;
            if offset > self.size {
                part.set_len(0).map_err(self.io())?;
                continue;
            }
            if offset == self.size {
                return Ok(());
            }
            if let Err(fault) = self.attempt(&mut part, offset, &patience).await {
                if self.here(&part)? > offset {
                    patience.renew();
                }
                patience.bear(fault).await?;
            }
        }
    }

    /// One connection.
    async fn attempt(&self, part: &mut File, offset: u64, patience: &Patience<'_>) -> Result<(), Fault> {
        let mut response = self.remote.open(self.wanted, offset).await?;
        let mut done = self.begin(part, offset, &response)?;
        loop {
            let piece = match tokio::time::timeout(patience.limits.stall, response.chunk()).await {
                Err(_) => return Err(Fault::again(format!("no byte within {:?}", patience.limits.stall))),
                Ok(Err(error)) => return Err(Fault::again(explain(error))),
                Ok(Ok(None)) if done == self.size => return Ok(()),
                Ok(Ok(None)) => {
                    return Err(Fault::again(format!("the answer ended after {done} of {} bytes", self.size)));
                }
                Ok(Ok(Some(piece))) => piece,
            };
            done += piece.len() as u64;
            if done > self.size {
                return Err(self.wrong_size(done));
            }
            part.write_all(&piece).map_err(self.io()).map_err(Fault::Answer)?;
            patience.progress.stage(ProgressEvent::Advanced { done, total: self.size });
        }
    }

    /// Compares the head of the answer with what was asked for; gives the offset at which its bytes begin.
    fn begin(&self, part: &mut File, offset: u64, response: &Response) -> Result<u64, Fault> {
        let restart = |part: &mut File| part.set_len(0).map_err(self.io()).map_err(Fault::Answer);
        match response.status() {
            StatusCode::PARTIAL_CONTENT => {
                let (start, total) =
                    content_range(response.headers()).ok_or_else(|| Fault::again("no Content-Range"))?;
                if total.is_some_and(|total| total != self.size) {
                    return Err(self.wrong_size(total.unwrap_or(0)));
                }
                if start != offset {
                    return Err(Fault::again(format!("the answer begins at byte {start} instead of {offset}")));
                }
                Ok(offset)
            }
            StatusCode::OK => {
                let length = response.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
                if length.is_some_and(|length: u64| length != self.size) {
                    return Err(self.wrong_size(length.unwrap_or(0)));
                }
                // A server that does not know ranges sends everything again.
                restart(part)?;
                Ok(0)
            }
            StatusCode::RANGE_NOT_SATISFIABLE => {
                restart(part)?;
                Err(Fault::again("the server does not have the range that is missing"))
            }
            status => Err(Fault::again(format!("status {status} where a file was expected"))),
        }
    }

    /// Another number of bytes is another file. What is there of it is of no use.
    fn wrong_size(&self, found: u64) -> Fault {
        let error = HubError::WrongSize { path: self.part.to_owned(), expected: self.size, found };
        Fault::Answer(files::delete(self.part).err().unwrap_or(error))
    }

    fn here(&self, part: &File) -> Result<u64, HubError> {
        Ok(part.metadata().map_err(self.io())?.len())
    }

    fn io(&self) -> impl FnOnce(std::io::Error) -> HubError + '_ {
        HubError::io(self.part)
    }
}

/// Start and total of `bytes start-end/total`; the total may be unknown.
fn content_range(headers: &HeaderMap) -> Option<(u64, Option<u64>)> {
    let text = headers.get(CONTENT_RANGE)?.to_str().ok()?.strip_prefix("bytes ")?;
    let (range, total) = text.split_once('/')?;
    let (start, _) = range.split_once('-')?;
    Some((start.trim().parse().ok()?, total.trim().parse().ok()))
}
