//! An article, prepared once so that every fact can be held against it at a cost that does not grow with the article.
//!
//! Every word, number and name of the article leads to the sentences that have it (an inverted index). A fact's words are
//! looked up, and a sentence supports the fact by the share of the fact's words that it has, rare words counting more
//! (inverse document frequency, Spärck Jones 1972).

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use super::Resources;
use super::judged::Opinion;
use super::meaning::Meaning;
use super::quote::Wording;
use crate::intake::{AnnotatedArticle, Article};
use crate::language::{
    Annotation, Date, Decimal, Dictionaries, Key, Kind, Language, LanguageMatch, Likeness, Mention, NameKey, Token,
    What, is_form_of, likeness, name_distance,
};
use crate::plan::{Orders, Vectors};

/// A number or a date that can be looked up.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Figure {
    Number(Decimal),
    Share(u32, u32),
    Clock(u16, u16),
    Score(u16, u16),
    /// Day and month.
    Day(u8, u8),
    Month(u8),
    Weekday(u8),
    Season(u8),
}

/// A word of the article that may be a name.
#[derive(Debug)]
struct SourceName {
    /// As it stands, folded.
    folded: String,
    key: NameKey,
    sentences: Vec<usize>,
    /// It has its capital also where no sentence begins.
    certain: bool,
    /// A table has it: what else a table has is another name, or a spelling that leads here without its sound.
    listed: bool,
}

/// Who wrote a text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Author {
    /// A person, or nobody knows.
    #[default]
    Person,
    /// The model that judges.
    Model,
}

/// How a model may write what it writes in the article's language.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub enum OwnWords {
    /// As it likes.
    #[default]
    Any,
    /// With this share of the words of each sentence from one sentence of the article, because it makes up what it joins.
    OfOne(f32),
    /// In the article's words, because it does not write the language well.
    Verbatim,
}

/// An article that facts are held against.
#[derive(Debug)]
pub struct Reference {
    pub(super) article: Arc<AnnotatedArticle>,
    words: HashMap<Key, Vec<usize>>,
    figures: HashMap<Figure, Vec<usize>>,
    names: Vec<SourceName>,
    /// Its words in their order, for whoever asks.
    wording: OnceLock<Wording>,
    /// The words of the languages, where they are known.
    pub(super) dictionaries: Dictionaries,
    /// What the texts that were held against it say: a line is checked again with every line behind it.
    claims: Mutex<HashMap<String, Arc<Annotation>>>,
    /// What the model thinks of them.
    opinions: Mutex<HashMap<String, Opinion>>,
    /// Who writes the texts that are held against it.
    pub(super) author: Author,
    /// How a model may write what it writes in the article's language.
    own_words: OwnWords,
    /// Languages in which more is asked of a claim, because whoever writes them gets most of it wrong.
    pub(super) doubted: Vec<Language>,
    /// Languages that sentences of the article are translated into.
    pub(super) translated: Vec<Language>,
    /// What tells whether it says something at all, where there is an encoder.
    pub(super) meaning: Option<Meaning>,
    /// What of the article gives orders, where anything does.
    orders: Option<Orders>,
}

/// Where an article has what can be looked up.
struct Index {
    words: HashMap<Key, Vec<usize>>,
    figures: HashMap<Figure, Vec<usize>>,
    names: Vec<SourceName>,
}

impl Index {
    /// Of the sentences and the title, without those that give orders.
    fn of(article: &AnnotatedArticle, orders: Option<&Orders>) -> Self {
        let (mut words, mut figures): (HashMap<_, Vec<usize>>, HashMap<_, Vec<usize>>) = Default::default();
        let mut names: BTreeMap<&str, SourceName> = BTreeMap::new();
        // The title stands behind the last sentence: it supports names and numbers, and is never evidence.
        let all = article.annotations().iter().chain(article.annotated_title()).enumerate();
        for (at, sentence) in all.filter(|&(at, _)| orders.is_none_or(|orders| orders.bears(at))) {
            for key in sentence.keys.iter().flatten() {
                add(words.entry(key.clone()).or_default(), at);
            }
            for figure in sentence.mentions.iter().flat_map(|mention| figures_of(&mention.what)) {
                add(figures.entry(figure).or_default(), at);
            }
            for (i, token) in sentence.tokens.iter().enumerate().filter(|(_, token)| may_name(token)) {
                let name = names.entry(&token.text).or_insert_with(|| SourceName {
                    folded: token.folded.clone(),
                    key: sentence.name_keys[i].clone(),
                    sentences: Vec::new(),
                    certain: false,
                    listed: sentence.is_concept(i, Kind::Name),
                });
                add(&mut name.sentences, at);
                name.certain |= token.is_capitalised() && !sentence.begins(i);
            }
        }
        Self { words, figures, names: names.into_values().collect() }
    }
}

