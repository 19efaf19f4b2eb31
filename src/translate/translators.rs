//! The way of a text: it comes in, its sentences go to translators, and a text goes out.
//!
//! Sentences are taken in short batches in order, so that a reader sees the first ones early and a caller who leaves
//! stops the work within a batch: dropping the future is all it takes. A sentence that comes again is not translated
//! again. Each is checked; one with a fault goes to the next best route, and the rendering with the fewest faults is kept,
//! with them. Where every one is made up, the source stays. Reading, checking and putting together are done beside the
//! threads that serve others. Memory is that of the text and its translation. Not here: what a translator does.

use std::collections::HashMap;
use std::sync::Arc;

use super::check::{self, Fault};
use super::inline::Block;
use super::job::{Document, Likeness, Rendered, Sentence, Translation, Unit};
use super::kept::Kept;
use super::layout::{OpenOptions, Opened, open};
use super::polish::Capitals;
use super::route::{self, Route};
use super::{
    Batch, Direction, FaultKind, Glossary, Link, Output, TranslateError, Translator, number, place, polish, separators,
    talk,
};
use crate::engine::EngineError;
use crate::intake::Cancel;

/// Sentences of a batch.
const BATCH: usize = 8;

/// Translators, and the care around them. Cheap to clone.
#[derive(Clone, Default)]
pub struct Translators {
    all: Vec<Arc<dyn Translator>>,
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
    best: Option<Rendered>,
}

/// What is to be done for a text.
struct Tasks {
    tasks: Vec<Task>,
    /// The task of each sentence; `None` where there is nothing to translate.
    task_of: Vec<Option<usize>>,
}

impl Translators {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a translator.
    pub fn with(mut self, translator: impl Translator + 'static) -> Self {
        self.all.push(Arc::new(translator));
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
        route::routes(&self.all, self.preferred.as_deref(), direction)
    }

    /// The name and stated quality of the best way to translate in this direction.
    pub fn best(&self, direction: Direction) -> Option<(String, f32)> {
        self.routes(direction).first().map(|route| (route.name(), route.quality))
    }

