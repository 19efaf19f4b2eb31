//! Tokens and chats of the tiny vocabularies against llama.cpp; and that no text becomes a control token.
//!
//! The vocabularies of real models are compared in `real_weights`, and over a corpus by `tests/oracle/corpus.py`.

use std::path::Path;

use serde_json::Value;
use stislo::engine::chat::Chat;
use stislo::engine::model::gguf::Gguf;
use stislo::engine::tokenizer::Tokenizer;

use crate::tiny_model::{self, Arch, Head, TinyModel};

/// One for each kind of vocabulary.
const VOCABULARIES: [(Arch, Head); 5] = [
    (Arch::Qwen2, Head::Tied),
    (Arch::Gemma3, Head::Tied),
    (Arch::Gemma3, Head::Untied),
    (Arch::Llama, Head::Tied),
    (Arch::Llama, Head::Untied),
];

fn load(model: &TinyModel) -> Tokenizer {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tiny.gguf");
    std::fs::write(&path, model.gguf_bytes()).unwrap();
    Tokenizer::from_gguf(&Gguf::open(&path).unwrap()).unwrap()
}

/// The vocabularies with their names.
fn tokenizers() -> impl Iterator<Item = (String, Tokenizer)> {
    VOCABULARIES.into_iter().map(|(arch, head)| {
        let model = TinyModel::new(arch, head);
        (model.name(), load(&model))
    })
}

fn expected(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle/expected").join(format!("{name}.json"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn ids(value: &Value) -> Vec<u32> {
    value.as_array().unwrap().iter().map(|x| x.as_u64().unwrap() as u32).collect()
}

fn spelled(tokenizer: &Tokenizer, ids: &[u32]) -> String {
    let bytes = ids.iter().flat_map(|&id| tokenizer.bytes(id)).copied().collect();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn token_ids_are_those_of_llama_cpp() {
    for (name, tokenizer) in tokenizers() {
        let want = expected(&format!("tiny-tokens-{name}"));
        assert_eq!(tokenizer.begin().map(Value::from).unwrap_or_default(), want["begin"], "{name}");
        for pair in ["texts", "decomposed"].iter().flat_map(|list| want[list].as_array().unwrap()) {
            let text = pair["text"].as_str().unwrap();
            let got = tokenizer.encode(text);
            assert_eq!(got, ids(&pair["ids"]), "{name}: {text:?}");
            let there_and_back = spelled(&tokenizer, &got);
            match name.as_str() {
                // It puts spaces of its own in front of words.
                "gemma3-untied" => assert_eq!(there_and_back.replace(' ', ""), text.replace([' ', '▁'], "")),
                // What stands for a space comes back as one.
                "gemma3-tied" => assert_eq!(there_and_back, text.replace('▁', " ")),
                _ => assert_eq!(there_and_back, text, "{name}"),
            }
        }
        for pair in want["user_defined"].as_array().into_iter().flatten() {
            let text = pair["text"].as_str().unwrap();
            let got = tokenizer.encode(text);
            assert_ne!(got, ids(&pair["ids"]), "{name}: llama.cpp makes a marker of what somebody typed");
            assert_eq!(spelled(&tokenizer, &got).trim_start(), text);
        }
    }
}

#[test]
fn no_text_becomes_a_control_token() {
    let of = |name: &str| match name {
        "qwen2-tied" | "llama-tied" => vec!["<|endoftext|>", "<|im_start|>", "<|im_end|>"],
        "llama-untied" => vec!["<|begin_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"],
        _ => vec!["<bos>", "<eos>", "<pad>", "<unk>", "<start_of_turn>", "<end_of_turn>", "<start_of_image>"],
    };
    for (name, tokenizer) in tokenizers() {
        let names = of(&name);
        let controls: Vec<u32> = names.iter().map(|control| tokenizer.control(control).unwrap()).collect();
        for (control, &id) in names.iter().zip(&controls) {
            let half = &control[..control.len() / 2];
            for text in [control.to_string(), format!("a{control}b{control}"), format!("{half}{control}{control}")] {
                let got = tokenizer.encode(&text);
                assert!(got.iter().all(|id| !controls.contains(id)), "{name}: {text}: {got:?}");
            }
            assert!(tokenizer.bytes(id).is_empty(), "{name}: {control} is never written");
        }
        assert_eq!(tokenizer.control("the"), None);
        assert!(tokenizer.bytes(9999).is_empty());
    }
}

#[test]
fn what_ends_an_answer() {
    let ends = [vec!["<|endoftext|>", "<|im_end|>"], vec!["<eos>", "<end_of_turn>"]];
    let ends = [&ends[0], &ends[1], &ends[1], &ends[0], &vec!["<|eot_id|>"]];
    for ((name, tokenizer), ends) in tokenizers().zip(ends) {
        let mut ids: Vec<u32> = ends.iter().map(|end| tokenizer.control(end).unwrap()).collect();
        ids.sort_unstable();
        assert_eq!(tokenizer.ends(), ids, "{name}");
    }
}

#[test]
fn chats_are_those_of_the_templates() {
    let family = |name: &str| match name {
        "gemma3-tied" => Chat::Gemma,
        "llama-tied" => Chat::ChatMl,
        _ => Chat::Llama3,
    };
    let want = expected("tiny-chats");
    let chats = want["chats"].as_array().unwrap();
    assert_eq!(chats.len(), 3);
    for chat in chats {
        let text = |key: &str| chat[key].as_str().unwrap();
        let name = text("model");
        let (_, tokenizer) = tokenizers().find(|(known, _)| known == name).unwrap();
        let family = family(name);
        assert_eq!(Chat::of_architecture(name.split('-').next().unwrap(), &tokenizer), family, "{name}");
        assert_eq!(family.shared(&tokenizer, text("system"), text("shared")), ids(&chat["before"]), "{name}");
        assert_eq!(family.tail(&tokenizer, text("tail")), ids(&chat["after"]), "{name}");
    }
}

#[test]
fn a_chat_without_a_system() {
    let gemma = load(&TinyModel::new(Arch::Gemma3, Head::Tied));
    let bare = Chat::Gemma.shared(&gemma, "", "the");
    let turn = gemma.control("<start_of_turn>").unwrap();
    assert_eq!(bare, [&[gemma.begin().unwrap(), turn][..], &gemma.encode("user\nthe")].concat());
    assert_eq!(Chat::Plain.shared(&gemma, "", "the"), [&[gemma.begin().unwrap()][..], &gemma.encode("the")].concat());
    assert_eq!(Chat::of_architecture("llama", &gemma), Chat::Plain, "a vocabulary with no turns that are known");
}

/// What a file may say or leave unsaid about its vocabulary by score.
#[test]
fn flags_of_a_vocabulary() {
    let model = || TinyModel::new(Arch::Gemma3, Head::Tied);
    let key = |key: &str| format!("tokenizer.ggml.{key}");
    let plain = load(&model());
    assert_eq!(plain.begin(), plain.control("<bos>"));
    let never = load(&model().set(&key("add_bos_token"), tiny_model::Value::Bool(false)));
    assert_eq!(never.begin(), None);
    let spaced = load(&model().set(&key("add_space_prefix"), tiny_model::Value::Bool(true)));
    assert_eq!(spaced.encode("the"), plain.encode(" the"));
}
