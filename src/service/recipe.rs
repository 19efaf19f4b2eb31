//! What decides an answer besides the article: the model, the prompts, and what was asked for. Hence the keys of kept answers.
//!
//! Known before the weights are loaded, so that an answer that is kept needs no model.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::{Calibration, SummaryRequest};
use crate::answer::{Answer, LanguageWarning, ModelInfo, OwnWords, SourceInfo, WarningCode};
use crate::cache::Key;
use crate::intake::{Article, Source};
use crate::language::Language;
use crate::plan::SummaryOptions;

/// How a model fails in a language, and what does better.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Weakness {
    /// How it fails.
    pub code: WarningCode,
    /// Models that write the language better, the first choice first.
    pub models: Vec<String>,
    /// Models that translate into it from English and are not on this machine.
    pub translators: Vec<String>,
}

/// What writes the answers.
#[derive(Debug, Clone)]
pub struct Recipe {
    /// The model, as answers name it.
    pub model: ModelInfo,
    /// Which weights write, and which sources the program is made of. Two models may have one name.
    pub bytes: String,
    /// Languages that the model writes well. The others are translated from the article's own.
    pub fluent: Vec<Language>,
    /// Languages that the model does not write well.
    pub weak: BTreeMap<Language, Weakness>,
    /// Languages that the model does not read well.
    pub misread: Vec<Language>,
    /// How the model answers when it is asked whether the article says what it says; without, it is not asked.
    pub judge: Option<Calibration>,
    /// What a reader of every answer should know about the model.
    pub warnings: Vec<String>,
    /// What translates, as far as it decides answers: models and glossary.
    pub translators: Vec<String>,
    /// What checks besides the rules, dictionaries and encoder, as far as it decides answers.
    pub checks: Vec<String>,
}

impl Recipe {
    /// A recipe with a model that writes every language well.
    pub fn new(model: ModelInfo) -> Self {
        Self {
            model,
            bytes: String::new(),
            fluent: Language::ALL.to_vec(),
            weak: BTreeMap::new(),
            misread: Vec::new(),
            judge: None,
            warnings: Vec::new(),
            translators: Vec::new(),
            checks: Vec::new(),
        }
    }

    /// A kept answer as it is given now, about an article that may stand on another page than when it was written: what a
    /// reader should know may be another thing, too, when the hub could not be reached then, say.
    pub fn renew(&self, answer: Answer, article: &Article) -> Answer {
        let source = SourceInfo { removed_characters: article.removed_characters(), ..answer.source };
        Answer { warnings: self.warned(&source), source, ..answer }
    }

    /// What a reader of an answer about this source should know.
    pub fn warned(&self, source: &SourceInfo) -> Vec<String> {
        self.warnings.iter().cloned().chain(source.warning()).collect()
    }

    /// What a reader of what the model writes in `language` about an article in `own` should know.
    pub fn warned_of(&self, language: Language, own: Language) -> Option<LanguageWarning> {
        let code = self.weak.get(&language)?.code;
        Some(LanguageWarning::new(code, &self.model.name, language, self.better(language, own)))
    }

    /// That hardly anything of what was written in `language` about an article in `own` holds.
    pub fn not_written(&self, language: Language, own: Language) -> LanguageWarning {
        let better = self.better(language, own);
        LanguageWarning::new(WarningCode::LanguageNotWritten, &self.model.name, language, better)
    }

    /// How the model may write about an article in its language.
    pub(super) fn own_words(&self, own: Language) -> OwnWords {
        match self.judge.as_ref().and_then(|judge| judge.share) {
            None => OwnWords::Any,
            Some(_) if self.weak.contains_key(&own) => OwnWords::Verbatim,
            Some(share) => OwnWords::OfOne(share),
        }
    }

    /// What writes `language` better about an article in `own`.
    fn better(&self, language: Language, own: Language) -> Vec<String> {
        let Some(Weakness { models, translators, .. }) = self.weak.get(&language).cloned() else { return Vec::new() };
        // The article's own language is never translated.
        translators.into_iter().filter(|_| language != own).chain(models).collect()
    }

