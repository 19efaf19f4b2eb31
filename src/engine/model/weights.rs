//! Brings checked tensors from a GGUF file into candle.
//!
//! The file is read once, tensor by tensor, into the memory that the engine keeps, by several threads. Every shape is
//! compared with what the architecture needs before candle sees a byte, so a wrong file fails here with a sentence and not
//! in a multiplication.

use std::borrow::Cow;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use candle_core::quantized::{GgmlDType, QStorage, QTensor};
use candle_core::{DType, Device, Tensor};

use super::ModelError;
use super::gguf::{Gguf, GgufError, TensorInfo};
use super::kernel::{KernelLevel, Packer};
use super::linear::{Linear, Packed, Processor};

/// Bytes that are read at a time where a tensor is brought into another order: they stay in the cache.
const STRETCH: usize = 1 << 20;

/// The tensors of one file.
pub(super) struct Weights<'a> {
    header: &'a Gguf,
    /// Readers that nobody uses at the moment, so that several threads can load side by side. Locked to take one or to
    /// give it back.
    idle: Mutex<Vec<Reader>>,
    device: Device,
    processor: Arc<Processor>,
}

/// The file, and a buffer that is used again for each tensor. Its words keep the bytes aligned for every block type.
struct Reader {
    file: File,
    words: Vec<u64>,
}

impl Reader {
    fn open(path: &Path) -> std::io::Result<Self> {
        Ok(Self { file: File::open(path)?, words: Vec::new() })
    }

    /// Reads `bytes` bytes from the file's byte number `start`.
    fn read(&mut self, start: u64, bytes: usize) -> std::io::Result<&[u8]> {
        self.words.resize(bytes.div_ceil(8).max(self.words.len()), 0);
        let buffer = &mut bytemuck::cast_slice_mut::<u64, u8>(&mut self.words)[..bytes];
        self.file.seek(SeekFrom::Start(start))?;
        self.file.read_exact(buffer)?;
        Ok(buffer)
    }
}

/// Rows of a matrix that stay in the file until they are asked for. A copy of them all would take memory and time at the
/// start for the few that an article needs.
pub(super) struct FileRows {
    /// Locked while one pass reads its rows; there is one pass at a time.
    reader: Mutex<Reader>,
    path: PathBuf,
    /// Where the first row lies in the file, in bytes.
    start: u64,
    row_bytes: usize,
    /// Numbers of a row.
    width: usize,
    dtype: GgmlDType,
    device: Device,
}

impl FileRows {
    /// Rows of `width` numbers, from byte `start` of a file on.
    pub(super) fn open(path: &Path, start: u64, dtype: GgmlDType, width: usize) -> std::io::Result<Self> {
        let (reader, path) = (Mutex::new(Reader::open(path)?), path.to_owned());
        let row_bytes = width / dtype.block_size() * dtype.type_size();
        Ok(Self { reader, path, start, row_bytes, width, dtype, device: Device::Cpu })
    }

    /// `[numbers.len(), width]` in f32: the rows of these numbers, each smaller than the matrix has rows.
    pub(super) fn read(&self, numbers: &[u32]) -> Result<Tensor, ModelError> {
        let mut bytes = Vec::with_capacity(numbers.len() * self.row_bytes);
        let mut reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        for &number in numbers {
            let row = reader.read(self.start + u64::from(number) * self.row_bytes as u64, self.row_bytes);
            bytes.extend_from_slice(row.map_err(|source| GgufError::Io { path: self.path.clone(), source })?);
        }
        let storage = QStorage::from_data(Cow::Owned(bytes), &self.device, self.dtype)?;
        Ok(QTensor::new(storage, (numbers.len(), self.width))?.dequantize(&self.device)?)
    }
}

impl<'a> Weights<'a> {
    /// Weights of the file that `header` was read from.
    pub(super) fn new(header: &'a Gguf, device: &Device, kernels: KernelLevel) -> Result<Self, ModelError> {
        let processor = Processor::new(kernels)?;
        Ok(Self { header, idle: Mutex::new(Vec::new()), device: device.clone(), processor })
    }

    /// What the model computes with.
    pub(super) fn processor(&self) -> &Arc<Processor> {
        &self.processor
    }

    /// The header, for sizes and names.
    pub(super) fn header(&self) -> &Gguf {
        self.header
    }

    /// Where the tensors are put.
    pub(super) fn device(&self) -> &Device {
        &self.device
    }

