//! Ways through the translators: one of them, or two by way of English.

use std::sync::Arc;

use super::{Batch, Direction, Output, TranslateError, Translator, Want};
use crate::language::Language;

/// What going through English costs, in chrF; a guess that keeps a direct translator of nearly the same quality first.
const PIVOT: f32 = 5.0;

/// One way through the translators.
#[derive(Clone)]
pub(super) struct Route {
    legs: Vec<(Arc<dyn Translator>, Direction)>,
    /// chrF, as stated or guessed.
    pub(super) quality: f32,
    /// The user wants it.
    preferred: bool,
}

/// The ways to translate in this direction: those by the translator that the user prefers, then the best first.
pub(super) fn routes(translators: &[Arc<dyn Translator>], preferred: Option<&str>, direction: Direction) -> Vec<Route> {
    let direct = |direction| {
        let known = translators.iter().filter_map(move |translator| {
            let preferred = preferred.is_some_and(|name| translator.answers_to(name));
            let legs = vec![(translator.clone(), direction)];
            Some(Route { quality: translator.quality(direction)?, legs, preferred })
        });
        let mut known: Vec<Route> = known.collect();
        known.sort_by(Route::before);
        known
    };
    let mut routes = direct(direction);
    if direction.from != Language::En && direction.to != Language::En {
        let there = direct(Direction { to: Language::En, ..direction }).into_iter().next();
        let back = direct(Direction { from: Language::En, ..direction }).into_iter().next();
        if let (Some(there), Some(back)) = (there, back) {
            let quality = there.quality.min(back.quality) - PIVOT;
            let preferred = there.preferred || back.preferred;
            routes.push(Route { legs: [there.legs, back.legs].concat(), quality, preferred });
        }
    }
    routes.sort_by(Route::before);
    routes
}

impl Route {
    fn before(&self, other: &Self) -> std::cmp::Ordering {
        other.preferred.cmp(&self.preferred).then(other.quality.total_cmp(&self.quality))
    }

    pub(super) fn name(&self) -> String {
        self.legs.iter().map(|(translator, _)| translator.name()).collect::<Vec<_>>().join(" + ")
    }

    /// True when the last of them is told its task.
    pub(super) fn has_prompt(&self) -> bool {
        self.legs.last().is_some_and(|(translator, _)| translator.has_prompt())
    }

    /// Those that are asked, in order.
    pub(super) fn translators(&self) -> Vec<Arc<dyn Translator>> {
        self.legs.iter().map(|(translator, _)| translator.clone()).collect()
    }

    pub(super) async fn translate(&self, batch: Batch) -> Result<Vec<Output>, TranslateError> {
        let (count, last) = (batch.sentences.len(), self.legs.len() - 1);
        let mut outputs: Vec<Output> = batch.sentences.into_iter().map(Output::from).collect();
        for (translator, direction) in &self.legs {
            // Links of two legs say nothing together.
            let want = if last == 0 { batch.want } else { Want::Text };
            let sentences = outputs.into_iter().map(|output| output.text).collect();
            outputs = translator.translate(Batch { direction: *direction, sentences, want }).await?;
            if outputs.len() != count {
                let reason = format!("{count} sentences were asked for and {} came back", outputs.len());
                return Err(TranslateError::Broken { name: translator.name().to_owned(), reason });
            }
        }
        Ok(outputs)
    }
}
