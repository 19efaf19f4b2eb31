//! The tokens of a vocabulary as a tree of bytes, so that a whole mask of ours is made without asking for every token.
//!
//! What begins with bytes that may not follow may not follow either. That holds for the rules that are compared here.

use super::engine::constraint::Constraint;
use super::grammar::AnswerGrammar;

/// The tokens below one run of bytes.
#[derive(Default)]
struct Node {
    /// Tokens that are exactly these bytes.
    tokens: Vec<u32>,
    /// By the next byte, in order.
    children: Vec<(u8, Node)>,
}

/// A vocabulary.
pub(crate) struct Tree(Node);

impl Tree {
    /// The tokens that are compared.
    pub(crate) fn new(tokens: &[Vec<u8>], compared: &[bool]) -> Self {
        let mut root = Node::default();
        for (id, token) in tokens.iter().enumerate().filter(|(id, _)| compared[*id]) {
            let mut node = &mut root;
            for &byte in token {
                let at = match node.children.binary_search_by_key(&byte, |(known, _)| *known) {
                    Ok(at) => at,
                    Err(at) => {
                        node.children.insert(at, (byte, Node::default()));
                        at
                    }
                };
                node = &mut node.children[at].1;
            }
            node.tokens.push(id as u32);
        }
        Self(root)
    }

    /// The tokens that may follow.
    pub(crate) fn allowed(&self, grammar: &AnswerGrammar) -> Vec<u32> {
        let mut found = Vec::new();
        collect(&self.0, grammar, &mut Vec::new(), &mut found);
        found
    }
}

fn collect(node: &Node, grammar: &AnswerGrammar, bytes: &mut Vec<u8>, found: &mut Vec<u32>) {
    for (byte, child) in &node.children {
        bytes.push(*byte);
        if grammar.allows(bytes) {
            found.extend(&child.tokens);
            collect(child, grammar, bytes, found);
        }
        bytes.pop();
    }
}
