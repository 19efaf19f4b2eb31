//! Marian models: numbers and searches against the Python package transformers, and files that are no models.

use std::path::Path;

use serde_json::Value;
use stislo::engine::marian::search::search;
use stislo::engine::model::marian::{MarianConfig, MarianNetwork, SearchSettings};
use stislo::hub::{Silent, TranslatorFiles, TranslatorManifest};
use stislo::language::Language;
use stislo::translate::{Batch, Direction, NetworkTranslator, TranslateError, Translator, Translators, Want};
use tempfile::TempDir;

use crate::hub_server::{COMMIT, HubServer, REPOSITORY, hub};
use crate::tiny_marian::{self, VOCABULARY};
use crate::translators::{Asked, Speller};

fn expected() -> Value {
    serde_json::from_str(include_str!("../oracle/expected/marian.json")).unwrap()
}

fn ids(value: &Value) -> Vec<u32> {
    value.as_array().unwrap().iter().map(|id| id.as_u64().unwrap() as u32).collect()
}

fn network(folder: &Path) -> MarianNetwork {
    let config = std::fs::read(folder.join("config.json")).unwrap();
    MarianNetwork::load(MarianConfig::read(&config).unwrap(), &folder.join("model.safetensors")).unwrap()
}

fn each_model(check: impl Fn(&Value, &MarianNetwork, &[Vec<u32>])) {
    let expected = expected();
    let sources: Vec<Vec<u32>> = expected["sources"].as_array().unwrap().iter().map(ids).collect();
    let models = expected["models"].as_array().unwrap();
    assert_eq!(models.len(), 3);
    for model in models {
        let folder = TempDir::new().unwrap();
        tiny_marian::write(folder.path(), model["activation"].as_str().unwrap(), model["seed"].as_u64().unwrap());
        check(model, &network(folder.path()), &sources);
    }
}

#[test]
fn logits_are_those_of_transformers() {
    each_model(|model, network, sources| {
        let mut reading = network.read(sources).unwrap();
        for (position, token) in ids(&model["target"]).into_iter().enumerate() {
            let logits = network.next(&[token].repeat(sources.len()), &mut reading).unwrap();
            let wanted = model["logits"].as_object().unwrap().iter();
            for (source, rows) in wanted.filter(|_| [0, 5].contains(&position)) {
                let row = rows[usize::from(position == 5)].as_array().unwrap();
                let found = &logits[source.parse::<usize>().unwrap()];
                assert_eq!((row.len(), found.len()), (VOCABULARY, VOCABULARY));
                for (wanted, found) in row.iter().zip(found) {
                    let wanted = wanted.as_f64().unwrap();
                    assert!((wanted - f64::from(*found)).abs() < 1e-4, "{}: {wanted} {found}", model["activation"]);
                }
            }
        }
    });
}

#[test]
fn greedy_and_beam_search_are_those_of_transformers() {
    each_model(|model, network, sources| {
        let searches = model["searches"].as_array().unwrap();
        assert_eq!(searches.len(), 8);
        for wanted in searches {
            let usual = network.config().search.clone();
            let settings = SearchSettings {
                beams: wanted["num_beams"].as_u64().unwrap() as usize,
                max_length: wanted["max_length"].as_u64().map_or(usual.max_length, |length| length as usize),
                length_penalty: wanted["length_penalty"].as_f64().unwrap_or(1.0),
                early_stopping: wanted["early_stopping"].as_bool().unwrap_or(false),
                renormalize: wanted["renormalize_logits"].as_bool().unwrap_or(false),
                ..usual
            };
            let answers: Vec<Vec<u32>> = wanted["answers"].as_array().unwrap().iter().map(ids).collect();
            let found = search(network, &settings, sources, &|| true).unwrap().unwrap();
            assert_eq!(found, answers, "{}, {wanted}", model["activation"]);
            // One at a time gives the same: what fills short rows is not seen.
            let alone = |source: &Vec<u32>| {
                search(network, &settings, std::slice::from_ref(source), &|| true).unwrap().unwrap()
            };
            assert_eq!(sources.iter().flat_map(alone).collect::<Vec<_>>(), answers);
        }
    });
}

