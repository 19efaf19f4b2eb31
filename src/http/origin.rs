//! At which names the gateway answers, which web pages may use it, and the address that it gives of itself.
//!
//! Two attacks of web pages on a gateway that needs no key. A page of any site may send simple requests to this machine
//! (cross-site request forgery): browsers mark them with `Sec-Fetch-Site` or `Origin`, and they are refused. A page whose
//! name is made to point to this machine (DNS rebinding) is of the same site to its browser, and still sends its own name as
//! `Host`: on a socket of this machine alone, only names of this machine are answered. Other programs send none of those
//! marks and notice nothing. With keys no page can use what it does not know, so pages need no leave. Not here: CORS headers.

use std::net::{IpAddr, SocketAddr};

use axum::extract::Request;
use axum::http::uri::Authority;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, Version, header};

use super::entry::Peer;
use super::forwarded::Forwarded;
use super::options::Options;
use super::problem::Problem;

/// What browsers say of the page that a request comes from, and no page can change.
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The socket that a request came to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Socket {
    /// The address that the caller reached.
    pub(super) reached: SocketAddr,
    /// Who can reach it.
    pub(super) reach: Reach,
}

/// Who can reach a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// This machine alone.
    Loopback,
    /// Others, too.
    Network,
}

impl Reach {
    /// That of a socket that listens here.
    pub(super) fn of(listening: SocketAddr) -> Self {
        if listening.ip().to_canonical().is_loopback() { Self::Loopback } else { Self::Network }
    }
}

/// Refuses a request that does not say rightly whom it asks. Requests that came over no socket of ours pass.
pub(super) fn check_host(options: &Options, request: &Request) -> Result<(), Problem> {
    let Some(socket) = request.extensions().get::<Socket>() else { return Ok(()) };
    let wrong = |detail: &str| Problem::plain(StatusCode::BAD_REQUEST, "invalid_host", detail);
    let mut given = request.headers().get_all(header::HOST).iter();
    let (host, more) = (given.next(), given.next());
    let Some(host) = host else {
        // HTTP/1.0 has no such header, and no browser speaks it.
        return match request.version() {
            Version::HTTP_10 | Version::HTTP_09 => Ok(()),
            _ => Err(wrong("a request has to name the host that it asks; give one `Host`")),
        };
    };
    if more.is_some() {
        return Err(wrong("there is more than one `Host`; give one"));
    }
    let host = authority(host).ok_or_else(|| wrong("`Host` is no name and port"))?;
    // Where the target of a request has a host itself, that one counts (RFC 9112, section 3.2.2).
    let host = request.uri().authority().unwrap_or(&host);
    let is_bound = socket.reach == Reach::Loopback || !options.hosts.is_empty();
    if is_bound && !is_ours(options, host) {
        let detail = format!(
            "this gateway does not answer as {}; ask it as localhost, or name that host in its setting `hosts`",
            host.host()
        );
        return Err(Problem::plain(StatusCode::MISDIRECTED_REQUEST, "unknown_host", detail));
    }
    Ok(())
}

/// Refuses what a web page of somebody else asks of a gateway without keys.
pub(super) fn check_site(options: &Options, request: &Request) -> Result<(), Problem> {
    if !options.keys.is_empty() || request.method() == Method::OPTIONS {
        return Ok(());
    }
    let headers = request.headers();
    let origin = headers.get(header::ORIGIN);
    if options.origins.iter().any(|named| named == "*" || origin.is_some_and(|origin| origin == named.as_str())) {
        return Ok(());
    }
    let site = headers.get(FETCH_SITE).map(HeaderValue::as_bytes);
    let is_own = match (site, origin) {
        (Some(b"same-origin"), _) | (Some(b"none") | None, None) => true,
        (Some(b"none") | None, Some(origin)) => is_own(options, request, origin),
        (Some(_), _) => false,
    };
    if is_own {
        return Ok(());
    }
    let from = origin.and_then(|origin| origin.to_str().ok()).unwrap_or("another site");
    let detail = format!(
        "this comes from a web page of {from}, and this gateway has no keys; its setting `origins` names pages that may ask"
    );
    Err(Problem::plain(StatusCode::FORBIDDEN, "cross_site", detail))
}

/// The address under which the caller of this request reaches the gateway, without a slash at its end. It never comes from a
/// header that nobody vouches for.
pub(super) fn base(options: &Options, request: &Request) -> String {
    if let Some(url) = &options.public_url {
        return url.base.clone();
    }
    let told = forwarded(options, request);
    let proto = told.proto.unwrap_or("http");
    if let Some(host) = told.host.and_then(|host| HeaderValue::try_from(host).ok()).as_ref().and_then(authority) {
        return format!("{proto}://{host}");
    }
    let host = request.headers().get(header::HOST).and_then(authority);
    match (host.filter(|host| is_ours(options, host)), request.extensions().get::<Socket>()) {
        (Some(host), _) => format!("{proto}://{host}"),
        (None, Some(socket)) => format!("{proto}://{}", socket.reached),
        (None, None) => format!("{proto}://localhost"),
    }
}