    /// The key of the answer with these options about an article: the same however the page around the article looks.
    pub fn key(&self, article: &Article, options: &SummaryOptions) -> Key {
        let text = (article.sha256(), article.title(), article.language());
        Key::of(&("summary", text, options, self.made_by()))
    }

    /// The key of a request as it was made: found without reading its text.
    pub fn request_key(&self, request: &SummaryRequest) -> Key {
        let Source { bytes, name: _, title, language } = &request.source;
        let digest: [u8; 32] = Sha256::digest(bytes).into();
        Key::of(&("request", (digest, title, language), &request.options, self.made_by()))
    }

    fn made_by(&self) -> impl serde::Serialize {
        let judge = self.judge.as_ref().map(|judge| {
            let means: Vec<_> = judge.means.iter().map(|(languages, mean)| (languages, mean.to_bits())).collect();
            (
                means,
                judge.deviation.to_bits(),
                judge.surprise.map(|it| (it.same.to_bits(), it.other.to_bits())),
                judge.share.map(f32::to_bits),
            )
        });
        (&self.model, &self.bytes, &self.fluent, &self.translators, &self.checks, judge)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake;
    use crate::plan::{Length, Strategy, Strictness};

    fn article(text: &str) -> Article {
        let source = Source { bytes: text.into(), name: "text".into(), title: None, language: Some(Language::En) };
        intake::read(source).unwrap()
    }

    /// A page with the text, and so many links around it.
    fn page(links: usize) -> String {
        let menu = "<li><a href=\"/x\">Another story that is told elsewhere</a></li>".repeat(links);
        let text = TEXT.split("\n\n").map(|it| format!("<p>{it}</p>")).collect::<String>();
        format!("<html><body><nav><ul>{menu}</ul></nav><article><h1>Bridge</h1>{text}</article></body></html>")
    }

    const TEXT: &str =
        "The harbour bridge reopened on Saturday.\n\nA number 7 bus was the first to cross it, to applause.";

    #[test]
    fn whatever_decides_an_answer_decides_its_key() {
        let model = ModelInfo { name: "m".into(), revision: None, quantization: None, engine: "e".into() };
        let recipe = Recipe::new(model);
        let usual = SummaryOptions { languages: vec![Language::En], ..SummaryOptions::default() };
        let key = recipe.key(&article(TEXT), &usual);
        assert_eq!(recipe.clone().key(&article(&format!("\n{TEXT}\n")), &usual), key, "blanks decide nothing");
        let warned = Recipe { warnings: vec!["a warning".into()], ..recipe.clone() };
        assert_eq!(warned.key(&article(TEXT), &usual), key, "whether the hub was there decides nothing");
        let [bare, page] = [0, 3].map(|links| article(&page(links)));
        assert_ne!(bare.removed_characters(), page.removed_characters(), "another page");
        assert_eq!(recipe.key(&bare, &usual), recipe.key(&page, &usual), "what is around an article decides nothing");
        let mut keys = vec![key, recipe.key(&article(&TEXT.replace('7', "8")), &usual)];
        let mut other = |change: &dyn Fn(&mut Recipe, &mut SummaryOptions)| {
            let (mut recipe, mut options) = (recipe.clone(), usual.clone());
            change(&mut recipe, &mut options);
            keys.push(recipe.key(&article(TEXT), &options));
        };
        other(&|_, options| options.languages.push(Language::Uk));
        other(&|_, options| options.facts = 6);
        other(&|_, options| options.length = Length::Long);
        other(&|_, options| options.strategy = Some(Strategy::Pivot));
        other(&|_, options| options.seed = Some(0));
        other(&|_, options| options.strictness = Strictness::Strict);
        other(&|recipe, _| recipe.model.name.push('x'));
        other(&|recipe, _| recipe.bytes.push('x'));
        other(&|recipe, _| recipe.fluent.clear());
        other(&|recipe, _| recipe.translators.push("x".into()));
        let count = keys.len();
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), count);
    }
}
