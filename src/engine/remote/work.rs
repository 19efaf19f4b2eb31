//! One job at servers: a request for each branch, all of them at one server, so that what it has read of the article serves.
//!
//! Where requests that begin alike share what was read, the first goes ahead until its first token, and the others follow side
//! by side; where they do not, one follows the other. When nobody listens any more all of it is dropped, and with it the
//! connections. Not here: how one answer comes about (`writing`).

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use futures_util::future::{try_join, try_join_all};
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::watch;

use super::super::constraint::Free;
use super::super::queue::Place;
use super::super::sampler::Sampling;
use super::super::{Branch, EngineError, Event, Job, Output, Question, Rules, Timings};
use super::kind::plain_text;
use super::replay::{Rank, Token};
use super::server::Server;
use super::writing::{Listener, Scene, Took, Writing};
use super::{Caller, RemoteError, Shared};

/// The log odds that a word alone stands for where a server tells no probabilities: sure, and no surer.
const WORD: f32 = 3.0;
/// Tokens of a word.
const WORD_TOKENS: usize = 4;

/// Does a job and tells its caller.
pub(super) async fn run(shared: &Shared, job: Job, caller: Caller) {
    let Caller { events, place, trace } = caller;
    let system = plain_text(&job.system);
    let scene = Scene {
        pool: &shared.pool,
        estimate: &shared.estimate,
        observer: shared.observer.get(),
        system: &system,
        trace: trace.as_deref(),
    };
    let (begun, first) = watch::channel(None);
    let work = Work { scene, shared: &job.shared, events: &events, place: Mutex::new(Some(place)), begun, first };
    let outcome = tokio::select! {
        () = events.closed() => return,
        outcome = work.branches(job.branches) => outcome,
    };
    work.tell(match outcome {
        Ok(timings) => Event::Done(timings),
        Err(error) => Event::Failed(EngineError::Remote(error)),
    });
}

struct Work<'a> {
    scene: Scene<'a>,
    /// What the branches share.
    shared: &'a str,
    events: &'a UnboundedSender<Event>,
    /// Given back when a server begins to write.
    place: Mutex<Option<Place>>,
    /// The server that has read the shared part.
    begun: watch::Sender<Option<Arc<Server>>>,
    first: watch::Receiver<Option<Arc<Server>>>,
}

impl Work<'_> {
    async fn branches(&self, branches: Vec<Branch>) -> Result<Timings, RemoteError> {
        let begun = Instant::now();
        self.tell(Event::Prefill { done: 0, total: 0 });
        let mut branches = branches.into_iter().enumerate();
        let mut known = self.scene.pool.servers.iter().filter_map(|server| server.facts());
        let took = match known.all(|facts| facts.kind.shares_beginnings()) {
            true => {
                let head = branches.next();
                let head = async {
                    match head {
                        Some(head) => self.branch(head).await.map(Some),
                        None => Ok(None),
                    }
                };
                let others = branches.map(async |branch| {
                    // When the head fails before, this is dropped.
                    drop(self.first.clone().wait_for(Option::is_some).await);
                    self.branch(branch).await
                });
                let (head, others) = try_join(head, try_join_all(others)).await?;
                head.into_iter().chain(others).collect()
            }
            false => {
                let mut took = Vec::with_capacity(branches.len());
                for branch in branches {
                    took.push(self.branch(branch).await?);
                }
                took
            }
        };
        Ok(timings(&took, begun))
    }

    /// One branch, at the server that has read the shared part, where there is one.
    async fn branch(&self, (branch, wanted): (usize, Branch)) -> Result<Took, RemoteError> {
        let user = format!("{}{}", self.shared, wanted.tail);
        let at = self.first.borrow().clone();
        let mut listening = Listening { work: self, branch: Some(branch), seen: None };
        let (finish, took, server) = match wanted.output {
            Output::Text(rules) => Writing::new(&self.scene, &user, rules, &mut listening).run(at).await?,
            Output::Preference(question) => {
                listening.branch = None;
                let (sampling, constraint) = (Sampling::default(), Box::new(Free));
                let rules = Rules { max_tokens: WORD_TOKENS, sampling, constraint };
                let done = Writing::new(&self.scene, &user, rules, &mut listening).run(at).await?;
                let log_odds = listening.seen.as_ref().and_then(|(token, text)| preference(&question, token, text));
                if let Some(log_odds) = log_odds {
                    self.tell(Event::Preferred { branch, log_odds, likelihood: None });
                }
                done
            }
        };
        self.has_begun(&server);
        self.tell(Event::Finished { branch, finish });
        Ok(took)
    }

    fn has_begun(&self, server: &Arc<Server>) {
        drop(self.place.lock().unwrap_or_else(PoisonError::into_inner).take());
        self.begun.send_if_modified(|begun| begun.is_none() && begun.replace(server.clone()).is_none());
    }

    fn tell(&self, event: Event) {
        // Who is gone is noticed where events are waited for.
        drop(self.events.send(event));
    }
}

