//! Every setting: its flag, its environment variable, its place in the file, and its default.

use directory::model::network::Network;
use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};

use config::{Environment, File};
use serde::Deserialize;
use url::{Host, Url};

use crate::mail::{Mail, MailFlags};

/// The settings, from flags, else `MUSTER__…` of the environment, else the TOML file, else these defaults.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where to listen.
    pub listen: SocketAddr,
    /// The address people and identity providers use; `http://{listen}` where it is not said.
    pub public_url: Option<PublicUrl>,
    /// Where the database and the secrets lie.
    pub data_dir: PathBuf,
    /// `sqlite:PATH` or `postgres://…`; `sqlite:{data_dir}/muster.db` where it is not said.
    pub database_url: Option<String>,
    /// SCIM requests a second and connection; 0 is no limit (RAT-1).
    pub scim_rate_limit: u32,
    /// How many more at once.
    pub scim_rate_burst: u32,
    /// Wrong tokens a second and address; 0 also lifts the limits on signing in (RAT-1, RAT-2).
    pub auth_rate_limit: u32,
    /// Proxies whose `X-Forwarded-For` is believed: addresses, or networks such as `10.0.0.0/8`.
    pub trusted_proxies: Vec<Network>,
    /// Private or plain destinations the server may call, by exact scheme, host and port (NET-2).
    pub outbound_allow: Vec<Destination>,
    /// The name server that is asked for the TXT records of domains; those of the system where it is not said.
    pub name_server: Option<SocketAddr>,
    /// The identity provider people sign in with.
    pub sign_in: Option<SignIn>,
    /// The mail server that mails leave by; without one they wait.
    pub mail: Option<Mail>,
}

/// One OpenID Connect provider for everyone.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// What the button calls it: `Okta`.
    pub name: String,
    /// Its issuer, exactly as it names itself.
    pub issuer: String,
    /// What it calls us.
    pub client_id: String,
    /// A file with the secret it gave us; none for a public client.
    pub client_secret_file: Option<PathBuf>,
    /// Addresses it may vouch for: `acme.example`.
    pub domains: Vec<String>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            public_url: None,
            data_dir: PathBuf::from("data"),
            database_url: None,
            scim_rate_limit: 500,
            scim_rate_burst: 5_000,
            auth_rate_limit: 20,
            trusted_proxies: Vec::new(),
            outbound_allow: Vec::new(),
            name_server: None,
            sign_in: None,
            mail: None,
        }
    }
}

/// Settings on the command line; they win over all others.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Flags {
    /// Where to listen [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub listen: Option<String>,
    /// The address people and identity providers use [default: the address it listens on, by http]
    #[arg(long, value_name = "URL")]
    pub public_url: Option<String>,
    /// Where the database and the secrets lie [default: ./data]
    #[arg(long, value_name = "DIR")]
    pub data_dir: Option<String>,
    /// `sqlite:PATH` or `postgres://USER@HOST/NAME` [default: sqlite:{data-dir}/muster.db]
    #[arg(long, value_name = "URL")]
    pub database_url: Option<String>,
    /// A TOML file with settings, named as the flags are, with underscores
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// SCIM requests a second and connection, 0 = no limit [default: 500]
    #[arg(long, value_name = "N")]
    pub scim_rate_limit: Option<u32>,
    /// How many more at once [default: 5000]
    #[arg(long, value_name = "N")]
    pub scim_rate_burst: Option<u32>,
    /// Wrong tokens a second and address, 0 = no limit, also on signing in [default: 20]
    #[arg(long, value_name = "N")]
    pub auth_rate_limit: Option<u32>,
    /// Where mail leaves.
    #[command(flatten)]
    pub mail: MailFlags,
}

