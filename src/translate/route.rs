//! Ways through the translators: one of them, or two by way of English.

use std::sync::Arc;

use super::{Batch, Direction, Output, TranslateError, Translator, Want};
use crate::intake::Language;

/// What going through English costs, in chrF; a guess that keeps a direct translator of nearly the same quality first.
const PIVOT: f32 = 5.0;
/// One way through the translators.
#[derive(Clone)]
pub(super) struct Route {
    legs: Vec<(Arc<dyn Translator>, Direction)>,
    /// chrF, as stated or guessed.
    pub(super) quality: f32,
}

/// The ways to translate in this direction, the best first.
pub(super) fn routes(translators: &[Arc<dyn Translator>], direction: Direction) -> Vec<Route> {
    let direct = |direction| {
        let known = translators.iter().filter_map(move |translator| {
            Some(Route { quality: translator.quality(direction)?, legs: vec![(translator.clone(), direction)] })
        });
        let mut known: Vec<Route> = known.collect();
        known.sort_by(|a, b| b.quality.total_cmp(&a.quality));
        known
    };
    let mut routes = direct(direction);
    if direction.from != Language::En && direction.to != Language::En {
        let there = direct(Direction { to: Language::En, ..direction }).into_iter().next();
        let back = direct(Direction { from: Language::En, ..direction }).into_iter().next();
        if let (Some(there), Some(back)) = (there, back) {
            let quality = there.quality.min(back.quality) - PIVOT;
            routes.push(Route { legs: [there.legs, back.legs].concat(), quality });
        }
    }
    routes.sort_by(|a, b| b.quality.total_cmp(&a.quality));
    routes
}

impl Route {
    pub(super) fn name(&self) -> String {
        self.legs.iter().map(|(translator, _)| translator.name()).collect::<Vec<_>>().join(" + ")
    }

    /// Those that are asked, in order.
    pub(super) fn translators(&self) -> Vec<Arc<dyn Translator>> {
        self.legs.iter().map(|(translator, _)| translator.clone()).collect()
    }

    pub(super) async fn translate(&self, batch: Batch) -> Result<Vec<Output>, TranslateError> {
        let (count, last) = (batch.sentences.len(), self.legs.len() - 1);
        let mut outputs: Vec<Output> = batch.sentences.into_iter().map(Output::from).collect();
        for (leg, (translator, direction)) in self.legs.iter().enumerate() {
            // Links of two legs say nothing together.
            let want = if last == 0 { batch.want } else { Want::Text };
            let sentences = outputs.into_iter().map(|output| output.text).collect();
            outputs = translator.translate(Batch { direction: *direction, sentences, want }).await?;
            if outputs.len() != count {
                let reason = format!("{count} sentences were asked for and {} came back", outputs.len());
                return Err(TranslateError::Broken { name: self.legs[leg].0.name().to_owned(), reason });
            }
        }
        Ok(outputs)
    }
}
