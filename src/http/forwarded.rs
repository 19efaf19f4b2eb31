//! What proxies that are trusted say of a request: who made it, and at which address it was made.
//!
//! `Forwarded` (RFC 7239), and else `X-Forwarded-For`, `-Proto` and `-Host`. They are believed only of peers in
//! `trusted_proxies`: everybody can write a header. Addresses are read from the right, where the nearest proxy adds its
//! own, up to the first that is no proxy of ours; what stands left of it is somebody's word. Not here: what a host may be.

use std::net::{IpAddr, SocketAddr};

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use ipnet::IpNet;

const FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// Proxies on the way of one request that are looked at.
const MOST_HOPS: usize = 32;

/// A request as it left its caller, as far as one proxy says, or all that are trusted.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Forwarded {
    /// The caller's address: of the nearest that is no trusted proxy.
    pub(super) client: Option<IpAddr>,
    /// `http` or `https`.
    pub(super) proto: Option<&'static str>,
    /// The host that was asked for, with its port.
    pub(super) host: Option<String>,
}

impl Forwarded {
    /// What may be believed of the headers of a request from this peer.
    pub(super) fn of(headers: &HeaderMap, peer: Option<IpAddr>, trusted: &[IpNet]) -> Self {
        let peer = peer.map(|peer| peer.to_canonical());
        let is_trusted = |address: IpAddr| trusted.iter().any(|net| net.contains(&address));
        if !peer.is_some_and(is_trusted) {
            return Self { client: peer, ..Self::default() };
        }
        let mut found = Self { client: peer, ..Self::default() };
        // The nearest proxy's word comes first.
        for hop in hops(headers).into_iter().rev().take(MOST_HOPS) {
            found.proto = hop.proto.or(found.proto);
            found.host = hop.host.or(found.host);
            let Some(client) = hop.client else { break };
            found.client = Some(client);
            if !is_trusted(client) {
                break;
            }
        }
        found
    }
}

/// What proxies wrote, the nearest last.
fn hops(headers: &HeaderMap) -> Vec<Forwarded> {
    if headers.contains_key(header::FORWARDED) {
        return values(headers, &header::FORWARDED).flat_map(|value| split(value, ',')).map(element).collect();
    }
    let last = |name| values(headers, name).flat_map(|value| value.split(',')).next_back().map(str::trim);
    let mut hops: Vec<Forwarded> = values(headers, &FOR)
        .flat_map(|value| value.split(','))
        .map(|node| Forwarded { client: address(node.trim()), ..Forwarded::default() })
        .collect();
    // These two are not lists of hops: a proxy sets them for the whole way, and what another wrote before is on the left.
    let told = Forwarded { proto: last(&PROTO).and_then(proto), host: last(&HOST).map(str::to_owned), client: None };
    match hops.last_mut() {
        Some(nearest) => (nearest.proto, nearest.host) = (told.proto, told.host),
        None => hops.push(told),
    }
    hops
}

fn values<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl DoubleEndedIterator<Item = &'a str> + use<'a> {
    headers.get_all(name).iter().filter_map(|value: &HeaderValue| value.to_str().ok())
}

/// One element of `Forwarded`: `for=192.0.2.60;proto=http;host="desk.example:8443"`.
fn element(text: &str) -> Forwarded {
    let mut hop = Forwarded::default();
    for pair in split(text, ';') {
        let Some((name, value)) = pair.split_once('=') else { continue };
        let value = value.trim().trim_matches('"');
        match name.trim().to_ascii_lowercase().as_str() {
            "for" => hop.client = address(value),
            "proto" => hop.proto = proto(value),
            "host" => hop.host = Some(value.to_owned()),
            _ => {}
        }
    }
    hop
}

/// Pieces of a text between separators that do not stand in quotation marks.
fn split(text: &str, separator: char) -> Vec<&str> {
    let (mut pieces, mut begin, mut quoted) = (Vec::new(), 0, false);
    for (at, c) in text.char_indices() {
        quoted ^= c == '"';
        if c == separator && !quoted {
            pieces.push(text[begin..at].trim());
            begin = at + c.len_utf8();
        }
    }
    pieces.push(text[begin..].trim());
    pieces
}

fn proto(text: &str) -> Option<&'static str> {
    ["http", "https"].into_iter().find(|known| text.eq_ignore_ascii_case(known))
}

/// An address, with a port or without. `unknown` and names that hide one are none.
fn address(node: &str) -> Option<IpAddr> {
    let bare = node.strip_prefix('[').and_then(|node| node.strip_suffix(']')).unwrap_or(node);
    let with_port = || node.parse::<SocketAddr>().ok().map(|address| address.ip());
    bare.parse::<IpAddr>().ok().or_else(with_port).map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pairs: &[(&'static str, &str)], peer: &str) -> (String, Option<&'static str>, Option<String>) {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().unwrap());
        }
        let trusted: Vec<IpNet> = vec!["10.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()];
        let Forwarded { client, proto, host } = Forwarded::of(&headers, Some(peer.parse().unwrap()), &trusted);
        (client.unwrap().to_string(), proto, host)
    }

    #[test]
    fn only_trusted_proxies_are_believed_and_only_up_to_the_first_other() {
        let said =
            [("x-forwarded-for", "192.0.2.9"), ("x-forwarded-proto", "https"), ("x-forwarded-host", "a.example")];
        assert_eq!(of(&said, "203.0.113.5"), ("203.0.113.5".into(), None, None));
        assert_eq!(of(&said, "10.1.1.1"), ("192.0.2.9".into(), Some("https"), Some("a.example".into())));
        assert_eq!(of(&said, "::ffff:10.1.1.1").0, "192.0.2.9", "an IPv4 address in IPv6 clothes");
        // A caller who writes the header itself stands left of what the proxies add.
        let faked = [("x-forwarded-for", "127.0.0.1, 198.51.100.7"), ("x-forwarded-for", "10.2.2.2")];
        assert_eq!(of(&faked, "10.1.1.1").0, "198.51.100.7");
        let faked = [("x-forwarded-host", "evil.example, a.example"), ("x-forwarded-proto", "http,https")];
        assert_eq!(of(&faked, "10.1.1.1"), ("10.1.1.1".into(), Some("https"), Some("a.example".into())));
    }

    #[test]
    fn the_standard_header_is_read_with_its_quotation_marks() {
        let value =
            "for=198.51.100.1;host=evil.example, For=\"[2001:db8::1]:4711\";Proto=HTTPS;host=\"b.example:8443\"";
        let both = [("forwarded", value), ("x-forwarded-for", "192.0.2.1")];
        let want = ("2001:db8::1".to_owned(), Some("https"), Some("b.example:8443".to_owned()));
        assert_eq!(of(&both, "::1"), want);
        for hidden in ["for=unknown;proto=ftp", "for=_a,for=_b", "nonsense", "", "for=\"a,b", ";;=,"] {
            assert_eq!(of(&[("forwarded", hidden)], "10.0.0.2"), ("10.0.0.2".into(), None, None), "{hidden:?}");
        }
    }
}
