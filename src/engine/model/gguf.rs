//! Reads the header of a GGUF file: metadata and the list of tensors.
//!
//! A model file comes from outside, so nothing in it is believed before it is checked: every count, length, offset and
//! shape is compared with the size of the file before memory is taken for it. candle has a reader too, but it panics on
//! an alignment of zero and lets a product of dimensions wrap, so it never sees a file here: it gets the bytes of one
//! checked tensor at a time (`weights`). Format: the GGUF specification, versions 2 and 3 (little-endian).

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use candle_core::quantized::GgmlDType;

/// Longest string that a header may hold; chat templates are the longest seen, under 100 kB.
const MAX_STRING: u64 = 16 << 20;
const MAX_DIMENSIONS: u32 = 4;

/// Why a model file was refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GgufError {
    /// The file could not be read.
    #[error("cannot read the model file {path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is not GGUF, or breaks a rule of the format.
    #[error("{path} is not a usable GGUF file: {problem}; get it again with `stislo models pull`")]
    Malformed {
        /// The file.
        path: PathBuf,
        /// The rule that is broken.
        problem: String,
    },
}

/// One metadata value. Integers are widened; arrays keep one kind.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Any integer kind, and bool as 0 or 1.
    Integer(i128),
    /// f32 and f64.
    Float(f64),
    /// A UTF-8 string.
    Text(String),
    /// Arrays of strings, as vocabularies are.
    Texts(Vec<String>),
    /// Arrays of numbers.
    Numbers(Vec<f64>),
}

/// Where one tensor lies in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TensorInfo {
    /// Row-major shape: the outermost dimension first.
    pub shape: Vec<usize>,
    /// How its numbers are stored.
    pub dtype: GgmlDType,
    /// Offset of its first byte from the start of the file.
    pub start: u64,
    /// Bytes it takes.
    pub bytes: usize,
}

/// A checked header.
#[derive(Debug)]
pub struct Gguf {
    path: PathBuf,
    metadata: BTreeMap<String, Value>,
    tensors: BTreeMap<String, TensorInfo>,
}

impl Gguf {
    /// Reads and checks the header of the file at `path`.
    pub fn open(path: &Path) -> Result<Self, GgufError> {
        let io = |source| GgufError::Io { path: path.to_owned(), source };
        let file = File::open(path).map_err(io)?;
        let size = file.metadata().map_err(io)?.len();
        let mut cursor = Cursor { input: BufReader::with_capacity(1 << 20, file), position: 0, size };
        read_header(&mut cursor).map(|(metadata, tensors)| Self { path: path.to_owned(), metadata, tensors }).map_err(
            |problem| match problem {
                Problem::Io(source) => io(source),
                Problem::Broken(problem) => GgufError::Malformed { path: path.to_owned(), problem },
            },
        )
    }

    /// The file that this header is of.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Finds a tensor.
    pub fn tensor(&self, name: &str) -> Option<&TensorInfo> {
        self.tensors.get(name)
    }

    /// An error about this file.
    pub fn malformed(&self, problem: impl Into<String>) -> GgufError {
        GgufError::Malformed { path: self.path.clone(), problem: problem.into() }
    }

    /// A string, or an error that names the key.
    pub fn text(&self, key: &str) -> Result<&str, GgufError> {
        match self.metadata.get(key) {
            Some(Value::Text(text)) => Ok(text),
            _ => Err(self.malformed(format!("it has no text `{key}`"))),
        }
    }

    /// A list of strings, or an error that names the key.
    pub fn texts(&self, key: &str) -> Result<&[String], GgufError> {
        match self.metadata.get(key) {
            Some(Value::Texts(texts)) => Ok(texts),
            _ => Err(self.malformed(format!("it has no list of texts `{key}`"))),
        }
    }

    /// A list of numbers, or an error that names the key.
    pub fn numbers(&self, key: &str) -> Result<&[f64], GgufError> {
        match self.metadata.get(key) {
            Some(Value::Numbers(numbers)) => Ok(numbers),
            _ => Err(self.malformed(format!("it has no list of numbers `{key}`"))),
        }
    }

    /// A whole number from 1 to `limit`, or an error that names the key.
    pub fn size(&self, key: &str, limit: usize) -> Result<usize, GgufError> {
        match self.metadata.get(key) {
            Some(&Value::Integer(n)) if n >= 1 && n <= limit as i128 => Ok(n as usize),
            Some(other) => Err(self.malformed(format!("`{key}` is {other:?}, not a whole number from 1 to {limit}"))),
            None => Err(self.malformed(format!("it has no number `{key}`"))),
        }
    }

