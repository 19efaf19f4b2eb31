//! The model as a judge of claims: it is asked whether the article says them, and how sure it is counts, not what it says.
//!
//! Models differ in how readily they say yes, so a preference counts by how it stands to those for claims that are known
//! to be true: see [`Calibration`].

use super::Service;
use crate::answer::Reference;
use crate::engine::{EngineError, Event, Job, Timings};
use crate::error::Error;
use crate::plan::{self, NumberedLines};

/// How a model answers when the article does say it: mean and standard deviation of its log odds of yes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Calibration {
    /// The mean.
    pub mean: f32,
    /// The standard deviation.
    pub deviation: f32,
}

impl Calibration {
    /// How many standard deviations a preference stands above the mean.
    fn standing(self, log_odds: f32) -> f32 {
        (log_odds - self.mean) / self.deviation.max(f32::EPSILON)
    }
}

/// What the model is asked about claims.
pub(super) struct Questions {
    job: Job,
    claims: Vec<String>,
    calibration: Calibration,
}

impl Service {
    /// Asks the model about claims and keeps what it thinks with the article; gives the time that it took. Where there is
    /// nothing to ask, no time is taken.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn judge(
        &self,
        reference: &Reference,
        lines: &NumberedLines,
        claims: &[String],
    ) -> Result<Timings, Error> {
        match self.questions(lines, claims.to_vec()) {
            Some(questions) => self.ask(reference, questions).await,
            None => Ok(Timings::default()),
        }
    }

    /// What the model is to be asked about claims: nothing without any, without a calibrated model, or where the article does
    /// not fit. All of it is counted in tokens for that, which takes long of a long article.
    pub(super) fn questions(&self, lines: &NumberedLines, claims: Vec<String>) -> Option<Questions> {
        let calibration = self.recipe.judge.filter(|_| !claims.is_empty())?;
        let job = plan::judge(lines, &claims, self.engine.card())?;
        Some(Questions { job, claims, calibration })
    }

    /// Asks the model and keeps what it thinks with the article; gives the time that it took.
    pub(super) async fn ask(&self, reference: &Reference, questions: Questions) -> Result<Timings, Error> {
        let Questions { job, claims, calibration } = questions;
        let (preferences, timings) = self.preferences(job).await?;
        for (claim, log_odds) in claims.iter().zip(preferences) {
            reference.keep_judgement(claim, calibration.standing(log_odds));
        }
        Ok(timings)
    }

    /// The preference of each branch of a job.
    async fn preferences(&self, job: Job) -> Result<(Vec<f32>, Timings), Error> {
        let mut found = vec![0.0; job.branches.len()];
        // Short, so that it does not wait for whole answers of others.
        let mut events = self.engine.brief().submit(job).await?;
        loop {
            match events.recv().await {
                Some(Event::Preferred { branch, log_odds }) => found[branch] = log_odds,
                Some(Event::Done(timings)) => return Ok((found, timings)),
                Some(Event::Failed(error)) => return Err(error.into()),
                Some(_) => {}
                None => return Err(EngineError::Dead.into()),
            }
        }
    }
}
