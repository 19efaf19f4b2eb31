//! Brings checked tensors from a GGUF file into candle.
//!
//! The file is read once, tensor by tensor, into the memory that the engine keeps. Every shape is compared with what the
//! architecture needs before candle sees a byte, so a wrong file fails here with a sentence and not in a multiplication.

use std::borrow::Cow;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::sync::{Arc, Mutex};

use candle_core::quantized::{QMatMul, QStorage, QTensor};
use candle_core::{Device, Tensor};

use super::ModelError;
use super::gguf::{Gguf, GgufError};

/// The tensors of one file.
pub struct Weights<'a> {
    header: &'a Gguf,
    /// The file and a buffer that is used again for each tensor. Its words keep the bytes aligned for every block type.
    /// Locked for the reading of one tensor.
    input: Mutex<(File, Vec<u64>)>,
    device: Device,
}

impl<'a> Weights<'a> {
    /// Opens the file that `header` was read from.
    pub fn open(header: &'a Gguf, device: &Device) -> Result<Self, ModelError> {
        let path = header.path().to_owned();
        let file = File::open(&path).map_err(|source| GgufError::Io { path, source })?;
        Ok(Self { header, input: Mutex::new((file, Vec::new())), device: device.clone() })
    }

    /// The header, for sizes and names.
    pub fn header(&self) -> &Gguf {
        self.header
    }

    /// Where the tensors are put.
    pub fn device(&self) -> &Device {
        &self.device
    }

    /// True when the file has a tensor of this name.
    pub fn has(&self, name: &str) -> bool {
        self.header.tensor(name).is_some()
    }

    /// A tensor of exactly this shape, quantised as it is stored.
    pub fn quantized(&self, name: &str, shape: &[usize]) -> Result<Arc<QTensor>, ModelError> {
        let Some(info) = self.header.tensor(name) else {
            return Err(self.header.malformed(format!("it has no tensor `{name}`")).into());
        };
        if info.shape != shape {
            let problem = format!("tensor `{name}` has the shape {:?} where {shape:?} is needed", info.shape);
            return Err(self.header.malformed(problem).into());
        }
        let io = |source| GgufError::Io { path: self.header.path().to_owned(), source };
        let mut input = self.input.lock().expect("a reader of tensors does not panic");
        let (file, words) = &mut *input;
        words.resize(info.bytes.div_ceil(8).max(words.len()), 0);
        let buffer = &mut bytemuck::cast_slice_mut::<u64, u8>(words)[..info.bytes];
        file.seek(SeekFrom::Start(info.start)).map_err(io)?;
        file.read_exact(buffer).map_err(io)?;
        let storage = QStorage::from_data(Cow::Borrowed(buffer), &self.device, info.dtype)?;
        Ok(Arc::new(QTensor::new(storage, shape)?))
    }

    /// A vector in f32: a bias or the gain of a norm.
    pub fn vector(&self, name: &str, length: usize) -> Result<Tensor, ModelError> {
        Ok(self.quantized(name, &[length])?.dequantize(&self.device)?)
    }

    /// A matrix for multiplication, `[out, in]` as PyTorch keeps it.
    pub fn matrix(&self, name: &str, out: usize, inner: usize) -> Result<QMatMul, ModelError> {
        Ok(QMatMul::from_arc(self.quantized(name, &[out, inner])?)?)
    }
}
