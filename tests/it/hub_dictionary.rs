//! Dictionaries from packages of npm, with an npm that is a shell script.
//!
//! Not here: what is in a dictionary, and packages of pip (`hub_mirror`).

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;

use flate2::Compression;
use flate2::write::GzEncoder;
use stislo::hub::{DictionaryManifest, Hub, HubError, HubSettings, Sha256, Silent};
use tempfile::TempDir;

use crate::hub_server::{Recorder, settings};

const AFFIXES: &[u8] = b"SET UTF-8\nSFX S Y 1\nSFX S 0 s .\n";
const STEMS: &[u8] = b"2\nbank/S\nloan/S\n";

/// Copies a prepared tarball to where it runs, or fails as npm does. The first argument is the folder of the tarballs.
const NPM: &str = r#"tarballs=$1
shift
echo "$@" >> "$tarballs/calls"
while [ $# -gt 1 ]; do shift; done
if [ ! -f "$tarballs/$1.tgz" ]; then
  echo "npm error code E404" >&2
  echo "npm error 404 Not Found - GET $1" >&2
  echo "npm error A complete log of this run can be found in: nowhere" >&2
  exit 1
fi
cp "$tarballs/$1.tgz" .
"#;

/// Names and bytes of the files of a package.
type Files<'a> = &'a [(&'a str, &'a [u8])];

/// A registry in a folder, and a cache.
struct Registry {
    tarballs: TempDir,
    cache: TempDir,
}

impl Registry {
    fn new() -> Self {
        let temporary = || TempDir::new().expect("a folder");
        let registry = Self { tarballs: temporary(), cache: temporary() };
        fs::write(registry.tarballs.path().join("npm"), NPM).expect("writable");
        registry
    }

    fn tarball(&self) -> PathBuf {
        self.tarballs.path().join("dictionary-en@1.0.0.tgz")
    }

    /// Packs files under their names into the tarball.
    fn publish(&self, files: Files<'_>) {
        let packed = GzEncoder::new(fs::File::create(self.tarball()).expect("writable"), Compression::fast());
        let mut archive = tar::Builder::new(packed);
        for (name, bytes) in files {
            let mut header = tar::Header::new_ustar();
            header.set_size(bytes.len() as u64);
            header.set_mode(0o644);
            // As a hostile package may have it; `set_path` refuses `..`.
            header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
            header.set_cksum();
            archive.append(&header, *bytes).expect("writable");
        }
        archive.into_inner().expect("complete").finish().expect("complete");
    }

    fn publish_sound(&self) {
        self.publish(&[
            ("package/license", b"free"),
            ("package/index.aff", AFFIXES),
            ("package/index.dic", STEMS),
            ("../outside", b"never written"),
        ]);
    }

    fn settings(&self) -> HubSettings {
        let mut settings = settings("http://127.0.0.1:9", self.cache.path());
        let tarballs = self.tarballs.path().to_owned();
        settings.npm = ["sh".into(), tarballs.join("npm"), tarballs].map(|it: PathBuf| it.display().to_string()).into();
        settings
    }

    fn hub(&self) -> Hub {
        Hub::new(self.settings()).expect("valid")
    }

    fn calls(&self) -> String {
        fs::read_to_string(self.tarballs.path().join("calls")).unwrap_or_default()
    }
}

fn manifest() -> DictionaryManifest {
    let file = |extension: &str, bytes: &[u8]| {
        format!(
            "file = \"en/index.{extension}\"\nsize = {}\nsha256 = \"{}\"\nmember = \"package/index.{extension}\"\n",
            bytes.len(),
            Sha256::of(bytes)
        )
    };
    let text = format!(
        "name = \"dictionary-en\"\nlanguage = \"en\"\nrepository = \"o/d\"\nrevision = \"{}\"\nlicence = \"MIT\"\n\
         package = \"dictionary-en\"\nversion = \"1.0.0\"\n[affixes]\n{}[stems]\n{}",
        "0".repeat(40),
        file("aff", AFFIXES),
        file("dic", STEMS)
    );
    DictionaryManifest::parse(&text, "d.toml").expect("valid")
}

#[tokio::test]
async fn a_dictionary_comes_from_its_package_and_is_kept() {
    let registry = Registry::new();
    registry.publish_sound();
    let (hub, manifest, recorder) = (registry.hub(), manifest(), Recorder::default());
    assert!(hub.cached_dictionary(&manifest).is_none());
    let files = hub.fetch_dictionary(&manifest, &recorder).await.expect("fetched");
    assert_eq!(fs::read(files.affixes.path()).expect("readable"), AFFIXES);
    assert_eq!(fs::read(files.stems.path()).expect("readable"), STEMS);
    assert!(files.stems.path().ends_with("en/index.dic") && files.stems.path().starts_with(registry.cache.path()));
    let text = recorder.text();
    assert!(text.matches("Started").count() == 1 && text.contains("dictionary-en 1.0.0 of npm"), "{text}");
    assert!(text.contains("MIT"), "{text}");
    let calls = registry.calls();
    assert!(calls.starts_with("pack ") && calls.contains("--ignore-scripts"), "{calls}");
    let left = fs::read_dir(registry.cache.path().join("models--o--d/.stislo/en--index.dic")).expect("there");
    assert_eq!(left.flatten().map(|entry| entry.file_name()).collect::<Vec<_>>(), ["verified.json"]);

    hub.fetch_dictionary(&manifest, &Silent).await.expect("cached");
    assert_eq!(registry.calls(), calls, "what is here is not asked for");
    assert!(hub.cached_dictionary(&manifest).is_some() && hub.verify_dictionary(&manifest).is_ok());
    assert_eq!(hub.remove_dictionary(&manifest).expect("removed") > 0, hub.cached_dictionary(&manifest).is_none());
    assert!(!registry.cache.path().join("models--o--d").exists());
}

#[tokio::test]
async fn what_two_dictionaries_share_stays_until_the_second_is_removed() {
    let registry = Registry::new();
    registry.publish_sound();
    let (hub, one) = (registry.hub(), manifest());
    let mut other = DictionaryManifest { name: "dictionary-en-gb".to_owned(), ..one.clone() };
    (other.affixes.file, other.stems.file) = ("gb/index.aff".to_owned(), "gb/index.dic".to_owned());
    for manifest in [&one, &other] {
        hub.fetch_dictionary(manifest, &Silent).await.expect("fetched");
    }
    hub.remove_dictionary(&one).expect("removed");
    assert!(hub.cached_dictionary(&one).is_none());
    assert!(hub.verify_dictionary(&other).is_ok(), "it shares both files with what was removed");
    hub.remove_dictionary(&other).expect("removed");
    assert!(!registry.cache.path().join("models--o--d").exists());
}

#[tokio::test]
async fn a_package_that_is_not_as_pinned_leaves_nothing() {
    let registry = Registry::new();
    let wrong = [b'x'; STEMS.len()];
    let cases: [(Files<'_>, &str); 5] = [
        (&[("package/index.dic", &wrong)], "SHA-256"),
        (&[("package/index.dic", &STEMS[1..])], "wrong size"),
        (&[("package/index.dic", &[b'x'; 1 << 20])], "longer"),
        (&[("package/index.dic", b"")], "empty"),
        (&[("../package/index.dic", STEMS), ("index.dic", STEMS)], "not among"),
    ];
    for (files, reason) in cases {
        registry.publish(files);
        let error = registry.hub().fetch_dictionary(&manifest(), &Silent).await.expect_err("wrong").to_string();
        assert!(error.contains(reason), "{reason} is not in {error}");
        assert!(registry.hub().cached_dictionary(&manifest()).is_none());
    }
    // Cut off, and no archive at all.
    registry.publish_sound();
    let whole = fs::read(registry.tarball()).expect("there");
    for bytes in [&whole[..whole.len() / 2], b"<html>"] {
        fs::write(registry.tarball(), bytes).expect("writable");
        let error = registry.hub().fetch_dictionary(&manifest(), &Silent).await.expect_err("no archive");
        assert!(matches!(error, HubError::Package { .. }), "{error}");
    }
    registry.publish_sound();
    registry.hub().fetch_dictionary(&manifest(), &Silent).await.expect("right");
    assert!(!registry.cache.path().join("outside").exists());
}

#[tokio::test]
async fn a_package_that_unpacks_to_more_than_any_dictionary_is_not_read_to_its_end() {
    let registry = Registry::new();
    let packed = GzEncoder::new(fs::File::create(registry.tarball()).expect("writable"), Compression::fast());
    let mut archive = tar::Builder::new(packed);
    let mut append = |name: &str, size: u64| {
        let mut header = tar::Header::new_ustar();
        header.set_size(size);
        archive.append_data(&mut header, name, std::io::Read::take(std::io::repeat(0), size)).expect("writable");
    };
    append("package/filler", 65 << 20);
    append("package/index.dic", STEMS.len() as u64);
    archive.into_inner().expect("complete").finish().expect("complete").flush().expect("writable");
    let error = registry.hub().fetch_dictionary(&manifest(), &Silent).await.expect_err("too large");
    assert!(matches!(error, HubError::Package { .. }), "{error}");
}

#[tokio::test]
async fn what_npm_says_is_told() {
    let registry = Registry::new();
    let error = registry.hub().fetch_dictionary(&manifest(), &Silent).await.expect_err("not published").to_string();
    assert!(
        error.contains("pack dictionary-en@1.0.0` failed: 404 Not Found - GET") && !error.contains("log"),
        "{error}"
    );
    let mut settings = registry.settings();
    settings.npm = vec!["/nonexistent/npm".to_owned()];
    let hub = Hub::new(settings.clone()).expect("valid");
    let error = hub.fetch_dictionary(&manifest(), &Silent).await.expect_err("no npm").to_string();
    assert!(error.contains("/nonexistent/npm pack") && error.contains("Node with npm"), "{error}");
    settings.offline = true;
    let hub = Hub::new(settings).expect("valid");
    let error = hub.fetch_dictionary(&manifest(), &Silent).await.expect_err("offline");
    assert!(matches!(error, HubError::Offline { .. }), "{error}");
}
