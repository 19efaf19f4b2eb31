//! Texts checked one after another: an article is read once for those about it that stand together.
//!
//! Files of claims are mostly sorted by article, so only the last one is kept. Not here: where texts and articles come from.

use super::check::{Checker, Original};
use crate::answer::{Author, CheckReport};
use crate::error::Error;
use crate::intake::{IntakeError, Source};

/// A checker, and the article that it read last.
pub struct CheckSeries<'c> {
    checker: &'c Checker,
    read: Option<((Source, Author), Result<Original, IntakeError>)>,
}

impl<'c> CheckSeries<'c> {
    /// A series that has read nothing yet.
    pub fn new(checker: &'c Checker) -> Self {
        Self { checker, read: None }
    }

    /// Holds a text that somebody wrote against an article.
    ///
    /// # Errors
    /// [`Error::Intake`] when the text or its article is refused, which is no reason not to go on with others; any other error
    /// when the judge fails.
    pub async fn check(&mut self, (text, author): (Source, Author), article: &Source) -> Result<CheckReport, Error> {
        if self.read.as_ref().is_none_or(|((source, by), _)| source != article || *by != author) {
            let original = self.checker.read(article.clone()).map(|original| original.by(author));
            self.read = Some(((article.clone(), author), original));
        }
        let (_, original) = self.read.as_ref().expect("an article was read");
        let original = original.as_ref().map_err(|error| Error::Intake(error.clone()))?;
        let checked = self.checker.check(text, original).await?;
        Ok(CheckReport::new(checked, original.article()))
    }
}
