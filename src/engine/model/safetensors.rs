//! Reads tensors from a safetensors file, one at a time.
//!
//! The format: eight bytes with the length of a JSON header, the header with kind, shape and place of each tensor, and then
//! their bytes. The file comes from outside: every length is compared with the size of the file, and every shape with what
//! the network needs, before memory is taken for it. Numbers become f32, whatever they were.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use candle_core::{Device, Tensor};
use serde::Deserialize;

use super::ModelError;

/// Longest header that is read, in bytes; those of Marian models have under 100 kB.
const MAX_HEADER: u64 = 16 << 20;

/// Where a tensor lies, and what it is.
#[derive(Debug, Deserialize)]
struct Entry {
    dtype: String,
    shape: Vec<usize>,
    /// First byte and the byte after the last, from the end of the header.
    data_offsets: [u64; 2],
}

/// An open file.
pub(super) struct Safetensors {
    path: PathBuf,
    file: File,
    /// Where the data begin.
    start: u64,
    entries: BTreeMap<String, Entry>,
}

impl Safetensors {
    /// Reads the header and checks it.
    pub(super) fn open(path: &Path) -> Result<Self, ModelError> {
        let broken = |problem: &str| ModelError::Unusable { path: path.to_owned(), problem: problem.to_owned() };
        let io = |source| ModelError::Io { path: path.to_owned(), source };
        let mut file = File::open(path).map_err(io)?;
        let size = file.metadata().map_err(io)?.len();
        if size < 8 {
            return Err(broken("it is no safetensors file"));
        }
        let mut length = [0; 8];
        file.read_exact(&mut length).map_err(io)?;
        let length = u64::from_le_bytes(length);
        if length > MAX_HEADER.min(size - 8) {
            return Err(broken("its header is longer than the file or than 16 MB"));
        }
        let mut header = vec![0; length as usize];
        file.read_exact(&mut header).map_err(io)?;
        let mut all: BTreeMap<String, serde_json::Value> =
            serde_json::from_slice(&header).map_err(|error| broken(&format!("its header is wrong: {error}")))?;
        all.remove("__metadata__");
        let start = 8 + length;
        let mut entries = BTreeMap::new();
        for (name, value) in all {
            let entry: Entry = serde_json::from_value(value)
                .map_err(|error| broken(&format!("its header is wrong about {name}: {error}")))?;
            let [from, to] = entry.data_offsets;
            if from > to || to > size - start {
                return Err(broken(&format!("tensor `{name}` does not lie in the file")));
            }
            entries.insert(name, entry);
        }
        Ok(Self { path: path.to_owned(), file, start, entries })
    }

    /// True when the file has a tensor of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.entries.contains_key(name)
    }

    /// A tensor of exactly this shape.
    pub(super) fn tensor(&mut self, name: &str, shape: &[usize]) -> Result<Tensor, ModelError> {
        let numbers = self.numbers(name, shape)?;
        Ok(Tensor::from_vec(numbers, shape, &Device::Cpu)?)
    }

    fn numbers(&mut self, name: &str, shape: &[usize]) -> Result<Vec<f32>, ModelError> {
        let Self { path, file, start, entries } = self;
        let broken = |problem: String| ModelError::Unusable { path: path.clone(), problem };
        let entry = entries.get(name).ok_or_else(|| broken(format!("it has no tensor `{name}`")))?;
        if entry.shape != shape {
            let found = &entry.shape;
            return Err(broken(format!("tensor `{name}` has the shape {found:?} where {shape:?} is needed")));
        }
        let width = match entry.dtype.as_str() {
            "F32" => 4,
            "F16" | "BF16" => 2,
            other => return Err(broken(format!("tensor `{name}` is of the kind {other}, which is not read"))),
        };
        // The shape is one that the network needs, so its product is far from the limits.
        let wanted = shape.iter().product::<usize>() * width;
        let [from, to] = entry.data_offsets;
        if to - from != wanted as u64 {
            return Err(broken(format!("tensor `{name}` has {} bytes where {wanted} are needed", to - from)));
        }
        let mut bytes = vec![0; wanted];
        let io = |source| ModelError::Io { path: path.clone(), source };
        file.seek(SeekFrom::Start(*start + from)).map_err(io)?;
        file.read_exact(&mut bytes).map_err(io)?;
        let half = |bytes: &[u8; 2]| half::f16::from_le_bytes(*bytes).to_f32();
        let brain = |bytes: &[u8; 2]| half::bf16::from_le_bytes(*bytes).to_f32();
        Ok(match entry.dtype.as_str() {
            "F32" => bytes.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect(),
            "F16" => bytes.as_chunks::<2>().0.iter().map(half).collect(),
            _ => bytes.as_chunks::<2>().0.iter().map(brain).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(header: &str, data: &[u8]) -> (Result<Safetensors, ModelError>, tempfile::NamedTempFile) {
        let file = tempfile::NamedTempFile::new().unwrap();
        let bytes = [&(header.len() as u64).to_le_bytes()[..], header.as_bytes(), data].concat();
        std::fs::write(file.path(), bytes).unwrap();
        (Safetensors::open(file.path()), file)
    }

    #[test]
    fn numbers_of_three_kinds_are_read() {
        let header = r#"{"__metadata__":{"a":"b"},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},
            "b":{"dtype":"F16","shape":[1,2],"data_offsets":[8,12]},"c":{"dtype":"BF16","shape":[1],"data_offsets":[12,14]}}"#;
        let data = [0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0, 0, 0x3c, 0, 0xc0, 0x80, 0x3f];
        let (file, _keep) = open(header, &data);
        let mut file = file.unwrap();
        assert_eq!(file.numbers("a", &[2]).unwrap(), [1.0, -2.0]);
        assert_eq!(file.numbers("b", &[1, 2]).unwrap(), [1.0, -2.0]);
        assert_eq!(file.numbers("c", &[1]).unwrap(), [1.0]);
        assert!(file.numbers("b", &[2]).is_err() && file.numbers("d", &[2]).is_err());
    }

    #[test]
    fn hostile_files_are_refused() {
        let entry =
            |from: &str, to: &str| format!(r#"{{"a":{{"dtype":"F32","shape":[2],"data_offsets":[{from},{to}]}}}}"#);
        for header in [entry("0", "12"), entry("8", "0"), entry("0", "18446744073709551615"), "[]".into(), "{".into()] {
            assert!(open(&header, &[0; 8]).0.is_err(), "{header}");
        }
        let (file, _keep) = open(&entry("0", "4"), &[0; 8]);
        assert!(file.unwrap().numbers("a", &[2]).is_err(), "too few bytes");
        let (file, _keep) = open(&entry("0", "8").replace("F32", "I64"), &[0; 8]);
        assert!(file.unwrap().numbers("a", &[2]).is_err(), "another kind");
        let file = tempfile::NamedTempFile::new().unwrap();
        for bytes in [&b""[..], &[255; 8], &[255; 40]] {
            std::fs::write(file.path(), bytes).unwrap();
            assert!(Safetensors::open(file.path()).is_err());
        }
    }
}
