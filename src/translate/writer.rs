//! The engine as a translator, for languages that no translation model on disk knows.
//!
//! Sentences go in as branches of one job: the instructions and a few worked examples are read once and kept, and a pass
//! over the weights serves four rows. The grammar lets no letter of another alphabet through, no source word that is
//! not a name or a code, and no number that the source does not have, and asks for each of its numbers. A sentence with a
//! fault is written again, several times side by side, which costs about one pass. Not here: which sentences are asked
//! (`translators`).

use std::cmp::{Ordering, Reverse};
use std::collections::HashSet;

use super::job::Rendered;
use super::replace::replaced;
use super::split::Parts;
use super::talk::{Shape, echoed, examples, instructions, line_of, request, trigrams};
use super::task_words::TaskWords;
use super::{Batch, Direction, Pending, TranslateError, Translator, check, protect, separators, talk};
use crate::engine::sampler::Sampling;
use crate::engine::{Branch, Engine, EngineError, Event, Job, Output, Rules};
use crate::grammar::{ForbiddenWords, NameSpellings, Script, SentenceFormat, SentenceGrammar, TextRules};
use crate::intake::one_line;
use crate::language::{
    Language, beginnings, is_code, latin_words, number_ranges, number_spellings, plain_number, tokens,
};

/// Branches of one job.
const ROWS: usize = 4;
/// Bytes of a sentence that is written in one go.
const LONGEST: usize = 900;
/// The temperature of second attempts: other words, not other meanings.
const SECOND: f32 = 0.3;
/// Marks that any sentence may have.
const MARKS: &str = ".,-–—'’ʼ%";
/// Marks of quotations, which each language has its own of.
const QUOTES: &str = "\"«»„“”";
/// Marks that end a sentence, and those that may stand behind them.
const ENDS: &str = ".!?…";
const ENDS_OR_QUOTES: &str = ".!?…»”\"";
/// Mild, against loops; a stronger one drives names apart.
const REPETITION_PENALTY: f32 = 1.05;

/// What a user calls it, whichever model it runs.
pub const ENGINE: &str = "engine";

/// A translator that asks the engine.
pub struct Writer {
    engine: Engine,
    name: String,
    /// Languages and how well the model writes them, as chrF.
    quality: Vec<(Language, f32)>,
    preamble: Option<Preamble>,
}

/// What the model has read before the sentences: the article that they are of. It tells more than worked examples do, and an
/// engine that has just read it does not read it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preamble {
    /// The system message.
    pub system: String,
    /// The beginning of the message of the user.
    pub shared: String,
}

/// How often sentences were tried before.
#[derive(Clone, Copy)]
struct Attempt<'a> {
    temperature: f32,
    /// Worked examples that are not shown.
    without: &'a [&'a str],
}

const FIRST: Attempt<'static> = Attempt { temperature: 0.0, without: &[] };

impl Writer {
    /// A translator on an engine; `quality` is how well its model writes each language, as chrF on FLORES-200.
    pub fn new(engine: Engine, name: impl Into<String>, quality: Vec<(Language, f32)>) -> Self {
        Self { engine: engine.brief(), name: name.into(), quality, preamble: None }
    }

    /// The same for sentences of an article that the model is to read first.
    #[must_use]
    pub fn behind(self, preamble: Preamble) -> Self {
        Self { preamble: Some(preamble), ..self }
    }
}

impl Translator for Writer {
    fn name(&self) -> &str {
        &self.name
    }

    fn quality(&self, direction: Direction) -> Option<f32> {
        self.quality.iter().find(|(language, _)| *language == direction.to).map(|(_, quality)| *quality)
    }

    fn answers_to(&self, name: &str) -> bool {
        [ENGINE, &self.name].iter().any(|own| own.eq_ignore_ascii_case(name))
    }

    fn has_prompt(&self) -> bool {
        true
    }

    fn translate(&self, batch: Batch) -> Pending<'_> {
        Box::pin(async move {
            let fits = |part: &str| part.len() <= LONGEST;
            let parts = Parts::new(&batch.sentences, &fits);
            let all = parts.all();
            let mut written = vec![String::new(); all.len()];
            for shape in [Shape::Sentence, Shape::Fragment] {
                let of_shape: Vec<usize> = (0..all.len()).filter(|&at| Shape::of(all[at]) == shape).collect();
                for rows in of_shape.chunks(ROWS) {
                    let sources: Vec<&str> = rows.iter().map(|&at| all[at]).collect();
                    let texts = self.write(self.job(batch.direction, &sources, FIRST)).await?;
                    for (&at, text) in rows.iter().zip(texts) {
                        written[at] = self.improved(batch.direction, all[at], text).await?;
                    }
                }
            }
            Ok(parts.join(written))
        })
    }
}

