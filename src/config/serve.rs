//! The settings of `stislo serve`: by flag, by variable or in the file; in this order, and else the default.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use serde::Deserialize;

use crate::error::Error;
use crate::http::{Answers, IpNet, Keys, Limits, Options, PublicUrl, Times};

/// Where the gateway listens when nobody says.
const LISTEN: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 8080);

// Between the gateway's own settings stand those that come from the table of limits, `http::limits`.
macro_rules! settings {
    (
        sizes { $($size:ident: $flag:literal, $env:literal, $unit:literal, $least:literal, $usual:literal, $what:literal;)* }
        seconds { $($time:ident: $long:literal, $var:literal, $seconds:literal, $about:literal;)* }
    ) => {
        /// The gateway's settings as they were given. In the file they stand in the table `[serve]`, with `_` for `-`.
        #[derive(Debug, Clone, Default, PartialEq, Args, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct ServeSettings {
            /// Address and port [default: 127.0.0.1:8080, which only this machine can reach]
            #[arg(long, value_name = "ADDRESS:PORT", env = "STISLO_LISTEN")]
            listen: Option<SocketAddr>,
            /// File of API keys, one a line, each as it is or as `sha256:` and its hash; with it, requests need one; read again on SIGHUP
            #[arg(long, value_name = "FILE", env = "STISLO_KEYS")]
            keys: Option<PathBuf>,
            /// Let everybody who can reach a socket that is not of this machine alone ask without a key
            #[arg(long, num_args = 0..=1, default_missing_value = "true", value_name = "BOOL", env = "STISLO_WITHOUT_KEY")]
            without_key: Option<bool>,
            /// Web origins whose pages may ask from a browser, or *
            #[arg(long, value_delimiter = ',', value_name = "ORIGIN", env = "STISLO_ORIGINS")]
            origins: Option<Vec<String>>,
            /// Hosts to answer as, besides this machine's and that of the public URL, or * [default: on an address of this machine
            /// alone, no others; else all]
            #[arg(long, value_delimiter = ',', value_name = "HOST", env = "STISLO_HOSTS")]
            hosts: Option<Vec<String>>,
            /// Address of the gateway for the world, as proxies make it, say `https://desk.example/stislo`
            #[arg(long, value_name = "URL", env = "STISLO_PUBLIC_URL")]
            public_url: Option<String>,
            /// Addresses or networks of proxies whose Forwarded and X-Forwarded- headers are believed
            #[arg(long, value_delimiter = ',', value_name = "ADDRESS", env = "STISLO_TRUSTED_PROXIES")]
            trusted_proxies: Option<Vec<String>>,
            /// Who is given an answer that was kept: everybody (shared), or the owner of the key that it was made for (per-key)
            /// [default: shared]
            #[arg(long, value_name = "WHOSE", env = "STISLO_ANSWERS")]
            answers: Option<Whose>,
            $(
                #[arg(long, value_name = $unit, env = $env, help = concat!($what, " [default: ", $usual, "]"))]
                $size: Option<usize>,
            )*
            $(
                #[arg(long, value_name = "SECONDS", env = $var, help = concat!($about, " [default: ", $seconds, "]"))]
                $time: Option<u64>,
            )*
            /// Bytes of answers that are kept in memory [default: 67108864]
            #[arg(long, value_name = "BYTES", env = "STISLO_MEMORY_BYTES")]
            memory_bytes: Option<usize>,
            /// Bytes of answers that are kept on disk [default: 268435456]
            #[arg(long, value_name = "BYTES", env = "STISLO_DISK_BYTES")]
            disk_bytes: Option<u64>,
        }

        impl ServeSettings {
            /// What is given here, and else what the file says.
            pub(super) fn or(self, file: Self) -> Self {
                Self {
                    listen: self.listen.or(file.listen),
                    keys: self.keys.or(file.keys),
                    without_key: self.without_key.or(file.without_key),
                    origins: self.origins.or(file.origins),
                    hosts: self.hosts.or(file.hosts),
                    public_url: self.public_url.or(file.public_url),
                    trusted_proxies: self.trusted_proxies.or(file.trusted_proxies),
                    answers: self.answers.or(file.answers),
                    memory_bytes: self.memory_bytes.or(file.memory_bytes),
                    disk_bytes: self.disk_bytes.or(file.disk_bytes),
                    $($size: self.$size.or(file.$size),)*
                    $($time: self.$time.or(file.$time),)*
                }
            }

            fn limits(&self) -> Result<Limits, Error> {
                let usual = Limits::default();
                Ok(Limits { $($size: at_least($least, $flag, self.$size.unwrap_or(usual.$size))?,)* ..usual })
            }

            fn times(&self) -> Result<Times, Error> {
                let usual = Times::default();
                Ok(Times { $($time: self.$time.map_or(Ok(usual.$time), |given| seconds($long, given))?,)* ..usual })
            }
        }
    };
}
crate::http::limits!(settings);

