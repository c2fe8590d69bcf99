//! A browser without a screen: keeps cookies, follows redirects, fills the forms in its way.

use url::Url;

use crate::{
    connection::{Answer, Connection},
    cookies::Jar,
    failure::Failure,
    page::{Field, Form, form_to_fill},
    target::{Target, path_of},
};

/// Login page, consent page and the redirects between them stay well below this.
const MOST_STEPS: usize = 24;

/// One person's browser at one server.
#[derive(Clone)]
pub struct Browser {
    jar: Jar,
    person: Option<Person>,
}

/// Who signs in when a page asks for it.
#[derive(Clone)]
pub struct Person {
    /// The e-mail address or login name.
    pub email: String,
    /// The password.
    pub password: String,
}

impl Browser {
    /// A new browser in front of which `person` sits.
    #[must_use]
    pub fn of(person: Person) -> Self {
        Self { jar: Jar::default(), person: Some(person) }
    }

    /// The same cookies with nobody there to type: a lost session becomes an error, not a sign-in.
    #[must_use]
    pub fn unattended(&self) -> Self {
        Self { jar: self.jar.clone(), person: None }
    }

    /// Opens `path` and goes on until the server redirects to the client, whose address it returns.
    ///
    /// # Errors
    /// When a page comes that can't be filled, or the way does not end.
    pub async fn walk(&mut self, target: &Target, connection: &mut Connection, path: String) -> Result<Url, Failure> {
        let mut here = absolute(target, &path)?;
        let mut request = target.get(&path, &self.headers(&path));
        let mut signed_in = false;
        for _ in 0..MOST_STEPS {
            let answer = connection.ask(&request).await?;
            for cookie in &answer.set_cookies {
                self.jar.keep(cookie, here.path());
            }
            if let Some(next) = redirect(&here, &answer)? {
                if next.as_str().starts_with(&target.client.redirect_uri) {
                    return Ok(next);
                }
                if next.origin() != here.origin() {
                    return Err(Failure::Content("redirected to an unknown place"));
                }
                here = next;
                let path = path_of(&here);
                request = target.get(&path, &self.headers(&path));
                continue;
            }
            if answer.status != 200 {
                return Err(Failure::Status(answer.status));
            }
            let html = String::from_utf8_lossy(connection.body());
            let form = form_to_fill(&html).ok_or(Failure::Content("a page without a POST form"))?;
            if form.asks_for_password() {
                if signed_in {
                    return Err(Failure::Content("the password was refused"));
                }
                signed_in = true;
            }
            let filled = self.fill(&form)?;
            here = here.join(&form.action).map_err(|_| Failure::Content("a form with a broken action"))?;
            let path = path_of(&here);
            let headers = format!("Origin: {}\r\n{}", target.origin(), self.headers(&path));
            request = target.post(&path, &headers, &filled);
        }
        Err(Failure::Content("too many redirects and forms"))
    }

    /// Servers that refuse cross-site posts look at the fetch metadata that every browser sends.
    fn headers(&self, path: &str) -> String {
        format!(
            "Sec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n{}",
            self.jar.header(path)
        )
    }

    fn fill<'a>(&'a self, form: &'a Form) -> Result<Vec<(&'a str, &'a str)>, Failure> {
        let mut filled = Vec::new();
        let mut pressed = None;
        for field in &form.fields {
            match field.kind.as_str() {
                "password" => filled.push((field.name.as_str(), self.person()?.password.as_str())),
                _ if field.is_login() => {
                    filled.push((field.name.as_str(), self.person()?.email.as_str()));
                }
                "checkbox" | "radio" if !field.checked => {}
                "submit" => pressed = Some(better(pressed, field)),
                "button" | "reset" | "image" | "file" => {}
                _ => filled.push((field.name.as_str(), field.value.as_str())),
            }
        }
        filled.extend(pressed.map(|button| (button.name.as_str(), button.value.as_str())));
        filled.retain(|(name, _)| !name.is_empty());
        Ok(filled)
    }

    fn person(&self) -> Result<&Person, Failure> {
        let lost = Failure::Content("the session was lost: asked to sign in again");
        self.person.as_ref().ok_or(lost)
    }
}

/// A form is sent by one button: the first, unless a later one says yes.
fn better<'a>(pressed: Option<&'a Field>, button: &'a Field) -> &'a Field {
    match pressed {
        Some(first) if first.says_yes() || !button.says_yes() => first,
        _ => button,
    }
}

fn redirect(here: &Url, answer: &Answer) -> Result<Option<Url>, Failure> {
    match (answer.status, &answer.location) {
        (301..=303 | 307 | 308, Some(location)) => {
            here.join(location).map(Some).map_err(|_| Failure::Content("a redirect with a broken address"))
        }
        _ => Ok(None),
    }
}

fn absolute(target: &Target, path: &str) -> Result<Url, Failure> {
    Url::parse(&format!("{}{path}", target.origin())).map_err(|_| Failure::Content("an endpoint with a broken address"))
}
