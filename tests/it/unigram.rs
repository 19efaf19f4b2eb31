//! Unigram models of SentencePiece: the same pieces as SentencePiece gives, and files that are no models.
//!
//! Two tiny models were trained for this by `tests/oracle/unigram.py`. Real vocabularies are read when the variable
//! `STISLO_VOCABULARIES` names a folder of theirs.

use std::path::Path;

use serde_json::Value;
use stislo::engine::tokenizer::unigram::Unigram;
use stislo::hub::Sha256;

const EXPECTED: &str = include_str!("../oracle/expected/tiny-pieces.json");
const MODELS: [(&str, &[u8]); 2] = [
    ("tiny-unknown", include_bytes!("../oracle/expected/tiny-unknown.spm")),
    ("tiny-bytes", include_bytes!("../oracle/expected/tiny-bytes.spm")),
];
/// Of the ids of all lines of the fixtures in three languages, by `unigram.py --hash`.
const REAL: [(&str, [&str; 3]); 4] = [
    (
        "vocab.enru.spm",
        [
            "eb47811556b8525b8df1ad858d4dcb992641cdce5aea046591074997b7ea80e1",
            "42c4357094928491641330f9ad44c3e65a99085e60c2bbade79d84e923e99aa4",
            "5ee78315a94b19f06fb1ebc3778043a2d2305d27b9fd5db4479ddf93179b0222",
        ],
    ),
    (
        "vocab.enuk.spm",
        [
            "c509d1ac29549b3138f0eec68ebe8a0f2b52e241a24bcd71a0cc3b469d285cbf",
            "b3e23608b63f202c0d7d66dd051759d74d50320255dc230128cff359a6d470b9",
            "3753eef84cfed0143ba1353bca8899b99e227df219b1e799245b8078906de4c9",
        ],
    ),
    (
        "vocab.ruen.spm",
        [
            "808a7e4877be6d1b62aef9f30796102b173fe1cb9c24cca6d6b976c51bf988da",
            "4a26da49a97691af30d9a863b92d6a60df3007f1ee14a1c6ad63821df4c0c8e0",
            "ebfdd25b55b1116057cfbe5027e292c700d54fff8dbb24c3edfd47ab134e3ba4",
        ],
    ),
    (
        "vocab.uken.spm",
        [
            "2fa0bc942194ed79cd0a7fc28ec3f50c4233cd631fc84a60be3fcfa8c730676f",
            "817c495aa769bb1cb7201831e5d0ebc1160d29b95a2917964af50337d0315efe",
            "1ab8affe63b3e739eac56500df3c2b9ee263a061fb9d9c43afe6bf12ee771f4d",
        ],
    ),
];
const TEXTS: [&str; 3] = [
    include_str!("../fixtures/en/sentences.txt"),
    include_str!("../fixtures/uk/sentences.txt"),
    include_str!("../fixtures/ru/sentences.txt"),
];

#[test]
fn pieces_are_those_of_sentencepiece() {
    let expected: Vec<Value> = serde_json::from_str(EXPECTED).unwrap();
    assert_eq!(expected.len(), MODELS.len());
    for ((name, bytes), wanted) in MODELS.into_iter().zip(expected) {
        assert_eq!(wanted["model"], name);
        let model = Unigram::read(bytes).unwrap();
        for text in wanted["texts"].as_array().unwrap() {
            let found = model.pieces(text["text"].as_str().unwrap());
            let ids: Vec<u32> = found.iter().map(|piece| piece.id).collect();
            let pieces: Vec<&str> = found.iter().map(|piece| piece.text.as_str()).collect();
            assert_eq!(serde_json::json!(ids), text["ids"], "{name}: {text}");
            assert_eq!(serde_json::json!(pieces), text["pieces"], "{name}: {text}");
        }
    }
}

#[test]
fn real_vocabularies_cut_three_languages_as_sentencepiece_does() {
    let Some(folder) = std::env::var_os("STISLO_VOCABULARIES") else { return };
    for (name, digests) in REAL {
        let model = Unigram::read(&std::fs::read(Path::new(&folder).join(name)).unwrap()).unwrap();
        for (text, digest) in TEXTS.into_iter().zip(digests) {
            let line = |line: &str| {
                let ids = model.pieces(line).into_iter().map(|piece| piece.id.to_string());
                ids.collect::<Vec<_>>().join(" ")
            };
            let lines: Vec<String> = text.lines().filter(|line| !line.is_empty()).map(line).collect();
            assert_eq!(Sha256::of(lines.join("\n").as_bytes()).to_string(), digest, "{name}");
        }
    }
}

#[test]
fn a_damaged_model_is_refused_or_does_no_harm() {
    for (_, bytes) in MODELS {
        let mut refused = 0;
        for at in (0..bytes.len()).step_by(7) {
            for damaged in [bytes[..at].to_vec(), [&bytes[..at], &[bytes[at] ^ 0x55], &bytes[at + 1..]].concat()] {
                match Unigram::read(&damaged) {
                    Ok(model) => drop(model.pieces("the bridge в Києві — №№ 5 🔥")),
                    Err(problem) => {
                        assert!(!problem.is_empty());
                        refused += 1;
                    }
                }
            }
        }
        assert!(refused > 100, "{refused}");
    }
}
