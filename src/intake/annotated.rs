//! An article with what its sentences say: read once, and then borrowed by whoever plans, writes, checks or compares.

use std::ops::Deref;
use std::sync::Arc;

use super::Article;
use crate::language::{Annotation, Sentence};

/// An article, each of its sentences annotated.
#[derive(Debug)]
pub struct AnnotatedArticle {
    article: Article,
    sentences: Vec<Annotation>,
    title: Option<Annotation>,
}

impl AnnotatedArticle {
    /// Annotates an article. Takes milliseconds for an article of the news, and a second for a book.
    pub fn of(article: Article) -> Arc<Self> {
        let annotated = |sentence: &Sentence| Annotation::of(&article.text()[sentence.range()]);
        let sentences = article.sentences().iter().map(annotated).collect();
        let title = article.title().map(Annotation::of);
        Arc::new(Self { article, sentences, title })
    }

    /// What its sentences say, in order.
    pub fn annotations(&self) -> &[Annotation] {
        &self.sentences
    }

    /// What its title says.
    pub fn annotated_title(&self) -> Option<&Annotation> {
        self.title.as_ref()
    }
}

impl Deref for AnnotatedArticle {
    type Target = Article;

    fn deref(&self) -> &Article {
        &self.article
    }
}