impl Reference {
    /// Prepares an article, for rules alone.
    pub fn new(article: Arc<AnnotatedArticle>) -> Self {
        Self::with(article, &Resources::default())
    }

    /// Prepares an article, for checks with what is there; what takes long begins, and is waited for when it is needed.
    pub fn with(article: Arc<AnnotatedArticle>, resources: &Resources) -> Self {
        let meaning = resources.encoder.as_ref().and_then(|encoder| Meaning::begin(encoder, &article));
        let Index { words, figures, names } = Index::of(&article, None);
        Self {
            article,
            words,
            figures,
            names,
            wording: OnceLock::new(),
            dictionaries: resources.dictionaries.clone(),
            claims: Mutex::default(),
            opinions: Mutex::default(),
            author: Author::default(),
            own_words: OwnWords::Any,
            doubted: Vec::new(),
            translated: Vec::new(),
            meaning,
            orders: None,
        }
    }

    /// The same article, and who writes what is held against it.
    #[must_use]
    pub fn by(self, author: Author) -> Self {
        Self { author, ..self }
    }

    /// The same article, and how a model may write what it writes in its language.
    #[must_use]
    pub fn in_words(self, own_words: OwnWords) -> Self {
        Self { own_words, ..self }
    }

    /// How a model may write a text in this language about it.
    pub(super) fn own_words(&self, language: Language) -> OwnWords {
        if language == self.article.language() { self.own_words } else { OwnWords::Any }
    }

    /// True for a language in which a model has to write the article's words, so that its sentences do better than what is written
    /// again.
    pub fn has_to_quote(&self, language: Language) -> bool {
        self.own_words(language) != OwnWords::Any
    }

    /// The article's words in their order.
    pub(super) fn wording(&self) -> &Wording {
        self.wording.get_or_init(|| Wording::of(&self.article))
    }

    /// The same article without what of it gives orders to a language model: that bears no claim, and stands in for none.
    #[must_use]
    pub fn without(self, orders: Orders) -> Self {
        if self.orders.as_ref().map_or(orders.is_empty(), |known| *known == orders) {
            return self;
        }
        let Index { words, figures, names } = Index::of(&self.article, Some(&orders));
        Self { words, figures, names, orders: Some(orders), ..self }
    }

