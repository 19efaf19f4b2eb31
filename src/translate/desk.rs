//! The desk: a text comes in, its sentences go to translators, and a text goes out.
//!
//! Sentences are taken in short batches in order, so that a reader sees the first ones early and a caller who leaves
//! stops the work within a batch: dropping the future is all it takes. A sentence that comes again is not translated
//! again. Each is checked; one with a fault goes to the next best route, and the rendering with the fewest faults is kept,
//! with them. Memory is that of the text and its translation. Not here: what a translator does.

use std::collections::HashMap;
use std::sync::Arc;

use super::inline::Escape;
use super::job::{Document, Format, Rendered, Sentence, Translation, Unit};
use super::layout::{self, Aim, Laid};
use super::polish::{self, Bare};
use super::route::{self, Route};
use super::{Batch, Direction, FaultKind, Glossary, Link, Output, TranslateError, Translator, Want, check, html};

/// Sentences of a batch.
const BATCH: usize = 8;

/// Translators, and the care around them. Cheap to clone.
#[derive(Clone, Default)]
pub struct Desk {
    translators: Vec<Arc<dyn Translator>>,
    glossary: Arc<Glossary>,
    /// The translator that is asked first, whatever others state.
    preferred: Option<Arc<str>>,
}

/// How far a text is.
#[derive(Debug, Clone, Copy)]
pub enum Step<'a> {
    /// So many sentences will come.
    Begun {
        /// Sentences of the text.
        total: usize,
    },
    /// The next sentence is ready.
    Ready {
        /// Its number, from 0.
        index: usize,
        /// Sentences of the text.
        total: usize,
        /// The sentence.
        sentence: &'a Sentence,
    },
}

/// A sentence that no other of the text is like, on its way.
struct Task {
    unit: Unit,
    bare: Bare,
    best: Option<Rendered>,
}

impl Desk {
    /// A desk without a translator.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a translator.
    pub fn with(mut self, translator: impl Translator + 'static) -> Self {
        self.translators.push(Arc::new(translator));
        self
    }

    /// Fixes the rendering of terms.
    pub fn with_glossary(self, glossary: Glossary) -> Self {
        Self { glossary: Arc::new(glossary), ..self }
    }

    /// Terms with fixed renderings.
    pub fn glossary(&self) -> &Glossary {
        &self.glossary
    }

    /// Has the translator of this name asked first in the directions that it knows.
    pub fn preferring(self, name: &str) -> Self {
        Self { preferred: Some(name.into()), ..self }
    }

    fn routes(&self, direction: Direction) -> Vec<Route> {
        route::routes(&self.translators, self.preferred.as_deref(), direction)
    }

    /// The name and stated quality of the best way to translate in this direction.
    pub fn best(&self, direction: Direction) -> Option<(String, f32)> {
        self.routes(direction).first().map(|route| (route.name(), route.quality))
    }

    /// A desk for each of the other ways to translate in this direction, the best first, that knows no way but that.
    pub fn others(&self, direction: Direction) -> Vec<Self> {
        let routes = self.routes(direction).into_iter().skip(1);
        let desk =
            |route: Route| Self { translators: route.translators(), glossary: self.glossary.clone(), preferred: None };
        routes.map(desk).collect()
    }

    /// Looks whether a text can be read, so that it is refused before anybody waits for it.
    ///
    /// # Errors
    /// When it is too long, in an unknown language or without words, or has no subtitles where it should.
    pub fn check(&self, document: &Document) -> Result<(), TranslateError> {
        layout::open(document).map(drop)
    }