/// The values of `answers`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
enum Whose {
    Shared,
    PerKey,
}

/// The gateway's settings, checked.
#[derive(Debug, Clone)]
pub struct Serve {
    /// Where to listen.
    pub listen: SocketAddr,
    /// How to behave.
    pub options: Options,
    /// The file of keys, to be read again when that is asked for.
    pub keys: Option<PathBuf>,
    /// Bytes of answers in memory, when that was said.
    pub memory_bytes: Option<usize>,
    /// Bytes of answers on disk, when that was said.
    pub disk_bytes: Option<u64>,
}

impl ServeSettings {
    /// Checks the settings, and reads the file of keys.
    pub fn resolve(&self) -> Result<Serve, Error> {
        let listen = self.listen.unwrap_or(LISTEN);
        let keys = self.keys.as_deref().map(Keys::read).transpose()?.unwrap_or_default();
        if !listen.ip().is_loopback() && keys.is_empty() && self.without_key != Some(true) {
            let reason = format!(
                "{listen} can be reached from other machines; name a file of API keys with --keys, or say --without-key"
            );
            return Err(Error::Setting { name: "--listen", reason });
        }
        let answers = match self.answers {
            Some(Whose::PerKey) if keys.is_empty() => {
                let reason =
                    "answers cannot be kept by key where there are no keys; name their file with --keys".to_owned();
                return Err(Error::Setting { name: "--answers", reason });
            }
            Some(Whose::PerKey) => Answers::PerKey,
            _ => Answers::Shared,
        };
        let limits = self.limits()?;
        let options = Options {
            // More is more than a semaphore counts, and than a process can open.
            limits: Limits { connections: limits.connections.min(1 << 20), ..limits },
            times: self.times()?,
            keys,
            origins: list("--origins", self.origins.as_deref(), origin)?,
            hosts: list("--hosts", self.hosts.as_deref(), host)?,
            public_url: self.public_url.as_deref().map(public_url).transpose()?,
            trusted_proxies: list("--trusted-proxies", self.trusted_proxies.as_deref(), network)?,
            answers,
        };
        let (memory_bytes, disk_bytes) = (self.memory_bytes, self.disk_bytes);
        Ok(Serve { listen, options, keys: self.keys.clone(), memory_bytes, disk_bytes })
    }
}

fn at_least(least: usize, name: &'static str, given: usize) -> Result<usize, Error> {
    if given < least { Err(Error::Setting { name, reason: "give 1 or more".to_owned() }) } else { Ok(given) }
}

fn seconds(name: &'static str, given: u64) -> Result<Duration, Error> {
    match given {
        // A century or so is for ever, and keeps sums of times in range.
        0 | 0x1_0000_0000.. => Err(Error::Setting { name, reason: "give 1 to 4294967295 seconds".to_owned() }),
        given => Ok(Duration::from_secs(given)),
    }
}

/// The values of a list, each read by `read`, which says what is wrong with one.
fn list<T>(
    name: &'static str,
    given: Option<&[String]>,
    read: impl Fn(&str) -> Result<T, &'static str>,
) -> Result<Vec<T>, Error> {
    let wrong = |text: &str, what| Error::Setting { name, reason: format!("\"{text}\" is {what}") };
    given.unwrap_or_default().iter().map(|text| read(text).map_err(|what| wrong(text, what))).collect()
}

/// A scheme and a host, and nothing behind them: what browsers send.
fn origin(text: &str) -> Result<String, &'static str> {
    let is_origin = text.split_once("://").is_some_and(|(scheme, host)| {
        let is_scheme = scheme.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"+-.".contains(&b));
        !scheme.is_empty() && is_scheme && is_host(host)
    });
    match text == "*" || is_origin {
        true => Ok(text.to_owned()),
        false => Err("no origin; write https://name or http://name:port, or * for all"),
    }
}

