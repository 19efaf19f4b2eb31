//! Which instructions the multiplications use.

use std::fmt;
use std::str::FromStr;

use serde::Deserialize;

/// A set of kernels. All of them give products with the same bits but `Plain`, which rounds as candle does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KernelLevel {
    /// Ours for AVX-512 with VNNI.
    Avx512,
    /// Ours for AVX2 with FMA.
    Avx2,
    /// candle's own, which every processor has.
    Plain,
}

impl KernelLevel {
    /// Every level, the fastest first.
    pub const ALL: [Self; 3] = [Self::Avx512, Self::Avx2, Self::Plain];

    /// The name that settings and reports use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Avx512 => "avx512",
            Self::Avx2 => "avx2",
            Self::Plain => "plain",
        }
    }
}

impl fmt::Display for KernelLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for KernelLevel {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let names = Self::ALL.map(Self::name).join(", ");
        Self::ALL
            .into_iter()
            .find(|level| level.name() == name)
            .ok_or_else(|| format!("there is no `{name}`; give one of {names}"))
    }
}
