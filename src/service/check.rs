//! A text that a person wrote, held against an article with everything that is there: rules, dictionaries, encoder, judge.
//!
//! A claim may be one short sentence, which no guess of languages can be sure of: it is taken for one of the three by its
//! letters, and by the article's language where they do not tell. The judge is asked last, about what nothing else has
//! anything against, and then the text is checked once more with what it thinks. Not here: how each of them checks.

use std::collections::HashSet;
use std::sync::Arc;

use super::Service;
use super::judge::{Claims, Questions};
use crate::answer::{self, Author, CheckReport, Checked, ModelInfo, Reference, Resources};
use crate::engine::EngineError;
use crate::error::Error;
use crate::intake::{self, AnnotatedArticle, Article, Bounds, IntakeError, Source};
use crate::language::{self, Language, language_of};
use crate::plan::{self, NumberedLines, Orders};

/// A text, and the article that it is held against.
#[derive(Debug, Clone)]
pub struct CheckRequest {
    /// The text.
    pub text: Source,
    /// The article.
    pub article: Source,
}

/// Checks texts against articles. Clones share everything.
#[derive(Clone, Default)]
pub struct Checker {
    resources: Resources,
    /// What judges the claims that nothing else has anything against.
    judge: Option<Service>,
}

/// An article that texts are held against.
pub struct Original {
    reference: Reference,
    lines: NumberedLines,
}

/// A text that everything but the judge has checked.
struct Draft {
    text: Article,
    checked: Checked,
    /// What the judge is to be asked.
    questions: Option<Questions>,
}

impl Original {
    /// The same article, and who writes what is held against it.
    #[must_use]
    pub fn by(self, author: Author) -> Self {
        Self { reference: self.reference.by(author), ..self }
    }

    /// The article.
    pub fn article(&self) -> &Article {
        self.reference.article()
    }
}

impl Checker {
    /// A checker with these resources, and no judge.
    pub fn new(resources: Resources) -> Self {
        Self { resources, judge: None }
    }

    /// The same with the model of a service as the judge.
    #[must_use]
    pub fn with_judge(self, judge: Service) -> Self {
        Self { judge: Some(judge), ..self }
    }

    /// The model that judges, where there is one that can.
    pub fn judge(&self) -> Option<&ModelInfo> {
        let recipe = self.judge.as_ref().map(Service::recipe);
        recipe.filter(|recipe| recipe.judge.is_some()).map(|recipe| &recipe.model)
    }

    /// What texts are held against besides their articles.
    pub fn resources(&self) -> &Resources {
        &self.resources
    }

    /// Reads an article.
    ///
    /// # Errors
    /// When it is refused.
    pub fn read(&self, source: Source) -> Result<Original, IntakeError> {
        self.read_within(source, &Bounds::default())
    }

    fn read_within(&self, source: Source, bounds: &Bounds) -> Result<Original, IntakeError> {
        let article = AnnotatedArticle::of(intake::read_within(source, bounds)?);
        bounds.cancel.check()?;
        let reference = Reference::with(article.clone(), &self.resources);
        let orders = Orders::of(&article, reference.vectors());
        bounds.cancel.check()?;
        let lines = NumberedLines::without(&article, &orders);
        Ok(Original { reference: reference.without(orders), lines })
    }

    /// Holds a text against an article; its language is guessed where none is given.
    ///
    /// # Errors
    /// When the text is refused, or the judge fails.
    pub async fn check(&self, text: Source, original: &Original) -> Result<Checked, Error> {
        let Draft { text, checked, questions } = self.draft(text, original, &Bounds::default())?;
        match self.ask(questions, original).await? {
            true => Ok(answer::against(&text, &original.reference)),
            false => Ok(checked),
        }
    }

    /// Does all of a request within bounds, on threads that hold up nobody. They hold the permit, what bounds the request,
    /// until the last of them has ended. Dropping the future stops the work.
    ///
    /// # Errors
    /// When the article or the text is refused, or the judge fails.
    pub async fn report(
        &self,
        request: CheckRequest,
        bounds: Bounds,
        permit: Arc<dyn Send + Sync>,
    ) -> Result<CheckReport, Error> {
        let bounds = Bounds { article: bounds.article.min(plan::MOST_CHARACTERS), ..bounds };
        let (checker, cancel) = (self.clone(), bounds.cancel.clone());
        let _leaving = cancel.on_drop();
        let begin = move || {
            let CheckRequest { text, article } = request;
            let original = checker.read_within(article, &bounds)?;
            Ok::<_, Error>((checker.draft(text, &original, &bounds)?, original))
        };
        let (Draft { text, checked, questions }, original) = aside(begin, permit.clone()).await??;
        if !self.ask(questions, &original).await? {
            return Ok(CheckReport::new(checked, original.article()));
        }
        let end = move || {
            let checked = answer::against_while(&text, &original.reference, &cancel)?;
            Ok(CheckReport::new(checked, original.article()))
        };
        aside(end, permit).await?
    }

