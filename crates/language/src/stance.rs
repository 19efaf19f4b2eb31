//! Words that turn a sentence round or say who vouches for it: negation, hedges, attribution.

use super::stem::is_function_word;
use super::token::{Token, begins, lists};

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

const NEGATIONS: &str = "not no never without cannot nobody none nothing neither nor nowhere не ні без ніхто нічого ніколи ніде \
    немає нема ані ни никто ничего никогда нигде нет нельзя жоден жодного жодної жодна жодне жодних жодному \
    ніякий ніякого ніякої ніяка ніяке ніяких ніякі никакой никакого никакая никакую никакое никаких никакие";
/// Words that negate in Ukrainian and Russian beside another negation alone: "ніколи не", and never "ніколи був".
const CONCORDANT: &str = "ніхто нічого ніколи ніде никто ничего никогда нигде";
/// Beginnings of words that they stand beside.
const CONCORDING: &str = "не ні ни нет без бес";
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
/// What stands before a negation that negates nothing: "чуть не", "як ніколи".
const BEFORE_IDIOMS: &str = "ледве ледь чуть едва чи як як-от как мало if why чому почему";
/// "Доки не" is "until" and denies nothing; "поки не" may be "not yet".
const UNTIL: &str = "доки допоки";
/// Words between the two.
const UNTIL_NEAR: usize = 3;
/// Words that negate by their meaning.
const IMPLICIT_WORDS: &str = "ban bans banned banning stop stops stopped stopping little few less hardly barely scarcely instead unable \
    unlike unless missed missing halted ceased trouble sacked fired opposed opposes oppose opposing except крім \
    замість кроме вместо едва мало проти против against";
/// Beginnings of words that negate by their meaning.
const IMPLICIT: &str = "refus reject deny denie failed failing failure prohibit forbid forbad lacks lacked lacking impossib prevent \
    avoid absen difficult dismiss звільн уволен увольн отстран трудност складно ускладн відмов заборон запереч \
    відсутн відкин відкида відхил уник припин позбав скасу бракує навряд зупин спросту недопу отказ запре отриц \
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
/// Words for what is held for true, or possible, and no more: as they stand, and their beginnings.
const DOUBT: &str = "allege alleges alleged alleging allegation allegations suspected claim claims claimed claiming believes believe believed \
    thinks think may might presumes presumed suggests suggested assumes може можуть міг могла могли может могут мог";
const DOUBT_BEGUN: &str = "accus стверджу підозрю звинувач обвинувач припуска припуст вважа утвержд подозрева обвин предполаг предполож счита полага";
/// Words that are followed by what is doubted: "suspect that".
const DOUBT_BEFORE_THAT: &str = "suspect suspects deny denies denied denying";
const DENIALS: &str = "запереч спросту отриц опроверг опроверж";
const THAT: &str = "that що что reports rumours rumors чутки повідомлення сообщения слухи";
const CONFIRMING: &str = "confirm підтверд подтверд";
/// Words for what has not happened.
const PLANS: &str = "plan plans planned planning will shall intend intends intended promise promises promised pledge pledged vowed hopes \
    hope wants want try tries trying proposes proposed considers threatens threatened буде будуть хоче хочуть будет будут \
    хочет хотят грозит";
const PLANS_BEGUN: &str = "планує планува планую планиру планы плани заплан намір намер обіця пообіця збира спроб пропону обеща пообеща собирает собирают собирал попыта предлож погрож угрож загрож";
/// Words for what is certain.
const PROOF: &str = "proved proven proof proves established доказав доказала доказали довів довела довели доведено";
const PROOF_BEGUN: &str = "доказал доказан встановил встановле установил установле";
/// English words of saying.
const SAYING_ENGLISH: &str = "said say says saying told tells report reports reported reporting states stated \
    stating statement announced announces argued argues estimates \
    estimated estimate admitted admits citing cited cites quoted quoting added \
    adds warned warns warning noted notes declared insisted insists explained explains expects expected \
    predicts predicted called calls wrote writes confirmed confirms described \
    describes asked asks view opinion considered showed shows found could";
