//! One answer at a server: it is asked, what comes is replayed, and where that does not stand the server is asked to go on
//! behind what does.
//!
//! What has been accepted is never asked for twice: after a fault, too, another server goes on behind it. Not here: whose turn
//! it is (`pool`), and what stands (`replay`).

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::super::sampler::Sampling;
use super::super::{Finish, Rules};
use super::echo::{Echo, echoed};
use super::error::{Fault, Problem, RemoteError};
use super::kind::{Ask, Ended, TokenCounts, plain_text};
use super::pool::{Pool, Seat, error};
use super::probe;
use super::replay::{Replay, Token, Verdict};
use super::server::{Facts, Grammar, Server, Stream};
use super::{Estimate, Observer, RequestRecord};

/// Most times that one answer is gone on with.
const RESUMES: usize = 64;
/// Most requests that fail in a row before the answer is given up.
const ATTEMPTS: usize = 6;
/// What is counted comes right behind the end of an answer, or never.
const BEHIND: Duration = Duration::from_millis(50);
/// Tokens that a server may count besides those that came: pieces of several, and the end.
const SPARE_TOKENS: usize = 64;
/// Events without a text that a server may send besides those with one: what it thinks, though it was told not to.
const SPARE_EVENTS: usize = 1024;
/// Characters of what stands that a log shows.
const TAIL: usize = 40;
/// How warm the next attempt is for each refusal: other words, not other meanings.
const WARMER: f32 = 0.35;

/// What all branches of a job share.
pub(super) struct Scene<'a> {
    pub(super) pool: &'a Arc<Pool>,
    pub(super) estimate: &'a Estimate,
    pub(super) observer: Option<&'a Observer>,
    pub(super) system: &'a str,
    pub(super) trace: Option<&'a str>,
}

/// What one answer took.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Took {
    /// Until a server had room.
    pub(super) queue: Duration,
    /// From there to the first token.
    pub(super) first: Duration,
    /// Replaying.
    pub(super) choosing: Duration,
    pub(super) prompt_tokens: usize,
    pub(super) cached_tokens: usize,
    pub(super) completion_tokens: usize,
}

/// Who listens to an answer.
pub(super) trait Listener {
    /// A server has begun to write.
    fn first(&mut self, server: &Arc<Server>);
    /// It has written this, which may stand or not.
    fn token(&mut self, _token: &Token) {}
    /// Text was added.
    fn text(&mut self, text: String);
}

/// An answer under way.
pub(super) struct Writing<'a, L> {
    scene: &'a Scene<'a>,
    /// The user's message.
    user: String,
    sampling: Sampling,
    max_tokens: usize,
    replay: Replay,
    listener: &'a mut L,
    took: Took,
    /// When the request under way was made.
    asked: Instant,
    /// Times that it was gone on with.
    resumed: usize,
    /// A server has begun with it.
    is_begun: bool,
    /// The prompt that a server made of the messages, where one is asked for plain completions.
    prompt: Option<String>,
    /// A grammar goes along.
    grammar: Sent,
}

/// Whether a grammar goes along with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sent {
    /// Where the server keeps to one.
    WhereKept,
    /// One was refused.
    No,
}

/// What one stream came to.
#[derive(Default)]
struct Heard {
    /// Nothing where it broke off.
    outcome: Option<Outcome>,
    counts: Option<TokenCounts>,
}

/// How one request ended.
enum Outcome {
    /// The answer is over.
    Over(Finish),
    /// It has to be gone on with.
    Again,
}

impl<'a, L: Listener> Writing<'a, L> {
    pub(super) fn new(scene: &'a Scene<'a>, user: &str, rules: Rules, listener: &'a mut L) -> Self {
        let Rules { max_tokens, sampling, constraint } = rules;
        // All have to tell, because an answer that was begun at one may be gone on with at another.
        let ranked = scene.pool.servers.iter().filter_map(|server| server.facts()).all(|facts| facts.ranked);
        Self {
            scene,
            user: plain_text(user),
            sampling,
            max_tokens,
            replay: Replay::new(constraint, ranked),
            listener,
            took: Took::default(),
            asked: Instant::now(),
            resumed: 0,
            is_begun: false,
            prompt: None,
            grammar: Sent::WhereKept,
        }
    }

