//! Vocabularies: one that is made here, and those that GGUF files carry.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use llguidance::toktrie::{ApproximateTokEnv, TokEnv, TokRxInfo, TokTrie};

/// The tokens of a vocabulary; those that are not text are empty. The first is the end of an answer.
pub(crate) struct Vocabulary {
    pub(crate) tokens: Vec<Vec<u8>>,
    pub(crate) end: u32,
}

impl Vocabulary {
    /// Every byte, and pieces such as a vocabulary of the three languages has.
    pub(crate) fn made() -> Self {
        let mut tokens = vec![Vec::new()];
        tokens.extend((0..=255u8).map(|byte| vec![byte]));
        let pieces = "the|ing|HUR|HU|UR|IS|ISW|SW|SWA|слова|слов|дім|зем|ій|ія|це|ы|ые|э|эта|ё|ъ|ї|їх|є|ґ|ість|ение|\
            міст|мост|2024|20|24|202|12|1|46|5|50|3|3.|.5|1,|,2|200|,200| 5|Straße|ñ|ſ|æon|漢|字|бaк|a5|5a|б5|5б|HURа|аHUR|th|\
            -|--|- [|- [1|- [2, 3] |[1]|] |, 2|,3|, | ,|. |.|..|...|.\n|.\n\n|\n|\n\n|\n-|\n- [|.\n- [|.\n- [4] |  | .| -|- | \n|word.|слово.|\
            слово.\n|сло.|ab.c|A|Z|А|Я|Ї|І|Ё|(|)|«|»|:|—|“|x:|слово»";
        for piece in pieces.split('|') {
            tokens.push(piece.as_bytes().to_vec());
            tokens.push(format!(" {piece}").into_bytes());
        }
        // Pieces of a byte-level vocabulary end in the middle of a character.
        let cut: Vec<Vec<u8>> =
            ["сл", " мі", "ёж", "é", " Ж", ".ї"].map(|it| it.as_bytes()[..it.len() - 1].to_vec()).into();
        tokens.extend(cut);
        tokens.sort();
        tokens.dedup();
        Self { tokens, end: 0 }
    }

    /// The vocabulary of a file with byte-level tokens.
    pub(crate) fn of_gguf(path: &Path) -> Self {
        let bytes = std::fs::File::open(path).and_then(|file| {
            let mut start = Vec::new();
            // The header comes first, and is far smaller than this.
            std::io::Read::read_to_end(&mut std::io::Read::take(file, 64 << 20), &mut start).map(|_| start)
        });
        let mut header = Header { bytes: bytes.unwrap(), at: 8 };
        let (mut texts, mut kinds, mut end) = (Vec::new(), Vec::new(), 0);
        let _tensors = header.number(8);
        for _ in 0..header.number(8) {
            let key = header.text();
            let value = header.value();
            match (key.as_slice(), value) {
                (b"tokenizer.ggml.tokens", Value::Texts(list)) => texts = list,
                (b"tokenizer.ggml.token_type", Value::Numbers(list)) => kinds = list,
                (b"tokenizer.ggml.eos_token_id", Value::Numbers(list)) => end = list[0] as u32,
                _ => {}
            }
        }
        let letters = byte_letters();
        let token = |(text, &kind): (&Vec<u8>, &u64)| match kind {
            1 => String::from_utf8_lossy(text)
                .chars()
                .filter_map(|c| letters.iter().position(|&it| it == c))
                .map(|at| at as u8)
                .collect(),
            _ => Vec::new(),
        };
        Self { tokens: texts.iter().zip(&kinds).map(token).collect(), end }
    }

    /// The vocabulary as llguidance wants it.
    pub(crate) fn environment(&self) -> TokEnv {
        let word = |(id, token): (usize, &Vec<u8>)| match token.is_empty() {
            true => format!("\u{0}<{id}>")
                .into_bytes()
                .into_iter()
                .map(|byte| if byte == 0 { 0xff } else { byte })
                .collect(),
            false => token.clone(),
        };
        let words: Vec<Vec<u8>> = self.tokens.iter().enumerate().map(word).collect();
        let info = TokRxInfo::new(words.len() as u32, self.end);
        Arc::new(ApproximateTokEnv::new(TokTrie::from(&info, &words)))
    }
}

/// The letter that stands for each byte in byte-level vocabularies (GPT-2).
fn byte_letters() -> Vec<char> {
    let plain = |byte: u32| matches!(byte, 33..=126 | 161..=172 | 174..=255);
    let mut next = 255;
    let letter = |byte: u32| {
        next += u32::from(!plain(byte));
        char::from_u32(if plain(byte) { byte } else { next }).unwrap()
    };
    (0..256).map(letter).collect()
}

/// A value of a header, as far as it is of use here.
enum Value {
    Numbers(Vec<u64>),
    Texts(Vec<Vec<u8>>),
}

/// Reads the start of a GGUF file: little-endian numbers, and texts with their lengths.
struct Header {
    bytes: Vec<u8>,
    at: usize,
}

impl Header {
    fn take(&mut self, count: usize) -> &[u8] {
        self.at += count;
        &self.bytes[self.at - count..self.at]
    }

    fn number(&mut self, bytes: usize) -> u64 {
        self.take(bytes).iter().rev().fold(0, |number, &byte| number << 8 | u64::from(byte))
    }

    fn text(&mut self) -> Vec<u8> {
        let length = self.number(8) as usize;
        self.take(length).to_vec()
    }

    fn value(&mut self) -> Value {
        let kind = self.number(4);
        let (kind, count) = if kind == 9 { (self.number(4), self.number(8)) } else { (kind, 1) };
        match kind {
            8 => Value::Texts((0..count).map(|_| self.text()).collect()),
            kind => {
                let size = match kind {
                    0 | 1 | 7 => 1,
                    2 | 3 => 2,
                    4..=6 => 4,
                    _ => 8,
                };
                Value::Numbers((0..count).map(|_| self.number(size)).collect())
            }
        }
    }
}

/// The files of models with byte-level vocabularies that are in the cache.
pub(crate) fn files() -> Vec<PathBuf> {
    let set = |name: &str| std::env::var_os(name).map(PathBuf::from);
    let home = || set("HF_HOME").or_else(|| set("HOME").map(|home| home.join(".cache/huggingface")));
    let Some(cache) = set("HF_HUB_CACHE").or_else(|| home().map(|home| home.join("hub"))) else { return Vec::new() };
    let folders =
        ["models--Qwen--Qwen2.5-Coder-1.5B-Instruct-GGUF", "models--QuantFactory--SmolLM2-135M-Instruct-GGUF"];
    let inside = |path: PathBuf| std::fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.path());
    let snapshots = folders.iter().flat_map(|folder| inside(cache.join(folder).join("snapshots")));
    snapshots.flat_map(inside).filter(|path| path.extension().is_some_and(|it| it == "gguf")).collect()
}
