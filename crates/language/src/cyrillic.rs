//! Tells Cyrillic languages apart by their letters and their smallest words.
//!
//! Ukrainian, Russian, Belarusian, Bulgarian, Serbian and Macedonian share most letters, but some letters are
//! impossible in one of them and frequent in another (ы and і, ъ and ў). Counting them is enough for a sentence of
//! ten words, where trigram models still hesitate. Shares are per thousand letters of running text, rounded.
//! Languages with letters of their own beyond these (Kazakh, Mongolian) are only known to be none of ours.

use std::sync::LazyLock;

use serde::Deserialize;

use super::Language;
use super::guess::{Guess, certainty};
use super::letters;

const TABLE: &str = include_str!("../data/cyrillic.toml");

/// How a language is told: a share per thousand for each of `LETTERS`, and words that hardly occur elsewhere.
#[derive(Deserialize)]
struct Profile {
    language: Option<Language>,
    name: String,
    /// How much less than Ukrainian and Russian it is expected, in natural units.
    rarity: f32,
    shares: [f32; LETTERS.len()],
    words: String,
    /// Endings of words of five letters and more.
    endings: String,
}

/// Letters (or sets of letters) that differ most in frequency.
const LETTERS: [&str; 21] =
    ["'’ʼ", "и", "і", "їєґ", "ы", "э", "ё", "ъ", "ў", "ј", "љњћђџ", "ѓќѕ", "щ", "ь", "й", "я", "ю", "ц", "о", "а", "е"];

/// Share of a letter that a language does not have: names and quotations of neighbours still bring it.
const STRAY: f32 = 0.2;

/// One word of a language's own weighs as much as this many natural units of letter evidence.
const WORD_WEIGHT: f32 = 1.2;

/// Fewer letters do not tell Ukrainian from Russian where those are missing that only one of them has.
const LEAST_LETTERS: usize = 20;

/// Five Cyrillic letters, in bytes.
const LONG_WORD: usize = 10;

/// An ending weighs less than a word.
const ENDING_WEIGHT: f32 = 0.6;

/// The file.
#[derive(Deserialize)]
struct File {
    profile: Vec<Profile>,
}

/// Ukrainian, Russian, and their neighbours.
static PROFILES: LazyLock<Vec<Profile>> = LazyLock::new(|| {
    let file: File = toml::from_str(TABLE).expect("data/cyrillic.toml is well-formed; a test reads it");
    file.profile
});

/// Letters of Cyrillic alphabets that none of the profiles has.
const FOREIGN: &str = "әғқңөұүһҗҙҡҫҳҷӑӗӳӊԥҩӡӣӯ";

/// With fewer letters a text is too short for the profiles of its neighbours' languages.
const SHORT: usize = 80;

/// What such a sign says in a short text, in natural units.
const FOREIGN_SIGN: f32 = 4.0;

/// What a letter says that only one of Ukrainian and Russian has, in natural units.
const OWN_LETTER: f32 = 6.0;

/// A text whose languages are nearer to each other than this can be in both, in natural units.
const OPEN: f32 = 3.0;

/// How sure the least likely guess between two languages is, before its length counts.
const LEAST_SURE: f32 = 0.1;

/// Small words of Bulgarian, Macedonian, Serbian and Belarusian that are none of Ukrainian or Russian.
#[rustfmt::skip]
const FOREIGN_WORDS: [&str; 41] = [
    "се", "са", "че", "като", "това", "който", "която", "които", "през", "към", "беше", "няма", "този", "тази", "тези", "също", "преди", "повече",
    "във", "със", "бяха", "ги", "дека", "како", "ќе", "биде", "што", "је", "су", "ће", "није", "због", "након", "као", "гэта", "гэты", "каб", "яго",
    "яе", "пасля", "калі",
];

/// What a text is judged by.
struct Signs<'t> {
    /// Of each of [`LETTERS`].
    counts: [usize; LETTERS.len()],
    /// Cyrillic letters, and the apostrophes between them.
    letters: usize,
    /// Letters of [`FOREIGN`].
    foreign: usize,
    words: Vec<&'t str>,
}

