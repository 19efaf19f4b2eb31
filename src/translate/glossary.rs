//! Terms and names with one rendering in each language: Kyiv, Київ, Киев.
//!
//! A term is looked for as words that begin like its own, so that the endings of cases do not hide it. In a translation
//! that lacks its rendering, a form that is to be avoided, or the source's own, is replaced; where neither is there, that
//! is a fault. Not here: who reads the file.

use serde::Deserialize;

use super::check::{Fault, FaultKind};
use super::{Direction, TranslateError, check};
use crate::intake::Language;

/// Terms with their renderings.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Glossary {
    /// The terms; in the file each is a `[[term]]`.
    #[serde(default, rename = "term")]
    pub terms: Vec<Term>,
}

/// One term.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Term {
    /// In English.
    pub en: String,
    /// In Ukrainian.
    pub uk: String,
    /// In Russian.
    pub ru: String,
    /// Forms that are replaced wherever the term is meant, in any language.
    #[serde(default)]
    pub avoid: Vec<String>,
}

impl Term {
    fn form(&self, language: Language) -> &str {
        match language {
            Language::En => &self.en,
            Language::Uk => &self.uk,
            Language::Ru => &self.ru,
        }
    }
}

/// Letters that an ending may take away from a Cyrillic word, and put in their place.
const ENDING: usize = 2;
/// Letters that come, go and change from case to case.
const VOWELS: &str = "аеєиіїоуюяёыэйьъ";

impl Glossary {
    /// Reads a glossary; `name` is what errors call it.
    ///
    /// # Errors
    /// When it is no TOML of this form, or a form is empty.
    pub fn parse(text: &str, name: &str) -> Result<Self, TranslateError> {
        let wrong = |reason: String| TranslateError::Glossary { name: name.to_owned(), reason };
        let glossary: Self = toml::from_str(text).map_err(|error| wrong(error.to_string()))?;
        let forms = |term: &Term| Language::ALL.iter().all(|&language| !term.form(language).trim().is_empty());
        match glossary.terms.iter().find(|term| !forms(term)) {
            Some(term) => Err(wrong(format!("a form of {:?} is empty", term.en))),
            None => Ok(glossary),
        }
    }

    /// Sets the terms of `source` in `target`; gives the text, and a fault for each that is missing.
    pub(super) fn apply(&self, source: &str, target: &str, direction: Direction) -> (String, Vec<Fault>) {
        let mut text = target.to_owned();
        let mut faults = Vec::new();
        for term in &self.terms {
            let (from, to) = (term.form(direction.from), term.form(direction.to));
            let meant = find(source, from).is_some() || term.avoid.iter().any(|form| find(source, form).is_some());
            if !meant || find(&text, to).is_some() {
                continue;
            }
            let others = std::iter::once(from).chain(term.avoid.iter().map(String::as_str)).filter(|form| *form != to);
            match others.filter_map(|form| find(&text, form)).next() {
                Some(range) => text.replace_range(range, to),
                None => faults.push(Fault::new(FaultKind::Glossary, to)),
            }
        }
        (text, faults)
    }

    /// The terms that a text means, in any of their forms.
    pub fn of(&self, source: &str, language: Language) -> Self {
        let terms = self.terms.iter().filter(|term| {
            let forms = std::iter::once(term.form(language)).chain(term.avoid.iter().map(String::as_str));
            forms.into_iter().any(|form| find(source, form).is_some())
        });
        Self { terms: terms.cloned().collect() }
    }

    /// A text in which these terms have their renderings: every form that is to be avoided is replaced, and that of the
    /// other language that the text was written from.
    pub fn render(&self, text: &str, Direction { from, to }: Direction) -> String {
        let mut text = text.to_owned();
        for term in &self.terms {
            let wanted = term.form(to);
            let avoided = std::iter::once(term.form(from)).chain(term.avoid.iter().map(String::as_str));
            for form in avoided {
                let mut done = 0;
                while let Some(range) = find(&text[done..], form) {
                    let range = done + range.start..done + range.end;
                    // The two languages may spell it so alike that a case of the one looks like the other.
                    if find(&text[range.clone()], wanted).is_some() {
                        done = range.end;
                        continue;
                    }
                    done = range.start + wanted.len();
                    text.replace_range(range, wanted);
                }
            }
        }
        text
    }
}

/// Where a term stands in a text, in any case.
fn find(text: &str, term: &str) -> Option<std::ops::Range<usize>> {
    let wanted: Vec<&str> = check::words(term).collect();
    let words: Vec<&str> = check::words(text).collect();
    let at = words
        .windows(wanted.len().max(1))
        .position(|run| run.iter().zip(&wanted).all(|(word, form)| same(word, form)))?;
    let start = words[at].as_ptr() as usize - text.as_ptr() as usize;
    let last = words[at + wanted.len().max(1) - 1];
    Some(start..last.as_ptr() as usize - text.as_ptr() as usize + last.len())
}

