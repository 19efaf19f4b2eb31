//! The words in which a model speaks of its task: `prompts/talk.toml`.
//!
//! Each of them is good prose somewhere, so none alone is talk, and none is where the source is a reason to say it. What the
//! grammar refuses at the beginning of a rendering and what is found in a whole one is judged by the same rule of openings;
//! behind the beginning, words of the task are talk close to each other. Not here: what a rendering has of the worked examples
//! (`talk`).

use std::sync::LazyLock;

use serde::Deserialize;

use crate::grammar::{Marking, Openings, Talk, is_listed};
use crate::language::words;

/// The file, whose words answers depend on.
const TALK: &str = include_str!("../../prompts/talk.toml");
/// Words from one to the next that are close to each other: "a translation of this Ukrainian text".
const CLOSE: usize = 4;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    beside: String,
    task: Vec<Talk>,
    language: Vec<Talk>,
    label: Vec<Talk>,
    phrase: Vec<Talk>,
}

/// The file, read once.
static READ: LazyLock<Words> =
    LazyLock::new(|| toml::from_str(TALK).expect("prompts/talk.toml is well-formed; a test reads it"));

/// The words of the task that nothing in a source is a reason to say.
#[derive(Debug)]
pub(super) struct TaskWords {
    task: Vec<String>,
    languages: Vec<String>,
    /// How no rendering begins.
    pub(super) openings: Openings,
}

impl TaskWords {
    pub(super) fn unreasoned(source: &str) -> Self {
        let source = source.to_lowercase();
        let source: Vec<&str> = words(&source).collect();
        let says_it = |talk: &Talk| talk.is_excused(&source) || talk.says().any(|said| begins_anywhere(said, &source));
        let said = |talk: &[Talk]| -> Vec<String> {
            talk.iter().filter(|talk| !says_it(talk)).flat_map(Talk::says).map(str::to_owned).collect()
        };
        let (task, languages) = (said(&READ.task), said(&READ.language));
        let parts: Vec<String> = task.iter().filter(|said| !said.contains(' ')).cloned().collect();
        let openings = Openings {
            beside: READ.beside.split_whitespace().map(str::to_owned).collect(),
            companions: parts.iter().chain(&languages).cloned().collect(),
            parts,
            exclaimed: said(&READ.label),
            phrases: said(&READ.phrase),
            marking: Marking::Sure,
            ..Openings::default()
        };
        Self { task, languages, openings }
    }

    /// True for a rendering that is surely about the task.
    pub(super) fn speak_in(&self, text: &str) -> bool {
        let lower = text.to_lowercase();
        let said: Vec<&str> = words(&lower).collect();
        self.openings.phrases.iter().any(|phrase| begins_anywhere(phrase, &said))
            || self.stand_together(&said)
            || self.openings.refuse_line(text.trim())
    }

    /// Words of the task close to each other, or to the name of a language.
    fn stand_together(&self, said: &[&str]) -> bool {
        let places = |list: &[String]| -> Vec<usize> {
            (0..said.len()).filter(|&at| list.iter().any(|entry| begins(entry, &said[at..]))).collect()
        };
        let (task, languages) = (places(&self.task), places(&self.languages));
        let close = |one: usize, other: usize| one != other && one.abs_diff(other) <= CLOSE;
        task.iter().any(|&one| task.iter().chain(&languages).any(|&other| close(one, other)))
    }
}

/// True when these words begin with those of an entry.
fn begins(entry: &str, said: &[&str]) -> bool {
    let mut entries = entry.split([' ', '-']).enumerate();
    entries.all(|(at, entry)| said.get(at).is_some_and(|word| is_listed(entry, word)))
}

