//! Translators for tests: one that spells each letter in the other alphabet, and tools to start students.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use stislo::hub::{Silent, TranslatorFiles, TranslatorManifest};
use stislo::language::Language;
use stislo::translate::{Batch, Direction, Output, Pending, TranslateError, Translator, Translators};

use crate::hub_server::{COMMIT, HubServer, REPOSITORY, hub};
use crate::tiny_student::{Files, packed};

/// Each Latin letter and its Cyrillic one; all of them are in both Ukrainian and Russian.
const LETTERS: [&str; 2] =
    ["abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", "абцдифгхжйклмнопщрстувшчюзАБЦДИФГХЖЙКЛМНОПЩРСТУВШЧЮЗ"];
/// Words of numbers and dates, which would be wrong if they were only spelled in other letters.
const WORDS: [[&str; 2]; 3] = [["September", "вересня"], ["November", "листопада"], ["million", "млн"]];

/// Spells instead of translating.
pub(crate) fn spelled(text: &str, to: Language) -> String {
    let (from, into) = if to == Language::En { (LETTERS[1], LETTERS[0]) } else { (LETTERS[0], LETTERS[1]) };
    let spell = |c: char| from.chars().position(|known| known == c).and_then(|at| into.chars().nth(at)).unwrap_or(c);
    let words = WORDS.map(|[english, other]| if to == Language::En { [other, english] } else { [english, other] });
    let text = words.iter().fold(text.to_owned(), |text, [from, into]| text.replace(from, into));
    text.chars().map(spell).collect()
}

/// What a [`Speller`] was asked.
#[derive(Clone, Default)]
pub(crate) struct Asked {
    pub(crate) sentences: Arc<Mutex<Vec<String>>>,
    /// Batches that are under way.
    pub(crate) open: Arc<AtomicUsize>,
    /// When set, a batch waits until it is notified.
    pub(crate) gate: Option<Arc<tokio::sync::Notify>>,
    pub(crate) begun: Arc<tokio::sync::Notify>,
}

/// Translates English from and to the other two.
pub(crate) struct Speller(pub(crate) Asked);

impl Translator for Speller {
    fn name(&self) -> &str {
        "speller"
    }

    fn quality(&self, direction: Direction) -> Option<f32> {
        (direction.from != direction.to && [direction.from, direction.to].contains(&Language::En)).then_some(60.0)
    }

    fn translate(&self, batch: Batch) -> Pending<'_> {
        /// Counts a batch as open until it is finished or dropped.
        struct Open(Arc<AtomicUsize>);
        impl Drop for Open {
            fn drop(&mut self) {
                self.0.fetch_sub(1, Ordering::SeqCst);
            }
        }
        Box::pin(async move {
            self.0.open.fetch_add(1, Ordering::SeqCst);
            let _open = Open(self.0.open.clone());
            self.0.begun.notify_one();
            if let Some(gate) = &self.0.gate {
                gate.notified().await;
            }
            self.0.sentences.lock().unwrap().extend(batch.sentences.iter().cloned());
            Ok(batch.sentences.iter().map(|text| Output::from(spelled(text, batch.direction.to))).collect())
        })
    }
}

/// A translator that always fails.
pub(crate) struct Broken;

impl Translator for Broken {
    fn name(&self) -> &str {
        "broken"
    }

    fn quality(&self, _: Direction) -> Option<f32> {
        Some(99.0)
    }

    fn translate(&self, _: Batch) -> Pending<'_> {
        Box::pin(async { Err(TranslateError::Broken { name: "broken".into(), reason: "always".into() }) })
    }
}

/// A desk with a speller.
pub(crate) fn desk() -> (Translators, Asked) {
    let asked = Asked::default();
    (Translators::new().with(Speller(asked.clone())), asked)
}

/// A manifest of a student from English to Ukrainian; each build has the hashes of its packed files.
pub(crate) fn manifest(builds: &[[&[u8]; 3]]) -> TranslatorManifest {
    let mut text = format!(
        "name = \"tiny-en-uk\"\nkind = \"student\"\nsummary = \"for tests\"\nrepository = \"{REPOSITORY}\"\n\
         revision = \"{COMMIT}\"\nlicence = \"MIT\"\nways = [{{ from = \"en\", to = \"uk\", chrf = 20.0 }}]\n\
         [files]\nmodel = \"en-uk/m.bin.gz\"\nvocabulary = \"en-uk/v.spm.gz\"\nshortlist = \"en-uk/lex.bin.gz\"\n"
    );
    for build in builds {
        let hash = build.map(stislo::hub::Sha256::of);
        text +=
            &format!("[[build]]\nmodel = \"{}\"\nvocabulary = \"{}\"\nshortlist = \"{}\"\n", hash[0], hash[1], hash[2]);
    }
    TranslatorManifest::parse(&text, "tiny.toml").unwrap()
}

/// Puts a student's packed files on a hub; gives them.
pub(crate) fn publish(server: &HubServer, files: &Files) -> [Vec<u8>; 3] {
    let all = [&files.model, &files.vocabulary, &files.shortlist].map(|bytes| packed(bytes));
    for (path, bytes) in ["en-uk/m.bin.gz", "en-uk/v.spm.gz", "en-uk/lex.bin.gz"].iter().zip(&all) {
        server.add_file(path, bytes);
    }
    all
}

/// Downloads a student from a hub of its own.
pub(crate) async fn downloaded(files: &Files, cache: &Path) -> (TranslatorManifest, TranslatorFiles) {
    let server = HubServer::start(b"x").await;
    let all = publish(&server, files);
    let manifest = manifest(&[[&all[0], &all[1], &all[2]]]);
    let files = hub(&server, cache).fetch_translator(&manifest, &Silent).await.unwrap();
    (manifest, files)
}
