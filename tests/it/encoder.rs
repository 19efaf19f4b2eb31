//! Encoders: a small file against a computation in f64, hostile files, and the thread behind the handle.

use stislo::answer::{self, Reference, Resources};
use stislo::engine::encoder::{Encoder, EncoderError, Kind, cosine};
use stislo::engine::model::bert::BertNetwork;
use stislo::intake::{self, AnnotatedArticle, Article, Source};
use stislo::language::Language;

use super::tiny_encoder::{EPSILON, FEED_FORWARD, HEADS, HIDDEN, LAYERS, TinyEncoder};

type Rows = Vec<Vec<f64>>;

/// The network in plain loops.
struct Exact<'a>(&'a TinyEncoder);

impl Exact<'_> {
    fn tensor(&self, name: &str) -> &[f64] {
        &self.0.tensors[name]
    }

    fn dense(&self, name: &str, x: &Rows, inputs: usize) -> Rows {
        let (weights, bias) = (self.tensor(&format!("{name}.w")), self.tensor(&format!("{name}.b")));
        let product = |row: &Vec<f64>| {
            weights
                .chunks(inputs)
                .zip(bias)
                .map(|(weights, bias)| weights.iter().zip(row).map(|(w, x)| w * x).sum::<f64>() + bias)
                .collect()
        };
        x.iter().map(product).collect()
    }

    fn norm(&self, name: &str, x: &Rows) -> Rows {
        let (gain, bias) = (self.tensor(&format!("{name}.w")), self.tensor(&format!("{name}.b")));
        let norm = |row: &Vec<f64>| {
            let mean = row.iter().sum::<f64>() / row.len() as f64;
            let variance = row.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / row.len() as f64;
            let scaled = row.iter().map(|x| (x - mean) / (variance + EPSILON).sqrt());
            scaled.zip(gain).zip(bias).map(|((x, gain), bias)| x * gain + bias).collect()
        };
        x.iter().map(norm).collect()
    }

    fn encode(&self, tokens: &[u32]) -> Vec<f64> {
        let row = |name: &str, at: usize| &self.tensor(name)[at * HIDDEN..][..HIDDEN];
        let embedded = tokens.iter().enumerate().map(|(at, &token)| {
            let (word, position, kind) = (row("emb.word", token as usize), row("emb.pos", at), row("emb.type", 0));
            (0..HIDDEN).map(|i| word[i] + position[i] + kind[i]).collect()
        });
        let mut x = self.norm("emb.ln", &embedded.collect());
        for layer in 0..LAYERS {
            let name = |part: &str| format!("l{layer}.{part}");
            let [q, k, v] = ["q", "k", "v"].map(|part| self.dense(&name(part), &x, HIDDEN));
            let seen = self.dense(&name("ao"), &attention(&q, &k, &v), HIDDEN);
            x = self.norm(&name("aln"), &add(&x, &seen));
            let mut wide = self.dense(&name("fi"), &x, HIDDEN);
            wide.iter_mut().flatten().for_each(|x| *x *= 0.5 * (1.0 + erf(*x / 2.0_f64.sqrt())));
            x = self.norm(&name("oln"), &add(&x, &self.dense(&name("fo"), &wide, FEED_FORWARD)));
        }
        let sum: Vec<f64> = (0..HIDDEN).map(|i| x.iter().map(|row| row[i]).sum()).collect();
        let length = sum.iter().map(|x| x * x).sum::<f64>().sqrt();
        sum.into_iter().map(|x| x / length).collect()
    }
}

fn add(a: &Rows, b: &Rows) -> Rows {
    a.iter().zip(b).map(|(a, b)| a.iter().zip(b).map(|(a, b)| a + b).collect()).collect()
}

fn attention(q: &Rows, k: &Rows, v: &Rows) -> Rows {
    let width = HIDDEN / HEADS;
    let mut seen = vec![vec![0.0; HIDDEN]; q.len()];
    for head in 0..HEADS {
        let own = head * width..(head + 1) * width;
        for (query, seen) in q.iter().zip(&mut seen) {
            let score = |key: &Vec<f64>| own.clone().map(|i| query[i] * key[i]).sum::<f64>() / (width as f64).sqrt();
            let weights: Vec<f64> = k.iter().map(|key| score(key).exp()).collect();
            let total: f64 = weights.iter().sum();
            for (weight, value) in weights.iter().zip(v) {
                own.clone().for_each(|i| seen[i] += weight / total * value[i]);
            }
        }
    }
    seen
}

/// By its series, which converges everywhere.
fn erf(x: f64) -> f64 {
    let (mut sum, mut term) = (x, x);
    for n in 1..200 {
        term *= -x * x / f64::from(n);
        sum += term / f64::from(2 * n + 1);
    }
    sum * 2.0 / std::f64::consts::PI.sqrt()
}

fn product(ours: &[f32], exact: &[f64]) -> f64 {
    ours.iter().zip(exact).map(|(a, b)| f64::from(*a) * b).sum()
}

