//! Calls to other servers: TLS, public addresses only, no redirects, five seconds, one mebibyte (NET-1, NET-2).

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::ACCEPT;
use reqwest::redirect::Policy;
use tokio::sync::Semaphore;
use url::{Host, Url};

use crate::config::Destination;

/// An answer must be there by then.
const WITHIN: Duration = Duration::from_secs(5);
/// The longest answer that is read.
const LONGEST: usize = 1024 * 1024;

/// How many calls are under way at once.
const AT_ONCE: usize = 20;

/// The way out. Cheap to clone.
#[derive(Clone)]
pub struct Outbound {
    public: reqwest::Client,
    named: reqwest::Client,
    allowed: Arc<[Destination]>,
    places: Arc<Semaphore>,
}

/// Why a call was not made or not answered.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    /// It leads where the server must not call.
    #[error("This address is not allowed.")]
    NotAllowed,
    /// The answer is longer than anything we ask for.
    #[error("The answer was too long.")]
    TooLong,
    /// Its name is unknown.
    #[error("The name is unknown.")]
    NoSuchName,
    /// Nobody listens there.
    #[error("The connection was refused.")]
    Refused,
    /// No answer within the time.
    #[error("There was no answer in time.")]
    TooSlow,
    /// TLS: the certificate, most often.
    #[error("The encrypted connection failed: {0}")]
    Tls(String),
    /// The network, or the other server.
    #[error("The server could not be reached: {0}")]
    Unreachable(String),
}

impl Outbound {
    /// A way out to public addresses by TLS, and to exactly these others.
    ///
    /// # Errors
    /// Where the system's certificates cannot be used.
    pub fn new(allowed: Vec<Destination>) -> Result<Self, String> {
        let of = |error: reqwest::Error| format!("outgoing calls cannot be set up: {error}");
        Ok(Self {
            public: builder()
                .https_only(true)
                .dns_resolver(Arc::new(PublicOnly))
                .build()
                .map_err(of)?,
            named: builder().build().map_err(of)?,
            allowed: allowed.into(),
            places: Arc::new(Semaphore::new(AT_ONCE)),
        })
    }

    /// Reads what stands at an address.
    ///
    /// # Errors
    /// Why not; an answer of any status is none.
    pub async fn get(&self, url: &str) -> Result<HttpResponse, Failed> {
        let request = http::Request::get(url)
            .header(ACCEPT, "application/json")
            .body(Vec::new())
            .map_err(|_| Failed::NotAllowed)?;
        self.clone().make(request).await
    }

    /// Whether an address is one the server may call at all, as far as it can be told without asking for its name.
    pub fn may_call(&self, url: &str) -> bool {
        Url::parse(url).is_ok_and(|url| self.client_for(&url).is_ok())
    }

    async fn make(self, request: HttpRequest) -> Result<HttpResponse, Failed> {
        let url = Url::parse(&request.uri().to_string()).map_err(|_| Failed::NotAllowed)?;
        let (head, body) = request.into_parts();
        let client = self.client_for(&url)?;
        let _place = self.places.acquire().await.map_err(|_| Failed::TooSlow)?;
        let answer = client
            .request(head.method, url)
            .headers(head.headers)
            .body(body)
            .send()
            .await
            .map_err(unreachable)?;
        read(answer).await
    }

    fn client_for(&self, url: &Url) -> Result<&reqwest::Client, Failed> {
        if Destination::of(url).is_some_and(|destination| self.allowed.contains(&destination)) {
            return Ok(&self.named);
        }
        if is_public(url) {
            Ok(&self.public)
        } else {
            Err(Failed::NotAllowed)
        }
    }
}

/// Makes one call: an error where the address is not allowed, or no answer came.
impl AsyncHttpClient<'_> for Outbound {
    type Error = Failed;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, Failed>> + Send>>;

    fn call(&self, request: HttpRequest) -> Self::Future {
        Box::pin(self.clone().make(request))
    }
}

async fn read(mut answer: reqwest::Response) -> Result<HttpResponse, Failed> {
    let mut read = http::Response::new(Vec::new());
    *read.status_mut() = answer.status();
    *read.headers_mut() = std::mem::take(answer.headers_mut());
    while let Some(chunk) = answer.chunk().await.map_err(unreachable)? {
        if read.body().len() + chunk.len() > LONGEST {
            return Err(Failed::TooLong);
        }
        read.body_mut().extend_from_slice(&chunk);
    }
    Ok(read)
}

fn builder() -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .redirect(Policy::none())
        .no_proxy()
        .timeout(WITHIN)
        .user_agent(concat!("Muster/", env!("CARGO_PKG_VERSION")))
}

/// Why a call failed: the first cause below it that has a name of its own.
fn unreachable(error: reqwest::Error) -> Failed {
    let error = error.without_url();
    if error.is_timeout() {
        return Failed::TooSlow;
    }
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(&error);
    while let Some(one) = cause {
        if let Some(named) = named(one) {
            return named;
        }
        cause = one.source();
    }
    Failed::Unreachable(innermost(&error))
}

