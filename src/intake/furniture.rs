//! Judges one block alone: is it page furniture (menu, cookies, donation, caption), and of which kind?
//!
//! The longer a block, the more proof is asked: a whole-block label is enough for two words, a long block needs
//! several cues of one family and must speak to the reader. So a paragraph never falls for one word in it.
//! Where a block stands on the page is not looked at here; that is `body`.

use super::Reason;
use super::appeal;
use super::block::Block;
use super::phrases::{FURNITURE, Phrases, has};
use crate::language::is_date_word;

/// Furniture, as far as one block shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) reason: Reason,
    /// What comes after it.
    pub(super) then: Then,
}

/// What a block of furniture says about the blocks after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    /// Nothing.
    Any,
    /// It is a bare label, and links stand below it.
    Links,
    /// It is a headline of a news feed, and its first sentence may stand below it.
    Teaser,
    /// The article is over.
    End,
}

impl Found {
    const fn plain(reason: Reason) -> Self {
        Self { reason, then: Then::Any }
    }

    const fn of(phrases: &Phrases) -> Self {
        Self { reason: phrases.reason, then: if phrases.ends { Then::End } else { Then::Any } }
    }

    /// A bare label of related articles announces links.
    const fn labelled(self, bare: bool) -> Self {
        match (self.reason, self.then) {
            (Reason::Related, Then::Any) if bare => Self { then: Then::Links, ..self },
            _ => self,
        }
    }
}

/// Longest block in characters to which openings and marks apply.
const SHORT: usize = 220;

/// Judges a block by the elements around it and by its words.
pub(super) fn find(block: &Block) -> Option<Found> {
    if let Some(mark) = block.mark {
        return Some(Found::plain(mark));
    }
    label(block)
        .or_else(|| opening(block))
        .or_else(|| mark(block))
        .or_else(|| appeal::reason(block).map(Found::plain))
        .or_else(|| is_menu(block).then(|| Found::plain(Reason::Menu)))
        .or_else(|| is_date(block).then(|| Found::plain(Reason::Byline)))
        .or_else(|| is_comment(block).then_some(Found { reason: Reason::Comments, then: Then::End }))
        .or_else(|| is_feed(block).then_some(Found { reason: Reason::Related, then: Then::Teaser }))
        .or_else(|| is_byline(block).then(|| Found::plain(Reason::Byline)))
        .or_else(|| is_caption(block).then(|| Found::plain(Reason::Caption)))
        .or_else(|| is_shouted_link(block).then(|| Found::plain(Reason::Related)))
}

fn label(block: &Block) -> Option<Found> {
    if block.words > 6 {
        return None;
    }
    if block.words == 0 {
        return Some(Found::plain(Reason::Menu));
    }
    let bare = block.key.trim_matches(|c: char| !c.is_alphabetic());
    FURNITURE.labels.iter().find(|phrases| has(&phrases.list, bare)).map(|phrases| Found::of(phrases).labelled(true))
}

fn opening(block: &Block) -> Option<Found> {
    if block.chars > SHORT {
        return None;
    }
    let key = block.key.trim_start_matches(|c: char| !c.is_alphanumeric() && !"©(«“„\"".contains(c));
    let begins = |phrase: &str| {
        key.strip_prefix(phrase).is_some_and(|rest| {
            // "Subscribe to" must not be found in "Subscribe together".
            phrase.ends_with(|c: char| !c.is_alphabetic())
                || phrase.ends_with("захищен")
                || !rest.starts_with(char::is_alphabetic)
        })
    };
    FURNITURE.openings.iter().find_map(|phrases| {
        let phrase = phrases
            .list
            .iter()
            .find(|phrase| begins(phrase) && (!block.ended || may_be_sentence(phrases, phrase, block)))?;
        Some(Found::of(phrases).labelled(key.len() <= phrase.len() + 2))
    })
}

/// A sentence of the article may begin like furniture ("Support our troops", "Мы в шоке"), so a full stop asks for more.
fn may_be_sentence(phrases: &Phrases, phrase: &str, block: &Block) -> bool {
    if phrase.ends_with(':') {
        return true;
    }
    let long_enough = phrase.chars().count() >= 8 && block.chars <= 120;
    match phrases.reason {
        Reason::Donation | Reason::Byline | Reason::Menu => false,
        Reason::Copyright => phrase.contains("права") || phrase.contains("rights") || phrase == "©",
        _ => long_enough,
    }
}

