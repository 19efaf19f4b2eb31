//! Tests of the way of a text through translators that know a few words.

use std::sync::Mutex;

use super::super::{Format, Pending};
use super::*;
use crate::intake::Company;
use crate::language::Language::{self, En, Ru, Uk};

/// Renders word by word from a list, and keeps what it was asked.
struct Scripted {
    name: &'static str,
    direction: Direction,
    quality: f32,
    words: &'static [(&'static str, &'static str)],
    asked: Arc<Mutex<Vec<String>>>,
}

impl Translator for Scripted {
    fn name(&self) -> &str {
        self.name
    }

    fn quality(&self, direction: Direction) -> Option<f32> {
        (direction == self.direction).then_some(self.quality)
    }

    fn translate(&self, batch: Batch) -> Pending<'_> {
        Box::pin(async move {
            self.asked.lock().unwrap().extend(batch.sentences.iter().cloned());
            let render =
                |text: &String| self.words.iter().fold(text.clone(), |text, (from, to)| text.replace(from, to));
            Ok(batch.sentences.iter().map(render).map(Output::from).collect())
        })
    }
}

type Asked = Arc<Mutex<Vec<String>>>;

fn scripted(
    name: &'static str,
    (from, to): (Language, Language),
    quality: f32,
    words: &'static [(&'static str, &'static str)],
) -> (Scripted, Asked) {
    let asked = Asked::default();
    (Scripted { name, direction: Direction { from, to }, quality, words, asked: asked.clone() }, asked)
}

fn block<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(work)
}

fn translate(desk: &Translators, text: &str, (from, to): (Option<Language>, Language), format: Format) -> Translation {
    let document = Document { text: text.to_owned(), from, to, format };
    block(desk.translate(document, &mut |_| ())).unwrap()
}

const WORDS: &[(&str, &str)] = &[
    ("The mayor opened", "Мер відкрив"),
    ("the old bridge", "старий міст"),
    ("Read more at", "Читайте на"),
    (" men left", " людей пішли"),
    ("today", "сьогодні"),
];

#[test]
fn a_text_keeps_its_shape_and_a_repeated_sentence_is_asked_once() {
    let (translator, asked) = scripted("words", (En, Uk), 50.0, WORDS);
    let desk = Translators::new().with(translator);
    let text = "The mayor opened the old bridge.\n\n - The mayor opened the old bridge.\n - 300 men left! 🔥\n\n12:30\n\nRead more at https://a.ua/x today.\n";
    let done = translate(&desk, text, (None, Uk), Format::Text);
    assert_eq!(
        done.text,
        "Мер відкрив старий міст.\n\n - Мер відкрив старий міст.\n - 300 людей пішли! 🔥\n\n12:30\n\nЧитайте на https://a.ua/x сьогодні.\n"
    );
    assert_eq!(asked.lock().unwrap().len(), 3);
    assert_eq!((done.engine.as_str(), done.from), ("words", En));
    assert!(done.sentences.iter().all(|sentence| sentence.faults.is_empty()), "{:?}", done.sentences);
}

#[test]
fn what_fails_goes_to_the_next_and_the_answer_names_it() {
    let (best, _) =
        scripted("best", (En, Uk), 60.0, &[("The mayor opened 5", "Мер відкрив 6"), ("the old bridge", "старий міст")]);
    let (next, asked) =
        scripted("next", (En, Uk), 30.0, &[("The mayor opened", "Мер відчинив"), ("old bridges", "старих мостів")]);
    let desk = Translators::new().with(next).with(best);
    let done = translate(&desk, "The mayor opened 5 old bridges.", (Some(En), Uk), Format::Text);
    assert_eq!((done.text.as_str(), done.engine.as_str()), ("Мер відчинив 5 старих мостів.", "next"));
    assert_eq!(asked.lock().unwrap().len(), 1);
    assert_eq!(desk.best(Direction { from: En, to: Uk }).unwrap().0, "best");
}

