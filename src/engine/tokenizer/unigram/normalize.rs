//! SentencePiece's normaliser: a text as the vocabulary was trained to see it.
//!
//! The rules (`nmt_nfkc` for instance) stand in the file: a double-array trie from what is written to where its
//! replacement stands, and the replacements, each ended by a zero. The longest rule that fits is taken at each place.
//! The trie's layout is that of Darts-clone (Yata and others, 2007), which SentencePiece stores as it is. Spaces are folded
//! and written `▁` where the file asks for it.

use super::proto::{ModelProto, NormalizerSpec};

/// What stands for a space.
pub const SPACE: char = '▁';

/// Rules of one model file.
pub(super) struct Normalizer {
    /// The trie; empty when there are no rules.
    units: Vec<u32>,
    replacements: Vec<u8>,
    /// Pieces that are never changed, the longest first.
    fixed: Vec<Box<str>>,
    spec: NormalizerSpec,
    space_as_suffix: bool,
}

impl Normalizer {
    /// The rules of a file; `fixed` are its user-defined pieces.
    pub(super) fn new(proto: ModelProto, mut fixed: Vec<Box<str>>) -> Result<Self, String> {
        let (spec, space_as_suffix) = (proto.normalizer, proto.trainer.space_as_suffix);
        let (units, replacements) = charsmap(&spec.charsmap)?;
        fixed.sort_by_key(|piece| std::cmp::Reverse(piece.len()));
        Ok(Self { units, replacements, fixed, spec, space_as_suffix })
    }

    /// The text that is cut into pieces.
    pub(super) fn normalize(&self, text: &str) -> String {
        let NormalizerSpec { add_dummy_prefix, remove_extra_spaces, escape_spaces, .. } = self.spec;
        let mut rest = text;
        while remove_extra_spaces && !rest.is_empty() {
            let (replacement, length) = self.prefix(rest);
            if replacement != " " {
                break;
            }
            rest = &rest[length..];
        }
        if rest.is_empty() {
            return String::new();
        }
        let space = if escape_spaces { SPACE } else { ' ' };
        let mut out = String::with_capacity(text.len() + 3);
        if !self.space_as_suffix && add_dummy_prefix {
            out.push(space);
        }
        let mut after_space = remove_extra_spaces;
        while !rest.is_empty() {
            let (replacement, length) = self.prefix(rest);
            rest = &rest[length..];
            let shown = if after_space { replacement.trim_start_matches(' ') } else { replacement };
            out.extend(shown.chars().map(|c| if c == ' ' { space } else { c }));
            if !shown.is_empty() {
                after_space = shown.ends_with(' ');
            }
            after_space &= remove_extra_spaces;
        }
        if remove_extra_spaces {
            out.truncate(out.trim_end_matches(space).len());
        }
        if self.space_as_suffix && add_dummy_prefix {
            out.push(space);
        }
        out
    }

    /// What the beginning of a text becomes, and how many of its bytes that takes.
    fn prefix<'t>(&'t self, text: &'t str) -> (&'t str, usize) {
        if let Some(piece) = self.fixed.iter().find(|piece| text.starts_with(&***piece)) {
            return (&text[..piece.len()], piece.len());
        }
        if let Some((replacement, length)) = self.rule(text) {
            return (replacement, length);
        }
        let length = text.chars().next().map_or(0, char::len_utf8);
        (&text[..length], length)
    }

    /// The longest rule that fits the beginning of a text. A rule that ends inside a character fits no text.
    fn rule(&self, text: &str) -> Option<(&str, usize)> {
        let mut node = offset(*self.units.first()?);
        let mut found = None;
        for (index, byte) in text.bytes().enumerate() {
            node ^= usize::from(byte);
            let Some(&unit) = self.units.get(node) else { break };
            if unit & (1 << 31 | 0xff) != u32::from(byte) {
                break;
            }
            node ^= offset(unit);
            if unit >> 8 & 1 == 1
                && let Some(&leaf) = self.units.get(node)
                && text.is_char_boundary(index + 1)
            {
                found = Some(((leaf & 0x7fff_ffff) as usize, index + 1));
            }
        }
        let (start, length) = found?;
        let rest = self.replacements.get(start..)?;
        let end = rest.iter().position(|&byte| byte == 0).unwrap_or(rest.len());
        Some((std::str::from_utf8(&rest[..end]).ok()?, length))
    }
}

/// How far a node's children are.
fn offset(unit: u32) -> usize {
    ((unit >> 10) << ((unit & 1 << 9) >> 6)) as usize
}

/// Cuts the rules into the trie and the replacements.
fn charsmap(bytes: &[u8]) -> Result<(Vec<u32>, Vec<u8>), String> {
    if bytes.is_empty() {
        return Ok((Vec::new(), Vec::new()));
    }
    let cut = || "its normalisation rules are cut off".to_owned();
    let (size, rest) = bytes.split_first_chunk::<4>().ok_or_else(cut)?;
    let (trie, replacements) = rest.split_at_checked(u32::from_le_bytes(*size) as usize).ok_or_else(cut)?;
    let (units, tail) = trie.as_chunks::<4>();
    if units.is_empty() || !tail.is_empty() {
        return Err("its normalisation rules are no list of words".to_owned());
    }
    Ok((units.iter().map(|unit| u32::from_le_bytes(*unit)).collect(), replacements.to_vec()))
}
