//! Words that turn a sentence round or say who vouches for it: negation, hedges, attribution.

use super::class::Class;
use super::token::Token;

/// A word that changes what a sentence says, by the index of its token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// "not", "без": and the first word that it negates, if any.
    Negation(usize, Option<usize>),
    /// "refused", "impossible": a negation in another form.
    Implicit(usize),
    /// "reportedly", "нібито": nobody vouches for it.
    Hedge(usize),
    /// "according to", "за даними": and the first word of who says so, if any.
    Source(usize, Option<usize>),
    /// "said", "заявив".
    Saying(usize),
    /// "alleges", "may", "підозрює": somebody holds it for true, or possible, and no more.
    Doubt(usize),
    /// "plans", "will", "має намір": it has not happened.
    Plan(usize),
    /// "proved", "встановила": it is certain.
    Proof(usize),
}

/// What follows a negation that negates nothing: "not only", "не менше".
const IDIOMS: &[(&str, &[&str])] = &[
    ("not", &["only", "just", "least", "merely"]),
    ("no", &["doubt", "later", "more", "less", "fewer", "matter", "sooner"]),
    (
        "не",
        &[
            "тільки",
            "лише",
            "просто",
            "менше",
            "більше",
            "пізніше",
            "менш",
            "більш",
            "раз",
            "дивлячись",
            "кажучи",
            "только",
            "лишь",
            "менее",
            "более",
            "позднее",
            "позже",
            "меньше",
            "больше",
            "смотря",
            "говоря",
            "раньше",
            "раніше",
        ],
    ),
    ("нет", &["сомнений"]),
];
/// Words between the two.
const UNTIL_NEAR: usize = 3;
/// Word pairs that name a source, and the words alone.
const SOURCES: &[(&str, &[&str])] = &[
    ("according", &["to"]),
    ("за", &["даними", "словами", "інформацією", "оцінками", "повідомленням", "версією", "твердженням", "свідченням"]),
    (
        "по",
        &["данным", "словам", "информации", "оценкам", "сообщениям", "версии", "мнению", "утверждению", "сведениям"],
    ),
    ("на", &["думку", "взгляд"]),
];

/// The marks of a sentence, in order.
pub fn marks(text: &str, tokens: &[Token]) -> Vec<Mark> {
    let mut found = Vec::new();
    for i in 0..tokens.len() {
        let mark = mark(text, tokens, i);
        found.extend(mark);
        // A denial is a negation, and what it denies is doubted.
        if matches!(mark, Some(Mark::Implicit(_))) {
            found.extend(modality(tokens, i).filter(|mark| matches!(mark, Mark::Doubt(_))));
        }
    }
    found
}

fn mark(text: &str, tokens: &[Token], i: usize) -> Option<Mark> {
    let token = &tokens[i];
    let word = token.folded.as_str();
    let next = tokens.get(i + 1).map_or("", |token| token.folded.as_str());
    if token.is(Class::Negation) || word.ends_with("n't") {
        let idiom = IDIOMS.iter().any(|(first, second)| *first == word && second.contains(&next));
        let before = i > 0 && tokens[i - 1].is(Class::BeforeIdiom)
            || word == "не" && tokens[i.saturating_sub(UNTIL_NEAR)..i].iter().any(|it| it.is(Class::Until));
        // "No. 5"
        let number = word == "no"
            && text[tokens[i].end()..].starts_with('.')
            && tokens.get(i + 1).is_some_and(|it| it.is_number());
        let concord = |(j, token): (usize, &Token)| j != i && token.is(Class::Concording);
        let alone = token.is(Class::Concordant) && !tokens.iter().enumerate().any(concord);
        return (!idiom && !before && !number && !alone).then(|| Mark::Negation(i, head(tokens, i)));
    }
    let is_source = |second: &str| SOURCES.iter().any(|(first, seconds)| *first == word && seconds.contains(&second));
    if is_source(next) {
        return Some(Mark::Source(i, head(tokens, i + 1)));
    }
    // "по его словам": nobody is named.
    if tokens.get(i + 2).is_some_and(|token| is_source(&token.folded)) && tokens[i + 1].is_function_word() {
        return Some(Mark::Saying(i));
    }
    if token.is(Class::Hedge) {
        return Some(Mark::Hedge(i));
    }
    let prefixed =
        |prefix: &str, least| word.starts_with(prefix) && word.chars().count() >= least && !token.is(Class::NotNegated);
    let by_prefix = prefixed("не", 6) || prefixed("un", 7) || prefixed("без", 7) || prefixed("бес", 7);
    if token.is(Class::Implicit) || by_prefix {
        return Some(Mark::Implicit(i));
    }
    modality(tokens, i).or(token.is(Class::Saying).then_some(Mark::Saying(i)))
}