#[test]
fn ukrainian_and_russian_meet_in_english() {
    let (there, _) = scripted("uk-en", (Uk, En), 60.0, &[("Мер відкрив міст", "The mayor opened the bridge")]);
    let (back, _) = scripted("en-ru", (En, Ru), 55.0, &[("The mayor opened the bridge", "Мэр открыл мост")]);
    let desk = Translators::new().with(there).with(back);
    let done = translate(&desk, "Мер відкрив міст.", (Some(Uk), Ru), Format::Text);
    assert_eq!((done.text.as_str(), done.engine.as_str()), ("Мэр открыл мост.", "uk-en + en-ru"));
    let missing =
        Document { text: "Мэр открыл мост.".into(), from: Some(Ru), to: Uk, format: Format::Text };
    let error = block(desk.translate(missing, &mut |_| ())).unwrap_err().to_string();
    assert!(error.contains("firefox-ru-en") && error.contains("firefox-en-uk"), "{error}");
}

#[test]
fn what_is_in_the_target_language_stays() {
    let (translator, asked) = scripted("words", (En, Uk), 50.0, WORDS);
    let desk = Translators::new().with(translator);
    let text = "The mayor opened the old bridge. Міський голова учора відкрив новий міст через річку.";
    let done = translate(&desk, text, (Some(En), Uk), Format::Text);
    assert_eq!(done.text, "Мер відкрив старий міст. Міський голова учора відкрив новий міст через річку.");
    assert_eq!(asked.lock().unwrap().len(), 1);
    assert_eq!(done.sentences[1].engine, None);
}

#[test]
fn an_address_is_never_lost() {
    let (translator, _) =
        scripted("words", (En, Uk), 50.0, &[("Read more at", "Читайте на"), ("https", "хттпс"), ("today", "сьогодні")]);
    let done = translate(
        &Translators::new().with(translator),
        "Read more at https://a.ua/x?y={id} today.",
        (Some(En), Uk),
        Format::Text,
    );
    assert_eq!(done.text, "Читайте на https://a.ua/x?y={id} сьогодні.");
}

#[test]
fn html_and_subtitles_come_back_whole() {
    let (translator, _) = scripted("words", (En, Uk), 50.0, WORDS);
    let desk = Translators::new().with(translator);
    let html = "<p>The mayor opened <a href='x'>the old bridge</a> &amp; <b translate=\"no\">ACME</b> today.</p>";
    let done = translate(&desk, html, (Some(En), Uk), Format::Html);
    assert_eq!(
        done.text,
        "<p>Мер відкрив <a href='x'>старий міст</a> &amp; <b translate=\"no\">ACME</b> сьогодні.</p>"
    );
    let cue = "1\n00:00:01,000 --> 00:00:02,000\nThe mayor opened\nthe old bridge\n\n";
    let done = translate(&desk, cue, (Some(En), Uk), Format::Srt);
    assert_eq!(done.text, "1\n00:00:01,000 --> 00:00:02,000\nМер відкрив\nстарий міст\n\n");
}

#[test]
fn placeholders_come_through_whatever_a_translator_does() {
    const WORDS: &[(&str, &str)] = &[
        ("Renewed", "Поновлено"),
        ("days ago", "днів тому"),
        (" by", ""),
        ("You owe", "Ви винні"),
        ("to", "для"),
        // What translators do to placeholders.
        (":days", ":дні"),
        ("__sum__", "__сума__"),
        ("{name}", "{ім'я} {ім'я}"),
        ("%s", "% s"),
        ("%1$d", "%1$d %1$d"),
        ("<g id=\"1\">", ""),
        ("${cost}", "$ {вартість}"),
    ];
    let desk = || Translators::new().with(scripted("words", (En, Uk), 50.0, WORDS).0);
    for (text, wanted) in [
        ("Renewed :days days ago by :user.", "Поновлено :days днів тому :user."),
        ("You owe __sum__ to {name}!", "Ви винні __sum__ для {name}!"),
        ("You owe %s to %1$d, %s.", "Ви винні %s для %1$d, %s."),
        ("You owe <g id=\"1\">%(sum)s</g> to {name}.", "Ви винні <g id=\"1\">%(sum)s</g> для {name}."),
        ("You owe ${cost} to $t(common.us) &amp; {0}.", "Ви винні ${cost} для $t(common.us) &amp; {0}."),
        ("{name} Renewed :days", "{name} Поновлено :days"),
        ("YOU OWE %s TO {Name} OR ${cost}", "YOU OWE %s TO {Name} OR ${cost}"),
        ("You owe [[sum]]\\nto __us__", "Ви винні [[sum]]\\nдля __us__"),
    ] {
        let done = translate(&desk(), text, (Some(En), Uk), Format::Text);
        assert_eq!(done.text, wanted);
        let broken = |sentence: &Sentence| sentence.faults.iter().any(|fault| fault.kind.breaks_what_stays());
        assert!(!done.sentences.iter().any(broken), "{text}: {:?}", done.sentences);
    }
}

