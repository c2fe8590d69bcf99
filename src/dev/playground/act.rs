//! What can be done with the tokens of a run; each is a real request.
//! RFC 6749 §6, RFC 7009, RFC 7662, OIDC Core §5.3, RFC 9700 §4.14.2.

use super::callback::look_inside;
use super::exchange::{Exchange, Verdict, curl, exchange};
use super::runs::Run;
use super::{Playground, why};
use crate::dev::demo;
use crate::dev::http::{Call, Heard};
use crate::dev::reference::Place;
use crate::web::browser::check_form;
use crate::web::{Form, Stopped};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};

/// `POST /dev/runs/{id}/{action}`
pub(super) async fn post(
    State(playground): State<Playground>,
    Path((id, action)): Path<(String, String)>,
    headers: HeaderMap,
    Form(form): Form,
) -> Result<Response, Stopped> {
    let params = form.map_err(Stopped::bad_form)?;
    check_form(&playground.app, &headers, &params).map_err(Stopped::forged)?;
    let run = playground.runs.find(&id).ok_or_else(gone)?;
    let mut act = Act { playground: &playground, run };
    match action.as_str() {
        "userinfo" => act.userinfo().await?,
        "introspect" => act.introspect().await?,
        "refresh" => act.refresh("Refresh").await?,
        "replay" => act.replay().await?,
        "reuse" => act.reuse().await?,
        "revoke" => act.revoke().await?,
        _ => return Err(super::odd("The playground has no such button.")),
    }
    let to = act.run.href();
    playground.runs.save(act.run);
    Ok(Redirect::to(&to).into_response())
}

/// A run that the playground no longer knows.
pub(super) fn gone() -> Stopped {
    Stopped::in_english(
        StatusCode::NOT_FOUND,
        "run_forgotten",
        "This run is gone",
        "The playground remembers the last 20 runs of this process, and this one isn't among them.",
        "Start again at /dev.",
    )
}

struct Act<'a> {
    playground: &'a Playground,
    run: Run,
}

