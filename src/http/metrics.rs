//! What a gateway counts, for Prometheus. Labels come from routes and lists of ours, so no caller can make their number grow.
//!
//! A registry of the gateway's own, so that two gateways in a process do not mix. Whoever asks for OpenMetrics is given it;
//! others get Prometheus's older text format, which every scraper reads. Not here: what a single request cost, which is in
//! its answer and in the log.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::AtomicU64;
use std::time::{Duration, Instant};

use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Metric, Registry};

use super::flight::Origin;
use super::problem::Problem;
use super::process::Process;
use super::servers::ServerMetrics;
use crate::answer::TimingsInfo;
use crate::service::{Service, Stage, SummaryEvent};

/// Upper ends of the histograms' buckets.
pub(super) const SECONDS: [f64; 10] = [0.001, 0.01, 0.1, 0.5, 1.0, 5.0, 20.0, 60.0, 300.0, 600.0];
/// The status that stands for a caller who left before the answer.
pub(super) const LEFT: u16 = 499;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Request {
    path: String,
    status: u16,
}

/// A name and its value.
pub(super) type Label<T> = (&'static str, T);

/// The two text formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Prometheus,
    OpenMetrics,
}

impl Format {
    pub(super) fn content_type(self) -> &'static str {
        match self {
            Self::Prometheus => "text/plain; version=0.0.4; charset=utf-8",
            Self::OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
        }
    }
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
    /// Bytes of the file of kept answers.
    pub(super) kept_file_bytes: u64,
}

/// The counters of one gateway.
pub(super) struct Metrics {
    registry: Mutex<Registry>,
    requests: Family<Request, Counter>,
    seconds: Family<[Label<String>; 1], Histogram>,
    kept: Counter,
    written: Counter,
    /// Computations that nobody waited for any more.
    pub(super) given_up: Counter,
    prompt_tokens: Counter,
    completion_tokens: Counter,
    reading_seconds: Counter<f64, AtomicU64>,
    writing_seconds: Counter<f64, AtomicU64>,
    refusals: Family<[Label<&'static str>; 1], Counter>,
    waits: Histogram,
    first_tokens: Histogram,
    kept_file_bytes: Gauge,
    engine_up: Gauge,
    tasks: Gauge,
    open: Gauge,
    running: Gauge,
    waiting: Gauge,
    /// Connections that are open.
    pub(super) connections: Gauge,
    sequences: Gauge,
    cache_bytes: Gauge,
    prefix_bytes: Gauge,
    /// Those of inference servers.
    pub(super) servers: ServerMetrics,
}

/// Registers metrics under the program's name.
pub(super) struct Registering<'a>(&'a mut Registry);

impl Registering<'_> {
    pub(super) fn family<M: Metric + Clone>(&mut self, name: &str, help: &str, metric: M) -> M {
        self.0.register(name, help, metric.clone());
        metric
    }

    fn histogram(&mut self, name: &str, help: &str) -> Histogram {
        self.family(name, help, Histogram::new(SECONDS))
    }

    pub(super) fn plain<M: Metric + Clone + Default>(&mut self, name: &str, help: &str) -> M {
        self.family(name, help, M::default())
    }
}

