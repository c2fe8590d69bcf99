//! HTML pages as far as a form filler reads them: the POST forms, their fields and buttons.

/// A form with method POST.
#[derive(Debug, Default)]
pub struct Form {
    /// Where to send it, as written on the page; empty means the page's own address.
    pub action: String,
    /// Its inputs and buttons, in order.
    pub fields: Vec<Field>,
}

/// One input or button that has a name, or could be pressed.
#[derive(Debug)]
pub struct Field {
    /// The `type`, in lower case; `submit` for a button without one.
    pub kind: String,
    /// The `name`, empty when there is none.
    pub name: String,
    /// The `value`, empty when there is none.
    pub value: String,
    /// Whether a box or a radio button is ticked.
    pub checked: bool,
}

impl Form {
    /// Whether the form asks for a password.
    #[must_use]
    pub fn asks_for_password(&self) -> bool {
        self.fields.iter().any(|field| field.kind == "password")
    }

    fn asks_for_anything(&self) -> bool {
        self.fields.iter().any(|field| field.is_login() || field.says_yes())
    }
}

impl Field {
    /// Whether an e-mail address or login name belongs here.
    #[must_use]
    pub fn is_login(&self) -> bool {
        let name = self.name.to_ascii_lowercase();
        self.kind == "email"
            || (self.kind == "text" && ["login", "email", "user", "identifier"].iter().any(|word| name.contains(word)))
    }

    /// Whether pressing this button means yes.
    #[must_use]
    pub fn says_yes(&self) -> bool {
        let words = ["allow", "accept", "approve", "yes", "continue"];
        self.kind == "submit" && words.contains(&self.value.to_ascii_lowercase().as_str())
    }
}

/// The form that moves a sign-in on: the one with a password, else one with a login name or a
/// yes, else the first, so that a sign-out or language form in the page's frame is passed by.
#[must_use]
pub fn form_to_fill(html: &str) -> Option<Form> {
    let mut forms = post_forms(html);
    let chosen = forms
        .iter()
        .position(Form::asks_for_password)
        .or_else(|| forms.iter().position(Form::asks_for_anything))
        .unwrap_or(0);
    (chosen < forms.len()).then(|| forms.swap_remove(chosen))
}

fn post_forms(html: &str) -> Vec<Form> {
    let mut forms = Vec::new();
    let mut open: Option<Form> = None;
    for tag in html.split('<').skip(1) {
        let tag = Tag(tag.split_once('>').map_or(tag, |(inside, _)| inside));
        match tag.name().as_str() {
            "form" if tag.attribute("method").eq_ignore_ascii_case("post") => {
                open = Some(Form { action: tag.attribute("action"), fields: Vec::new() });
            }
            "/form" => forms.extend(open.take()),
            "input" => {
                if let Some(form) = &mut open {
                    form.fields.push(tag.field("text"));
                }
            }
            "button" => {
                if let Some(form) = &mut open {
                    form.fields.push(tag.field("submit"));
                }
            }
            _ => {}
        }
    }
    forms
}

/// What stands between `<` and `>`.
struct Tag<'a>(&'a str);

impl Tag<'_> {
    fn name(&self) -> String {
        let name = self.0.split(|c: char| c.is_whitespace()).next();
        name.unwrap_or_default().trim_end_matches('/').to_ascii_lowercase()
    }

    fn field(&self, default_kind: &str) -> Field {
        let kind = self.attribute("type").to_ascii_lowercase();
        Field {
            kind: if kind.is_empty() { default_kind.to_owned() } else { kind },
            name: self.attribute("name"),
            value: self.attribute("value"),
            checked: self.attributes().any(|(key, _)| key == "checked"),
        }
    }

    fn attribute(&self, name: &str) -> String {
        self.attributes()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| unescape(value))
            .unwrap_or_default()
    }

    fn attributes(&self) -> impl Iterator<Item = (&str, &str)> {
        let mut rest = self.0.split_once(|c: char| c.is_whitespace()).map_or("", |(_, rest)| rest);
        std::iter::from_fn(move || {
            rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
            let end = rest.find(|c: char| c.is_whitespace() || c == '=').unwrap_or(rest.len());
            let (key, after) = rest.split_at_checked(end).filter(|(key, _)| !key.is_empty())?;
            let Some(value) = after.trim_start().strip_prefix('=') else {
                rest = after;
                return Some((key, ""));
            };
            let value = value.trim_start();
            let (value, after) = match value.chars().next() {
                Some(quote @ ('"' | '\'')) => {
                    value.get(1..).and_then(|value| value.split_once(quote)).unwrap_or((value, ""))
                }
                _ => value.split_once(|c: char| c.is_whitespace()).unwrap_or((value, "")),
            };
            rest = after;
            Some((key, value))
        })
    }
}

fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        plain.push_str(before);
        let entity = after.split_once(';');
        match entity.and_then(|(name, _)| character(name)) {
            Some(character) => {
                plain.push(character);
                rest = entity.map_or("", |(_, rest)| rest);
            }
            None => {
                plain.push('&');
                rest = after;
            }
        }
    }
    plain.push_str(rest);
    plain
}

fn character(entity: &str) -> Option<char> {
    match entity {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = entity.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_with_the_password_is_chosen_and_its_hidden_fields_are_read() {
        let form = form_to_fill(
            r#"<form method="post" action="/language"><button name=lang value=de>de</button></form>
               <FORM action="/login?a=1&amp;b=2" method='POST'>
                 <input type="hidden" name="csrf" value="&#x22;x&quot;">
                 <input type=email name=email required><input type="password" name="password"/>
                 <button id="sign-in">Sign in</button></FORM>"#,
        )
        .unwrap();
        assert_eq!(form.action, "/login?a=1&b=2");
        let names: Vec<_> = form.fields.iter().map(|f| f.name.as_str()).collect();
        assert_eq!(names, ["csrf", "email", "password", ""]);
        assert_eq!(form.fields[0].value, "\"x\"");
        assert!(form.fields[1].is_login());
    }

    #[test]
    fn the_button_that_says_yes_is_known() {
        let form = form_to_fill(
            r#"<form method="post"><button name="decision" value="deny">No</button>
               <button name="decision" value="allow">Yes</button></form>"#,
        )
        .unwrap();
        let yes: Vec<_> = form.fields.iter().filter(|f| f.says_yes()).collect();
        assert_eq!(yes.len(), 1);
        assert_eq!(yes[0].value, "allow");
    }
}
