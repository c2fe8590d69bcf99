//! security.md AD-09, AT-04, DC-02: every operation of the API under /v1 and /api × every kind of caller × an object of theirs
//! and one of somebody else's (or of nobody). The operations come from `/openapi.json`: one that isn't placed here fails the test.

use crate::on_both;
use crate::support::client::{answer, grant_of};
use crate::support::{Answer, Client, House};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use symbolon::clients::{GrantType, Metadata};
use symbolon::people::workspaces::Standing;

/// Who is let do it.
#[derive(Clone, Copy, Debug, PartialEq)]
enum For {
    /// Who looks after the deployment, auditors too.
    Lookers,
    /// Who administers it.
    Admins,
    /// Who owns it.
    Owners,
    /// Anybody, for themselves.
    Anybody,
    /// Any person, for what is theirs.
    Holders,
    /// Who is in the workspace as this, or as more.
    Within(Standing),
}

const PLACED: &[(&str, For)] = &[
    ("listClients", For::Lookers),
    ("createClient", For::Admins),
    ("listSeenClients", For::Lookers),
    ("getClient", For::Lookers),
    ("replaceClient", For::Admins),
    ("changeClient", For::Admins),
    ("deleteClient", For::Admins),
    ("rotateClientSecret", For::Admins),
    ("enableClient", For::Admins),
    ("disableClient", For::Admins),
    ("listInvites", For::Lookers),
    ("createInvite", For::Admins),
    ("revokeInvite", For::Admins),
    ("listUsers", For::Lookers),
    ("createUser", For::Admins),
    ("getUser", For::Lookers),
    ("deleteUser", For::Admins),
    ("enableUser", For::Admins),
    ("disableUser", For::Admins),
    ("signUserOut", For::Admins),
    ("setUserRole", For::Owners),
    ("promoteUser", For::Owners),
    ("demoteUser", For::Owners),
    ("setUserPassword", For::Admins),
    ("makeResetLink", For::Admins),
    ("resetUserFactors", For::Admins),
    ("verifyUserEmail", For::Admins),
    ("inviteUser", For::Admins),
    ("listInvitations", For::Lookers),
    ("revokeInvitation", For::Admins),
    ("listSessions", For::Lookers),
    ("endSession", For::Admins),
    ("listTokens", For::Lookers),
    ("limitToken", For::Admins),
    ("deleteToken", For::Admins),
    ("listWorkspaces", For::Lookers),
    ("createWorkspace", For::Admins),
    ("getWorkspace", For::Lookers),
    ("renameWorkspace", For::Admins),
    ("deleteWorkspace", For::Admins),
    ("listMembers", For::Lookers),
    ("addMember", For::Admins),
    ("getMember", For::Lookers),
    ("setMemberRole", For::Admins),
    ("removeMember", For::Admins),
    ("listWorkspaceApps", For::Lookers),
    ("listAuditEvents", For::Lookers),
    ("exportAuditEvents", For::Lookers),
    ("listGrants", For::Lookers),
    ("endGrant", For::Admins),
    ("listKeys", For::Lookers),
    ("rotateKey", For::Admins),
    ("retireKey", For::Admins),
    ("listSettings", For::Lookers),
    ("listOwnTokens", For::Holders),
    ("createOwnToken", For::Holders),
    ("getOwnToken", For::Holders),
    ("deleteOwnToken", For::Holders),
    ("listMyWorkspaces", For::Anybody),
    ("getMyWorkspace", For::Within(Standing::Member)),
    ("renameMyWorkspace", For::Within(Standing::Admin)),
    ("listMyWorkspaceApps", For::Within(Standing::Admin)),
    ("listMyMembers", For::Within(Standing::Member)),
    ("addMyMember", For::Within(Standing::Admin)),
    ("getMyMember", For::Within(Standing::Member)),
    ("setMyMemberRole", For::Within(Standing::Admin)),
    ("removeMyMember", For::Within(Standing::Admin)),
];

/// A caller, and what is theirs.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Who {
    Nobody,
    /// An owner of the deployment whose token has neither scope.
    Narrow,
    Person,
    Member,
    WorkspaceAdmin,
    WorkspaceOwner,
    /// Owns the other workspace.
    Stranger,
    Auditor,
    Admin,
    Owner,
    Machine,
}

use Who::*;

const ALL: [Who; 11] =
    [Nobody, Narrow, Person, Member, WorkspaceAdmin, WorkspaceOwner, Stranger, Auditor, Admin, Owner, Machine];

