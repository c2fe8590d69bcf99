//! A small browser: keeps cookies, follows redirects that stay with us, reads and sends forms.

use crate::dev::http::{Call, Heard, Http};
use std::collections::BTreeMap;

/// A browser of its own.
pub struct Browser {
    http: Http,
    cookies: BTreeMap<String, String>,
}

/// What it shows: a page of ours, or where it was sent that isn't ours to follow.
pub struct View {
    /// The path of the page.
    pub path: String,
    /// The answer.
    pub heard: Heard,
}

/// More redirects than any way through the pages has.
const MOST: usize = 8;

impl Browser {
    /// Without cookies.
    pub fn new(http: &Http) -> Self {
        Browser { http: http.clone(), cookies: BTreeMap::new() }
    }

    /// Goes there, and on until there is a page, or a redirect to a path that begins with `until`.
    pub async fn get(&mut self, path: &str, until: &str) -> Result<View, String> {
        self.follow(Call::get(path), until).await
    }

    /// Sends a form of the page that it sees: the one that contains `mark`, with `more` fields filled in.
    pub async fn submit(
        &mut self,
        view: &View,
        mark: &str,
        more: &[(&str, &str)],
        until: &str,
    ) -> Result<View, String> {
        let form = form(&view.heard.body, mark).ok_or_else(|| format!("{} has no form with {mark}", view.path))?;
        let mut call = Call::post(form.action, more);
        let given: Vec<_> =
            form.fields.into_iter().filter(|(name, _)| !more.iter().any(|(have, _)| have == name)).collect();
        call.form.splice(0..0, given);
        // As browsers do with forms of pages that send no referrer.
        let call = call.header("Origin", "null").header("Sec-Fetch-Site", "same-origin");
        self.follow(call, until).await
    }

    async fn follow(&mut self, mut call: Call, until: &str) -> Result<View, String> {
        for _ in 0..MOST {
            let path = call.path.clone();
            let heard = self.once(call).await?;
            let to = heard.header("location").unwrap_or_default();
            let to = to.strip_prefix(self.http.origin()).unwrap_or(to);
            let onward = (300..400).contains(&heard.status) && to.starts_with('/') && !to.starts_with(until);
            if !onward {
                return Ok(View { path, heard });
            }
            call = Call::get(to);
        }
        Err("redirected in circles".to_owned())
    }

    async fn once(&mut self, mut call: Call) -> Result<Heard, String> {
        if !self.cookies.is_empty() {
            let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            call = call.header("Cookie", cookies.join("; "));
        }
        let heard = self.http.send(&call).await?;
        let set = heard.headers.iter().filter(|(name, _)| name == "set-cookie");
        for (name, value) in set.filter_map(|(_, text)| text.split(';').next()?.split_once('=')) {
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        Ok(heard)
    }
}

impl View {
    /// A parameter of the place that it was sent to.
    pub fn sent(&self, name: &str) -> Option<String> {
        let url = url::Url::parse(self.heard.header("location")?).ok()?;
        url.query_pairs().find(|(have, _)| have == name).map(|(_, value)| value.into_owned())
    }

    /// What a refused step says about it.
    pub fn told(&self) -> String {
        format!("{} {}", self.heard.status, self.path.split('?').next().unwrap_or_default())
    }
}

struct Form {
    action: String,
    fields: Vec<(String, String)>,
}

/// The first form whose source contains `mark`. Our own pages are regular enough to be read by text.
fn form(html: &str, mark: &str) -> Option<Form> {
    let mut forms = html.split("<form ").skip(1).filter_map(|rest| rest.split("</form>").next());
    let source = forms.find(|source| source.contains(mark))?;
    let action = attribute(source.split('>').next()?, "action")?;
    let inputs = source.split("<input ").skip(1).filter_map(|rest| rest.split('>').next());
    let chosen = |input: &&str| {
        !["checkbox", "radio"].iter().any(|kind| input.contains(&format!("type=\"{kind}\"")))
            || input.contains(" checked")
    };
    let fields = inputs.filter(chosen);
    let fields =
        fields.filter_map(|input| Some((attribute(input, "name")?, attribute(input, "value").unwrap_or_default())));
    Some(Form { action, fields: fields.collect() })
}

/// The value that a button of this text sends, as `name="value"` pairs are written in our templates.
pub fn button_value(html: &str, name: &str, text: &str) -> Option<String> {
    let mut buttons = html.split("<button ").skip(1).filter_map(|rest| rest.split("</button>").next());
    let button = buttons.find(|button| button.contains(&format!("name=\"{name}\"")) && button.contains(text))?;
    attribute(button.split('>').next()?, "value")
}

/// What an attribute of a tag says.
pub fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!("{name}=\""))?;
    Some(plain(rest.split('"').next()?))
}

/// The five characters that askama escapes, in both of their spellings.
fn plain(text: &str) -> String {
    let pairs = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#34;", "\""), ("&#39;", "'"), ("&#60;", "<")];
    let mut plain = text.to_owned();
    for (escaped, character) in
        pairs.into_iter().chain([("&#62;", ">"), ("&#x27;", "'"), ("&#38;", "&"), ("&amp;", "&")])
    {
        plain = plain.replace(escaped, character);
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_our_pages_are_read() {
        let html = "<form method=\"post\" action=\"/a\"><input name=\"x\" value=\"1\"></form>\
                    <form method=\"post\" action=\"/b?c=d&#38;e\"><input type=\"hidden\" name=\"csrf\" value=\"&#34;q\">\
                    <input type=\"checkbox\" name=\"off\" value=\"1\"><input type=\"checkbox\" name=\"on\" value=\"1\" checked>\
                    <button name=\"who\" value=\"7\"><b>Ada</b></button></form>";
        let form = form(html, "Ada").expect("a form");
        assert_eq!(form.action, "/b?c=d&e");
        assert_eq!(form.fields, [("csrf".to_owned(), "\"q".to_owned()), ("on".to_owned(), "1".to_owned())]);
        assert_eq!(button_value(html, "who", "Ada").as_deref(), Some("7"));
    }
}
