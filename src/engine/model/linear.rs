//! A linear layer: the weights, and the code that multiplies by them on this machine.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError};

use candle_core::quantized::{GgmlDType, QMatMul, QStorage, QTensor};
use candle_core::{Device, Module, Result, Storage, Tensor};

use super::kernel::{Gate, KernelLevel, Matrix, Packer, Pool, Simd, multiply, multiply_gated};

/// What our own code computes with: the threads, and the vector instructions if the processor has them.
pub(super) struct Processor {
    pub(super) pool: Pool,
    pub(super) simd: Option<Simd>,
    /// The widest activations of a layer. They are megabytes, and fresh memory costs more than their arithmetic.
    wide: Mutex<Vec<f32>>,
}

impl Processor {
    /// This machine's, with the number of threads that candle was told and kernels of a level that it has.
    pub(super) fn new(level: KernelLevel) -> Result<Arc<Self>> {
        Self::with_threads(level, candle_core::utils::get_num_threads())
    }

    /// The same on the caller's thread alone.
    pub(super) fn of_one_thread(level: KernelLevel) -> Result<Arc<Self>> {
        Self::with_threads(level, 1)
    }

    fn with_threads(level: KernelLevel, threads: usize) -> Result<Arc<Self>> {
        let pool = Pool::new(threads)?;
        let simd = Simd::all().find(|simd| simd.level() == level);
        Ok(Arc::new(Self { pool, simd, wide: Mutex::default() }))
    }
}

/// `[outputs, inputs]`, quantised.
pub(super) enum Linear {
    /// In our kernels' order.
    Packed(Packed),
    /// As candle has it: on a GPU, on a processor without our instructions, and for types that we have no kernel for.
    Candle(QMatMul),
}

/// A matrix and what multiplies by it.
#[derive(Clone)]
pub(super) struct Packed {
    pub(super) matrix: Arc<Matrix>,
    pub(super) simd: Simd,
    pub(super) processor: Arc<Processor>,
}

impl Linear {
    pub(super) fn from_quantized(weights: Arc<QTensor>) -> Result<Self> {
        Ok(Self::Candle(QMatMul::from_arc(weights)?))
    }

    /// A layer in the processor's memory, from its rows as a file has them.
    pub(super) fn from_bytes(
        bytes: &[u8],
        (dtype, [outputs, inputs]): (GgmlDType, [usize; 2]),
        processor: &Arc<Processor>,
    ) -> Result<Self> {
        if let Some(simd) = processor.simd
            && let Some(mut packer) = Packer::new(dtype, outputs, inputs)
        {
            packer.push(bytes);
            let matrix = Arc::new(packer.finish());
            return Ok(Self::Packed(Packed { matrix, simd, processor: processor.clone() }));
        }
        let storage = QStorage::from_data(Cow::Borrowed(bytes), &Device::Cpu, dtype)?;
        Self::from_quantized(Arc::new(QTensor::new(storage, (outputs, inputs))?))
    }

    /// `[rows, inputs]` to `[rows, outputs]`.
    pub(super) fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let [y] = Self::forward_all([self], x)?;
        Ok(y)
    }

    /// The same rows by several layers, which share the work of preparing them.
    pub(super) fn forward_all<const N: usize>(layers: [&Self; N], x: &Tensor) -> Result<[Tensor; N]> {
        let packed: Option<Vec<&Packed>> = layers
            .iter()
            .map(|layer| match layer {
                Self::Packed(packed) => Some(packed),
                Self::Candle(_) => None,
            })
            .collect();
        let products = match packed.as_deref() {
            Some(packed @ [Packed { simd, processor, .. }, ..]) => {
                let matrices: Vec<&Matrix> = packed.iter().map(|packed| packed.matrix.as_ref()).collect();
                let products = with_values(x, |x| multiply(*simd, &processor.pool, x, &matrices))?;
                let rows = x.dims2()?.0;
                let tensor = |(y, matrix): (_, &&Matrix)| Tensor::from_vec(y, (rows, matrix.outputs()), &Device::Cpu);
                products.into_iter().zip(&matrices).map(tensor).collect::<Result<Vec<_>>>()?
            }
            _ => layers.iter().map(|layer| layer.forward_alone(x)).collect::<Result<Vec<_>>>()?,
        };
        Ok(products.try_into().expect("a product for each layer"))
    }

    /// `down(bend(gate(x)) * up(x))`, the gated feed-forward layer.
    pub(super) fn forward_gated([gate, up, down]: [&Self; 3], kind: Gate, x: &Tensor) -> Result<Tensor> {
        let (Self::Packed(gate), Self::Packed(up), Self::Packed(down)) = (gate, up, down) else {
            let gate = gate.forward(x)?;
            let bent = match kind {
                Gate::Silu => candle_nn::ops::silu(&gate)?,
                Gate::Gelu => gate.gelu()?,
            };
            return down.forward(&(bent * up.forward(x)?)?);
        };
        let Packed { simd, processor, .. } = gate;
        let tools = (*simd, &processor.pool);
        let mut wide = processor.wide.lock().unwrap_or_else(PoisonError::into_inner);
        with_values(x, |x| multiply_gated(tools, x, (kind, [&gate.matrix, &up.matrix]), &mut wide))?;
        let y = multiply(*simd, &processor.pool, &wide, &[&down.matrix]).remove(0);
        Tensor::from_vec(y, (x.dims2()?.0, down.matrix.outputs()), &Device::Cpu)
    }

    fn forward_alone(&self, x: &Tensor) -> Result<Tensor> {
        match self {
            Self::Packed(_) => self.forward(x),
            Self::Candle(weights) => weights.forward(x),
        }
    }
}

/// Lends the numbers of a tensor that lies in memory, in row-major order.
pub(super) fn with_values<T>(x: &Tensor, use_it: impl FnOnce(&[f32]) -> T) -> Result<T> {
    let x = x.contiguous()?;
    let (storage, layout) = x.storage_and_layout();
    let (start, end) = layout.contiguous_offsets().expect("it was made contiguous");
    Ok(use_it(&numbers(&storage)?[start..end]))
}

/// All numbers of a storage in memory.
pub(super) fn numbers(storage: &Storage) -> Result<&[f32]> {
    match storage {
        Storage::Cpu(storage) => storage.as_slice(),
        _ => candle_core::bail!("the tensor is not in memory"),
    }
}
