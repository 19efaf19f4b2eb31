//! The answers in a file: a redb database, which is always whole, whenever the program is killed.
//!
//! redb lets one process write at a time. So the file is opened for each operation and closed behind it: the gateway and
//! any number of commands share it, an idle program holds nothing, and who does not get a turn within [`PATIENCE`] goes
//! on without. That costs milliseconds where an answer costs seconds. A file that is damaged is thrown away.

use std::fs::OpenOptions;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use redb::{
    Database, DatabaseError, ReadOnlyDatabase, ReadTransaction, ReadableDatabase, ReadableTable, TableDefinition,
    TableError, WriteTransaction,
};

use super::Key;

/// Answers as JSON. The number is that of this layout; another layout takes other names.
const ANSWERS: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("answers.1");
/// Their keys by age: the lowest number is the oldest.
const AGES: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("ages.1");
/// The sum of their bytes.
const SIZE: TableDefinition<'_, (), u64> = TableDefinition::new("size.1");

/// How long to wait for another process to finish with the file, and how often to look.
const PATIENCE: Duration = Duration::from_secs(1);
const LOOK: Duration = Duration::from_millis(10);
/// Bytes of pages that redb keeps in memory while the file is open.
const PAGES: usize = 4 << 20;

/// A file of answers.
pub(super) struct Disk {
    path: PathBuf,
    limit: u64,
}

impl Disk {
    pub(super) fn new(path: PathBuf, limit: u64) -> Self {
        Self { path, limit }
    }

    /// Bytes of the file.
    pub(super) fn bytes(&self) -> u64 {
        std::fs::metadata(&self.path).map_or(0, |file| file.len())
    }

    /// The answer with this key, if there is one and the file can be read.
    pub(super) fn get(&self, key: &Key) -> Option<Vec<u8>> {
        let found = self.guarded("read", || {
            if !self.path.exists() {
                return Ok(None);
            }
            match self.patiently(|| ReadOnlyDatabase::open(&self.path)) {
                Ok(database) => read(&database.begin_read()?, key),
                // A program was killed while it wrote: opening for writing puts the file in order.
                Err(DatabaseError::RepairAborted) => read(&self.patiently(|| self.open())?.begin_read()?, key),
                Err(error) => Err(error.into()),
            }
        });
        found.flatten()
    }

    /// Keeps an answer, and lets the oldest go.
    pub(super) fn put(&self, key: &Key, json: &[u8]) {
        if json.len() as u64 > self.limit {
            return;
        }
        self.guarded("write", || {
            let database = self.patiently(|| self.open())?;
            let transaction = database.begin_write()?;
            write(&transaction, key, json, self.limit)?;
            Ok(transaction.commit()?)
        });
    }

    /// Opens the file for writing; makes it, for its owner alone, when it is not there.
    fn open(&self) -> Result<Database, DatabaseError> {
        if let Some(folder) = self.path.parent() {
            let mut builder = std::fs::DirBuilder::new();
            builder.recursive(true);
            #[cfg(unix)]
            std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
            builder.create(folder)?;
        }
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        Database::builder().set_cache_size(PAGES).create_file(options.open(&self.path)?)
    }

    /// Opens the file as soon as no other process has it.
    fn patiently<T>(&self, open: impl Fn() -> Result<T, DatabaseError>) -> Result<T, DatabaseError> {
        let started = Instant::now();
        loop {
            match open() {
                Err(DatabaseError::DatabaseAlreadyOpen) if started.elapsed() < PATIENCE => std::thread::sleep(LOOK),
                outcome => return outcome,
            }
        }
    }

    /// Does something with the file. What goes wrong is logged. A file that is damaged is removed, as one is whose making
    /// was cut off by a kill, and then it is done once more, without that file.
    fn guarded<T>(&self, doing: &str, work: impl Fn() -> Result<T, redb::Error>) -> Option<T> {
        for _ in 0..2 {
            // redb checks what it reads, but a file of someone else's making might still break one of its assumptions.
            let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(&work));
            let path = self.path.display();
            match outcome {
                Ok(Ok(done)) => return Some(done),
                Ok(Err(error)) => {
                    tracing::warn!(%path, %error, "cannot {doing} the kept answers");
                    if !is_damage(&error) {
                        return None;
                    }
                }
                Err(_) => tracing::warn!(%path, "the kept answers are damaged"),
            }
            if let Err(error) = std::fs::remove_file(&self.path) {
                tracing::warn!(%path, %error, "cannot remove the damaged answers");
            }
        }
        None
    }
}

