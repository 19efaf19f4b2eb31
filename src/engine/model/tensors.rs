//! Reads tensors from a safetensors file, one at a time.
//!
//! The header is read by the crate of the format, which refuses tensors that overlap, leave gaps or are not as long as their
//! shape says. The file comes from outside: the header's length is compared with the size of the file before memory is
//! taken for it, and every shape with what the network needs. Numbers become f32, whatever they were. Not here: the file as
//! a whole in memory, which a map of it would need `unsafe` for.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use candle_core::{DType, Device, Tensor};
use safetensors::{Dtype, tensor::Metadata};

use super::ModelError;

/// Longest header that is read, in bytes; those of Marian models have under 100 kB.
const MAX_HEADER: u64 = 16 << 20;

/// An open file.
pub(super) struct Safetensors {
    path: PathBuf,
    file: File,
    /// Where the data begin.
    start: u64,
    tensors: Metadata,
}

impl Safetensors {
    /// Reads the header and checks it.
    pub(super) fn open(path: &Path) -> Result<Self, ModelError> {
        let broken = |problem: String| ModelError::Unusable { path: path.to_owned(), problem };
        let io = |source| ModelError::Io { path: path.to_owned(), source };
        let mut file = File::open(path).map_err(io)?;
        let size = file.metadata().map_err(io)?.len();
        let mut length = [0; 8];
        if size < 8 {
            return Err(broken("it is no safetensors file".to_owned()));
        }
        file.read_exact(&mut length).map_err(io)?;
        let length = u64::from_le_bytes(length);
        if length > MAX_HEADER.min(size - 8) {
            return Err(broken("its header is longer than the file or than 16 MB".to_owned()));
        }
        let mut header = vec![0; length as usize];
        file.read_exact(&mut header).map_err(io)?;
        let tensors: Metadata =
            serde_json::from_slice(&header).map_err(|error| broken(format!("its header is wrong: {error}")))?;
        let (start, data) = (8 + length, tensors.data_len());
        if data as u64 != size - start {
            return Err(broken(format!("its tensors have {data} bytes where the file has {}", size - start)));
        }
        Ok(Self { path: path.to_owned(), file, start, tensors })
    }

    /// True when the file has a tensor of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.tensors.info(name).is_some()
    }

    /// A tensor of exactly this shape.
    pub(super) fn tensor(&mut self, name: &str, shape: &[usize]) -> Result<Tensor, ModelError> {
        let Self { path, file, start, tensors } = self;
        let broken = |problem: String| ModelError::Unusable { path: path.clone(), problem };
        let info = tensors.info(name).ok_or_else(|| broken(format!("it has no tensor `{name}`")))?;
        if info.shape != shape {
            let found = &info.shape;
            return Err(broken(format!("tensor `{name}` has the shape {found:?} where {shape:?} is needed")));
        }
        let kind = match info.dtype {
            Dtype::F32 => DType::F32,
            Dtype::F16 => DType::F16,
            Dtype::BF16 => DType::BF16,
            other => return Err(broken(format!("tensor `{name}` is of the kind {other}, which is not read"))),
        };
        // They lie in the file, or it would not have been opened.
        let (from, to) = info.data_offsets;
        let mut bytes = vec![0; to - from];
        let read = file.seek(SeekFrom::Start(*start + from as u64)).and_then(|_| file.read_exact(&mut bytes));
        read.map_err(|source| ModelError::Io { path: path.clone(), source })?;
        Ok(Tensor::from_raw_buffer(&bytes, kind, shape, &Device::Cpu)?.to_dtype(DType::F32)?)
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

    fn numbers(file: &mut Safetensors, name: &str, shape: &[usize]) -> Result<Vec<f32>, ModelError> {
        Ok(file.tensor(name, shape)?.flatten_all()?.to_vec1()?)
    }

    #[test]
    fn numbers_of_three_kinds_are_read() {
        let header = r#"{"__metadata__":{"a":"b"},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},
            "b":{"dtype":"F16","shape":[1,2],"data_offsets":[8,12]},"c":{"dtype":"BF16","shape":[1],"data_offsets":[12,14]}}"#;
        let data = [0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0, 0, 0x3c, 0, 0xc0, 0x80, 0x3f];
        let (file, _keep) = open(header, &data);
        let mut file = file.unwrap();
        assert_eq!(numbers(&mut file, "a", &[2]).unwrap(), [1.0, -2.0]);
        assert_eq!(numbers(&mut file, "b", &[1, 2]).unwrap(), [1.0, -2.0]);
        assert_eq!(numbers(&mut file, "c", &[1]).unwrap(), [1.0]);
        assert!(numbers(&mut file, "b", &[2]).is_err() && numbers(&mut file, "d", &[2]).is_err());
    }

    #[test]
    fn hostile_files_are_refused() {
        let entry =
            |from: &str, to: &str| format!(r#"{{"a":{{"dtype":"F32","shape":[2],"data_offsets":[{from},{to}]}}}}"#);
        for header in [entry("0", "12"), entry("8", "0"), entry("0", "18446744073709551615"), "[]".into(), "{".into()] {
            assert!(open(&header, &[0; 8]).0.is_err(), "{header}");
        }
        assert!(open(&entry("0", "4"), &[0; 8]).0.is_err(), "too few bytes");
        assert!(open(&entry("0", "8").replace("F32", "I64"), &[0; 8]).0.is_err(), "too few bytes of another kind");
        assert!(open(&entry("0", "8"), &[0; 9]).0.is_err(), "bytes of no tensor");
        let (file, _keep) = open(&entry("0", "16").replace("F32", "I64"), &[0; 16]);
        assert!(numbers(&mut file.unwrap(), "a", &[2]).is_err(), "another kind");
        let file = tempfile::NamedTempFile::new().unwrap();
        for bytes in [&b""[..], &[255; 8], &[255; 40]] {
            std::fs::write(file.path(), bytes).unwrap();
            assert!(Safetensors::open(file.path()).is_err());
        }
    }
}