#[test]
fn the_branches_of_a_message_are_translated_and_its_frame_stays() {
    const WORDS: &[(&str, &str)] = &[
        ("You have", "Маєте"),
        ("new letter", "новий лист"),
        ("today", "сьогодні"),
        ("nothing", "нічого"),
        ("many", "багато"),
    ];
    let desk = Translators::new().with(scripted("words", (En, Uk), 50.0, WORDS).0);
    let text =
        "You have {n, plural, =0 {nothing} one {# new letter} other {{size, select, big {many} other {#}}}} today.";
    let done = translate(&desk, text, (Some(En), Uk), Format::Text);
    let wanted =
        "Маєте {n, plural, =0 {нічого} one {# новий лист} other {{size, select, big {багато} other {#}}}} сьогодні.";
    assert_eq!(done.text, wanted);
    let lines = "{n, plural,\n\tone {# new letter}\n\tother {many}\n}\nYou have many\n";
    let done = translate(&desk, lines, (Some(En), Uk), Format::Text);
    assert_eq!(done.text, "{n, plural,\n\tone {# новий лист}\n\tother {багато}\n}\nМаєте багато\n");
    let broken = "{n, plural, one nothing other} today";
    let done = translate(&desk, broken, (Some(En), Uk), Format::Text);
    assert_eq!(done.text, "{n, plural, one nothing other} сьогодні");
    let html = "<p>You have {n, plural, one {# <b>new letter</b>} other {a &lt; b}} today.</p>";
    let done = translate(&desk, html, (Some(En), Uk), Format::Html);
    assert_eq!(done.text, "<p>Маєте {n, plural, one {# <b>новий лист</b>} other {a &lt; b}} сьогодні.</p>");
}

#[test]
fn a_changed_weekday_is_a_fault_and_the_next_translator_is_asked() {
    for (source, wrong, right, to) in [
        ("GAS CHECK AND REPORT DUE FRIDAY", "Звіт у понеділок", "Звіт у п'ятницю", Uk),
        ("They meet on Wednesday.", "Они встретятся в понедельник.", "Они встретятся в среду.", Ru),
        ("It opens in June.", "Він відкриється в липні.", "Він відкриється в червні.", Uk),
    ] {
        let best = Fixed { name: "best", to, quality: 60.0, text: wrong };
        let next = Fixed { name: "next", to, quality: 30.0, text: right };
        let done = translate(&Translators::new().with(next).with(best), source, (Some(En), to), Format::Text);
        assert_eq!(done.text.to_lowercase(), right.to_lowercase());
        assert_eq!((done.engine.as_str(), done.sentences[0].faults.len()), ("next", 0), "{:?}", done.sentences);
        let alone = Translators::new().with(Fixed { name: "best", to, quality: 60.0, text: wrong });
        let done = translate(&alone, source, (Some(En), to), Format::Text);
        assert!(
            done.sentences[0].faults.iter().any(|fault| fault.kind == FaultKind::DateChanged),
            "{:?}",
            done.sentences
        );
    }
}

