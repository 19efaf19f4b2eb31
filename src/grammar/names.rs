//! Names as a language spells them: of two tokens that sound alike, the one that spells a name is the better one.
//!
//! Nothing is shut out, because a name that a rule spells may have another spelling in use. So this is asked only when the
//! model's choice makes a word with a capital that sounds like a known name and is not spelled like it.

use std::collections::BTreeSet;
use std::ops::Bound;

/// Fewest letters that tell a name.
const LEAST: usize = 3;
/// Letters whose vowels are told apart. Behind them a weak model mixes up vowels that are not stressed.
const EXACT: usize = 3;
/// Most letters of an ending: -ського, -енський.
const ENDING: usize = 7;

/// Beginnings of names, in lower case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NameSpellings {
    spelled: BTreeSet<String>,
    /// What each sounds like.
    sounds: BTreeSet<String>,
}

impl NameSpellings {
    /// Names by their beginnings, in lower case and without what cases change. Those that are too short to tell a name are
    /// passed over.
    pub fn new(beginnings: impl IntoIterator<Item = String>) -> Self {
        let spelled: BTreeSet<String> = beginnings.into_iter().filter(|name| name.chars().count() >= LEAST).collect();
        Self { sounds: spelled.iter().map(|name| sound(name)).collect(), spelled }
    }

    /// True when a word sounds like a name and is not spelled like one.
    pub(super) fn misspells(&self, word: &str) -> bool {
        !self.spells(word) && {
            let heard = sound(word);
            self.sounds.iter().any(|name| is_beginning(&heard, name))
        }
    }

    /// True when a word, perhaps not whole, is spelled like a name and sounds like `other`.
    pub(super) fn corrects(&self, other: &str, word: &str) -> bool {
        self.spells(word) && is_beginning(&sound(other), &sound(word))
    }

    /// True for the beginning of a name, and for a name with an ending.
    fn spells<'w>(&self, word: &'w str) -> bool {
        let next = self.spelled.range::<str, _>((Bound::Included(word), Bound::Unbounded)).next();
        let begins = next.is_some_and(|name| name.starts_with(word));
        let shorter = |word: &&'w str| word.char_indices().next_back().map(|(last, _)| &word[..last]);
        begins || std::iter::successors(Some(word), shorter).take(ENDING + 1).any(|name| self.spelled.contains(name))
    }
}

/// True when one of two sounds begins the other, and enough of it to tell.
fn is_beginning(one: &str, other: &str) -> bool {
    let enough = |sound: &str| sound.chars().nth(LEAST - 1).is_some();
    enough(one) && enough(other) && (one.starts_with(other) || other.starts_with(one))
}

/// What a word sounds like to somebody who hears no difference between letters that are often taken for each other.
fn sound(word: &str) -> String {
    let mut sound = String::with_capacity(word.len());
    for (at, letter) in word.chars().enumerate() {
        let heard = match letter {
            'ь' | 'ъ' | '\'' | '’' => continue,
            'а' | 'е' | 'є' | 'и' | 'і' | 'ї' | 'й' | 'о' | 'у' | 'ы' | 'э' | 'ю' | 'я' | 'ё' if at >= EXACT => {
                '-'
            }
            'a' | 'e' | 'i' | 'o' | 'u' | 'y' if at >= EXACT => '-',
            'і' | 'ї' | 'ы' | 'й' => 'и',
            'є' | 'э' | 'ё' => 'е',
            'ґ' | 'х' => 'г',
            // Ukrainian г is h by the rule, and often g in use.
            'h' => 'g',
            'ш' | 'щ' => 'с',
            'ж' => 'з',
            'ч' => 'ц',
            other => other,
        };
        if !sound.ends_with(heard) {
            sound.push(heard);
        }
    }
    sound
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
