//! Which findings fit which fault of a false claim: the kinds of pairs in `tests/corpus/pairs.jsonl`, and what each should be
//! found by.
//!
//! A finding of another kind may be right by chance, as when a wrong place is found because a word of it is unknown. What no
//! rule is made for, a doubt of evidence or of meaning, fits every fault. Other kinds of pairs are counted without it.

use std::collections::BTreeSet;

use super::measure::code;
use crate::answer::FindingKind;

const NUMBER: &[FindingKind] = &[FindingKind::NumberNotInSource, FindingKind::UnitChanged, FindingKind::DateChanged];
const NAME: &[FindingKind] = &[FindingKind::NameNotInSource, FindingKind::NameChanged];
const ROLE: &[FindingKind] = &[FindingKind::RoleChanged];
const NEGATION: &[FindingKind] = &[FindingKind::NegationChanged];
const ATTRIBUTION: &[FindingKind] = &[FindingKind::AttributionChanged];
const QUOTATION: &[FindingKind] = &[FindingKind::QuotationChanged];
const WORDS: &[FindingKind] = &[FindingKind::WordUnknown, FindingKind::WrongLanguage];
/// What fits every fault.
const ANY: &[FindingKind] =
    &[FindingKind::EvidenceWeak, FindingKind::Contradiction, FindingKind::MeaningChanged, FindingKind::Unsupported];

/// The names of the findings that fit a fault; none for a fault that is not known here.
pub(super) fn fitting(fault: &str) -> Option<BTreeSet<String>> {
    let own: &[&[FindingKind]] = match fault {
        "decimals" | "magnitude" | "number_words" | "percent_points_by_to" | "dates_times" | "other_facts_number" => {
            &[NUMBER]
        }
        "ranges_scores_units_ids" | "unsupported_addition" => &[NUMBER, NAME],
        "person_office" => &[NAME, ROLE],
        "place_organisation" => &[NAME],
        "roles_direction" => &[ROLE, NEGATION],
        "negation" => &[NEGATION],
        "attribution_modality" => &[ATTRIBUTION, NEGATION, ROLE, NAME],
        "quotation" => &[QUOTATION],
        "garbled_words" => &[WORDS],
        "meaning_drift" => &[NEGATION, ATTRIBUTION, ROLE, NUMBER, NAME],
        _ => return None,
    };
    Some(own.iter().copied().chain([ANY]).flatten().map(|&kind| code(kind)).collect())
}
