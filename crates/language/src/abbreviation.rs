//! Abbreviations of three languages, sorted by what a full stop after them can mean.
//!
//! Only what stands in news is listed. Words are in lower case and without the last full stop. How the kinds are used
//! is written in `sentence`.

use super::Language;

/// What the full stop after an abbreviation tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Something always follows: a title before a name, "e.g.".
    Inside,
    /// It goes on with a name or a number, and ends where another word follows: "Main St.", "Одеська обл.".
    Place,
    /// A number follows, or else it is the end: "No. 5", "Sept. 12".
    BeforeNumber,
    /// A name goes on behind it more often than not: "Inc.", "p.m.".
    Company,
    /// A measure or an "and so on", which ends sentences as often as not.
    Measure,
    /// A year or a century: like a measure, but subjects follow it in mid-sentence.
    Year,
}

struct Table {
    inside: &'static [&'static str],
    place: &'static [&'static str],
    before_number: &'static [&'static str],
    company: &'static [&'static str],
    measure: &'static [&'static str],
    year: &'static [&'static str],
    /// Measures after a number, and something else anywhere else: "5 м." and "м. Київ".
    measure_after_number: &'static [&'static str],
    year_after_number: &'static [&'static str],
    /// Abbreviations that are words too: a goal, of chapters.
    words_too: &'static [&'static str],
    /// Words in lower case that, with a capital, begin a sentence and are no name.
    starters: &'static [&'static str],
}

#[rustfmt::skip]
static ENGLISH: Table = Table {
    inside: &[
        "mr", "mrs", "ms", "mx", "dr", "prof", "gen", "col", "sgt", "capt", "cpt", "lt", "maj", "cmdr", "adm", "rep", "reps", "sen", "sens",
        "gov", "pres", "rev", "hon", "mt", "ft", "msgr", "fr", "supt", "insp", "cpl", "pvt", "brig", "messrs", "e.g", "i.e", "eg", "ie",
        "vs", "v", "cf", "approx", "viz", "ca", "c", "atty", "asst", "amb", "archbp", "bp", "ald", "cllr", "det",
        "mme", "mlle", "drs", "profs", "gens", "vadm", "radm", "esp", "ofc", "lieut",
    ],
    place: &["st", "sts", "dist", "dept", "univ", "assoc", "al", "sec", "est", "twp", "hwy", "bldg", "apt", "intl", "natl", "arch"],
    before_number: &[
        "no", "nos", "fig", "figs", "vol", "pp", "p", "ch", "art", "eq", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept",
        "oct", "nov", "dec", "para", "mon", "tue", "tues", "wed", "thu", "thur", "thurs", "fri", "sat", "sun",
    ],
    company: &[
        "inc", "ltd", "corp", "co", "bros", "llc", "plc", "jr", "sr", "a.m", "p.m", "ave", "blvd", "rd", "ph.d", "b.a", "m.a", "m.d", "esq",
        "calif", "conn", "fla", "mass", "mich", "minn", "tex", "wash", "pa", "va", "ala", "ariz", "colo", "ga", "ill", "ind", "ore", "tenn",
        "wis", "d.c", "n.y", "b.c", "a.d",
    ],
    measure: &["etc", "ft", "lb", "lbs", "oz", "sq", "mph", "min", "hr", "hrs"],
    year: &[],
    measure_after_number: &["ft", "c", "m", "p", "v"],
    year_after_number: &[],
    words_too: &[],
    starters: &[
        "the", "a", "an", "it", "its", "he", "she", "they", "we", "you", "his", "her", "their", "our", "this", "that", "these", "those", "in",
        "on", "at", "but", "and", "or", "for", "after", "before", "when", "while", "as", "if", "since", "there", "however", "according",
        "some", "many", "most", "all", "no", "not", "by", "from", "with", "what", "who", "why", "how", "where", "then", "now", "both", "last",
        "one", "two", "several", "such", "to", "so", "although", "though", "despite", "during", "under", "more", "about", "officials",
        "police", "meanwhile", "also", "yet", "until", "because", "once", "earlier", "later", "i", "my", "is", "are", "do", "did", "another",
    ],
};