/// Whether a word says that something is only held for true, or planned, or proved.
fn modality(tokens: &[Token], i: usize) -> Option<Mark> {
    let token = &tokens[i];
    let word = token.folded.as_str();
    let before_that = tokens[i + 1..].iter().take(3).any(|token| token.is(Class::That));
    // "May" is a month, and "a will" is none of these.
    let month = word == "may" && token.is_capitalised();
    let unconfirmed = token.is(Class::Confirming) && i > 0 && tokens[i - 1].is(Class::Negation) && before_that;
    let denied = (token.is(Class::DoubtBeforeThat) || token.is(Class::Denial)) && before_that;
    // "is to follow", "are to try"
    let is_to =
        matches!(word, "is" | "are" | "was" | "were") && tokens.get(i + 1).is_some_and(|next| next.folded == "to");
    if unconfirmed || denied || (token.is(Class::Doubt) && !month) {
        Some(Mark::Doubt(i))
    } else if is_to || token.is(Class::Plan) {
        Some(Mark::Plan(i))
    } else {
        token.is(Class::Proof).then_some(Mark::Proof(i))
    }
}

/// The first word behind token `i` that carries meaning, at most four words on.
fn head(tokens: &[Token], i: usize) -> Option<usize> {
    (i + 1..tokens.len().min(i + 5)).find(|&at| !tokens[at].is_number() && !tokens[at].is_function_word())
}

#[cfg(test)]
mod tests {
    use super::super::token::tokens;
    use super::*;

    fn of(text: &str) -> Vec<Mark> {
        marks(text, &tokens(text))
    }

    #[test]
    fn negations_know_what_they_negate() {
        assert_eq!(of("The council did not approve it"), [Mark::Negation(3, Some(4))]);
        assert_eq!(of("Рада не ухвалила його"), [Mark::Negation(1, Some(2))]);
        assert_eq!(of("Дома нет света"), [Mark::Negation(1, Some(2))]);
        assert_eq!(of("It didn't rain"), [Mark::Negation(1, Some(2))]);
        for text in [
            "Not only this",
            "не менше 5",
            "No. 5",
            "чуть не упал",
            "no later than May",
            "доки воно не призвело",
            "Він ніколи бував там",
        ] {
            assert!(!of(text).iter().any(|mark| matches!(mark, Mark::Negation(..))), "{text}");
        }
    }

    #[test]
    fn sources_and_hedges_are_seen() {
        assert_eq!(of("За даними поліції, він утік"), [Mark::Source(0, Some(2))]);
        assert_eq!(of("По словам мэра"), [Mark::Source(0, Some(2))]);
        assert_eq!(of("He reportedly fled"), [Mark::Hedge(1)]);
        assert_eq!(of("Він нібито втік"), [Mark::Hedge(1)]);
        assert_eq!(of("She refused"), [Mark::Implicit(1)]);
        assert_eq!(of("Police suspect that he fled"), [Mark::Doubt(1)]);
        assert_eq!(of("Слідчі підозрюють його"), [Mark::Doubt(1)]);
        assert_eq!(of("He denied reports that it broke"), [Mark::Implicit(1), Mark::Doubt(1), Mark::Saying(2)]);
        assert_eq!(of("Завод планируют закрыть"), [Mark::Plan(1)]);
        assert_eq!(of("It is to open in May"), [Mark::Plan(1)]);
        assert_eq!(of("Суд установил это"), [Mark::Proof(1)]);
    }
}
