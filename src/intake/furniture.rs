//! Judges one block alone: is it page furniture (menu, cookies, donation, caption), and of which kind?
//!
//! The longer a block, the more proof is asked: a whole-block label is enough for two words, a long block needs
//! several cues of one family and must speak to the reader. So a paragraph never falls for one word in it.
//! Where a block stands on the page is not looked at here; that is `body`.

use super::Reason;
use super::block::Block;
use super::phrases::{
    ADDRESS, CREDITS, CUES, DATE_WORDS, LABELS, MARKS, OPENINGS, Phrases, REPRINT_CUES,
};

/// Furniture, as far as one block shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) reason: Reason,
    /// True when the article does not go on after such a block.
    pub(super) ends: bool,
    /// True for a bare label: what it announces stands in the next blocks.
    pub(super) announces: bool,
}

/// Longest block in characters to which openings and marks apply.
const SHORT: usize = 220;

/// Longest appeal in characters. Nothing longer is furniture by its words.
const LONGEST_APPEAL: usize = 2500;

/// Judges a block by its words.
pub(super) fn find(block: &Block) -> Option<Found> {
    let found = |reason| Found { reason, ends: false, announces: false };
    label(block)
        .or_else(|| opening(block))
        .or_else(|| mark(block))
        .or_else(|| appeal(block))
        .or_else(|| is_menu(block).then(|| found(Reason::Menu)))
        .or_else(|| is_date(block).then(|| found(Reason::Byline)))
        .or_else(|| is_byline(block).then(|| found(Reason::Byline)))
        .or_else(|| is_caption(block).then(|| found(Reason::Caption)))
        .or_else(|| is_shouted_link(block).then(|| found(Reason::Related)))
}

fn label(block: &Block) -> Option<Found> {
    if block.words > 6 {
        return None;
    }
    if block.words == 0 {
        return Some(Found { reason: Reason::Menu, ends: false, announces: false });
    }
    let bare = block.key.trim_matches(|c: char| !c.is_alphabetic());
    LABELS.iter().find(|phrases| phrases.list.contains(&bare)).map(|phrases| Found {
        reason: phrases.reason,
        ends: phrases.ends,
        announces: phrases.reason == Reason::Related,
    })
}

fn opening(block: &Block) -> Option<Found> {
    if block.chars > SHORT {
        return None;
    }
    let key = block.key.trim_start_matches(|c: char| !c.is_alphanumeric() && !"©(«“„\"".contains(c));
    let hit = |phrase: &&&str| {
        key.strip_prefix(**phrase).is_some_and(|rest| {
            // "Subscribe to" must not be found in "Subscribe together".
            let whole = phrase.ends_with(|c: char| !c.is_alphabetic())
                || phrase.ends_with("захищен")
                || !rest.starts_with(char::is_alphabetic);
            // Without a colon a sentence of the article may begin like this, so it must not look like prose.
            whole && (phrase.ends_with(':') || block.chars <= 120 || !block.ended)
        })
    };
    OPENINGS.iter().find_map(|phrases| {
        phrases.list.iter().find(hit).map(|phrase| Found {
            reason: phrases.reason,
            ends: phrases.ends,
            announces: phrases.reason == Reason::Related && key.len() <= phrase.len() + 2,
        })
    })
}

fn mark(block: &Block) -> Option<Found> {
    if block.chars > SHORT {
        return None;
    }
    let hit = |phrases: &&Phrases| phrases.list.iter().any(|phrase| block.key.contains(phrase));
    let phrases = MARKS.iter().find(hit)?;
    Some(Found { reason: phrases.reason, ends: phrases.ends, announces: false })
}

/// A plea or a notice: several cues of one family, and words to the reader outside quotations.
fn appeal(block: &Block) -> Option<Found> {
    if block.chars > LONGEST_APPEAL || !block.is_prose() {
        return None;
    }
    let spoken = without_quotations(&block.key);
    let count = |list: &[&str]| list.iter().filter(|cue| spoken.contains(**cue)).count();
    let found = |reason| Some(Found { reason, ends: false, announces: false });
    if count(REPRINT_CUES) >= 2 {
        return found(Reason::Copyright);
    }
    let addressed = spoken
        .split(|c: char| !c.is_alphabetic())
        .filter(|word| ADDRESS.contains(word))
        .count();
    // A long plea says "you" and "our" all the time, a short one once.
    if addressed < 1 + block.chars / 200 {
        return None;
    }
    let needed = if block.chars > 1000 { 3 } else { 2 };
    let phrases = CUES.iter().find(|phrases| count(phrases.list) >= needed)?;
    found(phrases.reason)
}

/// The text with everything between quotation marks left out. An unclosed mark hides nothing.
fn without_quotations(key: &str) -> String {
    let mut out = String::with_capacity(key.len());
    let mut rest = key;
    while let Some(open) = rest.find(['«', '“', '„', '"']) {
        out.push_str(&rest[..open]);
        let mark = rest[open..].chars().next().map_or(0, char::len_utf8);
        let inside = &rest[open + mark..];
        match inside.find(['»', '”', '"']) {
            Some(close) => {
                let mark = inside[close..].chars().next().map_or(0, char::len_utf8);
                rest = &inside[close + mark..];
            }
            None => rest = inside,
        }
    }
    out.push_str(rest);
    out
}

