//! Reads `E5S1` files: an encoder of the e5 family with its vocabulary, its matrices in blocks of four bits (Q4_0).
//!
//! Little-endian throughout: the mark, a version, seven sizes, the epsilon of the norms and the weights of a block; the
//! pieces of the vocabulary with their scores; what single characters are replaced by before a text is cut; a list of
//! tensors with their places; the tensors. The file comes from outside: every length is compared with what is left of the
//! file before memory is taken for it, and every shape with what the network needs. Not here: the network, and how a text
//! is cut.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use candle_core::quantized::GgmlDType;

use super::super::ModelError;
use super::super::weights::FileRows;
use super::{BertShape, TextPieces};

const MARK: &[u8; 4] = b"E5S1";
const VERSION: u32 = 1;
/// Most bytes that the vocabulary and the rules of characters may have each: ten times those of the published file.
const MAX_TEXT: u64 = 64 << 20;
/// Most pieces, rules and tensors that are believed.
const MAX_PIECES: u64 = 1 << 20;
const MAX_RULES: u64 = 1 << 17;
const MAX_TENSORS: u64 = 1 << 12;
/// The kinds of numbers, as the list of tensors names them.
const F32: u8 = 0;
const Q4_0: u8 = 1;

/// An open file whose header was read.
pub(super) struct PackedFile {
    path: PathBuf,
    file: BufReader<File>,
    size: u64,
    pub(super) shape: BertShape,
    tensors: HashMap<String, Place>,
}

/// Where a tensor lies.
#[derive(Debug, Clone, Copy)]
struct Place {
    kind: u8,
    numbers: u64,
    start: u64,
}

impl PackedFile {
    /// Reads everything but the tensors.
    pub(super) fn open(path: &Path) -> Result<(Self, TextPieces), ModelError> {
        let io = |source| ModelError::Io { path: path.to_owned(), source };
        let file = File::open(path).map_err(io)?;
        let size = file.metadata().map_err(io)?.len();
        let mut header = Header { path, file: BufReader::new(file), left: size };
        if header.array::<4>()? != *MARK || header.number()? != VERSION {
            return Err(header.broken("it is no E5S1 file of version 1"));
        }
        let shape = header.shape()?;
        let text = header.pieces()?;
        let tensors = header.tensors()?;
        let Header { file, .. } = header;
        Ok((Self { path: path.to_owned(), file, size, shape, tensors }, text))
    }

    fn broken(&self, problem: String) -> ModelError {
        ModelError::Unusable { path: self.path.clone(), problem }
    }

    /// Where a tensor of this many numbers lies, and its bytes: for `rows` rows of whole blocks, in f32 without.
    fn find(&self, name: &str, numbers: usize, kind: u8) -> Result<(u64, usize), ModelError> {
        let place = self.tensors.get(name).ok_or_else(|| self.broken(format!("it has no tensor `{name}`")))?;
        if (place.kind, place.numbers) != (kind, numbers as u64) {
            let Place { kind: found, numbers: count, .. } = place;
            let problem = format!(
                "tensor `{name}` has {count} numbers of the kind {found}; {numbers} of the kind {kind} are needed"
            );
            return Err(self.broken(problem));
        }
        let bytes = match kind {
            Q4_0 => numbers / GgmlDType::Q4_0.block_size() * GgmlDType::Q4_0.type_size(),
            _ => numbers * size_of::<f32>(),
        };
        match place.start.checked_add(bytes as u64) {
            Some(end) if end <= self.size => Ok((place.start, bytes)),
            _ => Err(self.broken(format!("tensor `{name}` lies past the end of the file"))),
        }
    }

    fn read(&mut self, (start, bytes): (u64, usize)) -> Result<Vec<u8>, ModelError> {
        let mut buffer = vec![0; bytes];
        let read = self.file.seek(SeekFrom::Start(start)).and_then(|_| self.file.read_exact(&mut buffer));
        read.map_err(|source| ModelError::Io { path: self.path.clone(), source })?;
        Ok(buffer)
    }

    /// Numbers in f32.
    pub(super) fn vector(&mut self, name: &str, length: usize) -> Result<Vec<f32>, ModelError> {
        let place = self.find(name, length, F32)?;
        let numbers = floats(&self.read(place)?);
        if numbers.iter().all(|number| number.is_finite()) {
            return Ok(numbers);
        }
        Err(self.broken(format!("tensor `{name}` has what is no number")))
    }

    /// The rows of a matrix as they stand in the file.
    pub(super) fn matrix(&mut self, name: &str, [outputs, inputs]: [usize; 2]) -> Result<Vec<u8>, ModelError> {
        let place = self.find(name, outputs * inputs, Q4_0)?;
        self.read(place)
    }

    /// The rows of a matrix, left in the file.
    pub(super) fn rows(&self, name: &str, [count, width]: [usize; 2]) -> Result<FileRows, ModelError> {
        let (start, _) = self.find(name, count * width, Q4_0)?;
        FileRows::open(&self.path, start, GgmlDType::Q4_0, width)
            .map_err(|source| ModelError::Io { path: self.path.clone(), source })
    }
}

