//! Orders to a language model that only an encoder finds, before the engine is asked.
//!
//! What words tell is left out when an article is prepared. The vectors take longer, and are waited for when it is clear that an
//! answer is to be written. Not here: what is an order, which is for `plan`.

use std::sync::Arc;

use super::{Prepared, Service};
use crate::engine::EngineError;
use crate::error::Error;
use crate::plan::{self, NumberedLines, Orders};

impl Service {
    /// Looks for orders with the encoder, where there is one, and plans anew when it finds others than words tell. Its vectors
    /// of the article are needed later anyway; who asks for a kept answer does not wait for them.
    pub(super) async fn without_orders(&self, prepared: Prepared) -> Result<Prepared, Error> {
        let service = self.clone();
        let planning = tokio::task::spawn_blocking(move || {
            let Prepared { mut subject, next, writes, pivoted, started } = prepared;
            let found = subject.reference.vectors().map(|vectors| Orders::of(&subject.article, Some(vectors)));
            let Some(orders) = found else { return Ok(Prepared { subject, next, writes, pivoted, started }) };
            let lines = NumberedLines::without(&subject.article, &orders);
            let next =
                if lines == *subject.lines { next } else { plan::build(&lines, &writes, service.engine.measure())? };
            subject.lines = Arc::new(lines);
            subject.reference = subject.reference.without(orders);
            Ok(Prepared { subject, next, writes, pivoted, started })
        });
        planning.await.map_err(|_| Error::Engine(EngineError::Dead))?
    }
}
