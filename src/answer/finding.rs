//! What is said of a text that does not hold: the kind, the place, the words concerned, and what the article has instead.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Something that does not hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Finding {
    /// What it is.
    pub kind: FindingKind,
    /// Where: `headline`, `summary` or `fact`; `sentence` in a text that was written by a person.
    #[serde(rename = "where")]
    #[schema(value_type = String)]
    pub place: Place,
    /// The number, word or text concerned; empty for what is missing.
    pub value: String,
    /// What the article has in its place, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instead: Option<String>,
}

impl Finding {
    /// A finding; nothing is known that should stand there instead.
    pub fn new(kind: FindingKind, place: Place, value: impl Into<String>) -> Self {
        Self { kind, place, value: value.into(), instead: None }
    }

    /// The same, with what the article has in its place.
    #[must_use]
    pub fn instead(self, instead: impl Into<Option<String>>) -> Self {
        Self { instead: instead.into(), ..self }
    }
}

/// Where a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    /// In the headline.
    Headline,
    /// In the summary.
    Summary,
    /// In a fact, or among the facts.
    Fact,
    /// In a sentence of a text that was written by a person.
    Sentence,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Headline => "headline",
            Self::Summary => "summary",
            Self::Fact => "fact",
            Self::Sentence => "sentence",
        })
    }
}

/// Kinds of findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FindingKind {
    /// A number or a date that the article does not have.
    NumberNotInSource,
    /// A name that the article does not have.
    NameNotInSource,
    /// The evidence does not have this number or name of the fact; without a value, it says too little of the fact.
    EvidenceWeak,
    /// Another sentence than the cited ones says it and stands as evidence now; the value has the cited numbers.
    CitationCorrected,
    /// The evidence says the opposite: a negation came or went.
    NegationChanged,
    /// What the evidence doubts, or says in another's name, stands as a fact.
    AttributionChanged,
    /// A quotation that the article does not have in these words.
    QuotationChanged,
    /// Another fact gives another number for the same.
    Contradiction,
    /// A text that is not in the language asked for.
    WrongLanguage,
    /// A fact that cites no sentence of the article.
    Uncited,
    /// A text that is missing or does not end as a sentence.
    Truncated,
    /// A fact that was said before.
    Repeated,
    /// A word that neither its language's dictionary nor the article has.
    WordUnknown,
    /// No sentence of the article says it.
    Unsupported,
    /// The article says something else about it.
    MeaningChanged,
    /// A name that stands where the article has another one.
    NameChanged,
    /// The article has it the other way round: who did it, and to whom.
    RoleChanged,
    /// It does not say of whom or of what it speaks: "He said", "this hostel", a quotation without its speaker.
    ContextMissing,
    /// A number of the article with another unit.
    UnitChanged,
    /// A date where the article has another one.
    DateChanged,
}

impl FindingKind {
    /// True for what a reader should see. A citation that was corrected is no flaw of its fact any more: most such facts are
    /// true, so it is for programs alone.
    pub fn is_shown(self) -> bool {
        self != Self::CitationCorrected
    }
}

impl std::fmt::Display for FindingKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::NumberNotInSource => "a number that the article does not have",
            Self::NameNotInSource => "a name that the article does not have",
            Self::EvidenceWeak => "the cited sentence does not say it",
            Self::CitationCorrected => "another sentence says it; it was said to come from",
            Self::NegationChanged => "the article says the opposite",
            Self::AttributionChanged => "whose word it is got lost",
            Self::QuotationChanged => "not quoted in these words",
            Self::Contradiction => "another fact gives another number",
            Self::WrongLanguage => "not in the language asked for",
            Self::Uncited => "cites no sentence",
            Self::Truncated => "missing or broken off",
            Self::Repeated => "said before",
            Self::WordUnknown => "no word of the language, and the article does not have it",
            Self::Unsupported => "no sentence of the article says it",
            Self::MeaningChanged => "the article says something else",
            Self::NameChanged => "the article has another name",
            Self::RoleChanged => "the article has it the other way round",
            Self::ContextMissing => "needs the sentence before it to say what is meant",
            Self::UnitChanged => "the article has this number in another unit",
            Self::DateChanged => "the article has another date",
        })
    }
}
