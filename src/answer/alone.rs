//! Whether a text can be read by itself: a fact stands without the sentences that came before its own.
//!
//! "He added that", "this hostel", "our arrival", and a quotation of nobody say something true, and a reader who has not seen the
//! article does not know of whom or of what. The words for it are closed classes of the three languages. Of nouns only an English
//! subject with its article is seen ("the group was"). Not here: whether quoted words are those of the article, which is for `quote`.

use std::ops::Range;

use super::quote::MARKS;
use super::reference::OwnWords;
use super::{DraftFact, Place, Reference};
use crate::intake::one_line;
use crate::language::{Annotation, Class, Kind, Language, LanguageMatch};

/// A sentence with fewer characters seldom says enough, and one with more is no fact any more.
const LENGTHS: std::ops::RangeInclusive<usize> = 40..=220;
/// So many tokens behind "it" tell what it stands for: "It is not known whether".
const NEAR: usize = 6;
/// Verbs that follow the subject of a sentence, beside those that the classes have.
const MODALS: [&str; 9] = ["is", "are", "will", "would", "can", "could", "may", "might", "should"];

/// The words of a text that only what comes before it explains: empty for a quotation without its speaker. `None` where it
/// stands alone.
pub(super) fn leaning(text: &Annotation) -> Option<&str> {
    if text.tokens.is_empty() {
        return None;
    }
    let Some(quoted) = quotations(&text.text) else { return Some("") };
    let own: Vec<usize> =
        (0..text.tokens.len()).filter(|&i| !quoted.iter().any(|it| it.contains(&text.tokens[i].start))).collect();
    if own.is_empty() {
        return Some("");
    }
    let back = |&i: &usize| points_back(text, i, &own) || is_part(text, i);
    let word = person(text, &own).or_else(|| sequel(text, &own)).or_else(|| own.iter().copied().find(back));
    word.map(|i| text.tokens[i].text.as_str())
}

impl Reference {
    /// The words that a part of an answer leans on the article with: also, where it has to be in the article's words, those that only
    /// the article tells, "the group", and none of a fact that names and counts nothing.
    pub(super) fn leaning<'t>(&self, text: &'t Annotation, (language, place): (Language, Place)) -> Option<&'t str> {
        let word = leaning(text);
        if self.own_words == OwnWords::Any || self.language_match(language) == LanguageMatch::Other {
            return word;
        }
        let is_bare = place == Place::Fact && !is_anchored(text);
        let is_first = self.sentences().first().is_some_and(|first| first.text == text.text);
        let definite = || definite(text, self.article.annotated_title()).filter(|_| !is_first);
        word.or_else(definite).or_else(|| is_bare.then_some(""))
    }

    /// The sentences of the article that stand alone and that no fact tells, by the numbers that facts cite, as facts: those that say
    /// of whom, where or how much before the others, and in the article's order.
    pub fn standing_alone(&self, told: &[u32]) -> Vec<DraftFact> {
        let here = (self.article.language(), Place::Summary);
        let sentences = self.article.sentences().iter().zip(self.sentences()).enumerate();
        let fresh = sentences.filter(|(at, (sentence, _))| self.bears(*at) && !told.contains(&sentence.id.get()));
        let alone = fresh.filter(|(_, (_, reading))| self.leaning(reading, here).is_none());
        let facts = alone.map(|(_, (sentence, reading))| {
            let text = one_line(&self.article.text()[sentence.range()]);
            (!is_anchored(reading), DraftFact { text, cited: vec![sentence.id.get()] })
        });
        let is_plain = |text: &str| text.starts_with(|c: char| c.is_alphanumeric() || MARKS.iter().any(|it| it.0 == c));
        let fits = |fact: &DraftFact| is_plain(&fact.text) && LENGTHS.contains(&fact.text.chars().count());
        let mut facts: Vec<_> = facts.filter(|(_, fact)| fits(fact)).collect();
        facts.sort_by_key(|(bare, _)| *bare);
        facts.into_iter().map(|(_, fact)| fact).collect()
    }
}