impl Config {
    /// Reads all sources.
    ///
    /// # Errors
    /// One sentence that names the key that is unknown or wrong.
    pub fn read(flags: &Flags) -> Result<Self, String> {
        let environment = Environment::with_prefix("MUSTER")
            .prefix_separator("__")
            .separator("__")
            .try_parsing(true)
            .list_separator(",")
            .with_list_parse_key("trusted_proxies")
            .with_list_parse_key("outbound_allow")
            .with_list_parse_key("sign_in.domains");
        let mut sources = config::Config::builder();
        if let Some(file) = &flags.config {
            check_readable(file)?;
            sources =
                sources.add_source(File::from(file.as_path()).format(config::FileFormat::Toml));
        }
        sources
            .add_source(environment)
            .set_override_option("listen", flags.listen.clone())
            .and_then(|sources| sources.set_override_option("public_url", flags.public_url.clone()))
            .and_then(|sources| sources.set_override_option("data_dir", flags.data_dir.clone()))
            .and_then(|sources| {
                sources.set_override_option("database_url", flags.database_url.clone())
            })
            .and_then(|sources| {
                sources.set_override_option("scim_rate_limit", flags.scim_rate_limit)
            })
            .and_then(|sources| {
                sources.set_override_option("scim_rate_burst", flags.scim_rate_burst)
            })
            .and_then(|sources| {
                sources.set_override_option("auth_rate_limit", flags.auth_rate_limit)
            })
            .and_then(|sources| {
                let mut named = flags.mail.named().into_iter();
                named.try_fold(sources, |sources, (key, value)| {
                    sources.set_override_option(key, value)
                })
            })
            .and_then(config::ConfigBuilder::<config::builder::DefaultState>::build)
            .and_then(config::Config::try_deserialize)
            .map_err(|error| {
                format!(
                    "the settings cannot be used: {}",
                    one_line(&error.to_string())
                )
            })
    }

    /// The database, named or by default.
    pub fn database_url(&self) -> String {
        self.database_url
            .clone()
            .unwrap_or_else(|| format!("sqlite:{}", self.data_dir.join("muster.db").display()))
    }

    /// The public address, named or by default: where we listen.
    ///
    /// # Errors
    /// Where it has to be named, because we do not listen on loopback.
    pub fn public_url(&self, listening: SocketAddr) -> Result<PublicUrl, String> {
        match &self.public_url {
            Some(url) => Ok(url.clone()),
            None => PublicUrl::try_from(format!("http://{listening}")).map_err(|_| {
                format!("public_url must be named when listening on {listening}: https://…")
            }),
        }
    }
}

fn check_readable(file: &Path) -> Result<(), String> {
    std::fs::metadata(file)
        .map(|_| ())
        .map_err(|error| format!("the settings in {} cannot be read: {error}", file.display()))
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The address of the console for people and for identity providers: links and checks use nothing else.
#[derive(Clone, Deserialize)]
#[serde(try_from = "String")]
pub struct PublicUrl {
    text: String,
    hosts: Vec<String>,
    is_https: bool,
    is_loopback: bool,
}

impl TryFrom<String> for PublicUrl {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let url = Url::parse(&text)
            .map_err(|error| format!("public_url {text:?} is no address: {error}"))?;
        let is_https = url.scheme() == "https";
        let is_loopback = url.host().is_some_and(|host| is_loopback(&host));
        if url.path() != "/"
            || url.query().is_some()
            || url.fragment().is_some()
            || !url.username().is_empty()
        {
            return Err(format!(
                "public_url {text:?} must end after the host and the port"
            ));
        }
        let is_plain_loopback = url.scheme() == "http" && is_loopback;
        if !is_https && !is_plain_loopback {
            return Err(format!(
                "public_url {text:?} must begin with https:// (plain http is for loopback alone)"
            ));
        }
        let text = url.origin().ascii_serialization();
        Ok(Self {
            hosts: hosts(&url, is_loopback),
            text,
            is_https,
            is_loopback,
        })
    }
}

impl PublicUrl {
    /// Scheme, host and port, without a slash at the end: also the `Origin` of our own pages.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether people come by TLS.
    pub fn is_https(&self) -> bool {
        self.is_https
    }

    /// Whether only this machine is served.
    pub fn is_loopback(&self) -> bool {
        self.is_loopback
    }

    /// Whether this `Host` is ours. The names of loopback are one host.
    pub fn is_ours(&self, host: &str) -> bool {
        self.hosts
            .iter()
            .any(|ours| ours.eq_ignore_ascii_case(host))
    }

    /// Whether this `Host` is the one of the public address itself.
    pub fn is_first(&self, host: &str) -> bool {
        let public = self.text.split_once("://").map_or("", |(_, host)| host);
        public.eq_ignore_ascii_case(host) || (!self.is_loopback && self.is_ours(host))
    }
}

impl fmt::Debug for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => *address == Ipv6Addr::LOCALHOST,
    }
}

/// Every `Host` that means us.
fn hosts(url: &Url, is_loopback: bool) -> Vec<String> {
    let own = url.host_str().unwrap_or_default().to_owned();
    let mut names = vec![own];
    if is_loopback {
        names.extend(["127.0.0.1", "localhost", "[::1]"].map(str::to_owned));
    }
    let port = url.port_or_known_default().unwrap_or_default();
    let mut hosts: Vec<String> = names.iter().map(|name| format!("{name}:{port}")).collect();
    if url.port().is_none() {
        hosts.extend(names);
    }
    hosts
}