    /// Holds a text against an article with everything but the judge.
    fn draft(&self, text: Source, original: &Original, bounds: &Bounds) -> Result<Draft, IntakeError> {
        let Original { reference, lines } = original;
        let text = note(text, reference.article(), bounds)?;
        let checked = answer::against_while(&text, reference, &bounds.cancel)?;
        let questions = match &self.judge {
            Some(judge) => {
                let claims = Claims { texts: reference.undecided_in(&checked), language: checked.language };
                judge.questions(lines, claims)
            }
            None => None,
        };
        Ok(Draft { text, checked, questions })
    }

    /// Asks the judge what it is to be asked; true when it was.
    async fn ask(&self, questions: Option<Questions>, original: &Original) -> Result<bool, Error> {
        match (&self.judge, questions) {
            (Some(judge), Some(questions)) => judge.ask(&original.reference, questions).await.map(|_| true),
            _ => Ok(false),
        }
    }
}

/// Does work on a thread that may be busy for long, and that holds the permit as long as it is.
async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
    permit: Arc<dyn Send + Sync>,
) -> Result<T, Error> {
    let work = move || {
        let done = work();
        drop(permit);
        done
    };
    tokio::task::spawn_blocking(work).await.map_err(|_| Error::Engine(EngineError::Dead))
}

/// Reads a summary in the language that is given, or that its letters tell.
fn note(source: Source, article: &Article, bounds: &Bounds) -> Result<Article, IntakeError> {
    let language = source.language.or_else(|| {
        language_by_letters(std::str::from_utf8(&source.bytes).ok()?, (article.text(), article.language()))
    });
    intake::read_note_within(Source { language, ..source }, article.language(), bounds)
}

/// Which of the three languages a text about this article is in; nothing when it has no letters of theirs. Where letters do not
/// tell Ukrainian from Russian, a text that has the words of the article is in its language.
fn language_by_letters(text: &str, (article, otherwise): (&str, Language)) -> Option<Language> {
    let count = |of: &dyn Fn(char) -> bool| text.chars().filter(|&c| of(c)).count();
    let cyrillic = count(&|c| ('\u{400}'..='\u{52f}').contains(&c));
    let latin = count(&|c| c.is_ascii_alphabetic());
    if cyrillic + latin == 0 {
        return None;
    }
    // A Cyrillic text may be full of Latin names.
    if cyrillic * 3 < latin {
        return Some(Language::En);
    }
    let own = |language: Language| count(&|c| language.letters_of_the_other().contains(c));
    let (russian, ukrainian) = (own(Language::Uk), own(Language::Ru));
    match russian.cmp(&ukrainian) {
        std::cmp::Ordering::Less => Some(Language::Uk),
        std::cmp::Ordering::Greater => Some(Language::Ru),
        std::cmp::Ordering::Equal => {
            if otherwise != Language::En && shares_words(text, article) {
                return Some(otherwise);
            }
            let guess = language_of(text).and_then(|guess| guess.language).filter(|&it| it != Language::En);
            let other = if otherwise == Language::En { Language::Ru } else { otherwise };
            Some(guess.unwrap_or(other))
        }
    }
}

/// True when half of the longer words of a text begin as words of the article do.
fn shares_words(text: &str, article: &str) -> bool {
    const LETTERS: usize = 5;
    let begins = |text: &str| -> Vec<String> {
        let words = language::words(text).filter(|word| word.chars().count() >= LETTERS);
        words.map(|word| word.to_lowercase().chars().take(LETTERS).collect()).collect()
    };
    let known: HashSet<String> = begins(article).into_iter().collect();
    let own = begins(text);
    !own.is_empty() && own.iter().filter(|word| known.contains(*word)).count() * 2 >= own.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_claim_is_in_one_of_the_three() {
        for (text, language) in [
            ("Ціни зросли на 5%.", Language::Uk),
            ("Цены выросли на 5%.", Language::Ru),
            ("Prices rose by 5%.", Language::En),
            ("Ford і GM подорожчали", Language::Uk),
            ("Суд оправдал мэра.", Language::Ru),
        ] {
            assert_eq!(language_by_letters(text, ("", Language::En)), Some(language), "{text}");
        }
        assert_eq!(language_by_letters("Парад", ("", Language::Uk)), Some(Language::Uk));
        assert_eq!(language_by_letters("5%", ("", Language::Uk)), None);
        let article = ("Рада збереться знову у березні.", Language::Uk);
        assert_eq!(language_by_letters("Рада збереться 21 березня.", article), Some(Language::Uk));
    }
}
