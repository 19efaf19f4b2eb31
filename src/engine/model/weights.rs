//! Brings checked tensors from a GGUF file into candle.
//!
//! The file is read once, tensor by tensor, into the memory that the engine keeps, by several threads. Every shape is compared with what the
//! architecture needs before candle sees a byte, so a wrong file fails here with a sentence and not in a multiplication.

use std::borrow::Cow;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::sync::{Arc, Mutex};

use candle_core::quantized::{QMatMul, QStorage, QTensor};
use candle_core::{DType, Device, Module, Tensor};

use super::ModelError;
use super::gguf::{Gguf, GgufError, TensorInfo};

/// The tensors of one file.
pub(super) struct Weights<'a> {
    header: &'a Gguf,
    /// Readers that nobody uses at the moment, so that several threads can load side by side. Locked to take one or to
    /// give it back.
    idle: Mutex<Vec<Reader>>,
    device: Device,
}

/// The file, and a buffer that is used again for each tensor. Its words keep the bytes aligned for every block type.
struct Reader {
    file: File,
    words: Vec<u64>,
}

impl Reader {
    fn read(&mut self, info: &TensorInfo) -> std::io::Result<&[u8]> {
        self.words.resize(info.bytes.div_ceil(8).max(self.words.len()), 0);
        let buffer = &mut bytemuck::cast_slice_mut::<u64, u8>(&mut self.words)[..info.bytes];
        self.file.seek(SeekFrom::Start(info.start))?;
        self.file.read_exact(buffer)?;
        Ok(buffer)
    }
}

impl<'a> Weights<'a> {
    /// Weights of the file that `header` was read from.
    pub(super) fn new(header: &'a Gguf, device: &Device) -> Self {
        Self { header, idle: Mutex::new(Vec::new()), device: device.clone() }
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

    /// A tensor of exactly this shape, quantised as it is stored.
    pub(super) fn quantized(&self, name: &str, shape: &[usize]) -> Result<Arc<QTensor>, ModelError> {
        let Some(info) = self.header.tensor(name) else {
            return Err(self.header.malformed(format!("it has no tensor `{name}`")).into());
        };
        if info.shape != shape {
            let problem = format!("tensor `{name}` has the shape {:?} where {shape:?} is needed", info.shape);
            return Err(self.header.malformed(problem).into());
        }
        let io = |source| GgufError::Io { path: self.header.path().to_owned(), source };
        let idle = || self.idle.lock().expect("nothing panics while it holds the list of readers");
        let taken = idle().pop();
        let mut reader = match taken {
            Some(reader) => reader,
            None => Reader { file: File::open(self.header.path()).map_err(io)?, words: Vec::new() },
        };
        let bytes = Cow::Borrowed(reader.read(info).map_err(io)?);
        let storage = QStorage::from_data(bytes, &self.device, info.dtype)?;
        idle().push(reader);
        Ok(Arc::new(QTensor::new(storage, shape)?))
    }

    /// A vector in f32: a bias or the gain of a norm.
    pub(super) fn vector(&self, name: &str, length: usize) -> Result<Tensor, ModelError> {
        Ok(self.quantized(name, &[length])?.dequantize(&self.device)?)
    }

    /// A matrix for multiplication, `[out, in]` as PyTorch keeps it.
    pub(super) fn matrix(&self, name: &str, out: usize, inner: usize) -> Result<QMatMul, ModelError> {
        ready(QMatMul::from_arc(self.quantized(name, &[out, inner])?)?, inner)
    }
}

/// Multiplies once. candle brings a matrix into its kernels' order at the first multiplication, on one thread; done here
/// it is done by all loading threads side by side, and the first answer does not wait for it. Some kinds need two rows.
pub(super) fn ready(matrix: QMatMul, inner: usize) -> Result<QMatMul, ModelError> {
    matrix.forward(&Tensor::zeros((2, inner), DType::F32, &Device::Cpu)?)?;
    Ok(matrix)
}