    /// The vectors of the article, where there is an encoder; waits for them.
    pub fn vectors(&self) -> Option<Vectors<'_>> {
        self.meaning.as_ref()?.vectors(&self.article)
    }

    /// True for a sentence that bears claims, and by the index behind the last one for the title.
    pub(super) fn bears(&self, at: usize) -> bool {
        self.orders.as_ref().is_none_or(|orders| orders.bears(at))
    }

    /// The title, unless it is an order.
    pub(super) fn title(&self) -> Option<&str> {
        self.article.title().filter(|_| self.bears(self.sentences().len()))
    }

    /// The same article, of which claims in these languages are shown only where they are believed, and not wherever
    /// they are not refuted.
    #[must_use]
    pub fn doubting(self, doubted: Vec<Language>) -> Self {
        Self { doubted, ..self }
    }

    /// The same article, of which claims in these languages are its sentences, translated.
    #[must_use]
    pub fn translated_into(self, translated: Vec<Language>) -> Self {
        Self { translated, ..self }
    }

    /// The article.
    pub fn article(&self) -> &Article {
        &self.article
    }

    /// A text that is held against the article, annotated once.
    pub(super) fn claim(&self, text: &str) -> Arc<Annotation> {
        let mut claims = self.claims.lock().unwrap_or_else(PoisonError::into_inner);
        claims.entry(text.to_owned()).or_insert_with(|| Arc::new(Annotation::of_claim(text))).clone()
    }

    /// What the model thinks of texts, by text.
    pub(super) fn opinions(&self) -> MutexGuard<'_, HashMap<String, Opinion>> {
        self.opinions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the sentences of the article say.
    pub(super) fn sentences(&self) -> &[Annotation] {
        self.article.annotations()
    }

    /// Whether a fact in this language can be compared word by word.
    pub(super) fn language_match(&self, language: Language) -> LanguageMatch {
        if language == self.article.language() { LanguageMatch::Same } else { LanguageMatch::Other }
    }

    /// The sentences that have a word by any of these keys.
    pub(super) fn with_keys<'k>(&self, keys: impl Iterator<Item = &'k Key>) -> Vec<usize> {
        merged(keys.filter_map(|key| self.words.get(key)))
    }

    /// The sentences that have any of these figures.
    pub(super) fn with_figures(&self, figures: &[Figure]) -> Vec<usize> {
        merged(figures.iter().filter_map(|figure| self.figures.get(figure)))
    }

    /// The sentences with a name that sounds like token `i` of a text, and whether it is a name for certain.
    pub(super) fn with_name(&self, text: &Annotation, i: usize) -> (Vec<usize>, bool) {
        let (key, listed) = (&text.name_keys[i], text.is_concept(i, Kind::Name));
        let names = self.names.iter().filter(|name| !(listed && name.listed));
        let alike: Vec<&SourceName> = names.filter(|name| name.key.is_like(key)).collect();
        (
            merged(alike.iter().map(|name| &name.sentences)),
            alike.iter().any(|name| name.certain && name.key.is_close(key)),
        )
    }

    /// True when the article has a name that token `i` of a text sounds like, or is made of; for a word in lower case, one
    /// that is a name for certain.
    pub(super) fn has_name_like(&self, (text, i): (&Annotation, usize)) -> bool {
        let is_name = text.tokens[i].is_capitalised();
        self.names.iter().any(|name| (is_name || name.certain) && name.key.is_like(&text.name_keys[i]))
    }

    /// The name of the article that token `i` of a text in its language is a wrong spelling of: it sounds like that or begins
    /// so, and is no form of any.
    pub(super) fn misspelled(&self, text: &Annotation, i: usize) -> Option<&str> {
        let (token, key) = (&text.tokens[i], &text.name_keys[i]);
        let is_like = |name: &&SourceName| name.key.is_like(key) || name.key.begins_like(key);
        let in_alphabet = |name: &&SourceName| name.folded.is_ascii() == token.folded.is_ascii();
        let alike: Vec<&SourceName> = self.names.iter().filter(in_alphabet).filter(is_like).collect();
        let known = alike.iter().any(|name| is_form_of(&name.folded, &token.folded));
        let name = alike.into_iter().find(|name| name.certain && !name.listed)?;
        let sentence = &self.readings(&name.sentences[..1]).next()?;
        let written = sentence.tokens.iter().find(|it| it.folded == name.folded)?;
        (!known).then_some(written.text.as_str())
    }

    /// The name of the article that token `i` of a text in another language is, with letters that this name cannot have. Only what is a
    /// name for certain counts: common words with a capital, and what the tables have, are translated.
    pub(super) fn garbled(&self, text: &Annotation, i: usize) -> Option<&str> {
        let token = &text.tokens[i];
        // An adjective is made of a name by more than an ending: Каховський of Kakhovka. And a name may stand untranslated.
        if is_made_of_name(&token.folded) || self.names.iter().any(|name| name.folded == token.folded) {
            return None;
        }
        let across = |name: &&SourceName| token.is_cyrillic() || !name.folded.is_ascii();
        let may_be_meant = |name: &SourceName| name.certain && !name.listed && !is_made_of_name(&name.folded);
        let mut garbled: Option<(f32, &SourceName)> = None;
        for name in self.names.iter().filter(across) {
            let distance = name_distance(&name.folded, &token.folded);
            match likeness(distance) {
                Likeness::Same => return None,
                Likeness::Other => {}
                Likeness::Garbled if may_be_meant(name) && garbled.is_none_or(|(least, _)| distance < least) => {
                    garbled = Some((distance, name));
                }
                Likeness::Garbled => {}
            }
        }
        let (_, name) = garbled?;
        self.readings(&name.sentences)
            .flat_map(|sentence| (0..sentence.tokens.len()).map(move |j| (sentence, j)))
            .find_map(|(sentence, j)| {
                let written = &sentence.tokens[j];
                let is_it = written.folded == name.folded && sentence.may_be_name(j);
                (is_it && !written.is_acronym() && !sentence.is_concept(j, Kind::Word)).then_some(written.text.as_str())
            })
    }

    /// What a word is worth that this many sentences have.
    pub(super) fn weight(&self, sentences: usize) -> f32 {
        let all = self.sentences().len() as f32;
        (1.0 + all / sentences.max(1) as f32).ln()
    }
}

