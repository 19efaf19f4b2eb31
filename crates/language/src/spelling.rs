//! How a name is spelled in another of the three languages, by rule.
//!
//! Ukrainian to En is resolution 55 of the Cabinet of Ministers of 2010, Russian to En the BGN/PCGN system of
//! 1947 as newspapers simplify it. Into Cyrillic there is no one rule, because En does not say how a name sounds: where
//! practice differs, each way is given. Names with a spelling of their own (Syria, Сирія, Сирия) are in `table`.

use super::Language;

/// Most spellings of one name.
const MOST: usize = 16;

/// How names begin when they are spelled in another language: in lower case, and without the vowels that cases change.
/// `names` are folded (see [`fold`](super::fold)).
pub fn beginnings<'n>(
    names: impl IntoIterator<Item = &'n str>,
    from: Language,
    to: Language,
) -> impl Iterator<Item = String> {
    let spelled = names.into_iter().flat_map(move |name| spellings(name.strip_suffix("'s").unwrap_or(name), from, to));
    spelled.map(|name| {
        name.trim_end_matches([
            'а', 'е', 'и', 'і', 'й', 'о', 'у', 'ь', 'я', 'ю', 'є', 'ї', 'ы', 'э', 'a', 'e', 'i', 'o', 'y',
        ])
        .to_owned()
    })
}

/// The ways to spell a name, in lower case.
fn spellings(name: &str, from: Language, to: Language) -> Vec<String> {
    let rules = rules(from, to);
    let mut found = vec![String::new()];
    let mut rest = name;
    while let Some(first) = rest.chars().next() {
        let begins = rest.len() == name.len();
        let rule = rules.split(' ').filter_map(|rule| rule.split_once(':')).find(|(letters, _)| {
            letters.strip_prefix('^').map_or(rest.starts_with(letters), |initial| begins && rest.starts_with(initial))
        });
        let (taken, ways) = match rule {
            Some((letters, ways)) => (letters.trim_start_matches('^').len(), ways.to_owned()),
            None => (first.len_utf8(), first.to_string()),
        };
        let longer = found.iter().flat_map(|start| ways.split(',').map(move |way| format!("{start}{way}")));
        found = longer.take(MOST).collect();
        rest = &rest[taken..];
    }
    found
}

/// `letters:way,way` between blanks, the longer letters first; `^` stands for the beginning of a name. A letter without a
/// rule stays.
fn rules(from: Language, to: Language) -> &'static str {
    use Language::{En, Ru, Uk};
    match (from, to) {
        (En, Uk) => ENGLISH_UKRAINIAN,
        (En, Ru) => ENGLISH_RUSSIAN,
        (Uk, En) => UKRAINIAN_ENGLISH,
        (Ru, En) => RUSSIAN_ENGLISH,
        (Uk, Ru) => "ськ:ск цьк:цк ґ:г є:е і:и ї:и ':ъ, и:и,ы",
        (Ru, Uk) => "ск:ськ,ск цк:цьк,цк ы:и ъ:' э:е ^е:є,е е:е,є,і и:и,і",
        (En, En) | (Uk, Uk) | (Ru, Ru) => "",
    }
}

/// After nine consonants (д т з с ц ж ш ч р) i may be и, after others it is і (the rule of nine of Ukrainian spelling).
const ENGLISH_UKRAINIAN: &str = "shch:щ chi:чі,чи shi:ші,ши zhi:жі,жи tsi:ці,ци tsk:цьк sch:ш kh:х zh:ж ts:ц ch:ч,х sh:ш th:т ph:ф ck:к \
    sk:ськ,ск qu:кв oo:у ee:і ye:є ^yi:ї yi:ий,иї yu:ю ya:я yo:йо iu:ю,іу ia:ія,я ie:є,іє ll:л,лл ss:с,сс nn:н,нн tt:т,тт rr:р,рр \
    ce:се ci:сі,си di:ді,ди ti:ті,ти zi:зі,зи si:сі,си ri:рі,ри a:а b:б c:к d:д e:е f:ф g:г h:г,х \
    i:і j:дж,й k:к l:л m:м n:н o:о p:п r:р s:с t:т u:у v:в w:в x:кс y:и,і z:з ':";

const ENGLISH_RUSSIAN: &str = "shch:щ tsk:цк sch:ш kh:х zh:ж ts:ц ch:ч,х sh:ш th:т ph:ф ck:к qu:кв oo:у ee:и \
    ye:е yi:ий,ый yu:ю ya:я yo:ё,йо iu:ю,иу ia:ия,я ie:е,ие ll:л,лл ss:с,сс nn:н,нн tt:т,тт rr:р,рр ce:се ci:си ^e:э,е \
    a:а b:б c:к d:д e:е f:ф g:г h:х,г i:и j:дж,й k:к l:л m:м n:н o:о p:п r:р s:с t:т u:у v:в w:у,в x:кс y:и,ы z:з ':";

const UKRAINIAN_ENGLISH: &str = "зг:zgh ^є:ye ^ї:yi ^й:y ^ю:yu ^я:ya а:a б:b в:v г:h ґ:g д:d е:e є:ie ж:zh з:z и:y і:i ї:i й:i \
    к:k л:l м:m н:n о:o п:p р:r с:s т:t у:u ф:f х:kh ц:ts ч:ch ш:sh щ:shch ь: ю:iu я:ia ':";

const RUSSIAN_ENGLISH: &str = "ий:y,iy ый:y ^е:ye,e а:a б:b в:v г:g д:d е:e,ye ж:zh з:z и:i й:y к:k л:l м:m н:n о:o п:p р:r \
    с:s т:t у:u ф:f х:kh ц:ts ч:ch ш:sh щ:shch ъ: ы:y ь: э:e ю:yu,iu я:ya,ia ':";

#[cfg(test)]
mod tests {
    use super::Language::{En, Ru, Uk};
    use super::*;

    #[test]
    fn names_are_spelled_by_rule() {
        for (name, from, to, spelling) in [
            ("згурський", Uk, En, "zghurskyi"),
            ("єнакієве", Uk, En, "yenakiieve"),
            ("щербухи", Uk, En, "shcherbukhy"),
            ("яготин", Uk, En, "yahotyn"),
            ("хрущев", Ru, En, "khrushchev"),
            ("лавровский", Ru, En, "lavrovsky"),
            ("kisel", En, Uk, "кісел"),
            ("syrskyi", En, Uk, "сирський"),
            ("zakharova", En, Ru, "захарова"),
            ("halvmouth", En, Ru, "халвмоут"),
            ("ельсворт", Uk, Ru, "ельсворт"),
            ("сибіга", Uk, Ru, "сибига"),
            ("меньшиков", Ru, Uk, "меньшиков"),
        ] {
            let found = spellings(name, from, to);
            assert!(found.contains(&spelling.to_owned()) && found.len() <= MOST, "{name}: {found:?}");
        }
    }
}
