//! lib
pub mod answer;
pub mod engine;
pub mod error;
pub mod hub;
pub mod intake;
pub mod plan;
pub mod service;
