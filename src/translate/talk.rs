//! What a weak model gives back instead of a translation: talk about its task, and the worked examples of its prompt.
//!
//! A rendering is held against the prompt by the characters and the words that they have in common, so an example comes to
//! light that is only nearly the same; what the source has itself is no echo. Not here: the words of talk (`task_words`), and
//! what is done about it (`writer`, `translators`).

use std::collections::HashSet;

use super::task_words::TaskWords;
use super::{Direction, Fault, FaultKind};
use crate::language::{Language, Token, tokens, words};

const PROMPT: &str = include_str!("../../prompts/sentence.md");
const REQUEST: &str = include_str!("../../prompts/translate.md");
/// Words in a row that a rendering has by chance in common with a worked example.
const CHANCE: usize = 3;
/// Runs of three characters in which a rendering says something at all.
const LEAST_GRAMS: usize = 10;
/// The share of its runs that a rendering has in common with an example it repeats. Sentences of news in one language share
/// a tenth to a quarter.
const SAME: f32 = 0.6;
/// Words of four letters or more that a source has in common with a worked example whose words it may become.
const REASON: usize = 2;
/// Words of a fragment: it has no verb to be a sentence with, and the name of an example in it was not asked for.
pub(super) const FRAGMENT: usize = 3;

/// What a model is told before it translates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Sentences, with worked examples.
    Sentence,
    /// One to three words, without.
    Fragment,
}

impl Shape {
    /// The shape of a text.
    pub(super) fn of(text: &str) -> Self {
        if words(text).nth(FRAGMENT).is_some() { Self::Sentence } else { Self::Fragment }
    }
}

fn sections() -> impl Iterator<Item = &'static str> {
    PROMPT.split("\n===\n")
}

/// The instructions, with `{from}` and `{to}` in the place of the languages.
pub(super) fn instructions(shape: Shape) -> &'static str {
    match shape {
        Shape::Sentence => sections().next().and_then(|system| system.rsplit("---\n").next()),
        Shape::Fragment => sections().nth(2),
    }
    .unwrap_or_default()
}

/// What is asked behind an article, with `{from}`, `{to}` and `{sentence}` in the places of the languages and the sentence.
pub(super) fn request() -> &'static str {
    REQUEST.rsplit("---\n").next().unwrap_or_default().trim_end()
}

/// The worked examples, in three languages each.
pub(super) fn examples() -> impl Iterator<Item = &'static str> {
    sections().nth(1).unwrap_or_default().split("\n\n")
}

/// A worked example in one language.
pub(super) fn line_of(example: &str, language: Language) -> &str {
    let mut lines = example.lines();
    lines.find_map(|line| line.strip_prefix(language.code())?.strip_prefix(": ")).unwrap_or_default()
}

/// The worked examples that a rendering repeats, though its source says nothing of the kind.
pub(super) fn echoed(source: &str, text: &str, Direction { from, to }: Direction) -> Vec<&'static str> {
    let (own, said) = (Wording::of(source), Wording::of(text));
    let repeats = |example: &&str| {
        let (before, after) = (Wording::of(line_of(example, from)), Wording::of(line_of(example, to)));
        let common = own.words_of(&before);
        let strong = said.repeats(&after) && common < REASON && !own.repeats(&before);
        // The beginning of an example, after which a model goes on by itself.
        let begun = common == 0 && said.words.len() >= CHANCE && after.words.starts_with(&said.words[..CHANCE]);
        let named = || names_of(line_of(example, to), text) && !says_part_of(source, line_of(example, from));
        strong || begun || named()
    };
    examples().filter(repeats).collect()
}

/// A rendering that is a part of the prompt, or talk about the task.
pub(super) fn fault(source: &str, text: &str, direction: Direction) -> Option<Fault> {
    let instructed = direction.to == Language::En && {
        let said = Wording::of(text);
        [Shape::Sentence, Shape::Fragment].iter().any(|shape| said.shares_a_run(&Wording::of(instructions(*shape))))
    };
    let talks = || TaskWords::unreasoned(source).speak_in(text);
    let echo = instructed || talks() || !echoed(source, text, direction).is_empty();
    echo.then(|| Fault::new(FaultKind::PromptEcho, text))
}

/// A text as it is compared.
struct Wording {
    words: Vec<String>,
    grams: HashSet<[char; 3]>,
}

impl Wording {
    fn of(text: &str) -> Self {
        Self { words: words(text).map(str::to_lowercase).collect(), grams: trigrams(text) }
    }

    /// True when words in a row are those of a line, or most of the text is in it.
    fn repeats(&self, line: &Self) -> bool {
        let common = self.grams.intersection(&line.grams).count() as f32;
        self.shares_a_run(line) || (self.grams.len() >= LEAST_GRAMS && common / self.grams.len() as f32 >= SAME)
    }

    /// Words that say something which this text has in common with another.
    fn words_of(&self, other: &Self) -> usize {
        let long = |word: &&String| word.chars().count() > CHANCE;
        let others: HashSet<&String> = other.words.iter().filter(long).collect();
        self.words.iter().filter(long).collect::<HashSet<_>>().intersection(&others).count()
    }

    fn shares_a_run(&self, other: &Self) -> bool {
        let runs: HashSet<&[String]> = other.words.windows(CHANCE + 1).collect();
        self.words.windows(CHANCE + 1).any(|run| runs.contains(run))
    }
}