impl Metrics {
    pub(super) fn new() -> Self {
        let mut root = Registry::default();
        root.register_collector(Box::new(Process));
        let mut add = Registering(root.sub_registry_with_prefix("stislo"));
        let version = ("version", env!("CARGO_PKG_VERSION"));
        let build = [version, ("architecture", std::env::consts::ARCH), ("system", std::env::consts::OS)];
        add.0.register("build", "The program that runs", Info::new(build));
        // In this order they are told.
        Self {
            requests: add.plain("requests", "Requests by path and status; 499: the caller left"),
            seconds: add.family(
                "request_seconds",
                "From a request to its answer; of a stream, to its end",
                Family::new_with_constructor(|| Histogram::new(SECONDS)),
            ),
            refusals: add.plain("refusals", "Requests that were refused, by the code of the problem"),
            kept: add.plain("answers_kept", "Answers that were kept from before"),
            written: add.plain("answers_written", "Answers that the model wrote"),
            given_up: add.plain("cancelled", "Answers given up because nobody waited any more"),
            waits: add.histogram("queue_wait_seconds", "From a place in the queue to the turn"),
            first_tokens: add.histogram("first_token_seconds", "From the turn to the first letters of an answer"),
            prompt_tokens: add.plain("prompt_tokens", "Tokens of prompts"),
            completion_tokens: add.plain("completion_tokens", "Tokens written"),
            reading_seconds: add.plain(
                "prefill_seconds",
                "Seconds that answers took to read prompts; those written side by side count each",
            ),
            writing_seconds: add.plain(
                "decode_seconds",
                "Seconds that answers took to be written; those written side by side count each",
            ),
            open: add.plain("requests_open", "Requests under way, reading and waiting included"),
            running: add.plain("requests_running", "Requests at work"),
            waiting: add.plain("requests_waiting", "Requests that wait for their turn"),
            connections: add.plain("connections", "Open connections"),
            tasks: add.plain("tasks", "Tasks of the runtime that are alive"),
            kept_file_bytes: add.plain("kept_file_bytes", "Size of the file of kept answers"),
            engine_up: add.plain("engine_up", "1 when the engine answers, 0 before it does and when it has failed"),
            sequences: add.plain("engine_sequences", "Texts that the engine writes side by side"),
            cache_bytes: add.plain("engine_cache_bytes", "Bytes of the engine's caches under way"),
            prefix_bytes: add.plain("engine_prefix_bytes", "Bytes of articles kept as read"),
            servers: ServerMetrics::new(&mut add),
            registry: Mutex::new(root),
        }
    }

    /// A request was refused.
    pub(super) fn refused(&self, code: &'static str) {
        self.refusals.get_or_create(&[("code", code)]).inc();
    }

    /// A request has its turn.
    pub(super) fn waited(&self, took: Duration) {
        self.waits.observe(took.as_secs_f64());
    }

    /// Watches an answer from its turn on, for its first letters.
    pub(super) fn first_token(&self) -> impl FnMut(&SummaryEvent) + Send + use<> {
        let (histogram, begun, mut is_seen) = (self.first_tokens.clone(), Instant::now(), false);
        move |event| {
            let is_token =
                matches!(event, SummaryEvent::Delta { .. } | SummaryEvent::Progress { stage: Stage::Writing, .. });
            if !is_seen && is_token {
                is_seen = true;
                histogram.observe(begun.elapsed().as_secs_f64());
            }
        }
    }

    /// A request was answered.
    pub(super) fn request(&self, path: &str, status: u16, took: Duration) {
        self.requests.get_or_create(&Request { path: path.to_owned(), status }).inc();
        if status != LEFT {
            self.seconds.get_or_create(&[("path", path.to_owned())]).observe(took.as_secs_f64());
        }
    }

    /// An answer is there.
    pub(super) fn answer(&self, origin: Origin, timings: &TimingsInfo) {
        match origin {
            Origin::Kept => self.kept.inc(),
            Origin::Written => {
                self.prompt_tokens.inc_by(timings.prompt_tokens as u64);
                self.completion_tokens.inc_by(timings.completion_tokens as u64);
                self.reading_seconds.inc_by(timings.prefill_ms as f64 / 1000.0);
                self.writing_seconds.inc_by(timings.decode_ms as f64 / 1000.0);
                self.written.inc()
            }
        };
    }

