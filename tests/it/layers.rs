//! The architecture and the house rules, held by reading the sources.
//!
//! An arrow is a mention of `crate::room` outside tests. Rooms that are not written yet may already have arrows here.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Lines of a file, its tests aside.
const LONGEST: usize = 600;

/// Each room and the rooms that it may name. What is not here may name nothing.
const ARROWS: [(&str, &[&str]); 16] = [
    ("main", &["cli", "config"]),
    (
        "cli",
        &["http", "bench", "chart", "eval", "service", "cache", "hub", "config", "error", "intake", "plan", "answer"],
    ),
    ("http", &["service", "cache", "error", "answer", "intake", "plan"]),
    ("bench", &["service", "intake", "plan", "engine", "answer", "chart", "error"]),
    ("eval", &["service", "answer", "plan", "intake", "chart", "error"]),
    ("chart", &[]),
    ("service", &["intake", "plan", "grammar", "engine", "answer", "error", "hub", "translate", "cache"]),
    ("cache", &["answer"]),
    ("translate", &["grammar", "engine", "hub", "intake"]),
    ("answer", &["plan", "intake", "engine"]),
    ("plan", &["grammar", "engine", "intake"]),
    ("grammar", &["engine"]),
    ("engine", &["hub"]),
    ("config", &["engine", "hub", "error", "cache", "http"]),
    ("error", &["engine", "hub", "intake", "plan", "translate"]),
    ("lib", &[]),
];
/// Single files that may name more than their room.
const MORE: [(&str, &[&str]); 3] =
    [("cli/open.rs", &["engine", "translate"]), ("cli/servers.rs", &["engine"]), ("cli/desk.rs", &["translate"])];

/// Crates that are named in some places only: a room, or a file.
const ROOTS: [(&str, &[&str]); 28] = [
    ("candle_core", &["engine/model/", "engine/sampler.rs"]),
    ("candle_nn", &["engine/model/"]),
    ("tokenizers", &["engine/tokenizer/byte_level.rs"]),
    ("prost", &["engine/tokenizer/unigram/proto.rs"]),
    ("safetensors", &["engine/model/tensors.rs"]),
    ("reqwest", &["hub/", "engine/remote/"]),
    ("zip", &["hub/"]),
    ("tar", &["hub/archive.rs"]),
    ("axum", &["http/"]),
    ("hyper", &["http/server.rs"]),
    ("redb", &["cache/disk.rs"]),
    ("lru", &["cache/memory.rs"]),
    ("clap", &["cli/", "config.rs", "config/", "main.rs", "plan/options.rs", "translate/job.rs"]),
    ("clap_complete", &["cli/"]),
    ("clap_mangen", &["cli/"]),
    ("indicatif", &["cli/"]),
    ("whatlang", &["language/"]),
    ("spellbook", &["language/dictionary.rs"]),
    ("chardetng", &["intake/charset.rs"]),
    ("cssparser", &["intake/html/colour.rs"]),
    ("dom_smoothie", &["intake/html/opinion.rs"]),
    ("encoding_rs", &["intake/charset.rs", "intake/mojibake.rs", "language/dictionary.rs"]),
    ("flate2", &["intake/unpack.rs", "hub/"]),
    ("html5gum", &["intake/html/", "translate/html.rs", "translate/shown.rs"]),
    ("pulldown_cmark", &["intake/markdown.rs"]),
    ("fxtranslate", &["translate/student.rs"]),
    ("regex", &["translate/protect.rs"]),
    ("serde_urlencoded", &["http/libre/values.rs"]),
];

/// Where sources lie, and what stands before their paths here.
const FOLDERS: [(&str, &str); 2] = [("src", ""), ("crates/language/src", "language/")];
/// Rooms that are crates of their own.
const LIBRARIES: [&str; 1] = ["language"];

/// What has no place outside tests, and the files that are excused.
const BANNED: [(&str, &[&str]); 7] = [
    (".unwrap()", &[]),
    ("todo!", &[]),
    ("unimplemented!", &[]),
    ("dbg!", &[]),
    ("println!", &["cli/"]),
    ("unsafe ", &["main.rs", "engine/model/kernel/"]),
    ("env::var", &["config.rs"]),
];

/// A source file, without its tests, comments and the contents of its strings.
struct Source {
    /// Below `src`, with `/`.
    path: String,
    whole: String,
    code: String,
}

impl Source {
    fn room(&self) -> &str {
        let room = self.path.split('/').next().unwrap_or_default();
        room.strip_suffix(".rs").unwrap_or(room)
    }

