//! One answer at a server: it is asked, what comes is replayed, and where that does not stand the server is asked to go on
//! behind what does.
//!
//! What has been accepted is never asked for twice: after a fault, too, another server goes on behind it. Not here: whose turn
//! it is (`pool`), and what stands (`replay`).

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::super::sampler::Sampling;
use super::super::{Finish, Rules};
use super::error::{Fault, Problem, RemoteError};
use super::kind::{Ask, Ended, TokenCounts, plain_text};
use super::pool::{Pool, Seat, error};
use super::probe;
use super::replay::{Replay, Token, Verdict};
use super::server::{Facts, Grammar, Server};
use super::{Estimate, Observer, RequestRecord};

/// Most times that one answer is gone on with.
const RESUMES: usize = 64;
/// Most requests that fail in a row before the answer is given up. The pause between them is that before a server is asked
/// whether it is back, and doubles.
const ATTEMPTS: usize = 6;
/// What is counted comes right behind the end of an answer, or never.
const BEHIND: Duration = Duration::from_millis(50);
/// A server that says to come back later than this is not waited for.
const LONGEST_WAIT: Duration = Duration::from_secs(30);
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
    /// Times that it was gone on with.
    resumed: usize,
    /// A server has begun with it.
    is_begun: bool,
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
            resumed: 0,
            is_begun: false,
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
                Err(fault) => {
                    failures += 1;
                    pause(self.scene.pool, &server, fault, failures).await?;
                    wanted = None;
                }
            }
        }
    }

    /// One request.
    async fn ask(&mut self, seat: &Seat, record: &mut RequestRecord) -> Result<Outcome, Fault> {
        let (server, facts) = (seat.server(), &*seat.facts);
        let left = self.max_tokens.saturating_sub(self.took.completion_tokens);
        if left == 0 || self.resumed > RESUMES {
            return Ok(Outcome::Over(if left == 0 { Finish::Length } else { Finish::Stuck }));
        }
        let asked = Instant::now();
        let prompt = probe::prompt(server, facts.kind, self.scene.system, &self.user).await?;
        let body = facts.kind.request(&self.question(facts, &prompt, left));
        let mut stream = server.stream(facts.kind, &body, self.scene.trace).await?;
        let mut echo = Echo::new(facts, self.replay.accepted());
        let (mut counts, mut outcome, mut is_ended, mut events) = (None, None, false, 0);
        while let Some(delta) = stream.next().await? {
            events += 1;
            counts = delta.usage.or(counts);
            for token in delta.tokens {
                if record.first_token.is_none() {
                    record.first_token = Some(asked.elapsed());
                    self.first(server, asked.elapsed());
                }
                record.tokens += 1;
                self.listener.token(&token);
                for token in echo.without(token) {
                    outcome = self.take(&token).or(outcome);
                    if outcome.is_some() {
                        break;
                    }
                }
            }
            is_ended = delta.finish.is_some();
            if outcome.is_none()
                && let Some(ended) = delta.finish
            {
                outcome = Some(self.ended(ended, &mut echo));
            }
            // One that writes more than it may, or events without a text, is not listened to for ever.
            if outcome.is_none() && (record.tokens > left || events > left * 4 + SPARE_EVENTS) {
                outcome = Some(Outcome::Over(Finish::Length));
            }
            if outcome.is_some() {
                break;
            }
        }
        if is_ended && counts.is_none() {
            counts = behind(&mut stream).await;
        }
        self.count(record, counts);
        record.writing = asked.elapsed().saturating_sub(record.first_token.unwrap_or_default());
        outcome.ok_or_else(|| Problem::Broken.into())
    }

    fn question<'q>(&'q self, facts: &'q Facts, prompt: &'q str, left: usize) -> Ask<'q> {
        let Sampling { temperature, seed, .. } = self.sampling;
        let warmth = self.replay.warmth();
        let grammar = self.replay.grammar().filter(|_| facts.grammar == Grammar::Kept);
        let echo = echoed(facts, self.replay.accepted());
        Ask {
            model: &facts.model,
            system: self.scene.system,
            user: &self.user,
            prompt,
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
            Verdict::Refused if self.replay.back() => Some(Outcome::Again),
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
            Ended::ByModel if self.replay.end_line() => Outcome::Again,
            Ended::ByModel if self.replay.back() => Outcome::Again,
            Ended::ByModel => Outcome::Over(self.given_up()),
        }
    }

    /// A line was given up, and what stood before it is all there is.
    fn given_up(&self) -> Finish {
        if self.replay.may_end() { Finish::Complete } else { Finish::Stuck }
    }

    fn first(&mut self, server: &Arc<Server>, took: Duration) {
        if !std::mem::replace(&mut self.is_begun, true) {
            self.took.first = took;
            self.listener.first(server);
        }
    }

    fn show(&mut self, text: String) {
        if !text.is_empty() {
            self.listener.text(text);
        }
    }

    /// Adds what the request took; by what came where the server does not count.
    fn count(&mut self, record: &RequestRecord, counts: Option<TokenCounts>) {
        let counts = counts.unwrap_or(TokenCounts { completion: record.tokens, ..TokenCounts::default() });
        self.took.completion_tokens += counts.completion.max(record.tokens).min(self.max_tokens);
        // The first request alone reads something that an engine on this machine would read, too.
        if self.took.prompt_tokens == 0 {
            self.took.prompt_tokens = counts.prompt;
            self.took.cached_tokens = counts.cached.min(counts.prompt);
            if self.resumed == 0 {
                self.scene.estimate.learn([self.scene.system, &self.user, ""], counts.prompt);
            }
        }
    }
}

