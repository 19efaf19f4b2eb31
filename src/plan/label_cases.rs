//! Tests of how no line of an answer begins: the words of the file, in the rule that the engine is given.

use super::super::format::of_whole;
use super::super::{Length, NumberedLines, SummaryOptions};
use super::*;
use crate::engine::constraint::Constraint as _;
use crate::grammar::AnswerGrammar;
use crate::intake::Source;

/// An article that speaks of no text, of no language and to nobody.
const PLAIN: [&str; 3] = [
    "The harbour bridge reopened on Saturday after four years. A bus was the first to cross it, to applause.",
    "Портовий міст знову відкрили в суботу після ремонту. Першим його перетнув автобус, лунали оплески.",
    "Портовый мост снова открыли в субботу после ремонта. Первым его пересёк автобус, звучали аплодисменты.",
];

/// The rule of an answer in a language about a text in the same.
fn rule(language: Language, text: &str) -> AnswerGrammar {
    AnswerGrammar::new(of_whole(&numbered(language, text), &options(language), language))
}

/// True when an answer may begin with these letters, whole and letter by letter.
fn may_begin(language: Language, text: &str, line: &str) -> bool {
    let rule = rule(language, text);
    let mut slowly = rule.clone();
    let by_letter = line.chars().all(|c| {
        let allowed = slowly.allows(c.encode_utf8(&mut [0; 4]).as_bytes());
        slowly.advance(c.encode_utf8(&mut [0; 4]).as_bytes());
        allowed
    });
    assert_eq!(rule.allows(line.as_bytes()), by_letter, "{line}");
    by_letter
}

fn plain(language: Language) -> &'static str {
    PLAIN[Language::ALL.iter().position(|&known| known == language).unwrap()]
}

#[test]
fn a_word_that_only_begins_like_a_label_is_written_freely() {
    for (language, lines) in [
        (
            Language::En,
            "Surely the best|Surety bonds|Sure signs|The textile industry|The texts were|Titles were won|Title fight|\
             Title-winning goal|Summary executions|Summaries of|Headline inflation|Headlights|Translators – and|Factory – a|\
             Fact-checkers|Facts matter|Sentences were|Lines of trucks|Points were|Linear growth|Here is a man|\
             Thematic parks|Articulate – and|Answering – a|Okayama – a|Certainly not|Of courses|The articles of|Linen – a",
        ),
        (
            Language::Uk,
            "Викладачі – у|Викладачі університету|Фактичні втрати|Фактично – це|Факт підкупу|Факти корупції|Перекладачі – у|\
             Перекладач|Переклад роману|Ось чому|Ось як|Осіння – і|Відповідь на|Відповідь уряду|Стислого – і|Текст угоди|\
             Текстильна – і|Звичайні – і|Назва міста|Статтями – і|Рядками – і|Пункт пропуску|Добренький – і|Теза про",
        ),
        (
            Language::Ru,
            "Кратковременные дожди|Кратковременные – и|Переводы – и|Переводчик|Перевод денег|Фактически – и|Факт подкупа|\
             Вотчина – и|Вот почему|Текст договора|Текстильная – и|Ответ на|Ответ властей|Ответственность – и|Итоговый – и|\
             Предложение мэра|Строкой – и|Статья договора|Статьями – и|Конечно же|Конечности – и|Пункт пропуска|Хорошо бы",
        ),
    ] {
        for line in lines.split('|') {
            assert!(may_begin(language, plain(language), line), "{line}");
        }
    }
}

#[test]
fn a_label_is_refused_in_three_languages() {
    for (language, lines) in [
        (
            Language::En,
            "Headline:|Headline -|Headline – a|Head line - a|Main headline – a|A headline. A|The headline “A|Title: a|Title - a|\
             Summary:|Summary – a|A short summary. |First line - a|Second sentence – a|Key facts – a|Key points - a|Fact – a|\
             Here is the headline |Here are the key facts |Here's a summary |Sure, a|Sure! A|Of course, a|Translation – a|\
             The article says|This text is|News article – a|In English, a|Summary of the article – a|One short sentence. ",
        ),
        (
            Language::Uk,
            "Заголовок:|Заголовок — |Заголовок – і|Основний заголовок — |Головний заголовок - |Підзаголовок – |Стислий виклад – |\
             Виклад. |Перший рядок – |Перше речення – |Другий рядок - |Факт – |Факти — |Ключові факти – |Важливі факти - |\
             Факт «|Ось заголовок |Ось стислий виклад |Ось ключові факти |Стисло – |Стисло. |Переклад – |Відповідь – |Звичайно, |\
             Звичайно! |Якщо ви |Ваше питання |Цей текст |Ця стаття |У статті |В тексті |Українською – |Українською мовою |\
             Відповідь на ваш|Коротке речення. ",
        ),
        (
            Language::Ru,
            "Заголовок:|Заголовок — |Главный заголовок – |Основной заголовок - |Первая строка – |Вторая строка - |Кратко – |\
             Краткое изложение – |Факт – |Факты — |Важные факты – |Ключевые факты - |Вот заголовок |Вот краткое изложение |\
             Перевод – |Ответ – |Конечно, |Если вы |Ваш вопрос |Этот текст |Эта статья |В статье |В тексте |На русском языке |\
             Ответ на ваш|Короткое предложение. |Пересказ. ",
        ),
    ] {
        for line in lines.split('|') {
            assert!(!may_begin(language, plain(language), line), "{line}");
        }
    }
}

