//! Inference servers in the place of a model on this machine: llama-server, vLLM, SGLang, and whatever else has the protocol of
//! OpenAI's chat completions.
//!
//! The promises are the same. A grammar goes along where a server keeps to one (`probe`); whatever comes is replayed through
//! the rule that an answer here is written under (`replay`), and where it does not stand the server goes on behind what does
//! (`writing`; `echo` drops what it says again). Several servers are asked by load, and one that fails is left out (`pool`).
//! `kind` knows what each kind calls things, `server` sends, `sse` takes a stream apart, `estimate` counts tokens without a
//! vocabulary, `work` does a job.

mod echo;
mod error;
mod estimate;
mod kind;
mod pool;
mod probe;
mod replay;
mod server;
mod sse;
mod work;
mod writing;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::mpsc::UnboundedSender;
use tracing::Instrument as _;

pub use self::error::{Problem, RemoteError};
pub use self::estimate::Estimate;
pub use self::kind::ServerKind;
pub use self::server::Grammar;
use super::queue::Place;
use super::{Event, Job};
use crate::hub::Token;

/// Tokens that fit where no server says.
const CONTEXT: usize = 8192;

/// How one server is reached.
#[derive(Debug, Clone)]
pub struct RemoteSettings {
    /// Its address: `http://127.0.0.1:8080`, with `/v1` or without.
    pub url: String,
    /// What kind it is; found out where nobody says.
    pub kind: Option<ServerKind>,
    /// What opens it.
    pub key: Option<Token>,
    /// Which of its models; the first where nobody says.
    pub model: Option<String>,
}

/// How long a server is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// For a connection.
    pub connect: Duration,
    /// For an answer to a question about itself.
    pub probe: Duration,
    /// For the first token: it may be reading a long article, behind others.
    pub first: Duration,
    /// For each further one.
    pub idle: Duration,
    /// For one of them to come back, when none is up.
    pub outage: Duration,
    /// Before it is asked whether it is back; doubled each time.
    pub again: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self {
            connect: seconds(5),
            probe: seconds(10),
            first: seconds(600),
            idle: seconds(120),
            outage: seconds(20),
            again: seconds(1),
        }
    }
}

/// What one request to a server came to, for metrics.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestRecord {
    /// Host and port of the server.
    pub server: String,
    /// Until it had room.
    pub queue: Duration,
    /// From there to the first token, where one came.
    pub first_token: Option<Duration>,
    /// From there to the end.
    pub writing: Duration,
    /// Tokens that came.
    pub tokens: usize,
    /// What came did not stand, and the answer was gone on with.
    pub resumed: bool,
    /// It was refused for its grammar, and made again without.
    pub grammar_refused: bool,
    /// What went wrong, in a word.
    pub error: Option<&'static str>,
}

impl RequestRecord {
    fn new(server: &str, queue: Duration) -> Self {
        let (first_token, writing, tokens) = (None, Duration::ZERO, 0);
        let (resumed, grammar_refused, error) = (false, false, None);
        Self { server: server.to_owned(), queue, first_token, writing, tokens, resumed, grammar_refused, error }
    }
}

/// Who is told of every request.
type Observer = Box<dyn Fn(&RequestRecord) + Send + Sync>;

/// A server as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerState {
    /// Host and port.
    pub server: String,
    /// Nothing before it was reached.
    pub kind: Option<ServerKind>,
    /// It answers.
    pub is_up: bool,
    /// What it does with grammars.
    pub grammar: Option<Grammar>,
    /// Requests under way there.
    pub running: usize,
}

/// A handle on servers. Clones are one.
#[derive(Clone)]
pub struct Remote(Arc<Shared>);

struct Shared {
    pool: Arc<pool::Pool>,
    estimate: Arc<Estimate>,
    observer: OnceLock<Observer>,
    runtime: Handle,
}

/// Who asks for a job.
pub(super) struct Caller {
    /// Unbounded, because what goes through is bounded by the job's tokens.
    pub(super) events: UnboundedSender<Event>,
    /// Held until work on the job begins.
    pub(super) place: Place,
    /// The header of the trace that it is a part of.
    pub(super) trace: Option<Arc<str>>,
}

impl Remote {
    /// Finds out what the servers are. `context` bounds the tokens of prompt and answer where a server takes more.
    ///
    /// # Errors
    /// When none of them can be reached, when one lacks the model or refuses the key, and when an address is none.
    pub async fn connect(servers: Vec<RemoteSettings>, limits: Limits, context: usize) -> Result<Self, RemoteError> {
        let server = |settings: RemoteSettings| {
            // What stands before an @ opens a door.
            let address = settings.url.rsplit('@').next().unwrap_or_default().to_owned();
            server::Server::new(settings, limits).map_err(|problem| RemoteError { server: address, problem })
        };
        let pool = pool::Pool::connect(servers.into_iter().map(server).collect::<Result<_, _>>()?).await?;
        let facts: Vec<_> = pool.servers.iter().filter_map(|server| server.facts()).collect();
        let fits = facts.iter().map(|facts| facts.context.unwrap_or(CONTEXT)).min().unwrap_or(CONTEXT);
        // All have the same model, so the first that counts counts for all.
        let rates = facts.iter().find_map(|facts| facts.sampled).map(estimate::Rates::measured);
        let estimate = Arc::new(Estimate::new(context.min(fits), rates));
        let shared = Shared { pool, estimate, observer: OnceLock::new(), runtime: Handle::current() };
        Ok(Self(Arc::new(shared)))
    }

    /// What the first server that answers calls its model, and what kind it is.
    pub fn model(&self) -> Option<(String, ServerKind)> {
        let facts = self.0.pool.servers.iter().find_map(|server| server.facts())?;
        Some((facts.model.clone(), facts.kind))
    }

    /// The servers as they are now, in the order of the settings.
    pub fn servers(&self) -> Vec<ServerState> {
        let state = |server: &Arc<server::Server>| {
            let facts = server.facts();
            ServerState {
                server: server.name.clone(),
                kind: facts.as_ref().map(|facts| facts.kind),
                is_up: server.is_up(),
                grammar: facts.map(|facts| facts.grammar),
                running: server.outstanding(),
            }
        };
        self.0.pool.servers.iter().map(state).collect()
    }

    /// Has this told of every request from now on. Only the first who asks is told.
    pub fn observe(&self, observer: impl Fn(&RequestRecord) + Send + Sync + 'static) {
        drop(self.0.observer.set(Box::new(observer)));
    }

    pub(super) fn estimate(&self) -> Arc<Estimate> {
        self.0.estimate.clone()
    }

    pub(super) fn is_up(&self) -> bool {
        self.0.pool.is_up()
    }

    pub(super) fn running(&self) -> usize {
        self.0.pool.running()
    }

    /// Begins a job, which ends when nobody listens any more.
    pub(super) fn begin(&self, job: Job, caller: Caller) {
        let shared = self.0.clone();
        self.0.runtime.spawn(async move { work::run(&shared, job, caller).await }.in_current_span());
    }
}
