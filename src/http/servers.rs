//! What is counted of inference servers, by server: their number is that of the settings.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;

use super::metrics::{Label, Registering, SECONDS};
use crate::service::{Grammar, RequestRecord, ServerState};

/// Upper ends of the buckets of tokens a second: from a processor to many requests on a GPU.
const TOKENS_A_SECOND: [f64; 10] = [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0];

type Server = [Label<String>; 1];

/// The counters of the servers of one gateway. Clones count together.
#[derive(Clone)]
pub(super) struct ServerMetrics {
    queue: Family<Server, Histogram>,
    first_token: Family<Server, Histogram>,
    speed: Family<Server, Histogram>,
    requests: Family<Server, Counter>,
    resumed: Family<Server, Counter>,
    grammars_refused: Family<Server, Counter>,
    errors: Family<[Label<String>; 2], Counter>,
    up: Family<Server, Gauge>,
    grammar: Family<Server, Gauge>,
    running: Family<Server, Gauge>,
}

impl ServerMetrics {
    pub(super) fn new(add: &mut Registering<'_>) -> Self {
        let seconds = || -> Family<Server, Histogram> { Family::new_with_constructor(|| Histogram::new(SECONDS)) };
        let speeds: Family<Server, Histogram> = Family::new_with_constructor(|| Histogram::new(TOKENS_A_SECOND));
        Self {
            requests: add.plain("server_requests", "Requests to an inference server"),
            resumed: add.plain(
                "server_resumed",
                "Requests whose answer had to be gone on with, because what came did not stand",
            ),
            grammars_refused: add
                .plain("server_grammars_refused", "Requests that a server could not work with the grammar of"),
            errors: add.plain("server_errors", "Requests to an inference server that failed, by what went wrong"),
            queue: add.family("server_queue_seconds", "Until an inference server had room for a request", seconds()),
            first_token: add.family("server_first_token_seconds", "From there to its first token", seconds()),
            speed: add.family("server_tokens_per_second", "Tokens a second behind the first", speeds),
            up: add.plain("server_up", "1 while an inference server answers"),
            grammar: add
                .plain("server_grammar", "1 where an inference server keeps to grammars, 0 where it is used without"),
            running: add.plain("server_requests_running", "Requests under way at an inference server"),
        }
    }

    /// A request has come to its end.
    pub(super) fn request(&self, record: &RequestRecord) {
        let server = [("server", record.server.clone())];
        self.requests.get_or_create(&server).inc();
        self.queue.get_or_create(&server).observe(record.queue.as_secs_f64());
        if let Some(first) = record.first_token {
            self.first_token.get_or_create(&server).observe(first.as_secs_f64());
        }
        let seconds = record.writing.as_secs_f64();
        if record.tokens > 1 && seconds > 0.0 {
            self.speed.get_or_create(&server).observe((record.tokens - 1) as f64 / seconds);
        }
        if record.resumed {
            self.resumed.get_or_create(&server).inc();
        }
        if record.grammar_refused {
            self.grammars_refused.get_or_create(&server).inc();
        }
        if let Some(error) = record.error {
            self.errors.get_or_create(&[("server", record.server.clone()), ("error", error.to_owned())]).inc();
        }
    }

    /// How they are at this moment.
    pub(super) fn states(&self, states: &[ServerState]) {
        for state in states {
            let server = [("server", state.server.clone())];
            self.up.get_or_create(&server).set(state.is_up.into());
            self.grammar.get_or_create(&server).set((state.grammar == Some(Grammar::Kept)).into());
            self.running.get_or_create(&server).set(i64::try_from(state.running).unwrap_or(i64::MAX));
        }
    }
}
