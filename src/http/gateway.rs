//! What all requests of one gateway share, and the way from a request to an answer.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Instant;

use axum::response::sse::Event;

use super::body::Bodies;
use super::flight::{Flights, Origin, Outcome, Reader, Record};
use super::keys::Keys;
use super::limit::Limit;
use super::metrics::Metrics;
use super::options::{Answers, Options};
use super::phase::{Life, Phase};
use super::problem::Problem;
use super::queue::{Caller, Permit, QueueSlot, Queues};
use super::request::{ParsedRequest, Retention};
use super::room::Reservation;
use super::{events, offload};
use crate::answer::Answer;
use crate::cache::{AnswerCache, Key};
use crate::error::Error;
use crate::intake::Bounds;
use crate::service::{Prepared, Service, Stage, SummaryEvent};

/// A gateway. It can listen before its service is there. Clones are one gateway.
#[derive(Clone)]
pub struct Gateway(pub(super) Arc<Shared>);

pub(super) struct Shared {
    pub(super) options: Options,
    pub(super) cache: Option<AnswerCache>,
    pub(super) life: Life,
    pub(super) metrics: Metrics,
    pub(super) queues: Queues,
    /// Another takes its place when the glossary is read again. The lock is held to look and to set.
    service: RwLock<Option<Service>>,
    flights: Flights,
    pub(super) bodies: Bodies,
}

impl Gateway {
    /// A gateway that waits for its service. Without a cache, nothing of any article is kept.
    pub fn new(options: Options, cache: Option<AnswerCache>) -> Self {
        let metrics = Metrics::new();
        Self(Arc::new(Shared {
            life: Life::new(),
            queues: Queues::new(&options),
            flights: Flights::new(metrics.given_up.clone()),
            service: RwLock::default(),
            bodies: Bodies::new(&options),
            metrics,
            cache,
            options,
        }))
    }

    /// Says what is being done until its service is there; `/ready` passes it on.
    pub fn preparing(&self, what: &str) {
        self.0.life.prepare(what);
    }

    /// Gives it its service. From here on it is ready.
    pub fn open(&self, service: Service) {
        if let Some(servers) = service.engine().servers() {
            let metrics = self.0.metrics.servers.clone();
            servers.observe(move |record| metrics.request(record));
        }
        self.reopen(service);
        self.0.life.enter(Phase::Ready);
    }

    /// Gives it another service, for the requests that come from now on. What is under way goes on as it began.
    pub fn reopen(&self, service: Service) {
        *self.0.service.write().unwrap_or_else(PoisonError::into_inner) = Some(service);
    }

    /// Has its service changed, in the same way. One that cannot be changed stays as it is.
    pub fn renew(&self, change: impl FnOnce(Service) -> Result<Service, Error>) -> Result<(), Error> {
        if let Ok(service) = self.service() {
            self.reopen(change(service)?);
        }
        Ok(())
    }

    /// Ends when it has its service.
    pub async fn opened(&self) {
        self.0.life.opened().await;
    }

    /// Takes these keys in the place of those before, from the next request on.
    pub fn replace_keys(&self, keys: &Keys) {
        self.0.options.keys.replace(keys);
    }

    /// The service, once it is there.
    pub(super) fn service(&self) -> Result<Service, Problem> {
        let service = self.0.service.read().unwrap_or_else(PoisonError::into_inner).clone();
        service.ok_or_else(|| self.0.life.unready())
    }

    /// The key of an answer for this caller, who may share answers with all others or with nobody.
    pub(super) fn own_key(&self, key: Key, caller: Caller) -> Key {
        match (self.0.options.answers, caller) {
            (Answers::PerKey, Caller::Key(owner)) => key.within(owner),
            _ => key,
        }
    }

    /// The answer to exactly this request, if it is in memory.
    pub(super) fn recall(&self, request: &ParsedRequest) -> Option<Outcome> {
        let cache = self.0.cache.as_ref().filter(|_| request.retention == Retention::Usual)?;
        let answer = cache.recall(&request.key)?;
        self.0.metrics.answer(Origin::Kept, &answer.timings);
        Some(Outcome { answer: Arc::new(answer), origin: Origin::Kept })
    }

