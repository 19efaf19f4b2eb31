//! Terms and names with one rendering in each language: Kyiv, Київ, Киев.
//!
//! A term is looked for as words that begin like its own, so that the endings of cases do not hide it. In a translation
//! that lacks its rendering, a form that is to be avoided, or the source's own, is replaced; where neither is there, that
//! is a fault. Not here: who reads the file.

use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;

use super::check::{Fault, FaultKind};
use super::replace::replaced;
use super::{Direction, TranslateError};
use crate::language::{Language, placed_words, words};

/// Terms with their renderings.
#[derive(Debug, Clone, Default)]
pub struct Glossary {
    /// The terms; in the file each is a `[[term]]`.
    pub terms: Vec<Term>,
}

/// One term. Each form has a letter.
#[derive(Debug, Clone)]
pub struct Term {
    /// In English.
    pub en: String,
    /// In Ukrainian.
    pub uk: String,
    /// In Russian.
    pub ru: String,
    /// Forms that are replaced wherever the term is meant, in any language.
    pub avoid: Vec<String>,
}

/// A file of terms, with where each form stands in it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default, rename = "term")]
    terms: Vec<FileTerm>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileTerm {
    en: Spanned<String>,
    uk: Spanned<String>,
    ru: Spanned<String>,
    #[serde(default)]
    avoid: Vec<Spanned<String>>,
}

impl FileTerm {
    fn plain(self) -> Term {
        let [en, uk, ru] = [self.en, self.uk, self.ru].map(Spanned::into_inner);
        Term { en, uk, ru, avoid: self.avoid.into_iter().map(Spanned::into_inner).collect() }
    }
}

impl Term {
    fn form(&self, language: Language) -> &str {
        match language {
            Language::En => &self.en,
            Language::Uk => &self.uk,
            Language::Ru => &self.ru,
        }
    }

    /// Its form in a language, and those that are to be avoided.
    fn forms(&self, language: Language) -> impl Iterator<Item = &str> {
        std::iter::once(self.form(language)).chain(self.avoid.iter().map(String::as_str))
    }

    fn is_meant(&self, source: &str, language: Language) -> bool {
        self.forms(language).any(|form| find(source, form).is_some())
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
    /// When it is no TOML of this form, or a form has no letters: a sign alone is in every text, or in none.
    pub fn parse(text: &str, name: &str) -> Result<Self, TranslateError> {
        let wrong = |reason: String| TranslateError::Glossary { name: name.to_owned(), reason };
        let file: File = toml::from_str(text).map_err(|error| wrong(error.to_string()))?;
        let line = |at: usize| 1 + text[..text.floor_char_boundary(at)].matches('\n').count();
        for term in &file.terms {
            let forms = [&term.en, &term.uk, &term.ru].into_iter().chain(&term.avoid);
            let lacking = forms.into_iter().find(|form| !form.get_ref().contains(char::is_alphabetic));
            if let Some(form) = lacking {
                let (term, form, line) = (term.en.get_ref(), form.get_ref(), line(form.span().start));
                return Err(wrong(format!("the form {form:?} of the term {term:?} has no letters (line {line})")));
            }
        }
        Ok(Self { terms: file.terms.into_iter().map(FileTerm::plain).collect() })
    }

    /// Sets the terms of `source` in `target`; gives the text, and a fault for each that is missing.
    pub(super) fn apply(&self, source: &str, target: &str, direction: Direction) -> (String, Vec<Fault>) {
        let mut text = target.to_owned();
        let mut faults = Vec::new();
        for term in &self.terms {
            let to = term.form(direction.to);
            if !term.is_meant(source, direction.from) || find(&text, to).is_some() {
                continue;
            }
            let mut others = term.forms(direction.from).filter(|form| *form != to);
            match others.find_map(|form| find(&text, form)) {
                Some(range) => text.replace_range(range, to),
                None => faults.push(Fault::new(FaultKind::Glossary, to)),
            }
        }
        (text, faults)
    }

    /// The terms that a text means, in any of their forms.
    pub fn of(&self, source: &str, language: Language) -> Self {
        Self { terms: self.terms.iter().filter(|term| term.is_meant(source, language)).cloned().collect() }
    }

    /// A text in which these terms have their renderings: every form that is to be avoided is replaced, and that of the
    /// other language that the text was written from.
    pub fn render(&self, text: &str, Direction { from, to }: Direction) -> String {
        let mut text = text.to_owned();
        for term in &self.terms {
            let wanted = term.form(to);
            for form in term.forms(from) {
                let found = all(&text, form);
                // The two languages may spell it so alike that a case of the one looks like the other.
                let others = found.into_iter().filter(|range| find(&text[range.clone()], wanted).is_none());
                text = replaced(&text, others.map(|range| (range, wanted)));
            }
        }
        text
    }
}

/// Where a term stands in a text, in any case.
fn find(text: &str, term: &str) -> Option<Range<usize>> {
    occurrences(text, term).next()
}

/// Everywhere that a term stands in a text, in order and apart.
fn all(text: &str, term: &str) -> Vec<Range<usize>> {
    let mut apart: Vec<Range<usize>> = Vec::new();
    for range in occurrences(text, term) {
        if apart.last().is_none_or(|last| last.end <= range.start) {
            apart.push(range);
        }
    }
    apart
}

fn occurrences(text: &str, term: &str) -> impl Iterator<Item = Range<usize>> {
    let wanted: Vec<String> = words(term).map(str::to_owned).collect();
    let words: Vec<(Range<usize>, &str)> = placed_words(text).collect();
    let starts = if wanted.is_empty() { 0 } else { (words.len() + 1).saturating_sub(wanted.len()) };
    (0..starts).filter_map(move |first| {
        let run = &words[first..first + wanted.len()];
        let found = run.iter().zip(&wanted).all(|((_, word), form)| same(word, form));
        found.then(|| run[0].0.start..run[run.len() - 1].0.end)
    })
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
        let error = |text: &str| Glossary::parse(text, "g.toml").unwrap_err().to_string();
        for text in ["[[term]]\nen = \"x\"", "[[term]]\nen=\"\"\nuk=\"a\"\nru=\"b\"", "terms = 1", "["] {
            assert!(error(text).contains("g.toml"), "{text}");
        }
        let of = |forms: &str| format!("{FILE}\n# of a shop\n[[term]]\n{forms}");
        for (forms, form, line) in [
            ("en = \"No.\"\nuk = \"№\"\nru = \"№\"", "№", 17),
            ("en = \"€\"\nuk = \"євро\"\nru = \"евро\"", "€", 16),
            ("en = \"euro\"\nuk = \"євро\"\nru = \"евро\"\navoid = [\"EUR\", \"24/7\"]", "24/7", 19),
        ] {
            let error = error(&of(forms));
            assert!(error.contains(&format!("{form:?}")) && error.contains(&format!("(line {line})")), "{error}");
        }
        assert_eq!(
            Glossary::parse(&of("en = \"24/7 TV\"\nuk = \"24/7 ТБ\"\nru = \"24/7 ТВ\""), "g.toml").unwrap().terms.len(),
            3
        );
    }
}