impl Writer {
    /// The rendering itself when it has no fault, else the one of it and several others that has the fewest, and of equals
    /// the one that is most like all of them: a sample alone may be anything, and what several agree on seldom is
    /// (minimum Bayes risk; Eikema and Aziz 2020).
    async fn improved(&self, direction: Direction, source: &str, text: String) -> Result<String, TranslateError> {
        let before = badness(source, &text, direction);
        // Behind an article others can stand in for a sentence that fails.
        if before == (0, 0) || self.preamble.is_some() {
            return Ok(text);
        }
        // What was copied is not shown again, and where that does not help, nothing is.
        let copied = echoed(source, &text, direction);
        let mut all = vec![text];
        for without in [copied, examples().collect()] {
            let again = Attempt { temperature: SECOND, without: &without };
            all.extend(self.write(self.job(direction, &[source; ROWS], again)).await?);
            if all.iter().any(|text| badness(source, text, direction).0 == 0) {
                break;
            }
        }
        // The first, which the model wanted most, is the last that `max_by` keeps of equals.
        all.reverse();
        let grams: Vec<_> = all.iter().map(|text| trigrams(text)).collect();
        let agreement = |own: usize| grams.iter().map(|other| overlap(&grams[own], other)).sum::<f32>();
        let worth = |at: usize| (Reverse(badness(source, &all[at], direction)), agreement(at));
        let worth: Vec<_> = (0..all.len()).map(worth).collect();
        let best = (0..all.len()).max_by(|&a, &b| worth[a].partial_cmp(&worth[b]).unwrap_or(Ordering::Equal));
        let best = best.unwrap_or_default();
        tracing::debug!(?before, after = ?worth[best].0.0, "faults of the first attempt and of the best of all");
        Ok(all.swap_remove(best))
    }

    /// The job that asks for these sentences.
    fn job(&self, direction: Direction, sentences: &[&str], attempt: Attempt<'_>) -> Job {
        let Some(Preamble { system, shared }) = self.preamble.clone() else {
            return job_by_example(direction, sentences, attempt);
        };
        let branch = |sentence: &&str| Branch {
            tail: with_names(request(), direction).replace("{sentence}", &one_line(sentence)),
            output: Output::Text(rules(sentence, direction, attempt.temperature)),
        };
        Job { system, shared, branches: sentences.iter().map(branch).collect() }
    }

    async fn write(&self, job: Job) -> Result<Vec<String>, TranslateError> {
        let mut written = vec![String::new(); job.branches.len()];
        let mut events = self.engine.submit(job).await?;
        loop {
            match events.recv().await {
                Some(Event::Delta { branch, text }) => written[branch].push_str(&text),
                Some(Event::Finished { .. } | Event::Prefill { .. } | Event::Preferred { .. }) => {}
                Some(Event::Done(_)) => return Ok(written.into_iter().map(|text| text.trim().to_owned()).collect()),
                Some(Event::Failed(error)) => return Err(error.into()),
                None => return Err(EngineError::Dead.into()),
            }
        }
    }
}

/// How bad a rendering is: see [`Rendered::badness`]. Separators are set later and by rule, so they do not count.
fn badness(source: &str, text: &str, direction: Direction) -> (usize, usize) {
    let spelled = separators::set(source, text, direction, &[]);
    let mut faults = check::faults(source, &spelled, direction, &protect::spans(source));
    faults.extend(talk::fault(source, &spelled, direction));
    Rendered { faults, ..Rendered::kept(&spelled) }.badness(source)
}

/// How much two texts have in common, by their runs of three characters: 1 for the same, 0 for nothing.
pub fn agreement(a: &str, b: &str) -> f32 {
    overlap(&trigrams(a), &trigrams(b))
}

/// How much two texts have in common: 1 for the same, 0 for nothing (Dice 1945).
fn overlap(a: &HashSet<[char; 3]>, b: &HashSet<[char; 3]>) -> f32 {
    2.0 * a.intersection(b).count() as f32 / (a.len() + b.len()).max(1) as f32
}