/// What trusted proxies say of a request.
pub(super) fn forwarded(options: &Options, request: &Request) -> Forwarded {
    let peer = request.extensions().get::<Peer>().map(|peer| peer.0.ip());
    Forwarded::of(request.headers(), peer, &options.trusted_proxies)
}

/// True when the page that asks is the gateway's own.
fn is_own(options: &Options, request: &Request, origin: &HeaderValue) -> bool {
    let Some((scheme, origin)) = origin.to_str().ok().and_then(|origin| origin.split_once("://")) else { return false };
    let usual = if scheme == "https" { 443 } else { 80 };
    let same = |host: &Authority| {
        let Ok(origin) = origin.parse::<Authority>() else { return false };
        let port = |of: &Authority| of.port_u16().unwrap_or(usual);
        origin.host().eq_ignore_ascii_case(host.host()) && port(&origin) == port(host)
    };
    let asked = request.headers().get(header::HOST).and_then(authority);
    let told = forwarded(options, request).host.and_then(|host| host.parse::<Authority>().ok());
    let public = options.public_url.as_ref().map(|url| url.authority.clone());
    [asked, told, public].iter().flatten().any(same)
}

/// True for names of this machine and for those that the settings name.
fn is_ours(options: &Options, host: &Authority) -> bool {
    let name = host.host().trim_end_matches('.');
    let named = options.hosts.iter().any(|ours| ours == "*" || ours.eq_ignore_ascii_case(name));
    let public = options.public_url.as_ref().is_some_and(|url| url.authority.host().eq_ignore_ascii_case(name));
    named || public || is_loopback(name)
}

/// Names that no name server can make point elsewhere.
fn is_loopback(name: &str) -> bool {
    let bare = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
    name.eq_ignore_ascii_case("localhost")
        || bare.parse::<IpAddr>().is_ok_and(|address| address.to_canonical().is_loopback())
}

/// A host with a port or without, and nothing else.
fn authority(value: &HeaderValue) -> Option<Authority> {
    let text = value.to_str().ok().filter(|text| !text.is_empty() && !text.contains('@'))?;
    text.parse().ok()
}

/// The address that a gateway has for the world, as its operator says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl {
    /// Without a slash at its end.
    base: String,
    authority: Authority,
}

impl PublicUrl {
    /// Reads one: `https://name`, with a port and a path or without.
    pub fn parse(text: &str) -> Option<Self> {
        let base = text.trim_end_matches('/');
        let rest = base.strip_prefix("https://").or_else(|| base.strip_prefix("http://"))?;
        let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~%".contains(&byte);
        let authority = HeaderValue::from_str(host).ok().as_ref().and_then(authority)?;
        path.bytes().all(is_plain).then(|| Self { base: base.to_owned(), authority })
    }