/// What is read of a file before its tensors.
struct Header<'p> {
    path: &'p Path,
    file: BufReader<File>,
    /// Bytes behind what was read.
    left: u64,
}

impl Header<'_> {
    fn broken(&self, problem: &str) -> ModelError {
        ModelError::Unusable { path: self.path.to_owned(), problem: problem.to_owned() }
    }

    /// The next bytes; `limit` is the most that are believed.
    fn bytes(&mut self, count: u64, limit: u64) -> Result<Vec<u8>, ModelError> {
        if count > limit.min(self.left) {
            return Err(self.broken("a list of its header is longer than the file or than can be"));
        }
        self.left -= count;
        let mut bytes = vec![0; count as usize];
        let read = self.file.read_exact(&mut bytes);
        read.map_err(|source| ModelError::Io { path: self.path.to_owned(), source })?;
        Ok(bytes)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], ModelError> {
        let bytes = self.bytes(N as u64, N as u64)?;
        Ok(std::array::from_fn(|at| bytes[at]))
    }

    fn number(&mut self) -> Result<u32, ModelError> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    fn long(&mut self) -> Result<u64, ModelError> {
        Ok(u64::from_le_bytes(self.array()?))
    }

    fn shape(&mut self) -> Result<BertShape, ModelError> {
        let mut size = || Ok::<_, ModelError>(self.number()? as usize);
        let (hidden, layers, heads, feed_forward) = (size()?, size()?, size()?, size()?);
        let (vocabulary, positions, kinds) = (size()?, size()?, size()?);
        let epsilon = f32::from_le_bytes(self.array()?);
        if self.number()? as usize != GgmlDType::Q4_0.block_size() {
            return Err(self.broken("its blocks are not of 32 weights"));
        }
        let shape = BertShape { hidden, layers, heads, feed_forward, vocabulary, positions, kinds, epsilon };
        shape.checked().map_err(|problem| self.broken(&problem))
    }

    fn pieces(&mut self) -> Result<TextPieces, ModelError> {
        let count = u64::from(self.number()?);
        let [begin, end, pad, unknown] = [self.number()?, self.number()?, self.number()?, self.number()?];
        let length = self.long()?;
        if count > MAX_PIECES || [begin, end, pad, unknown].iter().any(|&id| u64::from(id) >= count) {
            return Err(self.broken("its list of pieces cannot be"));
        }
        let ends = words(&self.bytes((count + 1) * 4, MAX_TEXT)?);
        let scores = floats(&self.bytes(count * 4, MAX_TEXT)?);
        let blob = self.bytes(length, MAX_TEXT)?;
        let piece = |pair: &[u32]| {
            let bytes = blob.get(pair[0] as usize..pair[1] as usize)?;
            std::str::from_utf8(bytes).ok().map(Box::from)
        };
        let texts: Option<Vec<Box<str>>> = ends.windows(2).map(piece).collect();
        let texts = texts.ok_or_else(|| self.broken("a piece of its vocabulary is no text"))?;
        let rules = self.rules()?;
        Ok(TextPieces { texts, scores, begin, end, pad, unknown, rules })
    }

    /// What single characters become.
    fn rules(&mut self) -> Result<Vec<(char, String)>, ModelError> {
        let (count, length) = (u64::from(self.number()?), u64::from(self.number()?));
        if count > MAX_RULES {
            return Err(self.broken("it has too many rules of characters"));
        }
        let bytes = self.bytes(length, MAX_TEXT)?;
        let mut rest = &bytes[..];
        let mut take = |count: usize| {
            let (taken, behind) = rest.split_at_checked(count)?;
            rest = behind;
            Some(taken)
        };
        let mut rules = Vec::with_capacity(count as usize);
        for _ in 0..count {
            let rule = (|| {
                let from = char::from_u32(words(take(4)?)[0])?;
                let length = usize::from(take(1)?[0]);
                let to = words(take(4 * length)?).into_iter().map(char::from_u32).collect::<Option<String>>()?;
                Some((from, to))
            })();
            rules.push(rule.ok_or_else(|| self.broken("a rule of its characters is cut off or has no character"))?);
        }
        Ok(rules)
    }

    fn tensors(&mut self) -> Result<HashMap<String, Place>, ModelError> {
        let count = u64::from(self.number()?);
        if count > MAX_TENSORS {
            return Err(self.broken("it has too many tensors"));
        }
        let mut tensors = HashMap::new();
        for _ in 0..count {
            let length = u16::from_le_bytes(self.array()?);
            let name = self.bytes(length.into(), MAX_TEXT)?;
            let [kind] = self.array()?;
            let numbers = u64::from(self.number()?);
            let (start, _bytes) = (self.long()?, self.long()?);
            tensors.insert(String::from_utf8_lossy(&name).into_owned(), Place { kind, numbers, start });
        }
        Ok(tensors)
    }
}

fn words(bytes: &[u8]) -> Vec<u32> {
    bytes.as_chunks().0.iter().map(|bytes| u32::from_le_bytes(*bytes)).collect()
}

fn floats(bytes: &[u8]) -> Vec<f32> {
    bytes.as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect()
}