#[rustfmt::skip]
static UKRAINIAN: Table = Table {
    inside: &[
        "м", "с", "смт", "вул", "просп", "пр", "бул", "пл", "пров", "наб", "ім", "д-р", "акад", "проф", "доц", "гр", "тов", "п", "пп", "о", "оо",
        "св", "ген", "полк", "кап", "лейт", "ст", "мл", "р", "оз", "т.зв", "зв", "т", "тт", "див", "напр", "пор", "бл", "прибл",
        "кв", "рис", "табл", "гл", "розд", "дж", "ю", "вл", "ол", "зб", "упоряд", "заст", "зам", "нач", "в.о",
        "і.о", "пер", "сел", "хут", "г", "укр", "англ", "рос", "нім", "фр", "лат", "тзв", "ч", "чл", "кор", "к", "кн", "мін", "ген.-лейт", "ген.-м",
        "арх", "архіт", "інж", "підполк", "капт", "серж", "солд", "адм", "деп", "сен", "през", "прем", "дир", "реж",
        "худ", "дириг", "арт", "засл", "нар", "канд", "адв", "викл", "еп", "архієп",
        "митр", "прот", "свящ", "ієром", "преп", "патр", "кард", "цит", "присв", "ст.-лейт", "уродж", "псевд",
        "зав", "секр", "співр", "гол", "предст",
    ],
    place: &["обл", "р-н", "буд", "тел", "корп", "каб", "смт", "ред", "ун-т", "ін-т", "б-р", "пр-т"],
    before_number: &["№", "стор", "абз", "іл", "січ", "лют", "бер", "квіт", "трав", "черв", "лип", "серп", "вер", "жовт", "лист", "груд"],
    company: &[],
    measure: &[
        "млн", "млрд", "трлн", "тис", "грн", "коп", "крб", "дол", "руб", "год", "хв", "сек", "ін", "др", "т.д", "т.п", "т.ін", "н.е", "км", "см", "мм", "кг",
        "га", "куб", "кв.м", "шт", "чол", "ос", "екз", "прим", "відс", "міс", "р.н",
    ],
    year: &["рр", "стст"],
    measure_after_number: &["м", "г", "т", "с", "ч", "гр", "к"],
    year_after_number: &["р", "ст"],
    words_too: &["гол"],
    starters: &[
        "це", "цей", "ця", "ці", "він", "вона", "воно", "вони", "ми", "ви", "я", "у", "в", "на", "з", "із", "за", "до", "від", "про", "при", "під", "по", "для",
        "та", "і", "й", "а", "але", "однак", "проте", "також", "тоді", "тепер", "там", "тут", "так", "як", "якщо", "коли", "що", "хто", "чому", "де", "куди",
        "не", "ні", "його", "її", "їх", "їхній", "наш", "усі", "всі", "усього", "всього", "після", "перед", "через", "водночас", "крім", "окрім", "раніше",
        "пізніше", "того", "той", "та", "ті", "таким", "такі", "зокрема", "згодом", "втім", "утім", "адже", "бо", "щоб", "ще", "вже", "уже", "сьогодні",
        "вчора", "завтра", "нині", "зараз", "наразі", "одна", "один", "дві", "два", "три", "кожен", "серед", "між", "понад", "близько", "лише", "тільки",
        "навіть", "саме", "отже", "тому", "тож", "потім", "загалом", "натомість", "нагадаємо", "причому", "попри", "протягом", "під", "деякі", "багато",
    ],
};

