//! The model as a judge of claims: it is asked whether the article says them, and how sure it is counts, not what it says.
//!
//! Models differ in how readily they say yes, so a preference counts by how it stands to those for claims that are known
//! to be true: see [`Calibration`].

use std::collections::BTreeMap;

use super::Service;
use crate::answer::{Opinion, Reference};
use crate::engine::{EngineError, Event, Job, Likelihood, Timings};
use crate::error::Error;
use crate::language::Language;
use crate::plan::{self, NumberedLines};

/// How a model answers when the article does say it: the log odds of yes, by the languages of article and claim. A model
/// says yes more readily in the language that it knows best.
#[derive(Debug, Clone, PartialEq)]
pub struct Calibration {
    /// The mean for claims in a language about an article in another or the same: (article, claim).
    pub means: BTreeMap<(Language, Language), f32>,
    /// The standard deviation around the mean of their languages.
    pub deviation: f32,
    /// How much true claims of its own surprise it, where that was measured.
    pub surprise: Option<Surprise>,
    /// The share of the words of each sentence, in the article's language, that one sentence of the article has to have, where the
    /// model makes up what it joins; where it does not write the language well, all of them.
    pub share: Option<f32>,
}

/// How much true claims of a model's own surprise it at most behind the article, in nats a token: the entropy of what could
/// come next less the logarithm of the probability of what does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Surprise {
    /// In the article's language.
    pub same: f32,
    /// In another.
    pub other: f32,
}

impl Calibration {
    /// How many standard deviations a preference stands above the mean; nothing for languages that were not measured.
    fn standing(&self, languages: (Language, Language), log_odds: f32) -> Option<f32> {
        let mean = self.means.get(&languages)?;
        Some((log_odds - mean) / self.deviation.max(f32::EPSILON))
    }

    /// How much the words of a claim surprise, as a share of what those of true ones do at most.
    fn surprise(&self, (article, claim): (Language, Language), likelihood: Likelihood) -> Option<f32> {
        let Surprise { same, other } = self.surprise?;
        let most = if article == claim { same } else { other };
        Some((likelihood.entropy - likelihood.log_probability) / most.max(f32::EPSILON))
    }
}

/// The log odds of yes, and how likely the claim is itself.
type Preference = (f32, Option<Likelihood>);

/// Claims that a model is to judge.
pub(super) struct Claims {
    /// Their texts.
    pub(super) texts: Vec<String>,
    /// Their language.
    pub(super) language: Language,
}

/// What the model is asked about claims.
pub(super) struct Questions {
    job: Job,
    claims: Claims,
}

impl Service {
    /// What the model is to be asked about claims: nothing without any, without a calibrated model, or where the article does
    /// not fit. All of it is counted in tokens for that, which takes long of a long article.
    pub(super) fn questions(&self, lines: &NumberedLines, claims: Claims) -> Option<Questions> {
        self.recipe.judge.as_ref().filter(|_| !claims.texts.is_empty())?;
        let job = plan::judge(lines, &claims.texts, self.engine.measure())?;
        Some(Questions { job, claims })
    }

    /// Asks the model and keeps what it thinks with the article; gives the time that it took.
    pub(super) async fn ask(&self, reference: &Reference, questions: Questions) -> Result<Timings, Error> {
        let Questions { job, claims: Claims { texts, language } } = questions;
        let (preferences, timings) = self.preferences(job).await?;
        let languages = (reference.article().language(), language);
        for (text, preference) in texts.iter().zip(preferences) {
            let (Some(judge), Some((log_odds, likelihood))) = (&self.recipe.judge, preference) else { continue };
            let belief = judge.standing(languages, log_odds);
            let surprise = likelihood.and_then(|it| judge.surprise(languages, it));
            reference.keep_opinion(text, Opinion { belief, surprise });
        }
        Ok(timings)
    }

    /// The preference of each branch of a job; none of one that was answered with neither of the two.
    async fn preferences(&self, job: Job) -> Result<(Vec<Option<Preference>>, Timings), Error> {
        let mut found = vec![None; job.branches.len()];
        // Short, so that it does not wait for whole answers of others.
        let mut events = self.engine.brief().submit(job).await?;
        loop {
            match events.recv().await {
                Some(Event::Preferred { branch, log_odds, likelihood }) => found[branch] = Some((log_odds, likelihood)),
                Some(Event::Done(timings)) => return Ok((found, timings)),
                Some(Event::Failed(error)) => return Err(error.into()),
                Some(_) => {}
                None => return Err(EngineError::Dead.into()),
            }
        }
    }
}
