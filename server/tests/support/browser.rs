//! A browser as tests play it: keeps the session cookie, says where its requests come from, follows nothing.

use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

/// A browser at one console.
#[derive(Clone)]
pub struct Browser {
    /// The value of the session cookie, if there is one.
    pub session: Option<String>,
    url: String,
    cookie: &'static str,
    headers: HeaderMap,
    http: reqwest::Client,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub text: String,
}

impl Browser {
    /// A browser that asks for pages, from pages of this console.
    pub fn new(url: &str, cookie: &'static str) -> Self {
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        let browser = Self {
            session: None,
            url: url.to_owned(),
            cookie,
            headers: HeaderMap::new(),
            http,
        };
        browser
            .with("accept", "text/html,application/xhtml+xml")
            .with("sec-fetch-site", "same-origin")
    }

    /// The same browser with another header.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.insert(
            HeaderName::try_from(name).unwrap(),
            HeaderValue::from_str(value).unwrap(),
        );
        self
    }

    /// The same browser without a header.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.headers.remove(name);
        self
    }

    /// Opens a page.
    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    /// Sends a form.
    pub async fn post(&mut self, path: &str, form: &[(&str, &str)]) -> Answer {
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(form);
        self.send(Method::POST, path, Some(body.finish())).await
    }

    /// Sends a request; with a body it is a form, unless a header says otherwise.
    pub async fn send(&mut self, method: Method, path: &str, body: Option<String>) -> Answer {
        let url = if path.starts_with("http") {
            path.to_owned()
        } else {
            format!("{}{path}", self.url)
        };
        let mut headers = self.headers.clone();
        if let Some(session) = &self.session {
            let cookie = format!("{}={session}", self.cookie);
            headers.insert("cookie", HeaderValue::from_str(&cookie).unwrap());
        }
        if body.is_some() && !headers.contains_key("content-type") {
            headers.insert(
                "content-type",
                HeaderValue::from_static("application/x-www-form-urlencoded"),
            );
        }
        let request = self.http.request(method, url).headers(headers);
        let answer = request
            .body(body.unwrap_or_default())
            .send()
            .await
            .unwrap_or_else(|error| panic!("{path}: {error:?}"));
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        self.take_cookie(&headers);
        Answer {
            status,
            headers,
            text: answer.text().await.unwrap(),
        }
    }

    fn take_cookie(&mut self, headers: &HeaderMap) {
        for cookie in headers.get_all("set-cookie") {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            if let Some((name, value)) = pair.split_once('=')
                && name == self.cookie
            {
                self.session = (!value.is_empty()).then(|| value.to_owned());
            }
        }
    }
}

impl Answer {
    /// The answer itself, if it has this status.
    #[track_caller]
    pub fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{self:?}");
        self
    }

    /// A header, or nothing.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// The answer itself, if it leads to this page, with nothing in its body.
    #[track_caller]
    pub fn leads_to(self, page: &str) -> Self {
        assert_eq!(
            (self.status, self.header("location")),
            (303, page),
            "{self:?}"
        );
        assert_eq!(self.text, "", "the body of a redirect");
        self
    }
}
