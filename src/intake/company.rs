//! Texts that came together: the phrases of a page, the labels of a program. What could be in two languages is in the one
//! that the others are in.

use crate::language::{self, Guess, Language, language_of};

/// How sure the language of a phrase is that only the texts beside it tell.
const BY_COMPANY: f32 = 0.3;
/// A guess that is less sure gives way to the texts beside it.
const SURE: f32 = 0.8;
/// Bytes that are looked at; more do not change the answer.
const SAMPLE: usize = 10_000;

/// What texts that came with a text say of its language. By default nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Company {
    /// Ukrainian or Russian, which most of them are.
    cyrillic: Option<Language>,
    /// One of them at least is surely English.
    english: bool,
}

impl Company {
    /// What these texts say. Those that could be in several languages say nothing.
    pub fn of<'t>(texts: impl IntoIterator<Item = &'t str>) -> Self {
        let (mut leaning, mut english, mut left) = (0.0, false, SAMPLE);
        for text in texts {
            let sample = &text[..text.floor_char_boundary(left.min(text.len()))];
            left -= sample.len();
            match language_of(sample) {
                Some(Guess { language: Some(Language::En), confidence, .. }) => english |= confidence >= SURE,
                Some(Guess { language: Some(language), confidence, .. }) if !language::is_open(sample) => {
                    leaning += if language == Language::Uk { confidence } else { -confidence };
                }
                _ => {}
            }
            if left == 0 {
                break;
            }
        }
        let cyrillic = (leaning != 0.0).then_some(if leaning > 0.0 { Language::Uk } else { Language::Ru });
        Self { cyrillic, english }
    }

    /// Guesses the language of a text in this company. `None` when there is not a single letter.
    pub fn language_of(self, text: &str) -> Option<Guess> {
        let guess = language_of(text)?;
        Some(match (guess.language, self.cyrillic) {
            (Some(Language::Uk | Language::Ru), Some(most)) if language::is_open(text) => Guess::ours(most, BY_COMPANY),
            (None, _) if self.english && guess.confidence < SURE && is_plain(text) => {
                Guess::ours(Language::En, BY_COMPANY)
            }
            _ => guess,
        })
    }
}

/// True when a text has no letters but those of English.
fn is_plain(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii() || !c.is_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn languages(texts: &[&str]) -> Vec<Option<Language>> {
        let company = Company::of(texts.iter().copied());
        texts.iter().map(|text| company.language_of(text)?.language).collect()
    }

    #[test]
    fn what_both_languages_have_is_settled_by_the_rest() {
        use Language::{En, Ru, Uk};
        for (company, wanted) in [("Уряд ухвалив бюджет.", Uk), ("Правительство приняло бюджет.", Ru)]
        {
            for open in ["Погода на завтра", "Культура", "Реклама"] {
                let mayor = "The mayor has resigned after the vote.";
                let found = languages(&[open, company, "12", mayor]);
                assert_eq!(found, [Some(wanted), Some(wanted), None, Some(En)], "{open} beside {company}");
            }
        }
        // One that is sure stays what it is.
        let found = languages(&["Київ", "Правительство приняло бюджет", "Mayor resigns"]);
        assert_eq!(found, [Some(Uk), Some(Ru), Some(En)]);
    }

    #[test]
    fn a_label_beside_english_is_english_and_german_stays_german() {
        let found = languages(&["Menu", "The council has voted to close the market on Monday.", "Über uns"]);
        assert_eq!(found[0], Some(Language::En));
        assert_eq!(found[2], None);
        let german = "Die Regierung hat am Montag ein neues Gesetz beschlossen, das im Herbst in Kraft tritt.";
        assert_eq!(languages(&[german, "It was the first of its kind."])[0], None);
    }
}
