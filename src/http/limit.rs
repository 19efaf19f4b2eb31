//! How long a request may take: until its deadline, and until the gateway stops.

use std::time::Duration;

use tokio::time::Instant;

use super::gateway::Gateway;
use super::problem::Problem;

/// How long a caller waits: until its deadline, and until the gateway stops.
pub(super) struct Limit {
    gateway: Gateway,
    deadline: Instant,
}

impl Limit {
    /// The limit of a request that began at this time.
    pub(super) fn since(begun: Instant, gateway: &Gateway) -> Self {
        Self { gateway: gateway.clone(), deadline: begun + gateway.0.options.times.deadline }
    }

    pub(super) async fn hold<T>(&self, work: impl Future<Output = T>) -> Result<T, Problem> {
        tokio::select! {
            biased;
            done = work => Ok(done),
            () = tokio::time::sleep_until(self.deadline) => {
                Err(Problem::late(self.gateway.0.options.times.deadline))
            }
            stopped = self.gateway.0.life.stopped() => Err(stopped),
        }
    }

    pub(super) fn keep_alive(&self) -> Duration {
        self.gateway.0.options.times.keep_alive
    }
}
