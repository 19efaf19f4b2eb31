//! Requests to a hub: what is asked, who gets the token, and what each answer means.
//!
//! Redirects are followed by hand, for two reasons. The answer before the redirect is the one that states commit, hash
//! and size. And the token must reach the endpoint alone: the address that it redirects to belongs to somebody else.
//!
//! Why headers are checked here: commit and hash become names of files, so a hostile hub must not be able to put `..`
//! into them.
//!
//! Not here: repeating (`patience`), the body (`transfer`).

use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_LENGTH, ETAG, HeaderMap, HeaderValue, LOCATION, RANGE, RETRY_AFTER};
use reqwest::{Client, Method, Response, StatusCode, Url, redirect};

use super::digest::Sha256;
use super::error::HubError;
use super::manifest::{RemoteFile, is_commit};
use super::settings::{HubSettings, Token};

/// Redirects that are followed for one request.
const MAX_HOPS: u32 = 6;

/// Why one request did not work.
#[derive(Debug)]
pub(crate) enum Fault {
    /// The hub has answered, and asking again would not help.
    Answer(HubError),
    /// There is no connection.
    Connect(String),
    /// It may work the next time; the hub may have said when.
    Again { reason: String, wait: Option<Duration> },
}

impl Fault {
    pub(crate) fn again(reason: impl Into<String>) -> Self {
        Self::Again { reason: reason.into(), wait: None }
    }
}

/// What the hub states about a file.
#[derive(Debug, Clone)]
pub(crate) struct Stated {
    /// Checked: 40 hexadecimal digits.
    pub(crate) commit: String,
    /// Checked: safe as a file name.
    pub(crate) etag: String,
    pub(crate) size: Option<u64>,
}

impl Stated {
    /// The hash, where the hub keeps the file as a large one and its ETag is the hash.
    pub(crate) fn sha256(&self) -> Option<Sha256> {
        self.etag.parse().ok()
    }
}

/// A file as it is asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted<'a> {
    pub(crate) file: &'a RemoteFile,
    pub(crate) revision: &'a str,
}

/// A hub that can be asked.
#[derive(Debug)]
pub(crate) struct Remote {
    client: Client,
    endpoint: Url,
    /// The value of the header, marked as a secret.
    authorization: Option<HeaderValue>,
    /// Without the headers of an answer.
    patience: Duration,
}

impl Remote {
    pub(crate) fn new(settings: &HubSettings) -> Result<Self, HubError> {
        let wrong = |reason: String| HubError::Setting { name: "endpoint", reason };
        let endpoint = Url::parse(settings.endpoint.trim_end_matches('/')).map_err(|error| wrong(error.to_string()))?;
        if !matches!(endpoint.scheme(), "http" | "https") || endpoint.host().is_none() {
            return Err(wrong("it must begin with https:// or http://".to_owned()));
        }
        if !endpoint.username().is_empty() || endpoint.password().is_some() {
            return Err(wrong("it must not hold a user or a password; set HF_TOKEN instead".to_owned()));
        }
        let client = Client::builder()
            .user_agent(concat!("stislo/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(settings.limits.connect)
            .redirect(redirect::Policy::none())
            .build()
            .map_err(|error| wrong(explain(error)))?;
        let patience = settings.limits.stall.min(settings.limits.connect * 2);
        let authorization = settings.token.as_ref().map(bearer).transpose()?;
        Ok(Self { client, endpoint, authorization, patience })
    }

    /// The address of the hub, as errors name it.
    pub(crate) fn endpoint(&self) -> String {
        self.endpoint.as_str().trim_end_matches('/').to_owned()
    }

    /// Asks what the file is, without its bytes. The hub says so in front of the address that it redirects to.
    pub(crate) async fn head(&self, wanted: Wanted<'_>) -> Result<Stated, Fault> {
        let says_so = |response: &Response| response.headers().contains_key("x-repo-commit");
        let (url, response) = self.follow(wanted, None, says_so).await?;
        stated(&url, &response).map_err(Fault::Answer)
    }

    /// Asks for the bytes from `offset` on. The status is 200, 206 or 416.
    pub(crate) async fn open(&self, wanted: Wanted<'_>, offset: u64) -> Result<Response, Fault> {
        Ok(self.follow(wanted, Some(offset), |_| false).await?.1)
    }

    /// The last answer of a chain of redirects, or the first that will do, and its address. Without an offset only the head
    /// is asked for.
    async fn follow(
        &self,
        wanted: Wanted<'_>,
        offset: Option<u64>,
        will_do: fn(&Response) -> bool,
    ) -> Result<(Url, Response), Fault> {
        let mut url = self.url(wanted);
        for _ in 0..MAX_HOPS {
            let response = self.send(&url, offset).await?;
            if offset.is_some() && response.status() == StatusCode::RANGE_NOT_SATISFIABLE {
                return Ok((url, response));
            }
            self.judge(&response, wanted)?;
            if !response.status().is_redirection() || will_do(&response) {
                return Ok((url, response));
            }
            url = target(&url, &response).map_err(Fault::Answer)?;
        }
        Err(Fault::Answer(bad(&url, "too many redirects")))
    }

    /// The parts of a manifest have been checked to be plain names, so nothing needs to be escaped.
    fn url(&self, wanted: Wanted<'_>) -> Url {
        let RemoteFile { repository, path, .. } = wanted.file;
        let mut url = self.endpoint.clone();
        let base = url.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("{base}/{repository}/resolve/{}/{path}", wanted.revision));
        url
    }

    async fn send(&self, url: &Url, offset: Option<u64>) -> Result<Response, Fault> {
        let method = if offset.is_some() { Method::GET } else { Method::HEAD };
        let mut request = self.client.request(method, url.clone());
        if let Some(offset) = offset.filter(|offset| *offset > 0) {
            request = request.header(RANGE, format!("bytes={offset}-"));
        }
        if let Some(bearer) = self.authorization.as_ref().filter(|_| self.is_ours(url)) {
            request = request.header(AUTHORIZATION, bearer);
        }
        match tokio::time::timeout(self.patience, request.send()).await {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(error)) if error.is_connect() => Err(Fault::Connect(explain(error))),
            Ok(Err(error)) => Err(Fault::again(explain(error))),
            Err(_) => Err(Fault::again(format!("no answer within {:?}", self.patience))),
        }
    }