#[test]
fn numbers_take_the_separators_of_the_target() {
    let copied = |from, to, words| Translators::new().with(scripted("words", (from, to), 50.0, words).0);
    let done = translate(
        &copied(En, Uk, &[("Of the", "Із"), ("flats,", "квартир"), ("are cold", "холодні")]),
        "Of the 12,300 flats, 4.5% are cold.",
        (Some(En), Uk),
        Format::Text,
    );
    assert_eq!(done.text, "Із 12\u{a0}300 квартир 4,5% холодні.");
    assert_eq!(done.sentences[0].faults, []);
    let done = translate(
        &copied(Uk, En, &[("Із", "Of"), ("квартир", "flats,"), ("холодні", "are cold")]),
        "Із 12\u{a0}300 квартир 4,5% холодні.",
        (Some(Uk), En),
        Format::Text,
    );
    assert_eq!(done.text, "Of 12,300 flats, 4.5% are cold.");
}

#[test]
fn what_everybody_makes_up_stays_as_it_was_with_its_fault() {
    for (source, text) in [
        ("soft piano music", "Учені з'ясували, що ці птахи можуть літати"),
        ("Who pays?", "Переклад цього тексту українською"),
        ("Who pays?", "Платить той, хто замовляє музику на цьому великому святі"),
    ] {
        let desk = Translators::new().with(Fixed { name: "weak", to: Uk, quality: 30.0, text });
        let done = translate(&desk, source, (Some(En), Uk), Format::Text);
        assert_eq!((done.text.as_str(), done.engine.as_str()), (source, "none"));
        let kinds: Vec<FaultKind> = done.sentences[0].faults.iter().map(|fault| fault.kind).collect();
        assert!(kinds.contains(&FaultKind::PromptEcho) || kinds.contains(&FaultKind::Length), "{kinds:?}");
        let better = desk.with(Fixed { name: "next", to: Uk, quality: 20.0, text: "Хто платить?" });
        let done = translate(&better, source, (Some(En), Uk), Format::Text);
        assert!(done.text.starts_with("Хто платить") && done.engine == "next", "{done:?}");
    }
}

#[test]
fn what_a_program_reads_inside_html_comes_back_with_its_bytes() {
    const WORDS: &[(&str, &str)] =
        &[("Many", "Багато"), ("letters", "листів"), ("Sent", "Надіслано"), ("today", "сьогодні"), ("day", "день")];
    let desk = Translators::new().with(scripted("words", (En, Uk), 50.0, WORDS).0);
    for (html, wanted) in [
        (
            "<p>{% if n > 1 %}Many{% endif %} letters {{ a && b }}</p>",
            "<p>{% if n > 1 %}Багато{% endif %} листів {{ a && b }}</p>",
        ),
        (
            "<p>Sent {0,choice,0#no files|1<{0} files} today</p>",
            "<p>Надіслано {0,choice,0#no files|1<{0} files} сьогодні</p>",
        ),
        ("<p>Sent <0>letters</0> today</p>", "<p>Надіслано <0>листів</0> сьогодні</p>"),
        (
            "<p>Sent {n, plural, one {one\n day} other {# letters}} today</p>",
            "<p>Надіслано {n, plural, one {one день} other {# листів}} сьогодні</p>",
        ),
    ] {
        assert_eq!(translate(&desk, html, (Some(En), Uk), Format::Html).text, wanted);
    }
    // One that swaps what begins and what ends a block: the text between them is translated by itself.
    const SWAPS: &[(&str, &str)] = &[
        ("{% if n > 1 %}Many{% endif %}", "{% endif %}Багато{% if n > 1 %}"),
        ("Many", "Багато"),
        ("letters", "листів"),
    ];
    let swaps = Translators::new().with(scripted("swaps", (En, Uk), 50.0, SWAPS).0);
    let done = translate(&swaps, "{% if n > 1 %}Many{% endif %} letters", (Some(En), Uk), Format::Text);
    assert_eq!(done.text, "{% if n > 1 %}Багато{% endif %} листів");
}

