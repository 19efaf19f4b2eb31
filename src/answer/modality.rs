//! Whether a fact says for certain, or as done, what its evidence only suspects, allows or plans.
//!
//! "Prosecutors allege that he took it" bears out that they allege it, and not that he took it; "they plan to open it" does not
//! bear out that they opened it. What is doubted or planned is looked for behind the word that says so, up to the end of its
//! clause. Not here: words of doubt about a whole sentence, which `stance` compares.

use super::clause;
use crate::language::{Annotation, Class, LanguageMatch, Mark};

/// A fact of which this share stands in what is doubted is that, what stands before it aside.
const MOST: f32 = 0.5;
/// Across languages, this many words or figures have to.
const LEAST_MATCHES: usize = 2;
/// Words after which all that follows is doubted.
const THAT: [&str; 3] = ["that", "що", "что"];
/// How far behind its word one of those may stand.
const NEAR: usize = 6;
/// Endings of Ukrainian and Russian verbs of the past.
const PAST_ENDINGS: [&str; 11] = ["ли", "ла", "ло", "лся", "лась", "лось", "лись", "ил", "ал", "ив", "ав"];

/// The word of doubt, or of a plan, that the fact leaves out.
pub(super) fn changed(fact: &Annotation, sentences: &[&Annotation], language_match: LanguageMatch) -> Option<String> {
    let has = |of: fn(&Mark) -> bool| fact.marks.iter().any(of);
    if fact.text.contains('?') {
        return None;
    }
    let attributed = has(|mark| matches!(mark, Mark::Hedge(_) | Mark::Source(..) | Mark::Saying(_) | Mark::Doubt(_)))
        || fact.text.contains(": ");
    let proved = has(|mark| matches!(mark, Mark::Proof(_)));
    let planned = has(|mark| matches!(mark, Mark::Plan(_)));
    let is_certain = |sentence: &&Annotation| sentence.marks.iter().any(|mark| matches!(mark, Mark::Proof(_)));
    if proved && !sentences.iter().any(is_certain) {
        let doubts = |sentence: &&Annotation| {
            let doubted = sentence.marks.iter().find_map(|mark| match mark {
                Mark::Doubt(at) | Mark::Hedge(at) => Some(*at),
                _ => None,
            });
            doubted.map(|at| sentence.tokens[at].text.clone())
        };
        if let Some(word) = sentences.iter().find_map(doubts) {
            return Some(word);
        }
    }
    let told = |sentence: &Annotation| {
        let has = |&i: &usize| (0..sentence.tokens.len()).any(|j| fact.same_word(i, (sentence, j), language_match));
        (0..fact.tokens.len()).filter(|&i| fact.carries_meaning(i)).filter(has).count()
    };
    // What another sentence says of it beside is not what it rests on.
    let most = sentences.iter().map(|sentence| told(sentence)).max().unwrap_or(0);
    let tells_of_past = tells_of_past(fact, sentences, language_match);
    for sentence in sentences.iter().filter(|sentence| told(sentence) == most) {
        let doubts = |mark: &Mark| match mark {
            Mark::Doubt(at) | Mark::Hedge(at) if proved || !attributed => Some(*at),
            Mark::Plan(at) if !planned && !attributed && tells_of_past => Some(*at),
            _ => None,
        };
        let certain = sentence.marks.iter().any(|mark| matches!(mark, Mark::Proof(_)));
        let lost = sentence
            .marks
            .iter()
            .filter_map(doubts)
            .find(|&at| !certain && is_about(fact, (sentence, at), language_match));
        if let Some(at) = lost {
            return Some(sentence.tokens[at].text.to_owned());
        }
    }
    None
}