/// The status that this caller must get; 200 stands for any success.
fn expected(who: Who, what: For, own: bool) -> u16 {
    let there = if own { 200 } else { 404 };
    match (what, who) {
        (_, Nobody) => 401,
        (_, Narrow) => 403,
        (For::Anybody, Machine) => 403,
        (For::Anybody, _) => 200,
        (For::Holders, Machine) => 403,
        (For::Holders, _) => there,
        (For::Within(_), Machine) => 403,
        (For::Within(least), _) => match standing(who, own) {
            Some(have) if have >= least => 200,
            Some(_) => 403,
            None => 404,
        },
        (For::Lookers, Auditor | Admin | Owner | Machine) => there,
        (For::Admins, Admin | Owner | Machine) => there,
        (For::Owners, Owner | Machine) => there,
        // Whether there is such an account they may know.
        (For::Owners, Admin) if !own => 404,
        _ => 403,
    }
}

/// In the workspace `one`, or else in `two`.
fn standing(who: Who, one: bool) -> Option<Standing> {
    match who {
        Member if one => Some(Standing::Member),
        WorkspaceAdmin if one => Some(Standing::Admin),
        WorkspaceOwner if one => Some(Standing::Owner),
        Stranger if !one => Some(Standing::Owner),
        _ => None,
    }
}

struct Town<'a> {
    house: &'a House,
    app: Client,
    tokens: BTreeMap<String, String>,
    people: BTreeMap<String, String>,
    made: std::cell::Cell<u32>,
}

fn both_scopes(metadata: &mut Metadata) {
    metadata.scope.push_str(" symbolon:admin symbolon:workspaces symbolon:tokens");
}

fn machine(metadata: &mut Metadata) {
    metadata.grant_types = vec![GrantType::ClientCredentials];
    metadata.response_types = Vec::new();
    metadata.redirect_uris = Vec::new();
    metadata.scope = "symbolon:admin symbolon:workspaces".to_owned();
    metadata.admin = true;
}

impl<'a> Town<'a> {
    async fn founded(house: &'a House) -> Self {
        let app = house.client_with(both_scopes).await;
        let robot = house.client_with(machine).await;
        house.wait(std::time::Duration::from_secs(1));
        let mut town = Town { house, app, tokens: BTreeMap::new(), people: BTreeMap::new(), made: 0.into() };
        let machine = robot.token(&[("grant_type", "client_credentials"), ("scope", "symbolon:admin")]).await.ok();
        town.tokens.insert(format!("{Machine:?}"), machine.text("access_token").to_owned());
        let mut ids = BTreeMap::from([("owner", house.admin("owner").await)]);
        for (name, role) in [
            ("person", "user"),
            ("member", "user"),
            ("workspaceadmin", "user"),
            ("workspaceowner", "user"),
            ("stranger", "user"),
            ("auditor", "auditor"),
            ("admin", "admin"),
        ] {
            let ask = json!({ "email": format!("{name}@example.com"), "password": "correct horse battery", "role": role,
                              "name": name });
            let made = town.root("POST", "/v1/admin/users", Some(ask)).await;
            ids.insert(name, made.text("id").to_owned());
        }
        let in_one =
            [("member", Standing::Member), ("workspaceadmin", Standing::Admin), ("workspaceowner", Standing::Owner)];
        house.workspace("one", &in_one.map(|(name, role)| (ids[name].as_str(), role))).await;
        house.workspace("two", &[(&ids["stranger"], Standing::Owner)]).await;
        for who in [Person, Member, WorkspaceAdmin, WorkspaceOwner, Stranger, Auditor, Admin, Owner] {
            let name = format!("{who:?}").to_lowercase();
            let token = town.token(&name, "openid symbolon:admin symbolon:workspaces symbolon:tokens").await;
            town.tokens.insert(format!("{who:?}"), token);
        }
        town.people = ids.into_iter().map(|(name, id)| (name.to_owned(), id)).collect();
        let narrow = town.token("owner", "openid").await;
        town.tokens.insert(format!("{Narrow:?}"), narrow);
        town
    }

    /// The way through the pages, whatever they ask.
    async fn token(&self, name: &str, scope: &str) -> String {
        let mut browser = self.house.browser();
        let url = self.app.auth_url(&[("scope", scope), ("prompt", "consent")]);
        let page = browser.get(&url).await;
        let page = browser.signs_in(&page, name).await;
        let mut fields = page.form("form:has(#allow)");
        if page.first("[name=workspace]").is_some() {
            fields.retain(|(name, _)| name != "workspace");
            fields.push(("workspace".to_owned(), "default".to_owned()));
        }
        fields.push(("decision".to_owned(), "allow".to_owned()));
        let code = browser.post("/consent", &fields).await.sent("code").expect("a code");
        self.app.redeems(&code).await.ok().text("access_token").to_owned()
    }