    fn is_ours(&self, url: &Url) -> bool {
        url.origin() == self.endpoint.origin()
    }

    /// Sorts a status into: go on, ask again, or tell the user.
    fn judge(&self, response: &Response, wanted: Wanted<'_>) -> Result<(), Fault> {
        let status = response.status();
        if status.is_success() || status.is_redirection() {
            return Ok(());
        }
        let reason = format!("status {status}");
        if matches!(status.as_u16(), 408 | 429) || status.is_server_error() {
            return Err(Fault::Again { reason, wait: retry_after(response.headers()) });
        }
        if !self.is_ours(response.url()) {
            // A signed address that has run out. The next attempt gets a fresh one from the hub.
            return Err(Fault::again(format!("{reason} from {}", response.url().host_str().unwrap_or("another host"))));
        }
        let endpoint = self.endpoint();
        let repository = wanted.file.repository.clone();
        let code = response.headers().get("x-error-code").and_then(|code| code.to_str().ok());
        Err(Fault::Answer(match (status.as_u16(), code) {
            (401 | 403, Some("GatedRepo")) | (403, _) => {
                HubError::Gated { endpoint, repository, status: status.as_u16() }
            }
            (401, _) => HubError::Unauthorized { endpoint, repository },
            (404, _) => {
                let revision = wanted.revision.to_owned();
                HubError::NotFound { endpoint, repository, revision, file: wanted.file.path.clone() }
            }
            (status, _) => HubError::Refused { address: plain(response.url()), status },
        }))
    }
}

fn bearer(token: &Token) -> Result<HeaderValue, HubError> {
    let wrong = |_| HubError::Setting { name: "token", reason: "it holds characters that no token has".to_owned() };
    let mut value = HeaderValue::from_str(&format!("Bearer {}", token.expose())).map_err(wrong)?;
    value.set_sensitive(true);
    Ok(value)
}

/// Reads commit, hash and size from the headers of the hub.
fn stated(url: &Url, response: &Response) -> Result<Stated, HubError> {
    let headers = response.headers();
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let commit = text("x-repo-commit").filter(|commit| is_commit(commit));
    let commit = commit.ok_or_else(|| bad(url, "it states no commit (X-Repo-Commit), so this is no hub"))?;
    let etag = text("x-linked-etag").or_else(|| text(ETAG.as_str())).ok_or_else(|| bad(url, "it states no ETag"))?;
    let etag = etag.trim_start_matches("W/").trim_matches('"');
    let safe = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if !(1..=128).contains(&etag.len()) || !etag.bytes().all(safe) {
        return Err(bad(url, "its ETag is not a plain name"));
    }
    let direct = || text(CONTENT_LENGTH.as_str()).filter(|_| !response.status().is_redirection());
    let size = text("x-linked-size").or_else(direct).and_then(|size| size.parse().ok());
    Ok(Stated { commit: commit.to_owned(), etag: etag.to_owned(), size })
}

fn target(url: &Url, response: &Response) -> Result<Url, HubError> {
    let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
    let next = location.and_then(|location| url.join(location).ok());
    next.filter(|next| matches!(next.scheme(), "http" | "https")).ok_or_else(|| bad(url, "it redirects to nowhere"))
}

fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

fn bad(url: &Url, reason: &str) -> HubError {
    HubError::BadAnswer { address: plain(url), reason: reason.to_owned() }
}

/// Host and path. The query of a signed address is a secret.
fn plain(url: &Url) -> String {
    format!("{}{}", url.host_str().unwrap_or_default(), url.path())
}

/// The innermost cause, which is the one that means something to the user. The address is left out.
pub(crate) fn explain(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut cause: &dyn std::error::Error = &error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}