/// Several short items in one line, separated by strokes, arrows or dots.
fn is_menu(block: &Block) -> bool {
    let mut separators = 0;
    for separator in ["|", " > ", "»", "›", "·", "•", " / "] {
        separators += block.text.matches(separator).count();
    }
    // « and » of quotations come in pairs; menu arrows do not.
    separators -= block.text.matches('»').count().min(block.text.matches('«').count());
    let items = separators + 1;
    !block.ended && separators >= 2 && block.words <= items * 4
}

/// A date or a time and hardly anything else.
fn is_date(block: &Block) -> bool {
    if block.words > 14 || !block.key.contains(|c: char| c.is_ascii_digit()) {
        return false;
    }
    let mut others = 0;
    for word in block.key.split(|c: char| !c.is_alphabetic() && c != '\'') {
        if !word.is_empty() && !DATE_WORDS.contains(&word) {
            others += 1;
        }
    }
    // Telephone numbers and prices have no words at all and are no text either.
    others == 0
}

/// "By Jane Smith", and nothing more than a few capitalised words.
fn is_byline(block: &Block) -> bool {
    let Some(names) = block.text.strip_prefix("By ").or_else(|| block.text.strip_prefix("by ")) else {
        return false;
    };
    !block.ended && block.words <= 9 && names.starts_with(char::is_uppercase)
}

/// The credit of a picture stands at the end of its caption, and no sentence follows it.
fn is_caption(block: &Block) -> bool {
    if block.chars > 300 {
        return false;
    }
    CREDITS.iter().any(|credit| {
        block.key.rfind(credit).is_some_and(|at| {
            let tail = &block.key[at + credit.len()..];
            let names = tail.trim_end_matches(['.', ')']);
            let cited = tail.is_empty() || tail.chars().count() <= 50;
            cited && !names.contains(". ") && !(block.ended && at == 0 && block.chars > 120)
        })
    })
}

/// "MADE IN MIAMI: Read the investigation": capitals, a colon, and no full stop.
fn is_shouted_link(block: &Block) -> bool {
    let Some((head, tail)) = block.text.split_once(": ") else {
        return false;
    };
    let letters = head.chars().filter(|c| c.is_alphabetic()).count();
    !block.ended
        && block.chars <= 160
        && letters >= 4
        && head.contains(' ')
        && !head.contains(char::is_lowercase)
        && tail.contains(char::is_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(text: &str) -> Option<Reason> {
        find(&Block::new(text.to_owned())).map(|found| found.reason)
    }

    #[test]
    fn furniture_is_known_by_its_words() {
        let cases = [
            ("Related:", Reason::Related),
            ("Читайте також: Уряд змінив правила виїзду", Reason::Related),
            ("ЧИТАЙТЕ ТАКЖЕ", Reason::Related),
            ("MADE IN MIAMI: Read the Herald investigation into the assassination", Reason::Related),
            ("Comments (42)", Reason::Comments),
            ("Privacy and Cookie Policies.", Reason::Cookies),
            ("Ми використовуємо файли cookie, щоб показувати вам рекламу.", Reason::Cookies),
            ("Copyright © 2024 Euromaidanpress.com", Reason::Copyright),
            ("Якщо ви помітили помилку, виділіть її та натисніть Ctrl+Enter", Reason::Correction),
            ("Syrian rebels southeast of Aleppo. 1 December 2024. Screenshot: X/markito0171", Reason::Caption),
            ("Президент на нараді. Фото: Офіс президента", Reason::Caption),
            ("Home | News | Sport | Weather", Reason::Menu),
            ("Головна > Новини > Транспорт", Reason::Menu),
            ("Updated December 22, 2023 2:27 PM", Reason::Byline),
            ("8 жовтня, 2014, 14:32", Reason::Byline),
            ("By Jay Weaver", Reason::Byline),
            ("Підпишіться на нашу розсилку й отримуйте новини щовечора.", Reason::Subscription),
            ("We rely on advertising revenue. Please support us by disabling your ad blocker, it helps our work and keeps the site free for you and for everyone else who reads it every single day.", Reason::AdBlocker),
            ("Передрук матеріалів дозволяється за умови посилання на сайт. Використання матеріалів без письмового дозволу редакції заборонено.", Reason::Copyright),
        ];
        for (text, wanted) in cases {
            assert_eq!(reason(text), Some(wanted), "{text}");
        }
    }

    #[test]
    fn prose_is_not_furniture() {
        let cases = [
            "Share prices fell by 3% on Monday after the bank warned of losses.",
            "Related charges against two other men were dropped, the court said on Friday.",
            "The company said that cookies would be phased out by the end of the year.",
            "The charity asked people to donate blankets, and 300 people did so within a day, officials said.",
            "“We ask you to donate what you can, please support our soldiers,” the mayor told reporters on Monday.",
            "Subscribers left the service in record numbers, and comments under the announcement were closed.",
            "Реклама ліків на телебаченні з липня буде заборонена, повідомив міністр.",
            "Комментарии под видео отключили, сообщила компания.",
            "Міністр написав про це у Facebook, зазначивши, що підписка на сервіс подорожчає.",
            "«Поддержите нас, сделайте взнос», — написали волонтёры, и за день собрали 2 млн рублей.",
            "May was the wettest month since 1998, and 2,000 homes were flooded.",
            "Тему обговорили 8 жовтня 2014 року.",
            "Фото з місця події опублікувала поліція, і за годину його переглянули сто тисяч людей.",
        ];
        for text in cases {
            assert_eq!(reason(text), None, "{text}");
        }
    }
}
