//! The gateway on a model that writes what a script says: for tests of the gateway from outside.
//!
//!     cargo run --example scripted_gateway -- [--listen 127.0.0.1:0] [--pace MILLISECONDS] [--keys FILE] [--keep]
//!
//! It prints its address once it is ready, and stops on SIGTERM. `--pace` slows each pass of the model down, so that a
//! stream can be watched; `--keep` turns the answer cache in memory on. An example, so that it is in no shipped binary.

#![allow(clippy::unwrap_used, dead_code, reason = "a tool of the tests, on the harness of the tests")]

#[path = "../it/harness.rs"]
mod harness;
#[path = "../it/tiny_model.rs"]
mod tiny_model;
#[path = "../it/tiny_vocabulary.rs"]
mod tiny_vocabulary;

use std::time::Duration;

use candle_core::Tensor;
use stislo::cache::{AnswerCache, CacheSettings};
use stislo::engine::model::{KvCache, Model, ModelError, Slot};
use stislo::engine::{Engine, EngineSettings};
use stislo::http::{Gateway, Keys, Options, serve};

/// A model that takes its time.
struct Paced {
    model: Box<dyn Model>,
    pace: Duration,
}

impl Model for Paced {
    fn forward(&self, slots: &mut [Slot<'_>]) -> Result<Tensor, ModelError> {
        std::thread::sleep(self.pace);
        self.model.forward(slots)
    }

    fn new_cache(&self) -> Result<KvCache, ModelError> {
        self.model.new_cache()
    }

    fn context(&self) -> usize {
        self.model.context()
    }
}

/// The value behind a flag.
fn value(flag: &str) -> Option<String> {
    std::env::args().skip_while(|argument| argument != flag).nth(1)
}

#[tokio::main]
async fn main() {
    let pace = Duration::from_millis(value("--pace").map_or(0, |pace| pace.parse().unwrap()));
    let (model, card, _) = harness::Script::new(&harness::ANSWERS).model();
    // Its caches take no bytes, so the engine would keep prompts for ever.
    let settings = EngineSettings { context: card.context, prefix_bytes: 0, ..EngineSettings::default() };
    let start = move || Ok((Box::new(Paced { model, pace }) as Box<dyn Model>, card));
    let engine = Engine::start(settings, start).await.unwrap();
    let keys = value("--keys").map(|path| Keys::read(path.as_ref()).unwrap()).unwrap_or_default();
    let kept = CacheSettings { memory_bytes: 64 << 20, file: None, file_bytes: 0 };
    let cache = std::env::args().any(|argument| argument == "--keep").then(|| AnswerCache::new(kept));
    let gateway = Gateway::new(Options { keys, ..Options::default() }, cache);
    gateway.open(harness::service(engine));
    let listen = value("--listen").unwrap_or_else(|| "127.0.0.1:0".to_owned());
    let listener = tokio::net::TcpListener::bind(listen).await.unwrap();
    println!("http://{}", listener.local_addr().unwrap());
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()).unwrap();
    let stop = async move {
        terminate.recv().await;
    };
    serve(listener, gateway, stop).await.unwrap();
}
