//! The transformers: a file in, logits out. Those that write answers come from GGUF files; `marian` translates, and comes
//! from safetensors; `bert` encodes sentences.
//!
//! They are ours because the ready-made ones of candle-transformers cannot batch, cannot share a prefix, keep the cache
//! inside the weights and have defects (half-precision rotary tables in qwen3, masks that are never freed in qwen2). Here
//! weights never change after loading; what changes is in the caller's [`KvCache`]. candle is named only in this room and in
//! `sampler`. Not here: tokens to text, and which token to take.

mod architecture;
mod attention;
pub mod bert;
mod decoder;
pub mod gguf;
mod kernel;
mod kv;
mod linear;
pub mod marian;
pub mod memory;
mod parts;
mod rope;
mod tensors;
mod weights;

use std::path::{Path, PathBuf};

use candle_core::{Device, Tensor};

use self::decoder::Decoder;
use self::gguf::{Gguf, GgufError};
pub use self::kernel::KernelLevel;
use self::kernel::Simd;
pub use self::kv::KvCache;
use self::weights::Weights;

/// The architectures that can be run, by the name that GGUF files use.
pub const ARCHITECTURES: [&str; 4] = ["qwen2", "qwen3", "gemma3", "llama"];

/// Why a model could not be loaded or run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// The file is broken.
    #[error(transparent)]
    File(#[from] GgufError),
    /// The file is sound, but of a kind that is not built yet.
    #[error("the model's architecture `{architecture}` cannot be run yet; those that can: {}", ARCHITECTURES.join(", "))]
    Architecture {
        /// What the file says it is.
        architecture: String,
    },
    /// A token past the end of the context was asked for.
    #[error("position {position} is past the context of {limit} tokens")]
    ContextFull {
        /// The position.
        position: usize,
        /// Tokens that fit.
        limit: usize,
    },
    /// A token that the vocabulary does not have was given.
    #[error("token {token} is outside the vocabulary of {vocabulary}")]
    UnknownToken {
        /// The token.
        token: u32,
        /// How many there are.
        vocabulary: usize,
    },
    /// A file of a translation model or an encoder could not be read.
    #[error("cannot read {path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file of a translation model or an encoder is broken, or of a kind that is not computed here.
    #[error("{path} is not usable: {problem}")]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// The weights do not fit in the memory that is free.
    #[error(
        "{path} takes about {} MB of memory, and {} MB can be had; close other programs, raise the limit of this one, or choose a smaller model (stislo models list)",
        needed / 1_000_000, free / 1_000_000
    )]
    Memory {
        /// The file.
        path: PathBuf,
        /// Bytes that it takes.
        needed: u64,
        /// Bytes that can be had.
        free: u64,
    },
    /// This processor does not have the kernels that were asked for.
    #[error("this processor has no {asked} kernels; those that it has: {}", here().map(KernelLevel::name).collect::<Vec<_>>().join(", "))]
    Kernels {
        /// What was asked for.
        asked: KernelLevel,
    },
    /// The arithmetic failed.
    #[error("the computation failed: {0}")]
    Compute(#[from] candle_core::Error),
}

impl ModelError {
    /// True when a file could not be read: another time it may be.
    pub fn is_of_disk(&self) -> bool {
        matches!(self, Self::File(GgufError::Io { .. }) | Self::Io { .. })
    }
}

/// One sequence in a forward pass.
pub struct Slot<'a> {
    /// Its new tokens, at least one.
    pub tokens: &'a [u32],
    /// Its past; the new tokens are added.
    pub cache: &'a mut KvCache,
    /// How many of its last positions want logits; 0 while a prompt is read.
    pub rows: usize,
}

/// A transformer, or what a test puts in its place.
pub trait Model: Send {
    /// Runs every slot's tokens in one pass. The rows of logits follow each other in the order of the slots,
    /// `[sum of rows, vocabulary]`, in f32.
    fn forward(&self, slots: &mut [Slot<'_>]) -> Result<Tensor, ModelError>;

    /// An empty cache that fits this model.
    fn new_cache(&self) -> Result<KvCache, ModelError>;

    /// Most tokens that a sequence may have.
    fn context(&self) -> usize;
}

/// The kernels that this processor has, the fastest first.
fn here() -> impl Iterator<Item = KernelLevel> {
    Simd::all().map(Simd::level).chain([KernelLevel::Plain])
}

/// The kernels to compute with: those that are asked for, or the fastest that this processor has.
pub fn kernels(asked: Option<KernelLevel>) -> Result<KernelLevel, ModelError> {
    match asked {
        None => Ok(here().next().unwrap_or(KernelLevel::Plain)),
        Some(asked) if here().any(|level| level == asked) => Ok(asked),
        Some(asked) => Err(ModelError::Kernels { asked }),
    }
}

/// The name of what a model is computed with here: of kernels of the processor, or `gpu`.
pub fn arithmetic(asked: Option<KernelLevel>) -> Result<&'static str, ModelError> {
    let kernels = kernels(asked)?;
    Ok(if device().is_cpu() { kernels.name() } else { "gpu" })
}

/// Loads the model that `header` describes, for sequences of up to `context` tokens. On a processor it computes with
/// `kernels`, or the fastest that there are.
pub fn load(header: &Gguf, context: usize, kernels: Option<KernelLevel>) -> Result<Box<dyn Model>, ModelError> {
    let kernels = self::kernels(kernels)?;
    let device = device();
    if device.is_cpu() {
        check_memory(header.path(), memory::free())?;
    }
    let weights = Weights::new(header, &device, kernels)?;
    Ok(Box::new(Decoder::load(&weights, context)?))
}

/// Checks that there is room for the weights of a file, and for what a short article takes beside them.
fn check_memory(path: &Path, free: Option<u64>) -> Result<(), ModelError> {
    let io = |source| GgufError::Io { path: path.to_owned(), source };
    let bytes = std::fs::metadata(path).map_err(io)?.len();
    let needed = bytes + bytes / 8;
    match free {
        Some(free) if free < needed => Err(ModelError::Memory { path: path.to_owned(), needed, free }),
        _ => Ok(()),
    }
}

/// A GPU where this build has its feature and this machine has one that answers, else the processor.
fn device() -> Device {
    // Whether the feature is there, not the GPU: a build for GPUs also runs where there is none.
    let gpu = if candle_core::utils::cuda_is_available() {
        Device::new_cuda(0)
    } else if candle_core::utils::metal_is_available() {
        Device::new_metal(0)
    } else {
        return Device::Cpu;
    };
    gpu.unwrap_or_else(|error| {
        tracing::warn!(%error, "the GPU cannot be used; the processor computes instead");
        Device::Cpu
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_without_room_are_refused() {
        let path = Path::new(env!("CARGO_MANIFEST_PATH"));
        let bytes = std::fs::metadata(path).unwrap().len();
        let error = check_memory(path, Some(bytes)).unwrap_err().to_string();
        assert!(error.contains("takes about") && error.contains("choose a smaller model"), "{error}");
        assert!(check_memory(path, Some(2 * bytes)).is_ok() && check_memory(path, None).is_ok());
        assert!(check_memory(Path::new("none.gguf"), Some(1)).is_err());
    }
}