#[test]
fn raised_figures_and_notes_stay_where_they_belong() {
    const WORDS: &[(&str, &str)] = &[
        ("Two bridges", "Два мости"),
        ("hold", "витримують"),
        ("and cover", "і займають"),
        ("kg", "кг"),
        (" m", " м"),
        ("water", "вода"),
    ];
    let desk = Translators::new().with(scripted("words", (En, Uk), 50.0, WORDS).0);
    let html = "<p>Two bridges<sup><a href=\"#n\">1</a></sup> hold 10<sup>6</sup> kg and cover 40 m<sup>2</sup>. H<sub>2</sub>O: water.</p>";
    let wanted = "<p>Два мости<sup><a href=\"#n\">1</a></sup> витримують 10<sup>6</sup> кг і займають 40 м<sup>2</sup>. H<sub>2</sub>O: вода.</p>";
    let done = translate(&desk, html, (Some(En), Uk), Format::Html);
    assert_eq!(done.text, wanted);
    assert!(done.sentences.iter().all(|sentence| sentence.faults.is_empty()), "{:?}", done.sentences);
    // One that loses what is raised: it is put back.
    let loses = Translators::new()
        .with(scripted("loses", (En, Uk), 50.0, &[("holds", "витримує"), ("10⁶", "106"), ("kg", "кг")]).0);
    let done = translate(&loses, "<p>It holds 10<sup>6</sup> kg.</p>", (Some(En), Uk), Format::Html);
    assert_eq!(done.text, "<p>It витримує 10<sup>6</sup> кг.</p>");
}

#[test]
fn a_tag_without_its_words_is_a_fault_and_the_page_says_its_language() {
    let html = "<html lang=\"en\"><head><meta property=\"og:locale\" content=\"en_GB\"></head><body dir=\"ltr\"><p>The <b>very</b> <i>big</i> <u>mayor</u>.</p></body></html>";
    let short = Translators::new().with(Fixed { name: "short", to: Uk, quality: 60.0, text: "Мер." });
    let done = translate(&short, html, (Some(En), Uk), Format::Html);
    let faults: Vec<_> = done.sentences[0].faults.iter().filter(|fault| fault.kind == FaultKind::TagEmptied).collect();
    assert_eq!(faults.len(), 2, "{:?}", done.sentences);
    let whole =
        Fixed { name: "whole", to: Uk, quality: 30.0, text: "Дуже великий міський голова." };
    let done = translate(&short.with(whole), html, (Some(En), Uk), Format::Html);
    assert_eq!((done.engine.as_str(), done.sentences[0].faults.len()), ("whole", 0));
    assert!(
        !done.text.contains("></b>") && !done.text.contains("></i>") && !done.text.contains("></u>"),
        "{}",
        done.text
    );
    assert!(done.text.starts_with(
        "<html lang=\"uk\"><head><meta property=\"og:locale\" content=\"uk_UA\"></head><body dir=\"ltr\">"
    ));
}

#[test]
fn a_text_that_could_be_in_two_languages_is_in_that_of_its_company() {
    let document = |text: &str| Document { text: text.to_owned(), from: None, to: En, format: Format::Text };
    let texts = ["Погода на завтра", "Уряд ухвалив бюджет на рік."];
    let options = OpenOptions { company: Company::of(texts), ..OpenOptions::default() };
    assert_eq!(open(&document(texts[0]), &options).ok().map(|opened| opened.from), Some(Uk));
    // What can be in one only stays in that.
    assert_eq!(open(&document("Это мы"), &options).ok().map(|opened| opened.from), Some(Ru));
    let german = document("Die Regierung hat am Montag ein neues Gesetz beschlossen.");
    assert!(matches!(open(&german, &options), Err(TranslateError::UnknownLanguage { .. })));
    let left = OpenOptions::default();
    left.cancel.cancel();
    assert!(matches!(open(&document(texts[1]), &left), Err(TranslateError::Engine(EngineError::Cancelled))));
}

#[test]
fn putting_together_stops_when_nobody_waits() {
    let document = Document { text: "It left.".to_owned(), from: Some(En), to: Uk, format: Format::Text };
    let opened = open(&document, &OpenOptions::default()).unwrap();
    let (rendered, cancel) = ([Rendered::kept("Пішло.")], Cancel::default());
    assert_eq!(opened.assemble(&rendered, &cancel).unwrap(), "Пішло.");
    cancel.cancel();
    assert!(matches!(opened.assemble(&rendered, &cancel), Err(TranslateError::Engine(EngineError::Cancelled))));
}