    /// True when the file has a tensor of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.header.tensor(name).is_some()
    }

    /// Where a tensor of exactly this shape lies.
    fn find(&self, name: &str, shape: &[usize]) -> Result<&TensorInfo, ModelError> {
        let Some(info) = self.header.tensor(name) else {
            return Err(self.header.malformed(format!("it has no tensor `{name}`")).into());
        };
        if info.shape != shape {
            let problem = format!("tensor `{name}` has the shape {:?} where {shape:?} is needed", info.shape);
            return Err(self.header.malformed(problem).into());
        }
        Ok(info)
    }

    /// Lends a reader to `read`.
    fn with_reader<T>(&self, read: impl FnOnce(&mut Reader) -> std::io::Result<T>) -> Result<T, ModelError> {
        let io = |source| GgufError::Io { path: self.header.path().to_owned(), source };
        let idle = || self.idle.lock().expect("nothing panics while it holds the list of readers");
        let taken = idle().pop();
        let mut reader = match taken {
            Some(reader) => reader,
            None => Reader::open(self.header.path()).map_err(io)?,
        };
        let outcome = read(&mut reader).map_err(io)?;
        idle().push(reader);
        Ok(outcome)
    }

    /// A tensor of exactly this shape, quantised as it is stored.
    pub(super) fn quantized(&self, name: &str, shape: &[usize]) -> Result<Arc<QTensor>, ModelError> {
        let info = self.find(name, shape)?;
        let storage = self.with_reader(|reader| {
            let bytes = reader.read(info.start, info.bytes)?;
            Ok(QStorage::from_data(Cow::Borrowed(bytes), &self.device, info.dtype))
        })?;
        Ok(Arc::new(QTensor::new(storage?, shape)?))
    }

    /// A matrix in our kernels' order, `[out, in]` as PyTorch keeps it; `None` where they cannot take it.
    pub(super) fn packed(&self, name: &str, out: usize, inner: usize) -> Result<Option<Packed>, ModelError> {
        let info = self.find(name, &[out, inner])?;
        let (Some(simd), true) = (self.processor.simd, self.device.is_cpu()) else { return Ok(None) };
        let Some(mut packer) = Packer::new(info.dtype, out, inner) else { return Ok(None) };
        let row_bytes = packer.row_bytes();
        let rows = (STRETCH / row_bytes).next_multiple_of(Packer::ROWS);
        self.with_reader(|reader| {
            for first in (0..out).step_by(rows) {
                let count = rows.min(out - first);
                packer.push(reader.read(info.start + (first * row_bytes) as u64, count * row_bytes)?);
            }
            Ok(())
        })?;
        Ok(Some(Packed { matrix: Arc::new(packer.finish()), simd, processor: self.processor.clone() }))
    }

    /// The rows of a matrix of exactly this shape, left in the file.
    pub(super) fn rows(&self, name: &str, count: usize, width: usize) -> Result<FileRows, ModelError> {
        let info = self.find(name, &[count, width])?;
        let path = self.header.path().to_owned();
        let reader = Mutex::new(Reader::open(&path).map_err(|source| GgufError::Io { path: path.clone(), source })?);
        let row_bytes = info.bytes / count;
        Ok(FileRows {
            reader,
            path,
            start: info.start,
            row_bytes,
            width,
            dtype: info.dtype,
            device: self.device.clone(),
        })
    }

    /// A vector in f32: a bias or the gain of a norm.
    pub(super) fn vector(&self, name: &str, length: usize) -> Result<Tensor, ModelError> {
        Ok(self.quantized(name, &[length])?.dequantize(&self.device)?)
    }

    /// A linear layer, `[out, in]` as PyTorch keeps it.
    pub(super) fn matrix(&self, name: &str, out: usize, inner: usize) -> Result<Linear, ModelError> {
        match self.packed(name, out, inner)? {
            Some(packed) => Ok(Linear::Packed(packed)),
            None => self.ready(Linear::from_quantized(self.quantized(name, &[out, inner])?)?, inner),
        }
    }

    /// Multiplies once. candle brings a matrix into its kernels' order at the first multiplication, on one thread; done
    /// here it is done by all loading threads side by side, and the first answer does not wait for it. Some kinds need
    /// two rows.
    pub(super) fn ready(&self, layer: Linear, inner: usize) -> Result<Linear, ModelError> {
        layer.forward(&Tensor::zeros((2, inner), DType::F32, &self.device)?)?;
        Ok(layer)
    }
}