/// A job behind worked examples. A fragment is shown none: a weak model gives them back.
fn job_by_example(direction: Direction, sentences: &[&str], attempt: Attempt<'_>) -> Job {
    let Direction { from, to } = direction;
    let shape = sentences.first().map_or(Shape::Sentence, |sentence| Shape::of(sentence));
    let shown_examples = examples().filter(|it| shape == Shape::Sentence && !attempt.without.contains(it));
    let shared: String = shown_examples.map(|example| shown(example, direction)).collect();
    let branch = |sentence: &&str| Branch {
        tail: format!("{}: {}\n{}:", from.english_name(), one_line(sentence), to.english_name()),
        output: Output::Text(rules(sentence, direction, attempt.temperature)),
    };
    let system = with_names(instructions(shape), direction).trim().to_owned();
    Job { system, shared, branches: sentences.iter().map(branch).collect() }
}

/// A prompt with the names of the languages.
fn with_names(text: &str, Direction { from, to }: Direction) -> String {
    text.replace("{from}", from.english_name()).replace("{to}", to.english_name())
}

/// One worked example, from its lines in each language.
fn shown(example: &str, Direction { from, to }: Direction) -> String {
    let line = |language| line_of(example, language);
    format!("{}: {}\n{}: {}\n\n", from.english_name(), line(from), to.english_name(), line(to))
}

fn rules(sentence: &str, direction: Direction, temperature: f32) -> Rules {
    let Direction { from, to } = direction;
    let length = sentence.chars().count();
    let (prose, placeholders) = without_placeholders(sentence, to);
    let foreign = if to == Language::En { Vec::new() } else { codes(&prose, from) };
    // A code with digits counts as a number: it has to come through, and as often as it is given.
    let (numbered, words): (Vec<&str>, Vec<&str>) =
        foreign.into_iter().partition(|word| word.contains(|c: char| c.is_ascii_digit()));
    let free = free_numbers(&prose, &numbered);
    let respelled = separators::respellings(&prose, direction);
    let numbers = free.iter().map(|(number, behind)| {
        let mut spellings = number_spellings(number, behind, from, to);
        if let Some(new) = respelled.get(number) {
            spellings.retain(|spelling| spelling != number && spelling != new);
            spellings.push(new.clone());
        }
        spellings
    });
    let stays = numbered.iter().copied().map(str::to_owned).chain(placeholders);
    let openings = TaskWords::unreasoned(sentence).openings;
    let text = TextRules {
        script: Script::new(to, words.into_iter().map(str::to_owned).collect()),
        forbidden: ForbiddenWords::of(to, openings),
        names: names(sentence, from, to),
    };
    let format = SentenceFormat {
        text,
        numbers: numbers.chain(stays.map(|code| vec![code])).collect(),
        marks: marks(sentence),
        ends: ends(sentence),
        length: (1.max(length / 3), length + length / 2 + 20),
    };
    let sampling = Sampling { temperature, repetition_penalty: REPETITION_PENALTY, ..Sampling::default() };
    // A Cyrillic letter may take a token of its own.
    let max_tokens = 2 * length + 48;
    Rules { max_tokens, sampling, constraint: Box::new(SentenceGrammar::new(format)) }
}

/// A sentence without the letters and digits of its placeholders, and these: they are written as they stand, and as often.
/// Letters that the language has itself are free, so those of a Latin text are only looked at afterwards.
fn without_placeholders(sentence: &str, to: Language) -> (String, Vec<String>) {
    let spans = protect::spans(sentence);
    let bodies = spans.iter().map(|range| sentence[range.clone()].trim_matches(|c: char| !c.is_alphanumeric()));
    let listed = |c: char| c.is_ascii_digit() || (c.is_ascii_alphabetic() && to != Language::En);
    let bodies = bodies.filter(|body| body.starts_with(listed)).map(str::to_owned).collect();
    (replaced(sentence, spans.into_iter().map(|range| (range, " "))), bodies)
}

/// What its translation ends with: a sentence stays one, and a headline has no mark.
fn ends(sentence: &str) -> &'static str {
    let sentence = sentence.trim_end();
    let closed = |text: &str| text.ends_with(|c| ENDS.contains(c));
    match closed(sentence.trim_end_matches(|c| QUOTES.contains(c))) {
        true if closed(sentence) => ENDS,
        true => ENDS_OR_QUOTES,
        false => "",
    }
}

