//! How good a model is on texts of yours: every article of a file through the whole service, and everything counted. And how
//! right its verdict on claims is, where their truth is known.
//!
//! Rows come from `dataset` (claims from `labelled`, their articles from `articles`), each becomes a record of counts (`measure`
//! and `shown`, with the metrics `chrf`, `bleu` and `rouge`; claims by `verdict`), records are kept by `journal` so that a run
//! can be resumed, and `report` adds them up (claims `score`, with `fault`) to `figure`s. Articles are answered one after another,
//! so that seconds mean what a single user waits. Most figures need no reference: with them a model can be chosen on articles
//! that nobody has summarised. Not here: how a report is printed or drawn.

mod articles;
pub mod bleu;
pub mod chrf;
mod dataset;
mod fault;
mod figure;
mod journal;
mod labelled;
mod measure;
mod page;
mod report;
pub mod rouge;
mod score;
mod shown;
mod verdict;

use std::collections::HashSet;
use std::path::PathBuf;

pub use self::articles::Articles;
pub use self::dataset::{ArticleRow, Dataset, Row, TranslationRow, What};
pub use self::figure::{Figure, Unit, words};
use self::journal::{Header, Journal};
pub use self::labelled::{ClaimsRow, Fluency, LabelledClaim, Truth};
pub use self::measure::{Answered, Measures, Outcome, Record, Translated};
pub use self::page::page;
pub use self::report::Report;
pub use self::score::{ClaimFigures, Groups};
pub use self::shown::Shown;
pub use self::verdict::{CheckedClaim, CheckedClaims};
use crate::answer::{ModelInfo, Reference, Resources};
use crate::error::{Error, Kind};
use crate::intake::{self, AnnotatedArticle};
use crate::language::Language;
use crate::plan::SummaryOptions;
use crate::service::{CheckSeries, Checker, Service, SummaryRequest};

/// What is done with each article.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// What is asked of the model.
    pub options: SummaryOptions,
    /// At most so many rows, from the first.
    pub limit: Option<usize>,
    /// Where results are kept as they come; those that are there already are not made again.
    pub journal: Option<PathBuf>,
}

/// The row that is begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Begun<'a> {
    /// Its id.
    pub id: &'a str,
    /// Rows that are done.
    pub done: usize,
    /// All rows.
    pub total: usize,
}

/// What is evaluated.
#[derive(Clone, Default)]
pub struct System {
    /// What answers articles; a dataset without articles (see [`Dataset::has_articles`]) needs none.
    pub service: Option<Service>,
    /// What checks claims.
    pub checker: Checker,
    /// What decides its verdicts besides a model: a journal of claims is gone on with by the same alone.
    pub checks: Vec<String>,
}

impl System {
    /// A service that answers articles, and checks claims by rules alone.
    pub fn answering(service: Service) -> Self {
        Self { service: Some(service), ..Self::default() }
    }

    /// The model that writes, or else the one that judges.
    fn model(&self) -> Option<&ModelInfo> {
        self.service.as_ref().map(|service| &service.recipe().model).or_else(|| self.checker.judge())
    }

    /// What claims are held against their articles with, in words.
    fn checked_with(&self) -> Vec<String> {
        let resources = self.checker.resources();
        let codes = Language::ALL.into_iter().filter(|language| resources.dictionaries.has(*language));
        let codes: Vec<&str> = codes.map(Language::code).collect();
        let dictionaries = (!codes.is_empty()).then(|| format!("dictionaries ({})", codes.join(", ")));
        let encoder = resources.encoder.as_ref().map(|_| "encoder".to_owned());
        let judge = self.checker.judge().map(|model| format!("model {}", model.name));
        [Some("rules".to_owned()), dictionaries, encoder, judge].into_iter().flatten().collect()
    }
}

/// Evaluates a system on a dataset. Dropping the future cancels the work.
///
/// # Errors
/// When the journal belongs to something else or cannot be written, and when the engine fails. An article that is refused
/// is a result and not an error.
pub async fn run(
    system: &System,
    dataset: &Dataset,
    wanted: &Wanted,
    mut watch: impl FnMut(Begun<'_>),
) -> Result<Report, Error> {
    let (mut journal, known) = match &wanted.journal {
        Some(path) => {
            let (journal, known) = Journal::open(path, &header(system, dataset, wanted))?;
            (Some(journal), known)
        }
        None => (None, Vec::new()),
    };
    let rows = &dataset.rows[..wanted.limit.unwrap_or(usize::MAX).min(dataset.rows.len())];
    let done: HashSet<String> = known.iter().map(|record| record.id.clone()).collect();
    // A journal of a longer run may have more than is wanted now.
    let ids: HashSet<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    let mut series = CheckSeries::new(&system.checker);
    let mut records: Vec<Record> = known.into_iter().filter(|record| ids.contains(record.id.as_str())).collect();
    for row in rows.iter().filter(|row| !done.contains(&row.id)) {
        watch(Begun { id: &row.id, done: records.len(), total: rows.len() });
        tracing::info!(id = row.id, done = records.len(), total = rows.len(), "begun");
        let outcome = match &row.what {
            What::Article(article) => outcome(system.service.as_ref().ok_or_else(no_model)?, article, wanted).await?,
            What::Translation(translation) => Outcome::Translated(measure::translated(translation)),
            What::Claims(claims) => Outcome::Checked(verdict::check(claims, &mut series).await?),
        };
        let record = Record { id: row.id.clone(), outcome };
        if let Some(journal) = &mut journal {
            journal.append(&record)?;
        }
        records.push(record);
    }
    let report = report::report(&records);
    let name = dataset.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let checks = if dataset.has_claims() { system.checked_with() } else { Vec::new() };
    let model = system.model().cloned();
    Ok(Report { model, dataset: name, dataset_sha256: dataset.sha256.clone(), checks, ..report })
}

fn no_model() -> Error {
    let reason = "the dataset has articles, and there is no model to summarise them".to_owned();
    Error::Setting { name: "--model", reason }
}

/// One article, answered and measured, or refused.
async fn outcome(service: &Service, row: &ArticleRow, wanted: &Wanted) -> Result<Outcome, Error> {
    let source = row.source.clone();
    let request = SummaryRequest { source: source.clone(), options: wanted.options.clone() };
    match service.summarize(request, |_| ()).await {
        Ok(answer) => {
            let article = AnnotatedArticle::of(intake::read(source)?);
            let dictionaries = service.resources().dictionaries.clone();
            let article = Reference::with(article, &Resources { dictionaries, encoder: None });
            Ok(Outcome::Answered(measure::answered(&answer, &article, &row.references)))
        }
        Err(error) if error.kind() == Kind::Input => Ok(Outcome::Refused(error.code().to_owned())),
        Err(error) => Err(error),
    }
}

fn header(system: &System, dataset: &Dataset, wanted: &Wanted) -> Header {
    let SummaryOptions { languages, facts, length, seed, .. } = &wanted.options;
    let articles = dataset.articles.iter().map(|sha256| format!("articles {sha256}"));
    let checks = articles.chain(system.checks.iter().cloned()).filter(|_| dataset.has_claims());
    Header {
        stislo_eval: 1,
        dataset: dataset.sha256.clone(),
        model: system.model().map(|model| (model.name.clone(), model.revision.clone())),
        // As it was written from the beginning, so that journals can be gone on with.
        task: format!("Task {{ languages: {languages:?}, facts: {facts}, length: {length:?} }}, seed {seed:?}"),
        checks: checks.collect(),
    }
}