/// Listens to one branch.
struct Listening<'a, 'w> {
    work: &'a Work<'w>,
    /// Which one, where its text is wanted.
    branch: Option<usize>,
    /// The first token, and all of the text.
    seen: Option<(Token, String)>,
}

impl Listener for Listening<'_, '_> {
    fn first(&mut self, server: &Arc<Server>) {
        self.work.has_begun(server);
    }

    fn token(&mut self, token: &Token) {
        self.seen.get_or_insert_with(|| (token.clone(), String::new()));
    }

    fn text(&mut self, text: String) {
        match (self.branch, &mut self.seen) {
            (Some(branch), _) => self.work.tell(Event::Delta { branch, text }),
            (None, Some((_, all))) => all.push_str(&text),
            (None, None) => {}
        }
    }
}

/// The log odds of the first answer of a question, by what a server thought of in the place of its first token; where it does
/// not tell, by the word that it wrote. `None` where it wrote something else.
fn preference(question: &Question, first: &Token, text: &str) -> Option<f32> {
    let begins = |answer: &str, rank: &Rank| {
        let text = String::from_utf8_lossy(&rank.bytes);
        !text.trim().is_empty() && answer.starts_with(text.trim())
    };
    let of = |answer: &str| first.ranks.iter().find(|rank| begins(answer, rank)).map(|rank| rank.log_probability);
    let [yes, no] = question.answers.each_ref().map(|answer| of(answer));
    // One that it did not think of is less likely than all that it did.
    let least = first.ranks.last().map(|rank| rank.log_probability);
    match (yes, no) {
        (Some(f32::MIN), _) | (_, Some(f32::MIN)) => None,
        (Some(yes), no) => Some(yes - no.or(least)?),
        (None, Some(no)) => Some(least? - no),
        (None, None) => {
            let said = text.trim_start().to_lowercase();
            let [yes, no] = question.answers.each_ref().map(|answer| said.starts_with(&answer.to_lowercase()));
            (yes != no).then_some(if yes { WORD } else { -WORD })
        }
    }
}

/// The account of a job. What one branch has read, the next finds there.
fn timings(took: &[Took], begun: Instant) -> Timings {
    let Some((head, rest)) = took.split_first() else { return Timings::default() };
    let (queue, prefill) = (head.queue, took.iter().map(|took| took.first).sum());
    Timings {
        queue,
        prefill,
        decode: begun.elapsed().saturating_sub(queue).saturating_sub(prefill),
        choosing: took.iter().map(|took| took.choosing).sum(),
        prompt_tokens: head.prompt_tokens + rest.iter().map(|it| it.prompt_tokens - it.cached_tokens).sum::<usize>(),
        shared_tokens: 0,
        cached_tokens: head.cached_tokens,
        completion_tokens: took.iter().map(|took| took.completion_tokens).sum(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(ranks: &[(&str, f32)], text: &str) -> Option<f32> {
        let question = Question { answers: ["Yes", "No"].map(str::to_owned), text: String::new() };
        let rank = |&(text, log_probability): &(&str, f32)| Rank { bytes: text.into(), log_probability };
        preference(&question, &Token { bytes: Vec::new(), ranks: ranks.iter().map(rank).collect() }, text)
    }

    #[test]
    fn a_preference_is_read_from_what_a_server_thought_of() {
        assert_eq!(asked(&[("Yes", -0.5), ("No", -2.0), ("It", -3.0)], "Yes"), Some(1.5));
        assert_eq!(asked(&[("It", -0.1), (" No", -2.0), ("Y", -3.0)], "It"), Some(-1.0), "a beginning will do");
        assert_eq!(asked(&[("Yes", -0.5), ("It", -7.0)], "Yes"), Some(6.5), "less likely than all that it thought of");
        assert_eq!(asked(&[], " yes, it does"), Some(WORD));
        assert_eq!(asked(&[], "No."), Some(-WORD));
        assert_eq!(asked(&[("It", -0.1)], "It depends"), None);
    }
}