#[test]
fn a_search_that_nobody_wants_any_more_ends() {
    each_model(|_, network, sources| {
        let steps = std::cell::Cell::new(0);
        let twice = || {
            steps.set(steps.get() + 1);
            steps.get() <= 2
        };
        assert_eq!(search(network, &network.config().search, sources, &twice).unwrap(), None);
        assert_eq!(steps.get(), 3);
    });
}

#[test]
fn files_and_tokens_that_do_not_fit_are_refused() {
    let folder = TempDir::new().unwrap();
    tiny_marian::write(folder.path(), "swish", 1);
    let network = network(folder.path());
    assert!(network.read(&[vec![VOCABULARY as u32]]).is_err(), "an unknown token");
    assert!(network.read(&[vec![1; 65]]).is_err(), "too many positions");
    let config = MarianConfig::read(&std::fs::read(folder.path().join("config.json")).unwrap()).unwrap();
    let weights = folder.path().join("model.safetensors");
    let whole = std::fs::read(&weights).unwrap();
    for (what, bytes) in [
        ("cut off", whole[..whole.len() - 4].to_vec()),
        ("another name", String::from_utf8_lossy(&whole[..8192]).replace("fc1", "fc9").into_bytes()),
        ("no header", whole[8..].to_vec()),
        ("nothing", Vec::new()),
    ] {
        std::fs::write(&weights, bytes).unwrap();
        let error = MarianNetwork::load(config.clone(), &weights).err().unwrap_or_else(|| panic!("{what}"));
        assert!(error.to_string().contains("model.safetensors"), "{what}: {error}");
    }
}

/// A SentencePiece model of letters, and ids for them that are in another order than its pieces.
fn vocabulary() -> (Vec<u8>, Value) {
    let letters = "▁abdeghilmnorstuvwy.";
    let mut spm = Vec::new();
    for (at, piece) in ["<unk>".to_owned()].into_iter().chain(letters.chars().map(String::from)).enumerate() {
        let message =
            [&[0x0a, piece.len() as u8], piece.as_bytes(), &[0x15, 0, 0, 0x80, 0xbf, 0x18, 2 - (at as u8).min(1)]]
                .concat();
        spm.extend([0x0a, message.len() as u8]);
        spm.extend(message);
    }
    let mut ids = serde_json::Map::new();
    let special = ["</s>", "<unk>", ">>ukr<<", ">>rus<<"];
    let cyrillic =
        ["▁мер", "міст", "▁", "ий", "а", "о", "▁новий", "и", "▁та", "у", "н", "е", "к", "р", "▁відкрив", "т", "в", "с"];
    let latin: Vec<String> = letters.chars().rev().filter(|c| *c != '▁').map(String::from).collect();
    let pieces = special.iter().chain(&cyrillic).map(|piece| (*piece).to_owned()).chain(latin);
    ids.extend(pieces.enumerate().map(|(id, piece)| (piece, Value::from(id))));
    ids.insert("<pad>".to_owned(), Value::from(VOCABULARY - 1));
    assert!(ids.len() <= VOCABULARY);
    (spm, Value::from(ids))
}

const MANIFEST: &str = r#"
name = "tiny-zle"
kind = "marian"
summary = "for tests"
repository = "REPOSITORY"
revision = "COMMIT"
licence = "MIT"
ways = [{ from = "en", to = "uk", chrf = 20.0, mark = ">>ukr<<" }, { from = "en", to = "ru", chrf = 21.0, mark = ">>rus<<" }]
[files]
config = "config.json"
weights = "model.safetensors"
source = "source.spm"
vocabulary = "vocab.json"
[[build]]
weights = "HASH"
"#;

/// A model on a loopback hub, downloaded. The mark can be one that its vocabulary does not have.
async fn downloaded(cache: &Path, mark: &str) -> (TranslatorManifest, TranslatorFiles) {
    let (spm, ids) = vocabulary();
    let weights = tiny_marian::weights(3);
    let server = HubServer::start(b"x").await;
    server.add_file("config.json", tiny_marian::config("swish").to_string().as_bytes());
    server.add_file("model.safetensors", &weights);
    server.add_file("source.spm", &spm);
    server.add_file("vocab.json", ids.to_string().as_bytes());
    let text = MANIFEST.replace("REPOSITORY", REPOSITORY).replace("COMMIT", COMMIT).replace(">>ukr<<", mark);
    let text = text.replace("HASH", &stislo::hub::Sha256::of(&weights).to_string());
    let manifest = TranslatorManifest::parse(&text, "tiny.toml").unwrap();
    let hub = hub(&server, cache);
    assert!(hub.cached_translator(&manifest).is_none());
    let files = hub.fetch_translator(&manifest, &Silent).await.unwrap();
    assert!(hub.cached_translator(&manifest).is_some() && hub.verify_translator(&manifest).unwrap().len() == 4);
    (manifest, files)
}

