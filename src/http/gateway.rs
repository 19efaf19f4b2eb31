//! What all requests of one gateway share, and the way from a request to an answer.

use std::sync::{Arc, OnceLock};

use tokio::sync::Semaphore;

use super::ask::{Ask, Retention};
use super::body::Bodies;
use super::flight::{Flights, Origin, Outcome, Reader, Record, Step};
use super::metrics::Metrics;
use super::options::Options;
use super::phase::{Life, Phase};
use super::problem::Problem;
use super::turns::{Caller, Turns};
use crate::answer::Answer;
use crate::cache::{AnswerCache, Key};
use crate::service::{Service, Stage};

/// A gateway. It can listen before its service is there. Clones are one gateway.
#[derive(Clone)]
pub struct Gateway(pub(super) Arc<Shared>);

pub(super) struct Shared {
    pub(super) options: Options,
    pub(super) cache: Option<AnswerCache>,
    pub(super) life: Life,
    pub(super) metrics: Metrics,
    pub(super) turns: Turns,
    service: OnceLock<Service>,
    flights: Flights,
    pub(super) bodies: Bodies,
    /// Texts are read and counted on as many threads as there are cores.
    readers: Semaphore,
}

impl Gateway {
    /// A gateway that waits for its service. Without a cache, nothing of any article is kept.
    pub fn new(options: Options, cache: Option<AnswerCache>) -> Self {
        let metrics = Metrics::new();
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self(Arc::new(Shared {
            life: Life::new(),
            turns: Turns::new(options.limits.concurrency, options.limits.queue, options.times.deadline),
            flights: Flights::new(metrics.given_up.clone()),
            service: OnceLock::new(),
            bodies: Bodies::new(&options),
            readers: Semaphore::new(cores),
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
        if self.0.service.set(service).is_ok() {
            self.0.life.enter(Phase::Ready);
        }
    }

    /// The service, once it is there.
    pub(super) fn service(&self) -> Result<&Service, Problem> {
        self.0.service.get().ok_or_else(|| self.0.life.unready())
    }

    /// The answer to exactly this request, if it is in memory.
    pub(super) fn recall(&self, ask: &Ask, key: &Key) -> Option<Outcome> {
        let cache = self.0.cache.as_ref().filter(|_| ask.retention == Retention::Usual)?;
        let answer = cache.recall(key)?;
        self.0.metrics.answer(Origin::Kept, &answer.timings);
        Some(Outcome { answer: Arc::new(answer), origin: Origin::Kept })
    }

    /// Begins the computation of an answer, or joins the one of the same request.
    pub(super) fn begin(&self, service: &Service, order: Order) -> Reader {
        let shared = (order.ask.retention == Retention::Usual).then_some(order.key);
        let (gateway, service) = (self.clone(), service.clone());
        self.0.flights.join(shared, |record| async move {
            let outcome = gateway.answer(&service, order, &record).await?;
            gateway.0.metrics.answer(outcome.origin, &outcome.answer.timings);
            Ok(outcome)
        })
    }

    async fn answer(&self, service: &Service, order: Order, record: &Record) -> Result<Outcome, Problem> {
        let Order { ask: Ask { request, retention, room, .. }, key: request_key, caller } = order;
        let wish = request.wish();
        let reader = self.0.readers.acquire().await.expect("it is never closed");
        let prepared = service.prepare(request).await?;
        drop((reader, room));
        let article = prepared.article().clone();
        let key = service.recipe().key(&article, &wish);
        if let Some(cache) = self.0.cache.as_ref().filter(|_| retention == Retention::Usual)
            && let Some(answer) = cache.find(&key).await
        {
            let answer = service.recipe().renew(answer, &article);
            cache.remember(request_key, &answer);
            record.push(Step::Accepted(article));
            replay(record, &answer);
            return Ok(Outcome { answer: Arc::new(answer), origin: Origin::Kept });
        }
        let place = self.0.turns.take(caller).map_err(Problem::busy)?;
        record.push(Step::Accepted(article));
        record.push(Step::Progress { stage: "waiting", done: 0, total: 0 });
        let turn = place.turn().await;
        let answer = service.write(prepared, |stage| record.stage(stage)).await?;
        drop(turn);
        if let Some(cache) = self.0.cache.as_ref().filter(|_| retention != Retention::Nothing) {
            cache.keep(key, Some(request_key), &answer);
        }
        Ok(Outcome { answer: Arc::new(answer), origin: Origin::Written })
    }
}

/// A request on its way to an answer.
pub(super) struct Order {
    pub(super) ask: Ask,
    /// The request's own key.
    pub(super) key: Key,
    pub(super) caller: Caller,
}

/// Writes down a kept answer as if it were written, so that who reads along sees the same steps.
fn replay(record: &Record, answer: &Answer) {
    for summary in &answer.summaries {
        for (index, fact) in summary.key_facts.iter().cloned().enumerate() {
            record.stage(Stage::Fact { language: summary.language, index, fact });
        }
        record.stage(Stage::Summary(Box::new(summary.clone())));
    }
}