    /// True when the path is one of these files or lies in one of these folders.
    fn is_in(&self, places: &[&str]) -> bool {
        places.iter().any(|place| self.path == *place || (place.ends_with('/') && self.path.starts_with(place)))
    }
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for (folder, room) in FOLDERS {
        let folder = root.join(folder);
        let mut files = Vec::new();
        collect(&folder, &mut files);
        assert!(files.len() > 10, "only {} sources are in {}", files.len(), folder.display());
        found.extend(files.into_iter().map(|path| {
            let whole = std::fs::read_to_string(&path).unwrap();
            let below = path.strip_prefix(&folder).unwrap().components().map(|part| part.as_os_str().to_str().unwrap());
            Source { path: format!("{room}{}", below.collect::<Vec<_>>().join("/")), code: code(&whole), whole }
        }));
    }
    found.sort_by(|one, other| one.path.cmp(&other.path));
    // Files of tests alone are declared under `#[cfg(test)]`; ours end like this.
    found.retain(|source| !source.path.ends_with("_cases.rs"));
    found
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// What is left of a file without the test module at its end, comments, and what stands in quotation marks.
fn code(whole: &str) -> String {
    let before = whole.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let lines = before.lines().map(|line| {
        let mut out = String::new();
        for (i, part) in line.split('"').enumerate() {
            if i % 2 == 0 {
                out.push_str(part.split("//").next().unwrap_or_default());
                if part.contains("//") {
                    break;
                }
            }
        }
        out
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The rooms that a text names after `crate::`, one by one or in braces.
fn mentions(code: &str, root: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let name = |text: &str| text.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    for (at, _) in code.match_indices(root) {
        let inside_word = code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '$');
        let after = &code[at + root.len()..];
        match after.strip_prefix('{').and_then(|list| list.split_once("};")) {
            _ if inside_word => {}
            Some((list, _)) => found.extend(list.split(',').map(name)),
            None => found.extend([name(after)]),
        }
    }
    found.retain(|room| !room.is_empty());
    found
}

#[test]
fn arrows_point_down() {
    let mut faults = Vec::new();
    let mut seen = BTreeSet::new();
    for source in sources() {
        let root = if source.path == "main.rs" { "stislo::" } else { "crate::" };
        let allowed = ARROWS.iter().find(|(room, _)| *room == source.room()).map_or(&[][..], |(_, rooms)| rooms);
        let more = MORE.iter().find(|(path, _)| *path == source.path).map_or(&[][..], |(_, rooms)| rooms);
        for room in mentions(&source.code, root) {
            // The libraries know none of these rooms, and every room may name them: cargo sees to it.
            let library = LIBRARIES.contains(&room.as_str()) || LIBRARIES.contains(&source.room());
            if !library && room != source.room() && !allowed.contains(&room.as_str()) && !more.contains(&room.as_str())
            {
                faults.push(format!("{} names {room}", source.path));
            }
            seen.insert((source.room().to_owned(), room));
        }
    }
    assert!(faults.is_empty(), "arrows that point up:\n{}", faults.join("\n"));
    for (from, to) in [("main", "cli"), ("http", "service"), ("service", "engine"), ("answer", "intake")] {
        assert!(
            seen.contains(&(from.to_owned(), to.to_owned())),
            "{from} -> {to} was not seen: this test reads nothing"
        );
    }
}

#[test]
fn crates_stay_in_their_rooms() {
    let mut faults = Vec::new();
    for source in sources() {
        for (name, places) in ROOTS {
            let named = !mentions(&source.code, &format!("{name}::")).is_empty();
            if named && !source.is_in(places) {
                faults.push(format!("{} names {name}", source.path));
            }
        }
    }
    assert!(faults.is_empty(), "crates outside their rooms:\n{}", faults.join("\n"));
}

#[test]
fn what_is_banned_is_not_there() {
    let mut faults = Vec::new();
    for source in sources() {
        for (text, excused) in BANNED {
            let lines =
                source.code.lines().enumerate().filter(|(_, line)| line.contains(text) && !source.is_in(excused));
            faults.extend(lines.map(|(number, _)| format!("{}:{} has {text}", source.path, number + 1)));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn files_say_what_they_do_and_are_short() {
    let mut faults = Vec::new();
    for source in sources() {
        let first = source.whole.lines().next().unwrap_or_default();
        if !first.starts_with("//! ") || first.len() < 20 {
            faults.push(format!("{} does not start with what it does", source.path));
        }
        let lines = source.code.lines().count();
        if lines > LONGEST {
            faults.push(format!("{} has {lines} lines", source.path));
        }
    }
    let main = sources().into_iter().find(|source| source.path == "main.rs").unwrap();
    assert!(main.whole.lines().count() <= 40, "main.rs is the way in and nothing else");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// The readers above are worth something only if they see what they should.
#[test]
fn the_readers_see_what_is_there() {
    let text = [
        "use crate::engine::{Job, Rules};",
        "use crate::{hub, plan::Task};",
        "// crate::http",
        "let x = \"crate::cli\";",
        "fn f() { crate::answer::run() } // crate::service",
        "mycrate::intake();",
        "#[cfg(test)]\nmod tests {\n use crate::cli;\n}",
    ];
    let code = code(&text.join("\n"));
    let seen: Vec<String> = mentions(&code, "crate::").into_iter().collect();
    assert_eq!(seen, ["answer", "engine", "hub", "plan"]);
    assert!(!code.contains("http") && !code.contains("tests"));
}