    /// Everything as text, with what waits and runs at this moment.
    pub(super) fn text(&self, load: Load, service: Option<&Service>, format: Format) -> Result<String, Problem> {
        let set = |gauge: &Gauge, value: usize| gauge.set(i64::try_from(value).unwrap_or(i64::MAX));
        let usage = service.map(|service| service.engine().usage()).unwrap_or_default();
        set(&self.open, load.open);
        set(&self.running, load.running);
        set(&self.waiting, load.waiting);
        set(&self.kept_file_bytes, usize::try_from(load.kept_file_bytes).unwrap_or(usize::MAX));
        set(&self.engine_up, service.is_some_and(|service| service.engine().is_healthy()).into());
        set(&self.sequences, usage.running);
        set(&self.cache_bytes, usage.cache_bytes);
        set(&self.prefix_bytes, usage.prefix_bytes);
        if let Some(servers) = service.and_then(|service| service.engine().servers()) {
            self.servers.states(&servers.servers());
        }
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            set(&self.tasks, runtime.metrics().num_alive_tasks());
        }
        let registry = self.registry.lock().expect("nothing panics while it counts");
        let mut out = String::new();
        text::encode(&mut out, &registry).map_err(|_| Problem::internal())?;
        match format {
            Format::OpenMetrics => Ok(out),
            Format::Prometheus => Ok(prometheus(&out)),
        }
    }
}

/// The older format of the same: there a family has the name of its samples, and no end is marked.
fn prometheus(openmetrics: &str) -> String {
    let mut families: HashMap<&str, &str> = HashMap::new();
    for line in openmetrics.lines() {
        if let Some((name, kind)) = line.strip_prefix("# TYPE ").and_then(|rest| rest.split_once(' ')) {
            families.insert(name, kind);
        }
    }
    let mut out = String::with_capacity(openmetrics.len() + 1024);
    for line in openmetrics.lines() {
        let described = ["# HELP ", "# TYPE "].into_iter().find_map(|head| Some((head, line.strip_prefix(head)?)));
        match described.and_then(|(head, rest)| Some((head, rest.split_once(' ')?))) {
            Some((head, (name, rest))) => {
                let kind = families.get(name).copied().unwrap_or_default();
                let suffix = match kind {
                    "counter" => "_total",
                    "info" => "_info",
                    _ => "",
                };
                let rest = if (head, kind) == ("# TYPE ", "info") { "gauge" } else { rest };
                out.extend([head, name, suffix, " ", rest, "\n"]);
            }
            None if line == "# EOF" || line.starts_with("# UNIT ") => {}
            None => out.extend([line, "\n"]),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_formats_name_families_as_they_should() {
        let metrics = Metrics::new();
        metrics.request("/health", 200, Duration::from_millis(5));
        metrics.refused("busy");
        metrics.waited(Duration::from_secs(2));
        let load = Load { open: 3, running: 2, waiting: 1, kept_file_bytes: 4096 };
        let new = metrics.text(load, None, Format::OpenMetrics).unwrap();
        assert!(new.contains("# TYPE stislo_requests counter\n") && new.ends_with("# EOF\n"), "{new}");
        assert!(new.contains("# TYPE stislo_build info\n"), "{new}");
        let old = metrics.text(load, None, Format::Prometheus).unwrap();
        for line in [
            "# TYPE stislo_requests_total counter",
            "# HELP stislo_requests_total Requests by path and status; 499: the caller left.",
            "stislo_requests_total{path=\"/health\",status=\"200\"} 1",
            "# TYPE stislo_build_info gauge",
            "stislo_refusals_total{code=\"busy\"} 1",
            "# TYPE stislo_queue_wait_seconds histogram",
            "stislo_queue_wait_seconds_bucket{le=\"5.0\"} 1",
            "stislo_requests_open 3",
            "stislo_engine_up 0",
            "stislo_kept_file_bytes 4096",
        ] {
            assert!(old.lines().any(|it| it == line), "{line} is not in:\n{old}");
        }
        assert!(!old.contains("# EOF"));
        // Every sample belongs to a family that was named.
        let typed: Vec<&str> = old.lines().filter_map(|it| it.strip_prefix("# TYPE ")?.split(' ').next()).collect();
        for sample in old.lines().filter(|it| !it.starts_with('#')) {
            let name = sample.split(['{', ' ']).next().unwrap();
            let bare = ["_bucket", "_sum", "_count"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
            assert!(typed.contains(&name) || typed.contains(&bare), "{sample}");
        }
        if cfg!(target_os = "linux") {
            assert!(
                old.contains("process_cpu_seconds_total ") && old.contains("\nprocess_resident_memory_bytes "),
                "{old}"
            );
        }
    }
}
