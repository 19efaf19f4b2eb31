//! What words mean in English, Ukrainian and Russian, as far as checking needs it: numbers, dates, names, negation.
//!
//! The tables hold the three languages side by side and a word is looked up in all of them: few words of one language
//! mislead in another, and no caller has to guess a language first. `token` cuts a text into words; `quantity` reads
//! numbers and dates from them, with the words of `numeral`, `fraction`, `calendar` and `unit`; `sound` compares names across
//! alphabets and `spelling` writes them in another; `table` knows the names and words that only a dictionary can match; `stem` takes endings away;
//! `stance` knows negation, hedges and attribution, and `opposite` which words turn each other round; `neighbour` knows the words of a neighbouring language; `literal` finds digits and codes as they are written. Nothing here
//! knows an article, and no other room is named here.

mod calendar;
mod decimal;
mod fraction;
mod literal;
mod neighbour;
mod numeral;
mod opposite;
mod quantity;
mod sound;
mod spelling;
mod stance;
mod stem;
mod table;
mod token;
mod unit;

pub use self::decimal::Decimal;
pub use self::literal::{is_code, latin_words, number_ranges, plain_number};
pub use self::neighbour::{NEIGHBOURS, neighbours};
pub use self::opposite::{Pole, poles};
pub use self::quantity::{
    Amount, Bound, Change, Date, Mention, Outcome, Period, Weight, What, mentions, number_spellings, outcome,
    parts_thousands,
};
pub use self::sound::{Sound, cognate};
pub use self::spelling::{Orthography, beginnings};
pub use self::stance::{Mark, marks};
pub use self::stem::{is_function_word, is_past_verb, stem};
pub use self::table::{Concept, Kind, Table};
pub use self::token::{Token, begins, fold, lists, tokens};
pub use self::unit::Unit;