/// Beginnings of Ukrainian and Russian words of saying.
const SAYING: &str = "сказа каже кажу заяв повідом стверд переда пише пишу зазнач наголос підкресл оголос розпов посила \
    додав додал поясн попередж зауваж визна прогноз очіку думк нагада запевн назва говор \
    сообщ утвержд отмет отмеч подчерк рассказ ссыл добав объяс предупр призна ожида мнени напомн \
    коментува коментуе комментиру прокоммент завер уверя уточн объяв можу могу згідно согласно напис йдеться говорится";

/// The marks of a sentence, in order.
pub fn marks(text: &str, tokens: &[Token<'_>]) -> Vec<Mark> {
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

fn mark(text: &str, tokens: &[Token<'_>], i: usize) -> Option<Mark> {
    let word = tokens[i].folded.as_str();
    let next = tokens.get(i + 1).map_or("", |token| token.folded.as_str());
    if lists(NEGATIONS, word) || word.ends_with("n't") {
        let idiom = IDIOMS.iter().any(|(first, second)| *first == word && second.contains(&next));
        let before = i > 0 && lists(BEFORE_IDIOMS, &tokens[i - 1].folded)
            || word == "не" && tokens[i.saturating_sub(UNTIL_NEAR)..i].iter().any(|it| lists(UNTIL, &it.folded));
        // "No. 5"
        let number = word == "no"
            && text[tokens[i].end()..].starts_with('.')
            && tokens.get(i + 1).is_some_and(|it| it.is_number);
        let concord = |(j, token): (usize, &Token<'_>)| j != i && begins(CONCORDING, &token.folded);
        let alone = lists(CONCORDANT, word) && !tokens.iter().enumerate().any(concord);
        return (!idiom && !before && !number && !alone).then(|| Mark::Negation(i, head(tokens, i)));
    }
    let is_source = |second: &str| SOURCES.iter().any(|(first, seconds)| *first == word && seconds.contains(&second));
    if is_source(next) {
        return Some(Mark::Source(i, head(tokens, i + 1)));
    }
    // "по его словам": nobody is named.
    if tokens.get(i + 2).is_some_and(|token| is_source(&token.folded)) && is_function_word(next) {
        return Some(Mark::Saying(i));
    }
    let is_saying = lists(SAYING_ENGLISH, word) || begins(SAYING, word);
    if HEDGES.split(' ').any(|hedge| word == hedge || (hedge.chars().count() > 8 && word.starts_with(hedge))) {
        return Some(Mark::Hedge(i));
    }
    let prefixed =
        |prefix: &str, least| word.starts_with(prefix) && word.chars().count() >= least && !begins(NOT_NEGATED, word);
    let by_prefix = prefixed("не", 6) || prefixed("un", 7) || prefixed("без", 7) || prefixed("бес", 7);
    if lists(IMPLICIT_WORDS, word) || begins(IMPLICIT, word) || by_prefix {
        return Some(Mark::Implicit(i));
    }
    modality(tokens, i).or(is_saying.then_some(Mark::Saying(i)))
}

/// Whether a word says that something is only held for true, or planned, or proved.
fn modality(tokens: &[Token<'_>], i: usize) -> Option<Mark> {
    let word = tokens[i].folded.as_str();
    let near = |list: &str| tokens[i + 1..].iter().take(3).any(|token| lists(list, &token.folded));
    // "May" is a month, and "a will" is none of these.
    let month = word == "may" && tokens[i].is_capitalised();
    let unconfirmed = begins(CONFIRMING, word) && i > 0 && lists(NEGATIONS, &tokens[i - 1].folded) && near(THAT);
    let denied = (lists(DOUBT_BEFORE_THAT, word) || begins(DENIALS, word)) && near(THAT);
    // "is to follow", "are to try"
    let is_to = lists("is are was were", word) && tokens.get(i + 1).is_some_and(|next| next.folded == "to");
    match word {
        _ if unconfirmed || denied || ((lists(DOUBT, word) || begins(DOUBT_BEGUN, word)) && !month) => {
            Some(Mark::Doubt(i))
        }
        _ if is_to || lists(PLANS, word) || begins(PLANS_BEGUN, word) => Some(Mark::Plan(i)),
        _ if lists(PROOF, word) || begins(PROOF_BEGUN, word) => Some(Mark::Proof(i)),
        _ => None,
    }
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