    /// A token id, where the file states one.
    pub fn token(&self, key: &str) -> Option<u32> {
        match self.metadata.get(key) {
            Some(&Value::Integer(n)) => u32::try_from(n).ok(),
            _ => None,
        }
    }

    /// A truth, where the file states one.
    pub fn flag(&self, key: &str) -> Option<bool> {
        match self.metadata.get(key) {
            Some(&Value::Integer(n)) => Some(n != 0),
            _ => None,
        }
    }

    /// A finite number greater than zero, or `default` where the key is missing.
    pub fn positive(&self, key: &str, default: f64) -> Result<f64, GgufError> {
        match self.metadata.get(key) {
            None => Ok(default),
            Some(&Value::Float(x)) if x.is_finite() && x > 0.0 => Ok(x),
            Some(other) => Err(self.malformed(format!("`{key}` is {other:?}, not a positive number"))),
        }
    }

    /// True when the key is there.
    pub fn has(&self, key: &str) -> bool {
        self.metadata.contains_key(key)
    }
}

/// How a tensor is stored, by its number in the file.
fn storage(kind: u32) -> Option<GgmlDType> {
    use GgmlDType as D;
    let known = [
        (0, D::F32),
        (1, D::F16),
        (2, D::Q4_0),
        (3, D::Q4_1),
        (6, D::Q5_0),
        (7, D::Q5_1),
        (8, D::Q8_0),
        (9, D::Q8_1),
        (10, D::Q2K),
        (11, D::Q3K),
        (12, D::Q4K),
        (13, D::Q5K),
        (14, D::Q6K),
        (15, D::Q8K),
        (30, D::BF16),
    ];
    known.iter().find(|(number, _)| *number == kind).map(|&(_, dtype)| dtype)
}

enum Problem {
    Io(std::io::Error),
    Broken(String),
}

type Checked<T> = Result<T, Problem>;

fn broken<T>(problem: impl Into<String>) -> Checked<T> {
    Err(Problem::Broken(problem.into()))
}

/// Reads forward and knows how much of the file is left.
struct Cursor<R> {
    input: R,
    position: u64,
    size: u64,
}

impl<R: Read> Cursor<R> {
    fn left(&self) -> u64 {
        self.size.saturating_sub(self.position)
    }

    fn bytes<const N: usize>(&mut self) -> Checked<[u8; N]> {
        let mut buffer = [0; N];
        self.fill(&mut buffer)?;
        Ok(buffer)
    }

    fn fill(&mut self, buffer: &mut [u8]) -> Checked<()> {
        if buffer.len() as u64 > self.left() {
            return broken(format!("it ends in the middle of its header, at byte {}", self.size));
        }
        self.input.read_exact(buffer).map_err(Problem::Io)?;
        self.position += buffer.len() as u64;
        Ok(())
    }

    fn u32(&mut self) -> Checked<u32> {
        Ok(u32::from_le_bytes(self.bytes()?))
    }

    fn u64(&mut self) -> Checked<u64> {
        Ok(u64::from_le_bytes(self.bytes()?))
    }

    /// A count of things that take at least `each` bytes: refused when they cannot fit in what is left.
    fn count(&mut self, what: &str, each: u64) -> Checked<usize> {
        let n = self.u64()?;
        if n > self.left() / each {
            return broken(format!("it claims {n} {what}, more than fit in the file"));
        }
        Ok(n as usize)
    }

    fn text(&mut self) -> Checked<String> {
        let n = self.count("bytes of text", 1)?;
        if n as u64 > MAX_STRING {
            return broken(format!("a text of {n} bytes is over the limit of {MAX_STRING}"));
        }
        let mut buffer = vec![0; n];
        self.fill(&mut buffer)?;
        String::from_utf8(buffer).or_else(|_| broken("a text in the header is not UTF-8"))
    }

    fn value(&mut self, kind: u32) -> Checked<Value> {
        Ok(match kind {
            0 => Value::Integer(u8::from_le_bytes(self.bytes()?).into()),
            1 => Value::Integer(i8::from_le_bytes(self.bytes()?).into()),
            2 => Value::Integer(u16::from_le_bytes(self.bytes()?).into()),
            3 => Value::Integer(i16::from_le_bytes(self.bytes()?).into()),
            4 => Value::Integer(self.u32()?.into()),
            5 => Value::Integer(i32::from_le_bytes(self.bytes()?).into()),
            6 => Value::Float(f32::from_le_bytes(self.bytes()?).into()),
            7 => Value::Integer((u8::from_le_bytes(self.bytes()?) != 0).into()),
            8 => Value::Text(self.text()?),
            9 => self.array()?,
            10 => Value::Integer(self.u64()?.into()),
            11 => Value::Integer(i64::from_le_bytes(self.bytes()?).into()),
            12 => Value::Float(f64::from_le_bytes(self.bytes()?)),
            _ => return broken(format!("a value has the unknown kind {kind}")),
        })
    }

