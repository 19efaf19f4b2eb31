//! The desk's tests, with translators that know a few words.

use std::sync::Mutex;

use super::super::Pending;
use super::*;
use crate::intake::Language::{self, En, Ru, Uk};

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

fn translate(desk: &Desk, text: &str, (from, to): (Option<Language>, Language), format: Format) -> Translation {
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
    let desk = Desk::new().with(translator);
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
    let desk = Desk::new().with(next).with(best);
    let done = translate(&desk, "The mayor opened 5 old bridges.", (Some(En), Uk), Format::Text);
    assert_eq!((done.text.as_str(), done.engine.as_str()), ("Мер відчинив 5 старих мостів.", "next"));
    assert_eq!(asked.lock().unwrap().len(), 1);
    assert_eq!(desk.best(Direction { from: En, to: Uk }).unwrap().0, "best");
}

#[test]
fn ukrainian_and_russian_meet_in_english() {
    let (there, _) = scripted("uk-en", (Uk, En), 60.0, &[("Мер відкрив міст", "The mayor opened the bridge")]);
    let (back, _) = scripted("en-ru", (En, Ru), 55.0, &[("The mayor opened the bridge", "Мэр открыл мост")]);
    let desk = Desk::new().with(there).with(back);
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
    let desk = Desk::new().with(translator);
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
        &Desk::new().with(translator),
        "Read more at https://a.ua/x?y={id} today.",
        (Some(En), Uk),
        Format::Text,
    );
    assert_eq!(done.text, "Читайте на https://a.ua/x?y={id} сьогодні.");
}

#[test]
fn html_and_subtitles_come_back_whole() {
    let (translator, _) = scripted("words", (En, Uk), 50.0, WORDS);
    let desk = Desk::new().with(translator);
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
