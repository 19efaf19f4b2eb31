//! Words that turn a sentence round or say who vouches for it: negation, hedges, attribution.

use super::stem::is_function_word;
use super::token::{Token, lists};

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
}

const NEGATIONS: &str = "not no never without cannot nobody none nothing neither nor nowhere не ні без ніхто нічого ніколи ніде \
    немає нема ані ни никто ничего никогда нигде нет нельзя жоден жодного жодної жодна жодне жодних жодному";
/// What follows a negation that negates nothing: "not only", "не менше".
const IDIOMS: &[(&str, &[&str])] = &[
    ("not", &["only", "just", "least", "merely", "to"]),
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
/// What stands before a negation that negates nothing: "чуть не", "як ніколи".
const BEFORE_IDIOMS: &str = "ледве ледь чуть едва чи як як-от как мало if why чому почему";
/// Words that negate by their meaning.
const IMPLICIT_WORDS: &str = "ban bans banned banning stop stops stopped stopping little few less hardly barely scarcely instead unable \
    unlike unless missed missing halted ceased trouble sacked fired opposed opposes oppose opposing except крім \
    замість кроме вместо едва мало проти против against";
/// Beginnings of words that negate by their meaning.
const IMPLICIT: &str = "refus reject deny denie failed failing failure prohibit forbid forbad lacks lacked lacking impossib prevent \
    avoid absen difficult dismiss звільн уволен увольн отстран трудност складно ускладн відмов заборон запереч \
    відсутн відкин відхил уник припин позбав скасу бракує навряд зупин спросту недопу отказ запре отриц \
    отсутств отверг отклон избеж избег прекра лишил лишен лиша отмен опроверг вряд останов провал недост";
/// Beginnings of words that only look negated.
const NOT_NEGATED: &str = "необхідн незалеж неділ негайн недавн немов неначе несподів незважаючи нещодавн непорозум необход независ \
    недел немедл несмотря неожидан нескольк неодн нефт нехай невід неабияк немал невдовзі невелик небольш небез \
    under until union unique unite unity univer небо немец німец нетан невськ невск непал нептун неонац недр \
    безпе безпіл безкош безумов безопас беспил бесед бесплат беспоко безцін";
const HEDGES: &str = "reportedly allegedly supposedly purportedly apparently presumably unconfirmed rumour rumor alleged rumoured \
    rumored possibly probably perhaps нібито начебто буцімто ймовірно імовірно можливо мабуть непідтверджен \
    якобы предположительно вероятно возможно неподтвержден видимо";
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
/// English words of saying.
const SAYING_ENGLISH: &str = "said say says saying told tells report reports reported reporting claim claims claimed states stated \
    stating statement announced announces argued argues believes believe believed suggests suggested estimates \
    estimated estimate admitted admits citing cited cites quoted quoting accused accuses accusing alleges added \
    adds warned warns warning noted notes declared insisted insists explained explains thinks expects expected \
    predicts predicted proposed promised promises called calls wrote writes confirmed confirms described \
    describes asked asks view opinion hopes assumes considers considered showed shows found may might could";
/// Beginnings of Ukrainian and Russian words of saying.
const SAYING: &str = "сказа каже кажу заяв повідом вважа стверд переда пише пишу зазнач наголос підкресл оголос розпов посила \
    додав додал поясн попередж зауваж визна припус прогноз очіку думк нагада запевн пообіц обіця назва говор \
    сообщ счит утвержд отмет отмеч подчерк рассказ ссыл добав объяс предупр призна полага ожида мнени напомн \
    завер обеща уточн объяв може можу могу згідно согласно напис йдеться говорится";

/// The marks of a sentence, in order.
pub fn marks(text: &str, tokens: &[Token<'_>]) -> Vec<Mark> {
    (0..tokens.len()).filter_map(|i| mark(text, tokens, i)).collect()
}

fn mark(text: &str, tokens: &[Token<'_>], i: usize) -> Option<Mark> {
    let word = tokens[i].folded.as_str();
    let next = tokens.get(i + 1).map_or("", |token| token.folded.as_str());
    if lists(NEGATIONS, word) || word.ends_with("n't") {
        let idiom = IDIOMS.iter().any(|(first, second)| *first == word && second.contains(&next));
        let before = i > 0 && lists(BEFORE_IDIOMS, &tokens[i - 1].folded);
        // "No. 5"
        let number = word == "no"
            && text[tokens[i].end()..].starts_with('.')
            && tokens.get(i + 1).is_some_and(|it| it.is_number);
        return (!idiom && !before && !number).then(|| Mark::Negation(i, head(tokens, i)));
    }
    let is_source = |second: &str| SOURCES.iter().any(|(first, seconds)| *first == word && seconds.contains(&second));
    if is_source(next) {
        return Some(Mark::Source(i, head(tokens, i + 1)));
    }
    // "по его словам": nobody is named.
    if tokens.get(i + 2).is_some_and(|token| is_source(&token.folded)) && is_function_word(next) {
        return Some(Mark::Saying(i));
    }
    let starts = |list: &str| list.split(' ').any(|start| word.starts_with(start));
    let is_saying = lists(SAYING_ENGLISH, word) || starts(SAYING);
    if HEDGES.split(' ').any(|hedge| word == hedge || (hedge.chars().count() > 8 && word.starts_with(hedge))) {
        return Some(Mark::Hedge(i));
    }
    let prefixed =
        |prefix: &str, least| word.starts_with(prefix) && word.chars().count() >= least && !starts(NOT_NEGATED);
    let by_prefix = prefixed("не", 6) || prefixed("un", 7) || prefixed("без", 7) || prefixed("бес", 7);
    if lists(IMPLICIT_WORDS, word) || starts(IMPLICIT) || by_prefix {
        return Some(Mark::Implicit(i));
    }
    is_saying.then_some(Mark::Saying(i))
}

/// The first word behind token `i` that carries meaning, at most four words on.
fn head(tokens: &[Token<'_>], i: usize) -> Option<usize> {
    (i + 1..tokens.len().min(i + 5)).find(|&at| !tokens[at].is_number && !is_function_word(&tokens[at].folded))
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
        for text in ["Not only this", "не менше 5", "No. 5", "чуть не упал", "no later than May"] {
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
    }
}