impl Act<'_> {
    async fn userinfo(&mut self) -> Result<(), Stopped> {
        let token = self.access().ok_or_else(no_token)?;
        let call = Call::get("/userinfo").bearer(&token);
        let heard = self.playground.send(&call).await?;
        let what = "The app asks about the person, with its access token.";
        let mut done = exchange("Userinfo", what, (&call, Place::Question), (&heard, Place::Claim));
        done.verdict = match heard.status {
            200 => Verdict::good("Only what the granted scopes allow is told."),
            403 => Verdict::bad(
                "The token is good, but it has no scope openid: there is no person behind it to ask about.",
            ),
            _ => self.reason(&token).await?,
        };
        self.add(done, &call);
        Ok(())
    }

    async fn introspect(&mut self) -> Result<(), Stopped> {
        let token = self.access().ok_or_else(no_token)?;
        // As a resource server would: the confidential client asks, whoever the token was issued to.
        let call = Call::post("/oauth2/introspect", &[("token", &token)]).basic(demo::CLIENT, demo::SECRET);
        let heard = self.playground.send(&call).await?;
        let what = "A resource server asks what a token stands for. The demo app is registered as one.";
        let mut done = exchange("Introspection", what, (&call, Place::Question), (&heard, Place::Told));
        done.verdict = match heard.json().get("active").and_then(serde_json::Value::as_bool) {
            Some(true) => Verdict::good("Good right now, and this is what it may be used for."),
            _ => self.reason(&token).await?,
        };
        self.add(done, &call);
        Ok(())
    }

    async fn refresh(&mut self, title: &str) -> Result<(), Stopped> {
        let token = self.older(0).ok_or_else(no_token)?;
        let what = "The newest refresh token becomes its successor; the access token before it is over at once.";
        let good = "A new pair. Exactly one access token and one refresh token of the grant are good.";
        self.present(title, what, &token, good).await
    }

    async fn replay(&mut self) -> Result<(), Stopped> {
        self.refresh_until(1).await?;
        let token = self.older(1).ok_or_else(no_token)?;
        let what =
            "The refresh token that was just used comes again: the answer got lost, or two tabs refresh at once.";
        let good = "The same pair again, byte for byte: nobody is signed out by a lost answer.";
        self.present("Replay", what, &token, good).await
    }

    async fn reuse(&mut self) -> Result<(), Stopped> {
        self.refresh_until(2).await?;
        let token = self.older(2).ok_or_else(no_token)?;
        let what =
            "A refresh token two generations old comes back. Its owner has newer ones, so somebody else has this one.";
        self.present("Reuse", what, &token, "It was accepted.").await?;
        if let Some(verdict) = self.run.exchanges.last_mut().and_then(|done| done.verdict.as_mut()) {
            verdict
                .text
                .push_str(" Thief and owner can't be told apart, so the newest tokens are over too: try userinfo now.");
        }
        Ok(())
    }

    async fn revoke(&mut self) -> Result<(), Stopped> {
        let token = match self.run.tokens.older(0) {
            Some(token) => token.to_owned(),
            None => self.access().ok_or_else(no_token)?,
        };
        let call = self.run.which.authenticates(Call::post("/oauth2/revoke", &[("token", &token)]));
        let heard = self.playground.send(&call).await?;
        let what = "The app gives a token back. A refresh token takes its whole grant along.";
        let mut done = exchange("Revocation", what, (&call, Place::Revoke), (&heard, Place::Tokens));
        done.verdict = match heard.status {
            200 => {
                Verdict::good("Over at once, access token included; the answer is the same for tokens that never were.")
            }
            _ => Verdict::bad("Refused."),
        };
        self.add(done, &call);
        Ok(())
    }

    /// Makes refresh tokens until the newest has `older` predecessors, each by a step that is shown.
    async fn refresh_until(&mut self, older: usize) -> Result<(), Stopped> {
        while self.run.tokens.older(older).is_none() {
            let had = self.run.tokens.refresh.len();
            self.refresh("Refresh, to have one that is old enough").await?;
            if self.run.tokens.refresh.len() == had {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Presents a refresh token and shows what became of it.
    async fn present(&mut self, title: &str, what: &'static str, token: &str, good: &str) -> Result<(), Stopped> {
        let form = [("grant_type", "refresh_token"), ("refresh_token", token)];
        let call = self.run.which.authenticates(Call::post("/oauth2/token", &form));
        let heard = self.playground.send(&call).await?;
        let mut done = exchange(title, what, (&call, Place::Redeem), (&heard, Place::Tokens));
        self.mark(&heard, &mut done);
        look_inside(self.playground, self.run.which, None, &heard, &mut done).await?;
        done.verdict = if heard.ok() { Verdict::good(good) } else { self.reason(token).await? };
        self.run.tokens.take(heard.text("access_token"), heard.text("refresh_token"));
        self.add(done, &call);
        Ok(())
    }

    /// What the client isn't told: why a token was refused.
    async fn reason(&self, token: &str) -> Result<Option<Verdict>, Stopped> {
        let found = why::inspect(&self.playground.app, token).await?;
        Ok(Verdict::bad(format!("Refused. The client isn't told why, but you are: {}", found.verdict)))
    }

    /// Says of each token in the answer whether it was here before.
    fn mark(&self, heard: &Heard, done: &mut Exchange) {
        let rows = done.right.iter_mut().flat_map(|side| &mut side.rows);
        for row in rows.filter(|row| heard.ok() && matches!(row.name.as_str(), "access_token" | "refresh_token")) {
            let tokens = &self.run.tokens;
            let known = tokens.access.as_ref() == Some(&row.value) || tokens.refresh.contains(&row.value);
            row.mark = Some(if known { "same as before" } else { "new" });
        }
    }

    fn add(&mut self, mut done: Exchange, call: &Call) {
        done.curl = Some(curl(call, self.playground.app.issuer(), Some((demo::CLIENT, demo::SECRET))));
        self.run.add(done);
    }

    fn access(&self) -> Option<String> {
        self.run.tokens.access.clone()
    }

    fn older(&self, back: usize) -> Option<String> {
        self.run.tokens.older(back).map(str::to_owned)
    }
}

fn no_token() -> Stopped {
    super::odd("This run has no token for that: none was asked for, or its grant is over.")
}