/// Waits before the next attempt after a fault, or gives the answer up.
async fn pause(pool: &Arc<Pool>, server: &Arc<Server>, fault: Fault, failures: usize) -> Result<(), RemoteError> {
    pool.report(server, &fault);
    let wait = fault.wait.unwrap_or(server.limits.again * (1 << (failures - 1).min(8)));
    if fault.problem.is_of_request() || failures >= ATTEMPTS || wait > LONGEST_WAIT {
        return Err(error(server, fault.problem));
    }
    // Another server need not be waited for, unless it was this one that said when to come.
    if fault.wait.is_some() || !pool.is_up() || pool.servers.len() == 1 {
        tokio::time::sleep(wait).await;
    }
    Ok(())
}

/// What is counted behind the end of an answer.
async fn behind(stream: &mut super::server::Stream) -> Option<TokenCounts> {
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

/// What a server may say again of an answer that it was to go on with.
struct Echo {
    /// The answer's beginning.
    whole: Vec<u8>,
    /// What was trimmed off its end.
    blank: Vec<u8>,
    /// What came and may be an echo.
    held: Vec<Token>,
    is_over: bool,
}

/// The blanks at the end of what stands, which do not reach a server that is given messages.
fn echoed<'a>(facts: &Facts, accepted: &'a str) -> &'a str {
    if facts.kind.is_plain() { "" } else { &accepted[accepted.trim_end().len()..] }
}

impl Echo {
    fn new(facts: &Facts, accepted: &str) -> Self {
        let blank = echoed(facts, accepted).into();
        let whole = if facts.kind.is_plain() { Vec::new() } else { accepted.into() };
        Self { is_over: accepted.is_empty() || facts.kind.is_plain(), whole, blank, held: Vec::new() }
    }

    /// The tokens that are no echo, as soon as that is known.
    fn without(&mut self, token: Token) -> Vec<Token> {
        if self.is_over {
            return vec![token];
        }
        self.held.push(token);
        let bytes = self.bytes();
        if self.whole.starts_with(&bytes) && bytes.len() < self.whole.len() {
            return Vec::new();
        }
        self.rest()
    }

    /// What was held, when no more comes.
    fn rest(&mut self) -> Vec<Token> {
        if std::mem::replace(&mut self.is_over, true) {
            return Vec::new();
        }
        let bytes = self.bytes();
        // The whole beginning, or the blanks that the server did not see.
        let echo = [&self.whole, &self.blank].into_iter().find(|echo| !echo.is_empty() && bytes.starts_with(echo));
        let mut left = echo.map_or(0, Vec::len);
        let cut = |mut token: Token| {
            let n = left.min(token.bytes.len());
            left -= n;
            if n > 0 {
                // What it thought of stands for the whole token.
                token = Token { bytes: token.bytes.split_off(n), ranks: Vec::new() };
            }
            (!token.bytes.is_empty()).then_some(token)
        };
        std::mem::take(&mut self.held).into_iter().filter_map(cut).collect()
    }

    fn bytes(&self) -> Vec<u8> {
        self.held.iter().flat_map(|token| token.bytes.iter().copied()).collect()
    }
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