/// True when the file will never be of use again.
fn is_damage(error: &redb::Error) -> bool {
    match error {
        redb::Error::Corrupted(_) | redb::Error::UpgradeRequired(_) => true,
        redb::Error::Io(error) => {
            matches!(error.kind(), std::io::ErrorKind::InvalidData | std::io::ErrorKind::UnexpectedEof)
        }
        _ => false,
    }
}

fn read(transaction: &ReadTransaction, key: &Key) -> Result<Option<Vec<u8>>, redb::Error> {
    match transaction.open_table(ANSWERS) {
        Ok(answers) => Ok(answers.get(key.bytes().as_slice())?.map(|json| json.value().to_vec())),
        Err(TableError::TableDoesNotExist(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn write(transaction: &WriteTransaction, key: &Key, json: &[u8], limit: u64) -> Result<(), redb::Error> {
    let key = key.bytes().as_slice();
    let mut answers = transaction.open_table(ANSWERS)?;
    let mut ages = transaction.open_table(AGES)?;
    let mut size = transaction.open_table(SIZE)?;
    let before = answers.insert(key, json)?.map(|before| before.value().len() as u64);
    let mut bytes = size.get(())?.map_or(0, |bytes| bytes.value()) + json.len() as u64 - before.unwrap_or(0);
    if before.is_none() {
        let youngest = ages.last()?.map_or(0, |(age, _)| age.value());
        ages.insert(youngest + 1, key)?;
    }
    while bytes > limit {
        let Some(oldest) = ages.pop_first()?.map(|(_, key)| key.value().to_vec()) else { break };
        bytes -= answers.remove(oldest.as_slice())?.map_or(0, |json| json.value().len() as u64);
    }
    size.insert((), bytes)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn disk(folder: &tempfile::TempDir, limit: u64) -> Disk {
        Disk::new(folder.path().join("below/answers.redb"), limit)
    }

    #[test]
    fn what_is_put_is_there_and_the_oldest_goes() {
        let folder = tempfile::tempdir().unwrap();
        let disk = disk(&folder, 25);
        let key = |n: u8| Key::of(&n);
        assert_eq!(disk.get(&key(1)), None);
        assert!(!disk.path.exists(), "looking makes no file");
        for n in 1..=3 {
            disk.put(&key(n), &[n; 10]);
            disk.put(&key(n), &[n; 10]);
        }
        let kept: Vec<_> = (1..=3).map(|n| disk.get(&key(n))).collect();
        assert_eq!(kept, [None, Some(vec![2; 10]), Some(vec![3; 10])]);
        disk.put(&key(4), &[4; 26]);
        assert!(disk.get(&key(4)).is_none() && disk.get(&key(2)).is_some(), "one too large empties nothing");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!((mode(&disk.path), mode(disk.path.parent().unwrap())), (0o600, 0o700));
        }
    }

    #[test]
    fn a_file_that_another_process_has_is_waited_for_and_then_gone_without() {
        let folder = tempfile::tempdir().unwrap();
        let disk = disk(&folder, 100);
        disk.put(&Key::of(&1), b"{}");
        let held = disk.open().unwrap();
        let started = Instant::now();
        assert_eq!(disk.get(&Key::of(&1)), None);
        assert!(started.elapsed() >= PATIENCE && started.elapsed() < PATIENCE * 5);
        drop(held);
        assert_eq!(disk.get(&Key::of(&1)).unwrap(), b"{}");
    }

    #[test]
    fn a_damaged_file_is_thrown_away() {
        let folder = tempfile::tempdir().unwrap();
        let disk = disk(&folder, 1 << 20);
        disk.put(&Key::of(&1), &[7; 5000]);
        let good = std::fs::read(&disk.path).unwrap();
        let half = good[..good.len() / 2].to_vec();
        let noise: Vec<u8> = (0..good.len()).map(|i| (i * 7919 % 251) as u8).collect();
        let mut head = good.clone();
        head[64..320].fill(0xff);
        let (cut, unwritten) = (good[..100].to_vec(), vec![0; good.len()]);
        let damaged = [
            ("nothing of redb", noise),
            ("half of it", half),
            ("its head", head),
            ("cut off in its head", cut),
            ("made and not written", unwritten),
        ];
        for (what, bytes) in damaged {
            std::fs::write(&disk.path, &bytes).unwrap();
            assert_eq!(disk.get(&Key::of(&1)), None, "{what}");
            std::fs::write(&disk.path, &bytes).unwrap();
            disk.put(&Key::of(&2), b"[]");
            assert_eq!(disk.get(&Key::of(&2)).as_deref(), Some(&b"[]"[..]), "{what}");
        }
    }
}
