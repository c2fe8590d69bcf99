//! The admin console, through forms only: who may see and do what, and that each page does what it says.

use crate::on_both;
use crate::support::browser::View;
use crate::support::{Browser, House};
use serde_json::json;
use symbolon::base::id::UserId;
use symbolon::people::workspaces::Standing;
use symbolon::people::{self, Role};

type Fields = Vec<(String, String)>;

/// Somebody with this role, signed in by way of the page that they wanted.
async fn somebody(house: &House, name: &str, role: Role) -> (Browser, String) {
    let sub = house.person(name).await;
    let id = UserId::from(sub.as_str());
    let user = people::store::by_id(&house.app.db, &id).await.expect("reads").expect("somebody");
    let mut tx = house.app.db.begin().await.expect("begins");
    people::store::set_profile(&mut tx, &id, &user.profile, role, house.now()).await.expect("sets");
    tx.commit().await.expect("commits");
    let mut browser = house.browser();
    let page = browser.get("/admin/clients").await;
    browser.signs_in(&page, name).await;
    (browser, sub)
}

fn pairs(given: &[(&str, &str)]) -> Fields {
    given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// The form of this id as the page has it, with other values.
#[track_caller]
fn filled(view: &View, form: &str, given: &[(&str, &str)]) -> (String, Fields) {
    let action = view.first(&format!("form#{form}")).unwrap_or_else(|| panic!("no form {form}: {}", view.body));
    let mut fields = view.form(&format!("form#{form}"));
    fields.retain(|(name, _)| !given.iter().any(|(other, _)| other == name));
    fields.extend(pairs(given));
    (action["action"].clone(), fields)
}

/// Fills a form in and sends it; goes where it leads.
async fn sends(browser: &mut Browser, view: &View, form: &str, given: &[(&str, &str)]) -> View {
    let (action, fields) = filled(view, form, given);
    browser.post(&action, &fields).await
}

fn text_of(view: &View, selector: &str) -> String {
    let html = scraper::Html::parse_document(&view.body);
    let selector = scraper::Selector::parse(selector).expect("a selector");
    html.select(&selector).flat_map(|element| element.text()).collect()
}

const SHOP: &str = "https://shop.example/cb";

/// A client made through the console; gives its id and its secret.
async fn registers(browser: &mut Browser, name: &str) -> (String, String) {
    let form = browser.get("/admin/clients/new?kind=web").await;
    let made = sends(browser, &form, "register", &[("client_name", name), ("redirect_uris", SHOP)]).await;
    assert_eq!(made.status, 201, "{}", made.text());
    (text_of(&made, "#client_id"), text_of(&made, "#client_secret"))
}

on_both! {
    async fn a_client_is_registered_changed_and_deleted_through_forms(house: House) {
        let (mut browser, _) = somebody(&house, "ada", Role::Admin).await;
        let (id, secret) = registers(&mut browser, "Shop").await;
        let show = format!("/admin/clients/{id}");
        let client = |secret: &str| {
            let request = house.http().post(format!("{}/oauth2/introspect", house.url)).basic_auth(&id, Some(secret));
            let request = request.form(&[("token", "x")]);
            async move { request.send().await.expect("an answer").status().as_u16() }
        };
        assert_eq!((client(&secret).await, client("wrong").await), (200, 401), "the secret on the page is the client's");

        // Sent twice, the form makes one client.
        let form = browser.get("/admin/clients/new?kind=web").await;
        let (action, fields) = filled(&form, "register", &[("client_name", "Twice"), ("redirect_uris", SHOP)]);
        assert_eq!(browser.post(&action, &fields).await.status, 201);
        let again = browser.post(&action, &fields).await;
        assert_eq!(again.status, 409);
        assert!(again.first("#client_secret").is_none() && again.first("#problem").is_some(), "{}", again.body);

        // What can't be accepted is told at its field, and nothing that was typed is lost.
        let wrong = [("client_name", "Till"), ("redirect_uris", "https://till.example/a\nhttps://till.example/#b"), ("scope", "openid till")];
        let told = sends(&mut browser, &form, "register", &wrong).await;
        assert_eq!(told.status, 422);
        assert!(text_of(&told, "#register-redirect_uris-wrong").contains("https://till.example"), "{}", told.body);
        let kept = told.form("form#register");
        for (name, value) in wrong {
            let have = kept.iter().find(|(have, _)| have == name).map(|(_, value)| value.trim().to_owned());
            assert_eq!(have.as_deref(), Some(value), "{name}");
        }
        let fresh = browser.get("/admin/clients/new?kind=web").await;
        let id_of = |view: &View| view.form("form#register").into_iter().find(|(name, _)| name == "client_id");
        assert!(id_of(&again) != id_of(&form), "sent once more, it is another client");
        let right = sends(&mut browser, &fresh, "register", &[("client_name", "Till"), ("redirect_uris", "https://till.example/a")]).await;
        assert_eq!(right.status, 201, "{}", right.text());

        // Changed: first by somebody who read an older state.
        let page = browser.get(&show).await;
        let changed = sends(&mut browser, &page, "edit", &[("client_name", "Shop 2"), ("scope", "openid email")]).await;
        assert_eq!((changed.status, text_of(&changed, "h1")), (200, "Shop 2".to_owned()));
        let stale = sends(&mut browser, &page, "edit", &[("client_name", "Shop 3")]).await;
        assert_eq!((stale.status, text_of(&stale, "h1")), (409, "Shop 2".to_owned()));
        assert!(stale.form("form#edit").contains(&("client_name".to_owned(), "Shop 3".to_owned())), "{}", stale.body);

        // Secrets: a new one beside the old one.
        let rotated = sends(&mut browser, &stale, "rotate", &[("overlap", "3600")]).await;
        let fresh = text_of(&rotated, "#client_secret");
        assert!(fresh.starts_with("sym_cs_") && fresh != secret, "{}", rotated.body);
        assert_eq!((client(&secret).await, client(&fresh).await), (200, 200));
        house.wait(std::time::Duration::from_secs(3601));
        assert_eq!((client(&secret).await, client(&fresh).await), (401, 200));
        let page = browser.get(&show).await;
        assert!(!page.body.contains(&fresh) && !page.body.contains(&secret), "shown once");

        // A redirect URI to try.
        for (tried, expected) in [
            (SHOP.to_owned(), "It matches"),
            (format!("{SHOP}/"), "Only by a slash at the end"),
            (SHOP.to_uppercase(), "Only in upper and lower case"),
            (SHOP.replace("https", "http"), "In the scheme"),
            (format!("{SHOP}?x=1"), "Only in the query"),
            (SHOP.replace("shop", "evil"), "In the host, or altogether"),
        ] {
            let mut query = symbolon::web::Params::default();
            query.push("redirect_uri", &tried);
            let page = browser.get(&format!("{show}?{}", query.encode())).await;
            assert!(text_of(&page, "#redirect").contains(expected), "{tried}: {}", text_of(&page, "#redirect"));
        }

        // Stopped and started again.
        let page = sends(&mut browser, &page, "disable", &[]).await;
        assert!(page.first("form#enable").is_some() && client(&fresh).await == 401, "{}", page.body);
        let page = sends(&mut browser, &page, "enable", &[]).await;
        assert!(page.first("form#disable").is_some() && client(&fresh).await == 200, "{}", page.body);

        // Deleted, once its name is typed; and after a fresh proof of who is there (see `sudo`).
        house.sql(&format!("UPDATE sessions SET proved_at = {}", house.now().millis())).await;
        for typed in ["", "shop 2", "yes"] {
            let told = sends(&mut browser, &page, "delete", &[("confirm", typed)]).await;
            assert_eq!((told.status, client(&fresh).await), (422, 200), "{typed}");
            assert!(told.first("#delete-confirm-wrong").is_some(), "{}", told.body);
        }
        let gone = sends(&mut browser, &page, "delete", &[("confirm", "Shop 2")]).await;
        assert_eq!((gone.status, browser.get(&show).await.status, client(&fresh).await), (200, 404, 401));
        let events = symbolon::audit::about(&house.app.db, &format!("client:{id}"), 20).await.expect("reads");
        let actions: Vec<&str> = events.iter().rev().map(|event| event.action.as_str()).collect();
        let expected = ["client.created", "client.updated", "client.secret_rotated", "client.disabled", "client.enabled", "client.deleted"];
        assert_eq!(actions, expected);
        assert!(events.iter().all(|event| event.actor.starts_with("user:") && event.request_id.is_some()));
        assert!(events.iter().all(|event| !event.detail.to_string().contains(&fresh)));
    }

    async fn registering_a_client_takes_at_most_five_interactions(house: House) {
        let (mut browser, _) = somebody(&house, "ada", Role::Owner).await;
        let mut interactions = 0;
        let mut page = browser.get("/admin/clients").await;
        for link in ["#new-client", "a[href$='kind=web']"] {
            interactions += 1;
            let href = page.first(link).unwrap_or_else(|| panic!("{link}: {}", page.body))["href"].clone();
            page = browser.get(&href).await;
        }
        let typed = [("client_name", "Shop"), ("redirect_uris", SHOP)];
        interactions += typed.len();
        interactions += 1;
        let made = sends(&mut browser, &page, "register", &typed).await;
        assert_eq!(made.status, 201, "{}", made.text());
        assert!(interactions <= 5, "{interactions}");
        for program in ["curl-flow", "node", "python", "rust"] {
            let program = text_of(&made, &format!("pre#{program}"));
            assert!(program.contains(&text_of(&made, "#client_id")) && program.contains("sym_cs_"), "{program}");
        }
        // Every other kind needs no more.
        for (kind, more) in [("single-page", SHOP), ("native", "app.example:/cb"), ("mcp", "http://127.0.0.1/cb"), ("machine", "")] {
            let page = browser.get(&format!("/admin/clients/new?kind={kind}")).await;
            let made = sends(&mut browser, &page, "register", &[("client_name", kind), ("redirect_uris", more)]).await;
            assert_eq!(made.status, 201, "{kind}: {}", made.text());
            assert_eq!(made.first("#client_secret").is_some(), kind == "machine", "{kind}");
        }
    }

    async fn lists_of_a_thousand_clients_go_page_by_page(house: House) {
        let (mut browser, _) = somebody(&house, "ada", Role::Auditor).await;
        let metadata = |n: usize| {
            let members = json!({ "client_name": format!("App {n:04}"), "redirect_uris": [SHOP] });
            symbolon::admin::metadata(members.as_object().cloned().expect("members")).expect("metadata")
        };
        let mut tx = house.app.db.begin().await.expect("begins");
        for n in 0..1000 {
            let id = symbolon::base::id::ClientId::from(format!("app-{n:04}"));
            let made = symbolon::clients::store::create(&mut tx, &id, &metadata(n), &[], house.now()).await;
            assert!(made.expect("creates"));
        }
        tx.commit().await.expect("commits");
        let (mut seen, mut url, mut pages) = (Vec::new(), "/admin/clients?limit=200".to_owned(), 0);
        loop {
            let page = browser.get(&url).await;
            let html = scraper::Html::parse_document(&page.body);
            let rows = scraper::Selector::parse("tr[data-id]").expect("a selector");
            seen.extend(html.select(&rows).map(|row| row.value().attr("data-id").expect("an id").to_owned()));
            pages += 1;
            match page.first("a[rel=next]") {
                Some(next) => url = next["href"].clone(),
                None => break,
            }
        }
        assert_eq!((seen.len(), pages), (1000, 5));
        assert!(seen.is_sorted() && seen.first().is_some_and(|id| id == "app-0000"));
        let found = browser.get("/admin/clients?search=app+0042").await;
        assert_eq!(text_of(&found, "tr[data-id] th").trim(), "App 0042");
        for bent in ["cursor=x", "limit=0", "limit=201", "cursor=a&cursor=b", "search=%FF"] {
            let view = browser.get(&format!("/admin/clients?{bent}")).await;
            assert_eq!((view.status, view.error_code().as_deref()), (400, Some("invalid_request")), "{bent}");
        }
    }

    async fn people_are_found_by_how_their_address_begins(house: House) {
        let (mut browser, _) = somebody(&house, "zoe", Role::Auditor).await;
        for n in 0..120 {
            house.person(&format!("person{n:03}")).await;
        }
        house.workspace("small", &[(&house.person("person").await, Standing::Member)]).await;
        for (list, found) in [("/admin/users", 121), ("/admin/workspaces/default", 121), ("/admin/workspaces/small", 1)] {
            let (mut seen, mut url) = (Vec::new(), format!("{list}?limit=50&search=PERSON"));
            loop {
                let page = browser.get(&url).await;
                let html = scraper::Html::parse_document(&page.body);
                let rows = scraper::Selector::parse("tr[data-id] th").expect("a selector");
                seen.extend(html.select(&rows).map(|row| row.text().collect::<String>()));
                match page.first("a[rel=next]") {
                    Some(next) => url = next["href"].clone(),
                    None => break,
                }
            }
            assert_eq!(seen.len(), found, "{list}");
            assert!(seen.is_sorted() && seen.iter().all(|email| email.starts_with("person")), "{list}: {seen:?}");
            for (search, found) in [("person00", 10), ("erson", 0), ("person%25", 0), ("person_", 0), ("z", 1), ("~", 0)] {
                let page = browser.get(&format!("{list}?search={search}")).await;
                let found = if list.ends_with("small") { 0 } else { found };
                assert_eq!(page.body.matches("<tr data-id").count(), found, "{list} {search}");
            }
        }
    }

    async fn people_are_made_stopped_and_deleted_through_forms(house: House) {
        let (mut browser, own) = somebody(&house, "ada", Role::Owner).await;
        let page = browser.get("/admin/users/new").await;
        let typed = [("email", "bo@example.com"), ("name", "Bo"), ("password", "short"), ("role", "auditor")];
        let told = sends(&mut browser, &page, "create", &typed).await;
        assert_eq!(told.status, 422);
        assert!(told.first("#create-password-wrong").is_some() && !told.body.contains("short"), "{}", told.body);
        assert!(told.form("form#create").contains(&("email".to_owned(), "bo@example.com".to_owned())));
        let typed = [("password", "correct horse battery staple")];
        let made = sends(&mut browser, &told, "create", &typed).await;
        assert_eq!((made.status, text_of(&made, "h1")), (200, "bo@example.com".to_owned()), "{}", made.text());
        let twice = sends(&mut browser, &page, "create", &[("email", "BO@example.com")]).await;
        assert_eq!((twice.status, twice.first("#create-email-wrong").is_some()), (409, true), "{}", twice.body);
        let bo = made.url.rsplit('/').next().expect("an id").to_owned();
        let user = async || people::store::by_id(&house.app.db, &UserId::from(bo.as_str())).await.expect("reads");
        assert_eq!(user().await.map(|user| user.role), Some(Role::Auditor));

        let page = sends(&mut browser, &made, "role", &[("role", "admin")]).await;
        assert_eq!((page.status, user().await.map(|user| user.role)), (200, Some(Role::Admin)));
        let page = sends(&mut browser, &page, "disable", &[]).await;
        assert_eq!((page.status, user().await.map(|user| user.enabled)), (200, Some(false)));
        let page = sends(&mut browser, &page, "enable", &[]).await;
        assert_eq!((page.status, user().await.map(|user| user.enabled)), (200, Some(true)));
        let page = sends(&mut browser, &page, "sign-out", &[]).await;
        let hash = async || user().await.and_then(|user| user.password);
        let before = hash().await;
        let new = ("password", "another horse battery staple");
        let told = sends(&mut browser, &page, "password", &[new, ("confirm", "bo")]).await;
        assert_eq!((told.status, hash().await == before), (422, true));
        let page = sends(&mut browser, &page, "password", &[new, ("confirm", "bo@example.com")]).await;
        assert_eq!((page.status, hash().await == before), (200, false));
        let told = sends(&mut browser, &page, "delete", &[("confirm", "Bo")]).await;
        assert_eq!((told.status, user().await.is_some()), (422, true));
        let gone = sends(&mut browser, &page, "delete", &[("confirm", "bo@example.com")]).await;
        assert_eq!((gone.status, user().await.is_some()), (200, false));

        // The last admin stays, and an admin gives nobody a role.
        let page = browser.get(&format!("/admin/users/{own}")).await;
        let kept = sends(&mut browser, &page, "disable", &[]).await;
        assert_eq!(kept.status, 409, "{}", kept.text());
        let (mut admin, _) = somebody(&house, "adm", Role::Admin).await;
        let page = admin.get(&format!("/admin/users/{own}")).await;
        assert!(page.first("form#role").is_none(), "{}", page.body);
        assert_eq!(sends(&mut admin, &page, "disable", &[]).await.status, 403);
    }

    async fn ad_09_who_manages_a_workspace_sees_and_changes_that_one_only(house: House) {
        let (mut root, _) = somebody(&house, "root", Role::Owner).await;
        let ada = house.person("ada").await;
        let (ben, eve, zoe) = (house.person("ben").await, house.person("eve").await, house.person("zoe").await);
        house.workspace("north", &[(&ada, Standing::Admin), (&ben, Standing::Member), (&eve, Standing::Owner)]).await;
        house.workspace("south", &[(&zoe, Standing::Owner), (&ada, Standing::Member)]).await;
        let mut browser = house.browser();
        let page = browser.get("/admin/workspaces").await;
        let page = browser.signs_in(&page, "ada").await;
        assert_eq!(page.status, 200, "{}", page.body);
        // Their own one, and nothing else of the console.
        assert_eq!(page.body.matches("<tr data-id").count(), 1);
        assert_eq!(page.body.matches("<nav aria-label").count(), 1);
        assert!(page.first("a[href='/admin/workspaces/north']").is_some() && page.first("#create").is_none(), "{}", page.body);
        assert!(browser.get("/").await.first("a[href='/admin/workspaces']").is_some());
        assert_eq!(browser.get("/admin").await.first("h1").is_some(), page.first("h1").is_some(), "led to their workspaces");
        for path in pages("nothing", &ben).iter().filter(|path| !path.starts_with("/admin/workspaces") && *path != "/admin") {
            assert_eq!(browser.get(path).await.status, 404, "{path}");
        }
        for path in ["/admin/workspaces/south", "/admin/workspaces/default", "/admin/workspaces/nowhere"] {
            assert_eq!(browser.get(path).await.status, 404, "{path}");
        }
        let page = browser.get("/admin/workspaces/north").await;
        assert!(page.first("#delete").is_none() && page.first("a[href^='/admin/users']").is_none(), "{}", page.body);
        assert_eq!(text_of(&page, "#apps tbody"), "");
        // What acts there, and nowhere else.
        let client = house.client_with(|m| (m.client_name, m.trusted) = ("Timesheets".to_owned(), true)).await;
        client.tokens(&mut house.browser(), "ben", &[("scope", "openid")]).await;
        house.sql("UPDATE grants SET workspace = 'north'").await;
        let page = browser.get("/admin/workspaces/north").await;
        assert!(text_of(&page, "#apps tbody").contains("Timesheets"), "{}", page.body);
        let csrf = page.form("#rename").into_iter().find(|(name, _)| name == "csrf").expect("a field").1;
        // Every form, at what is theirs and at what isn't.
        let before = house.state().await;
        for slug in ["south", "default", "nowhere"] {
            for (what, fields) in [
                ("", vec![("name", "Mine")]),
                ("/add", vec![("user", "ben@example.com"), ("role", "member")]),
                ("/remove", vec![("user", zoe.as_str())]),
                ("/invite", vec![("email", "new@example.com"), ("role", "member")]),
                ("/delete", vec![("confirm", slug)]),
            ] {
                let fields: Fields = fields.iter().chain([&("csrf", csrf.as_str())]).map(|(k, v)| (k.to_string(), v.to_string())).collect();
                let view = browser.post_once(&format!("/admin/workspaces/{slug}{what}"), &fields).await;
                // Where they are a member they know that it is there, but may do nothing.
                let allowed: &[u16] = if slug == "nowhere" { &[404] } else { &[403, 404] };
                assert!(allowed.contains(&view.status), "{slug}{what}: {}", view.status);
            }
        }
        for (path, fields) in [
            ("/admin/workspaces", vec![("slug", "mine"), ("name", "Mine")]),
            ("/admin/workspaces/north/delete", vec![("confirm", "north")]),
            ("/admin/users", vec![("email", "x@example.com")]),
            ("/admin/invitations", vec![("email", "x@example.com")]),
            ("/admin/keys/rotate", vec![]),
        ] {
            let fields: Fields = fields.iter().chain([&("csrf", csrf.as_str())]).map(|(k, v)| (k.to_string(), v.to_string())).collect();
            assert_eq!(browser.post_once(path, &fields).await.status, 404, "{path}");
        }
        assert!(house.state().await == before, "nothing of it was done");
        // Whether somebody has an account isn't told; who is in it can be given a role, but not an owner's.
        for nobody in ["zoe@example.com", "nobody@example.com"] {
            let page = browser.get("/admin/workspaces/north").await;
            let page = sends(&mut browser, &page, "add", &[("user", nobody), ("role", "member")]).await;
            assert_eq!((page.status, page.body.contains("Nobody here has this address")), (422, true), "{nobody}");
        }
        let page = browser.get("/admin/workspaces/north").await;
        assert_eq!(sends(&mut browser, &page, "add", &[("user", "ben@example.com"), ("role", "owner")]).await.status, 403);
        assert_eq!(sends(&mut browser, &page, "add", &[("user", "eve@example.com"), ("role", "member")]).await.status, 403);
        let page = sends(&mut browser, &page, "rename", &[("name", "Northwind")]).await;
        assert_eq!(text_of(&page, "h1"), "Northwind");
        // Invitations: the same for those with an account and those without, and no higher than they are.
        for email in ["zoe@example.com", "new@example.com"] {
            let page = browser.get("/admin/workspaces/north").await;
            let made = sends(&mut browser, &page, "invite", &[("email", email), ("name", ""), ("role", "member")]).await;
            assert!(made.status == 201 && text_of(&made, "#link").contains("/invite?token="), "{}", made.body);
        }
        let page = browser.get("/admin/workspaces/north").await;
        assert_eq!(sends(&mut browser, &page, "invite", &[("email", "a@example.com"), ("role", "owner")]).await.status, 403);
        assert_eq!(page.body.matches("/revoke-invite").count(), 2);
        let first = page.first("#invitations tr[data-id]").expect("a row")["data-id"].clone();
        let fields: Fields = pairs(&[("csrf", &csrf), ("id", &first)]);
        browser.post_once("/admin/workspaces/north/revoke-invite", &fields).await;
        assert_eq!(browser.get("/admin/workspaces/north").await.body.matches("/revoke-invite").count(), 1);
        let fields: Fields = pairs(&[("csrf", &csrf), ("user", &ben)]);
        assert_eq!(browser.post_once("/admin/workspaces/north/remove", &fields).await.status, 303);
        // Who looks after the deployment sees them all, and invites into none too.
        let page = root.get("/admin/invitations").await;
        assert_eq!(page.body.matches("<tr data-id").count(), 1);
        let made = sends(&mut root, &page, "invite", &[("email", "y@example.com"), ("name", "Y")]).await;
        assert_eq!(made.status, 201, "{}", made.body);
        let taken = sends(&mut root, &page, "invite", &[("email", "zoe@example.com"), ("name", "")]).await;
        assert_eq!(taken.status, 409, "{}", taken.body);
        assert_eq!(root.get("/admin/invitations").await.body.matches("<tr data-id").count(), 2);
    }

    async fn workspaces_and_their_members_are_managed_through_forms(house: House) {
        let (mut browser, _) = somebody(&house, "ada", Role::Admin).await;
        let bo = house.person("bo").await;
        let page = browser.get("/admin/workspaces").await;
        let told = sends(&mut browser, &page, "create", &[("name", "Acme"), ("slug", "Acme Corp")]).await;
        assert_eq!((told.status, told.first("#create-slug-wrong").is_some()), (422, true), "{}", told.body);
        let acme = sends(&mut browser, &told, "create", &[("slug", "acme")]).await;
        assert_eq!((acme.status, text_of(&acme, "h1")), (200, "Acme".to_owned()), "{}", acme.text());
        let told = sends(&mut browser, &acme, "add", &[("user", "nobody@example.com"), ("role", "member")]).await;
        assert_eq!((told.status, told.first("#add-user-wrong").is_some()), (422, true), "{}", told.body);
        let row = format!("tr[data-id='{bo}']");
        for (role, expected) in [("member", "Member"), ("owner", "Owner")] {
            let page = sends(&mut browser, &acme, "add", &[("user", "bo@example.com"), ("role", role)]).await;
            assert!(text_of(&page, &row).contains(expected), "{role}: {}", page.text());
        }
        let page = sends(&mut browser, &acme, "rename", &[("name", "Acme & Co")]).await;
        assert_eq!(text_of(&page, "h1"), "Acme & Co");
        let fields = page.form(&format!("{row} form"));
        let page = browser.post("/admin/workspaces/acme/remove", &fields).await;
        assert_eq!((page.status, page.first(&row).is_some()), (200, false));
        let told = sends(&mut browser, &page, "delete", &[("confirm", "Acme")]).await;
        assert_eq!(told.status, 422);
        let gone = sends(&mut browser, &page, "delete", &[("confirm", "acme")]).await;
        assert_eq!((gone.status, browser.get("/admin/workspaces/acme").await.status), (200, 404));
    }

    async fn grants_are_found_and_ended(house: House) {
        let (mut browser, _) = somebody(&house, "ada", Role::Admin).await;
        let bo = house.person("bo").await;
        let client = house.client().await;
        let mut tokens = Vec::new();
        for _ in 0..3 {
            let got = client.tokens(&mut house.browser(), "bo", &[("prompt", "consent")]).await;
            tokens.push(got.text("access_token").to_owned());
        }
        let of_client = browser.get(&format!("/admin/grants?client={}", client.id)).await;
        let of_user = browser.get("/admin/grants?user=bo@example.com").await;
        let first = crate::support::client::grant_of(&tokens[0]);
        let row = format!("tr[data-id='{first}']");
        assert!(of_client.first(&row).is_some() && of_user.first(&row).is_some(), "{}", of_user.text());
        assert!(text_of(&browser.get("/admin/grants?user=nobody").await, "main").contains("There is no account"));
        let after = browser.post("/admin/grants/end", &of_user.form(&format!("{row} form"))).await;
        assert_eq!((after.status, after.first(&row).is_some()), (200, false), "{}", after.text());
        assert!(!client.active(&tokens[0]).await && client.active(&tokens[1]).await);
        let told = sends(&mut browser, &of_user, "end-all", &[("confirm", "bo")]).await;
        assert!(told.status == 422 && client.active(&tokens[1]).await, "{}", told.text());
        let after = sends(&mut browser, &of_user, "end-all", &[("confirm", "bo@example.com")]).await;
        assert_eq!((after.status, after.first("tr[data-id]").is_some()), (200, false), "{}", after.text());
        assert!(!client.active(&tokens[1]).await && !client.active(&tokens[2]).await);
        let events = symbolon::audit::about(&house.app.db, &format!("user:{bo}"), 1).await.expect("reads");
        assert_eq!(events[0].action, "grants.ended");
    }

    async fn keys_and_invitations_are_managed_through_forms(house: House) {
        let (mut browser, _) = somebody(&house, "ada", Role::Owner).await;
        let page = browser.get("/admin/keys").await;
        let rows = |view: &View| view.body.matches("<tr data-id").count();
        let announced = sends(&mut browser, &page, "rotate", &[("alg", "ES256"), ("when", "announce")]).await;
        assert_eq!((announced.status, rows(&announced)), (200, rows(&page) + 1), "{}", announced.text());
        let kept = symbolon::admin::keys::list(&house.app).await.expect("lists");
        let next = kept.iter().find(|key| key.state.name() == "next").expect("a next key").kid.clone();
        let ask = browser.get(&format!("/admin/keys?retire={next}")).await;
        let told = sends(&mut browser, &ask, "retire", &[("confirm", "RS256")]).await;
        assert_eq!((told.status, told.first("#retire-confirm-wrong").is_some()), (422, true), "{}", told.body);
        let done = sends(&mut browser, &ask, "retire", &[("confirm", "ES256")]).await;
        assert!(text_of(&done, &format!("tr[data-id='{next}']")).contains("Retired"), "{}", done.text());

        let page = browser.get("/admin/registration").await;
        let told = sends(&mut browser, &page, "invite", &[("uses", "0")]).await;
        assert_eq!((told.status, told.first("#invite-uses-wrong").is_some()), (422, true), "{}", told.body);
        let made = sends(&mut browser, &page, "invite", &[("uses", "3"), ("expires_in", "2")]).await;
        let token = text_of(&made, "#token");
        assert!(made.status == 201 && token.starts_with("sym_ia_"), "{}", made.text());
        let page = browser.get("/admin/registration").await;
        assert!(!page.body.contains(&token), "shown once");
        let page = browser.post("/admin/registration/revoke", &page.form("#invites tr form")).await;
        assert!(page.status == 200 && page.first("#invites tr[data-id]").is_none(), "{}", page.text());
    }

    async fn the_trail_is_narrowed_and_taken_along(house: House) {
        let (mut browser, sub) = somebody(&house, "aud", Role::Auditor).await;
        let (mut admin, _) = somebody(&house, "ada", Role::Admin).await;
        let (id, _) = registers(&mut admin, "Shop").await;
        registers(&mut admin, "Till").await;
        let all = browser.get("/admin/audit?action=client.created").await;
        assert_eq!(all.body.matches("<tr data-id").count(), 2, "{}", all.text());
        let one = browser.get(&format!("/admin/audit?action=client.created&object=client:{id}")).await;
        assert_eq!(one.body.matches("<tr data-id").count(), 1, "{}", one.text());
        let paged = browser.get("/admin/audit?action=client.created&limit=1").await;
        let next = paged.first("a[rel=next]").expect("more")["href"].clone();
        let second = browser.get(&next).await;
        assert!(second.body.matches("<tr data-id").count() == 1 && second.body.contains(&id), "{next}");
        for (link, start) in [("#export-jsonl", "{\"id\""), ("#export-csv", "id,at,actor")] {
            let href = one.first(link).expect("a link")["href"].clone();
            let file = browser.get(&href).await;
            assert!(file.status == 200 && file.body.starts_with(start) && file.body.contains(&id), "{}", file.body);
            assert!(file.header("content-disposition").starts_with("attachment"));
            assert!(!file.body.contains("Till"), "narrowed as the page");
        }
        assert_eq!(browser.get("/admin/audit?since=yesterday").await.status, 400);
        // Whoever may not look takes nothing along.
        let (mut una, _) = somebody(&house, "una", Role::User).await;
        assert_eq!(una.get("/admin/audit/export").await.status, 404);
        assert!(!sub.is_empty());
    }

    async fn the_last_day_is_drawn_and_background_work_is_told(house: House) {
        use symbolon::observe::pulse::{self, Measure};
        let (mut browser, _) = somebody(&house, "ada", Role::Auditor).await;
        let drawn = |page: &View, nth: usize| page.first(&format!("#day figure:nth-child({nth}) svg")).expect("a chart")["aria-label"].clone();
        let page = browser.get("/admin").await;
        assert!(drawn(&page, 1).starts_with("Requests: 0 in all") && page.first("#day rect").is_none(), "{}", page.body);
        // Two hours; what is counted twice is written once.
        house.app.pulse.answered(503);
        house.app.pulse.write_down(&house.app.db, house.now()).await.expect("writes");
        house.wait(std::time::Duration::from_secs(3600));
        let (mut browser, _) = somebody(&house, "bo", Role::Auditor).await;
        house.app.pulse.write_down(&house.app.db, house.now()).await.expect("writes");
        house.app.pulse.write_down(&house.app.db, house.now()).await.expect("writes");
        pulse::set(&house.app.db, Measure::Grants, 7, house.now()).await.expect("writes");
        pulse::set(&house.app.db, Measure::Grants, 8, house.now()).await.expect("writes");
        let page = browser.get("/admin").await;
        let requests: Vec<i64> = house.raw().await.texts("SELECT n || '' FROM measures WHERE name = 'requests' ORDER BY hour").await.iter().map(|n| n.parse().expect("a number")).collect();
        assert!(requests.len() == 2 && requests[0] >= 3 && requests[1] >= 3, "{requests:?}");
        assert!(drawn(&page, 1).starts_with(&format!("Requests: {} in all, {} at most", requests.iter().sum::<i64>(), requests.iter().max().expect("some"))), "{}", drawn(&page, 1));
        assert_eq!(drawn(&page, 2), "Server errors: 1 in all, 1 at most in one hour");
        assert_eq!(drawn(&page, 3), "Sign-ins: 2 in all, 1 at most in one hour");
        assert_eq!(drawn(&page, 4), "Active grants: 7 in all, 7 at most in one hour");
        let bars = page.body.matches("<rect").count();
        assert_eq!(bars, 2 + 1 + 2 + 1);
        // A day later nothing of it is shown, and a week later it is gone.
        house.wait(std::time::Duration::from_secs(23 * 3600));
        assert!(drawn(&browser.get("/admin").await, 2).starts_with("Server errors: 0"), "an hour is over after 24 of them");
        house.wait(std::time::Duration::from_secs(9 * 86_400));
        assert!(pulse::purge(&house.app.db, house.now()).await.expect("purges") > 0);
        assert_eq!(house.raw().await.texts("SELECT n || '' FROM measures").await, Vec::<String>::new());
        // What works in the background says how it goes.
        let (mut browser, _) = somebody(&house, "cy", Role::Auditor).await;
        let told = |name: &str, well| house.app.chores.ran(name.to_owned().leak(), std::time::Duration::from_secs(20), house.now(), std::time::Duration::from_millis(3), well);
        told("purge", true);
        told("keys", false);
        let page = browser.get("/admin/jobs").await;
        assert!(text_of(&page, "tr[data-id=purge]").contains("Well"), "{}", page.body);
        assert!(text_of(&page, "tr[data-id=keys]").contains("Failed"), "{}", page.body);
        assert!(text_of(&page, "#waiting").contains("Mails"), "{}", page.body);
    }

    async fn the_overview_says_what_needs_attention_and_settings_where_they_are_from(house: House) {
        let dir = tempfile::tempdir().expect("a directory");
        let file = dir.path().join("symbolon.toml");
        std::fs::write(&file, "name = \"Acme\"\n").expect("written");
        let flags = symbolon::config::Flags {
            config: Some(file.clone()),
            database_url: Some("postgres://me:s3cret@db/x".to_owned()),
            ..Default::default()
        };
        let env = |name: &str| (name == "SYMBOLON_LOG_LEVEL").then(|| "warn".to_owned());
        let loaded = symbolon::config::load(&flags, &env).expect("loads");
        let house = House::with(house.kind, |config| {
            config.written = loaded.config.written;
            config.registration = symbolon::config::Registration::Open;
        }).await;
        let (mut browser, _) = somebody(&house, "ada", Role::Owner).await;
        let page = browser.get("/admin").await;
        let attention = text_of(&page, "#attention");
        assert!(attention.contains("only admin") && attention.contains("registration is open"), "{attention}");
        somebody(&house, "bo", Role::Admin).await;
        let page = browser.get("/admin").await;
        assert!(!text_of(&page, "#attention").contains("only admin"), "{}", page.text());
        let page = browser.get("/admin/settings").await;
        for (name, expected) in [
            ("name", format!("File {}", file.display())),
            ("log.level", "Environment, SYMBOLON_LOG_LEVEL".to_owned()),
            ("database_url", "Set, not shown".to_owned()),
            ("lifetimes.code", "Default".to_owned()),
        ] {
            let row = text_of(&page, &format!("tr[data-id='{name}']"));
            assert!(row.replace(['\u{2068}', '\u{2069}'], "").contains(&expected), "{name}: {row}");
        }
        assert!(!page.body.contains("s3cret"));
    }

    async fn each_role_sees_and_does_what_is_its_own(house: House) {
        let (mut admin, sub) = somebody(&house, "ada", Role::Admin).await;
        let (id, _) = registers(&mut admin, "Shop").await;
        let pages = pages(&id, &sub);
        let mut nobody = house.browser();
        for page in &pages {
            let view = nobody.get(page).await;
            assert!(view.first("#sign-in").is_some(), "{page}: {}", view.status);
        }
        for (name, role, looks, changes) in [
            ("una", Role::User, false, false),
            ("aud", Role::Auditor, true, false),
            ("adm", Role::Admin, true, true),
            ("own", Role::Owner, true, true),
        ] {
            let (mut browser, _) = somebody(&house, name, role).await;
            for page in &pages {
                let view = browser.get(page).await;
                let for_changes = page.contains("/new");
                let expected = match (looks, changes) {
                    (false, _) => 404,
                    (true, false) if for_changes => 403,
                    _ => 200,
                };
                assert_eq!(view.status, expected, "{name} {page}: {}", view.text());
                assert!(changes || view.first("form[method=post]").is_none(), "{name} {page} has forms");
            }
            // A form of another's page, sent all the same.
            let page = admin.get(&format!("/admin/clients/{id}")).await;
            let csrf = if looks { "x".to_owned() } else { String::new() };
            let (action, mut fields) = filled(&page, "disable", &[("csrf", &csrf)]);
            let sent = browser.post_once(&action, &fields).await;
            assert_eq!(sent.status, if looks { 403 } else { 404 }, "{name}");
            // And with a hidden field of their own browser.
            if let Some((_, own)) = own_csrf(&mut browser, &house).await {
                fields.retain(|(name, _)| name != "csrf");
                fields.push(("csrf".to_owned(), own));
                let sent = browser.post_once(&action, &fields).await;
                let expected = match (looks, changes) {
                    (false, _) => 404,
                    (true, false) => 403,
                    (true, true) => 303,
                };
                assert_eq!(sent.status, expected, "{name}");
            }
            let enabled = symbolon::admin::clients::show(&house.app, &id.as_str().into()).await.expect("a client").enabled;
            assert_eq!(enabled, !changes, "{name}");
            let who = symbolon::admin::Acting::new(symbolon::audit::Actor::Cli, Role::Owner, symbolon::web::Call::internal("test"));
            let target = symbolon::admin::clients::Target::from(symbolon::base::id::ClientId::from(id.as_str()));
            symbolon::admin::clients::enable(&house.app, &who, &target).await.expect("enables");
        }
    }

    async fn after_signing_in_people_are_where_they_wanted_to_be(house: House) {
        house.admin("ada").await;
        let mut browser = house.browser();
        let page = browser.get("/admin/clients/new").await;
        assert!(page.first("#sign-in").is_some(), "{}", page.body);
        let there = browser.signs_in(&page, "ada").await;
        assert!(there.url.contains("/admin/clients/new") && there.first("a[href$='kind=web']").is_some(), "{}", there.url);
    }

    async fn forms_from_elsewhere_change_nothing(house: House) {
        let (mut browser, _) = somebody(&house, "ada", Role::Owner).await;
        let (id, _) = registers(&mut browser, "Shop").await;
        let page = browser.get(&format!("/admin/clients/{id}")).await;
        let (action, fields) = filled(&page, "disable", &[]);
        let without: Fields = fields.iter().filter(|(name, _)| name != "csrf").cloned().collect();
        let before = house.state().await;
        assert_eq!(browser.post_once(&action, &without).await.error_code().as_deref(), Some("forged_form"));
        let (mut other, _) = somebody(&house, "eve", Role::User).await;
        let foreign = own_csrf(&mut other, &house).await.expect("a field").1;
        let (_, stolen) = filled(&page, "disable", &[("csrf", &foreign)]);
        assert_eq!(browser.post_once(&action, &stolen).await.status, 403);
        let mut elsewhere = browser.clone();
        elsewhere.fetch_metadata = false;
        elsewhere.headers.insert("origin".to_owned(), "https://evil.example".to_owned());
        assert_eq!(elsewhere.post_once(&action, &fields).await.status, 403);
        assert_eq!(browser.get_once(&action).await.status, 405, "nothing changes by a link");
        let changed = house.changed_since(&before).await;
        assert!(!changed.iter().any(|table| table == "clients"), "{changed:?}");
        assert_eq!(browser.post_once(&action, &fields).await.status, 303, "the honest form works");
    }

    async fn markup_in_names_stays_text(house: House) {
        let (mut browser, _) = somebody(&house, "ada", Role::Owner).await;
        let evil = "\"><script>alert(1)</script><img src=x onerror=alert(1)>'";
        let (id, _) = registers(&mut browser, evil).await;
        for page in [format!("/admin/clients/{id}"), "/admin/clients".to_owned(), "/admin/audit".to_owned(),
                     format!("/admin/clients/{id}?redirect_uri=%22%3E%3Cscript%3Ealert(1)%3C/script%3E"),
                     "/admin/clients?search=%22%3E%3Cscript%3Ealert(1)%3C/script%3E".to_owned()] {
            let view = browser.get(&page).await;
            assert!(view.first("script").is_none() && view.first("img[src=x]").is_none(), "{page}: {}", view.body);
            assert!(view.header("content-security-policy").starts_with("default-src 'none'"), "{page}");
        }
        let page = browser.get(&format!("/admin/clients/{id}")).await;
        assert_eq!(text_of(&page, "h1"), evil);
    }
}

/// All pages that are looked at.
fn pages(client: &str, user: &str) -> Vec<String> {
    let of_client = [format!("/admin/clients/{client}"), format!("/admin/grants?client={client}")];
    let of_user = [format!("/admin/users/{user}"), format!("/admin/grants?user={user}")];
    let all = [
        "/admin",
        "/admin/clients",
        "/admin/clients/new",
        "/admin/clients/new?kind=mcp",
        "/admin/users",
        "/admin/users/new",
        "/admin/invitations",
        "/admin/workspaces",
        "/admin/workspaces/default",
        "/admin/grants",
        "/admin/keys",
        "/admin/registration",
        "/admin/audit",
        "/admin/jobs",
        "/admin/settings",
    ];
    all.map(str::to_owned).into_iter().chain(of_client).chain(of_user).collect()
}

/// The hidden field of the browser's own, from whatever page of ours has one.
async fn own_csrf(browser: &mut Browser, house: &House) -> Option<(String, String)> {
    let _ = house;
    let page = browser.get("/logout").await;
    page.form("form").into_iter().find(|(name, _)| name == "csrf")
}
