//! What this engine says about a model, for the scripts of this folder to compare with llama.cpp.
//!
//!     oracle tokens MODEL.gguf     a text a line, as a JSON string, to a list of token ids a line
//!     oracle score MODEL.gguf      a list of token ids a line to {"best": [...], "nll": [...]}: after each token but the last,
//!                                  the likeliest next one, and the negative log-likelihood of the one that stands there
//!     oracle pieces MODEL.spm      a text a line, as a JSON string, to the ids of its pieces
//!     oracle marian FOLDER         a sentence a line, as a JSON string, to its translation into Ukrainian, by the model in FOLDER
//!     oracle encode FILE.bin       a text a line, as a JSON string, to its vectors as query and as passage, by an encoder
//!     oracle student FOLDER        a sentence a line, as a JSON string, to its translation, by the student that FOLDER/manifest.toml
//!                                  names and whose files are in FOLDER as in the hub's cache
//!
//! Not part of the product: `corpus.py`, `real.py` and `student.py` run it.

use std::io::{BufRead, Write};
use std::path::Path;

use stislo::engine::encoder::{Encoder, Kind};
use stislo::engine::marian::{Marian, MarianFiles, Wanted};
use stislo::engine::model::gguf::Gguf;
use stislo::engine::model::{self, Model, Slot};
use stislo::engine::tokenizer::Tokenizer;
use stislo::engine::tokenizer::unigram::Unigram;
use stislo::hub::{Hub, HubSettings, TranslatorManifest};
use stislo::language::Language;
use stislo::translate::{Batch, Direction, NetworkTranslator, Translator, Want};

/// Tokens in one pass.
const CHUNK: usize = 128;
const CONTEXT: usize = 8192;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Outcome<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [command, path] = &args[..] else {
        return Err(
            "usage: oracle tokens|score MODEL.gguf, pieces MODEL.spm, encode FILE.bin, features -, or marian|student FOLDER".into(),
        );
    };
    if command == "student" {
        return student(Path::new(path));
    }
    if command == "features" {
        return answer(|line| {
            Ok(serde_json::to_value(stislo::plan::features(&serde_json::from_str::<String>(line)?))?)
        });
    }
    if command == "pieces" {
        let unigram = Unigram::read(&std::fs::read(path)?)?;
        let ids = |text: &str| unigram.pieces(text).iter().map(|piece| piece.id).collect::<Vec<_>>();
        return answer(|line| Ok(serde_json::to_value(ids(&serde_json::from_str::<String>(line)?))?));
    }
    if command == "encode" {
        let encoder = Encoder::load(Path::new(path))?;
        return answer(|line| {
            let text: String = serde_json::from_str(line)?;
            let vector = |kind| encoder.embed(vec![text.clone()], kind).map(|mut all| all.pop());
            Ok(serde_json::to_value((vector(Kind::Query)?, vector(Kind::Passage)?))?)
        });
    }
    if command == "marian" {
        return marian(Path::new(path));
    }
    let header = Gguf::open(Path::new(path))?;
    match command.as_str() {
        "tokens" => {
            let tokenizer = Tokenizer::from_gguf(&header)?;
            answer(|line| Ok(serde_json::to_value(tokenizer.encode(&serde_json::from_str::<String>(line)?))?))
        }
        "score" => {
            let model = model::load(&header, CONTEXT, None)?;
            answer(|line| score(model.as_ref(), &serde_json::from_str::<Vec<u32>>(line)?))
        }
        other => Err(format!("there is no command {other}").into()),
    }
}

fn marian(folder: &Path) -> Outcome<()> {
    let [config, weights, source, vocabulary] =
        ["config.json", "model.safetensors", "source.spm", "vocab.json"].map(|name| folder.join(name));
    let marian = Marian::load(&MarianFiles { config, weights, source, vocabulary })?;
    let wanted = Wanted { mark: Some(">>ukr<<"), longest: usize::MAX, is_wanted: &|| true };
    answer(|line| {
        let text: String = serde_json::from_str(line)?;
        Ok(serde_json::to_value(marian.translate(&[&text], wanted)?.map(|mut all| all.remove(0)))?)
    })
}

/// Sentences from English into Ukrainian, which a synthetic student does not know apart from others.
fn student(folder: &Path) -> Outcome<()> {
    let manifest = TranslatorManifest::parse(&std::fs::read_to_string(folder.join("manifest.toml"))?, "manifest.toml")?;
    let files =
        Hub::new(HubSettings::new(folder))?.cached_translator(&manifest).ok_or("the files are not in the folder")?;
    let student = NetworkTranslator::student(&manifest, files)?;
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let direction = Direction { from: Language::En, to: Language::Uk };
    answer(|line| {
        let sentences = vec![serde_json::from_str(line)?];
        let outputs = runtime.block_on(student.translate(Batch { direction, sentences, want: Want::Text }))?;
        Ok(serde_json::to_value(&outputs[0].text)?)
    })
}

/// Writes a line for each line that comes in.
fn answer(one: impl Fn(&str) -> Outcome<serde_json::Value>) -> Outcome<()> {
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        writeln!(out, "{}", one(&line?)?)?;
        out.flush()?;
    }
    Ok(())
}

fn score(model: &dyn Model, ids: &[u32]) -> Outcome<serde_json::Value> {
    let mut cache = model.new_cache()?;
    let (mut best, mut nll) = (Vec::new(), Vec::new());
    let fed = &ids[..ids.len().saturating_sub(1)];
    for (n, tokens) in fed.chunks(CHUNK).enumerate() {
        let logits = model.forward(&mut [Slot { tokens, cache: &mut cache, rows: tokens.len() }])?;
        for (i, row) in logits.to_vec2::<f32>()?.iter().enumerate() {
            let next = ids[n * CHUNK + i + 1] as usize;
            let largest = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            let sum: f64 = row.iter().map(|&x| f64::from(x - largest).exp()).sum();
            best.push(row.iter().position(|&x| x == largest));
            nll.push(f64::from(largest - row[next]) + sum.ln());
        }
    }
    Ok(serde_json::json!({ "best": best, "nll": nll }))
}
