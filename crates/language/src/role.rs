//! Words for people and bodies by what they are or do: mayor, капітан, судья, police. The table is `data/roles.toml`.
//!
//! Which language a word is of does not matter. Not here: names, and who bears which role in an article.

use std::sync::LazyLock;

use serde::Deserialize;

use super::word_map::WordMap;

const TABLE: &str = include_str!("../data/roles.toml");

/// What a role is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RoleKind {
    /// An office or a calling: mayor, farmer.
    Office,
    /// What somebody is to others, or a body: neighbour, police.
    Other,
    /// A body of which an article may speak of many: company.
    Body,
}

/// A row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Role {
    /// What it is.
    pub kind: RoleKind,
    row: usize,
}

#[derive(Deserialize)]
struct File {
    offices: Vec<String>,
    others: Vec<String>,
    bodies: Vec<String>,
}

static ROLES: LazyLock<WordMap<Role>> = LazyLock::new(|| {
    let file: File = toml::from_str(TABLE).expect("data/roles.toml is well-formed; a test reads it");
    let lists = [(RoleKind::Office, &file.offices), (RoleKind::Other, &file.others), (RoleKind::Body, &file.bodies)];
    let rows = lists
        .into_iter()
        .flat_map(|(kind, rows)| rows.iter().enumerate().map(move |(row, words)| (words.as_str(), Role { kind, row })));
    WordMap::of(rows)
});

/// The role that a folded word stands for.
pub fn role(word: &str) -> Option<Role> {
    ROLES.get(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_one_in_three_languages() {
        for words in [["mayor", "мером", "мэра"], ["captain's", "капітан", "капитану"], ["judge", "суддя", "судьей"]]
        {
            assert!(role(words[0]).is_some() && words.iter().all(|word| role(word) == role(words[0])), "{words:?}");
        }
        assert_ne!(role("minister"), role("president"));
        assert_eq!((role("bridge"), role("")), (None, None));
    }

    #[test]
    fn words_of_the_table_are_folded() {
        for word in TABLE.lines().filter(|line| line.starts_with("  \"")).flat_map(|line| line.split(['"', ' ', ','])) {
            assert_eq!(crate::fold(word.trim_end_matches('*')), word.trim_end_matches('*'));
        }
    }
}
