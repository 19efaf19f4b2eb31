//! Downloads from the hub: the cache layout, resuming, retries, refusals, and what happens to wrong bytes.
//!
//! Not here: mirrors and the choice of a model (`hub_mirror`).

use std::fs;
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::time::{Duration, SystemTime};

use stislo::hub::{Hub, HubError, Manifest, Sha256, Silent, Token};
use tempfile::TempDir;

use crate::hub_server::{
    COMMIT, FILE, Fault, HubServer, On, Recorder, closed_endpoint, content, folder, hub, manifest, pinned, settings,
    snapshot,
};

const SIZE: usize = 300_000;

/// A server, a cache, and the bytes of the file.
struct Scene {
    bytes: Vec<u8>,
    server: HubServer,
    cache: TempDir,
}

impl Scene {
    async fn new() -> Self {
        let bytes = content(SIZE);
        Self { server: HubServer::start(&bytes).await, bytes, cache: TempDir::new().expect("a folder") }
    }

    fn cache(&self) -> &Path {
        self.cache.path()
    }

    fn hub(&self) -> Hub {
        hub(&self.server, self.cache())
    }

    fn pinned(&self) -> Manifest {
        pinned(&self.bytes)
    }

    async fn fail(&self, manifest: &Manifest) -> HubError {
        self.hub().fetch(manifest, &Silent).await.expect_err("must fail")
    }

    fn flip_a_byte(&self) {
        let mut file = fs::File::options().read(true).write(true).open(snapshot(self.cache())).expect("there");
        let mut byte = [0];
        file.read_exact(&mut byte).expect("not empty");
        file.seek(SeekFrom::Start(0)).expect("seekable");
        file.write_all(&[byte[0] ^ 1]).expect("writable");
        // The clock of the file system may be too coarse for a test.
        file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(86_400)).expect("ours");
    }

    fn no_parts(&self) -> bool {
        let records = folder(self.cache()).join(".stislo").join(FILE);
        let names = fs::read_dir(records).expect("there").flatten().map(|entry| entry.file_name());
        names.into_iter().all(|name| !name.to_string_lossy().ends_with(".part"))
    }
}

#[tokio::test]
async fn a_download_has_the_layout_of_the_python_tools() {
    let scene = Scene::new().await;
    let recorder = Recorder::default();
    let file = scene.hub().fetch(&scene.pinned(), &recorder).await.expect("downloads");
    let hash = Sha256::of(&scene.bytes);
    assert_eq!((file.path(), file.size(), file.sha256()), (snapshot(scene.cache()).as_path(), SIZE as u64, hash));
    assert_eq!(fs::read(file.path()).expect("readable"), scene.bytes);
    let link = fs::read_link(file.path()).expect("a link");
    assert_eq!(link, Path::new("../../blobs").join(hash.to_string()));
    assert!(scene.no_parts());
    let text = recorder.text();
    assert!(text.starts_with("Started") && text.contains("Verifying") && text.contains("Finished"), "{text}");
    assert_eq!(scene.server.requests().len(), 3, "one question, one redirect, one body");
}

#[tokio::test]
async fn a_second_fetch_asks_nobody_and_hashes_nothing() {
    let scene = Scene::new().await;
    let (hub, manifest) = (scene.hub(), scene.pinned());
    assert!(hub.cached(&manifest).is_none());
    hub.fetch(&manifest, &Silent).await.expect("downloads");
    let before = scene.server.requests().len();
    let recorder = Recorder::default();
    hub.fetch(&manifest, &recorder).await.expect("cached");
    assert_eq!((scene.server.requests().len(), recorder.text().as_str()), (before, ""));
    assert_eq!(hub.cached(&manifest), Some(snapshot(scene.cache())));
}

#[tokio::test]
async fn a_broken_connection_goes_on_with_a_range() {
    let scene = Scene::new().await;
    scene.server.fault(On::Body, Fault::CutAfter(100_000));
    scene.hub().fetch(&scene.pinned(), &Silent).await.expect("resumes");
    let ranges: Vec<_> = scene.server.bodies().into_iter().map(|body| body.range).collect();
    assert_eq!(ranges, [None, Some("bytes=100000-".to_owned())]);
}

