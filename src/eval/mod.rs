//! How good a model is on texts of yours: every article of a file through the whole service, and everything counted.
//!
//! Rows come from `dataset`, each becomes a record of counts (`measure`, with the metrics `chrf`, `bleu` and `rouge`), records
//! are kept by `journal` so that a run can be resumed, and `report` adds them up. Articles are answered one after another,
//! so that seconds mean what a single user waits. Most figures need no reference: with them a model can be chosen on articles
//! that nobody has summarised. Not here: how a report is printed or drawn.

pub mod bleu;
pub mod chrf;
mod dataset;
mod journal;
mod measure;
mod page;
mod report;
pub mod rouge;

use std::collections::HashSet;
use std::path::PathBuf;

pub use self::dataset::{ArticleRow, Dataset, Row, TranslationRow, What};
use self::journal::{Header, Journal};
pub use self::measure::{Answered, Measures, Outcome, Record, Translated};
pub use self::page::page;
pub use self::report::{Figure, Report, Unit, words};
use crate::answer::ModelInfo;
use crate::error::{Error, Kind};
use crate::intake;
use crate::plan::SummaryOptions;
use crate::service::{Service, SummaryRequest};

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

/// Evaluates a model on a dataset. Dropping the future cancels the work.
///
/// # Errors
/// When the journal belongs to something else or cannot be written, and when the engine fails. An article that is refused
/// is a result and not an error.
///
/// A dataset without articles (see [`Dataset::has_articles`]) needs no service.
pub async fn run(
    service: Option<&Service>,
    dataset: &Dataset,
    wanted: &Wanted,
    mut watch: impl FnMut(Begun<'_>),
) -> Result<Report, Error> {
    let model = service.map(|service| service.recipe().model.clone());
    let (mut journal, known) = match &wanted.journal {
        Some(path) => {
            let (journal, known) = Journal::open(path, &header(model.as_ref(), dataset, wanted))?;
            (Some(journal), known)
        }
        None => (None, Vec::new()),
    };
    let rows = &dataset.rows[..wanted.limit.unwrap_or(usize::MAX).min(dataset.rows.len())];
    let done: HashSet<String> = known.iter().map(|record| record.id.clone()).collect();
    // A journal of a longer run may have more than is wanted now.
    let ids: HashSet<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    let mut records: Vec<Record> = known.into_iter().filter(|record| ids.contains(record.id.as_str())).collect();
    for row in rows.iter().filter(|row| !done.contains(&row.id)) {
        watch(Begun { id: &row.id, done: records.len(), total: rows.len() });
        tracing::info!(id = row.id, done = records.len(), total = rows.len(), "begun");
        let outcome = match &row.what {
            What::Article(article) => outcome(service.ok_or_else(no_model)?, article, wanted).await?,
            What::Translation(translation) => Outcome::Translated(measure::translated(translation)),
        };
        let record = Record { id: row.id.clone(), outcome };
        if let Some(journal) = &mut journal {
            journal.append(&record)?;
        }
        records.push(record);
    }
    let report = report::report(&records);
    let name = dataset.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok(Report { model, dataset: name, dataset_sha256: dataset.sha256.clone(), ..report })
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
        Ok(answer) => Ok(Outcome::Answered(measure::answered(&answer, &intake::read(source)?, &row.references))),
        Err(error) if error.kind() == Kind::Input => Ok(Outcome::Refused(error.code().to_owned())),
        Err(error) => Err(error),
    }
}

fn header(model: Option<&ModelInfo>, dataset: &Dataset, wanted: &Wanted) -> Header {
    let SummaryOptions { languages, facts, length, seed, .. } = &wanted.options;
    Header {
        stislo_eval: 1,
        dataset: dataset.sha256.clone(),
        model: model.map(|model| (model.name.clone(), model.revision.clone())),
        // As it was written from the beginning, so that journals can be gone on with.
        task: format!("Task {{ languages: {languages:?}, facts: {facts}, length: {length:?} }}, seed {seed:?}"),
    }
}