/// True when a fragment has a name of this line: a word with a capital that does not open it.
fn names_of(line: &str, text: &str) -> bool {
    let said = tokens(text);
    let named = tokens(line).into_iter().skip(1).filter(Token::is_capitalised).collect::<Vec<_>>();
    let is_named = |word: &Token| word.is_capitalised() && named.iter().any(|name| is_form(&word.folded, &name.folded));
    said.len() <= FRAGMENT && said.iter().any(is_named)
}

/// True when a source has a word of a line that has a capital there.
fn says_part_of(source: &str, line: &str) -> bool {
    let own = tokens(source);
    let mut names = tokens(line).into_iter().filter(Token::is_capitalised);
    names.any(|name| own.iter().any(|other| is_form(&other.folded, &name.folded)))
}

/// True when two words differ by an ending at most.
fn is_form(one: &str, other: &str) -> bool {
    const ENDING: usize = 3;
    let common = one.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
    let longest = one.chars().count().max(other.chars().count());
    one == other || (common >= ENDING && common + ENDING >= longest)
}

/// The runs of three characters of a text.
pub(super) fn trigrams(text: &str) -> HashSet<[char; 3]> {
    let letters: Vec<char> = text.to_lowercase().chars().collect();
    letters.windows(3).map(|run| [run[0], run[1], run[2]]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const EN_UK: Direction = Direction { from: Language::En, to: Language::Uk };

    fn is_echo(source: &str, text: &str, from: Language, to: Language) -> bool {
        fault(source, text, Direction { from, to }).is_some()
    }

    #[test]
    fn worked_examples_are_noticed_unless_the_source_says_the_same() {
        let source = "The paper says that nine of ten are small.";
        let text = "Учені з'ясували, що ці птахи можуть літати. Газета каже, що дев'ять із десяти малі.";
        let found = echoed(source, text, EN_UK);
        assert!(matches!(found[..], [example] if example.contains("birds")), "{found:?}");
        let asked = "Scientists have found that these birds swim.";
        assert_eq!(echoed(asked, "Учені з'ясували, що ці птахи плавають.", EN_UK), Vec::<&str>::new());
    }

    #[test]
    fn an_example_that_is_only_nearly_the_same_is_noticed() {
        use Language::{En, Ru, Uk};
        for (source, text, from, to) in [
            ("soft piano music", "Учені з'ясували", En, Uk),
            ("a long low whistle", "Ученые выяснили", En, Ru),
            ("тиха музика", "Scientists have found", Uk, En),
            ("Who pays?", "НАТО", En, Uk),
            ("Who pays?", "У Львові", En, Uk),
            ("Хто платить?", "Kovalenko.", Uk, En),
            ("the rent was paid", "Ціни на газ у Европі знизились", En, Uk),
            ("Its old leaking roof, they thought,", "Учені з'ясували, що ця поверхня глибока й відкрита", En, Uk),
        ] {
            assert!(is_echo(source, text, from, to), "{text}");
        }
        for (source, text, from, to) in [
            ("NATO", "НАТО", En, Uk),
            ("in Lviv", "у Львові", En, Uk),
            ("Europe's banks", "Банки Європи", En, Uk),
            ("the cost of gas", "ціна газу", En, Uk),
            ("The hospital got a new roof in May.", "Лікарня в травні отримала новий дах.", En, Uk),
            ("Учні пішли до школи.", "The pupils went to school.", Uk, En),
            ("Researchers found that the river is cold.", "Учёные выяснили, что река холодная.", En, Ru),
            ("Researchers say that these birds sing.", "Учені з'ясували, що ці птахи співають.", En, Uk),
            ("After the meeting, ministers left.", "Після зустрічі міністри пішли.", En, Uk),
        ] {
            assert!(!is_echo(source, text, from, to), "{text}");
        }
    }

    #[test]
    fn talk_is_noticed_unless_the_source_is_a_reason() {
        use Language::{En, Ru, Uk};
        for (source, text, from, to) in [
            ("Хто платить?", "The translation of the Ukrainian text,", Uk, En),
            ("Its leaking roof", "Переклад", En, Uk),
            ("The council said that the market is closed.", "Україйською мовою це звучить так, як ви сказали.", En, Uk),
            ("Its leaking roof", "Русский перевод этого текста", En, Ru),
            ("дах протікає", "You are a careful translator of news", Uk, En),
            ("Nine of ten are small.", "Це українська версія цього тексту.", En, Uk),
        ] {
            assert!(is_echo(source, text, from, to), "{text}");
        }
        for (source, text, from, to) in [
            ("The lathe stood in the old river bed.", "Верстат стояв у старому руслі.", En, Uk),
            ("He sent a message to his mother yesterday.", "Он вчера отправил матери текстовое сообщение.", En, Ru),
            ("The book was translated", "Книгу перекладено", En, Uk),
            ("ЗСУ відбили атаку.", "Ukrainian forces beat off an attack.", Uk, En),
            ("Moscow and the rebels", "Російські війська і повстанці", En, Uk),
            ("Новий переклад книги", "A new translation of the book", Uk, En),
            ("The Ukrainian text", "Український текст.", En, Uk),
            ("The defendant did not appear in court.", "Відповідач не з'явився до суду.", En, Uk),
            ("Ткацька фабрика закрилася.", "The textile mill closed.", Uk, En),
        ] {
            assert!(!is_echo(source, text, from, to), "{text}");
        }
    }
}
