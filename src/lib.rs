//! stislo reads an article and answers, in English, Ukrainian or Russian, with a headline, a short summary and key facts
//! that cite its sentences. Everything runs on this machine.
//!
//! The way of one article is the order of the modules: `Source -> Article -> Plan -> Draft -> Summary`. Arrows between
//! rooms point down this list's dependencies only; a test in `tests/it/layers.rs` holds them to it.
//! What text in the three languages means is below them all, in `crates/language`.

pub mod answer;
pub mod bench;
pub mod cache;
pub mod chart;
pub mod cli;
pub mod config;
pub mod engine;
pub mod error;
pub mod eval;
pub mod grammar;
pub mod http;
pub mod hub;
pub mod intake;
pub mod plan;
pub mod service;
pub mod translate;

pub use stislo_language as language;
