//! Stands in for the vector code on processors that cannot have it: there is no proof to be had, so nothing is called.

use super::KernelLevel;
use super::float::Product;
use super::gate::Gate;
use super::matrix::{Panels, TASK};
use super::rows::Factors;

/// Proof of what is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine::model) enum Simd {}

impl Simd {
    pub(in crate::engine::model) fn level(self) -> KernelLevel {
        match self {}
    }

    pub(in crate::engine::model) fn all() -> impl Iterator<Item = Self> {
        std::iter::empty()
    }

    pub(super) fn quantize(self, _: &[f32], _: &mut [i8], _: &mut [i32]) -> f32 {
        match self {}
    }

    pub(super) fn multiply(self, _: Panels<'_>, _: &Factors<'_>, _: &mut [[f32; TASK]]) {
        match self {}
    }

    pub(super) fn matmul(self, _: Product<'_>) {
        match self {}
    }

    pub(super) fn soften(self, _: &mut [f32], _: &mut [f32], _: &mut [f32; 2]) {
        match self {}
    }

    pub(super) fn gate(self, _: Gate, _: &mut [f32], _: &[f32]) {
        match self {}
    }
}