fn begins_anywhere(entry: &str, said: &[&str]) -> bool {
    (0..said.len()).any(|at| begins(entry, &said[at..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn speaks(source: &str, text: &str) -> bool {
        TaskWords::unreasoned(source).speak_in(text)
    }

    #[test]
    fn the_file_is_in_lower_case_and_says_each_word_once() {
        let Words { beside, task, language, label, phrase } = &*READ;
        for rows in [task, language, label, phrase] {
            let says: Vec<&str> = rows.iter().flat_map(Talk::says).collect();
            for (at, said) in says.iter().enumerate() {
                assert!(!says[..at].contains(said), "{said} stands twice");
                assert!(!said.is_empty() && said.trim() == *said, "{said}");
            }
        }
        let words = TALK.lines().filter(|line| !line.starts_with('#')).collect::<Vec<_>>().join("\n");
        assert!(!beside.is_empty() && words == words.to_lowercase());
        let reasons = words.lines().filter(|line| line.starts_with("unless"));
        reasons.for_each(|reasons| assert!(!reasons.contains(','), "{reasons}"));
    }

    #[test]
    fn a_word_of_the_task_alone_is_prose() {
        for (source, text) in [
            ("Ткацька фабрика закрилася.", "The textile mill closed."),
            ("The defendant did not appear in court.", "Відповідач не з'явився до суду."),
            ("The minister in charge has left.", "Відповідальний за це міністр пішов."),
            ("Police suspect arson.", "Поліція розглядає версію підпалу."),
            ("Покарання — п'ять років ув'язнення.", "The sentence is five years in prison."),
            ("Йому дали п'ять діб.", "The sentence is five days."),
            ("В регионах РФ объявлен режим ЧС.", "In Russian regions a state of emergency was declared."),
            ("В области объявлен режим ЧС.", "In Russian regions a state of emergency was declared."),
            ("Should the river rise, the village will flood.", "Якщо вода підніметься, село затопить."),
            ("In an emergency, call 112.", "Якщо ви в небезпеці, телефонуйте 112."),
            ("The crossbar saved the keeper.", "Перекладина врятувала воротаря."),
            ("Clocks go forward on Sunday.", "Переводят стрелки в воскресенье."),
            ("ЗСУ відбили атаку.", "Ukrainian forces beat off the attack."),
            ("Захисники відбили атаку.", "Ukrainian forces beat off the attack."),
            ("The show is off.", "Відмінено виставу."),
            ("Wiring the money took a week.", "Перевод денег занял неделю."),
            ("The sign says \"Glory\".", "Текст «Слава» написано на стіні."),
            ("It comes down to money.", "Відповідь — у грошах."),
            ("He told them so in the tongue of his mother.", "Він сказав це мовою своєї матері."),
            ("The paper led with it.", "Заголовок про це був на першій шпальті."),
            ("Її слова зрозуміли не всі.", "The text was not clear to all."),
        ] {
            assert!(!speaks(source, text), "{text}");
        }
    }

    #[test]
    fn talk_of_the_task_is_told_by_its_company_and_its_marks() {
        for (source, text) in [
            ("Nine of ten are small.", "Це українська версія цього тексту."),
            ("Хто платить?", "The translation of the Ukrainian text,"),
            ("The council said that the market is closed.", "Українською мовою це звучить так, як ви сказали."),
            ("Its leaking roof", "Переклад"),
            ("Its leaking roof", "Русский перевод этого текста"),
            ("The bridge opened.", "Переклад: Міст відкрито."),
            ("The bridge opened.", "Переклад – Міст відкрито."),
            ("The bridge opened.", "Ось переклад: міст відкрито."),
            ("Міст відкрито.", "Here is the translation: the bridge opened."),
            ("Міст відкрито.", "In English, the bridge opened."),
            ("The bridge opened.", "По-русски: мост открыт."),
            ("The bridge opened.", "Міст відкрито, якщо ви хочете переклад."),
            ("The bridge opened.", "Я мовна модель і не знаю, що це за міст."),
            ("Міст відкрито.", "The bridge opened (translated from the text)."),
            ("The bridge opened.", "Заголовок."),
        ] {
            assert!(speaks(source, text), "{text}");
        }
    }

    #[test]
    fn a_source_is_a_reason_in_whatever_language() {
        for (source, text) in [
            ("The Ukrainian text", "Український текст."),
            ("Новий переклад книги з української", "A new translation of the book from Ukrainian"),
            ("Russia's account differs.", "Російська версія: усе інакше."),
            ("Question and answer", "Запитання та відповідь"),
            ("The language of the wording is plain.", "Мовою тексту є проста."),
            ("Вирок російського суду", "The sentence of the Russian court"),
        ] {
            assert!(!speaks(source, text), "{text}");
        }
        assert!(
            speaks("The brush is lost.", "Російська версія: усе інакше."),
            "only a word that begins so is a reason"
        );
    }

    #[test]
    fn the_grammar_and_the_check_are_one() {
        let openings = TaskWords::unreasoned("The bridge opened.").openings;
        for text in ["Українську версію", "Переклад:", "Це переклад тексту", "По-русски,"]
        {
            assert!(openings.refuse_line(text) && speaks("The bridge opened.", text), "{text}");
        }
        for text in ["Українські мости", "Перекладина впала", "Версія підпалу", "Якщо вода"]
        {
            assert!(!openings.refuse_line(text) && !speaks("The bridge opened.", text), "{text}");
        }
    }
}