/// A name or an address, without a port.
fn host(text: &str) -> Result<String, &'static str> {
    let is_name = is_host(text) && (!text.contains(':') || text.starts_with('['));
    match text == "*" || is_name && !text.contains("]:") {
        true => Ok(text.to_owned()),
        false => Err("no host; write a name or an address, without a port, or * for all"),
    }
}

fn is_host(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b".-:[]".contains(&b))
}

/// An address stands for the network that has it alone.
fn network(text: &str) -> Result<IpNet, &'static str> {
    let alone = || text.parse::<std::net::IpAddr>().map(IpNet::from);
    text.parse().or_else(|_| alone()).map_err(|_| "no address; write 10.0.0.1 or 10.0.0.0/8")
}

fn public_url(text: &str) -> Result<PublicUrl, Error> {
    let reason =
        || format!("\"{text}\" is no address of a gateway; write https://name, with a port or a path if it has them");
    PublicUrl::parse(text).ok_or_else(|| Error::Setting { name: "--public-url", reason: reason() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(change: impl FnOnce(&mut ServeSettings)) -> String {
        let mut settings = ServeSettings::default();
        change(&mut settings);
        settings.resolve().unwrap_err().to_string()
    }

    #[test]
    fn another_address_needs_a_key_or_a_word() {
        let everywhere: Option<SocketAddr> = Some("0.0.0.0:80".parse().unwrap());
        assert!(refused(|it| it.listen = everywhere).contains("--keys"));
        let open = ServeSettings { listen: everywhere, without_key: Some(true), ..Default::default() };
        assert!(open.resolve().is_ok());
        let folder = tempfile::tempdir().unwrap();
        let keys = folder.path().join("keys");
        std::fs::write(&keys, "a-key-of-the-desk").unwrap();
        let with_keys = ServeSettings { listen: everywhere, keys: Some(keys), ..Default::default() };
        assert!(with_keys.resolve().is_ok());
        assert_eq!(ServeSettings::default().resolve().unwrap().listen, LISTEN);
    }

    #[test]
    fn what_cannot_work_is_named() {
        assert!(refused(|it| it.concurrency = Some(0)).contains("--concurrency"));
        assert!(refused(|it| it.deadline = Some(0)).contains("--deadline"));
        assert!(refused(|it| it.drain = Some(u64::MAX)).contains("--drain"));
        assert!(refused(|it| it.origins = Some(vec!["news.example/x".into()])).contains("news.example/x"));
        assert!(refused(|it| it.keys = Some("/nowhere/keys".into())).contains("/nowhere/keys"));
        assert!(refused(|it| it.hosts = Some(vec!["a.example:80".into()])).contains("a.example:80"));
        assert!(refused(|it| it.public_url = Some("desk.example".into())).contains("desk.example"));
        assert!(refused(|it| it.trusted_proxies = Some(vec!["10.0.0.0/99".into()])).contains("10.0.0.0/99"));
        assert!(refused(|it| it.answers = Some(Whose::PerKey)).contains("--keys"));
    }

    #[test]
    fn what_names_the_gateway_and_its_proxies_is_read() {
        let settings: ServeSettings = toml::from_str(
            r#"hosts = ["news.lan", "[2001:db8::1]"]
               origins = ["moz-extension://8f6a", "http://desk.example:81"]
               public_url = "https://desk.example/stislo/"
               trusted_proxies = ["10.0.0.1", "2001:db8::/32"]
               answers = "shared"
               idle_timeout = 61"#,
        )
        .unwrap();
        let options = settings.resolve().unwrap().options;
        assert_eq!((options.hosts.len(), options.origins.len(), options.times.idle_timeout.as_secs()), (2, 2, 61));
        assert_eq!(options.public_url.unwrap().as_str(), "https://desk.example/stislo");
        let proxies: Vec<String> = options.trusted_proxies.iter().map(IpNet::to_string).collect();
        assert_eq!((proxies, options.answers), (vec!["10.0.0.1/32".into(), "2001:db8::/32".into()], Answers::Shared));
    }
}
