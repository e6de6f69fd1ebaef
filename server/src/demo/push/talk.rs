//! A conversation with a SCIM service, as an identity provider has it: real requests over HTTP, each remembered with its answer.

use std::time::{Duration, Instant};

use http::header::{AUTHORIZATION, CONTENT_TYPE, USER_AGENT};
use openidconnect::{AsyncHttpClient as _, HttpRequest};
use serde_json::Value;
use url::Url;

use super::staff::Somebody;
use super::style::{Call, Style};
use crate::outbound::Outbound;

/// Where to, and with which token.
#[derive(Clone, PartialEq, Eq)]
pub struct Target {
    /// The node of the connection.
    pub node: i64,
    base: String,
    token: String,
}

impl Target {
    /// A connection of this server: the URL and the token that its console showed.
    ///
    /// # Errors
    /// A sentence where the URL is not one of this server's SCIM addresses, or there is no token.
    pub fn read(public_url: &str, base: &str, token: &str) -> Result<Self, String> {
        let node = Url::parse(base.trim())
            .ok()
            .filter(|url| is_here(url, public_url))
            .and_then(|url| node(url.path()))
            .ok_or_else(|| {
                format!("Copy the URL from the console: {public_url}{SERVICE}<number>. The demo sends to no other server.")
            })?;
        let token = token.trim();
        if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(
                "Copy the token from the console: it is shown once, after Generate token."
                    .to_owned(),
            );
        }
        Ok(Self {
            node,
            base: format!("{public_url}{SERVICE}{node}"),
            token: token.to_owned(),
        })
    }

    /// The base URL.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The token. Only who sends it may ask.
    pub fn token(&self) -> &str {
        &self.token
    }
}

const SERVICE: &str = "/api/rest/scim/v2/";

fn is_here(url: &Url, public_url: &str) -> bool {
    let is_loopback = matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
    let ours = Url::parse(public_url).ok();
    let port = ours.as_ref().and_then(Url::port_or_known_default);
    url.scheme() == "http" && is_loopback && url.port_or_known_default() == port
}

fn node(path: &str) -> Option<i64> {
    path.trim_end_matches('/')
        .strip_prefix(SERVICE)?
        .parse()
        .ok()
}

/// A request and its answer.
#[derive(Debug, Clone)]
pub struct Exchange {
    pub call: Call,
    /// None where there was no answer.
    pub status: Option<u16>,
    /// The body of the answer, or why there was none.
    pub answer: String,
    pub took: Duration,
}

impl Exchange {
    /// Whether the service did as it was asked.
    pub fn is_good(&self) -> bool {
        self.status
            .is_some_and(|status| (200..300).contains(&status))
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.answer).unwrap_or_default()
    }
}

/// A person the service knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownPerson {
    /// The service's id for them: kept for ever.
    pub id: String,
    pub who: Somebody,
    pub is_active: bool,
}

/// A group the service knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownGroup {
    /// The service's id for it.
    pub id: String,
    /// What it was called at first: the group of our own it stands for.
    pub source: String,
    pub name: String,
}

/// A conversation.
pub struct Talk<'a> {
    outbound: &'a Outbound,
    target: &'a Target,
    style: Style,
    /// What was said, in order.
    pub exchanges: Vec<Exchange>,
}

impl<'a> Talk<'a> {
    /// Begins one.
    pub fn new(outbound: &'a Outbound, target: &'a Target, style: Style) -> Self {
        Self {
            outbound,
            target,
            style,
            exchanges: Vec::new(),
        }
    }

    /// Tests the connection.
    pub async fn test(&mut self) {
        for call in self.style.test() {
            self.say(call).await;
        }
    }

    /// Creates somebody, unless they are there; who they are, if the service knows them now.
    pub async fn create(&mut self, who: &Somebody) -> Option<KnownPerson> {
        let id = match self.found(self.style.find_person(&who.address())).await? {
            Some(id) => id,
            None => self.add(who).await?,
        };
        Some(KnownPerson {
            id,
            who: who.clone(),
            is_active: true,
        })
    }

    /// Creates somebody who is not there; the service's id for them.
    pub async fn add(&mut self, who: &Somebody) -> Option<String> {
        self.made(self.style.create_person(who)).await
    }