impl<'t> Signs<'t> {
    /// Of a text in lower case.
    fn of(text: &'t str) -> Self {
        let words = text.split(|c: char| !c.is_alphabetic()).collect();
        let mut signs = Self { counts: [0; LETTERS.len()], letters: 0, foreign: 0, words };
        let mut inside = false;
        for c in text.chars() {
            let apostrophe = inside && LETTERS[0].contains(c);
            inside = ('\u{400}'..='\u{52f}').contains(&c);
            if !inside && !apostrophe {
                continue;
            }
            signs.letters += 1;
            if let Some(slot) = LETTERS.iter().position(|set| set.contains(c)) {
                signs.counts[slot] += 1;
            } else if FOREIGN.contains(c) {
                signs.foreign += 1;
            }
        }
        signs
    }

    /// How many of these [`LETTERS`] there are.
    fn count(&self, wanted: &[&str]) -> usize {
        LETTERS.iter().zip(self.counts).filter(|(set, _)| wanted.contains(set)).map(|(_, count)| count).sum()
    }

    /// True when a short text has what neither Ukrainian nor Russian has: a letter, a hard sign before a consonant, і beside
    /// ы, a word of another language.
    fn is_foreign(&self, text: &str) -> bool {
        let chars: Vec<char> = text.chars().collect();
        let soft = |at: usize| chars.get(at + 1).is_some_and(|next| "еёюя".contains(*next));
        let hard_sign = (0..chars.len()).any(|at| chars[at] == 'ъ' && !soft(at));
        let belarusian = self.count(&["і"]) > 0 && self.count(&["ы"]) > 0 && self.count(&["и", "щ", "їєґ"]) == 0;
        let belarusian = belarusian || ["сць", "ддз", "гэт"].iter().any(|part| text.contains(part));
        hard_sign
            || belarusian
            || self.foreign > 0
            || self.count(&["ў", "ј", "љњћђџ", "ѓќѕ"]) > 0
            || self.words.iter().any(|word| FOREIGN_WORDS.contains(word))
    }
}

/// Guesses the language of text that is mostly Cyrillic.
pub(super) fn guess(text: &str) -> Guess {
    // "Is" of Bulgarian and Macedonian; a capital stands for a vitamin.
    let is = text.split(|c: char| !c.is_alphabetic()).any(|word| word == "е");
    let text = text.to_lowercase();
    let signs = Signs::of(&text);
    if signs.foreign * 50 > signs.letters {
        return Guess::other("another Cyrillic language", certainty(signs.letters));
    }
    let short_text = signs.letters < SHORT;
    if short_text && !is && !signs.is_foreign(&text) {
        return short(&text, &signs);
    }
    let mut best: Option<(f32, &Profile)> = None;
    let mut second = f32::NEG_INFINITY;
    for profile in PROFILES.iter() {
        let foreign = short_text && profile.language.is_none();
        let score = profile.score(&signs) + if foreign { FOREIGN_SIGN } else { 0.0 };
        match best {
            Some((top, _)) if score <= top => second = second.max(score),
            Some((top, _)) => {
                second = top;
                best = Some((score, profile));
            }
            None => best = Some((score, profile)),
        }
    }
    let (top, profile) = best.expect("the table of profiles is not empty");
    let confidence = sure(top - second) * certainty(signs.letters);
    match profile.language {
        Some(language) => Guess::ours(language, confidence),
        None => Guess::other(&profile.name, confidence),
    }
}

/// A text that is Ukrainian or Russian and too short to be told by its profile: letters that only one of them has decide,
/// then how its letters follow each other.
fn short(text: &str, signs: &Signs<'_>) -> Guess {
    let gap = gap(text, signs);
    let language = if gap >= 0.0 { Language::Uk } else { Language::Ru };
    Guess::ours(language, (2.0 * sure(gap.abs()) - 1.0).max(LEAST_SURE) * certainty(signs.letters))
}

/// How much likelier a short text is Ukrainian than Russian, in natural units.
fn gap(text: &str, signs: &Signs<'_>) -> f32 {
    let (ukrainian, russian) = (signs.count(&["і", "їєґ"]), signs.count(&["ы", "э", "ё", "ъ"]));
    let own = OWN_LETTER * (ukrainian as f32 - russian as f32);
    own + letters::leaning(text)
}