    async fn calls(&self, who: Who, method: &str, path: &str, body: Option<&Value>) -> Answer {
        let method: Method = method.parse().expect("a method");
        let mut request = self.house.http().request(method, format!("{}{path}", self.house.url));
        if let Some(token) = self.tokens.get(&format!("{who:?}")) {
            request = request.bearer_auth(token);
        }
        answer(match body {
            Some(body) => request.json(body),
            None => request,
        })
        .await
    }

    async fn root(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        let done = self.calls(Machine, method, path, body.as_ref()).await;
        assert!((200..300).contains(&done.status), "{method} {path}: {}", done.body);
        done
    }

    fn fresh(&self, what: &str) -> String {
        self.made.set(self.made.get() + 1);
        format!("{what}{}", self.made.get())
    }

    async fn user(&self, role: &str) -> String {
        let ask = json!({ "email": format!("{}@example.com", self.fresh("someone")), "password": "correct horse battery",
                          "role": role });
        self.root("POST", "/v1/admin/users", Some(ask)).await.text("id").to_owned()
    }

    async fn taken_into(&self, slug: &str) -> String {
        let user = self.user("user").await;
        self.root("POST", &format!("/v1/admin/workspaces/{slug}/members"), Some(json!({ "user": user }))).await;
        user
    }

    /// The path with names in it: of fresh things, or of things that aren't the caller's.
    async fn path(&self, who: Who, id: &str, path: &str, own: bool) -> String {
        let named = |name: &str, value: &str| path.replace(&format!("{{{name}}}"), value);
        if path.starts_with("/api/tokens/{id}") {
            let own = self.people.get(&format!("{who:?}").to_lowercase()).filter(|_| own);
            let somebody = match own {
                Some(own) => own.clone(),
                None => self.house.person(&self.fresh("holder")).await,
            };
            return named("id", &self.house.api_token(&somebody, Some("default"), None).await.0);
        }
        if path.starts_with("/v1/workspaces/") {
            let slug = if own { "one" } else { "two" };
            let user = if path.contains("{user}") { self.taken_into(slug).await } else { String::new() };
            return named("slug", slug).replace("{user}", &user);
        }
        if !own {
            return path
                .split('/')
                .map(|part| if part.starts_with('{') { "nobodys" } else { part })
                .collect::<Vec<_>>()
                .join("/");
        }
        if path.contains("/sessions") {
            let name = self.fresh("sitter");
            let user = self.house.person(&name).await;
            let mut browser = self.house.browser();
            browser.arrives_as(&name).await;
            let list = self.root("GET", &format!("/v1/admin/users/{user}/sessions"), None).await;
            let sid = list.body["data"][0]["sid"].as_str().expect("a session").to_owned();
            return named("id", &user).replace("{sid}", &sid);
        }
        if path.contains("/tokens/{id}") {
            let user = self.house.person(&self.fresh("holder")).await;
            return named("id", &self.house.api_token(&user, Some("default"), None).await.0);
        }
        if path.contains("/users/{id}") {
            return named("id", &self.user(if id == "demoteUser" { "auditor" } else { "user" }).await);
        }
        if path.contains("/workspaces/{slug}") {
            let slug = self.fresh("ws");
            self.root("POST", "/v1/admin/workspaces", Some(json!({ "slug": slug, "name": slug }))).await;
            let user = if path.contains("{user}") { self.taken_into(&slug).await } else { String::new() };
            return named("slug", &slug).replace("{user}", &user);
        }
        if path.contains("/clients/{id}") {
            let made = self.root("POST", "/v1/admin/clients", Some(shop())).await;
            return named("id", made.text("client_id"));
        }
        if path.contains("/invites/{id}") && path.contains("user-invites") {
            let ask = json!({ "email": format!("{}@example.com", self.fresh("guest")) });
            return named("id", self.root("POST", "/v1/admin/user-invites", Some(ask)).await.text("id"));
        }
        if path.contains("/invites/{id}") {
            return named("id", self.root("POST", "/v1/admin/invites", None).await.text("id"));
        }
        if path.contains("/user-invites/{id}") {
            let ask = json!({ "email": format!("{}@example.com", self.fresh("guest")) });
            return named("id", self.root("POST", "/v1/admin/user-invites", Some(ask)).await.text("id"));
        }
        if path.contains("/grants/{id}") {
            return named("id", &grant_of(&self.token("person", "openid").await));
        }
        if path.contains("/keys/{kid}") {
            let next =
                self.root("POST", "/v1/admin/keys/rotate", Some(json!({ "alg": "EdDSA", "announce": true }))).await;
            return named("kid", next.text("kid"));
        }
        assert!(!path.contains('{'), "{path}: say here what is the caller's own");
        path.to_owned()
    }