#[tokio::test]
async fn a_dropped_download_goes_on_the_next_time() {
    let scene = Scene::new().await;
    scene.server.fault(On::Body, Fault::StallAfter(120_000));
    let (hub, manifest, recorder) = (scene.hub(), scene.pinned(), Recorder::default());
    tokio::select! {
        _ = hub.fetch(&manifest, &recorder) => panic!("it stalls"),
        () = recorder.at_least(120_000) => {}
    }
    scene.hub().fetch(&manifest, &recorder).await.expect("resumes");
    let last = scene.server.bodies().pop().expect("a body");
    assert_eq!(last.range.as_deref(), Some("bytes=120000-"));
    assert!(recorder.text().contains("done: 120000"), "{}", recorder.text());
}

#[tokio::test]
async fn a_server_without_ranges_begins_again() {
    let scene = Scene::new().await;
    scene.server.fault(On::Body, Fault::CutAfter(1000));
    scene.server.fault(On::Body, Fault::IgnoreRange);
    let file = scene.hub().fetch(&scene.pinned(), &Silent).await.expect("begins again");
    assert_eq!(file.sha256(), Sha256::of(&scene.bytes));
}

#[tokio::test]
async fn a_stall_is_noticed_and_resumed() {
    let scene = Scene::new().await;
    scene.server.fault(On::Body, Fault::StallAfter(50_000));
    let mut settings = settings(&scene.server.endpoint(), scene.cache());
    settings.limits.stall = Duration::from_millis(400);
    let recorder = Recorder::default();
    Hub::new(settings).expect("valid").fetch(&scene.pinned(), &recorder).await.expect("resumes");
    assert!(recorder.text().contains("no byte within"), "{}", recorder.text());
    assert_eq!(scene.server.bodies()[1].range.as_deref(), Some("bytes=50000-"));
}

#[tokio::test]
async fn wrong_bytes_are_deleted() {
    let scene = Scene::new().await;
    scene.server.fault(On::Body, Fault::WrongBytes);
    let error = scene.fail(&scene.pinned()).await;
    assert!(matches!(error, HubError::HashMismatch { .. }), "{error}");
    assert!(scene.no_parts() && scene.hub().cached(&scene.pinned()).is_none());
    scene.hub().fetch(&scene.pinned(), &Silent).await.expect("the next one is right");
}

#[tokio::test]
async fn a_partial_file_with_wrong_bytes_costs_one_more_download() {
    let scene = Scene::new().await;
    let records = folder(scene.cache()).join(".stislo").join(FILE);
    fs::create_dir_all(&records).expect("writable");
    fs::write(records.join(format!("{}.part", Sha256::of(&scene.bytes))), vec![0; 1000]).expect("writable");
    let recorder = Recorder::default();
    scene.hub().fetch(&scene.pinned(), &recorder).await.expect("begins again");
    assert!(recorder.text().contains("Discarded"), "{}", recorder.text());
}

#[tokio::test]
async fn a_wrong_length_is_refused() {
    let scene = Scene::new().await;
    scene.server.fault(On::Body, Fault::TooLong);
    let error = scene.fail(&scene.pinned()).await;
    assert!(matches!(error, HubError::WrongSize { expected: 300_000, found: 300_004, .. }), "{error}");
    assert!(scene.no_parts());
}

#[tokio::test]
async fn refusals_say_what_to_do() {
    let scene = Scene::new().await;
    let cases = [
        (401, "", "HF_TOKEN"),
        (401, "X-Error-Code: GatedRepo\r\n", "accept the licence at http"),
        (403, "", "accept the licence at http"),
        (404, "", "has no owner/tiny-GGUF/tiny-q4.gguf at revision 0123"),
        (418, "", "status 418"),
    ];
    for (status, headers, advice) in cases {
        scene.server.fault(On::Head, Fault::Status(status, headers));
        let error = scene.fail(&scene.pinned()).await.to_string();
        assert!(error.contains(advice), "{status}: {error}");
    }
    assert_eq!(scene.server.requests().len(), cases.len(), "an answer is not asked for twice");
}

#[tokio::test]
async fn a_busy_hub_is_given_its_time() {
    let scene = Scene::new().await;
    scene.server.fault(On::Head, Fault::Status(429, "Retry-After: 0\r\n"));
    scene.server.fault(On::Head, Fault::Status(503, ""));
    scene.server.fault(On::Body, Fault::Status(500, ""));
    let recorder = Recorder::default();
    scene.hub().fetch(&scene.pinned(), &recorder).await.expect("succeeds in the end");
    assert_eq!(recorder.text().matches("Retrying").count(), 3, "{}", recorder.text());
    assert!(recorder.text().contains("wait: 0ns"), "{}", recorder.text());
}

