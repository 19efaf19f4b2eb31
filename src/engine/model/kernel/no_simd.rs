//! Stands in for the vector code on processors that cannot have it: there is no proof to be had, so nothing is called.

use super::blocks::Scheme;
use super::float::Product;
use super::gate::Gate;
use super::matrix::TASK;

/// Proof of what is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine::model) enum Simd {}

/// As in the vector code.
#[derive(Clone, Copy)]
pub(super) struct Factors<'a> {
    pub(super) inputs: usize,
    pub(super) codes: &'a [i8],
    pub(super) scales: &'a [f32],
    pub(super) sums: &'a [f32],
    pub(super) starts: &'a [i32],
}

/// As in the vector code.
#[derive(Clone, Copy)]
pub(super) struct Panels<'a> {
    pub(super) bytes: [&'a [u8]; 2],
    pub(super) scheme: Scheme,
}

impl Simd {
    pub(in crate::engine::model) fn detect() -> Option<Self> {
        None
    }

    #[cfg(test)]
    pub(super) fn all() -> impl Iterator<Item = Self> {
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
