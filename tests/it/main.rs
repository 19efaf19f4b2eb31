//! The integration tests: one binary, one file a room.
//!
//! No network, no fixed port, no sleep. Real weights have a target of their own, `real_weights`.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod batching;
mod bench;
mod cache;
mod check;
mod cli;
mod compare;
mod encoder;
mod engine;
mod eval;
mod faults;
mod gguf;
mod harness;
mod hostile;
mod http;
mod hub;
mod hub_dictionary;
mod hub_mirror;
mod hub_server;
mod inference_server;
mod intake;
mod judge;
mod layers;
mod libre;
mod long_articles;
mod marian;
mod model;
mod names;
mod orders;
mod pages;
mod planted;
mod remote;
mod repair;
mod scheduling;
mod serve;
mod service;
mod tiny_encoder;
mod tiny_marian;
mod tiny_model;
mod tiny_student;
mod tiny_vocabulary;
mod tokens;
mod translate;
mod translators;
mod unigram;
mod verdict;
