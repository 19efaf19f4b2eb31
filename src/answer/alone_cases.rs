//! Texts that lean on the sentences before them, and texts that do not.

use super::*;
use crate::answer::OwnWords;
use crate::intake::{AnnotatedArticle, Source, read};

#[test]
fn what_leans_on_the_sentences_before_it_is_seen() {
    for (text, word) in [
        ("He added that the bridge was safe.", "He"),
        ("But he did not say when.", "he"),
        ("За його словами, міст відкриють у травні.", "його"),
        ("Он добавил, что мост откроют.", "Он"),
        ("«Міст безпечний», — сказав він.", "він"),
        ("It’s the highest total in the data.", "It’s"),
        ("But a lot of it was funded with debt.", "it"),
        ("Одна из них произошла у гостиницы «Пекин».", "них"),
        ("Здаючи її в оренду, власник може отримати прибуток.", "її"),
        ("Следующим стал хостел на набережной.", "Следующим"),
        ("The next stop was the hotel.", "next"),
        ("This made the council change its mind.", "This"),
        ("Citing sources, the Journal reports this move is to help.", "this"),
        ("На момент нашего приезда в здании была женщина.", "нашего"),
        ("По заявке в этот хостел должен был приехать ещё один жилец.", "этот"),
        ("Така погода триватиме до п’ятниці.", "Така"),
        ("Об этом сообщил штаб на брифинге.", "этом"),
        ("При этом в театре откроют зал.", "этом"),
        ("На этот раз роль сыграла Алла Берг.", "этот"),
        ("Відтоді станцію обслуговує Берг.", "Відтоді"),
        ("Розцінки на послуги таких посередників починаються від 1000 грн.", "таких"),
        ("“I grew up with films, and I make games now.”", ""),
        ("But that is another story”, the mayor said.", ""),
    ] {
        assert_eq!(leaning(&Annotation::of_claim(text)), Some(word), "{text}");
    }
}

#[test]
fn what_stands_alone_does() {
    for text in [
        "Semak says he hopes so.",
        "“He was there,” Berg said.",
        "The mayor lost his keys.",
        "Мер сказав, що він піде.",
        "The US and the UK signed it this week.",
        "World War I ended in 1918.",
        "It is not known whether the bridge will reopen.",
        "Следующим летом мост откроют.",
        "Цього року міст відкриють.",
        "В этом году мост откроют.",
        "«Мы победим», — сказал тренер Иван Берг.",
        "Firms such as Volvo pay more.",
        "The bridge was closed, and this bridge was the last.",
        "A 27\" screen costs £90.",
    ] {
        assert_eq!(leaning(&Annotation::of_claim(text)), None, "{text}");
    }
}

#[test]
fn a_subject_with_its_article_is_known_from_before() {
    let definite = |text: &str| definite(&Annotation::of_claim(text), None).map(str::to_owned);
    for (text, noun) in [
        ("The group was not asked.", "group"),
        ("The militant group stormed Kabul.", "group"),
        ("The additional funds will save lives.", "funds"),
    ] {
        assert_eq!(definite(text).as_deref(), Some(noun), "{text}");
    }
    for text in ["The harbour bridge in Ormsley was closed.", "The European Union was asked.", "A group was asked."] {
        assert_eq!(definite(text), None, "{text}");
    }
}

#[test]
fn an_office_has_a_name_beside_it() {
    let unnamed = |text: &str| unnamed(&Annotation::of_claim(text), None).map(str::to_owned);
    for (text, office) in [
        ("The plan is ready, the mayor said.", "mayor"),
        ("Как пояснил министр, виновата погода.", "министр"),
        ("За словами тренера, гра була рівною.", "тренера"),
    ] {
        assert_eq!(unnamed(text).as_deref(), Some(office), "{text}");
    }
    for text in [
        "The mayor of Ormsley said so.",
        "A doctor was hurt.",
        "The firm hired engineers.",
        "Министр природных ресурсов Коми Роман Полшведкин назвал цену.",
        "Пожежники загасили вогонь до ранку.",
    ] {
        assert_eq!(unnamed(text), None, "{text}");
    }
}

#[test]
fn what_no_name_before_it_tells_is_seen() {
    let seen = |text: &str| {
        let text = Annotation::of_claim(text);
        somebody(&text).or_else(|| answer(&text)).map(str::to_owned)
    };
    for (text, word) in [
        ("But nothing has been finalised yet, he added.", "he"),
        ("Зрители сразу выложили видео на нее.", "нее"),
        ("“It is a game,” said the director Ivan Berg.", "It"),
        ("«Тому він чекає», — сказав Іван Берг.", "Тому"),
        ("«Президент Берг чекає на зиму», — цитує його агентство.", "його"),
    ] {
        assert_eq!(seen(text).as_deref(), Some(word), "{text}");
    }
    for text in ["Ivan Berg said he was there.", "Mothers who had worked there sued over their pay."] {
        assert_eq!(seen(text), None, "{text}");
    }
}

#[test]
fn a_sentence_does_without_what_joins_it_to_another() {
    for (text, alone) in [
        ("However, the bridge is closed.", "The bridge is closed."),
        ("Кроме того, мост закрыт.", "Мост закрыт."),
        ("Крім того, міст закрито.", "Міст закрито."),
        ("Так, мост закрыт.", "Мост закрыт."),
        ("Almost 3,000 people, he said, came.", "Almost 3,000 people, he said, came."),
        ("On Monday, the bridge was closed.", "On Monday, the bridge was closed."),
    ] {
        assert_eq!(unconnected(text), alone);
    }
}

#[test]
fn what_leans_stands_with_the_sentence_before_it() {
    let text = "The council of Ormsley voted for the new bridge on Monday.\n\n\
        The plan costs £9 million and was late, the mayor said after it.\n\n\
        “We have waited for it for so long.”\n\n\
        The old bridge in Ormsley was closed in May 2021 after a storm.";
    let article =
        read(Source { bytes: text.into(), name: "test".into(), title: None, language: Some(Language::En) }).unwrap();
    let reference = Reference::new(AnnotatedArticle::of(article)).in_words(OwnWords::Verbatim);
    let cited = |told: &[u32]| reference.standing_alone(told).into_iter().map(|it| it.cited).collect::<Vec<_>>();
    assert_eq!(cited(&[]), [vec![1], vec![4], vec![1, 2]], "single sentences come first, and nobody says the third");
    assert_eq!(cited(&[1]), [[4]], "what is told already explains nothing more");
}

#[test]
fn an_anchor_is_a_name_or_a_number() {
    let anchored = |text: &str| is_anchored(&Annotation::of_claim(text));
    assert!(anchored("The bridge cost £9 million.") && anchored("The council of Ormsley met."));
    assert!(!anchored("Следующим стал хостел на набережной."));
}
