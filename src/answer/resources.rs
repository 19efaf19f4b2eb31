//! What checks may use besides rules, where it is on this machine.

use crate::engine::encoder::Encoder;

/// Models and tables for checks. Without any, rules alone decide.
#[derive(Debug, Clone, Default)]
pub struct Resources {
    /// For whether a text is said in the article at all.
    pub encoder: Option<Encoder>,
}