/// A destination that may be called although it is private or plain: exact scheme, host and port.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Destination {
    scheme: String,
    host: String,
    port: Option<u16>,
}

impl TryFrom<String> for Destination {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let url = Url::parse(&text).map_err(|error| format!("outbound_allow {text:?}: {error}"))?;
        Self::of(&url).ok_or_else(|| format!("outbound_allow {text:?} has no host"))
    }
}

impl Destination {
    /// The destination of an address.
    pub fn of(url: &Url) -> Option<Self> {
        let host = url.host_str()?.to_ascii_lowercase();
        Some(Self {
            scheme: url.scheme().to_owned(),
            host,
            port: url.port_or_known_default(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn public(url: &str) -> Result<PublicUrl, String> {
        PublicUrl::try_from(url.to_owned())
    }

    #[test]
    fn plain_http_is_for_loopback_alone() {
        for good in [
            "http://127.0.0.1:8080",
            "http://localhost",
            "http://[::1]:8080/",
            "https://muster.acme.example",
        ] {
            assert!(public(good).is_ok(), "{good}");
        }
        for bad in [
            "http://muster.acme.example",
            "http://10.0.0.1",
            "https://a.example/b",
            "ftp://127.0.0.1",
            "https://u@a.example",
            "a",
        ] {
            assert!(public(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_names_of_loopback_are_one_host_and_others_are_none() {
        let url = public("http://127.0.0.1:8080").unwrap();
        for ours in [
            "127.0.0.1:8080",
            "localhost:8080",
            "[::1]:8080",
            "LOCALHOST:8080",
        ] {
            assert!(url.is_ours(ours), "{ours}");
        }
        for foreign in [
            "127.0.0.1",
            "localhost:8081",
            "evil.example",
            "evil.example:8080",
            "",
            "127.0.0.1:8080.evil.example",
        ] {
            assert!(!url.is_ours(foreign), "{foreign}");
        }
        assert!(url.is_first("127.0.0.1:8080"));
        assert!(!url.is_first("localhost:8080"));
        let url = public("https://muster.acme.example").unwrap();
        assert!(url.is_ours("muster.acme.example") && url.is_ours("muster.acme.example:443"));
        assert!(!url.is_ours("localhost") && !url.is_ours("muster.acme.example:8080"));
    }

    #[test]
    fn a_network_contains_its_addresses() {
        let network = |text: &str| Network::try_from(text.to_owned());
        let inside =
            |text, address: &str| network(text).unwrap().contains(address.parse().unwrap());
        assert!(inside("10.0.0.0/8", "10.255.0.1") && !inside("10.0.0.0/8", "11.0.0.1"));
        assert!(inside("127.0.0.1", "127.0.0.1") && !inside("127.0.0.1", "127.0.0.2"));
        assert!(
            inside("::1", "::1")
                && inside("0.0.0.0/0", "1.2.3.4")
                && inside("10.0.0.0/8", "::ffff:10.1.1.1")
        );
        assert!(network("10.0.0.0/33").is_err() && network("acme").is_err());
    }

    #[test]
    fn an_unknown_key_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("muster.toml");
        std::fs::write(&file, "listen = \"127.0.0.1:9000\"\nlisten_on = \"x\"\n").unwrap();
        let flags = Flags {
            config: Some(file.clone()),
            ..Flags::default()
        };
        let error = Config::read(&flags).unwrap_err();
        assert!(error.contains("listen_on"), "{error}");
        std::fs::write(&file, "scim_rate_limit = \"many\"\n").unwrap();
        assert!(
            Config::read(&flags)
                .unwrap_err()
                .contains("scim_rate_limit")
        );
    }

    #[test]
    fn a_flag_wins_over_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("muster.toml");
        std::fs::write(
            &file,
            "listen = \"127.0.0.1:9000\"\nscim_rate_limit = 7\noutbound_allow = [\"http://127.0.0.1:4000\"]\n\
             [sign_in]\nname = \"Okta\"\nissuer = \"https://acme.okta.example\"\nclient_id = \"1\"\ndomains = [\"acme.example\"]\n",
        )
        .unwrap();
        let flags = Flags {
            config: Some(file),
            listen: Some("127.0.0.1:9001".to_owned()),
            ..Flags::default()
        };
        let config = Config::read(&flags).unwrap();
        assert_eq!(config.listen.port(), 9001);
        assert_eq!((config.scim_rate_limit, config.auth_rate_limit), (7, 20));
        assert_eq!(config.sign_in.unwrap().domains, ["acme.example"]);
        assert_eq!(
            Destination::of(&Url::parse("http://127.0.0.1:4000/x").unwrap()).as_ref(),
            config.outbound_allow.first()
        );
    }
}