fn mark(block: &Block) -> Option<Found> {
    if block.chars > SHORT {
        return None;
    }
    let hit = |phrases: &&Phrases| phrases.list.iter().any(|phrase| block.key.contains(phrase.as_str()));
    let phrases = FURNITURE.marks.iter().find(hit)?;
    let surely = matches!(phrases.reason, Reason::Copyright | Reason::Correction | Reason::Credits);
    (!block.ended || surely || appeal::is_addressed(block)).then(|| Found::of(phrases))
}

/// Several short items in one line, separated by strokes, arrows or dots.
fn is_menu(block: &Block) -> bool {
    let count = |sign: &str| block.text.matches(sign).count();
    let mut separators: usize = ["|", " > ", "»", "›", "·", "•", " / "].into_iter().map(count).sum();
    // « and » of quotations come in pairs; menu arrows do not.
    separators -= count("»").min(count("«"));
    let items = separators + 1;
    !block.ended && !block.is_row() && separators >= 2 && block.words <= items * 4
}

/// For each block of a page whether it is furniture. A date in a list below text is what the list says, as opening hours do;
/// above all text, behind a name, or alone with its year it is that of the page.
pub(super) fn find_all(blocks: &[Block]) -> Vec<Option<Found>> {
    let mut found: Vec<Option<Found>> = blocks.iter().map(find).collect();
    let is_text = |(block, found): (&Block, &Option<Found>)| found.is_none() && block.is_prose();
    let text = blocks.iter().zip(&found).position(is_text).unwrap_or_default();
    let is_byline = |found: Option<Found>| found.is_some_and(|it| it.reason == Reason::Byline);
    for (at, block) in blocks.iter().enumerate().skip(text) {
        if block.mark.is_some() || !is_byline(found[at]) || !is_listed(block) || !is_date(block) {
            continue;
        }
        let before = at.checked_sub(1);
        let in_list = before.is_some_and(|it| is_listed(&blocks[it])) || blocks.get(at + 1).is_some_and(is_listed);
        let of_page = before.is_some_and(|it| is_byline(found[it])) || !in_list && has_year(block);
        if !of_page {
            found[at] = None;
        }
    }
    found
}

fn has_year(block: &Block) -> bool {
    let numbers = block.key.split(|c: char| !c.is_ascii_digit());
    numbers.filter(|it| it.len() == 4).any(|it| it.starts_with("19") || it.starts_with("20"))
}

/// An item of a list, by the sign in front of it.
fn is_listed(block: &Block) -> bool {
    let rest = block.text.trim_start_matches(|c: char| c.is_ascii_digit());
    let numbered = rest.len() < block.text.len() && (rest.starts_with(". ") || rest.starts_with(") "));
    let mark = block.text.strip_prefix(['-', '–', '—', '•', '*', '·', '▪', '●']);
    numbered || mark.is_some_and(|rest| rest.starts_with(' '))
}

/// A date or a time and hardly anything else.
fn is_date(block: &Block) -> bool {
    // Telephone numbers and prices have no words at all and are no text either.
    let has_digit = || block.key.contains(|c: char| c.is_ascii_digit());
    block.words <= 14 && !block.is_row() && has_digit() && only_date_words(&block.key)
}

/// "10:17 Dollar rises", "9 апреля, 10:02 Харьковчанин стал призёром": a time before a headline without a full stop.
fn is_feed(block: &Block) -> bool {
    let headline =
        |rest: &str| only_date_words(&block.key[..block.key.len() - rest.len()]) && rest.starts_with([' ', ',']);
    !block.ended && block.words >= 3 && after_clock(&block.key).is_some_and(headline)
}

/// "#7 Reader 10.01.12, 10:49": a numbered comment.
fn is_comment(block: &Block) -> bool {
    let numbered = block.key.strip_prefix('#').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let time = || after_clock(&block.key).is_some_and(|rest| rest.chars().count() <= 3);
    numbered && block.words <= 12 && time()
}

/// What stands behind the first time of day ("10:17") in a line.
fn after_clock(key: &str) -> Option<&str> {
    let colon = key.find(':')?;
    let (hours, minutes) = (&key[..colon], &key[colon + 1..]);
    let digits = minutes.bytes().take_while(u8::is_ascii_digit).count();
    let is_clock = hours.ends_with(|c: char| c.is_ascii_digit()) && digits == 2;
    if is_clock { minutes.get(digits..) } else { None }
}

fn only_date_words(key: &str) -> bool {
    let words = key.split(|c: char| !c.is_alphabetic() && c != '\'').filter(|word| !word.is_empty());
    words.into_iter().all(|word| is_date_word(word) || has(&FURNITURE.date_words, word))
}