/// True for a text that says of whom, where or how much it speaks: with a name or a number.
pub(super) fn is_anchored(text: &Annotation) -> bool {
    !text.mentions.is_empty() || (0..text.tokens.len()).any(|i| text.may_be_name(i))
}

/// The word for somebody who is not named before it: "He added", "But he", "За його словами", "«...», said he".
fn person(text: &Annotation, own: &[usize]) -> Option<usize> {
    let passes = |i: usize| {
        let token = &text.tokens[i];
        (token.is(Class::Function) || token.is(Class::Saying)) && !token.is(Class::Pronoun)
    };
    let first = own.iter().copied().find(|&i| !passes(i))?;
    // "Здаючи її в оренду": behind the first word only a name could tell.
    let is_known = text.tokens[first].is(Class::Pronoun) || text.is_concept(first, Kind::Name) || first > 0;
    let second = (first + 1 < text.tokens.len() && !is_known && is_next(text, first)).then_some(first + 1);
    [Some(first), second].into_iter().flatten().find(|&i| text.tokens[i].is(Class::Pronoun))
}

/// True where only a blank stands behind a token.
fn is_next(text: &Annotation, i: usize) -> bool {
    text.text[text.tokens[i].end()..text.tokens[i + 1].start].trim().is_empty()
}

/// The word for what comes after something, where a text begins with it: "the next stop", and not "next week".
fn sequel(text: &Annotation, own: &[usize]) -> Option<usize> {
    let first =
        own.iter().copied().find(|&i| text.tokens[i].is(Class::Sequel) || !text.tokens[i].is(Class::Function))?;
    let is_time = text.tokens.get(first + 1).is_some_and(|next| next.is(Class::Span) || next.is_capitalised());
    (text.tokens[first].is(Class::Sequel) && !is_time).then_some(first)
}

/// The noun that an English text begins with as if it were known: "The group was". What the title has is.
fn definite<'t>(text: &'t Annotation, title: Option<&Annotation>) -> Option<&'t str> {
    let [the, noun, verb, ..] = &text.tokens[..] else { return None };
    let is_verb = verb.is(Class::Auxiliary) || verb.is(Class::Past) || MODALS.contains(&verb.folded.as_str());
    if the.folded != "the" || noun.is_capitalised() || !text.carries_meaning(1) || !is_verb {
        return None;
    }
    let is_known =
        |title: &Annotation| (0..title.tokens.len()).any(|j| text.same_word(1, (title, j), LanguageMatch::Same));
    (!title.is_some_and(is_known)).then_some(&noun.text)
}

/// True for the whole that a text begins with a part of: "one of them", "a lot of it".
fn is_part(text: &Annotation, i: usize) -> bool {
    let is_whole = text.tokens[i].is(Class::Pronoun) || text.tokens[i].is(Class::It);
    let is_of = |before: usize| text.tokens[before].folded == "of" || text.tokens[before].is(Class::FromPoint);
    is_whole && (1..NEAR).contains(&i) && is_of(i - 1) && !(0..i).any(|before| text.may_be_name(before))
}

/// True for a word that stands for what was said before, or for whoever writes.
fn points_back(text: &Annotation, i: usize, own: &[usize]) -> bool {
    let token = &text.tokens[i];
    // "US", "World War I"
    let is_shout = token.is_acronym() || (token.text == "I" && i > 0 && text.tokens[i - 1].is_capitalised());
    if token.is(Class::FirstPerson) && !is_shout {
        return true;
    }
    let is_first = own.first() == Some(&i) && i == 0;
    if token.is(Class::It) {
        let tells = |next: &usize| text.tokens[*next].is(Class::That) || text.tokens[*next].is(Class::TellsIt);
        return is_first && !own.iter().filter(|&&next| next > i).take(NEAR).any(tells);
    }
    if !token.is(Class::Demonstrative) {
        return false;
    }
    match text.tokens.get(i + 1) {
        // "this week", "this Saturday"
        Some(next) if next.is(Class::Span) || next.is_capitalised() => false,
        Some(_) if text.carries_meaning(i + 1) => !is_said_before(text, i + 1),
        _ => is_first,
    }
}

