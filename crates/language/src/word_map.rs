//! Words, and beginnings of words, that stand for something.
//!
//! A look-up takes as long as its word and not as long as the table. What a word stands for is looked for in all three
//! languages at once. Not here: what is looked up, which callers fold (see [`fold`](super::fold)).

use ahash::AHashMap;
use serde::{Deserialize, Deserializer};

/// What words stand for.
#[derive(Debug)]
pub struct WordMap<T> {
    /// By the word or its beginning: whether it is a beginning, and what it stands for.
    entries: AHashMap<String, Vec<(bool, T)>>,
    /// Bytes of the longest of them.
    longest: usize,
}

impl<T> Default for WordMap<T> {
    fn default() -> Self {
        Self { entries: AHashMap::new(), longest: 0 }
    }
}

impl<T: Copy> WordMap<T> {
    /// A map of lists: words with blanks between them, `*` behind the beginnings of words.
    pub fn of<'l>(lists: impl IntoIterator<Item = (&'l str, T)>) -> Self {
        let mut map = Self::default();
        lists.into_iter().for_each(|(words, value)| map.add(words, value));
        map
    }

    /// Adds a list of words that stand for this.
    pub fn add(&mut self, words: &str, value: T) {
        words.split_whitespace().for_each(|word| self.add_word(word, value));
    }

    /// Adds a word, or the beginning of one, which may have blanks inside.
    pub fn add_word(&mut self, word: &str, value: T) {
        let (letters, begins) = word.strip_suffix('*').map_or((word, false), |start| (start, true));
        self.longest = self.longest.max(letters.len());
        self.entries.entry(letters.to_owned()).or_default().push((begins, value));
    }

    /// What a word stands for, the longest beginning first, and what of the word follows that.
    pub fn matches<'m, 'w: 'm>(&'m self, word: &'w str) -> impl Iterator<Item = (T, &'w str)> + 'm {
        let ends = std::iter::once(word.len()).chain(word.char_indices().rev().map(|(at, _)| at));
        ends.filter(|&end| end > 0 && end <= self.longest).flat_map(move |end| {
            let found = self.entries.get(&word[..end]).map_or(&[][..], Vec::as_slice);
            let fits = found.iter().filter(move |(begins, _)| *begins || end == word.len());
            fits.map(move |&(_, value)| (value, &word[end..]))
        })
    }

    /// What a word stands for, by its longest beginning.
    pub fn get(&self, word: &str) -> Option<T> {
        self.matches(word).next().map(|(value, _)| value)
    }
}

/// Reads a list of words that stand for nothing but themselves.
pub(super) fn list<'de, D: Deserializer<'de>>(deserializer: D) -> Result<WordMap<()>, D::Error> {
    let words = String::deserialize(deserializer)?;
    Ok(WordMap::of([(words.as_str(), ())]))
}

/// Reads lists of words that stand for the numbers of the lists, from 1 on.
pub(super) fn numbered<'de, D: Deserializer<'de>>(deserializer: D) -> Result<WordMap<u8>, D::Error> {
    let lists = Vec::<String>::deserialize(deserializer)?;
    Ok(WordMap::of((1..).zip(&lists).map(|(number, words)| (words.as_str(), number))))
}

/// Reads rows of what is stood for, and the words for it.
pub(super) fn rows<'de, D: Deserializer<'de>, T: Copy + Deserialize<'de>>(
    deserializer: D,
) -> Result<WordMap<T>, D::Error> {
    let rows = Vec::<(T, String)>::deserialize(deserializer)?;
    Ok(WordMap::of(rows.iter().map(|(value, words)| (words.as_str(), *value))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_beginnings_are_found() {
        let map = WordMap::of([("rise ris*", 1), ("rising зріс", 2)]);
        assert_eq!(
            (map.get("rise"), map.get("rising"), map.get("зріс"), map.get("зрісши")),
            (Some(1), Some(2), Some(2), None)
        );
        assert_eq!(map.matches("rising").collect::<Vec<_>>(), [(2, ""), (1, "ing")]);
        assert_eq!((map.get(""), map.get("ri"), map.get("щ")), (None, None, None));
    }
}
