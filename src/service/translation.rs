//! What a service does with its translators: translate texts, and make other languages of an answer.

use std::sync::{Mutex, PoisonError};

use futures_util::future::try_join_all;

use super::repair::Rewriting;
use super::run::Run;
use super::{Direction, Document, OpenOptions, Service, Stage, Step, SummaryEvent, TextFormat, Translation, opened};
use crate::answer::{Draft, DraftFact, KeyFact, Made, Strategy, Summary};
use crate::error::Error;
use crate::intake::one_line;
use crate::language::{Language, sentences};
use crate::plan;
use crate::translate::{Glossary, Preamble, TranslateError, Translators, Writer, agreement};

/// chrF that is taken for a model in a language that it writes well; translation models state more.
const FLUENT: f32 = 55.0;
/// And in one that it does not.
const HALTING: f32 = 35.0;

impl Service {
    /// A service whose translations come from these; its engine stands in where they have nothing better.
    pub fn with_translators(self, translators: Translators) -> Self {
        Self { translators: translators.with(self.writer()), ..self }
    }

    /// The engine as a translator.
    fn writer(&self) -> Writer {
        let quality = |language: Language| if self.recipe.fluent.contains(&language) { FLUENT } else { HALTING };
        let quality = Language::ALL.map(|language| (language, quality(language)));
        Writer::new(self.engine.clone(), self.recipe.model.name.clone(), quality.to_vec())
    }

    /// How sentences of an article get into a language: by the engine behind the article, where it is the engine that translates
    /// and the article fits.
    fn way(&self, article: Option<&Preamble>, direction: Direction) -> Way {
        let best = self.translators.best(direction);
        let by_engine = best.is_none_or(|(name, _)| name == self.recipe.model.name);
        let writes_well = !self.recipe.weak.contains_key(&direction.to);
        let (translators, second) = match article.filter(|_| by_engine) {
            Some(article) => {
                let writer = self.writer().behind(article.clone());
                // Terms are set when the answer is shown: one that a translation misses would leave its line out.
                let second = || self.translators.clone().with_glossary(Glossary::default());
                (Translators::new().with(writer), writes_well.then(second))
            }
            None => (self.translators.clone(), None),
        };
        Way { language: direction.to, translators, second, longest: by_engine.then_some(LONGEST) }
    }

    /// The same service with another glossary; `translators` is what translates from then on, as the recipe tells it.
    pub fn with_glossary(mut self, glossary: Glossary, translators: Vec<String>) -> Self {
        self.recipe.translators = translators;
        Self { translators: self.translators.with_glossary(glossary), ..self }
    }

    /// What translates, the engine included.
    pub fn translators(&self) -> &Translators {
        &self.translators
    }

