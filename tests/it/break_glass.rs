//! Break-glass and the console's connections (vault.md §3.7): what those who look after a workspace learn, and what that costs them.

use crate::on_both;
use crate::support::browser::View;
use crate::support::client::answer;
use crate::support::provider::Rotation;
use crate::support::smtp::Smtp;
use crate::support::vault::{CLIENT, Vault};
use crate::support::{Browser, Holder, Kind};
use crate::vault_matrix::a_program;
use crate::webhooks::Receiver;
use serde_json::{Value, json};
use std::time::Duration;
use symbolon::base::Time;
use symbolon::people::workspaces::Standing;

const HOUR: Duration = Duration::from_secs(3_600);

struct Town {
    vault: Vault,
    smtp: Smtp,
    /// An admin of the workspace.
    carol: Holder,
    carol_id: String,
    /// What is Bob's alone.
    account: String,
    external: String,
}

impl Town {
    async fn with(kind: Kind) -> Self {
        let smtp = Smtp::open().await;
        let vault = Vault::set(kind, Rotation::None, json!({ "rotation": "none" }), |config| {
            smtp.settings(config);
            config.api_tokens.max_per_user = 100;
        })
        .await;
        let carol_id = vault.house.person("carol").await;
        vault.house.joins("acme", &carol_id, Standing::Admin).await;
        let (_, carol) = vault.house.api_token(&carol_id, Some("acme"), None).await;
        let given = vault.crm.gives(CLIENT, "zoe", "read");
        let made = vault.takes(&vault.bob, &given.refresh_token).await;
        let text = |name: &str| made.body["data"][name].as_str().expect("text").to_owned();
        Town { account: text("id"), external: text("external_id"), vault, smtp, carol, carol_id }
    }

    async fn opens(&self, who: &Holder, ask: &Value) -> crate::support::Answer {
        who.posts(&format!("/v1/accounts/{}/break_glass", self.account), ask).await
    }

    async fn sees(&self, who: &Holder) -> u16 {
        who.does("GET", &format!("/v1/accounts/{}?include_credentials=1", self.account)).await.status
    }

    async fn browser(&self, name: &str) -> Browser {
        let mut browser = self.vault.house.browser();
        browser.arrives_as(name).await;
        browser
    }
}