    fn array(&mut self) -> Checked<Value> {
        let kind = self.u32()?;
        if kind == 9 {
            return broken("it nests arrays in arrays");
        }
        let Some(each) = [1, 1, 2, 2, 4, 4, 4, 1, 8, 12, 8, 8, 8].get(kind as usize) else {
            return broken(format!("an array has the unknown kind {kind}"));
        };
        let n = self.count("values", *each)?;
        if kind == 8 {
            return (0..n).map(|_| self.text()).collect::<Checked<_>>().map(Value::Texts);
        }
        let numbers = (0..n).map(|_| {
            Ok(match self.value(kind)? {
                Value::Integer(n) => n as f64,
                Value::Float(x) => x,
                _ => return broken("an array mixes kinds"),
            })
        });
        numbers.collect::<Checked<_>>().map(Value::Numbers)
    }

    /// A tensor as the header lists it; its start counts from the end of the header.
    fn tensor(&mut self) -> Checked<(String, TensorInfo)> {
        let name = self.text()?;
        let dimensions = self.u32()?;
        if dimensions == 0 || dimensions > MAX_DIMENSIONS {
            return broken(format!("tensor `{name}` has {dimensions} dimensions"));
        }
        let mut shape = (0..dimensions).map(|_| Ok(self.u64()? as usize)).collect::<Checked<Vec<_>>>()?;
        shape.reverse();
        let kind = self.u32()?;
        let Some(dtype) = storage(kind) else {
            return broken(format!("tensor `{name}` is stored as kind {kind}, which this engine cannot read"));
        };
        let Some(bytes) = bytes_of(&shape, dtype) else {
            return broken(format!("tensor `{name}` has the impossible shape {shape:?}"));
        };
        Ok((name, TensorInfo { shape, dtype, start: self.u64()?, bytes }))
    }
}

type Header = (BTreeMap<String, Value>, BTreeMap<String, TensorInfo>);

fn read_header<R: Read>(cursor: &mut Cursor<R>) -> Checked<Header> {
    if cursor.size < 24 || &cursor.bytes::<4>()? != b"GGUF" {
        return broken("it does not start with the letters GGUF");
    }
    let version = cursor.u32()?;
    if !(2..=3).contains(&version) {
        return broken(format!("it has version {version}; versions 2 and 3 are known"));
    }
    let n_tensors = cursor.count("tensors", 24)?;
    let n_values = cursor.count("metadata values", 13)?;
    let mut metadata = BTreeMap::new();
    for _ in 0..n_values {
        let key = cursor.text()?;
        let kind = cursor.u32()?;
        metadata.insert(key, cursor.value(kind)?);
    }
    let listed: Vec<_> = (0..n_tensors).map(|_| cursor.tensor()).collect::<Checked<_>>()?;
    let alignment = alignment(&metadata)?;
    let data = cursor.position.next_multiple_of(alignment);
    let mut tensors = BTreeMap::new();
    for (name, info) in listed {
        if info.start % alignment != 0 {
            return broken(format!("tensor `{name}` starts off the alignment of {alignment}"));
        }
        let start = data.checked_add(info.start);
        let inside = |start: &u64| start.checked_add(info.bytes as u64).is_some_and(|end| end <= cursor.size);
        let Some(start) = start.filter(inside) else {
            return broken(format!("tensor `{name}` reaches past the end of the file"));
        };
        if tensors.contains_key(&name) {
            return broken(format!("tensor `{name}` is listed twice"));
        }
        tensors.insert(name, TensorInfo { start, ..info });
    }
    Ok((metadata, tensors))
}

fn alignment(metadata: &BTreeMap<String, Value>) -> Checked<u64> {
    match metadata.get("general.alignment") {
        None => Ok(32),
        Some(&Value::Integer(n)) if (8..=4096).contains(&n) && (n as u64).is_power_of_two() => Ok(n as u64),
        Some(other) => broken(format!("its alignment is {other:?}, not a power of two from 8 to 4096")),
    }
}

/// The bytes that numbers of this shape take; `None` where there are none, too many, or rows of broken blocks.
fn bytes_of(shape: &[usize], dtype: GgmlDType) -> Option<usize> {
    let count = shape.iter().try_fold(1usize, |product, &n| product.checked_mul(n)).filter(|&n| n > 0)?;
    let whole_blocks = shape.last()?.is_multiple_of(dtype.block_size());
    (count / dtype.block_size()).checked_mul(dtype.type_size()).filter(|_| whole_blocks)
}
