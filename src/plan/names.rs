//! The names of an article, and how each language spells them.
//!
//! A weak model writes Кисел for Кісел, and a reader takes him for another man. So the sampler is told how the article's
//! names are spelled, and of two tokens that sound alike it takes the one that spells a name.

use std::collections::{BTreeSet, HashSet};

use super::orders::Orders;
use crate::intake::AnnotatedArticle;
use crate::language::{Concept, Key, Kind, Language, Table, Token, beginnings};

/// Beginnings of names in each language, in lower case, without the vowels that cases change.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Names([BTreeSet<String>; 3]);

impl Names {
    /// The names of an article: words with a capital that do not begin a sentence, and that not only orders have.
    pub(super) fn of(article: &AnnotatedArticle, orders: &Orders) -> Self {
        let table = Table::shared();
        let mut named: HashSet<Concept> = HashSet::new();
        let mut words: BTreeSet<String> = BTreeSet::new();
        for (_, sentence) in article.annotations().iter().enumerate().filter(|(at, _)| !orders.has(*at)) {
            for (i, token) in sentence.tokens.iter().enumerate() {
                let concepts = sentence.keys[i].iter().filter_map(Key::concept);
                if i > 0 && is_name(token, table) && concepts.clone().next().is_none() {
                    words.insert(token.folded.clone());
                }
                named.extend(concepts.filter(|concept| concept.kind == Kind::Name));
            }
        }
        let from = article.language();
        Self(Language::ALL.map(|to| {
            let known = table.beginnings(&named, to).into_iter().map(str::to_owned);
            known.chain(beginnings(words.iter().map(String::as_str), from, to)).collect()
        }))
    }

    /// Their beginnings in a language.
    pub(super) fn of_language(&self, language: Language) -> &BTreeSet<String> {
        &self.0[language as usize]
    }
}

fn is_name(token: &Token, table: &Table) -> bool {
    token.is_capitalised() && !token.is_acronym() && !table.is_common(&token.folded)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::{Source, read};

    #[test]
    fn names_of_an_article_are_spelled_in_three_languages() {
        let text = "The general left Syria on Monday. Officials say that Alexander Kisel was not told. In Kyiv, the Ministry \
                    of Defence did not comment on his case.";
        let source = Source { bytes: text.into(), name: "test".into(), title: None, language: None };
        let article = AnnotatedArticle::of(read(source).unwrap());
        let names = Names::of(&article, &Orders::of(&article, None));
        for (language, has) in [
            (Language::En, ["kisel", "syria", "kyiv"]),
            (Language::Uk, ["кісел", "сирі", "київ"]),
            (Language::Ru, ["кисел", "сири", "киев"]),
        ] {
            let known = names.of_language(language);
            assert!(has.iter().all(|name| known.iter().any(|known| name.starts_with(known.as_str()))), "{known:?}");
            assert!(!known.iter().any(|known| known.starts_with("мін") || known.starts_with("мин")), "{known:?}");
        }
    }
}
