//! Student translators: the small networks of Firefox Translations, run by the crate `fxtranslate`.
//!
//! What the crate does with odd input was measured: it invents words for empty or picture-only text, so only sentences
//! with letters get here (`polish::strip`); it cuts what is longer than its window, so such sentences are cut here and
//! joined; and it panics on files that are no models, which its thread (`network`) turns into an error. Not here: which
//! student is asked (`translators`).

use fxtranslate::engine::{Aligned, Engine};

use super::network::{Network, NetworkTranslator, broken};
use super::split::Parts;
use super::{Batch, Link, Output, TranslateError, Want};
use crate::hub::{TranslatorFiles, TranslatorManifest};

/// Pieces of a sentence that the network was trained to take at once, its end mark included.
const WINDOW: usize = 120;

impl NetworkTranslator {
    /// The student of a manifest. The files are read when it is first asked.
    ///
    /// # Errors
    /// When the manifest names a language that is not one of ours, or no thread can be started.
    pub fn student(manifest: &TranslatorManifest, files: TranslatorFiles) -> Result<Self, TranslateError> {
        let name = manifest.name.clone();
        Self::start(manifest, move || load(&name, &files))
    }
}

impl Network for Engine {
    /// All parts of all sentences go through the network together, unless their words have to be followed.
    fn translate(&self, batch: &Batch, _: &dyn Fn() -> bool) -> Result<Vec<Output>, TranslateError> {
        let fits = |part: &str| self.src_ids(part).len() <= WINDOW;
        let parts = Parts::new(&batch.sentences, &fits);
        if batch.want == Want::Links {
            let one = |(text, parts): (&String, &Vec<&str>)| match parts[..] {
                [whole] => linked(self, whole, text.len() - text.trim_start().len()),
                _ => self.translate_batch(parts).join(" ").into(),
            };
            return Ok(batch.sentences.iter().zip(parts.each()).map(one).collect());
        }
        Ok(parts.join(self.translate_batch(&parts.all())))
    }
}

fn load(name: &str, files: &TranslatorFiles) -> Result<Engine, TranslateError> {
    if !kernel_runs_here() {
        return Err(broken(name, "its arithmetic needs a processor with AVX2"));
    }
    let files = files.read()?;
    let [model, vocabulary, shortlist] = &files[..] else { return Err(broken(name, "it must have three files")) };
    let engine = Engine::from_bytes(model, vocabulary, vocabulary).map_err(|reason| broken(name, reason))?;
    Ok(engine.with_shortlist_bytes(shortlist))
}

/// The crate's kernel for x86-64 is compiled for AVX2 and asks no questions.
fn kernel_runs_here() -> bool {
    #[cfg(target_arch = "x86_64")]
    {
        std::arch::is_x86_feature_detected!("avx2")
    }
    #[cfg(not(target_arch = "x86_64"))]
    {
        true
    }
}

/// With where each piece of the translation comes from: the piece of the source that it looks at most. The part begins at
/// the byte `indent` of its sentence.
fn linked(engine: &Engine, part: &str, indent: usize) -> Output {
    let Aligned { target_text, source_tokens, target_tokens, alignments, source_normalized } =
        engine.translate_aligned(part);
    let (source, target) = (Offsets::new(&source_normalized), Offsets::new(&target_text));
    let links = target_tokens.iter().zip(&alignments).filter_map(|(token, row)| {
        // The last column is the end mark.
        let words = &row[..row.len().min(source_tokens.len()).saturating_sub(1)];
        let (at, _) = words.iter().enumerate().max_by(|(_, a), (_, b)| a.total_cmp(b))?;
        let range = target.byte(token.begin)..target.byte(token.end);
        let source = indent + source.scaled(source_tokens[at].begin, part);
        (!range.is_empty()).then_some(Link { source, target: range })
    });
    Output { links: links.collect(), text: target_text }
}

/// From offsets in UTF-16, as the crate counts, to bytes.
struct Offsets {
    /// The byte of each unit, and the length of the text.
    bytes: Vec<usize>,
}

impl Offsets {
    fn new(text: &str) -> Self {
        let units = text.char_indices().flat_map(|(at, c)| std::iter::repeat_n(at, c.len_utf16()));
        Self { bytes: units.chain([text.len()]).collect() }
    }

    fn byte(&self, unit: usize) -> usize {
        let last = self.bytes.len() - 1;
        self.bytes[unit.min(last)]
    }

    /// The same place in another text; exact where that is the same text, near where blanks were folded.
    fn scaled(&self, unit: usize, other: &str) -> usize {
        let (byte, length) = (self.byte(unit), self.bytes[self.bytes.len() - 1].max(1));
        other.floor_char_boundary(if length == other.len() { byte } else { byte * other.len() / length })
    }
}
