//! What was taken away from a page, and why.
//!
//! It is kept so that a user can see that nothing of the article was lost. The judging is in `furniture` and `plain`.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A piece of the input that is not part of the article.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Removed {
    /// The piece, tidied.
    pub text: String,
    /// Why it was removed.
    pub reason: Reason,
}

/// Why a piece was removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[schema(as = RemovalReason)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reason {
    /// A menu, a list of sections, buttons.
    Menu,
    /// A notice about cookies or privacy.
    Cookies,
    /// A plea to subscribe or to log in.
    Subscription,
    /// A plea for money.
    Donation,
    /// Buttons to share the article.
    Share,
    /// Links to other articles.
    Related,
    /// An advertisement or its label.
    Advertisement,
    /// A plea to switch off an ad blocker.
    AdBlocker,
    /// Comments of readers.
    Comments,
    /// A copyright line or rules for reprinting.
    Copyright,
    /// A plea to report mistakes.
    Correction,
    /// The caption of a picture, or its credit.
    Caption,
    /// The text that stands for a picture.
    AlternativeText,
    /// Author and date.
    Byline,
    /// Who else worked on the article, where it was first published.
    Credits,
    /// The title once more.
    RepeatedTitle,
    /// A paragraph that stood before already.
    Repeated,
    /// Text that a page does not show: hidden, of no size, off the screen, in the colour of its ground.
    Hidden,
    /// Text that is struck out.
    Struck,
    /// Before the article begins or after it ends.
    OutsideArticle,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Menu => "menu",
            Self::Cookies => "cookie or privacy notice",
            Self::Subscription => "subscription or login",
            Self::Donation => "donation appeal",
            Self::Share => "share buttons",
            Self::Related => "related articles",
            Self::Advertisement => "advertisement",
            Self::AdBlocker => "ad blocker notice",
            Self::Comments => "comments",
            Self::Copyright => "copyright or reprint rules",
            Self::Correction => "correction notice",
            Self::Caption => "caption",
            Self::AlternativeText => "picture description",
            Self::Byline => "author or date",
            Self::Credits => "credits",
            Self::RepeatedTitle => "repeated title",
            Self::Repeated => "repeated paragraph",
            Self::Hidden => "invisible text",
            Self::Struck => "struck out",
            Self::OutsideArticle => "outside the article",
        })
    }
}
