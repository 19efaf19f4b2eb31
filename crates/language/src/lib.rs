//! What text in English, Ukrainian and Russian means, as far as reading and checking it needs.
//!
//! The tables (in `data`) hold the three languages side by side and a word is looked up in all of them: few words of one language
//! mislead in another, and no caller has to guess a language first. [`sentences`] cuts a text into sentences, and [`tokens`] these
//! into words, each with its bytes, its classes (`class`) and what it is looked up by; an [`Annotation`] is a sentence with all
//! that is read from it. `quantity` reads numbers and dates, with the words of `numeral`, `calendar` and `unit`;
//! `name_key` compares names across alphabets with goodwill, `transliteration` letter by letter, and `spelling` writes them in another; `table` knows the names and words that only
//! a dictionary can match; `stem` takes endings away; `stance` knows negation, hedges and attribution, and `opposite` which
//! words turn each other round; `guess` tells the languages apart, with `cyrillic` and `letters`, and `neighbour` knows the words
//! of a neighbouring one; `literal` finds digits and codes as they are written; `word_map` is how tables are looked up. Nothing
//! here knows an article or a model.

mod abbreviation;
mod annotation;
mod calendar;
mod called;
mod class;
mod cyrillic;
mod decimal;
mod dictionary;
mod guess;
mod language;
mod letters;
mod literal;
mod name_key;
mod neighbour;
mod numeral;
mod opposite;
mod quantity;
mod role;
mod sentence;
mod spelling;
mod stance;
mod stem;
mod table;
mod token;
mod transliteration;
mod unit;
mod word_map;

pub use self::annotation::{Annotation, Key, LanguageMatch};
pub use self::calendar::is_date_word;
pub use self::class::{Class, Classes};
pub use self::cyrillic::is_open;
pub use self::decimal::Decimal;
pub use self::dictionary::{Dictionaries, Dictionary, DictionaryError, DictionaryFiles};
pub use self::guess::{Guess, language_of, nearest_language, reads_as_the_neighbour};
pub use self::language::{Language, UnknownLanguage};
pub use self::letters::{LEAST, is_ours, likelihood};
pub use self::literal::{is_code, latin_words, number_ranges, plain_number};
pub use self::name_key::NameKey;
pub use self::neighbour::neighbours;
pub use self::opposite::{Pole, poles};
pub use self::quantity::{
    Amount, Bound, Change, Date, Digits, Mention, Outcome, Period, Weight, What, mentions, number_spellings, outcome,
    parts_thousands,
};
pub use self::role::{Role, RoleKind, role};
pub use self::sentence::{Sentence, SentenceId, sentences};
pub use self::spelling::beginnings;
pub use self::stance::{Mark, marks};
pub use self::stem::is_form_of;
pub use self::table::{Concept, Kind, Table};
pub use self::token::{Token, TokenKind, fold, placed_words, tokens, words};
pub use self::transliteration::{Likeness, likeness, name_distance};
pub use self::unit::Unit;
pub use self::word_map::WordMap;