#[test]
fn vectors_are_those_of_a_plain_computation() {
    let tiny = TinyEncoder::new(7);
    let (network, text) = BertNetwork::load(tiny.path()).unwrap();
    assert_eq!((network.width(), network.positions(), &*text.texts[4]), (HIDDEN, 24, "▁"));
    let texts: Vec<Vec<u32>> =
        vec![vec![0, 19, 5, 8, 2], vec![0, 2], vec![0, 20, 21, 9, 9, 30, 39, 12, 2], (0..24).collect()];
    let together = network.encode(&texts, &|| true).unwrap().unwrap();
    for (tokens, vector) in texts.iter().zip(&together) {
        let exact = Exact(&tiny).encode(tokens);
        // Activations are rounded to eight bits on the way.
        assert!(product(vector, &exact) > 0.999, "{tokens:?}: {}", product(vector, &exact));
        let alone = network.encode(std::slice::from_ref(tokens), &|| true).unwrap().unwrap();
        assert_eq!(&alone[0], vector, "what goes through beside it changes nothing");
    }
    let (first, second) = (Exact(&tiny).encode(&texts[0]), Exact(&tiny).encode(&texts[2]));
    assert!(product(&together[0], &second) < product(&together[0], &first) - 0.01, "the vectors differ at all");
}

#[test]
fn what_cannot_be_read_is_refused() {
    let tiny = TinyEncoder::new(7);
    let (network, _) = BertNetwork::load(tiny.path()).unwrap();
    assert!(network.encode(&[vec![0; 25]], &|| true).is_err(), "longer than there are positions");
    assert!(network.encode(&[vec![0, 40]], &|| true).is_err(), "a token that is none");
    assert!(network.encode(&[vec![0]], &|| false).unwrap().is_none(), "nobody waits");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hostile.bin");
    let refused = |bytes: &[u8]| {
        std::fs::write(&path, bytes).unwrap();
        Encoder::load(&path).is_err()
    };
    assert!(!refused(&tiny.bytes));
    // Cut off anywhere in the header, and at some places behind it.
    for end in (0..2200).chain((2200..tiny.bytes.len()).step_by(997)) {
        assert!(refused(&tiny.bytes[..end.min(tiny.bytes.len() - 1)]), "cut at {end}");
    }
    // Every number of the header set to what cannot be: refused or harmless, but no panic and no endless memory.
    for at in (0..2200).step_by(4) {
        for number in [u32::MAX, 0, 1 << 31] {
            let mut bytes = tiny.bytes.clone();
            bytes[at..at + 4].copy_from_slice(&number.to_le_bytes());
            refused(&bytes);
        }
    }
}

#[test]
fn a_handle_answers_in_order_and_its_thread_ends_with_it() {
    let tiny = TinyEncoder::new(7);
    let encoder = Encoder::load(tiny.path()).unwrap();
    let texts = ["a dog", "do dogs bark", "", "a\tdog", "</s><mask>\u{1f600}"].map(str::to_owned).to_vec();
    let vectors = encoder.embed(texts.clone(), Kind::Query).unwrap();
    assert_eq!(vectors.len(), texts.len());
    assert!(vectors.iter().all(|vector| (cosine(vector, vector) - 1.0).abs() < 1e-4));
    assert_eq!(vectors[0], vectors[3], "a tabulator is a space");
    let passages = encoder.clone().embed(texts, Kind::Passage).unwrap();
    assert_ne!(vectors[0], passages[0]);
    let pending = encoder.begin(vec!["a".repeat(100_000)], Kind::Query).unwrap();
    drop(encoder);
    assert_eq!(pending.wait().unwrap().len(), 1, "what was begun is ended");
    assert!(matches!(Encoder::load("none.bin".as_ref()), Err(EncoderError::Model(_))));
}

const ARTICLE: &str = "The old bridge over the river was closed on Monday for repairs.\n\n\
    Engineers expect that it will take four months, and buses go another way until then.";

fn read(text: &str) -> Article {
    intake::read(Source { bytes: text.into(), name: "text".into(), title: None, language: Some(Language::En) }).unwrap()
}

#[test]
fn claims_are_held_against_an_article_by_its_vectors() {
    let tiny = TinyEncoder::new(7);
    let resources = Resources { encoder: Some(Encoder::load(tiny.path()).unwrap()), ..Resources::default() };
    let article = AnnotatedArticle::of(read(ARTICLE));
    let note = read("The old bridge over the river was closed on Monday for repairs. A dog does do good.");
    let checked = answer::against(&note, &Reference::with(article.clone(), &resources));
    let [first, second] = [0, 1].map(|at| checked.sentences[at].signals);
    let near = |signal: Option<f32>| (signal.unwrap() - 1.0).abs() < 1e-4;
    assert!(near(first.encoder) && near(first.encoder_evidence), "{first:?}");
    assert!(second.encoder.unwrap() < first.encoder.unwrap(), "{second:?}");
    let json = serde_json::to_value(&checked).unwrap();
    assert!(json["sentences"][0]["signals"]["encoder"].is_number(), "{json}");
    let without = serde_json::to_value(answer::against(&note, &Reference::new(article))).unwrap();
    assert!(without["sentences"][0].get("signals").is_none(), "{without}");
}