/// The same word up to its ending. Capitals of an acronym have no endings and must agree.
fn same(word: &str, form: &str) -> bool {
    if word == form {
        return true;
    }
    let acronym = form.chars().count() > 1 && form.chars().all(|c| c.is_uppercase() || c.is_ascii_digit());
    let (word, form): (Vec<char>, Vec<char>) =
        (word.to_lowercase().chars().collect(), form.to_lowercase().chars().collect());
    if acronym || form.first().is_none_or(|c| c.is_ascii()) {
        return word == form;
    }
    // Київ, Києва: a vowel of the stem may change too, so two letters are given away on long words.
    let stem = form.len().saturating_sub(ENDING).max(3.min(form.len()));
    let is_short = form.len() <= 4;
    let stem = if is_short { stem.min(form.len() - 1).min(2) } else { stem };
    // Two letters say little, so a short word must have the consonants of the form as well: кіно is not Київ.
    let consonants = |word: &[char]| word.iter().copied().filter(|c| !VOWELS.contains(*c)).collect::<String>();
    if is_short && !consonants(&word).starts_with(&consonants(&form)) {
        return false;
    }
    word.len() + ENDING >= form.len()
        && word.len() <= form.len() + ENDING + 1
        && word.iter().zip(&form).take(stem).all(|(a, b)| a == b)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"
[[term]]
en = "Kyiv"
uk = "Київ"
ru = "Киев"
avoid = ["Kiev"]

[[term]]
en = "HUR"
uk = "ГУР"
ru = "ГУР"
avoid = ["GUR", "ГРУ"]
"#;

    fn applied(source: &str, target: &str, from: Language, to: Language) -> (String, usize) {
        let glossary = Glossary::parse(FILE, "test").unwrap();
        let (text, faults) = glossary.apply(source, target, Direction { from, to });
        (text, faults.len())
    }

    #[test]
    fn renderings_are_set_and_endings_accepted() {
        use Language::{En, Ru, Uk};
        assert_eq!(applied("У Києві тихо.", "It is quiet in Kiev.", Uk, En), ("It is quiet in Kyiv.".into(), 0));
        assert_eq!(applied("Quiet in Kyiv.", "У Києві тихо.", En, Uk), ("У Києві тихо.".into(), 0));
        assert_eq!(applied("HUR said so.", "В ГРУ так сказали.", En, Ru), ("В ГУР так сказали.".into(), 0));
        assert_eq!(applied("HUR said so.", "Так сказали в HUR.", En, Uk), ("Так сказали в ГУР.".into(), 0));
        assert_eq!(applied("HUR said so.", "Так сказали.", En, Uk), ("Так сказали.".into(), 1));
        assert_eq!(applied("Нове кіно. Китай.", "New film. China.", Uk, En), ("New film. China.".into(), 0));
        assert_eq!(applied("Nothing here.", "ГРУ.", En, Ru), ("ГРУ.".into(), 0));
    }

    #[test]
    fn a_summary_gets_the_renderings_of_what_its_article_means() {
        use Language::{En, Ru, Uk};
        let glossary = Glossary::parse(FILE, "test").unwrap();
        let terms = glossary.of("It is quiet in Kiev.", En);
        assert_eq!(terms.terms.len(), 1, "HUR is not meant");
        let in_english = Direction { from: En, to: En };
        assert_eq!(terms.render("Kiev is quiet; Kiev sleeps.", in_english), "Kyiv is quiet; Kyiv sleeps.");
        assert_eq!(terms.render("Kyiv and GUR.", in_english), "Kyiv and GUR.", "a form that is right stays");
        let terms = glossary.of("ГРУ повідомило.", Uk);
        assert_eq!(terms.render("GUR and ГРУ say so.", Direction { from: Uk, to: En }), "HUR and HUR say so.");
        let terms_of_kyiv = glossary.of("Тихо в Киеве.", Ru);
        let text = "У Києві тихо, Київ спить, а кіно йде.";
        assert_eq!(terms_of_kyiv.render(text, Direction { from: Ru, to: Uk }), text, "cases stay");
        assert_eq!(terms.render("В ГРУ так говорят.", Direction { from: Uk, to: Ru }), "В ГУР так говорят.");
    }

    #[test]
    fn wrong_glossaries_are_refused() {
        for text in ["[[term]]\nen = \"x\"", "[[term]]\nen=\"\"\nuk=\"a\"\nru=\"b\"", "terms = 1", "["] {
            assert!(Glossary::parse(text, "g.toml").unwrap_err().to_string().contains("g.toml"), "{text}");
        }
    }
}