/// The names of a sentence, as the other language spells them: what has a capital.
fn names(sentence: &str, from: Language, to: Language) -> NameSpellings {
    let tokens = tokens(sentence);
    let named = tokens.iter().filter(|token| token.is_capitalised() && !token.is_acronym());
    NameSpellings::new(beginnings(named.map(|token| token.folded.as_str()), from, to))
}

/// The numbers that stand for themselves, and what is behind each: that of 39C comes with its word and is not asked for once more.
fn free_numbers<'s>(sentence: &'s str, codes: &[&'s str]) -> Vec<(String, &'s str)> {
    let numbers = |text: &'s str| {
        number_ranges(text).into_iter().map(move |range| (plain_number(&text[range.clone()]), &text[range.end..]))
    };
    let mut free: Vec<_> = numbers(sentence).collect();
    for (number, _) in codes.iter().flat_map(|code| numbers(code)) {
        if let Some(at) = free.iter().position(|(other, _)| *other == number) {
            free.remove(at);
        }
    }
    free
}

/// The marks that a translation has a reason for: the usual ones, those of the source, and other quotation marks for its
/// quotation marks. A colon inside a time is no reason for a label.
fn marks(sentence: &str) -> String {
    let own = sentence.char_indices().filter(|&(at, c)| {
        let mark = (!c.is_alphanumeric() || protect::is_raised(c)) && !c.is_whitespace() && !c.is_control();
        mark && !(c == ':' && sentence[at + 1..].starts_with(|next: char| next.is_ascii_digit()))
    });
    let quotes = if sentence.contains(|c| QUOTES.contains(c)) { QUOTES } else { "" };
    MARKS.chars().chain(own.map(|(_, c)| c)).chain(quotes.chars()).collect()
}

