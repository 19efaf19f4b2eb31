//! What a gateway counts, for Prometheus. Labels come from lists of ours, so no caller can make their number grow.
//!
//! A registry of the gateway's own, so that two gateways in a process do not mix. Not here: what a single request cost,
//! which is in its answer and in the log.

use std::sync::Mutex;
use std::time::Duration;

use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use super::flight::Origin;
use super::problem::Problem;
use crate::answer::TimingsInfo;
use crate::service::Service;

/// The status that stands for a caller who left before the answer.
pub(super) const LEFT: u16 = 499;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Request {
    path: &'static str,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Path {
    path: &'static str,
}

/// Requests at this moment.
#[derive(Debug, Clone, Copy)]
pub(super) struct Load {
    /// Under way in any way.
    pub(super) open: usize,
    /// At work.
    pub(super) running: usize,
    /// Waiting for their turn.
    pub(super) waiting: usize,
}

/// The counters of one gateway.
pub(super) struct Metrics {
    registry: Mutex<Registry>,
    requests: Family<Request, Counter>,
    seconds: Family<Path, Histogram>,
    kept: Counter,
    written: Counter,
    /// Computations that nobody waited for any more.
    pub(super) given_up: Counter,
    prompt_tokens: Counter,
    completion_tokens: Counter,
    open: Gauge,
    running: Gauge,
    waiting: Gauge,
    /// Connections that are open.
    pub(super) connections: Gauge,
    sequences: Gauge,
    cache_bytes: Gauge,
    prefix_bytes: Gauge,
}

impl Metrics {
    pub(super) fn new() -> Self {
        let metrics = Self {
            registry: Mutex::new(Registry::with_prefix("stislo")),
            requests: Family::default(),
            seconds: Family::new_with_constructor(|| Histogram::new([0.001, 0.01, 0.1, 1.0, 5.0, 20.0, 60.0, 300.0])),
            kept: Counter::default(),
            written: Counter::default(),
            given_up: Counter::default(),
            prompt_tokens: Counter::default(),
            completion_tokens: Counter::default(),
            open: Gauge::default(),
            running: Gauge::default(),
            waiting: Gauge::default(),
            connections: Gauge::default(),
            sequences: Gauge::default(),
            cache_bytes: Gauge::default(),
            prefix_bytes: Gauge::default(),
        };
        metrics.register();
        metrics
    }

    fn register(&self) {
        let mut registry = self.registry.lock().expect("nothing panics while it counts");
        registry.register("requests", "Requests by path and status; 499: the caller left", self.requests.clone());
        registry.register("request_seconds", "From a request to the head of its answer", self.seconds.clone());
        registry.register("answers_kept", "Answers that were kept from before", self.kept.clone());
        registry.register("answers_written", "Answers that the model wrote", self.written.clone());
        registry.register("cancelled", "Answers given up because nobody waited any more", self.given_up.clone());
        registry.register("prompt_tokens", "Tokens of prompts", self.prompt_tokens.clone());
        registry.register("completion_tokens", "Tokens written", self.completion_tokens.clone());
        registry.register("requests_open", "Requests under way, reading and waiting included", self.open.clone());
        registry.register("requests_running", "Requests at work", self.running.clone());
        registry.register("requests_waiting", "Requests that wait for their turn", self.waiting.clone());
        registry.register("connections", "Open connections", self.connections.clone());
        registry.register("engine_sequences", "Texts that the engine writes side by side", self.sequences.clone());
        registry.register("engine_cache_bytes", "Bytes of the engine's caches under way", self.cache_bytes.clone());
        registry.register("engine_prefix_bytes", "Bytes of articles kept as read", self.prefix_bytes.clone());
    }

    /// A request was answered.
    pub(super) fn request(&self, path: &'static str, status: u16, took: Duration) {
        self.requests.get_or_create(&Request { path, status }).inc();
        if status != LEFT {
            self.seconds.get_or_create(&Path { path }).observe(took.as_secs_f64());
        }
    }

    /// An answer is there.
    pub(super) fn answer(&self, origin: Origin, timings: &TimingsInfo) {
        match origin {
            Origin::Kept => self.kept.inc(),
            Origin::Written => {
                self.prompt_tokens.inc_by(timings.prompt_tokens as u64);
                self.completion_tokens.inc_by(timings.completion_tokens as u64);
                self.written.inc()
            }
        };
    }

    /// Everything in Prometheus's text format, with what waits and runs at this moment.
    pub(super) fn text(&self, load: Load, service: Option<&Service>) -> Result<String, Problem> {
        let set = |gauge: &Gauge, value: usize| gauge.set(i64::try_from(value).unwrap_or(i64::MAX));
        let usage = service.map(|service| service.engine().usage()).unwrap_or_default();
        set(&self.open, load.open);
        set(&self.running, load.running);
        set(&self.waiting, load.waiting);
        set(&self.sequences, usage.running);
        set(&self.cache_bytes, usage.cache_bytes);
        set(&self.prefix_bytes, usage.prefix_bytes);
        let registry = self.registry.lock().expect("nothing panics while it counts");
        let mut out = String::new();
        text::encode(&mut out, &registry).map_err(|_| Problem::internal())?;
        Ok(out)
    }
}
