//! What a feed-forward layer bends its gate by.

/// The bend of a gate: `x` times a number between 0 and 1 that grows with `x`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine::model) enum Gate {
    /// `x / (1 + exp(-x))` (Elfwing et al., 2017).
    Silu,
    /// GELU in its approximation by tanh (Hendrycks and Gimpel, 2016).
    Gelu,
}