#[tokio::test]
async fn a_hub_that_asks_for_hours_is_given_up() {
    let scene = Scene::new().await;
    scene.server.fault(On::Head, Fault::Status(429, "Retry-After: 7200\r\n"));
    let error = scene.fail(&scene.pinned()).await.to_string();
    assert!(error.contains("7200s") && error.contains("429"), "{error}");
}

#[tokio::test]
async fn a_broken_hub_is_given_up_and_named() {
    let scene = Scene::new().await;
    for _ in 0..3 {
        scene.server.fault(On::Head, Fault::Status(502, ""));
    }
    let error = scene.fail(&scene.pinned()).await;
    assert!(matches!(error, HubError::NoSource { .. }), "{error}");
    let text = error.to_string();
    assert!(text.contains(&scene.server.endpoint()) && text.contains("502"), "{text}");
}

#[tokio::test]
async fn offline_names_the_missing_file() {
    let scene = Scene::new().await;
    let mut settings = settings(&scene.server.endpoint(), scene.cache());
    settings.offline = true;
    let offline = Hub::new(settings).expect("valid");
    let error = offline.fetch(&scene.pinned(), &Silent).await.expect_err("nothing there");
    assert!(matches!(error, HubError::Offline { .. }) && error.to_string().contains(FILE), "{error}");
    assert!(scene.server.requests().is_empty());
    scene.hub().fetch(&scene.pinned(), &Silent).await.expect("downloads");
    offline.fetch(&scene.pinned(), &Silent).await.expect("cached");
}

#[tokio::test]
async fn a_flipped_byte_is_found() {
    let scene = Scene::new().await;
    let (hub, manifest) = (scene.hub(), scene.pinned());
    hub.fetch(&manifest, &Silent).await.expect("downloads");
    assert!(hub.verify(&manifest).expect("right").pinned);
    scene.flip_a_byte();
    let error = hub.verify(&manifest).expect_err("wrong");
    assert!(matches!(error, HubError::HashMismatch { .. }), "{error}");
    let recorder = Recorder::default();
    hub.fetch(&manifest, &recorder).await.expect("fetched anew");
    assert!(recorder.text().contains("Discarded"), "{}", recorder.text());
    hub.verify(&manifest).expect("right again");
}

#[tokio::test]
async fn a_remembered_check_ends_when_the_file_changes() {
    let scene = Scene::new().await;
    scene.hub().fetch(&scene.pinned(), &Silent).await.expect("downloads");
    scene.flip_a_byte();
    let file = scene.hub().fetch(&scene.pinned(), &Silent).await.expect("fetched anew");
    assert_eq!(fs::read(file.path()).expect("readable"), scene.bytes);
}

#[tokio::test]
async fn two_fetches_are_one_download() {
    let scene = Scene::new().await;
    scene.server.fault(On::Body, Fault::StallAfter(1000));
    let mut settings = settings(&scene.server.endpoint(), scene.cache());
    settings.limits.stall = Duration::from_millis(400);
    let (first, second) = (Hub::new(settings.clone()).expect("valid"), Hub::new(settings).expect("valid"));
    let (manifest, recorder) = (scene.pinned(), Recorder::default());
    let (one, two) = tokio::join!(first.fetch(&manifest, &recorder), second.fetch(&manifest, &recorder));
    assert_eq!(one.expect("downloads").path(), two.expect("waits").path());
    assert_eq!(recorder.text().matches("Started").count(), 1, "{}", recorder.text());
    assert_eq!(recorder.text().matches("Waiting").count(), 1, "{}", recorder.text());
}

#[tokio::test]
async fn a_hostile_etag_stays_out_of_the_file_system() {
    let scene = Scene::new().await;
    for etag in ["../../../evil", "..", "/etc/evil", "a\\b", ""] {
        scene.server.fault(On::Head, Fault::StatedEtag(etag.to_owned()));
        let error = scene.fail(&manifest("")).await;
        assert!(matches!(error, HubError::BadAnswer { .. }), "{etag}: {error}");
    }
    assert!(!folder(scene.cache()).exists());
}