/// What a page says, with one space between words.
fn said(view: &View) -> String {
    view.text().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A form of a page, filled in.
fn filled(view: &View, form: &str, given: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut fields = view.form(form);
    assert!(!fields.is_empty(), "no {form}: {} {}", view.status, view.text());
    fields.retain(|(name, _)| given.iter().all(|(chosen, _)| chosen != name));
    fields.extend(given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    fields
}

async fn sends(browser: &mut Browser, view: &View, form: &str, given: &[(&str, &str)]) -> View {
    let action =
        view.first(&format!("form{form}")).unwrap_or_else(|| panic!("no {form}: {}", view.text()))["action"].clone();
    browser.post(&action, &filled(view, form, given)).await
}

on_both! {
    async fn s3_7_an_admin_opens_a_members_account_for_an_hour_and_its_owner_is_told(house: House) {
        let town = Town::with(house.kind).await;
        let (house, reason) = (&town.vault.house, json!({ "reason": "Bob is on leave, the import is stuck" }));
        assert_eq!(town.sees(&town.carol).await, 404);
        for ask in [json!({}), json!({ "reason": "  " }), json!({ "reason": "x".repeat(501) }), json!({ "reason": "a\nb" })] {
            town.opens(&town.carol, &ask).await.is_problem(422, "field_invalid");
        }
        // Not for members, not for programs, not from elsewhere, not with a token that may only look.
        let dave = house.person("dave").await;
        house.joins("acme", &dave, Standing::Member).await;
        let (_, dave) = house.api_token(&dave, Some("acme"), None).await;
        town.opens(&dave, &reason).await.is_problem(403, "forbidden");
        town.opens(&a_program(house, "acme").await.1, &reason).await.is_problem(403, "forbidden");
        let eve = house.person("eve").await;
        house.workspace("other", &[(&eve, Standing::Owner)]).await;
        let (_, eve) = house.api_token(&eve, Some("other"), None).await;
        town.opens(&eve, &reason).await.is_problem(404, "not_found");
        let (_, narrow) = house.api_token(&town.carol_id, Some("acme"), Some("accounts:read")).await;
        town.opens(&narrow, &reason).await.is_problem(403, "insufficient_scope");
        town.opens(&town.vault.bob, &reason).await.is_problem(403, "forbidden");
        assert_eq!(town.sees(&town.carol).await, 404, "nothing of that opened it");

        let opened = town.opens(&town.carol, &reason).await.ok();
        assert_eq!(opened.body["data"]["access"], "manage");
        let until = opened.body["data"]["break_glass_until"].as_str().and_then(Time::parse).expect("a moment");
        assert!((3_590..=3_600).contains(&until.secs_since(house.now())), "{}", opened.body);
        assert_eq!(town.sees(&town.carol).await, 200);
        assert_eq!(town.sees(&town.vault.ada).await, 404, "for nobody else");
        let listed = town.carol.does("GET", "/v1/accounts").await.ok();
        assert_eq!(listed.body["data"][0]["id"].as_str(), Some(&*town.account));

        // Bob is told: by mail, in the timeline, on his pages; and the trail has it.
        let mail = town.smtp.mail(1).await;
        let text = mail.text();
        assert!(mail.to.iter().any(|to| to.contains("bob@example.com")), "{:?}", mail.to);
        assert!(text.contains("carol@example.com") && text.contains("Bob is on leave, the import is stuck"), "{text}");
        assert!(text.contains(&format!("/account/connections/{}", town.account)), "{text}");
        let events = town.vault.bob.does("GET", &format!("/v1/accounts/{}/events", town.account)).await.ok();
        assert_eq!((&events.body["data"][0]["type"], &events.body["data"][0]["actor"]), (&json!("account.opened"), &json!(format!("user:{}", town.carol_id))));
        let mut bob = town.browser("bob").await;
        let page = said(&bob.get(&format!("/account/connections/{}", town.account)).await);
        assert!(page.contains("carol@example.com") && page.contains("has this open until") && page.contains("the import is stuck"), "{page}");
        assert!(said(&bob.get("/account").await).contains("An administrator opened a connection of yours"));
        let trail = house.raw().await.texts("SELECT actor || ' ' || object || ' ' || detail FROM audit_events WHERE action = 'account.opened'").await;
        assert!(trail.len() == 1 && trail[0].contains(&town.carol_id) && trail[0].contains(&town.vault.bob_id) && trail[0].contains("stuck"), "{trail:?}");
        // It isn't a share, and nobody takes it for one.
        let shares = town.vault.bob.does("GET", &format!("/v1/accounts/{}/shares", town.account)).await.ok();
        assert_eq!(shares.body["data"], json!([]));

        // Who administers no more has nothing, at once; and it is over when it is over.
        let turns = async |role: &str| {
            let line = format!("workspace member role acme carol@example.com {role}");
            assert_eq!(house.command(&line).await.0, 0, "{line}");
        };
        turns("member").await;
        assert_eq!(town.sees(&town.carol).await, 404, "a member");
        turns("admin").await;
        assert_eq!(town.sees(&town.carol).await, 200);
        house.wait(HOUR);
        assert_eq!(town.sees(&town.carol).await, 404, "an hour later");
        assert!(!said(&bob.get(&format!("/account/connections/{}", town.account)).await).contains("has this open until"));
        // Who leaves and comes back begins anew.
        town.opens(&town.carol, &reason).await.ok();
        let root = house.admin("root").await;
        let (_, root) = house.api_token(&root, None, Some("symbolon:admin")).await;
        assert_eq!(root.does("DELETE", &format!("/v1/admin/workspaces/acme/members/{}", town.carol_id)).await.status, 204);
        house.joins("acme", &town.carol_id, Standing::Admin).await;
        let (_, carol) = house.api_token(&town.carol_id, Some("acme"), None).await;
        assert_eq!(town.sees(&carol).await, 404);
    }

    async fn s3_7_webhooks_tell_the_owner_when_it_begins_and_how_it_ends(house: House) {
        let town = Town::with(house.kind).await;
        let house = &town.vault.house;
        let receiver = Receiver::open();
        for ask in [json!({ "url": receiver.url }), json!({ "url": format!("{}/some", receiver.url), "events": ["account.closed"] })] {
            assert_eq!(town.vault.bob.posts("/v1/webhooks", &ask).await.status, 201);
        }
        // By what the provider calls it; then it is over by the clock.
        let by_name = format!("/v1/sources/crm/accounts/{}/break_glass", town.external);
        town.carol.posts(&by_name, &json!({ "reason": "the import is stuck" })).await.ok();
        house.wait(HOUR);
        assert_eq!(symbolon::vault::break_glass::purge(&house.app).await.expect("ends"), 1);
        // Closed by whoever had it.
        town.opens(&town.carol, &json!({ "reason": "once more" })).await.ok();
        let mut carol = town.browser("carol").await;
        let page = carol.get(&format!("/admin/connections/{}", town.account)).await;
        sends(&mut carol, &page, "#close", &[]).await;
        // And with them when they leave.
        town.opens(&town.carol, &json!({ "reason": "a third time" })).await.ok();
        let (_, root) = house.api_token(&house.admin("root").await, None, Some("symbolon:admin")).await;
        assert_eq!(root.does("DELETE", &format!("/v1/admin/workspaces/acme/members/{}", town.carol_id)).await.status, 204);
        // Nothing that ended ends again.
        house.wait(HOUR);
        assert_eq!(symbolon::vault::break_glass::purge(&house.app).await.expect("ends"), 0);
        let all: Vec<Value> = receiver.until(9).await.iter().map(|one| json!([one.path, one.json()["type"], one.json()["data"]["detail"]])).collect();
        let kinds = |path: &str| all.iter().filter(|one| one[0] == path).map(|one| one[1].as_str().expect("a type").to_owned()).collect::<Vec<_>>();
        assert_eq!(kinds("/"), ["account.opened", "account.closed"].repeat(3));
        assert_eq!(kinds("/some"), ["account.closed"; 3]);
        let subject = format!("user:{}", town.carol_id);
        let ends: Vec<&Value> = all.iter().filter(|one| one[0] == "/some").map(|one| &one[2]).collect();
        let ended = |why: &str| json!({ "subject": subject, "reason": why });
        assert_eq!(ends, [&ended("over"), &ended("done"), &ended("left")]);
        assert_eq!(all.iter().find(|one| one[1] == "account.opened").map(|one| &one[2]["reason"]), Some(&json!("the import is stuck")));
        let events = town.vault.bob.does("GET", &format!("/v1/accounts/{}/events", town.account)).await.ok();
        let actors: Vec<&str> = events.body["data"].as_array().expect("a list").iter().filter(|one| one["type"] == "account.closed").filter_map(|one| one["actor"].as_str()).collect();
        assert_eq!((actors.len(), actors[1], actors[2]), (3, &*subject, "system"), "the latest first");
    }

    async fn s3_7_a_workspace_switches_break_glass_off(house: House) {
        let town = Town::with(house.kind).await;
        let house = &town.vault.house;
        let scoped = async |id: &str| house.api_token(id, Some("acme"), Some("openid symbolon:workspaces")).await.1;
        let ada = scoped(&house.user_id("ada").await).await;
        let off = json!({ "break_glass": false });
        // Its owners say so, not its admins.
        assert_eq!(scoped(&town.carol_id).await.patches("/v1/workspaces/acme", &off).await.status, 403);
        assert_eq!(ada.patches("/v1/workspaces/acme", &off).await.ok().body["break_glass"], false);
        let reason = json!({ "reason": "in a hurry" });
        town.opens(&town.carol, &reason).await.is_problem(403, "break_glass_off");
        assert_eq!(town.sees(&town.carol).await, 404);
        let (code, out, _) = house.command("workspace break-glass acme on --format json").await;
        assert!(code == 0 && out.contains("\"break_glass\": true"), "{out}");
        town.opens(&town.carol, &reason).await.ok();
        let trail = house.raw().await.texts("SELECT actor FROM audit_events WHERE action = 'workspace.break_glass_set' ORDER BY id").await;
        assert_eq!(trail.len(), 2);
        let (_, root) = house.api_token(&house.admin("root").await, None, Some("symbolon:admin")).await;
        assert_eq!(answer(root.request("PATCH", "/v1/admin/workspaces/acme").json(&off)).await.ok().body["break_glass"], false);
        assert_eq!(root.does("GET", "/v1/admin/workspaces/acme").await.ok().body["break_glass"], false);
    }

    async fn s3_7_the_console_has_figures_of_everyones_connections_and_names_of_nobodys(house: House) {
        let town = Town::with(house.kind).await;
        let house = &town.vault.house;
        let (lost, given) = town.vault.brings("yan").await;
        town.vault.crm.withdraws(&given.grant);
        house.wait(Duration::from_secs(7_200));
        town.vault.reads(&lost).await.is_problem(409, "account_disabled");
        let mut carol = town.browser("carol").await;
        let page = carol.get("/admin/connections").await;
        assert_eq!(page.status, 200);
        let text = said(&page);
        assert!(text.contains("Access was taken back at the service: 1."), "{text}");
        for hidden in [&*town.account, &*town.external, "zoe", "yan", "bob@example.com"] {
            assert!(!page.body.contains(hidden), "{hidden}: {text}");
        }
        for id in [&*town.account, &*lost, "acc_nothing"] {
            assert_eq!(carol.get(&format!("/admin/connections/{id}")).await.status, 404, "{id}");
        }
        // What a misconfigured source holds up comes first.
        town.vault.ada.patches(&format!("/v1/sources/{}", town.vault.source), &json!({ "client_secrets": ["wrong"] })).await.ok();
        town.vault.ada.does("POST", &format!("/v1/sources/{}/verify", town.vault.source)).await.ok();
        let text = said(&carol.get("/admin/connections").await);
        assert!(text.contains("refuses your application") && text.contains("wait until it is mended: 1."), "{text}");
        town.vault.ada.patches(&format!("/v1/sources/{}", town.vault.source), &json!({ "client_secrets": [crate::support::vault::SECRET] })).await.ok();
        assert!(!said(&carol.get("/admin/connections").await).contains("refuses your application"));

        // Opened with a reason, by what the provider calls it; the form says what is wrong.
        let page = carol.get("/admin/connections").await;
        let answered = sends(&mut carol, &page, "#open", &[("account", "nobody"), ("source", &*town.vault.source), ("reason", "lost")]).await;
        assert!(answered.status == 422 && said(&answered).contains("There is no such connection"), "{}", said(&answered));
        let answered = sends(&mut carol, &page, "#open", &[("account", &town.external), ("source", &*town.vault.source), ("reason", " ")]).await;
        assert!(answered.status == 422 && said(&answered).contains("Say why"), "{}", said(&answered));
        let seen = sends(&mut carol, &page, "#open", &[("account", &town.external), ("source", &*town.vault.source), ("reason", "stuck import")]).await;
        assert_eq!(seen.status, 200, "{}", said(&seen));
        let text = said(&seen);
        assert!(seen.url.ends_with(&format!("/admin/connections/{}", town.account)), "{}", seen.url);
        assert!(text.contains("You have opened this connection") && text.contains("stuck import") && text.contains("bob@example.com"), "{text}");
        assert!(said(&carol.get("/admin/connections").await).contains("Opened by you"));
        assert!(!carol.get("/account").await.body.contains(&town.account), "their own page has what is theirs");
        // Disabled, enabled, and closed again.
        let off = sends(&mut carol, &seen, "#turn", &[]).await;
        assert!(said(&off).contains("Somebody here disabled it") && said(&off).contains("by carol@example.com"), "{}", said(&off));
        let on = sends(&mut carol, &off, "#turn", &[]).await;
        assert!(!said(&on).contains("Somebody here disabled it. "), "{}", said(&on));
        let closed = sends(&mut carol, &on, "#close", &[]).await;
        assert!(closed.url.contains("/admin/connections?workspace=acme"), "{}", closed.url);
        assert_eq!(carol.get(&format!("/admin/connections/{}", town.account)).await.status, 404);

        // An old session proves itself first, of whoever only manages a workspace too.
        let page = carol.get("/admin/connections").await;
        house.wait(Duration::from_secs(1_200));
        let asked = sends(&mut carol, &page, "#open", &[("account", &town.account), ("reason", "again")]).await;
        assert!(asked.first("[name=proof_password]").is_some(), "{}", said(&asked));
        assert_eq!(town.sees(&town.carol).await, 404);
    }

    async fn s3_7_what_people_leave_behind_is_given_to_somebody_else(house: House) {
        let town = Town::with(house.kind).await;
        let house = &town.vault.house;
        let root = house.admin("root").await;
        let (_, api) = house.api_token(&root, None, Some("symbolon:admin")).await;
        assert_eq!(api.does("DELETE", &format!("/v1/admin/workspaces/acme/members/{}", town.vault.bob_id)).await.status, 204);
        let mut root = town.browser("root").await;
        let page = root.get("/admin/connections").await;
        assert!(said(&page).contains("The owners of these have left"), "{}", said(&page));
        let link = page.first("#attention td a, #attention th a").expect("a link")["href"].clone();
        let page = root.get(&link).await;
        let seen = sends(&mut root, &page, "#open", &[("reason", "Bob left")]).await;
        assert!(seen.status == 200 && said(&seen).contains("its owner left the workspace"), "{}", said(&seen));
        let no = sends(&mut root, &seen, "#transfer", &[("email", "nobody@example.com")]).await;
        assert!(no.status == 422 && said(&no).contains("Nobody in this workspace has this address"), "{}", said(&no));
        let given = sends(&mut root, &seen, "#transfer", &[("email", "ada@example.com")]).await;
        assert!(given.status == 200 && said(&given).contains("Given to ada@example.com"), "{}", said(&given));
        assert!(!said(&root.get("/admin/connections").await).contains("The owners of these have left"));
        assert_eq!(town.sees(&town.vault.ada).await, 409, "hers, and disabled still");
        let path = format!("/v1/accounts/{}", town.account);
        assert_eq!(town.vault.ada.patches(&path, &json!({ "state": "active" })).await.ok().body["data"]["state"], "active");
        assert_eq!(town.sees(&town.vault.ada).await, 200);

        // The workspace's own: listed, found by filters, deleted with its name typed in.
        town.vault.ada.patches(&path, &json!({ "owner": "workspace" })).await.ok();
        let mut carol = town.browser("carol").await;
        let page = carol.get("/admin/connections?workspace=acme").await;
        assert!(page.first(&format!("#accounts [data-id=\"{}\"]", town.account)).is_some(), "{}", said(&page));
        for (filter, there) in [("state=active", true), ("state=disabled", false), ("health=ok", true), ("health=degraded", false)] {
            let page = carol.get(&format!("/admin/connections?workspace=acme&{filter}")).await;
            assert_eq!(page.first(&format!("#accounts [data-id=\"{}\"]", town.account)).is_some(), there, "{filter}");
        }
        let seen = carol.get(&format!("/admin/connections/{}", town.account)).await;
        let no = sends(&mut carol, &seen, "#delete", &[("confirm", "zoe?")]).await;
        assert_eq!(no.status, 422);
        let gone = sends(&mut carol, &seen, "#delete", &[("confirm", &town.external)]).await;
        assert!(gone.url.contains("/admin/connections?workspace=acme") && gone.status == 200);
        assert_eq!(carol.get(&format!("/admin/connections/{}", town.account)).await.status, 404);
    }

    async fn s3_7_auditors_look_and_members_dont(house: House) {
        let town = Town::with(house.kind).await;
        let house = &town.vault.house;
        let path = format!("/v1/accounts/{}", town.account);
        house.person("audrey").await;
        assert_eq!(house.command("user role audrey@example.com auditor").await.0, 0);
        let mut audrey = town.browser("audrey").await;
        let page = audrey.get("/admin/connections?workspace=acme").await;
        assert!(page.status == 200 && page.first("form#open").is_none() && !page.body.contains(&town.account), "{}", said(&page));
        assert_eq!(audrey.get(&format!("/admin/connections/{}", town.account)).await.status, 404);
        let mut carol = town.browser("carol").await;
        let form = carol.get("/admin/connections").await;
        let mut forged = filled(&form, "#open", &[("account", &*town.account), ("reason", "curious")]);
        forged.retain(|(name, _)| name != "csrf");
        let csrf = page.form("form").into_iter().find(|(name, _)| name == "csrf");
        forged.extend(csrf);
        assert!([400, 403].contains(&audrey.post("/admin/connections/open", &forged).await.status));
        let mut bob = town.browser("bob").await;
        assert_eq!(bob.get("/admin/connections").await.status, 404);
        assert_eq!(bob.get(&format!("/admin/connections/{}", town.account)).await.status, 404, "his own is on his page");
        // Who manages another workspace sees nothing of this one.
        let eve = house.person("eve").await;
        house.workspace("other", &[(&eve, Standing::Owner)]).await;
        let mut eve = town.browser("eve").await;
        assert_eq!(eve.get("/admin/connections?workspace=acme").await.status, 404);
        assert!(!eve.get("/admin/connections").await.body.contains(&town.vault.source));
        // What is shared with somebody to be seen can't be changed here.
        let share = format!("{path}/shares/user:{}", town.carol_id);
        assert_eq!(town.vault.bob.puts(&share, &json!({ "level": "view" })).await.status, 204);
        let seen = carol.get(&format!("/admin/connections/{}", town.account)).await;
        assert!(seen.status == 200 && seen.first("form#turn").is_none() && seen.first("form#delete").is_none());
        assert_eq!(carol.post(&format!("/admin/connections/{}/turn", town.account), &filled(&form, "#open", &[("to", "disabled")])).await.status, 404);
        assert_eq!(town.sees(&town.vault.bob).await, 200);
    }
}