    /// Without a slash at its end.
    pub fn as_str(&self) -> &str {
        &self.base
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;
    use crate::http::Keys;

    /// A request over a socket of this machine.
    fn request(headers: &[(&'static str, &str)]) -> Request {
        let mut request = Request::post("/v1/summarize").body(Body::empty()).unwrap();
        for (name, value) in headers {
            request.headers_mut().append(*name, value.parse().unwrap());
        }
        let reached: SocketAddr = "127.0.0.1:8080".parse().unwrap();
        request.extensions_mut().insert(Socket { reached, reach: Reach::Loopback });
        request.extensions_mut().insert(Peer("127.0.0.1:40000".parse().unwrap()));
        request
    }

    fn host(options: &Options, headers: &[(&'static str, &str)]) -> u16 {
        check_host(options, &request(headers)).map_or_else(|problem| problem.status.as_u16(), |()| 200)
    }

    #[test]
    fn a_socket_of_this_machine_answers_to_names_of_this_machine() {
        let usual = Options::default();
        for good in ["localhost", "LOCALHOST:8080", "localhost.:80", "127.0.0.1", "127.9.8.7:1", "[::1]:8080", "[::1]"]
        {
            assert_eq!(host(&usual, &[("host", good)]), 200, "{good}");
        }
        for bad in [
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "10.0.0.1:8080",
            "0.0.0.0",
            "[::2]",
            "notlocalhost",
        ] {
            assert_eq!(host(&usual, &[("host", bad)]), 421, "{bad}");
        }
        for odd in ["", "user@localhost", "a b", "localhost:8080/x"] {
            assert_eq!(host(&usual, &[("host", odd)]), 400, "{odd:?}");
        }
        assert_eq!(host(&usual, &[]), 400);
        assert_eq!(host(&usual, &[("host", "localhost"), ("host", "localhost")]), 400);
        let mut old = request(&[]);
        *old.version_mut() = Version::HTTP_10;
        assert!(check_host(&usual, &old).is_ok(), "HTTP/1.0 has no Host");
        let mut absolute = request(&[("host", "localhost")]);
        *absolute.uri_mut() = "http://evil.example/v1/summarize".parse().unwrap();
        assert!(check_host(&usual, &absolute).is_err());
    }

    #[test]
    fn settings_name_more_hosts_and_a_network_answers_to_all_unless_they_do() {
        let public_url = PublicUrl::parse("https://desk.example/in/brief/");
        let named = Options { hosts: vec!["news.lan".into()], public_url, ..Options::default() };
        for (name, status) in [("NEWS.lan:81", 200), ("desk.example", 200), ("localhost", 200), ("evil.example", 421)] {
            assert_eq!(host(&named, &[("host", name)]), status, "{name}");
        }
        let everything = Options { hosts: vec!["*".into()], ..Options::default() };
        assert_eq!(host(&everything, &[("host", "evil.example")]), 200);
        let mut wide = request(&[("host", "anything.example")]);
        wide.extensions_mut().get_mut::<Socket>().unwrap().reach = Reach::Network;
        assert!(check_host(&Options::default(), &wide).is_ok() && check_host(&named, &wide).is_err());
    }

    #[test]
    fn pages_of_others_may_not_ask_where_no_key_is_needed() {
        let ask = |options: &Options, headers: &[(&'static str, &str)]| {
            let all = [&[("host", "localhost:8080")], headers].concat();
            check_site(options, &request(&all)).is_ok()
        };
        let usual = Options::default();
        for (may, headers) in [
            (true, &[][..]),
            (true, &[("sec-fetch-site", "none")]),
            (true, &[("sec-fetch-site", "same-origin"), ("origin", "http://localhost:8080")]),
            (true, &[("origin", "http://localhost:8080")]),
            (false, &[("sec-fetch-site", "cross-site")]),
            (false, &[("sec-fetch-site", "same-site"), ("origin", "http://localhost:3000")]),
            (false, &[("sec-fetch-site", "cross-site"), ("origin", "http://localhost:8080")]),
            (false, &[("sec-fetch-site", "something-new")]),
            (false, &[("origin", "http://localhost:3000")]),
            (false, &[("origin", "https://evil.example")]),
            (false, &[("origin", "null")]),
            (false, &[("sec-fetch-site", "none"), ("origin", "https://evil.example")]),
        ] {
            assert_eq!(ask(&usual, headers), may, "{headers:?}");
        }
        let evil = [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")];
        let desk = [("origin", "https://desk.example"), ("sec-fetch-site", "cross-site")];
        let named = Options { origins: vec!["https://desk.example".into()], ..Options::default() };
        assert!(ask(&named, &desk) && !ask(&named, &evil));
        assert!(ask(&Options { origins: vec!["*".into()], ..Options::default() }, &evil));
        let keyed = Options { keys: Keys::parse("a-key-of-the-news-desk").unwrap(), ..Options::default() };
        assert!(ask(&keyed, &evil), "a page does not know the key");
    }

    #[test]
    fn the_address_is_vouched_for() {
        let usual = Options::default();
        let of = |options: &Options, headers: &[(&'static str, &str)]| base(options, &request(headers));
        assert_eq!(of(&usual, &[("host", "localhost:5000")]), "http://localhost:5000");
        assert_eq!(of(&usual, &[("host", "evil.example")]), "http://127.0.0.1:8080");
        let proxied = [("host", "localhost"), ("x-forwarded-host", "desk.example"), ("x-forwarded-proto", "https")];
        assert_eq!(of(&usual, &proxied), "http://localhost", "nobody is trusted");
        let trusting = Options { trusted_proxies: vec!["127.0.0.1/32".parse().unwrap()], ..Options::default() };
        assert_eq!(of(&trusting, &proxied), "https://desk.example");
        let odd = [("host", "localhost"), ("x-forwarded-host", "a.example/x?y=\"")];
        assert_eq!(of(&trusting, &odd), "http://localhost");
        let public_url = PublicUrl::parse("https://desk.example/brief/");
        assert_eq!(of(&Options { public_url, ..trusting }, &proxied), "https://desk.example/brief");
        for odd in
            ["desk.example", "ftp://desk.example", "https://", "https://u@desk.example", "https://a/b?c", "https://a b"]
        {
            assert_eq!(PublicUrl::parse(odd), None, "{odd}");
        }
    }
}