/// True when the word stands further in front, too: "The bridge was closed, and this bridge was the last".
fn is_said_before(text: &Annotation, i: usize) -> bool {
    (0..i).any(|before| text.same_word(before, (text, i), LanguageMatch::Same))
}

/// What stands in quotation marks; `None` where a quotation begins before the text or ends behind it.
fn quotations(text: &str) -> Option<Vec<Range<usize>>> {
    let mut found = Vec::new();
    let mut open: Option<(usize, char)> = None;
    for (at, c) in text.char_indices() {
        match open {
            Some((start, close)) if c == close => {
                found.push(start..at);
                open = None;
            }
            // A quotation inside another one.
            Some(_) => {}
            None if is_inch(text, at, c) => {}
            None => {
                open = MARKS.iter().find(|(opening, _)| *opening == c).map(|(_, close)| (at, *close));
                if open.is_none() && MARKS.iter().any(|(_, close)| *close == c) {
                    return None;
                }
            }
        }
    }
    open.is_none().then_some(found)
}

/// True for the mark of inches: 27".
fn is_inch(text: &str, at: usize, c: char) -> bool {
    c == '"' && text[..at].ends_with(|before: char| before.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leans_on_the_sentences_before_it_is_seen() {
        for (text, word) in [
            ("He added that the bridge was safe.", "He"),
            ("But he did not say when.", "he"),
            ("За його словами, міст відкриють у травні.", "його"),
            ("Он добавил, что мост откроют.", "Он"),
            ("«Міст безпечний», — сказав він.", "він"),
            ("It’s the highest total in the data.", "It’s"),
            ("But a lot of it was funded with debt.", "it"),
            ("Одна из них произошла у гостиницы «Пекин».", "них"),
            ("Здаючи її в оренду, власник може отримати прибуток.", "її"),
            ("Следующим стал хостел на набережной.", "Следующим"),
            ("The next stop was the hotel.", "next"),
            ("This made the council change its mind.", "This"),
            ("Citing sources, the Journal reports this move is to help.", "this"),
            ("На момент нашего приезда в здании была женщина.", "нашего"),
            ("По заявке в этот хостел должен был приехать ещё один жилец.", "этот"),
            ("Така погода триватиме до п’ятниці.", "Така"),
            ("Розцінки на послуги таких посередників починаються від 1000 грн.", "таких"),
            ("“I grew up with films, and I make games now.”", ""),
            ("But that is another story”, the mayor said.", ""),
        ] {
            assert_eq!(leaning(&Annotation::of_claim(text)), Some(word), "{text}");
        }
    }

    #[test]
    fn what_stands_alone_does() {
        for text in [
            "Semak says he hopes so.",
            "“He was there,” Berg said.",
            "The mayor lost his keys.",
            "Мер сказав, що він піде.",
            "The US and the UK signed it this week.",
            "World War I ended in 1918.",
            "It is not known whether the bridge will reopen.",
            "Следующим летом мост откроют.",
            "Цього року міст відкриють.",
            "В этом году мост откроют.",
            "«Мы победим», — сказал тренер Иван Берг.",
            "Firms such as Volvo pay more.",
            "The bridge was closed, and this bridge was the last.",
            "A 27\" screen costs £90.",
        ] {
            assert_eq!(leaning(&Annotation::of_claim(text)), None, "{text}");
        }
    }

    #[test]
    fn an_anchor_is_a_name_or_a_number() {
        let anchored = |text: &str| is_anchored(&Annotation::of_claim(text));
        assert!(anchored("The bridge cost £9 million.") && anchored("The council of Ormsley met."));
        assert!(!anchored("Следующим стал хостел на набережной."));
    }
}