    /// Reads a text and translates it. Dropping the future cancels the work.
    ///
    /// # Errors
    /// When the text is refused, or nothing here can translate it.
    pub async fn translate(
        &self,
        document: Document,
        options: OpenOptions,
        watch: &mut (dyn FnMut(Step<'_>) + Send),
    ) -> Result<Translation, Error> {
        let opened = opened(document, options).await?;
        Ok(self.translators.translate_opened(opened, watch).await?)
    }
}

/// Tokens of a sentence, what is asked of it, and its translation.
const SENTENCE_TOKENS: usize = 1024;
/// So many sentences of the article are translated besides an answer, because not every translation holds.
const MORE: usize = 10;
/// Characters of a sentence that the engine translates: the longer it is, the less of it is right. Of 68 sentences that
/// Qwen2.5-Coder-1.5B translated into English behind their article, and that nothing else had anything against, 22 were good; of
/// the 40 with at most 100 characters 16.
const LONGEST: usize = 130;
/// What two translations of a sentence have in common where both are likely right: 15 of 33 of those 40.
const ALIKE: f32 = 0.55;

/// How sentences get into a language.
struct Way {
    language: Language,
    translators: Translators,
    /// What translates them once more: only what both say nearly alike counts.
    second: Option<Translators>,
    /// Characters of the longest sentence.
    longest: Option<usize>,
}

impl Way {
    /// The translations of lines; empty where there is none without a fault.
    async fn translate(
        &self,
        lines: &[String],
        from: Language,
        watch: &mut (dyn FnMut(Step<'_>) + Send),
    ) -> Result<Vec<String>, TranslateError> {
        let fits = |line: &str| {
            let longest = |most| sentences(line, from).iter().all(|it| line[it.range()].chars().count() <= most);
            !line.is_empty() && self.longest.is_none_or(longest)
        };
        let mut found = vec![String::new(); lines.len()];
        let sent: Vec<usize> = (0..lines.len()).filter(|&at| fits(&lines[at])).collect();
        if sent.is_empty() {
            return Ok(found);
        }
        let text = sent.iter().map(|&at| lines[at].as_str()).collect::<Vec<_>>().join("\n\n");
        let document =
            || Document { text: text.clone(), from: Some(from), to: self.language, format: TextFormat::Text };
        let first = paragraphs(&self.translators.translate(document(), watch).await?);
        let second = match &self.second {
            Some(second) => Some(paragraphs(&second.translate(document(), &mut |_| ()).await?)),
            None => None,
        };
        for (n, (at, line)) in sent.into_iter().zip(first).enumerate() {
            let other = second.as_ref().map(|second| second.get(n).map_or("", String::as_str));
            let alike = other.map(|other| agreement(&line, other));
            if alike.is_some_and(|alike| alike < ALIKE) {
                tracing::debug!(line, other, alike, "two translations differ");
            } else {
                found[at] = line;
            }
        }
        Ok(found)
    }
}

/// The paragraphs of a translation; empty where a sentence has a fault: a number that got lost, say.
fn paragraphs(translation: &Translation) -> Vec<String> {
    let faulty = translation.sentences.iter().filter(|sentence| !sentence.faults.is_empty());
    let faulty = faulty.inspect(|it| tracing::debug!(it.text, ?it.faults, "a translation with a fault"));
    let faulty: Vec<&str> = faulty.map(|sentence| sentence.text.as_str()).collect();
    let is_faulty = |paragraph: &str| faulty.iter().any(|text| paragraph.contains(text));
    translation.text.split("\n\n").map(|it| if is_faulty(it) { String::new() } else { it.to_owned() }).collect()
}

impl Run<'_> {
    /// Other languages of an answer, with its citations, translated sentence by sentence, because a small model that is given a
    /// whole answer to translate loses its form. What a translation got wrong is left out, and further sentences of the article
    /// take its place.
    pub(super) async fn pivot(&mut self, source: &Summary, to: &[Language]) -> Result<Vec<Summary>, Error> {
        if to.is_empty() {
            return Ok(Vec::new());
        }
        let more = self.further(source).await?;
        let mut summaries = Vec::with_capacity(to.len());
        for (&language, lines) in to.iter().zip(self.translated(source, &more, to).await?) {
            let made = Made { language, strategy: Strategy::Pivot, finish: source.finish };
            let (draft, others) = drafts(source, &more, lines);
            let lost = source.key_facts.len() - draft.facts.len();
            let mut summary = self.check(draft, made).await?;
            summary.dropped += lost;
            let others = others.into_iter().map(|fact| Rewriting::another(0, fact)).collect();
            let settled = self.settle(vec![summary], others).await?;
            settled.iter().for_each(|summary| self.reveal(summary, 0));
            summaries.extend(settled);
        }
        Ok(summaries)
    }

    /// Sentences of the article that an answer in its language is not about.
    async fn further(&mut self, source: &Summary) -> Result<Vec<DraftFact>, Error> {
        if source.language != self.subject.article.language() {
            return Ok(Vec::new());
        }
        let cited: Vec<u32> = source.key_facts.iter().flat_map(KeyFact::cited).collect();
        let mut more = self.beside(move |subject| subject.reference.standing_alone(&cited)).await?;
        // The shorter a sentence, the more of it is right in the other language.
        more.sort_by_key(|fact| fact.text.chars().count() > LONGEST);
        more.truncate(MORE);
        Ok(more)
    }

    /// An answer and further sentences in other languages, as lines; all at once, because each may have a translator of its own.
    async fn translated(
        &mut self,
        source: &Summary,
        more: &[DraftFact],
        to: &[Language],
    ) -> Result<Vec<Vec<String>>, Error> {
        let mut lines = lines_of(source);
        lines.extend(more.iter().map(|fact| one_line(&fact.text)));
        let (from, service, languages) = (source.language, self.service.clone(), to.to_vec());
        let ways = self.beside(move |subject| {
            let article = plan::preamble(&subject.lines, SENTENCE_TOKENS, service.engine.measure());
            let article = article.map(|(system, shared)| Preamble { system, shared });
            let way = |&to: &Language| service.way(article.as_ref(), Direction { from, to });
            languages.iter().map(way).collect::<Vec<_>>()
        });
        let ways = ways.await?;
        let progress = Mutex::new((0, &mut *self.watch));
        let into = async |way: &Way| {
            let mut step = |step: Step<'_>| {
                if let Step::Ready { total, .. } = step {
                    let (done, watch) = &mut *progress.lock().unwrap_or_else(PoisonError::into_inner);
                    *done += 1;
                    watch(SummaryEvent::Progress { stage: Stage::Translating, done: *done, total: total * to.len() });
                }
            };
            way.translate(&lines, from, &mut step).await
        };
        Ok(try_join_all(ways.iter().map(into)).await?)
    }
}

/// A summary as lines.
fn lines_of(summary: &Summary) -> Vec<String> {
    let texts = [&summary.headline, &summary.summary];
    let facts = summary.key_facts.iter().map(|fact| &fact.text);
    texts.into_iter().chain(facts).map(|text| one_line(text)).collect()
}

/// The translated lines, with the citations of what they translate: an answer, and further facts. What was not translated is left out.
fn drafts(source: &Summary, more: &[DraftFact], lines: Vec<String>) -> (Draft, Vec<DraftFact>) {
    let mut lines = lines.into_iter();
    let mut next = || lines.next().unwrap_or_default();
    let (headline, summary) = (next(), next());
    let mut fact = |cited| Some(DraftFact { text: next(), cited }).filter(|fact| !fact.text.is_empty());
    let facts = source.key_facts.iter().filter_map(|it| fact(it.cited())).collect();
    let more = more.iter().filter_map(|it| fact(it.cited.clone())).collect();
    (Draft { headline, summary, facts }, more)
}