async fn outputs(
    translator: &NetworkTranslator,
    to: Language,
    sentences: &[&str],
) -> Result<Vec<String>, TranslateError> {
    let sentences = sentences.iter().map(|text| (*text).to_owned()).collect();
    let direction = Direction { from: Language::En, to };
    let outputs = translator.translate(Batch { direction, sentences, want: Want::Text }).await?;
    Ok(outputs.into_iter().map(|output| output.text).collect())
}

#[tokio::test]
async fn a_model_from_the_hub_translates_by_marks_and_cuts_what_is_long() {
    let cache = TempDir::new().unwrap();
    let (manifest, files) = downloaded(cache.path(), ">>ukr<<").await;
    let translator = NetworkTranslator::marian(&manifest, files).unwrap();
    let qualities =
        [Language::Uk, Language::Ru, Language::En].map(|to| translator.quality(Direction { from: Language::En, to }));
    assert_eq!(qualities, [Some(20.0), Some(21.0), None]);
    let texts = ["the new road.", "a wet summer, another one", "it was raining."];
    let uk = outputs(&translator, Language::Uk, &texts).await.unwrap();
    let ru = outputs(&translator, Language::Ru, &texts).await.unwrap();
    assert!(uk.iter().any(|text| !text.is_empty()) && uk != ru, "the mark is read: {uk:?}");
    for (text, whole) in texts.iter().zip(&uk) {
        assert_eq!(outputs(&translator, Language::Uk, &[text]).await.unwrap(), [whole.as_str()]);
        assert!(!whole.contains(['▁', '<', '>']), "{whole}");
    }
    // 64 positions, and a letter a token.
    let long = "the rain went on and on, ".repeat(40);
    assert_eq!(outputs(&translator, Language::Uk, &[&long, "rain"]).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_preferred_translator_is_asked_first() {
    let cache = TempDir::new().unwrap();
    let (manifest, files) = downloaded(cache.path(), ">>ukr<<").await;
    let desk = || Translators::new().with(Speller(Asked::default()));
    let direction = Direction { from: Language::En, to: Language::Uk };
    let usual = desk().with(NetworkTranslator::marian(&manifest, files.clone()).unwrap());
    assert_eq!(usual.best(direction).unwrap().0, "speller");
    let chosen = usual.preferring("Tiny-ZLE");
    assert_eq!(chosen.best(direction).unwrap(), ("tiny-zle".to_owned(), 20.0));
    let there = Direction { from: Language::Uk, to: Language::En };
    assert_eq!(chosen.best(there).unwrap().0, "speller", "others go as before");
}

#[tokio::test]
async fn a_model_that_cannot_be_used_is_named_with_its_fault() {
    let cache = TempDir::new().unwrap();
    let (manifest, files) = downloaded(cache.path(), ">>xyz<<").await;
    let translator = NetworkTranslator::marian(&manifest, files).unwrap();
    let error = outputs(&translator, Language::Uk, &["rain"]).await.unwrap_err().to_string();
    assert!(error.contains("tiny-zle") && error.contains(">>xyz<<"), "{error}");
    let cache = TempDir::new().unwrap();
    let (manifest, files) = downloaded(cache.path(), ">>ukr<<").await;
    for path in files.paths() {
        let good = std::fs::read(path).unwrap();
        std::fs::write(path, &good[..good.len() / 2]).unwrap();
        let translator = NetworkTranslator::marian(&manifest, files.clone()).unwrap();
        let error = outputs(&translator, Language::Uk, &["rain"]).await.unwrap_err().to_string();
        assert!(error.contains(path.file_name().unwrap().to_str().unwrap()), "{error}");
        std::fs::write(path, good).unwrap();
    }
}