    /// Translates a text. Dropping the future cancels the work.
    ///
    /// # Errors
    /// When the text cannot be read (see [`open`]), when nothing translates its direction, or when a translator fails and no
    /// other can take its place.
    pub async fn translate(
        &self,
        document: Document,
        watch: &mut (dyn FnMut(Step<'_>) + Send),
    ) -> Result<Translation, TranslateError> {
        self.translate_opened(opened(document, OpenOptions::default()).await?, watch).await
    }

    /// Translates a text that was read. Dropping the future cancels the work.
    ///
    /// # Errors
    /// When nothing translates its direction, or when a translator fails and no other can take its place.
    pub async fn translate_opened(
        &self,
        opened: Arc<Opened>,
        watch: &mut (dyn FnMut(Step<'_>) + Send),
    ) -> Result<Translation, TranslateError> {
        let total = opened.units.len();
        watch(Step::Begun { total });
        let mut sentences = Vec::with_capacity(total);
        let mut ready = |index: usize, rendered: &Rendered| {
            let source = opened.units[index].text().to_owned();
            let Rendered { text, engine, faults, .. } = rendered.clone();
            sentences.push(Sentence { source, text, engine, faults });
            watch(Step::Ready { index, total, sentence: &sentences[index] });
        };
        let reader = opened.clone();
        let tasks = beside(move |_| Tasks::of(&reader.units)).await?;
        let rendered = self.render(&opened.units, tasks, &mut ready).await?;
        let engine = most_used(&sentences);
        let (from, to, confidence) = (opened.from, opened.to, opened.confidence);
        let text = beside(move |cancel| opened.assemble(&rendered, cancel)).await??;
        Ok(Translation { text, from, confidence, to, engine, sentences })
    }

    /// Other renderings of a plain text, at most `most`, by the translators that are not the best.
    pub async fn alternatives(&self, opened: &Arc<Opened>, main: &Translation, most: usize) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        let routes = self.routes(Direction { from: main.from, to: main.to });
        for route in routes.iter().skip(1).take(most) {
            let alone = Self { all: route.translators(), glossary: self.glossary.clone(), preferred: None };
            // An alternative that cannot be had is none.
            if let Ok(other) = alone.translate_opened(opened.clone(), &mut |_| ()).await
                && other.text != main.text
                && !other.text.trim().is_empty()
                && !found.contains(&other.text)
            {
                found.push(other.text);
            }
        }
        found
    }

    /// Renders sentences; tells `ready` of each in order, as soon as those before it are ready too.
    async fn render(
        &self,
        units: &[Unit],
        Tasks { mut tasks, task_of }: Tasks,
        ready: &mut (dyn FnMut(usize, &Rendered) + Send),
    ) -> Result<Vec<Rendered>, TranslateError> {
        let mut done = 0;
        let mut rendered = Vec::with_capacity(units.len());
        loop {
            while let Some(task) = task_of.get(rendered.len()).filter(|task| task.is_none_or(|task| task < done)) {
                let best = task.and_then(|task| tasks[task].best.clone());
                let best = best.unwrap_or_else(|| Rendered::kept(units[rendered.len()].text()));
                ready(rendered.len(), &best);
                rendered.push(best);
            }
            let Some(first) = tasks.get(done) else { return Ok(rendered) };
            let like =
                |task: &&Task| (task.unit.direction, task.unit.want()) == (first.unit.direction, first.unit.want());
            let count = tasks[done..].iter().take(BATCH).take_while(like).count();
            self.work(&mut tasks[done..done + count]).await?;
            done += count;
        }
    }

    /// Has the routes try a batch, the best first, until every sentence is without fault or no route is left.
    async fn work(&self, tasks: &mut [Task]) -> Result<(), TranslateError> {
        let (direction, want) = match tasks.first().map(|task| (task.unit.direction, task.unit.want())) {
            Some((Some(direction), want)) => (direction, want),
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
                    let units = open.iter().map(|&at| tasks[at].unit.clone());
                    let outputs: Vec<(Unit, Output)> = units.zip(outputs).collect();
                    let (glossary, route) = (self.glossary.clone(), route.clone());
                    let finished = beside(move |_| {
                        let finish = |(unit, output): (Unit, Output)| finished(&unit, output, &glossary, &route);
                        outputs.into_iter().map(finish).collect::<Vec<_>>()
                    });
                    for (at, rendered) in open.into_iter().zip(finished.await?) {
                        tasks[at].offer(rendered);
                    }
                }
            }
        }
        for task in tasks.iter_mut().filter(|task| task.is_broken()) {
            let rendered = self.around_fixed(&task.unit, direction).await?;
            task.offer(rendered);
        }
        tasks.iter_mut().for_each(Task::drop_what_is_made_up);
        if tasks.iter().any(|task| task.best.is_none()) { Err(failure) } else { Ok(()) }
    }

    /// Translates the text between the parts that have to stay, so that none of them can be lost.
    async fn around_fixed(&self, unit: &Unit, direction: Direction) -> Result<Rendered, TranslateError> {
        let source = unit.text();
        let mut texts = Vec::new();
        let mut done = 0;
        for range in unit.fixed.iter() {
            texts.push((&source[done..range.start], &source[range.clone()]));
            done = range.end;
        }
        texts.push((&source[done..], ""));
        let plain = |text: &str| Unit::new(Block::plain(text.trim()), Some(direction));
        let units: Vec<Unit> = texts.iter().map(|(text, _)| plain(text)).collect();
        // What would have to stay was taken out, so this goes no deeper.
        let rendered = Box::pin(self.render(&units, Tasks::of(&units), &mut |_, _| {})).await?;
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

/// Reads a text for a translation, on a thread that may be busy for long. Dropping the future stops the work.
///
/// # Errors
/// When the text is refused (see [`open`]).
pub async fn opened(document: Document, options: OpenOptions) -> Result<Arc<Opened>, TranslateError> {
    let _leaving = options.cancel.on_drop();
    beside(move |_| open(&document, &options)).await?
}

/// Does work that takes longer than a moment on a thread that may be busy, and tells it when nobody waits any more.
async fn beside<T: Send + 'static>(work: impl FnOnce(&Cancel) -> T + Send + 'static) -> Result<T, TranslateError> {
    let cancel = Cancel::default();
    let _leaving = cancel.on_drop();
    let done = tokio::task::spawn_blocking(move || work(&cancel)).await;
    done.map_err(|_| EngineError::Dead.into())
}

/// The output of a route with everything that stands around it, checked.
fn finished(unit: &Unit, output: Output, glossary: &Glossary, route: &Route) -> Rendered {
    let (Some(direction), Some(bare)) = (unit.direction, &unit.bare) else { return Rendered::kept(unit.text()) };
    let source = unit.text();
    let core = &source[bare.core.clone()];
    let (before, after) = (&source[..bare.core.start], &source[bare.core.end..]);
    let kept = Kept::new(source, &unit.fixed);
    let places = |text: &str| kept.places(text);
    let capitals = Capitals { shouted: bare.shouted, stays: &places };
    let polished = polish::finish(core, &output.text, direction.to, &capitals);
    let spelled = separators::set(core, &polished, direction, &kept.places(&polished));
    let (set, missing) = glossary.apply(core, &spelled, direction);
    let text = format!("{before}{set}{after}");
    let links = moved(&output, &set, bare.core.start);
    let mut rendered = Rendered { text, engine: Some(route.name()), faults: missing, links };
    let mut faults = check::faults(source, &rendered.text, direction, &unit.fixed);
    if route.has_prompt() {
        faults.extend(talk::fault(source, &rendered.text, direction));
    }
    let emptied = place::emptied(&unit.phrase, &rendered).into_iter();
    faults.extend(emptied.map(|tag| Fault::new(FaultKind::TagEmptied, tag)));
    faults.append(&mut rendered.faults);
    Rendered { faults, ..rendered }
}

impl Tasks {
    fn of(units: &[Unit]) -> Self {
        let mut tasks: Vec<Task> = Vec::new();
        let mut known: HashMap<Likeness<'_>, usize> = HashMap::new();
        let mut task_of = Vec::with_capacity(units.len());
        for unit in units {
            task_of.push(unit.bare.is_some().then(|| {
                *known.entry(unit.likeness()).or_insert_with(|| {
                    tasks.push(Task { unit: unit.clone(), best: None });
                    tasks.len() - 1
                })
            }));
        }
        Self { tasks, task_of }
    }
}

impl Task {
    fn sentence(&self) -> String {
        let Some(bare) = &self.unit.bare else { return String::new() };
        let core = &self.unit.text()[bare.core.clone()];
        if !bare.shouted {
            return core.to_owned();
        }
        let inside =
            self.unit.fixed.iter().filter(|range| bare.core.start <= range.start && range.end <= bare.core.end);
        let stays: Vec<_> = inside.map(|range| range.start - bare.core.start..range.end - bare.core.start).collect();
        polish::calm(core, &stays)
    }

    fn is_good(&self) -> bool {
        self.best.as_ref().is_some_and(|best| best.faults.is_empty())
    }

    /// True when the best rendering has not everything that must stay.
    fn is_broken(&self) -> bool {
        self.best.as_ref().is_some_and(|best| best.faults.iter().any(|fault| fault.kind.breaks_what_stays()))
            && !self.unit.fixed.is_empty()
    }

    /// Keeps a rendering when it is better than what there is.
    fn offer(&mut self, rendered: Rendered) {
        let badness = |rendered: &Rendered| rendered.badness(self.unit.text());
        if self.best.as_ref().is_none_or(|best| badness(&rendered) < badness(best)) {
            self.best = Some(rendered);
        }
    }

    /// The source in the place of something that was made up, or has none of its numbers, with what was wrong with that.
    fn drop_what_is_made_up(&mut self) {
        let source = self.unit.text();
        let (Some(best), Some(Direction { from, to })) = (&mut self.best, self.unit.direction) else { return };
        let is_made_up = best.faults.iter().any(|fault| check::is_made_up(fault, source, &best.text));
        if is_made_up || number::are_all_lost((source, from), (&best.text, to)) {
            let faults = std::mem::take(&mut best.faults);
            *best = Rendered { faults, ..Rendered::kept(source) };
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
#[path = "translators_cases.rs"]
mod cases;