/// True for a word with a capital, and for an adjective that may be made of a name: тартуский.
fn may_name(token: &Token) -> bool {
    token.is_capitalised() || is_made_of_name(&token.folded)
}

/// True for a Ukrainian or Russian adjective that may be made of a name.
pub(super) fn is_made_of_name(word: &str) -> bool {
    ["ськ", "цьк", "ск"].iter().any(|suffix| word.contains(suffix))
}

fn add(sentences: &mut Vec<usize>, at: usize) {
    if sentences.last() != Some(&at) {
        sentences.push(at);
    }
}

fn merged<'v>(lists: impl Iterator<Item = &'v Vec<usize>>) -> Vec<usize> {
    let mut all: Vec<usize> = lists.flatten().copied().collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// What a mention can be looked up by.
pub(super) fn figures_of(what: &What) -> Vec<Figure> {
    match what {
        What::Number(amount) => amount.keys().into_iter().map(Figure::Number).collect(),
        What::Share(part, whole) => vec![Figure::Share(*part, *whole)],
        What::Score(ours, theirs) => vec![Figure::Score(*ours, *theirs)],
        What::Season(season) => vec![Figure::Season(*season)],
        // Which day it was, nobody knows.
        What::Relative(..) => Vec::new(),
        What::Clock(hours, minutes) => vec![Figure::Clock(*hours, *minutes)],
        What::Weekday(day) => vec![Figure::Weekday(*day)],
        What::Date(Date { day, month, year }) => {
            let mut figures = vec![Figure::Month(*month)];
            figures.extend(day.map(|day| Figure::Day(day, *month)));
            let year = year.map(|year| Figure::Number(Decimal::from(u64::from(year))));
            figures.extend(year);
            figures
        }
    }
}

impl Reference {
    /// True when any of these sentences has this bare number, whatever it counts.
    pub(super) fn has_value(&self, value: &Decimal, sentences: &[usize]) -> bool {
        let has = |mention: &Mention| matches!(&mention.what, What::Number(amount) if amount.values.contains(value));
        self.mentions_in(sentences).any(has)
    }

    /// What these sentences mention; the title when its index is among them.
    pub(super) fn mentions_in<'s>(&'s self, sentences: &'s [usize]) -> impl Iterator<Item = &'s Mention> {
        self.readings(sentences).flat_map(|reading| &reading.mentions)
    }

    /// These sentences; the title when its index is among them.
    pub(super) fn readings<'s>(&'s self, sentences: &'s [usize]) -> impl Iterator<Item = &'s Annotation> {
        sentences.iter().filter_map(|&at| self.sentences().get(at).or(self.article.annotated_title()))
    }

    /// Every sentence, and the title.
    pub(super) fn everywhere(&self) -> Vec<usize> {
        let all = 0..self.sentences().len() + usize::from(self.article.title().is_some());
        all.filter(|&at| self.bears(at)).collect()
    }
}