    /// Begins the computation of an answer, or joins the one of the same request.
    pub(super) fn begin(&self, service: &Service, request: ParsedRequest) -> Reader<Outcome> {
        let shared = (request.retention == Retention::Usual).then_some(request.key);
        let (gateway, service) = (self.clone(), service.of_flow(request.caller.flow()));
        self.0.flights.join(shared, |record| async move {
            let outcome = gateway.answer(&service, request, &record).await?;
            gateway.0.metrics.answer(outcome.origin, &outcome.answer.timings);
            Ok(outcome)
        })
    }

    /// Waits for the turn of a place, and counts for how long.
    pub(super) async fn turn(&self, place: QueueSlot) -> Permit {
        let waiting = Instant::now();
        let turn = place.turn().await;
        self.0.metrics.waited(waiting.elapsed());
        turn
    }

    /// Does a request's work when its turn comes, as long as it may take. The work is handed what bounds the request, the turn
    /// and the room of its body, for the threads that work for it.
    pub(super) async fn in_turn<T, F>(
        &self,
        place: QueueSlot,
        (room, limit): (Reservation, &Limit),
        work: impl FnOnce(Arc<dyn Send + Sync>) -> F,
    ) -> Result<T, Problem>
    where
        F: Future<Output = Result<T, Problem>>,
    {
        let work = async {
            let permit = Arc::new((self.turn(place).await, room));
            let done = work(permit.clone()).await?;
            permit.0.finish();
            Ok(done)
        };
        limit.hold(work).await?
    }

    /// The turn comes first, and lasts until the last piece of work has ended, whoever has left in the meantime.
    async fn answer(
        &self,
        service: &Service,
        request: ParsedRequest,
        record: &Record<Outcome>,
    ) -> Result<Outcome, Problem> {
        let (retention, request_key, caller) = (request.retention, request.key, request.caller);
        let place = self.0.queues.summaries.take(caller).map_err(Problem::busy)?;
        if !place.has_turn() {
            record.tell(&SummaryEvent::Progress { stage: Stage::Waiting, done: 0, total: 0 });
        }
        let turn = Arc::new(self.turn(place).await);
        let mut first_token = self.0.metrics.first_token();
        let (prepared, accepted) = self.read(service, request, turn.clone()).await?;
        let key = self.own_key(service.key(&prepared), caller);
        if let Some(cache) = self.0.cache.as_ref().filter(|_| retention == Retention::Usual)
            && let Some(answer) = cache.find(&key).await
        {
            let answer = service.recipe().renew(answer, prepared.article());
            cache.remember(request_key, &answer);
            record.push(accepted);
            replay(record, &answer);
            return Ok(Outcome { answer: Arc::new(answer), origin: Origin::Kept });
        }
        record.push(accepted);
        let watch = |event: SummaryEvent| {
            first_token(&event);
            record.tell(&event);
        };
        let answer = service.write(prepared, watch).await?;
        turn.finish();
        if let Some(cache) = self.0.cache.as_ref().filter(|_| retention != Retention::Nothing) {
            cache.keep(key, Some(request_key), &answer);
        }
        Ok(Outcome { answer: Arc::new(answer), origin: Origin::Written })
    }

    /// Reads the article of a request off the runtime. Turn and room are held by the thread that reads.
    /// Gives the article as streams show it, too.
    async fn read(
        &self,
        service: &Service,
        request: ParsedRequest,
        turn: Arc<Permit>,
    ) -> Result<(Prepared, Event), Problem> {
        let (service, most) = (service.clone(), self.0.options.limits.max_characters);
        let read = offload::offload(move |cancel| {
            let ParsedRequest { request, room: _room, .. } = request;
            let bounds = Bounds { given: most, cancel: cancel.clone(), ..Bounds::default() };
            let prepared = service.read(request, &bounds)?.with_permit(turn);
            let accepted = events::accepted(prepared.article());
            Ok((prepared, accepted))
        });
        read.await?.map_err(|error: Error| error.into())
    }
}

/// Writes down a kept answer as if it were written, so that who reads along sees the same steps.
fn replay(record: &Record<Outcome>, answer: &Answer) {
    for summary in &answer.summaries {
        for (index, fact) in summary.key_facts.iter().cloned().enumerate() {
            record.tell(&SummaryEvent::Fact { language: summary.language, index, fact });
        }
        record.tell(&SummaryEvent::Summary(Box::new(summary.clone())));
    }
}
