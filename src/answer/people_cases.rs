//! Cases of `people`, `direction` and the misspelled names of `names`: somebody else, another office, the other way round.

use super::against::against;
use super::*;
use crate::intake::{AnnotatedArticle, Source, read, read_note};
use crate::language::Language::{self, En, Ru, Uk};

const EN: &str = "The mayor of Bristow, Helen Cartwright, opened a new tram line to the airport on Tuesday. The line runs from \
    Bristow to Keynham.\n\n\
    Governor Daniel Whitlock opposed the plan for years. Senator Grace Okafor accused the firm Brightwell of hiding a leak.\n\n\
    The captain told the coast guard that the steering had failed. Environment minister Kadri Laas said that no oil had been \
    spilled.\n\n\
    The union leader Moira Pell said that the drivers were still waiting for a new contract.";
const UK: &str = "Прокурорка Лариса Довженко вимагала дев'ять років ув'язнення для колишнього бухгалтера порту.\n\n\
    Суддя Степан Гнатюк призначив шість років. Адвокат Роман Білик заявив, що подасть апеляцію.\n\n\
    Голи забили Андрій Кметь і Назар Солод. Тренер Ігор Вишневський похвалив воротаря Павла Дзюбу.";
const RU: &str = "Губернатор области Виктор Мальцев уволил Ольгу Ремизову после жалоб врачей.\n\n\
    Мэр Анна Крылова поддержала врачей. Профессор Пётр Жилин сомневается в открытии.\n\n\
    Биолог Глеб Никонов передал университету свою коллекцию в 1987 году.";

/// The kinds of findings about who a text speaks of, with what the article has instead.
fn found(article: &str, text: &str, language: Language) -> Vec<(FindingKind, Option<String>)> {
    let source = |text: &str, language| Source { bytes: text.into(), name: "test".into(), title: None, language };
    let article = read(source(article, None)).unwrap();
    let note = read_note(source(text, Some(language)), article.language()).unwrap();
    let checked = against(&note, &Reference::new(AnnotatedArticle::of(article)));
    let of_people = |it: &Finding| matches!(it.kind, FindingKind::NameChanged | FindingKind::RoleChanged);
    let findings = checked.sentences.into_iter().flat_map(|it| it.findings).filter(of_people);
    findings.map(|it| (it.kind, it.instead)).collect()
}

#[test]
fn somebody_else_is_found() {
    for (article, text, language, kind) in [
        (UK, "Адвокат Степан Гнатюк заявив, що подасть апеляцію.", Uk, FindingKind::NameChanged),
        (UK, "Lawyer Larysa Dovzhenko said he would appeal.", En, FindingKind::NameChanged),
        (RU, "Професор Гліб Ніконов сумнівається у відкритті.", Uk, FindingKind::NameChanged),
        (RU, "Mayor Viktor Maltsev backed the doctors.", En, FindingKind::NameChanged),
        (EN, "Губернатор Хелен Картрайт открыла новую линию трамвая.", Ru, FindingKind::NameChanged),
        (EN, "Daniel Cartwright opened a new tram line.", En, FindingKind::NameChanged),
        (EN, "The environment minister said that the steering had failed.", En, FindingKind::RoleChanged),
        (UK, "Голи забили Андрій Кметь і Назар Солодуха.", Uk, FindingKind::NameChanged),
    ] {
        assert_eq!(found(article, text, language).first().map(|it| it.0), Some(kind), "{text}");
    }
    let instead = found(UK, "Голи забили Андрій Кметь і Назар Солодуха.", Uk);
    assert_eq!(instead, [(FindingKind::NameChanged, Some("Солод".to_owned()))]);
}

#[test]
fn the_other_way_round_is_found() {
    for (article, text, language) in [
        (EN, "The tram line runs from Keynham to Bristow.", En),
        (EN, "Brightwell accused Senator Grace Okafor of hiding a leak.", En),
        (EN, "Трамвайна лінія йде від Кейнгема до Бристоу.", Uk),
        (EN, "Линия трамвая идёт из Кейнхема в Бристоу.", Ru),
        (UK, "Воротар Павло Дзюба похвалив тренера Ігоря Вишневського.", Uk),
        (UK, "Вратарь Павел Дзюба похвалил тренера Игоря Вишневского.", Ru),
        (RU, "Ольга Ремизова уволила губернатора Виктора Мальцева.", Ru),
        (RU, "Университет передал Никонову свою коллекцию в 1987 году.", Ru),
    ] {
        let kinds: Vec<FindingKind> = found(article, text, language).into_iter().map(|it| it.0).collect();
        assert_eq!(kinds, [FindingKind::RoleChanged], "{text}");
    }
}

#[test]
fn what_is_right_is_not_accused() {
    for (article, text, language) in [
        (EN, "Mayor Helen Cartwright opened the tram line.", En),
        (EN, "Мерка Гелен Картрайт відкрила трамвайну лінію до аеропорту.", Uk),
        (EN, "Губернатор Дэниел Уитлок годами выступал против плана.", Ru),
        (EN, "Brightwell was accused of hiding a leak by Senator Grace Okafor.", En),
        (EN, "The tram line runs from Bristow to Keynham.", En),
        (EN, "Линия трамвая идёт из Бристоу в Кейнхем.", Ru),
        (EN, "The captain said that the steering had failed.", En),
        (UK, "Prosecutor Larysa Dovzhenko asked for nine years in prison.", En),
        (UK, "Воротаря Павла Дзюбу похвалив тренер Ігор Вишневський.", Uk),
        (UK, "Тренер Игорь Вишневский похвалил вратаря Павла Дзюбу.", Ru),
        (UK, "Один із голів забив Солод.", Uk),
        (RU, "Ольгу Ремизову уволил губернатор Виктор Мальцев.", Ru),
        (RU, "Губернатор Віктор Мальцев звільнив Ольгу Ремізову.", Uk),
        (RU, "Gleb Nikonov gave the university his collection in 1987.", En),
    ] {
        assert_eq!(found(article, text, language), [], "{text}");
    }
}
