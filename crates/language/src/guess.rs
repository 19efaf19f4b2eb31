//! Which language a text is in.
//!
//! A guess names other languages too, so that a German page is refused as German and not read as English.
//! Scripts are told apart by counting letters. Latin text goes to whatlang, corrected by English function words,
//! because whatlang alone is unsure about short English. Cyrillic text goes to `cyrillic`.
//! What a wrong language means for a caller is not decided here.

use serde::Serialize;
use whatlang::{Detector, Lang};

use super::token::words;
use super::{Language, cyrillic};

/// What language a text seems to be in.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Guess {
    /// The language, when it is one of ours.
    pub language: Option<Language>,
    /// English name of the language, ours or not.
    pub name: &'static str,
    /// How sure the guess is, from 0 to 1. Two words cannot reach much.
    pub confidence: f32,
}

impl Guess {
    /// That it is this one of ours.
    pub const fn ours(language: Language, confidence: f32) -> Self {
        Self { language: Some(language), name: language.english_name(), confidence }
    }

    /// That it is none of ours but this one, by its English name.
    pub const fn other(name: &'static str, confidence: f32) -> Self {
        Self { language: None, name, confidence }
    }

    const fn scaled(mut self, by: f32) -> Self {
        self.confidence *= by;
        self
    }
}

/// Letters that are looked at: more do not change the answer.
const SAMPLE_LETTERS: usize = 20_000;

/// Cyrillic text may be full of Latin names, so it needs no majority.
const CYRILLIC_SHARE: f32 = 0.3;

/// Guesses the language of an article or of one short sentence. `None` when there is not a single letter.
#[must_use]
pub fn language_of(text: &str) -> Option<Guess> {
    let letters = Letters::count(text);
    if letters.all == 0 {
        return None;
    }
    let sample = &text[..letters.end];
    let share = |part: usize| part as f32 / letters.all as f32;
    if share(letters.cyrillic) >= CYRILLIC_SHARE {
        return Some(cyrillic::guess(sample).scaled(share(letters.cyrillic).sqrt()));
    }
    if letters.latin * 2 >= letters.all {
        return Some(latin(sample).scaled(share(letters.latin).sqrt()));
    }
    Some(by_script(sample))
}

/// The nearest of the three languages, for a caller who knows no others: what is in Cyrillic letters is Ukrainian or Russian.
/// `None` when there is not a single letter; how sure it is is next to nothing where the text seems to be in another language.
#[must_use]
pub fn nearest_language(text: &str) -> Option<(Language, f32)> {
    let guess = language_of(text)?;
    let letters = Letters::count(text);
    match guess.language {
        Some(language) => Some((language, guess.confidence)),
        None if letters.cyrillic * 2 > letters.all => cyrillic::nearer(text).language.map(|language| (language, 0.0)),
        None => Some((Language::En, 0.0)),
    }
}

/// True when a text that should be Ukrainian or Russian reads as the other one, also where it has not one letter of it: a
/// model that is refused ы writes Russian without.
pub fn reads_as_the_neighbour(text: &str, wanted: Language) -> bool {
    const SURE: f32 = 0.9;
    let russian = cyrillic::is_russian(text);
    match wanted {
        Language::En => false,
        Language::Uk => russian.is_some_and(|russian| russian >= SURE),
        Language::Ru => russian.is_some_and(|russian| russian <= 1.0 - SURE),
    }
}

/// How many letters of which script a sample has, and the byte where the sample ends.
struct Letters {
    all: usize,
    latin: usize,
    cyrillic: usize,
    end: usize,
}

impl Letters {
    fn count(text: &str) -> Self {
        let mut letters = Self { all: 0, latin: 0, cyrillic: 0, end: text.len() };
        for (at, c) in text.char_indices() {
            if !c.is_alphabetic() {
                continue;
            }
            if letters.all == SAMPLE_LETTERS {
                letters.end = at;
                break;
            }
            letters.all += 1;
            match c {
                'a'..='z' | 'A'..='Z' | '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => {
                    letters.latin += 1;
                }
                '\u{400}'..='\u{52f}' => letters.cyrillic += 1,
                _ => {}
            }
        }
        letters
    }
}

/// Words that an English sentence can hardly do without and that other languages do not have.
const ENGLISH_WORDS: [&str; 42] = [
    "the", "of", "and", "to", "is", "was", "are", "were", "that", "with", "for", "has", "have", "had", "by", "from",
    "this", "which", "their", "they", "it", "its", "been", "would", "will", "said", "after", "there", "than", "when",
    "who", "more", "about", "on", "as", "he", "she", "at", "be", "not", "into", "some",
];

fn latin(text: &str) -> Guess {
    let words: Vec<String> = words(text).map(str::to_lowercase).collect();
    let english = words.iter().filter(|word| ENGLISH_WORDS.contains(&word.as_str())).count();
    let share = english as f32 / words.len().max(1) as f32;
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let foreign = text.chars().filter(|c| c.is_alphabetic() && !c.is_ascii()).count();
    let foreign_share = foreign as f32 / letters.max(1) as f32;
    let english_words = if foreign_share < 0.04 { (share * 3.0).min(1.0) } else { 0.0 };
    let sure = certainty(letters);
    // Whatever else is guessed, it is no other language, and what asks for each sentence of an article need not wait for that.
    if english_words >= 1.0 {
        return Guess::ours(Language::En, sure);
    }
    let allowed: Vec<Lang> =
        Lang::all().iter().copied().filter(|lang| !matches!(lang, Lang::Epo | Lang::Lat)).collect();
    let Some(info) = Detector::with_allowlist(allowed).detect(text) else {
        return Guess::other(UNKNOWN, 0.0);
    };
    let detected = (info.confidence() as f32).clamp(0.0, 1.0);
    match info.lang() {
        Lang::Eng => Guess::ours(Language::En, (1.0 - (1.0 - detected) * (1.0 - english_words)) * sure),
        _ if english_words >= 0.36 => Guess::ours(Language::En, english_words * sure),
        // A few ASCII words that whatlang is unsure about are more often a name or a headline in English.
        _ if foreign == 0 && (english > 0 || letters < SHORT_LATIN) && !info.is_reliable() => {
            Guess::ours(Language::En, 0.4 * sure)
        }
        lang => Guess::other(english_name(lang), detected * sure),
    }
}