#[rustfmt::skip]
static RUSSIAN: Table = Table {
    inside: &[
        "г", "гор", "ул", "пр", "просп", "пр-т", "пл", "бул", "пер", "наб", "им", "д-р", "акад", "проф", "доц", "гр", "гр-н", "тов", "п", "пп", "о", "св", "ген", "полк",
        "кап", "лейт", "ст", "мл", "р", "оз", "т.н", "т.е", "т.к", "т.ч", "т.о", "т", "тт", "см", "напр", "ср", "ок", "прибл", "д", "кв",
        "рис", "табл", "гл", "разд", "дж", "ю", "вл", "ал", "сб", "сост", "зам", "нач", "и.о", "врио", "и", "пос", "дер", "с", "хут", "англ", "укр",
        "рус", "нем", "фр", "лат", "м", "ч", "чл", "кор", "к", "кн", "мин", "стр", "букв", "й", "э", "ген.-лейт", "ген.-м", "н", "е",
        "арх", "архит", "инж", "подполк", "капт", "серж", "солд", "адм", "деп", "сен", "през", "прем", "дир", "реж", "худ",
        "дириж", "арт", "засл", "нар", "канд", "адв", "преп", "еп", "архиеп", "митр", "прот", "свящ", "иером",
        "патр", "кард", "цит", "изд", "псевд", "урожд", "гос", "фам", "зав", "пред", "предс", "секр", "сотр", "глав",
    ],
    place: &["обл", "р-н", "тел", "корп", "каб", "ред", "отд", "ун-т", "ин-т", "б-р"],
    before_number: &["№", "абз", "илл", "янв", "февр", "мар", "апр", "июн", "июл", "авг", "сент", "окт", "нояб", "дек"],
    company: &[],
    measure: &[
        "млн", "млрд", "трлн", "тыс", "руб", "коп", "долл", "грн", "час", "мин", "сек", "др", "т.д", "т.п", "т.ч", "н.э", "км", "см", "мм", "кг", "га", "куб",
        "кв.м", "шт", "чел", "экз", "проц", "мес", "г.р", "и пр",
    ],
    year: &["гг", "вв"],
    measure_after_number: &["м", "т", "с", "ч", "р", "гр", "к", "л"],
    year_after_number: &["г", "в", "ст"],
    words_too: &["глав"],
    starters: &[
        "это", "этот", "эта", "эти", "он", "она", "оно", "они", "мы", "вы", "я", "в", "во", "на", "с", "со", "из", "за", "до", "от", "о", "об", "при", "под", "по", "для", "к",
        "и", "а", "но", "однако", "также", "тогда", "теперь", "там", "тут", "так", "как", "если", "когда", "что", "кто", "почему", "где", "куда", "не", "ни", "нет",
        "его", "ее", "её", "их", "наш", "все", "всего", "после", "перед", "через", "кроме", "ранее", "позже", "того", "тот", "та", "те", "таким", "такие", "такой",
        "впрочем", "ведь", "чтобы", "еще", "ещё", "уже", "сегодня", "вчера", "завтра", "сейчас", "одна", "один", "две", "два", "три", "каждый", "среди", "между",
        "свыше", "более", "около", "только", "лишь", "даже", "именно", "поэтому", "затем", "потом", "всего", "зато", "напомним", "причем", "причём", "несмотря",
        "некоторые", "многие", "у", "тем", "при", "согласно", "сейчас", "нынешний", "общая", "итого", "никто", "никаких", "отметим", "по-прежнему",
    ],
};

const fn table(language: Language) -> &'static Table {
    match language {
        Language::En => &ENGLISH,
        Language::Uk => &UKRAINIAN,
        Language::Ru => &RUSSIAN,
    }
}

/// What a full stop after `word` tells. `word` is in lower case and may hold inner full stops ("т.д").
pub(super) fn kind(language: Language, word: &str, after_number: bool) -> Option<Kind> {
    let table = table(language);
    let has = |list: &[&str]| list.contains(&word);
    if after_number && has(table.year_after_number) || has(table.year) {
        Some(Kind::Year)
    } else if after_number && (has(table.measure_after_number) || is_shortened(word)) || has(table.measure) {
        Some(Kind::Measure)
    } else if has(table.before_number) {
        Some(Kind::BeforeNumber)
    } else if has(table.company) {
        Some(Kind::Company)
    } else if has(table.inside) {
        Some(Kind::Inside)
    } else if has(table.place) || is_shortened(word) {
        Some(Kind::Place)
    } else {
        None
    }
}

/// True for an abbreviation that is a word too, so that only its place tells.
pub(super) fn is_word_too(language: Language, word: &str) -> bool {
    table(language).words_too.contains(&word)
}

/// No word is without a vowel: an abbreviation that is not listed. Acronyms are in capitals and are not asked for.
fn is_shortened(word: &str) -> bool {
    word.chars().count() >= 2 && word.chars().all(|c| c.is_alphabetic() && !"aeiouyаеєиіїоуюяыэё".contains(c))
}

/// True for what stands behind the name of a company.
pub(super) fn is_company_form(word: &str) -> bool {
    matches!(word, "Inc" | "Ltd" | "Corp" | "LLC" | "Co" | "plc" | "PLC" | "AG" | "GmbH" | "SA")
}

/// True for a word that begins a sentence and is no name.
pub(super) fn is_starter(language: Language, word: &str) -> bool {
    table(language).starters.contains(&word)
}

/// Verbs that follow the speaker behind an English quotation.
#[rustfmt::skip]
pub(super) const SAID: &[&str] = &[
    "said", "says", "asked", "asks", "told", "wrote", "writes", "added", "cried", "shouted", "replied", "answered", "wondered", "tweeted",
    "posted", "exclaimed",
];