/// True when the fact tells what stands behind token `at` of a sentence.
fn is_about(fact: &Annotation, (sentence, at): (&Annotation, usize), language_match: LanguageMatch) -> bool {
    let hedged = sentence.marks.contains(&Mark::Hedge(at));
    let that = hedged
        || (at + 1..sentence.tokens.len().min(at + NEAR)).any(|i| THAT.contains(&sentence.tokens[i].folded.as_str()));
    let last = if that { sentence.tokens.len() - 1 } else { clause::around(sentence, at).last };
    let same = |i: usize, j: usize| fact.same_word(i, (sentence, j), language_match);
    let words: Vec<usize> = (0..fact.tokens.len()).filter(|&i| fact.carries_meaning(i)).collect();
    let within = |from: usize, to: usize| words.iter().filter(|&&i| (from..to).any(|j| same(i, j))).count();
    let (behind, before) = (within(at + 1, last + 1), within(0, at));
    let figure = at < last && clause::shares_figure(fact, sentence, (at + 1, last));
    match language_match {
        LanguageMatch::Same => behind > 0 && behind as f32 >= MOST * (words.len() - before.min(words.len())) as f32,
        LanguageMatch::Other => {
            let matches = behind + usize::from(figure);
            matches >= LEAST_MATCHES && matches >= before
        }
    }
}

/// True when a fact is told as something done: it has a word of the past that no sentence of its evidence has.
fn tells_of_past(fact: &Annotation, sentences: &[&Annotation], language_match: LanguageMatch) -> bool {
    let is_said = |i: usize, (sentence, j): (&Annotation, usize)| {
        sentence.tokens[j].folded == fact.tokens[i].folded
            || (language_match == LanguageMatch::Other && fact.same_word(i, (sentence, j), language_match))
    };
    let said =
        |i: usize| sentences.iter().any(|sentence| (0..sentence.tokens.len()).any(|j| is_said(i, (sentence, j))));
    (0..fact.tokens.len()).filter(|&i| !said(i)).any(|i| {
        let word = fact.tokens[i].folded.as_str();
        let past = || {
            PAST_ENDINGS
                .iter()
                .any(|ending| word.ends_with(ending) && word.chars().count() > ending.chars().count() + 2)
        };
        fact.tokens[i].is(Class::Auxiliary) || fact.tokens[i].is_past_verb() || past()
    })
}

#[cfg(test)]
mod tests {
    use super::super::reference::Reference;
    use super::*;
    use crate::intake::{AnnotatedArticle, Source, read};
    use crate::language::Language;

    const TEXT: &str = "Prosecutors allege that the former coach, Anna Berg, stole 12 silver cups from the club museum in Malmo. \
        Police suspect that the alarm was switched off on purpose.\n\n\
        The council plans to build a new museum near the harbour. A guard, who is suspected of theft, was questioned on Monday. \
        The board has not confirmed that the director resigned.";

    fn found(text: &str, at: usize, language: Language) -> Option<String> {
        let source = Source { bytes: TEXT.into(), name: "test".into(), title: None, language: Some(Language::En) };
        let article = read(source).unwrap();
        let reference = Reference::new(AnnotatedArticle::of(article));
        changed(&Annotation::of(text), &[&reference.sentences()[at]], reference.language_match(language))
    }

    #[test]
    fn what_is_alleged_is_no_fact() {
        for (text, at, language, value) in [
            ("Anna Berg stole 12 silver cups from the museum.", 0, Language::En, "allege"),
            ("Анна Берг вкрала 12 срібних кубків із музею.", 0, Language::Uk, "allege"),
            ("The alarm was switched off on purpose.", 1, Language::En, "suspect"),
            ("The council built a new museum near the harbour.", 2, Language::En, "plans"),
            ("The director resigned.", 4, Language::En, "confirmed"),
        ] {
            assert_eq!(found(text, at, language).as_deref(), Some(value), "{text}");
        }
    }

    #[test]
    fn what_keeps_its_doubt_is_right() {
        for (text, at, language) in [
            ("Anna Berg is accused of stealing 12 silver cups.", 0, Language::En),
            ("Анну Берг подозревают в краже 12 кубков.", 0, Language::Ru),
            ("Police believe that the alarm was switched off.", 1, Language::En),
            ("A new museum will be built near the harbour.", 2, Language::En),
            ("У Мальме планують новий музей.", 2, Language::Uk),
            ("A guard was questioned on Monday.", 3, Language::En),
            ("The director may have resigned.", 4, Language::En),
        ] {
            assert_eq!(found(text, at, language), None, "{text}");
        }
    }
}