#[test]
fn what_bounds_a_request_is_held_as_long_as_its_text() {
    let held: Arc<dyn Send + Sync> = Arc::new(());
    let bounds = Arc::downgrade(&held);
    let document = Document { text: "It left.".to_owned(), from: Some(En), to: Uk, format: Format::Text };
    let opened = open(&document, &OpenOptions { permit: Some(held), ..OpenOptions::default() }).unwrap();
    let thread = opened.clone();
    drop(opened);
    assert!(bounds.upgrade().is_some(), "a thread works with it");
    drop(thread);
    assert!(bounds.upgrade().is_none());
}

/// Says the same whatever it is asked.
struct Fixed {
    name: &'static str,
    to: Language,
    quality: f32,
    text: &'static str,
}

impl Translator for Fixed {
    fn name(&self) -> &str {
        self.name
    }

    fn quality(&self, direction: Direction) -> Option<f32> {
        (direction == Direction { from: En, to: self.to }).then_some(self.quality)
    }

    fn has_prompt(&self) -> bool {
        self.name == "weak"
    }

    fn translate(&self, batch: Batch) -> Pending<'_> {
        Box::pin(async move { Ok(batch.sentences.iter().map(|_| Output::from(self.text.to_owned())).collect()) })
    }
}

/// Does to the words of a sentence what bad translators do.
struct Hostile(u8);

impl Translator for Hostile {
    fn name(&self) -> &str {
        "hostile"
    }

    fn quality(&self, _: Direction) -> Option<f32> {
        Some(50.0)
    }

    fn translate(&self, batch: Batch) -> Pending<'_> {
        let spoiled = |text: &String| {
            let words: Vec<&str> = text.split(' ').collect();
            let out: Vec<String> = match self.0 {
                0 => words.iter().map(|word| (*word).to_owned()).collect(),
                1 => words.iter().rev().map(|word| (*word).to_owned()).collect(),
                2 => words.iter().flat_map(|word| [word, word]).map(|word| (*word).to_owned()).collect(),
                3 => words
                    .iter()
                    .filter(|word| word.chars().all(char::is_alphabetic))
                    .map(|word| (*word).to_owned())
                    .collect(),
                4 => words.iter().map(|word| word.replace(['{', '%', ':', '<'], "")).collect(),
                5 => words.iter().map(|word| format!("{word} {{extra}}")).collect(),
                _ => words.iter().map(|word| word.to_uppercase()).collect(),
            };
            Output::from(out.join(" "))
        };
        let outputs = batch.sentences.iter().map(spoiled).collect();
        Box::pin(async move { Ok(outputs) })
    }
}

/// What stays in a text, as counts, and the order of what has one.
fn stays(text: &str) -> (std::collections::BTreeMap<String, usize>, Vec<String>) {
    let surfaces: Vec<String> =
        super::super::protect::spans(text).into_iter().map(|range| text[range].to_owned()).collect();
    let mut counts = std::collections::BTreeMap::new();
    surfaces.iter().for_each(|surface| *counts.entry(surface.clone()).or_default() += 1);
    let ordered = surfaces.into_iter().filter(|surface| super::super::protect::is_ordered(surface)).collect();
    (counts, ordered)
}

proptest::proptest! {
    #[test]
    fn what_is_protected_comes_back_once_and_in_order(
        tokens in proptest::collection::vec(proptest::sample::select(&[
            "the", "mayor", "opened", "bridge.", "old", "men,", "{a}", "{b}", "%s", "%d", "%1$s", ":name", "__sum__", "<b>",
            "</b>", "<x id=\"1\"/>", "&nbsp;", "\\n", "${cost}", "https://a.ua/x", "@desk", "👍", "[[x]]", "10⁶", "{{ y }}",
            "{n, plural, one {the old bridge of the mayor} other {{c}}}",
        ][..]), 1..14),
        way in 0_u8..7,
    ) {
        let text = tokens.join(" ");
        let done = translate(&Translators::new().with(Hostile(way)), &text, (Some(En), Uk), Format::Text);
        let named = done.sentences.iter().any(|sentence| sentence.faults.iter().any(|fault| fault.kind.breaks_what_stays()));
        if !named {
            proptest::prop_assert_eq!(stays(&text), stays(&done.text), "{} -> {}", text, done.text);
        }
    }
}