    async fn body(&self, id: &str) -> Option<Value> {
        Some(match id {
            "createClient" | "replaceClient" => shop(),
            "changeClient" => json!({ "client_name": "Store" }),
            "createUser" | "inviteUser" => json!({ "email": format!("{}@example.com", self.fresh("new")) }),
            "setUserRole" => json!({ "role": "auditor" }),
            "setUserPassword" => json!({ "password": "another horse battery" }),
            "createWorkspace" => json!({ "slug": self.fresh("made"), "name": "Made" }),
            "renameWorkspace" | "renameMyWorkspace" => json!({ "name": self.fresh("Name ") }),
            "createOwnToken" => json!({ "name": self.fresh("script ") }),
            "limitToken" => json!({ "requests_per_second": 5 }),
            "addMember" | "addMyMember" => json!({ "user": self.user("user").await }),
            "setMemberRole" | "setMyMemberRole" => json!({ "role": "member" }),
            "rotateKey" => json!({ "alg": "ES256", "announce": true }),
            _ => return None,
        })
    }
}

fn shop() -> Value {
    json!({ "client_name": "Shop", "redirect_uris": ["https://shop.example/cb"] })
}

on_both! {
    async fn ad_09_dc_02_everyone_gets_what_is_theirs_and_nothing_else(house: House) {
        let town = Town::founded(&house).await;
        let document = crate::openapi::document(&house).await;
        let doors = crate::openapi::operations(&document).into_iter().filter(|(_, path, _)| {
            (crate::openapi::managed(path) && !crate::openapi::of_vault(path)) || (path.starts_with("/api/") && path != "/api/tokens/introspect")
        });
        let operations: Vec<(String, String, String)> = doors
            .map(|(method, path, one)| (one["operationId"].as_str().expect("an id").to_owned(), method, path))
            .collect();
        let there: BTreeSet<&str> = operations.iter().map(|(id, _, _)| id.as_str()).collect();
        let placed: BTreeSet<&str> = PLACED.iter().map(|(id, _)| *id).collect();
        assert_eq!(there, placed, "place every operation: who may call it?");
        let (mut refusals, mut successes) = (0, 0);
        for (id, method, path) in &operations {
            let (_, what) = PLACED.iter().find(|(placed, _)| placed == id).expect("placed");
            let sides: &[bool] = if path.contains('{') { &[true, false] } else { &[true] };
            for own in sides {
                let body = town.body(id).await;
                // Who is refused, all on the same object: nothing changes.
                let refused: Vec<Who> = ALL.into_iter().filter(|who| expected(*who, *what, *own) != 200).collect();
                let target = town.path(Nobody, id, path, *own).await;
                let (before, trail) = (house.state().await, house.raw().await.texts(TRAIL).await);
                for who in &refused {
                    let done = town.calls(*who, method, &target, body.as_ref()).await;
                    let status = expected(*who, *what, *own);
                    assert_eq!(done.status, status, "{who:?} {id} {method} {target} own={own}: {}", done.body);
                    assert_eq!(done.headers["content-type"], "application/problem+json", "{who:?} {id}");
                    refusals += 1;
                }
                assert_eq!(house.state().await, before, "{id} own={own}");
                assert_eq!(house.raw().await.texts(TRAIL).await, trail, "{id} own={own}");
                // The honest ones: each on an object of its own.
                for who in ALL.into_iter().filter(|who| expected(*who, *what, *own) == 200) {
                    let (target, body) = (town.path(who, id, path, *own).await, town.body(id).await);
                    let done = town.calls(who, method, &target, body.as_ref()).await;
                    assert!((200..300).contains(&done.status), "{who:?} {id} {method} {target}: {} {}", done.status, done.body);
                    successes += 1;
                }
            }
        }
        assert!(refusals > 700 && successes > 150, "{refusals} refusals, {successes} successes");
        println!("{} operations, {refusals} refusals, {successes} successes", operations.len());
    }
}

const TRAIL: &str = "SELECT id FROM audit_events ORDER BY id";