fn named(cause: &(dyn std::error::Error + 'static)) -> Option<Failed> {
    if let Some(Failed::NotAllowed) = cause.downcast_ref::<Failed>() {
        return Some(Failed::NotAllowed);
    }
    if let Some(tls) = cause.downcast_ref::<rustls::Error>() {
        return Some(Failed::Tls(tls.to_string()));
    }
    if let Some(io) = cause.downcast_ref::<std::io::Error>() {
        if io.kind() == std::io::ErrorKind::ConnectionRefused {
            return Some(Failed::Refused);
        }
        // What an I/O error was made of is not among its sources.
        return io.get_ref().and_then(|inner| named(inner));
    }
    // The connector has no type for it that can be named.
    (cause.to_string() == "dns error" && !leads_to_not_allowed(cause)).then_some(Failed::NoSuchName)
}

fn leads_to_not_allowed(cause: &(dyn std::error::Error + 'static)) -> bool {
    let mut source = cause.source();
    while let Some(one) = source {
        if matches!(one.downcast_ref::<Failed>(), Some(Failed::NotAllowed)) {
            return true;
        }
        source = one.source();
    }
    false
}

fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    let mut last = error;
    while let Some(next) = last.source() {
        last = next;
    }
    last.to_string()
}

/// An address that may be called without being named in the settings: TLS at its own port or a high one, a name or a
/// public address, nobody's credentials.
fn is_public(url: &Url) -> bool {
    let is_plain =
        url.scheme() != "https" || !url.username().is_empty() || url.password().is_some();
    let is_other_service = url.port().is_some_and(|port| port < 1024 && port != 443);
    let is_far = match url.host() {
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.').to_ascii_lowercase();
            let last = name.rsplit('.').next().unwrap_or(&name);
            !matches!(last, "localhost" | "internal" | "local")
        }
        Some(Host::Ipv4(address)) => is_public_address(address.into()),
        Some(Host::Ipv6(address)) => is_public_address(address.into()),
        None => false,
    };
    !is_plain && !is_other_service && is_far
}

/// Resolves names, and forgets what is not public: the connection goes to an address that was checked.
struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public: Vec<SocketAddr> = found
                .filter(|address| is_public_address(address.ip()))
                .collect();
            if public.is_empty() {
                return Err(
                    Box::new(Failed::NotAllowed) as Box<dyn std::error::Error + Send + Sync>
                );
            }
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}

/// Whether an address is one of the public network.
pub fn is_public_address(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_special = address.is_unspecified()
        || address.is_loopback()
        || address.is_private()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_broadcast()
        || address.is_documentation();
    // This network, carriers' NAT (RFC 6598), IETF protocols, benchmarks, and what is reserved (RFC 6890).
    let is_reserved = a == 0
        || (a == 100 && (64..128).contains(&b))
        || (a, b, c) == (192, 0, 0)
        || (a == 198 && (18..20).contains(&b))
        || a >= 240;
    !is_special && !is_reserved
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let first = address.segments()[0];
    let embeds_v4 = first == 0x2002
        || (first == 0x0064 && address.segments()[1] == 0xff9b)
        || address.segments()[..6] == [0; 6];
    let is_documentation = first == 0x2001 && address.segments()[1] == 0x0db8;
    // Of the rest only 2000::/3 is given out.
    (0x2000..0x4000).contains(&first) && !embeds_v4 && !is_documentation
}

impl fmt::Debug for Outbound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outbound")
            .field("allowed", &self.allowed)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_allowed(url: &str) -> bool {
        is_public(&Url::parse(url).unwrap())
    }

    #[test]
    fn only_public_addresses_are_called() {
        for good in [
            "https://acme.okta.example",
            "https://login.example:8443/x",
            "https://1.1.1.1",
            "https://[2606:4700::1111]/",
        ] {
            assert!(is_allowed(good), "{good}");
        }
        for bad in [
            "http://acme.okta.example",
            "ftp://acme.example",
            "https://user:pass@acme.example",
            "https://acme.example:22",
            "https://acme.example:25",
            "https://127.0.0.1",
            "https://[::1]",
            "https://0.0.0.0",
            "https://169.254.169.254",
            "https://10.1.2.3",
            "https://172.16.0.1",
            "https://192.168.1.1",
            "https://100.64.0.1",
            "https://[::ffff:10.0.0.1]",
            "https://2130706433",
            "https://0x7f.1",
            "https://localhost",
            "https://localhost.",
            "https://a.localhost",
            "https://metadata.google.internal",
            "https://[fe80::1]",
            "https://[fc00::1]",
            "https://[2002:7f00:1::]",
            "https://[64:ff9b::7f00:1]",
            "https://224.0.0.1",
            "https://255.255.255.255",
        ] {
            assert!(!is_allowed(bad), "{bad}");
        }
    }

    #[tokio::test]
    async fn what_the_settings_name_is_called_exactly() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let outbound = Outbound::new(vec![
            Destination::try_from("http://127.0.0.1:4000".to_owned()).unwrap(),
        ])
        .unwrap();
        let is_allowed = |url: &str| outbound.client_for(&Url::parse(url).unwrap()).is_ok();
        assert!(is_allowed(
            "http://127.0.0.1:4000/.well-known/openid-configuration"
        ));
        for bad in [
            "https://127.0.0.1:4000",
            "http://127.0.0.1:4001",
            "http://localhost:4000",
            "http://127.0.0.1",
        ] {
            assert!(!is_allowed(bad), "{bad}");
        }
    }

    #[tokio::test]
    async fn a_name_that_leads_home_is_not_called() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let outbound = Outbound::new(Vec::new()).unwrap();
        let request = http::Request::get("https://localhost.example.invalid/")
            .body(Vec::new())
            .unwrap();
        assert!(outbound.call(request).await.is_err());
        let home = PublicOnly.resolve("localhost".parse().unwrap()).await;
        assert!(home.is_err_and(|error| error.to_string() == "This address is not allowed."));
    }
}
