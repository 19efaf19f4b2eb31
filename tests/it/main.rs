//! The integration tests: one binary, one file a room.
//!
//! No network, no fixed port, no sleep. Real weights have a target of their own, `real_weights`.

mod hub;
mod hub_mirror;
mod hub_server;
mod intake;
mod tiny_model;