/// Latin text with fewer letters than this, none of them with an accent, proves nothing of another language.
const SHORT_LATIN: usize = 30;

const UNKNOWN: &str = "an unknown language";

fn by_script(text: &str) -> Guess {
    whatlang::detect(text).map_or_else(
        || Guess::other(UNKNOWN, 0.0),
        |info| Guess::other(english_name(info.lang()), (info.confidence() as f32).clamp(0.0, 1.0)),
    )
}

fn english_name(lang: Lang) -> &'static str {
    match lang {
        Lang::Cmn => "Chinese",
        other => other.eng_name(),
    }
}

/// Few letters prove little: 0.5 at ten letters, 0.9 at ninety.
pub(super) fn certainty(letters: usize) -> f32 {
    letters as f32 / (letters as f32 + 10.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_sentences_are_told_apart() {
        let cases = [
            ("The bridge reopened on Saturday.", Some(Language::En)),
            ("HUR says Russia has dismissed General Sergey Kisel.", Some(Language::En)),
            ("Trade fell by 35% in 2021", Some(Language::En)),
            ("Міст відкрили в суботу.", Some(Language::Uk)),
            ("Ремонт коштував 38,6 млн фунтів.", Some(Language::Uk)),
            ("Компанія Google та Apple відмовилися", Some(Language::Uk)),
            ("Мост открыли в субботу.", Some(Language::Ru)),
            ("Ремонт обошёлся в 38,6 млн фунтов.", Some(Language::Ru)),
            ("Google и Apple отказались платить штраф", Some(Language::Ru)),
            ("Die Brücke wurde am Samstag wieder geöffnet.", None),
            ("Most został ponownie otwarty w sobotę.", None),
            ("Мостът беше отворен отново в събота.", None),
            ("Мост зноў адкрылі ў суботу.", None),
            ("Мост је поново отворен у суботу.", None),
            ("这座桥在星期六重新开放。", None),
            ("Η γέφυρα άνοιξε ξανά το Σάββατο.", None),
        ];
        for (text, language) in cases {
            let guess = language_of(text).unwrap();
            assert_eq!(guess.language, language, "{text}: {guess:?}");
            assert!((0.0..=1.0).contains(&guess.confidence), "{text}: {guess:?}");
        }
    }

    /// Phrases of menus and headlines, our own.
    #[test]
    fn phrases_are_told_apart() {
        let (mut wrong, mut all) = (Vec::new(), 0);
        for line in include_str!("../../../tests/corpus/phrases.txt").lines().filter(|line| !line.starts_with('#')) {
            let (code, phrase) = line.split_once('|').unwrap();
            let guess = language_of(phrase).unwrap();
            all += 1;
            if code != "?" && guess.language.map(Language::code) != Some(code) {
                wrong.push((line, guess));
            }
            // Of what both may have one is said, and no third language.
            let cyrillic = phrase.contains(|c| ('\u{400}'..='\u{52f}').contains(&c));
            assert!(!cyrillic || matches!(guess.language, Some(Language::Uk | Language::Ru)), "{line}: {guess:?}");
        }
        println!("{} of {all} phrases are wrong: {wrong:#?}", wrong.len());
        assert!(all >= 100 && wrong.len() * 20 <= all, "{wrong:#?}");
    }

    #[test]
    fn what_is_cyrillic_is_never_english() {
        for (text, language) in [
            ("Правителството прие в понеделник нов закон, който ще влезе в сила през есента.", Language::Ru),
            ("Урад прыняў у панядзелак новы закон.", Language::Uk),
            ("Die Regierung hat am Montag ein neues Gesetz beschlossen.", Language::En),
        ] {
            let (nearest, confidence) = nearest_language(text).unwrap();
            assert_eq!(confidence, 0.0, "{text}");
            assert!(nearest == language || text.starts_with("Урад") && nearest != Language::En, "{text}: {nearest}");
        }
        assert_eq!(nearest_language("12 %"), None);
    }

    #[test]
    fn other_languages_have_their_names() {
        let cases = [
            ("Die Regierung hat am Montag ein neues Gesetz beschlossen, das im Herbst in Kraft tritt.", "German"),
            ("Rząd przyjął w poniedziałek nową ustawę, która wejdzie w życie jesienią.", "Polish"),
            ("Правителството прие в понеделник нов закон, който ще влезе в сила през есента.", "Bulgarian"),
            ("Урад прыняў у панядзелак новы закон, які ўступіць у сілу ўвосень.", "Belarusian"),
            ("Влада је у понедељак усвојила нови закон, који ће ступити на снагу на јесен.", "Serbian"),
            ("政府星期一通过了一项新法律，将于秋季生效。", "Chinese"),
        ];
        for (text, name) in cases {
            assert_eq!(language_of(text).unwrap().name, name, "{text}");
        }
    }

    #[test]
    fn without_letters_there_is_no_guess() {
        assert_eq!(language_of(" 12.5 % — 2024 "), None);
    }
}