/// "By Jane Smith", and nothing more than a few capitalised words.
fn is_byline(block: &Block) -> bool {
    let names = block.text.strip_prefix("By ").or_else(|| block.text.strip_prefix("by "));
    !block.ended && block.words <= 9 && names.is_some_and(|names| names.starts_with(char::is_uppercase))
}

/// The credit of a picture stands at the end of its caption, and no sentence follows it.
fn is_caption(block: &Block) -> bool {
    if block.chars > 300 {
        return false;
    }
    // To look from the end takes some preparation, for which a page can have too many lines.
    FURNITURE.credits.iter().filter(|credit| block.key.contains(credit.as_str())).any(|credit| {
        // At the very beginning "Source:" belongs to the article; what is sure there is among the openings.
        block.key.rfind(credit.as_str()).filter(|&at| at > 0).is_some_and(|at| {
            let (head, tail) = (&block.key[..at], &block.key[at + credit.len()..]);
            // "He had one source: his brother."
            let apart = !block.ended || !head.trim_end().ends_with(char::is_alphanumeric);
            let names = tail.trim_end_matches(['.', ')']);
            apart && tail.chars().count() <= 50 && !names.contains(". ")
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
            ("10:17 Новый город-миллионник появился в России", Reason::Related),
            ("9 апреля, 10:02 Харьковчанин стал призёром чемпионата", Reason::Related),
            ("#7 Инвизитор 10.01.12, 10:49", Reason::Comments),
            ("Підпишіться на нашу розсилку й отримуйте новини щовечора.", Reason::Subscription),
            (
                "We rely on advertising revenue. Please support us by disabling your ad blocker, it helps our work and keeps the site free for you and for everyone else who reads it every single day.",
                Reason::AdBlocker,
            ),
            (
                "Передрук матеріалів дозволяється за умови посилання на сайт. Використання матеріалів без письмового дозволу редакції заборонено.",
                Reason::Copyright,
            ),
        ];
        for (text, wanted) in cases {
            assert_eq!(reason(text), Some(wanted), "{text}");
        }
    }

    #[test]
    fn dates_in_lists_below_text_are_text() {
        let prose = "The museum of the town is open every day but Tuesday, the council said.";
        let kept = |lines: &[&str]| -> Vec<bool> {
            let blocks: Vec<Block> = lines.iter().map(|line| Block::new((*line).to_owned())).collect();
            find_all(&blocks).iter().map(Option::is_none).collect()
        };
        let items = ["• Monday: 9:30–18:00", "• 11 March", "• 121", "- 11 March", "1. 8 жовтня", "2) 10:30"];
        for item in items {
            assert_eq!(kept(&[prose, item]), [true, true], "{item}");
            assert_eq!(kept(&["The museum opens", item, prose]), [true, false, true], "{item}");
        }
        for line in ["11 March 2024, 10:30", "By Jay Weaver", "11.03.2024", "-10:30", "Updated 8 жовтня 2014"] {
            assert_eq!(kept(&[prose, line]), [true, false], "{line}");
        }
        assert_eq!(kept(&["- 11 March", "- 12 March"]), [true, true], "nothing but a list");
        assert_eq!(kept(&[prose, "- 11 March 2024", "- 12 March 2024"]), [true, true, true], "a list of years");
        assert_eq!(kept(&[prose, "• 11 March 2024", prose]), [true, false, true], "a deck, and the date");
        assert_eq!(kept(&[prose, "By Jay Weaver", "• 11 March", prose]), [true, false, false, true], "behind a name");
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
            "Support our troops, the president told Congress on Monday.",
            "Ми в безпеці, сказав мер міста.",
            "Мы в шоке от решения суда, заявил адвокат.",
            "На фото видно, як ракета влучає в будинок.",
            "The law bans the use of cookies without consent.",
            "The bill is supported by the opposition.",
            "Copyright law was changed in May.",
            "Передрук книги обійшовся видавництву в 5 млн грн.",
            "Reporting by the BBC in May showed that the files were old.",
            "Subscription prices rose by 5% a month, the company said.",
            "He had one source: his brother.",
            "Джерело: голова обласної військової адміністрації",
            "О 10:17 міст відкрили для руху.",
            "Тему обговорили 8 жовтня 2014 року.",
            "Фото з місця події опублікувала поліція, і за годину його переглянули сто тисяч людей.",
        ];
        for text in cases {
            assert_eq!(reason(text), None, "{text}");
        }
    }
}