#[test]
fn every_label_is_refused_with_its_mark_and_no_word_that_it_begins_is() {
    for language in Language::ALL {
        let text = plain(language);
        let openings = of_whole(&numbered(language, text), &options(language), language).text.forbidden.openings;
        // Letters that make no word of the file of another.
        let (tail, next) = if language == Language::En { ("zzel", "a") } else { ("уфщик", "а") };
        let exclaimed = openings.exclaimed.iter().map(|entry| entry.split(", ").next().unwrap_or(entry));
        let whole = openings.parts.iter().map(String::as_str).chain(exclaimed).filter(|part| !part.contains('-'));
        let mut count = 0;
        for part in whole {
            let capital: String =
                part.chars().take(1).flat_map(char::to_uppercase).chain(part.chars().skip(1)).collect();
            assert!(!may_begin(language, text, &format!("{capital} – {next}")), "{part}");
            assert!(may_begin(language, text, &format!("{capital}{tail} – {next}")), "{part}{tail}");
            assert!(may_begin(language, text, &format!("{capital} {next}{tail}")), "{part} {next}{tail}");
            count += 1;
        }
        assert!(count > 20, "{count}");
    }
}

#[test]
fn a_number_makes_a_label_of_those_parts_only_that_have_one() {
    for (language, text, news, labels) in [
        (
            Language::En,
            "Article 5 of the treaty and line 9 of the text were read out on Monday, and all who met agreed.",
            "Article 5 – a|Article 5: a|Line 9 – closed|Point 5: a|Title 9 – a",
            "Fact 5 |Fact 5 – a|Sentence 5: a|Takeaways 5 – a|5 key facts: a|Article – a|The line: a",
        ),
        (
            Language::Uk,
            "Стаття 5 договору та рядок 9 тексту: їх зачитали в понеділок, і всі, хто прийшов, погодилися.",
            "Стаття 5 – і|Рядок 9 – і|Пункт 5: і|Стаття 5: і",
            "Факт 5 |Речення 5: і|Теза 9 – і|5 фактів: і|Стаття – і",
        ),
        (
            Language::Ru,
            "Статья 5 договора и строка 9 текста: их зачитали в понедельник, и все, кто пришёл, согласились.",
            "Статья 5 – и|Строка 9 – и|Пункт 5: и|Предложение 5 стран",
            "Факт 5 |Итог 5: и|Тезисы 9 – и|5 фактов: и|Статья – и",
        ),
    ] {
        for line in news.split('|') {
            assert!(may_begin(language, text, line), "{line}");
        }
        for line in labels.split('|') {
            assert!(!may_begin(language, text, line), "{line}");
        }
    }
}

#[test]
fn what_is_exclaimed_may_begin_a_sentence_with_a_clause() {
    for (language, lines, refused) in [
        (
            Language::Uk,
            "Зрозуміло, що міст|Добре, що|Добре бути|К. Буданов|К.-М. Буданов",
            "Зрозуміло, ось|Зрозуміло. |Добре, міст|Добре,що|Добре, щойно|Гаразд, що|Звичайно, що|К мосту|К – ",
        ),
        (
            Language::Ru,
            "Понятно, что мост|Хорошо, что|Хорошо бы",
            "Понятно, вот|Понятно! |Хорошо, мост|Хорошо, чтобы|Конечно, что",
        ),
        (Language::En, "Sure that a", "Sure, that|Of course, that"),
    ] {
        for line in lines.split('|') {
            assert!(may_begin(language, plain(language), line), "{line}");
        }
        for line in refused.split('|') {
            assert!(!may_begin(language, plain(language), line), "{line}");
        }
    }
}

fn options(language: Language) -> SummaryOptions {
    SummaryOptions { languages: vec![language], facts: 3, length: Length::Short, ..SummaryOptions::default() }
}

fn numbered(language: Language, text: &str) -> NumberedLines {
    let source = Source { bytes: text.into(), name: "test".into(), title: None, language: Some(language) };
    NumberedLines::of(&crate::intake::AnnotatedArticle::of(crate::intake::read(source).unwrap()))
}

#[test]
fn an_article_that_speaks_of_a_text_is_told_so() {
    for (language, text, line) in [
        (
            Language::En,
            "The text of the treaty was made public on Monday. It has nine chapters and took two years to write.",
            "The text of",
        ),
        (
            Language::En,
            "Article 5 of the treaty was invoked on Monday. Nine members met for three hours in the old town hall.",
            "The article was",
        ),
        (
            Language::Uk,
            "У статті закону йдеться про мости. Закон ухвалили в понеділок уранці після дуже довгих суперечок.",
            "У статті закону",
        ),
        (
            Language::Uk,
            "Текст угоди оприлюднили в понеділок. У ньому багато розділів, які писали протягом двох років.",
            "У тексті угоди",
        ),
        (
            Language::Ru,
            "В статье закона говорится о мостах. Закон приняли в понедельник утром после очень долгих споров.",
            "В статье закона",
        ),
    ] {
        assert!(may_begin(language, text, line), "{line}");
        assert!(!may_begin(language, plain(language), line), "{line}");
    }
}
