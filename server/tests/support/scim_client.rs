//! An identity provider as tests play it: requests with a token, and answers that can be asked about.

use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;

/// The media type an identity provider sends, unless a test says otherwise.
const SCIM_JSON: &str = "application/scim+json";

/// Somebody who knows the address of a node's service, and perhaps a token.
#[derive(Clone)]
pub struct ScimClient {
    /// The address of the service, without a slash at the end.
    pub base: String,
    headers: HeaderMap,
    http: reqwest::Client,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    /// What was asked, for messages.
    pub asked: String,
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, as it came.
    pub text: String,
    /// The body as JSON; null where it is none.
    pub body: Value,
}

impl ScimClient {
    /// A client with this token at this address.
    pub fn new(base: impl Into<String>, token: &str) -> Self {
        // Nothing here is encrypted, but the client asks who would do it; whoever comes first installs it.
        let _installed = rustls::crypto::ring::default_provider().install_default();
        // No proxy and no redirects: what is asked is what is answered.
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none());
        let provider = Self {
            base: base.into(),
            headers: HeaderMap::new(),
            http: http.build().unwrap(),
        };
        provider
            .with("authorization", &format!("Bearer {token}"))
            .with("content-type", SCIM_JSON)
    }

    /// The same client with another header.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.insert(
            HeaderName::try_from(name).unwrap(),
            HeaderValue::from_bytes(value.as_bytes()).unwrap(),
        );
        self
    }

    /// The same client without a header.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.headers.remove(name);
        self
    }

    /// The same client at another address.
    #[must_use]
    pub fn at(mut self, base: impl Into<String>) -> Self {
        self.base = base.into();
        self
    }

    /// What it proves with who it is.
    pub fn token(&self) -> &str {
        self.headers["authorization"].to_str().unwrap()
    }

    /// Sends any body to a path, which is taken as it stands but for spaces and quotes.
    pub async fn send(&self, method: &str, path: &str, body: impl Into<Vec<u8>>) -> Answer {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let url = format!("{}{}", self.base, encoded(path));
        let body = body.into();
        let asked = format!(
            "{method} {path}\n{}",
            String::from_utf8_lossy(&body[..body.len().min(4_000)])
        );
        let mut request = self
            .http
            .request(method.clone(), &url)
            .headers(self.headers.clone());
        if !body.is_empty() || method == Method::POST {
            request = request.body(body);
        }
        let response = request
            .send()
            .await
            .unwrap_or_else(|error| panic!("{asked}\n{error:?}"));
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response
            .text()
            .await
            .unwrap_or_else(|error| panic!("{asked}\n{error:?}"));
        let body = serde_json::from_str(&text).unwrap_or_default();
        Answer {
            asked,
            status,
            headers,
            text,
            body,
        }
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, Vec::new()).await
    }

    /// POST of JSON.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, body.to_string()).await
    }

    /// PUT of JSON.
    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        self.send("PUT", path, body.to_string()).await
    }

    /// PATCH of JSON.
    pub async fn patch(&self, path: &str, body: &Value) -> Answer {
        self.send("PATCH", path, body.to_string()).await
    }

    /// DELETE.
    pub async fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, Vec::new()).await
    }

    /// Creates a person with this userName; their id.
    pub async fn user(&self, user_name: &str) -> String {
        self.post("/Users", &user(user_name)).await.is(201).id()
    }

    /// Creates a group with this name and these members; its id.
    pub async fn group(&self, name: &str, members: &[&str]) -> String {
        self.post("/Groups", &group(name, members))
            .await
            .is(201)
            .id()
    }

    /// The ids of a group's members, in their order.
    pub async fn members(&self, group: &str) -> Vec<String> {
        let answer = self.get(&format!("/Groups/{group}")).await.is(200);
        let members = answer.body["members"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        members
            .iter()
            .map(|member| member["value"].as_str().unwrap().to_owned())
            .collect()
    }

    /// How many resources of a list match.
    pub async fn total(&self, path: &str) -> i64 {
        self.get(path).await.is(200).body["totalResults"]
            .as_i64()
            .unwrap()
    }

    /// The ids of a list, page after page, as a client walks it.
    pub async fn walk(&self, path: &str, count: usize) -> Vec<String> {
        let (mut ids, mut start) = (Vec::new(), 1);
        loop {
            let answer = self
                .get(&format!("{path}?startIndex={start}&count={count}"))
                .await
                .is(200);
            let page = answer.ids();
            start += page.len();
            let total = usize::try_from(answer.body["totalResults"].as_i64().unwrap()).unwrap();
            let is_last = page.is_empty() || start > total;
            ids.extend(page);
            if is_last {
                return ids;
            }
        }
    }
}

impl Answer {
    /// The answer itself, if it has this status.
    #[track_caller]
    pub fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{self}");
        self
    }

    /// The answer itself, if it is a SCIM error with this status and scimType (`-` for none).
    #[track_caller]
    pub fn refuses(self, status: u16, scim_type: &str) -> Self {
        assert_eq!(self.status, status, "{self}");
        assert_eq!(
            self.body["schemas"],
            serde_json::json!(["urn:ietf:params:scim:api:messages:2.0:Error"]),
            "{self}"
        );
        assert_eq!(
            self.body["status"],
            Value::from(status.to_string()),
            "{self}"
        );
        assert_eq!(
            self.body["scimType"].as_str().unwrap_or("-"),
            scim_type,
            "{self}"
        );
        assert!(
            self.body["detail"]
                .as_str()
                .is_some_and(|detail| !detail.is_empty()),
            "{self}"
        );
        assert_eq!(self.header("content-type"), SCIM_JSON, "{self}");
        self
    }

    /// The `id` of the resource.
    #[track_caller]
    pub fn id(&self) -> String {
        self.body["id"]
            .as_str()
            .unwrap_or_else(|| panic!("no id: {self}"))
            .to_owned()
    }

    /// The ids of the resources of a list.
    #[track_caller]
    pub fn ids(&self) -> Vec<String> {
        let resources = self.body["Resources"]
            .as_array()
            .unwrap_or_else(|| panic!("no Resources: {self}"));
        resources
            .iter()
            .map(|one| one["id"].as_str().unwrap().to_owned())
            .collect()
    }

    /// A header, or nothing.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let body = if self.body.is_null() {
            self.text.clone()
        } else {
            serde_json::to_string_pretty(&self.body).unwrap_or_default()
        };
        write!(
            f,
            "\n{}\nwas answered {}\n{:#?}\n{body}\n",
            self.asked, self.status, self.headers
        )
    }
}

/// The smallest person there is.
pub fn user(user_name: &str) -> Value {
    serde_json::json!({ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": user_name })
}

/// A group with these members.
pub fn group(name: &str, members: &[&str]) -> Value {
    let members = members
        .iter()
        .map(|id| serde_json::json!({ "value": id }))
        .collect::<Vec<_>>();
    serde_json::json!({ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": name, "members": members })
}

/// The body of a PATCH with these operations.
pub fn patch(operations: &Value) -> Value {
    serde_json::json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations })
}

/// A path as a URL may hold it: what stands in no URL is escaped, everything else is left as a test wrote it.
fn encoded(path: &str) -> String {
    path.replace(' ', "%20")
        .replace('"', "%22")
        .replace('[', "%5B")
        .replace(']', "%5D")
}