    /// Writes it, beginning at this server where one is given. Gives the one where it ended.
    pub(super) async fn run(mut self, first: Option<Arc<Server>>) -> Result<(Finish, Took, Arc<Server>), RemoteError> {
        let (mut wanted, mut failures) = (first, 0);
        loop {
            let waiting = Instant::now();
            let seat = self.scene.pool.seat(wanted.as_ref()).await?;
            let server = seat.server().clone();
            let mut record = RequestRecord::new(&server.name, waiting.elapsed());
            if !self.is_begun {
                self.took.queue += record.queue;
            }
            let outcome = self.ask(&seat, &mut record).await;
            record.error = outcome.as_ref().err().map(|fault| fault.problem.code());
            record.resumed = matches!(outcome, Ok(Outcome::Again));
            let is_silent = record.first_token.is_none();
            record.grammar_refused =
                outcome.as_ref().is_err_and(|fault| is_silent && self.drops_grammar(&seat.facts, &fault.problem));
            if let Some(observe) = self.scene.observer {
                observe(&record);
            }
            drop(seat);
            match outcome {
                Ok(Outcome::Over(finish)) => {
                    let rest = self.replay.rest();
                    self.show(rest);
                    tracing::debug!(server = server.name, resumed = self.resumed, ?finish, "an answer is written");
                    return Ok((finish, self.took, server));
                }
                Ok(Outcome::Again) => {
                    (self.resumed, failures) = (self.resumed + 1, 0);
                    wanted = Some(server);
                }
                Err(fault) if record.grammar_refused => {
                    tracing::warn!(server = server.name, error = %fault.problem, "an answer is written without its grammar");
                    wanted = Some(server);
                }
                Err(fault) => {
                    failures += 1;
                    // One that is left out is waited for where it is the only one.
                    self.scene.pool.report(&server, &fault);
                    if fault.problem.is_of_request() || failures >= ATTEMPTS {
                        return Err(error(&server, fault.problem));
                    }
                    wanted = None;
                }
            }
        }
    }

    /// True when it may be its grammar that a server could not work with (llama.cpp, issues 12597 and 27619), so that the next
    /// attempt is made without.
    fn drops_grammar(&mut self, facts: &Facts, problem: &Problem) -> bool {
        let has_one =
            self.grammar == Sent::WhereKept && facts.grammar == Grammar::Kept && self.replay.grammar().is_some();
        let is_of_grammar =
            has_one && matches!(problem, Problem::Refused { .. } | Problem::Failed { status: 500 | 501, .. });
        if is_of_grammar {
            self.grammar = Sent::No;
        }
        is_of_grammar
    }

    /// One request.
    async fn ask(&mut self, seat: &Seat, record: &mut RequestRecord) -> Result<Outcome, Fault> {
        let (server, facts) = (seat.server(), &*seat.facts);
        let left = self.max_tokens.saturating_sub(self.took.completion_tokens);
        if left == 0 || self.resumed > RESUMES {
            let is_cut = left == 0 && !self.replay.may_end();
            return Ok(Outcome::Over(if is_cut { Finish::Length } else { self.given_up() }));
        }
        self.replay.begin();
        self.asked = Instant::now();
        if self.prompt.is_none() && facts.kind.is_plain() {
            self.prompt = Some(probe::prompt(server, facts, [self.scene.system, &self.user]).await?);
        }
        let body = facts.kind.request(&self.question(facts, left));
        let stream = server.stream(facts.kind, &body, self.scene.trace).await?;
        let is_first = self.replay.accepted().is_empty();
        let mut heard = Heard::default();
        let listened = self.listen(server, stream, (record, &mut heard, left)).await;
        self.count(record, heard.counts.filter(|_| listened.is_ok()), is_first);
        record.writing = self.asked.elapsed().saturating_sub(record.first_token.unwrap_or_default());
        listened?;
        heard.outcome.ok_or_else(|| Problem::Broken.into())
    }

    /// Listens to a stream of at most so many tokens, until the answer is over or has to be gone on with.
    async fn listen(
        &mut self,
        server: &Arc<Server>,
        mut stream: Stream,
        (record, heard, left): (&mut RequestRecord, &mut Heard, usize),
    ) -> Result<(), Fault> {
        let (mut events, mut is_ended) = (0, false);
        let mut echo = Echo::new(stream.kind(), self.replay.accepted());
        while let Some(delta) = stream.next().await? {
            events += 1;
            heard.counts = delta.usage.or(heard.counts);
            for token in delta.tokens {
                if record.first_token.is_none() {
                    record.first_token = Some(self.asked.elapsed());
                    self.first(server);
                }
                record.tokens += 1;
                self.listener.token(&token);
                heard.outcome = echo.without(token).iter().find_map(|token| self.take(token));
                if heard.outcome.is_some() {
                    break;
                }
            }
            is_ended = delta.finish.is_some();
            // One that writes more than it may, or events without a text, is not listened to for ever.
            let is_endless = record.tokens > left || events > left * 4 + SPARE_EVENTS;
            heard.outcome = match (heard.outcome.take(), delta.finish) {
                (None, Some(ended)) => Some(self.ended(ended, &mut echo)),
                (None, None) if is_endless => Some(Outcome::Over(Finish::Length)),
                (outcome, _) => outcome,
            };
            if heard.outcome.is_some() {
                break;
            }
        }
        if is_ended && heard.counts.is_none() {
            heard.counts = behind(&mut stream).await;
        }
        Ok(())
    }

