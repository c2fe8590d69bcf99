//! Profile: what a person is called, and the language that pages speak to them.

use super::done::Done;
use super::page::{self, Trouble};
use super::sent::Sent;
use crate::app::App;
use crate::audit::{self, Event};
use crate::lang::{Language, Message};
use crate::people::{self, Profile, User};
use crate::web::Stopped;
use axum::extract::State;
use axum::response::Response;
use serde_json::{Value, json};

/// The longest name, in characters.
const MOST: usize = 200;

/// A language to choose.
pub(super) struct Choice {
    pub tag: &'static str,
    pub name: &'static str,
    pub chosen: bool,
}

/// The languages that we have.
pub(super) fn languages(user: &User) -> Vec<Choice> {
    let own = spoken(&user.profile);
    let choice =
        |language: Language| Choice { tag: language.tag(), name: language.name(), chosen: own == Some(language) };
    Language::all().map(choice).collect()
}

fn spoken(profile: &Profile) -> Option<Language> {
    profile.text("locale").and_then(Language::for_tag)
}

/// `POST /account/profile`
pub(super) async fn save(State(app): State<App>, sent: Sent) -> Result<Response, Stopped> {
    let user = &sent.session.user;
    let (name, locale) = (sent.params.get("name"), sent.params.get("locale"));
    let profile = match changed(&user.profile, name.unwrap_or_default(), locale.unwrap_or_default()) {
        Ok(profile) => profile,
        Err(why) => return page::refuse(&app, &sent, Trouble::Profile(why)).await,
    };
    if profile == user.profile {
        return Ok(Done::Profile.back());
    }
    let (now, mut tx) = (app.now(), app.db.begin().await?);
    // An administrator may be changing the account too: neither undoes the other's change.
    if !people::store::set_claims(&mut tx, user, &profile, now).await? {
        return Ok(Done::Stale.back());
    }
    let detail = json!({ "before": seen(&user.profile), "after": seen(&profile) });
    audit::record(&mut tx, &Event { detail, ..sent.event("user.profile_changed") }, now).await?;
    tx.commit().await?;
    Ok(Done::Profile.back())
}

/// What this form changes.
fn seen(profile: &Profile) -> Value {
    json!({ "name": profile.text("name"), "locale": profile.text("locale") })
}

fn changed(before: &Profile, name: &str, locale: &str) -> Result<Profile, Message> {
    let mut profile = before.clone();
    let name = name.trim();
    if name.chars().count() > MOST || name.chars().any(unfit) {
        return Err(Message::new("account-name-letters").count("most", MOST));
    }
    match name {
        "" => profile.0.remove("name"),
        name => profile.0.insert("name".to_owned(), Value::from(name)),
    };
    let chosen = Language::all().find(|language| language.tag() == locale);
    if chosen.is_none() && !locale.is_empty() {
        return Err(Message::new("account-language-unknown"));
    }
    // `de-AT` stays what it is for who chose German, and `fr` for who chose nothing.
    if chosen != spoken(before) {
        match chosen {
            Some(language) => profile.0.insert("locale".to_owned(), Value::from(language.tag())),
            None => profile.0.remove("locale"),
        };
    }
    Ok(profile)
}

/// What can't be seen, or turns around what stands beside it (UAX #9).
pub(super) fn unfit(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(claims: Value) -> Profile {
        Profile::parse(claims).expect("claims")
    }

    #[test]
    fn a_locale_that_says_more_than_the_choice_stays() {
        let before = profile(json!({ "name": "Ada", "locale": "de-AT", "zoneinfo": "Europe/Vienna" }));
        assert_eq!(changed(&before, " Ada ", "de").ok(), Some(before.clone()));
        let english = json!({ "name": "Ada", "locale": "en", "zoneinfo": "Europe/Vienna" });
        assert_eq!(changed(&before, "Ada", "en").ok(), Some(profile(english)));
        assert_eq!(changed(&before, "", "").ok(), Some(profile(json!({ "zoneinfo": "Europe/Vienna" }))));
        let french = profile(json!({ "locale": "fr" }));
        assert_eq!(changed(&french, "", "").ok(), Some(french));
    }

    #[test]
    fn names_that_hide_something_are_refused() {
        for bad in ["a\u{202e}b", "a\u{0}b", "\u{200b}a", "a\nb", &"a".repeat(MOST + 1)] {
            assert!(changed(&Profile::default(), bad, "").is_err(), "{bad:?}");
        }
        assert!(changed(&Profile::default(), "عائشة <b>", "ar").is_ok());
        assert!(changed(&Profile::default(), "Ada", "tlh").is_err());
    }
}