#[tokio::test]
async fn without_a_hash_the_first_download_sets_it() {
    let scene = Scene::new().await;
    let manifest = manifest("");
    scene.hub().fetch(&manifest, &Silent).await.expect("downloads");
    assert_eq!(fs::read_to_string(folder(scene.cache()).join("refs/main")).expect("there"), COMMIT);
    assert!(!scene.hub().verify(&manifest).expect("right").pinned);
    scene.flip_a_byte();
    assert!(matches!(scene.hub().verify(&manifest), Err(HubError::HashMismatch { .. })));
    fs::remove_file(snapshot(scene.cache())).expect("there");
    scene.server.replace_file(&content(SIZE - 1));
    let error = scene.fail(&manifest).await;
    assert!(matches!(error, HubError::NotAsPinned { .. }), "{error}");
    assert!(scene.hub().remove(&manifest).expect("removable") > 0);
    scene.hub().fetch(&manifest, &Silent).await.expect("what was recorded is forgotten");
}

#[tokio::test]
async fn a_file_that_has_changed_on_the_hub_is_not_taken() {
    let scene = Scene::new().await;
    let manifest = manifest(&format!("sha256 = \"{}\"", Sha256::of(b"another file")));
    let error = scene.fail(&manifest).await;
    assert!(matches!(error, HubError::NotAsPinned { what: "SHA-256", .. }), "{error}");
    assert!(scene.server.bodies().is_empty());
}

#[tokio::test]
async fn a_full_disk_is_noticed_before() {
    let scene = Scene::new().await;
    let mut settings = settings(&scene.server.endpoint(), scene.cache());
    settings.limits.spare_disk = u64::MAX;
    let hub = Hub::new(settings).expect("valid");
    let error = hub.fetch(&scene.pinned(), &Silent).await.expect_err("no disk is that large");
    assert!(matches!(error, HubError::DiskFull { need: u64::MAX, .. }), "{error}");
    assert!(scene.server.bodies().is_empty());
}

#[tokio::test]
async fn the_token_goes_to_the_hub_alone() {
    let scene = Scene::new().await;
    let elsewhere = HubServer::start(&scene.bytes).await;
    scene.server.put_bodies_at(&elsewhere);
    scene.server.fault(On::Head, Fault::Status(401, ""));
    let mut settings = settings(&scene.server.endpoint(), scene.cache());
    settings.token = Token::new("hf_secret");
    let hub = Hub::new(settings.clone()).expect("valid");
    let error = hub.fetch(&scene.pinned(), &Silent).await.expect_err("refused");
    hub.fetch(&scene.pinned(), &Silent).await.expect("downloads");
    assert!(scene.server.requests().iter().all(|one| one.authorization.as_deref() == Some("Bearer hf_secret")));
    assert!(elsewhere.bodies().iter().all(|one| one.authorization.is_none()) && !elsewhere.bodies().is_empty());
    settings.token = Token::new("hf_secret\nX-Other: 1");
    let refused = Hub::new(settings).expect_err("not a token");
    for text in [format!("{error} {error:?} {refused} {refused:?}"), format!("{hub:?}")] {
        assert!(!text.contains("hf_secret"), "{text}");
    }
}

#[tokio::test]
async fn errors_hold_no_signed_address() {
    let scene = Scene::new().await;
    for _ in 0..3 {
        scene.server.fault(On::Body, Fault::CutAfter(0));
    }
    let error = scene.fail(&scene.pinned()).await;
    assert!(!format!("{error} {error:?}").contains("signature"), "{error:?}");
}

#[tokio::test]
async fn a_hub_out_of_reach_is_named() {
    let cache = TempDir::new().expect("a folder");
    let endpoint = closed_endpoint().await;
    let hub = Hub::new(settings(&endpoint, cache.path())).expect("valid");
    let error = hub.fetch(&pinned(b"bytes"), &Silent).await.expect_err("nobody there");
    assert!(matches!(error, HubError::NoSource { .. }) && error.to_string().contains(&endpoint), "{error}");
}

#[tokio::test]
async fn remove_frees_the_disk_and_leaves_no_folder() {
    let scene = Scene::new().await;
    scene.hub().fetch(&scene.pinned(), &Silent).await.expect("downloads");
    let freed = scene.hub().remove(&scene.pinned()).expect("removable");
    assert!(freed >= SIZE as u64, "{freed}");
    assert!(!folder(scene.cache()).exists());
    assert_eq!(scene.hub().remove(&scene.pinned()).expect("nothing to do"), 0);
}
