//! A browser without script: it keeps cookies, says where a form was, and follows only when told.

use std::collections::HashMap;

use reqwest::{Client, Method, Response, StatusCode};
use url::form_urlencoded;

/// An answer.
pub struct Page {
    pub status: StatusCode,
    pub location: Option<String>,
    pub text: String,
}

impl Page {
    /// The fields a form of this page sends by itself.
    pub fn hidden(&self) -> Vec<(String, String)> {
        let inputs = self.text.split("<input").filter(|input| {
            input
                .split('>')
                .next()
                .is_some_and(|tag| tag.contains("type=\"hidden\""))
        });
        let mut fields = Vec::<(String, String)>::new();
        for (name, value) in
            inputs.filter_map(|input| Some((attribute(input, "name")?, attribute(input, "value")?)))
        {
            // Each form of the page repeats them.
            if fields.iter().all(|(known, _)| *known != name) {
                fields.push((name, value));
            }
        }
        fields
    }

    /// The value of the button with these words.
    pub fn button(&self, words: &str) -> String {
        let found = self.text.split("<button").find(|button| {
            button
                .split("</button>")
                .next()
                .is_some_and(|own| own.contains(words))
        });
        found
            .and_then(|button| attribute(button, "value"))
            .unwrap_or_else(|| panic!("no button {words:?} in {}", self.text))
    }

    /// The value of the choice with these words.
    pub fn choice(&self, words: &str) -> String {
        let found = self.text.split("<option").find(|option| {
            option
                .split("</option>")
                .next()
                .is_some_and(|own| own.contains(words))
        });
        found
            .and_then(|option| attribute(option, "value"))
            .unwrap_or_else(|| panic!("no choice {words:?} in {}", self.text))
    }

    /// Where it leads.
    pub fn location(&self) -> &str {
        self.location
            .as_deref()
            .unwrap_or_else(|| panic!("{} leads nowhere: {}", self.status, self.text))
    }
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let tag = tag.split('>').next()?;
    let value = tag
        .split(&format!(" {name}=\""))
        .nth(1)?
        .split('"')
        .next()?;
    Some(
        value
            .replace("&amp;", "&")
            .replace("&quot;", "\"")
            .replace("&lt;", "<")
            .replace("&gt;", ">"),
    )
}

/// A browser at a demo.
pub struct Browser {
    client: Client,
    base: String,
    pub cookies: HashMap<String, String>,
}

impl Browser {
    pub fn at(base: &str) -> Self {
        let client = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .unwrap();
        Self {
            client,
            base: base.to_owned(),
            cookies: HashMap::new(),
        }
    }

    pub async fn get(&mut self, address: &str) -> Page {
        self.send(Method::GET, address, &[("accept", "text/html")], None)
            .await
    }

    /// Sends a form from a page of the demo itself.
    pub async fn post(&mut self, address: &str, fields: &[(String, String)]) -> Page {
        let origin = self.base.clone();
        self.post_from(
            address,
            fields,
            &[("origin", &origin), ("sec-fetch-site", "same-origin")],
        )
        .await
    }

    /// Sends a form with these headers.
    pub async fn post_from(
        &mut self,
        address: &str,
        fields: &[(String, String)],
        headers: &[(&str, &str)],
    ) -> Page {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let mut headers = headers.to_vec();
        headers.push(("content-type", "application/x-www-form-urlencoded"));
        headers.push(("accept", "text/html"));
        self.send(Method::POST, address, &headers, Some(body)).await
    }

    pub async fn send(
        &mut self,
        method: Method,
        address: &str,
        headers: &[(&str, &str)],
        body: Option<String>,
    ) -> Page {
        let url = if address.starts_with('/') {
            format!("{}{address}", self.base)
        } else {
            address.to_owned()
        };
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let mut request = self.client.request(method, url);
        if !cookies.is_empty() {
            request = request.header("cookie", cookies.join("; "));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = request.body(body.unwrap_or_default()).send().await.unwrap();
        self.keep_cookies(&answer);
        let location = answer
            .headers()
            .get("location")
            .map(|value| value.to_str().unwrap().to_owned());
        Page {
            status: answer.status(),
            location,
            text: answer.text().await.unwrap(),
        }
    }

    fn keep_cookies(&mut self, answer: &Response) {
        for cookie in answer.headers().get_all("set-cookie") {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
    }

    /// Leaves for the demo's identity provider and comes back as this person; where that led.
    pub async fn sign_in(&mut self, person: &str) -> Page {
        let back = self.choose(person).await;
        self.get(&back).await
    }

    /// Leaves for the demo's identity provider and chooses this person; the way back.
    pub async fn choose(&mut self, person: &str) -> String {
        let leaving = self.get("/sign-in/demo").await;
        let page = self.get(leaving.location()).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text);
        let mut fields = page.hidden();
        fields.push(("person".to_owned(), page.button(person)));
        self.post("/demo/idp/choose", &fields)
            .await
            .location()
            .to_owned()
    }
}