    /// Creates a group, unless it is there, and puts people into it.
    pub async fn push_group(&mut self, name: &str, members: &[&KnownPerson]) -> Option<KnownGroup> {
        let id = match self.found(self.style.find_group(name)).await? {
            Some(id) => id,
            None => self.made(self.style.create_group(name)).await?,
        };
        self.add_members(&id, members).await;
        Some(KnownGroup {
            id,
            source: name.to_owned(),
            name: name.to_owned(),
        })
    }

    /// Puts people into a group.
    pub async fn add_members(&mut self, id: &str, members: &[&KnownPerson]) {
        let members: Vec<(String, String)> = members
            .iter()
            .map(|member| (member.id.clone(), member.who.address()))
            .collect();
        self.say(self.style.add_members(id, &members)).await;
    }

    /// Locks somebody; whether the service did.
    pub async fn deactivate(&mut self, id: &str) -> bool {
        self.say(self.style.deactivate(id)).await.is_good()
    }

    /// Renames a group; whether the service did.
    pub async fn rename(&mut self, id: &str, name: &str) -> bool {
        self.say(self.style.rename_group(id, name)).await.is_good()
    }

    /// The id of the one thing a look-up finds; none at all where there was no proper answer.
    async fn found(&mut self, look_up: Call) -> Option<Option<String>> {
        let exchange = self.say(look_up).await;
        exchange.is_good().then(|| {
            exchange.json()["Resources"][0]["id"]
                .as_str()
                .map(str::to_owned)
        })
    }

    /// The id of what a creation made.
    async fn made(&mut self, creation: Call) -> Option<String> {
        let exchange = self.say(creation).await;
        exchange
            .is_good()
            .then(|| exchange.json()["id"].as_str().map(str::to_owned))
            .flatten()
    }

    async fn say(&mut self, call: Call) -> Exchange {
        let started = Instant::now();
        let answer = match self.request(&call) {
            Ok(request) => self
                .outbound
                .call(request)
                .await
                .map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        };
        let (status, answer) = match answer {
            Ok(answer) => (
                Some(answer.status().as_u16()),
                String::from_utf8_lossy(answer.body()).into_owned(),
            ),
            Err(error) => (None, error),
        };
        let exchange = Exchange {
            call,
            status,
            answer,
            took: started.elapsed(),
        };
        self.exchanges.push(exchange.clone());
        exchange
    }

    fn request(&self, call: &Call) -> http::Result<HttpRequest> {
        let request = http::Request::builder()
            .method(call.method.clone())
            .uri(format!("{}{}", self.target.base, call.path))
            .header(AUTHORIZATION, format!("Bearer {}", self.target.token))
            .header(USER_AGENT, self.style.agent());
        match &call.body {
            Some(body) => request
                .header(CONTENT_TYPE, "application/scim+json; charset=utf-8")
                .body(body.to_string().into_bytes()),
            None => request.body(Vec::new()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Target;

    const HERE: &str = "http://127.0.0.1:8090";

    #[test]
    fn only_this_server_is_pushed_to() {
        for base in [
            "http://127.0.0.1:8090/api/rest/scim/v2/4",
            " http://localhost:8090/api/rest/scim/v2/4/ ",
            "http://[::1]:8090/api/rest/scim/v2/4",
        ] {
            let target = Target::read(HERE, base, " t ").unwrap();
            assert_eq!(
                (target.node, target.base(), target.token()),
                (4, "http://127.0.0.1:8090/api/rest/scim/v2/4", "t")
            );
        }
        for base in [
            "",
            "4",
            "https://127.0.0.1:8090/api/rest/scim/v2/4",
            "http://127.0.0.1:8091/api/rest/scim/v2/4",
            "http://evil.example/api/rest/scim/v2/4",
            "http://127.0.0.1:8090/api/rest/scim/v2/",
            "http://127.0.0.1:8090/users",
            "http://127.0.0.1:8090/api/rest/scim/v2/4/Users",
            "http://127.0.0.1:8090@evil.example/api/rest/scim/v2/4",
        ] {
            assert!(Target::read(HERE, base, "t").is_err(), "{base}");
        }
        for token in ["", " ", "a b", "a\r\nX: y"] {
            assert!(
                Target::read(HERE, "http://127.0.0.1:8090/api/rest/scim/v2/4", token).is_err(),
                "{token:?}"
            );
        }
    }
}
