//! Names as a language spells them: of two tokens that sound alike, the one that spells a name is the better one.
//!
//! Nothing is shut out, because a name that a rule spells may have another spelling in use. So this is asked only when the
//! model's choice makes a word with a capital that sounds like a known name and is not spelled like it.

use std::collections::{BTreeSet, HashSet};

use super::script::begins_one;
use crate::language::NameKey;

/// Fewest letters that tell a name.
const LEAST: usize = 3;
/// Most letters of an ending: -ського, -енський.
const ENDING: usize = 7;

/// Beginnings of names, in lower case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NameSpellings {
    spelled: BTreeSet<String>,
    /// What each sounds like.
    keys: HashSet<NameKey>,
}

impl NameSpellings {
    /// Names by their beginnings, in lower case and without what cases change. Those that are too short to tell a name are
    /// passed over.
    pub fn new(beginnings: impl IntoIterator<Item = String>) -> Self {
        let spelled: BTreeSet<String> = beginnings.into_iter().filter(|name| name.chars().count() >= LEAST).collect();
        Self { keys: spelled.iter().map(|name| NameKey::of(name)).collect(), spelled }
    }

    /// True when a word sounds like a name and is not spelled like one.
    pub(super) fn misspells(&self, word: &str) -> bool {
        !self.spells(word) && {
            let heard = NameKey::of(word);
            self.keys.iter().any(|name| heard.begins_like(name))
        }
    }

    /// True when a word, perhaps not whole, is spelled like a name and sounds like `other`.
    pub(super) fn corrects(&self, other: &str, word: &str) -> bool {
        self.spells(word) && NameKey::of(other).begins_like(&NameKey::of(word))
    }

    /// True for the beginning of a name, and for a name with an ending.
    fn spells<'w>(&self, word: &'w str) -> bool {
        let shorter = |word: &&'w str| word.char_indices().next_back().map(|(last, _)| &word[..last]);
        let mut endings = std::iter::successors(Some(word), shorter).take(ENDING + 1);
        begins_one(&self.spelled, word) || endings.any(|name| self.spelled.contains(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_preferred_to_what_sounds_like_it() {
        let names = NameSpellings::new(["кісел", "сирськ", "київ", "ки"].map(str::to_owned));
        for (wrong, right) in [("кис", "кіс"), ("кисел", "кісе"), ("сірс", "сирс"), ("сирске", "сирське")]
        {
            assert!(names.misspells(wrong) && names.corrects(wrong, right), "{wrong}");
            assert!(!names.misspells(right));
        }
        for other in ["ки", "кит", "корабель", "сирія", "київського", "кім"] {
            assert!(!names.misspells(other), "{other}");
        }
        assert!(!names.corrects("кит", "кіс") && !names.corrects("кис", "киї"));
    }
}
