//! What may be written next: the rule that every chosen token has to pass.
//!
//! A constraint sees bytes, not tokens, so one rule serves every vocabulary. It must never lead into a dead end: after any
//! bytes that it allowed, either more bytes are allowed or the text may end. Not here: any such rule but the one that allows
//! everything (`grammar`).

/// Tells whether bytes are better than others.
pub type IsBetter<'a> = Box<dyn Fn(&[u8]) -> bool + 'a>;

/// A rule over the bytes of an answer.
pub trait Constraint: Send {
    /// May these bytes come next? They may end in the middle of a character.
    fn allows(&self, bytes: &[u8]) -> bool;

    /// May the answer end here?
    fn may_end(&self) -> bool;

    /// Takes bytes that were allowed.
    fn advance(&mut self, bytes: &[u8]);

    /// True when nothing may follow, so that there is no need to ask the model.
    fn is_complete(&self) -> bool;

    /// True when the line is so long that it should end with the word that is being written. Which word is whole, the
    /// model knows and the rule does not: as soon as the model's best token would leave the word, only tokens that leave
    /// it are tried. Without this it would glue the next word to this one.
    fn is_ending(&self) -> bool {
        false
    }

    /// For bytes that the model wants and that seem wrong though they are allowed: tells which others would be right in
    /// their place. The sampler takes one of those if the model likes it nearly as much. `None` where nothing seems wrong.
    fn better_than(&self, _chosen: &[u8]) -> Option<IsBetter<'_>> {
        None
    }

    /// The text that has to come next if the answer goes on, as far as it is known without the model; often none. It is
    /// offered to the model as a draft, so it saves time and never decides: other ways to write it, a blank line before
    /// it or an end instead of it need not be thought of here.
    fn forced(&self) -> String {
        String::new()
    }

    /// What may follow as a grammar for engines that take one: rules in GBNF, of which `answer` is the first. It may let more
    /// pass than the rule does, and should let little pass that the rule refuses. `None` where there is none.
    fn grammar(&self) -> Option<String> {
        None
    }

    /// The rule as it stands now, to come back to. `None` for one that cannot be copied.
    fn snapshot(&self) -> Option<Box<dyn Constraint>> {
        None
    }
}

/// Allows everything.
#[derive(Debug, Clone, Copy, Default)]
pub struct Free;

impl Constraint for Free {
    fn allows(&self, _: &[u8]) -> bool {
        true
    }

    fn may_end(&self) -> bool {
        true
    }

    fn advance(&mut self, _: &[u8]) {}

    fn is_complete(&self) -> bool {
        false
    }

    fn snapshot(&self) -> Option<Box<dyn Constraint>> {
        Some(Box::new(*self))
    }
}