    fn question<'q>(&'q self, facts: &'q Facts, left: usize) -> Ask<'q> {
        let Sampling { temperature, seed, .. } = self.sampling;
        let warmth = self.replay.warmth();
        let is_sent = self.grammar == Sent::WhereKept && facts.grammar == Grammar::Kept;
        let grammar = if is_sent { self.replay.grammar() } else { None };
        let echo = echoed(facts.kind, self.replay.accepted());
        Ask {
            model: &facts.model,
            system: self.scene.system,
            user: &self.user,
            prompt: self.prompt.as_deref().unwrap_or_default(),
            begun: self.replay.accepted(),
            max_tokens: left,
            sampling: Sampling {
                temperature: temperature + warmth as f32 * WARMER,
                seed: seed.wrapping_add(self.resumed as u64),
                ..self.sampling
            },
            grammar: grammar.map(|grammar| format!("root ::= {} answer\n{grammar}", quoted(echo))),
            ranked: facts.ranked,
        }
    }

    fn take(&mut self, token: &Token) -> Option<Outcome> {
        let begun = Instant::now();
        let verdict = self.replay.take(token);
        self.took.choosing += begun.elapsed();
        if matches!(verdict, Verdict::Replaced | Verdict::Refused) {
            let (token, ranks) = (String::from_utf8_lossy(&token.bytes), token.ranks.len());
            tracing::debug!(%token, ranks, behind = tail(self.replay.accepted()), ?verdict, "what a server wrote does not stand");
        }
        let outcome = match verdict {
            Verdict::Stands => None,
            Verdict::Complete => Some(Outcome::Over(Finish::Complete)),
            Verdict::Loops => Some(Outcome::Over(Finish::Loop)),
            Verdict::Replaced => Some(Outcome::Again),
            Verdict::Refused if self.replay.back() => Some(self.again()),
            Verdict::Refused => Some(Outcome::Over(self.given_up())),
        };
        let text = self.replay.text();
        self.show(text);
        outcome
    }

    /// The server says that it has ended.
    fn ended(&mut self, ended: Ended, echo: &mut Echo) -> Outcome {
        for token in echo.rest() {
            if let Some(outcome) = self.take(&token) {
                return outcome;
            }
        }
        match ended {
            _ if self.replay.may_end() => Outcome::Over(Finish::Complete),
            Ended::ByLength => Outcome::Over(Finish::Length),
            Ended::ByModel if self.replay.end_line() || self.replay.back() => self.again(),
            Ended::ByModel => Outcome::Over(self.given_up()),
        }
    }

    /// It has to be gone on with, unless what was put behind it has ended it.
    fn again(&self) -> Outcome {
        if self.replay.is_complete() { Outcome::Over(Finish::Complete) } else { Outcome::Again }
    }

    /// A line was given up, and what stood before it is all there is.
    fn given_up(&self) -> Finish {
        if self.replay.may_end() { Finish::Complete } else { Finish::Stuck }
    }

    fn first(&mut self, server: &Arc<Server>) {
        if !std::mem::replace(&mut self.is_begun, true) {
            self.took.first = self.asked.elapsed();
            self.listener.first(server);
        }
    }

    fn show(&mut self, text: String) {
        if !text.is_empty() {
            self.listener.text(text);
        }
    }

    /// Adds what the request took; by what came where the server does not count, or not as can be.
    fn count(&mut self, record: &RequestRecord, counts: Option<TokenCounts>, is_first: bool) {
        let counts = counts.unwrap_or_default();
        let most = record.tokens * 4 + SPARE_TOKENS;
        self.took.completion_tokens += counts.completion.clamp(record.tokens, most);
        // The first request alone reads something that an engine on this machine would read, too.
        if is_first && self.took.prompt_tokens == 0 {
            self.took.prompt_tokens = counts.prompt;
            self.took.cached_tokens = counts.cached.min(counts.prompt);
            self.scene.estimate.learn([self.scene.system, &self.user, ""], counts.prompt);
        }
    }
}

/// What is counted behind the end of an answer.
async fn behind(stream: &mut Stream) -> Option<TokenCounts> {
    let counted = async {
        while let Ok(Some(delta)) = stream.next().await {
            if delta.usage.is_some() {
                return delta.usage;
            }
        }
        None
    };
    tokio::time::timeout(BEHIND, counted).await.ok().flatten()
}

/// The end of a text, for a line of a log.
fn tail(text: &str) -> &str {
    let start = text.char_indices().rev().nth(TAIL).map_or(0, |(at, _)| at);
    &text[start..]
}

/// A text as a literal of a grammar that may be left out.
fn quoted(text: &str) -> String {
    match text {
        "" => String::new(),
        text => format!("\"{}\"?", text.replace('\n', "\\n")),
    }
}
