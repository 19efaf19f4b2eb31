//! What an answer and a translation may look like, while they are written: grammars for the engine.
//!
//! Each grammar is a state machine over characters (`answer`, `sentence`), and `automaton` makes a [`Constraint`] of it;
//! `gbnf` writes it down for servers that take grammars. What
//! both ask of a line is in `line`: its letters, numbers and foreign words (`script`), how it may not begin (`openings`) and
//! what it may not say, how names are spelled (`names`). Not here: which words, numbers and names these are, because the
//! caller knows the article.
//!
//! [`Constraint`]: crate::engine::constraint::Constraint

mod answer;
mod automaton;
mod citations;
mod gbnf;
mod line;
mod names;
mod openings;
mod script;
mod sentence;
mod typography;

pub use self::answer::{AnswerFormat, AnswerGrammar, Heading, LineLength};
pub use self::citations::Citations;
pub use self::line::{ForbiddenWords, TextRules};
pub use self::names::NameSpellings;
pub use self::openings::{Marking, Openings, Talk, has_word, is_listed};
pub use self::script::Script;
pub use self::sentence::{SentenceFormat, SentenceGrammar};
