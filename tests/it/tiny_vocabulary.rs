//! The vocabularies of the tiny models: byte-level ones for three pre-tokenizers, and one by score.
//!
//! A part of the twin of `tests/oracle/tiny_gguf.py`, where the order of keys and tokens is described.

use crate::tiny_model::{Arch, Head, Value};

const SPECIALS: &[&str] = &["<|endoftext|>", "<|im_start|>", "<|im_end|>"];
const LLAMA3_SPECIALS: &[&str] = &["<|begin_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"];
/// In order of rank: `left|right` in plain text; a lone letter of two bytes is the merge of its bytes. `1|9` must never
/// be used where the pre-tokenizer cuts numbers into single digits.
const MERGES: [&str; 41] = [
    " |t", "h|e", "i|n", " t|he", "e|r", "o|n", " |a", "\n|\n", " | ", "r|e", "а", "о", "и", "н", "т", "р", "с", "е",
    "в", "і", "ї", "ы", "л", "к", "п", "у", "н|а", "п|о", "п|р", "с|т", " |по", " |на", "пр|о", " |про", "'|s", "1|9",
    "a|t", "в|і", "ст|а", "in|g", " a|n",
];
/// Tokens of the vocabulary by score that come first, with their kinds: 3 control, 4 user-defined.
const FIRST: [(&str, i32); 13] = [
    ("<pad>", 3),
    ("<eos>", 3),
    ("<bos>", 3),
    ("<unk>", 3),
    ("<start_of_turn>", 3),
    ("<end_of_turn>", 3),
    ("<start_of_image>", 4),
    ("\n", 4),
    ("\n\n", 4),
    ("  ", 4),
    ("   ", 4),
    ("<b>", 4),
    ("</b>", 4),
];
/// Two neighbours have one score, so that ties occur.
const PIECES: [&str; 36] = [
    "▁t",
    "he",
    "in",
    "▁the",
    "er",
    "on",
    "▁a",
    "re",
    "на",
    "по",
    "про",
    "пр",
    "▁на",
    "▁по",
    "▁про",
    "ст",
    "та",
    "ста",
    "ві",
    "▁в",
    "at",
    "ing",
    "▁an",
    "19",
    "'s",
    "▁▁",
    "ab",
    "ba",
    "aba",
    "со",
    "он",
    "сон",
    "th",
    "hi",
    "▁S",
    "St",
];
const LETTERS: &str = "▁abcdefghijklmnopqrstuvwyISTC019,.:'<>/абвгдеіийклмнопрстуїыяьС«»";

/// The keys of a model's vocabulary, and how many tokens it has.
pub(crate) fn metadata(arch: Arch, head: Head) -> (Vec<(String, Value)>, usize) {
    match (arch, head) {
        (Arch::Gemma3, head) => by_score(head),
        (Arch::Llama, Head::Untied) => byte_level("llama-bpe", LLAMA3_SPECIALS),
        (Arch::Llama, Head::Tied) => byte_level("smollm", SPECIALS),
        (Arch::Qwen2 | Arch::Qwen3, _) => byte_level("qwen2", SPECIALS),
    }
}

/// Tokens and merges of the Qwen models as they are written in the file.
pub(crate) fn vocabulary() -> (Vec<String>, Vec<String>) {
    tokens_and_merges(SPECIALS)
}

fn tokens_and_merges(specials: &[&str]) -> (Vec<String>, Vec<String>) {
    let printable = |byte: &u8| matches!(byte, 0x21..=0x7e | 0xa1..=0xac | 0xae..=0xff);
    let mut symbols = [' '; 256];
    let mut order: Vec<u8> = (0..=255).filter(printable).collect();
    order.iter().for_each(|byte| symbols[usize::from(*byte)] = char::from(*byte));
    for (byte, symbol) in (0..=255).filter(|byte| !printable(byte)).zip('\u{100}'..) {
        symbols[usize::from(byte)] = symbol;
        order.push(byte);
    }
    let spell = |bytes: &[u8]| bytes.iter().map(|byte| symbols[usize::from(*byte)]).collect::<String>();
    let mut tokens: Vec<String> = order.iter().map(|byte| spell(&[*byte])).collect();
    let mut merges = Vec::new();
    for merge in MERGES {
        let bytes = merge.as_bytes();
        let (left, right) = match merge.split_once('|') {
            Some((left, right)) => (spell(left.as_bytes()), spell(right.as_bytes())),
            None => (spell(&bytes[..1]), spell(&bytes[1..])),
        };
        merges.push(format!("{left} {right}"));
        tokens.push(left + &right);
    }
    tokens.extend(specials.iter().map(|&token| token.to_owned()));
    (tokens, merges)
}

fn byte_level(pre: &str, specials: &[&str]) -> (Vec<(String, Value)>, usize) {
    let (tokens, merges) = tokens_and_merges(specials);
    let count = tokens.len();
    let first = (count - specials.len()) as u32;
    let mut kinds = vec![1; first as usize];
    kinds.extend(specials.iter().map(|_| 3));
    let key = |key: &str| format!("tokenizer.ggml.{key}");
    let mut all = vec![
        (key("model"), Value::Text("gpt2".to_owned())),
        (key("pre"), Value::Text(pre.to_owned())),
        (key("tokens"), Value::Texts(tokens)),
        (key("token_type"), Value::Numbers(kinds)),
        (key("merges"), Value::Texts(merges)),
        (key("eos_token_id"), Value::U32(count as u32 - 1)),
        (key("padding_token_id"), Value::U32(first)),
        (key("bos_token_id"), Value::U32(first)),
    ];
    // llama-bpe begins with a token of its own without being told.
    if pre != "llama-bpe" {
        all.push((key("add_bos_token"), Value::Bool(false)));
    }
    (all, count)
}

/// The flags of the tied model are stated and not the defaults, of the other absent.
fn by_score(head: Head) -> (Vec<(String, Value)>, usize) {
    let mut tokens: Vec<(String, f32, i32)> = Vec::new();
    tokens.extend(FIRST.map(|(token, kind)| (token.to_owned(), -1000.0, kind)));
    tokens.extend((0..256).map(|byte| (format!("<0x{byte:02X}>"), -1000.0, 6)));
    tokens.extend((0..).zip(PIECES).map(|(rank, piece)| (piece.to_owned(), -((rank / 2) as f32), 1)));
    tokens.extend((0..).zip(LETTERS.chars()).map(|(rank, letter)| (letter.to_string(), -100.0 - rank as f32, 1)));
    let id = |name: &str| Value::U32(tokens.iter().position(|(token, ..)| token == name).expect("a token") as u32);
    let key = |key: &str| format!("tokenizer.ggml.{key}");
    let mut all = vec![
        (key("model"), Value::Text("llama".to_owned())),
        (key("pre"), Value::Text("default".to_owned())),
        (key("tokens"), Value::Texts(tokens.iter().map(|(token, ..)| token.clone()).collect())),
        (key("scores"), Value::Floats(tokens.iter().map(|(_, score, _)| *score).collect())),
        (key("token_type"), Value::Numbers(tokens.iter().map(|(.., kind)| *kind).collect())),
        (key("bos_token_id"), id("<bos>")),
        (key("eos_token_id"), id("<eos>")),
    ];
    if head == Head::Tied {
        all.push((key("add_bos_token"), Value::Bool(true)));
        all.push((key("add_space_prefix"), Value::Bool(false)));
    }
    (all, tokens.len())
}