    /// Translates a text. Dropping the future cancels the work.
    ///
    /// # Errors
    /// When the text cannot be read (see [`check`](Self::check)), when nothing translates its direction, or when a
    /// translator fails and no other can take its place.
    pub async fn translate(
        &self,
        document: Document,
        watch: &mut (dyn FnMut(Step<'_>) + Send),
    ) -> Result<Translation, TranslateError> {
        let (parts, language, confidence) = layout::open(&document)?;
        let Document { text: _, from, to, format } = document;
        let escape: Escape = if format == Format::Html { html::escape } else { str::to_owned };
        let laid = Laid::new(parts, Aim { from: language, guessed: from.is_none(), to }, escape);
        let total = laid.units.len();
        watch(Step::Begun { total });
        let mut sentences = Vec::with_capacity(total);
        let units = &laid.units;
        let mut ready = |index: usize, rendered: &Rendered| {
            let source = units[index].text.clone();
            let Rendered { text, engine, faults, .. } = rendered.clone();
            sentences.push(Sentence { source, text, engine, faults });
            watch(Step::Ready { index, total, sentence: &sentences[index] });
        };
        let rendered = self.render(units, &mut ready).await?;
        let engine = most_used(&sentences);
        Ok(Translation { text: laid.assemble(&rendered, escape), from: language, confidence, to, engine, sentences })
    }

    /// Renders sentences; tells `ready` of each in order, as soon as those before it are ready too.
    pub(super) async fn render(
        &self,
        units: &[Unit],
        ready: &mut (dyn FnMut(usize, &Rendered) + Send),
    ) -> Result<Vec<Rendered>, TranslateError> {
        let mut tasks: Vec<Task> = Vec::new();
        let mut known: HashMap<(&str, Direction, Want), usize> = HashMap::new();
        let mut task_of = Vec::with_capacity(units.len());
        for unit in units {
            let bare = unit.direction.and_then(|direction| Some((direction, polish::strip(&unit.text, &unit.fixed)?)));
            task_of.push(bare.map(|(direction, bare)| {
                *known.entry((&unit.text, direction, unit.want)).or_insert_with(|| {
                    tasks.push(Task { unit: unit.clone(), bare, best: None });
                    tasks.len() - 1
                })
            }));
        }
        let mut done = 0;
        let mut rendered = Vec::with_capacity(units.len());
        loop {
            while let Some(task) = task_of.get(rendered.len()).filter(|task| task.is_none_or(|task| task < done)) {
                let best = task.and_then(|task| tasks[task].best.clone());
                let best = best.unwrap_or_else(|| Rendered::kept(&units[rendered.len()].text));
                ready(rendered.len(), &best);
                rendered.push(best);
            }
            let Some(first) = tasks.get(done) else { return Ok(rendered) };
            let like = |task: &&Task| (task.unit.direction, task.unit.want) == (first.unit.direction, first.unit.want);
            let count = tasks[done..].iter().take(BATCH).take_while(like).count();
            self.work(&mut tasks[done..done + count]).await?;
            done += count;
        }
    }

    /// Has the routes try a batch, the best first, until every sentence is without fault or no route is left.
    async fn work(&self, tasks: &mut [Task]) -> Result<(), TranslateError> {
        let (direction, want) = match tasks {
            [Task { unit: Unit { direction: Some(direction), want, .. }, .. }, ..] => (*direction, *want),
            _ => return Ok(()),
        };
        let mut failure = TranslateError::NoRoute { direction };
        for route in self.routes(direction) {
            let open: Vec<usize> = (0..tasks.len()).filter(|&at| !tasks[at].is_good()).collect();
            if open.is_empty() {
                break;
            }
            let sentences = open.iter().map(|&at| tasks[at].sentence()).collect();
            match route.translate(Batch { direction, sentences, want }).await {
                Err(error) => {
                    tracing::warn!(%error, route = route.name(), "a translator failed");
                    failure = error;
                }
                Ok(outputs) => {
                    for (at, output) in open.into_iter().zip(outputs) {
                        let rendered = self.finished(&tasks[at], output, &route);
                        tasks[at].offer(rendered);
                    }
                }
            }
        }
        for task in tasks.iter_mut().filter(|task| task.has_lost()) {
            let rendered = self.around_fixed(&task.unit, direction).await?;
            task.offer(rendered);
        }
        if tasks.iter().any(|task| task.best.is_none()) { Err(failure) } else { Ok(()) }
    }

    /// The output of a route with everything that stands around it, checked.
    fn finished(&self, task: &Task, output: Output, route: &Route) -> Rendered {
        let Task { unit, bare, .. } = task;
        let Some(direction) = unit.direction else { return Rendered::kept(&unit.text) };
        let core = &unit.text[bare.core.clone()];
        let (before, after) = (&unit.text[..bare.core.start], &unit.text[bare.core.end..]);
        let polished = polish::finish(core, &output.text, direction.to, bare.shouted);
        let (set, missing) = self.glossary.apply(core, &polished, direction);
        let text = format!("{before}{set}{after}");
        let kept: Vec<&str> = unit.fixed.iter().map(|range| &unit.text[range.clone()]).collect();
        let mut faults = check::faults(&unit.text, &text, direction, &kept);
        faults.extend(missing);
        let links = moved(&output, &set, bare.core.start);
        Rendered { text, engine: Some(route.name()), faults, links }
    }

    /// Translates the text between the parts that have to stay, so that none of them can be lost.
    async fn around_fixed(&self, unit: &Unit, direction: Direction) -> Result<Rendered, TranslateError> {
        let mut texts = Vec::new();
        let mut done = 0;
        for range in &unit.fixed {
            texts.push((&unit.text[done..range.start], &unit.text[range.clone()]));
            done = range.end;
        }
        texts.push((&unit.text[done..], ""));
        let plain = |text: &str| Unit {
            text: text.trim().to_owned(),
            direction: Some(direction),
            fixed: Vec::new(),
            want: Want::Text,
        };
        let units: Vec<Unit> = texts.iter().map(|(text, _)| plain(text)).collect();
        // Without fixed parts there is nothing to lose, so this goes no deeper.
        let rendered = Box::pin(self.render(&units, &mut |_, _| {})).await?;
        let mut whole = Rendered::kept("");
        for ((text, fixed), part) in texts.iter().zip(rendered) {
            let blanks = text.len() - text.trim_start().len();
            whole.text.push_str(&text[..blanks]);
            whole.text.push_str(&part.text);
            whole.text.push_str(&text[blanks + text.trim().len()..]);
            whole.text.push_str(fixed);
            whole.faults.extend(part.faults);
            whole.engine = whole.engine.or(part.engine);
        }
        Ok(whole)
    }
}

impl Task {
    fn sentence(&self) -> String {
        let core = &self.unit.text[self.bare.core.clone()];
        if self.bare.shouted { polish::calm(core) } else { core.to_owned() }
    }

    fn is_good(&self) -> bool {
        self.best.as_ref().is_some_and(|best| best.faults.is_empty())
    }

    fn has_lost(&self) -> bool {
        let lost = |best: &Rendered| best.faults.iter().any(|fault| fault.kind == FaultKind::Lost);
        self.best.as_ref().is_some_and(lost)
    }

    /// Keeps a rendering when it is better than what there is.
    fn offer(&mut self, rendered: Rendered) {
        if self.best.as_ref().is_none_or(|best| rendered.faults.len() < best.faults.len()) {
            self.best = Some(rendered);
        }
    }
}

/// The engine that translated most sentences.
fn most_used(sentences: &[Sentence]) -> String {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for engine in sentences.iter().filter_map(|sentence| sentence.engine.as_deref()) {
        *counts.entry(engine).or_default() += 1;
    }
    let most = counts.into_iter().max_by_key(|&(name, count)| (count, std::cmp::Reverse(name)));
    most.map_or_else(|| "none".to_owned(), |(name, _)| name.to_owned())
}

/// Links of the raw output as links of the finished sentence. Marks and capitals change bytes and hardly ever the number
/// of characters, so characters are counted.
fn moved(output: &Output, finished: &str, shift: usize) -> Vec<Link> {
    if output.links.is_empty() {
        return Vec::new();
    }
    let starts: Vec<usize> = finished.char_indices().map(|(at, _)| at).chain([finished.len()]).collect();
    let mut count_of = vec![0; output.text.len() + 1];
    let mut count = 0;
    for (at, _) in output.text.char_indices() {
        count_of[at] = count;
        count += 1;
    }
    count_of[output.text.len()] = count;
    let place = |byte: usize| shift + starts[count_of[byte.min(output.text.len())].min(starts.len() - 1)];
    let links = output.links.iter();
    links
        .map(|link| Link { source: link.source + shift, target: place(link.target.start)..place(link.target.end) })
        .collect()
}

#[cfg(test)]
#[path = "desk_cases.rs"]
mod cases;
