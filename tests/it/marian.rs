//! Marian models: numbers and searches against the Python package transformers, and files that are no models.

use std::path::Path;

use serde_json::Value;
use stislo::engine::marian::search::search;
use stislo::engine::model::marian::{MarianConfig, MarianNetwork, SearchSettings};
use tempfile::TempDir;

use crate::tiny_marian::{self, VOCABULARY};

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
        assert_eq!(searches.len(), 7);
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
            let alone = |source: &Vec<u32>| search(network, &settings, &[source.clone()], &|| true).unwrap().unwrap();
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