/// The nearer of Ukrainian and Russian, whatever the language is.
pub(super) fn nearer(text: &str) -> Guess {
    let text = text.to_lowercase();
    let signs = Signs::of(&text);
    short(&text, &signs)
}

/// True when a text is short, has no letter that only one language has, and words that both may have.
pub fn is_open(text: &str) -> bool {
    let text = text.to_lowercase();
    let signs = Signs::of(&text);
    signs.letters < SHORT && !signs.is_foreign(&text) && gap(&text, &signs).abs() < OPEN
}

/// How sure it is, from 0 to 1, that a text which is Ukrainian or Russian is the second; `None` for a text that is too short
/// to tell. No other language is thought of, so that it is seen of what a model wrote without the letters that tell.
pub(super) fn is_russian(text: &str) -> Option<f32> {
    let text = text.to_lowercase();
    let signs = Signs::of(&text);
    let [ukrainian, russian] = [&PROFILES[0], &PROFILES[1]].map(|profile| profile.score(&signs));
    (signs.letters >= LEAST_LETTERS).then(|| sure(russian - ukrainian))
}

/// A probability from a gap between scores. Letters of one word are not independent, so the gap is softened before.
fn sure(gap: f32) -> f32 {
    1.0 / (1.0 + (-gap / 2.0).exp())
}

impl Profile {
    /// Natural logarithm of how likely the counts are in this language, up to a constant.
    fn score(&self, Signs { counts, letters, words, .. }: &Signs<'_>) -> f32 {
        let mut score = -self.rarity;
        let (mut seen, mut mass) = (0, 0.0);
        for (count, share) in counts.iter().zip(self.shares) {
            let share = share.max(STRAY);
            score += *count as f32 * (share / 1000.0).ln();
            seen += count;
            mass += share;
        }
        score += (letters - seen) as f32 * ((1000.0 - mass) / 1000.0).ln();
        let own = words.iter().filter(|word| self.words.split_whitespace().any(|own| own == **word)).count();
        let inflected = words
            .iter()
            .filter(|word| word.len() >= LONG_WORD && self.endings.split(' ').any(|end| word.ends_with(end)))
            .count();
        score + own as f32 * WORD_WEIGHT + inflected as f32 * ENDING_WEIGHT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_quotation_does_not_change_the_language() {
        let text = "Речник відповів російською: «Мы этого не знали», а потім додав, що розслідування триває \
                    і що його результати оприлюднять наступного тижня.";
        assert_eq!(guess(text).language, Some(Language::Uk));
        let text = "В Киеве, на улице Евгена Гуцала (Євгена Гуцала), открыли новый музей, сообщает «Українська \
                    правда». Его посетили первые двести человек, рассказали организаторы выставки.";
        assert_eq!(guess(text).language, Some(Language::Ru));
    }

    #[test]
    fn russian_is_seen_without_its_letters() {
        for text in [
            "Физическая потеря устройств может привести до беспокойства многих предприятий.",
            "Институт готовит три космические миссии для поиска признаков жизни в атмосфере.",
        ] {
            assert!(is_russian(text).is_some_and(|sure| sure > 0.9), "{text}");
        }
        for text in ["тепер у руках Роберто Джефферсона", "Близько 11:29 учасники протесту рушили вгору по Уайтхолл"]
        {
            assert!(is_russian(text).is_some_and(|sure| sure < 0.9), "{text}");
        }
        assert_eq!(is_russian("Иран начал ремонт"), None);
    }

    #[test]
    fn longer_text_is_surer() {
        let short = guess("Мост открыли").confidence;
        let long = guess("Портовый мост в городе снова открыли для движения в субботу утром").confidence;
        assert!(short < long && long > 0.8, "{short} {long}");
    }

    #[test]
    fn letters_of_other_alphabets_are_not_ours() {
        assert_eq!(guess("Қазақстан Республикасының Үкіметі жаңа заң қабылдады").language, None);
    }
}