/// Words in Latin letters that may stand in a Cyrillic translation: all those of a Cyrillic sentence, and of an English one
/// acronyms, codes and brands with inner capitals. Names are not among them, since they have a Cyrillic spelling.
fn codes(sentence: &str, from: Language) -> Vec<&str> {
    latin_words(sentence).filter(|word| from != Language::En || is_code(word)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const EN_UK: Direction = Direction { from: Language::En, to: Language::Uk };

    #[test]
    fn the_prompt_shows_both_languages_and_the_sentence_last() {
        let job = job_by_example(EN_UK, &["He left\nthem at 5.", "Two of them were there."], FIRST);
        assert!(job.system.contains("from English into Ukrainian") && !job.system.contains("---"), "{}", job.system);
        assert!(job.shared.matches("English: ").count() >= 3 && job.shared.matches("Ukrainian: ").count() >= 3);
        assert!(!job.shared.contains(": \n"), "every example is there: {}", job.shared);
        assert_eq!(job.branches[0].tail, "English: He left them at 5.\nUkrainian:");
        assert_eq!(job.branches.len(), 2);
    }

    #[test]
    fn two_translations_that_say_the_same_agree() {
        let one = "Four of the victims were taken to hospital, but six could not be saved.";
        assert!(agreement(one, one) > 0.99);
        assert!(agreement(one, "Four of the rescued were taken to hospital, while six could not be saved.") > 0.6);
        assert!(agreement(one, "The gas leak hurt a girl who lived in a flat.") < 0.4 && agreement(one, "") < 0.01);
    }

    #[test]
    fn a_fragment_is_shown_no_sentences() {
        let job = job_by_example(EN_UK, &["Its leaking roof,"], FIRST);
        assert!(
            job.shared.is_empty() && job.system.contains("phrase") && job.system.contains("into Ukrainian"),
            "{}",
            job.system
        );
        assert_eq!(job.branches[0].tail, "English: Its leaking roof,\nUkrainian:");
    }

    #[test]
    fn placeholders_are_written_as_they_stand_and_as_often() {
        let source = "Sent :days days ago to {user_name}, %1$s of 12,300 for __sum__.";
        let text = "Надіслано :days днів тому для {user_name}, %1$s із 12\u{a0}300 за __sum__.";
        let mut constraint = rules(source, EN_UK, 0.0).constraint;
        assert!(constraint.allows(text.as_bytes()));
        constraint.advance(text.as_bytes());
        assert!(constraint.may_end());
        for wrong in [text.replace("{user_name}", "{user_name} {user_name}"), text.replace("12\u{a0}300", "12,300")] {
            assert!(!rules(source, EN_UK, 0.0).constraint.allows(wrong.as_bytes()), "{wrong}");
        }
        for lacking in [text.replace("__sum__", "суму"), text.replace(":days", ":дні")] {
            let mut constraint = rules(source, EN_UK, 0.0).constraint;
            constraint.advance(lacking.as_bytes());
            assert!(!constraint.may_end(), "{lacking}");
        }
        assert!(rules("It holds 10⁶ kg on 5 m².", EN_UK, 0.0).constraint.allows("Тримає 10⁶ кг на 5 м².".as_bytes()));
    }

    #[test]
    fn talk_is_shut_out_unless_the_source_speaks_of_it() {
        let constraint = rules("The bridge opened.", EN_UK, 0.0).constraint;
        assert!(!constraint.allows("Українську версію".as_bytes()) && constraint.allows("Міст відкрито.".as_bytes()));
        let constraint = rules("Ukrainian bridges opened.", EN_UK, 0.0).constraint;
        assert!(constraint.allows("Українські мости відкрито.".as_bytes()));
        let (to_uk, to_en) = (EN_UK, Direction { from: Language::Uk, to: Language::En });
        for (source, direction, text) in [
            ("ЗСУ відбили атаку.", to_en, "Ukrainian forces beat off the attack."),
            ("Ткацька фабрика закрилася.", to_en, "The textile mill closed."),
            ("The defendant has left.", to_uk, "Відповідач поїхав."),
            ("Police suspect arson.", to_uk, "Версія поліції про підпал."),
            ("Should the river rise, it floods.", to_uk, "Якщо вода підніметься, затопить."),
            ("The crossbar saved the keeper.", to_uk, "Перекладина врятувала воротаря."),
        ] {
            assert!(rules(source, direction, 0.0).constraint.allows(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn a_worked_example_can_be_left_out() {
        let shown = |without| {
            job_by_example(EN_UK, &["Two of them have left."], Attempt { temperature: SECOND, without })
                .shared
                .contains("birds")
        };
        let birds = examples().find(|example| example.contains("birds")).unwrap();
        assert!(shown(&[]) && !shown(&[birds]));
    }

    #[test]
    fn a_sentence_stays_one() {
        let closed = |source: &str, text: &str| {
            let mut constraint = rules(source, EN_UK, 0.0).constraint;
            assert!(constraint.allows(text.as_bytes()), "{text}");
            constraint.advance(text.as_bytes());
            constraint.may_end()
        };
        assert!(closed("The bridge opened.", "Міст відкрили.") && !closed("The bridge opened.", "Міст відкрили"));
        assert!(closed("\"It opened.\"", "«Його відкрили.»") && closed("New bridge opens", "Новий міст відкрили"));
    }

    #[test]
    fn texts_that_say_nearly_the_same_overlap() {
        let [a, b, c] = ["Міст відкрили.", "міст відкрито.", "Банк закрився"].map(trigrams);
        assert_eq!(overlap(&a, &a), 1.0);
        assert!(overlap(&a, &b) > 0.6 && overlap(&a, &c) < 0.3 && overlap(&a, &HashSet::new()) == 0.0);
    }

    #[test]
    fn the_rules_ask_for_numbers_and_refuse_source_words() {
        let mut constraint = rules("The (HUR) has 5 tanks at 9:30.", EN_UK, 0.0).constraint;
        assert!(constraint.allows("ГУР (HUR) має 5 танків о 9:30.\n".as_bytes()));
        assert!(!constraint.allows("ГУР має танки.\n".as_bytes()));
        assert!(!constraint.allows("ГУР має 5 tanks.".as_bytes()));
        assert!(!constraint.allows("Переклад: ".as_bytes()), "a label");
        let mut code = rules("The JAS 39C has crashed.", EN_UK, 0.0).constraint;
        assert!(code.allows("Розбився JAS 39C.\n".as_bytes()) && !code.allows("Розбився 39.".as_bytes()));
        assert!(!code.allows("Розбився літак.\n".as_bytes()), "a code is not left out");
        code.advance("Розбився JAS 39C".as_bytes());
        assert!(
            code.allows(" і".as_bytes()) && !code.allows(" і 39C.".as_bytes()),
            "and comes as often as it is given"
        );
        constraint.advance("ГУР має 5 танків о 9:30.".as_bytes());
        assert!(constraint.may_end());
        let mut name = rules("General Kisel has left.", EN_UK, 0.0).constraint;
        name.advance("Генерал К".as_bytes());
        assert!(name.better_than("исел".as_bytes()).is_some_and(|is_better| is_better("ісел".as_bytes())));
        assert!(!name.allows("исель что ".as_bytes()), "a Russian word");
    }
}
